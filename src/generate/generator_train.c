/* The kinds surrogate and cvae of adatom train and adatom predict. */
#include "adatom/extxyz.h"
#include "adatom/sys/train.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "generate/global.h"
#include "generate/lesson.h"
#include "io/npy.h"
#include "io/text_file.h"
#include "io/training_record.h"
#include "nn/adam_double.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct learning_row {
    double loss, validation, rate, seconds;
} learning_row;

typedef struct training {
    const adatom_train_job *job;
    adatom_generator_options options;
    adatom_features features;
    adatom_generator *generator;
    adatom_lesson *lesson;
    adatom_adam_double *adam;
    char *settings;
    size_t *order; /* [count]: those that are validated on come last */
    size_t trained;
    adatom_random random;
    double *gradient, *best;
    double best_loss;
    learning_row *rows; /* [epochs] */
    int64_t epoch;
    double started;
} training;

static void shuffle(adatom_random *random, size_t count, size_t *order)
{
    for (size_t i = count; i > 1; i--) {
        const size_t j = (size_t)adatom_random_below(random, i), kept = order[i - 1];
        order[i - 1] = order[j];
        order[j] = kept;
    }
}

/* ---- epochs */

static double learn_epoch(training *t, double rate)
{
    const size_t batch = (size_t)t->options.optimizer_batch;
    const size_t weights = adatom_generator_weights(t->generator);
    double sum = 0;
    shuffle(&t->random, t->trained, t->order);
    t->adam->learning_rate = rate;
    for (size_t first = 0; first < t->trained; first += batch) {
        const size_t some = t->trained - first < batch ? t->trained - first : batch;
        memset(t->gradient, 0, weights * sizeof(double));
        sum += adatom_lesson_loss(t->lesson, some, t->order + first, &t->random, t->gradient, NULL);
        for (size_t w = 0; w < weights; w++) {
            t->gradient[w] = t->gradient[w] / (double)some +
                             t->options.optimizer_weight_decay * t->generator->weights[w];
        }
        adatom_adam_double_update(t->adam, t->gradient, t->generator->weights);
    }
    return sum / (double)t->trained;
}

/* Mean over the rows that are not trained on, with the same noise in every epoch. */
static double validate(training *t)
{
    const size_t batch = (size_t)t->options.optimizer_batch;
    adatom_random random;
    adatom_random_seed(&random, (uint64_t)t->options.run_seed, 3);
    double sum = 0;
    for (size_t first = t->trained; first < t->features.count; first += batch) {
        const size_t left = t->features.count - first, some = left < batch ? left : batch;
        sum += adatom_lesson_loss(t->lesson, some, t->order + first, &random, NULL, NULL);
    }
    return sum / (double)(t->features.count - t->trained);
}

static void tell(const training *t, const learning_row *row)
{
    char line[128];
    const int used = snprintf(line, sizeof line, "loss %.4g", row->loss);
    if (t->trained < t->features.count) {
        snprintf(line + used, sizeof line - (size_t)used, ", validation %.4g", row->validation);
    }
    const adatom_train_state state = {1, 1, t->epoch, t->options.optimizer_epochs, line};
    t->job->callbacks->progress(t->job->callbacks->context, &state);
}

static adatom_status run_epochs(training *t)
{
    const int64_t epochs = t->options.optimizer_epochs;
    const double first = t->options.optimizer_learning_rate;
    const double fall = t->options.optimizer_final_rate / first;
    const size_t size = adatom_generator_weights(t->generator) * sizeof(double);
    t->best_loss = INFINITY;
    while (t->epoch < epochs) {
        learning_row *row = &t->rows[t->epoch];
        row->rate = first * pow(fall, epochs > 1 ? (double)t->epoch / (double)(epochs - 1) : 0);
        row->loss = learn_epoch(t, row->rate);
        row->validation = t->trained < t->features.count ? validate(t) : row->loss;
        row->seconds = adatom_clock() - t->started;
        t->epoch++;
        if (row->validation < t->best_loss) {
            t->best_loss = row->validation;
            memcpy(t->best, t->generator->weights, size);
        }
        if (!isfinite(row->loss)) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "the loss became infinite in epoch %lld; a smaller "
                               "optimizer.learning_rate may help",
                               (long long)t->epoch);
        }
        tell(t, row);
        if (t->epoch < epochs && t->job->callbacks->stop(t->job->callbacks->context)) {
            return adatom_fail(ADATOM_INTERRUPTED, "stopped on request; nothing was written");
        }
    }
    memcpy(t->generator->weights, t->best, size);
    return ADATOM_OK;
}

/* ---- the beginning */

static adatom_status write_settings(training *t)
{
    size_t length;
    FILE *stream = open_memstream(&t->settings, &length);
    if (stream == NULL) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    const adatom_status status =
        adatom_options_write(adatom_generator_option_table(), &t->options, stream);
    fclose(stream);
    return status;
}

