#include "predict/training_end.h"

#include "predict/force_lesson.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/text_file.h"
#include "io/training_record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add_errors(const adatom_image_training *training, const char *name,
                       const adatom_image_errors *errors)
{
    if (errors->count == 0) {
        return;
    }
    char text[200];
    snprintf(text, sizeof text,
             "mean absolute error %.4g, root mean square %.4g, largest %.4g %.32s%s",
             errors->absolute / errors->count, sqrt(errors->squares / errors->count),
             errors->largest, training->model->unit, training->model->per_atom ? "/atom" : "");
    adatom_training_record_add(training->job->result, name, text);
}

static adatom_status add_force_errors(adatom_image_training *training, const char *name, int set)
{
    const size_t count = training->samples.set_counts[set];
    adatom_image_errors errors = {0};
    if (training->forces == NULL || count == 0) {
        return ADATOM_OK;
    }
    adatom_force_lesson_errors(training->forces, training->samples.sets[set], count, &errors);
    char title[40], text[80];
    snprintf(title, sizeof title, "%s forces", name);
    snprintf(text, sizeof text, "root mean square %.4g eV/\303\205",
             sqrt(errors.force_squares / errors.force_count));
    adatom_training_record_add(training->job->result, title, text);
    return ADATOM_OK;
}

/* One row for each structure; those trained on are there for their distribution alone. */
static adatom_status write_predictions(const adatom_image_training *training,
                                       double *const values[ADATOM_SET_COUNT])
{
    static const char *const names[ADATOM_SET_COUNT] = {"train", "validation", "test"};
    char *path;
    ADATOM_TRY(adatom_training_record_path(training->job->output, ".predictions.csv", &path));
    snprintf(training->job->result->table, sizeof training->job->result->table, "%s", path);
    adatom_text_file *file;
    const adatom_status status = adatom_text_file_create(path, &file);
    free(path);
    ADATOM_TRY(status);
    FILE *stream = adatom_text_file_stream(file);
    const adatom_image_model *model = training->model;
    fprintf(stream, "set,true_%s%s,predicted\n", model->unit, model->per_atom ? "_per_atom" : "");
    for (int set = 0; set < ADATOM_SET_COUNT; set++) {
        for (size_t s = 0; s < training->samples.set_counts[set]; s++) {
            const int sample = training->samples.sets[set][s];
            const double atoms = adatom_samples_unit(model, training->samples.structures[sample]);
            fprintf(stream, "%s,%.9g,", names[set], training->samples.targets[sample] / atoms);
            if (set != ADATOM_SET_TRAIN) {
                fprintf(stream, "%.9g", values[set][s] / atoms);
            }
            fputc('\n', stream);
        }
    }
    return adatom_text_file_commit(file);
}

static adatom_status test(adatom_image_training *training, double *values[ADATOM_SET_COUNT])
{
    static const char *const names[ADATOM_SET_COUNT] = {NULL, "validation", "test"};
    char text[120];
    const size_t *counts = training->samples.set_counts;
    snprintf(text, sizeof text, "%zu trained on, %zu for validation, %zu for the test", counts[0],
             counts[1], counts[2]);
    adatom_training_record_add(training->job->result, "structures", text);
    snprintf(text, sizeof text, "%zu", training->model->network.weight_count);
    adatom_training_record_add(training->job->result, "weights", text);
    for (int set = ADATOM_SET_VALIDATION; set < ADATOM_SET_COUNT; set++) {
        adatom_image_errors errors;
        ADATOM_TRY(adatom_allocate(counts[set] + 1, sizeof(double), &values[set]));
        adatom_image_predict_set(training, training->samples.sets[set], counts[set], values[set],
                                 &errors);
        add_errors(training, names[set], &errors);
        ADATOM_TRY(add_force_errors(training, names[set], set));
    }
    return write_predictions(training, values);
}

adatom_status adatom_image_finish(adatom_image_training *training)
{
    double *values[ADATOM_SET_COUNT] = {NULL};
    adatom_status status = test(training, values);
    for (int set = 0; set < ADATOM_SET_COUNT; set++) {
        free(values[set]);
    }
    ADATOM_TRY(status);
    ADATOM_TRY(adatom_training_record_provenance(training->job->result, "", training->settings,
                                                 &training->model->provenance));
    ADATOM_TRY(adatom_image_write_curve(training));
    ADATOM_TRY(adatom_image_model_write(training->model, training->job->output));
    char *path;
    ADATOM_TRY(adatom_training_record_path(training->job->output, ".checkpoint", &path));
    unlink(path);
    free(path);
    return ADATOM_OK;
}
