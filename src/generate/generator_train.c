/* The kinds surrogate and cvae of adatom train and adatom predict. */
#include "adatom/extxyz.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "generate/training.h"
#include "io/npy.h"
#include "io/training_record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the beginning */

/* What a checkpoint must agree in: all but how fast and how often. */
static adatom_status write_settings(adatom_generator_training *t)
{
    adatom_generator_options options = t->options;
    options.run_threads = 0;
    options.run_checkpoint_seconds = 0;
    size_t length;
    FILE *stream = open_memstream(&t->settings, &length);
    if (stream == NULL) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    const adatom_status status =
        adatom_options_write(adatom_generator_option_table(), &options, stream);
    fclose(stream);
    return status;
}

static adatom_status read_judge(adatom_generator_training *t, bool cvae)
{
    const adatom_generator_options *options = &t->options;
    if (!cvae || options->loss_consistency == 0) {
        return ADATOM_OK;
    }
    if (options->model_surrogate[0] == '\0') {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s: loss.consistency: expected model.surrogate with it", t->job->path);
    }
    ADATOM_TRY(adatom_generator_read(options->model_surrogate, false, &t->judge));
    if (t->judge->columns.count != t->features.columns) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %zu columns, expected %zu as the data have",
                           options->model_surrogate, t->judge->columns.count, t->features.columns);
    }
    return ADATOM_OK;
}

static adatom_status create_work(adatom_generator_training *t)
{
    const adatom_generator_options *options = &t->options;
    const adatom_lesson_terms terms = {
        .beta = options->loss_beta, .consistency = options->loss_consistency, .judge = t->judge};
    const int threads =
        options->run_threads > 0 ? (int)options->run_threads : adatom_available_cores();
    if (threads > 1) {
        ADATOM_TRY(adatom_team_create(threads, &t->team));
    }
    ADATOM_TRY(adatom_lesson_create(t->generator, &terms, &t->features,
                                    (int)options->optimizer_batch, t->team, &t->lesson));
    t->count = adatom_lesson_count(t->lesson);
    ADATOM_TRY(adatom_allocate(t->features.count, sizeof *t->order, &t->order));
    t->trained = t->features.count - (size_t)((double)t->features.count * options->data_validation);
    ADATOM_TRY(adatom_adam_float_create(t->count, &t->adam));
    ADATOM_TRY(adatom_allocate_aligned(t->count, sizeof(float), &t->weights));
    ADATOM_TRY(adatom_allocate_aligned(t->count, sizeof(float), &t->gradient));
    return adatom_allocate_aligned(t->count, sizeof(float), &t->best);
}

static adatom_status prepare(adatom_generator_training *t, bool cvae)
{
    t->options = adatom_generator_options_default();
    ADATOM_TRY(adatom_options_read(adatom_generator_option_table(), t->job->path, t->job->overrides,
                                   t->job->override_count, &t->options));
    ADATOM_TRY(write_settings(t));
    ADATOM_TRY(adatom_features_read(&t->options, &t->features));
    ADATOM_TRY(read_judge(t, cvae));
    ADATOM_TRY(
        adatom_generator_create(&t->options, cvae, &t->features, t->settings, &t->generator));
    return create_work(t);
}

/* ---- members */

static adatom_status run_member(adatom_generator_training *t)
{
    const adatom_train_callbacks *callbacks = t->job->callbacks;
    while (t->epoch < t->options.optimizer_epochs) {
        ADATOM_TRY(adatom_generator_run_epoch(t));
        if (t->epoch < t->options.optimizer_epochs && callbacks->stop(callbacks->context)) {
            ADATOM_TRY(adatom_generator_save(t));
            return adatom_fail(ADATOM_INTERRUPTED,
                               "stopped on request; the same command goes on from %s.checkpoint",
                               t->job->output);
        }
        if (adatom_clock() - t->saved >= t->options.run_checkpoint_seconds) {
            ADATOM_TRY(adatom_generator_save(t));
        }
    }
    adatom_lesson_unpack(t->lesson, t->best, t->member, t->generator);
    return ADATOM_OK;
}

static adatom_status run_members(adatom_generator_training *t)
{
    bool resumed = false;
    adatom_generator_start_member(t);
    ADATOM_TRY(adatom_generator_resume(t, &resumed));
    if (resumed) {
        char line[160];
        snprintf(line, sizeof line, "going on from the checkpoint, epoch %lld of member %d",
                 (long long)t->epoch, t->member + 1);
        t->job->callbacks->say(t->job->callbacks->context, line);
    }
    t->started = t->saved = adatom_clock();
    ADATOM_TRY(run_member(t));
    for (t->member++; t->member < t->generator->members; t->member++) {
        adatom_generator_start_member(t);
        ADATOM_TRY(run_member(t));
    }
    return ADATOM_OK;
}

