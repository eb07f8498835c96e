/* What a network on images says of the structures of a file. */
#include "predict/training.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/text_file.h"
#include "io/training_record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct prediction {
    const adatom_predict_job *job;
    adatom_image_model *model;
    adatom_image_engine *engine;
    adatom_frames frames;
    double *times;             /* [frames], NaN where the file says none */
    double *known, *predicted; /* [frames], known NaN where the file says none */
} prediction;

static adatom_status set_info(adatom_frame *frame, const char *key, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.9g", value);
    size_t at = 0;
    while (at < frame->info_count && strcmp(frame->info_keys[at], key) != 0) {
        at++;
    }
    if (at == frame->info_count) {
        size_t keys = at, values = at;
        ADATOM_TRY(adatom_grow(&frame->info_keys, &keys, at + 1, sizeof(char *)));
        ADATOM_TRY(adatom_grow(&frame->info_values, &values, at + 1, sizeof(char *)));
        ADATOM_TRY(adatom_duplicate_text(key, &frame->info_keys[at]));
        frame->info_values[at] = NULL;
        frame->info_count++;
    }
    char *copy;
    const adatom_status status = adatom_duplicate_text(text, &copy);
    if (status != ADATOM_OK) {
        return status;
    }
    free(frame->info_values[at]);
    frame->info_values[at] = copy;
    return ADATOM_OK;
}

/* What the file said of forces, stress and shares is not what was predicted. */
static void forget_results(adatom_frame *frame)
{
    free(frame->forces);
    free(frame->energies);
    frame->forces = NULL;
    frame->energies = NULL;
    frame->has_stress = false;
}

/* The numbers of all structures. */
static adatom_status compute(prediction *p)
{
    const size_t count = p->frames.count;
    const adatom_structure **structures;
    size_t failed = 0;
    ADATOM_TRY(adatom_allocate(count + 1, sizeof *structures, &structures));
    for (size_t f = 0; f < count; f++) {
        structures[f] = p->frames.frames[f].structure;
    }
    const adatom_status status =
        adatom_image_engine_predict(p->engine, structures, count, p->predicted, &failed);
    free(structures);
    return status == ADATOM_OK
               ? ADATOM_OK
               : adatom_fail_in(status, "%s: structure %zu", p->job->input, failed + 1);
}

/* Puts what was predicted into the frame. */
static adatom_status fill_frame(prediction *p, size_t f)
{
    adatom_frame *frame = &p->frames.frames[f];
    const char *key = p->model->target;
    const double atoms = adatom_samples_unit(p->model, frame->structure);
    const double value = p->predicted[f];
    double known;
    if (!adatom_samples_target(frame, "time", &p->times[f])) {
        p->times[f] = NAN;
    }
    p->predicted[f] = value / atoms;
    p->known[f] = adatom_samples_target(frame, key, &known) ? known / atoms : NAN;
    if (strcmp(key, "energy") != 0) {
        return set_info(frame, key, value);
    }
    forget_results(frame);
    frame->has_energy = true;
    frame->energy = value;
    return ADATOM_OK;
}

static void tell(const prediction *p)
{
    double count = 0, squares = 0, absolute = 0, largest = 0;
    for (size_t f = 0; f < p->frames.count; f++) {
        const double error = fabs(p->predicted[f] - p->known[f]);
        if (!isnan(error)) {
            count++;
            squares += error * error;
            absolute += error;
            largest = fmax(largest, error);
        }
    }
    char *text = p->job->result->text;
    const size_t size = sizeof p->job->result->text;
    const int used = snprintf(text, size, "structures\t%zu\npredicted\t%s, in %s\n",
                              p->frames.count, p->model->target, p->model->unit);
    if (count > 0) {
        snprintf(text + used, size - (size_t)used,
                 "against the file\tmean absolute error %.4g, root mean square %.4g, largest %.4g "
                 "%s%s\n",
                 absolute / count, sqrt(squares / count), largest, p->model->unit,
                 p->model->per_atom ? "/atom" : "");
    }
}

static void print_number(FILE *stream, double number)
{
    if (!isnan(number)) {
        fprintf(stream, "%.9g", number);
    }
}

/* OUT.csv: time (fs) or, where there is none, the number of the structure. */
static adatom_status write_table(const prediction *p)
{
    char *path;
    ADATOM_TRY(adatom_training_record_path(p->job->output, ".csv", &path));
    snprintf(p->job->result->table, sizeof p->job->result->table, "%s", path);
    adatom_text_file *file;
    const adatom_status status = adatom_text_file_create(path, &file);
    free(path);
    ADATOM_TRY(status);
    FILE *stream = adatom_text_file_stream(file);
    bool timed = p->frames.count > 0;
    for (size_t f = 0; f < p->frames.count; f++) {
        timed = timed && !isnan(p->times[f]);
    }
    fprintf(stream, "%s,true_%s%s,predicted\n", timed ? "time" : "structure", p->model->unit,
            p->model->per_atom ? "_per_atom" : "");
    for (size_t f = 0; f < p->frames.count; f++) {
        print_number(stream, timed ? p->times[f] : (double)f + 1);
        fputc(',', stream);
        print_number(stream, p->known[f]);
        fputc(',', stream);
        print_number(stream, p->predicted[f]);
        fputc('\n', stream);
    }
    return adatom_text_file_commit(file);
}

static adatom_status predict_all(prediction *p)
{
    const adatom_predict_job *job = p->job;
    ADATOM_TRY(adatom_image_model_read(job->model, &p->model));
    ADATOM_TRY(adatom_image_engine_create(p->model, job->threads, &p->engine));
    ADATOM_TRY(adatom_extxyz_read(job->input, &p->frames));
    ADATOM_TRY(adatom_allocate(p->frames.count + 1, sizeof(double), &p->times));
    ADATOM_TRY(adatom_allocate(p->frames.count + 1, sizeof(double), &p->known));
    ADATOM_TRY(adatom_allocate(p->frames.count + 1, sizeof(double), &p->predicted));
    ADATOM_TRY(compute(p));
    for (size_t f = 0; f < p->frames.count; f++) {
        ADATOM_TRY(fill_frame(p, f));
    }
    tell(p);
    ADATOM_TRY(write_table(p));
    return adatom_extxyz_write(job->output, p->frames.frames, p->frames.count);
}

adatom_status adatom_image_predict(const adatom_predict_job *job)
{
    prediction p = {.job = job};
    const adatom_status status = predict_all(&p);
    adatom_frames_clear(&p.frames);
    adatom_image_engine_free(p.engine);
    adatom_image_model_free(p.model);
    free(p.times);
    free(p.known);
    free(p.predicted);
    return status;
}
