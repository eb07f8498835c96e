/* The files of a generation. */
#include "base/error.h"
#include "base/memory.h"
#include "generate/pipeline.h"
#include "io/text_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { INFOS = 8, PATH_SIZE = 4096 };

/* ---- structures */

static adatom_status add_info(adatom_frame *frame, const char *key, const char *text)
{
    const size_t at = frame->info_count++;
    ADATOM_TRY(adatom_duplicate_text(key, &frame->info_keys[at]));
    return adatom_duplicate_text(text, &frame->info_values[at]);
}

static adatom_status add_number(adatom_frame *frame, const char *key, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.9g", value);
    return isfinite(value) ? add_info(frame, key, text) : ADATOM_OK;
}

static adatom_status fill_frame(const adatom_pipeline *p, const adatom_generated *s,
                                adatom_frame *frame)
{
    ADATOM_TRY(adatom_allocate(INFOS, sizeof(char *), &frame->info_keys));
    ADATOM_TRY(adatom_allocate(INFOS, sizeof(char *), &frame->info_values));
    ADATOM_TRY(adatom_structure_copy(s->structure, &frame->structure));
    frame->has_energy = s->has_energy;
    frame->energy = s->energy;
    ADATOM_TRY(add_number(frame, "target", p->targets[s->target].property));
    ADATOM_TRY(add_number(frame, "given", s->given));
    ADATOM_TRY(add_number(frame, "predicted", s->predicted));
    ADATOM_TRY(add_number(frame, "own", s->own));
    ADATOM_TRY(add_number(frame, "evaluated", s->has_energy ? s->evaluated : NAN));
    ADATOM_TRY(add_number(frame, "loss", s->loss));
    ADATOM_TRY(add_info(frame, "verdict", adatom_verdict_name(s->verdict)));
    return add_info(frame, "duplicate", s->duplicate ? "T" : "F");
}

static adatom_status write_structures(const adatom_pipeline *p, const char *path)
{
    adatom_frames frames = {.count = p->count};
    ADATOM_TRY(adatom_allocate(p->count, sizeof *frames.frames, &frames.frames));
    adatom_status status = ADATOM_OK;
    for (size_t i = 0; i < p->count && status == ADATOM_OK; i++) {
        status = fill_frame(p, &p->structures[i], &frames.frames[i]);
    }
    if (status == ADATOM_OK) {
        status = adatom_extxyz_write(path, frames.frames, frames.count);
    }
    adatom_frames_clear(&frames);
    return status;
}

/* ---- tables */

static adatom_status write_fingerprint_table(const adatom_pipeline *p, const char *path)
{
    adatom_text_file *file;
    ADATOM_TRY(adatom_text_file_create(path, &file));
    FILE *stream = adatom_text_file_stream(file);
    fputs("target,draws,mean_absolute_error,within,passed,tolerance\n", stream);
    for (size_t t = 0; t < p->target_count; t++) {
        const adatom_generate_target *target = &p->targets[t];
        fprintf(stream, "%.9g,%zu,%.6g,%.6g,%zu,%.9g\n", target->property, target->draws,
                target->surrogate_error, target->surrogate_within, target->passed,
                p->options->check_within);
    }
    return adatom_text_file_commit(file);
}

static adatom_status write_structure_table(const adatom_pipeline *p, const char *path)
{
    adatom_text_file *file;
    ADATOM_TRY(adatom_text_file_create(path, &file));
    FILE *stream = adatom_text_file_stream(file);
    fputs("target,structures,solved,doubtful,invalid,duplicates,evaluated,mean_absolute_error,"
          "within,strayed\n",
          stream);
    for (size_t t = 0; t < p->target_count; t++) {
        const adatom_generate_target *target = &p->targets[t];
        fprintf(stream, "%.9g,%zu,%zu,%zu,%zu,%zu,%zu,%.6g,%.6g,%zu\n", target->property,
                target->structures, target->solved, target->doubtful, target->invalid,
                target->duplicates, target->evaluated, target->evaluated_error,
                target->evaluated_within, target->strayed);
    }
    return adatom_text_file_commit(file);
}

static void write_drawn(FILE *stream, double predicted, double distance, const double components[2])
{
    fprintf(stream, ",%.6g,%.6g,%.6g,%.6g\n", predicted, distance, components[0], components[1]);
}

/* The data first, with no target. */
static adatom_status write_draws(const adatom_pipeline *p, const char *path)
{
    adatom_text_file *file;
    ADATOM_TRY(adatom_text_file_create(path, &file));
    FILE *stream = adatom_text_file_stream(file);
    fputs("target,predicted,distance,first,second\n", stream);
    for (size_t r = 0; r < p->data.rows; r++) {
        double components[2];
        adatom_pipeline_components(p, p->data.values + r * p->data.columns, components);
        fputs("data", stream);
        write_drawn(stream, p->data_property[r], 0, components);
    }
    for (size_t i = 0; i < p->drawn_count; i++) {
        fprintf(stream, "%.9g", p->drawn[i].target);
        write_drawn(stream, p->drawn[i].predicted, p->drawn[i].distance, p->drawn[i].components);
    }
    return adatom_text_file_commit(file);
}

/* ---- */

static void join(char path[PATH_SIZE], const char *folder, const char *name)
{
    snprintf(path, PATH_SIZE, "%s/%s", folder, name);
}

adatom_status adatom_pipeline_write(const adatom_pipeline *p, const char *folder)
{
    char path[PATH_SIZE];
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        return adatom_fail(ADATOM_IO_FAILED, "%s: cannot make this folder: %s", folder,
                           strerror(errno));
    }
    join(path, folder, "draws.csv");
    ADATOM_TRY(write_draws(p, path));
    join(path, folder, "fingerprints.csv");
    ADATOM_TRY(write_fingerprint_table(p, path));
    join(path, folder, "structures.csv");
    ADATOM_TRY(write_structure_table(p, path));
    join(path, folder, "generated.extxyz");
    return write_structures(p, path);
}