/* ---- the end */

static void add_result(const adatom_generator_training *t, const char *name, const char *format,
                       double value)
{
    char text[64];
    snprintf(text, sizeof text, format, value);
    adatom_training_record_add(t->job->result, name, text);
}

/* The mean absolute error of the surrogate over the rows that were not trained on. */
static adatom_status add_error(adatom_generator_training *t)
{
    const size_t columns = t->features.columns;
    double sum = 0, predicted = 0;
    for (size_t i = t->trained; i < t->features.count; i++) {
        const size_t row = t->order[i];
        ADATOM_TRY(adatom_generator_predict(t->generator, 1, t->features.rows + row * columns,
                                            &predicted));
        sum += fabs(predicted - t->features.property[row]);
    }
    if (t->trained < t->features.count) {
        add_result(t, "mean absolute error, validation", "%.4g",
                   sum / (double)(t->features.count - t->trained));
    }
    return ADATOM_OK;
}

static adatom_status finish(adatom_generator_training *t)
{
    char *path;
    const double seconds = t->seconds_before + adatom_clock() - t->started;
    add_result(t, "rows", "%.0f", (double)t->features.count);
    add_result(t, "columns", "%.0f", (double)t->features.columns);
    add_result(t, "weights", "%.0f", (double)adatom_generator_weights(t->generator));
    add_result(t, "best loss", "%.4g", t->best_loss);
    add_result(t, "time for an epoch", "%.3f ms", 1e3 * seconds / (double)t->row_count);
    if (!t->generator->cvae) {
        ADATOM_TRY(add_error(t));
    }
    ADATOM_TRY(adatom_generator_write_curve(t));
    ADATOM_TRY(adatom_generator_write(t->generator, t->job->output));
    ADATOM_TRY(adatom_training_record_path(t->job->output, ".checkpoint", &path));
    unlink(path);
    free(path);
    return ADATOM_OK;
}

static void clear(adatom_generator_training *t)
{
    adatom_adam_float_free(t->adam);
    adatom_lesson_free(t->lesson);
    adatom_generator_free(t->generator);
    adatom_generator_free(t->judge);
    adatom_team_free(t->team);
    adatom_features_clear(&t->features);
    free(t->settings);
    free(t->order);
    free(t->weights);
    free(t->gradient);
    free(t->best);
    free(t->rows);
}

static adatom_status train(const adatom_train_job *job, bool cvae)
{
    adatom_generator_training t = {.job = job};
    adatom_status status = prepare(&t, cvae);
    if (status == ADATOM_OK) {
        status = run_members(&t);
    }
    if (status == ADATOM_OK) {
        status = finish(&t);
    }
    clear(&t);
    return status;
}

static adatom_status train_surrogate(const adatom_train_job *job)
{
    return train(job, false);
}

static adatom_status train_cvae(const adatom_train_job *job)
{
    return train(job, true);
}

/* ---- prediction: a table in, a table out */

static adatom_status predict_surrogate(const adatom_predict_job *job)
{
    adatom_generator *g;
    adatom_matrix rows;
    double *property;
    ADATOM_TRY(adatom_generator_read(job->model, false, &g));
    adatom_status status = adatom_matrix_read(job->input, "values", &rows);
    if (status != ADATOM_OK) {
        adatom_generator_free(g);
        return status;
    }
    status = adatom_allocate(rows.rows, sizeof(double), &property);
    if (status == ADATOM_OK && rows.columns != g->columns.count) {
        free(property);
        status = adatom_fail(ADATOM_INVALID_INPUT, "%s: %zu columns, expected %zu as %s has",
                             job->input, rows.columns, g->columns.count, job->model);
    } else if (status == ADATOM_OK) {
        status = adatom_generator_predict(g, rows.rows, rows.values, property);
        if (status == ADATOM_OK) {
            status = adatom_npy_write(job->output, ADATOM_NPY_DOUBLE, 1, &rows.rows, property);
        }
        free(property);
        snprintf(job->result->text, sizeof job->result->text, "rows\t%zu\n", rows.rows);
    }
    adatom_matrix_clear(&rows);
    adatom_generator_free(g);
    return status;
}

static adatom_status predict_cvae(const adatom_predict_job *job)
{
    return adatom_fail(ADATOM_INVALID_INPUT,
                       "%s: a cvae predicts nothing of a structure; adatom generate uses it",
                       job->model);
}

const adatom_train_kind adatom_train_surrogate = {.train = train_surrogate,
                                                  .predict = predict_surrogate};
const adatom_train_kind adatom_train_cvae = {.train = train_cvae, .predict = predict_cvae};