static adatom_status split(training *t)
{
    const size_t count = t->features.count;
    ADATOM_TRY(adatom_allocate(count, sizeof *t->order, &t->order));
    for (size_t i = 0; i < count; i++) {
        t->order[i] = i;
    }
    adatom_random_seed(&t->random, (uint64_t)t->options.run_seed, 2);
    shuffle(&t->random, count, t->order);
    t->trained = count - (size_t)((double)count * t->options.data_validation);
    return ADATOM_OK;
}

static adatom_status prepare(training *t, bool cvae)
{
    t->options = adatom_generator_options_default();
    ADATOM_TRY(adatom_options_read(adatom_generator_option_table(), t->job->path, t->job->overrides,
                                   t->job->override_count, &t->options));
    ADATOM_TRY(write_settings(t));
    ADATOM_TRY(adatom_features_read(&t->options, &t->features));
    ADATOM_TRY(split(t));
    ADATOM_TRY(
        adatom_generator_create(&t->options, cvae, &t->features, t->settings, &t->generator));
    const size_t weights = adatom_generator_weights(t->generator);
    ADATOM_TRY(adatom_lesson_create(t->generator, t->options.loss_beta, &t->features,
                                    (int)t->options.optimizer_batch, &t->lesson));
    ADATOM_TRY(adatom_adam_double_create(weights, &t->adam));
    ADATOM_TRY(adatom_allocate(weights, sizeof(double), &t->gradient));
    ADATOM_TRY(adatom_allocate(weights, sizeof(double), &t->best));
    return adatom_allocate((size_t)t->options.optimizer_epochs, sizeof *t->rows, &t->rows);
}

/* ---- the end */

static adatom_status write_curve(const training *t)
{
    char *path;
    adatom_text_file *file;
    ADATOM_TRY(adatom_training_record_path(t->job->output, ".csv", &path));
    const adatom_status status = adatom_text_file_create(path, &file);
    free(path);
    ADATOM_TRY(status);
    FILE *stream = adatom_text_file_stream(file);
    fputs("member,epoch,loss,energy,forces,validation_energy,validation_forces,rate,seconds\n",
          stream);
    for (int64_t e = 0; e < t->epoch; e++) {
        const learning_row *row = &t->rows[e];
        fprintf(stream, "1,%lld,%.9g,%.9g,nan,%.9g,nan,%.6g,%.3f\n", (long long)e + 1, row->loss,
                sqrt(row->loss), sqrt(row->validation), row->rate, row->seconds);
    }
    return adatom_text_file_commit(file);
}

static void add_result(const training *t, const char *name, const char *format, double value)
{
    char text[64];
    snprintf(text, sizeof text, format, value);
    adatom_training_record_add(t->job->result, name, text);
}

/* The mean absolute error of the surrogate over the rows that were not trained on. */
static adatom_status add_error(training *t)
{
    const size_t columns = t->features.columns;
    double sum = 0, predicted;
    adatom_status status = ADATOM_OK;
    for (size_t i = t->trained; i < t->features.count && status == ADATOM_OK; i++) {
        const size_t row = t->order[i];
        predicted = 0;
        status =
            adatom_generator_predict(t->generator, 1, t->features.rows + row * columns, &predicted);
        sum += fabs(predicted - t->features.property[row]);
    }
    if (t->trained < t->features.count) {
        add_result(t, "mean absolute error, validation", "%.4g",
                   sum / (double)(t->features.count - t->trained));
    }
    return status;
}

static adatom_status finish(training *t)
{
    add_result(t, "rows", "%.0f", (double)t->features.count);
    add_result(t, "columns", "%.0f", (double)t->features.columns);
    add_result(t, "weights", "%.0f", (double)adatom_generator_weights(t->generator));
    add_result(t, "best loss", "%.4g", t->best_loss);
    add_result(t, "time for an epoch", "%.3f ms",
               1e3 * (adatom_clock() - t->started) / (double)t->epoch);
    if (!t->generator->cvae) {
        ADATOM_TRY(add_error(t));
    }
    ADATOM_TRY(write_curve(t));
    return adatom_generator_write(t->generator, t->job->output);
}

static adatom_status train(const adatom_train_job *job, bool cvae)
{
    training t = {.job = job};
    adatom_status status = prepare(&t, cvae);
    t.started = adatom_clock();
    if (status == ADATOM_OK) {
        status = run_epochs(&t);
    }
    if (status == ADATOM_OK) {
        status = finish(&t);
    }
    adatom_adam_double_free(t.adam);
    adatom_lesson_free(t.lesson);
    adatom_generator_free(t.generator);
    adatom_features_clear(&t.features);
    free(t.settings);
    free(t.order);
    free(t.gradient);
    free(t.best);
    free(t.rows);
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
