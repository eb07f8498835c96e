/* Trains a network on images that are drawn as they are needed. */
#include "predict/force_lesson.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/text_file.h"
#include "predict/image_spec.h"
#include "predict/network_text.h"
#include "predict/training_end.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NETWORK_SIZE_MAX = 1 << 20, ORDER_STREAM = 22, TOLD_BATCHES = 32 };

/* ---- preparation */

static adatom_status read_options(adatom_image_training *training)
{
    const adatom_train_job *job = training->job;
    adatom_image_options *options = &training->options;
    *options = adatom_image_options_default();
    ADATOM_TRY(adatom_options_read(adatom_image_option_table(), job->path, job->overrides,
                                   job->override_count, options));
    if (options->data_structures[0] == '\0' || options->network_file[0] == '\0') {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s is missing", job->path,
                           options->network_file[0] == '\0' ? "network.file" : "data.structures");
    }
    if (options->loss_forces > 0 &&
        (strcmp(options->data_target, "energy") != 0 || strcmp(options->data_unit, "eV") != 0)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s: loss.forces wants data.target energy and data.unit eV", job->path);
    }
    if (strlen(options->data_target) >= ADATOM_IMAGE_NAME_SIZE ||
        strlen(options->data_unit) >= ADATOM_IMAGE_NAME_SIZE) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: data.target or data.unit is too long",
                           job->path);
    }
    return ADATOM_OK;
}

/* What a checkpoint must agree in: all but how fast and how often. */
static adatom_status write_settings(adatom_image_training *training)
{
    adatom_image_options options = training->options;
    options.run_threads = 0;
    options.run_checkpoint_seconds = 0;
    char *network;
    ADATOM_TRY(adatom_network_text_print(&training->model->network, &network));
    size_t size;
    FILE *stream = open_memstream(&training->settings, &size);
    if (stream == NULL) {
        free(network);
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    const adatom_status status =
        adatom_options_write(adatom_image_option_table(), &options, stream);
    fprintf(stream, "# network\n%s", network);
    fclose(stream);
    free(network);
    return status;
}

static adatom_status read_network(adatom_image_training *training)
{
    const char *path = training->options.network_file;
    char *text;
    size_t length;
    ADATOM_TRY(adatom_text_file_read(path, NETWORK_SIZE_MAX, &text, &length));
    const adatom_status status =
        adatom_network_text_read(text, length, path, &training->model->network);
    free(text);
    return status;
}

/* All structures must have the size of the first, unless the network is a sum: then each size is
 * for itself, but what is trained on has one. */
static adatom_status check_sizes(adatom_image_training *training)
{
    const adatom_samples *samples = &training->samples;
    int *size = training->model->network.size;
    for (size_t i = 0; i < samples->count; i++) {
        int own[3];
        const adatom_status status =
            adatom_potential_image_size(&training->model->image, samples->structures[i], own);
        if (status != ADATOM_OK) {
            return adatom_fail_in(status, "structure %zu", i + 1);
        }
        if (i > 0 && memcmp(own, size, sizeof own) != 0) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "structure %zu has %d x %d x %d pixels, structure 1 %d x %d x %d",
                               i + 1, own[0], own[1], own[2], size[0], size[1], size[2]);
        }
        memcpy(size, own, sizeof own);
    }
    return ADATOM_OK;
}

static adatom_status create_model(adatom_image_training *training)
{
    const adatom_image_options *options = &training->options;
    ADATOM_TRY(adatom_allocate(1, sizeof *training->model, &training->model));
    adatom_image_model *model = training->model;
    snprintf(model->target, sizeof model->target, "%.63s", options->data_target);
    snprintf(model->unit, sizeof model->unit, "%.63s", options->data_unit);
    model->per_atom = options->data_per_atom;
    adatom_status status =
        adatom_image_spec_read(options->run_image, &training->samples.frames, &model->image);
    if (status != ADATOM_OK) {
        return adatom_fail_in(status, "%s", training->job->path);
    }
    ADATOM_TRY(read_network(training));
    ADATOM_TRY(check_sizes(training));
    model->network.dimensions = model->image.dimensions;
    model->network.channels = adatom_potential_image_channels(&model->image);
    status = adatom_convnet_resolve(&model->network);
    if (status == ADATOM_OK && adatom_convnet_outputs(&model->network) != 1) {
        status = adatom_fail(ADATOM_INVALID_INPUT, "%d outputs, expected 1",
                             adatom_convnet_outputs(&model->network));
    }
    if (status != ADATOM_OK) {
        return adatom_fail_in(status, "%s", options->network_file);
    }
    ADATOM_TRY(
        adatom_allocate_aligned(model->network.weight_count, sizeof(float), &model->weights));
    adatom_convnet_start(&model->network, (uint64_t)options->run_seed, model->weights);
    return adatom_samples_fit(&training->samples, options->data_composition, model);
}

static adatom_status create_work(adatom_image_training *training)
{
    const adatom_image_options *options = &training->options;
    const size_t weights = training->model->network.weight_count;
    const size_t batch = (size_t)options->optimizer_batch;
    const int threads =
        options->run_threads > 0 ? (int)options->run_threads : adatom_available_cores();
    ADATOM_TRY(adatom_team_create(threads, &training->team));
    ADATOM_TRY(adatom_convnet_run_create(&training->model->network, (int)batch, true,
                                         training->team, &training->run));
    ADATOM_TRY(adatom_adam_create(weights, &training->adam));
    ADATOM_TRY(adatom_allocate_aligned(weights, sizeof(float), &training->best));
    ADATOM_TRY(adatom_allocate_aligned(weights, sizeof(float), &training->gradient));
    ADATOM_TRY(adatom_allocate(batch, sizeof(float), &training->outputs));
    ADATOM_TRY(adatom_allocate(batch, sizeof(float), &training->slopes));
    ADATOM_TRY(adatom_allocate(training->samples.set_counts[ADATOM_SET_TRAIN], sizeof(int),
                               &training->order));
    ADATOM_TRY(adatom_allocate((size_t)threads, sizeof *training->positions, &training->positions));
    for (int t = 0; t < threads; t++) {
        ADATOM_TRY(adatom_allocate(training->samples.most_atoms, sizeof(double[3]),
                                   &training->positions[t]));
    }
    adatom_random_seed(&training->random, (uint64_t)options->run_seed, ORDER_STREAM);
    training->best_error = INFINITY;
    if (options->loss_forces > 0) {
        ADATOM_TRY(adatom_force_lesson_create(training, &training->forces));
    }
    return ADATOM_OK;
}

static adatom_status prepare(adatom_image_training *training)
{
    ADATOM_TRY(read_options(training));
    ADATOM_TRY(adatom_samples_read(&training->options, &training->samples));
    ADATOM_TRY(create_model(training));
    ADATOM_TRY(write_settings(training));
    ADATOM_TRY(create_work(training));
    return training->options.network_start[0] != '\0' ? adatom_image_start_from(training)
                                                      : ADATOM_OK;
}

/* ---- steps */

/* Forward for samples[count <= batch]; adds to the errors. */
static void forward(adatom_image_training *training, const int *samples, int count, bool varied,
                    adatom_image_errors *errors, double *values)
{
    training->drawing = (adatom_image_drawing){.samples = samples, .each = 1, .varied = varied};
    adatom_convnet_forward(training->run, training->model->weights, count, adatom_image_draw_sample,
                           training, training->outputs);
    adatom_image_judge(training, samples, count, errors, values);
}

/* The gradient of the loss of samples[count <= batch]; adds to the errors of the epoch. */
static void descend(adatom_image_training *training, const int *samples, int count)
{
    if (training->forces != NULL) {
        adatom_force_lesson_descend(training->forces, samples, count);
        return;
    }
    forward(training, samples, count, training->options.data_move || training->options.data_turn,
            &training->sums, NULL);
    adatom_convnet_backward(training->run, training->model->weights, training->slopes,
                            training->gradient, NULL);
}

void adatom_image_predict_set(adatom_image_training *training, const int *samples, size_t count,
                              double *values, adatom_image_errors *errors)
{
    const size_t batch = (size_t)training->options.optimizer_batch;
    *errors = (adatom_image_errors){0};
    for (size_t first = 0; first < count; first += batch) {
        const size_t left = count - first;
        forward(training, samples + first, (int)(left < batch ? left : batch), false, errors,
                values != NULL ? values + first : NULL);
    }
}

/* ---- epochs */

adatom_random adatom_image_shuffle(adatom_image_training *training)
{
    adatom_random random = training->random;
    const size_t count = training->samples.set_counts[ADATOM_SET_TRAIN];
    memcpy(training->order, training->samples.sets[ADATOM_SET_TRAIN], count * sizeof(int));
    for (size_t i = count; i > 1; i--) {
        const size_t j = adatom_random_below(&random, i);
        const int kept = training->order[i - 1];
        training->order[i - 1] = training->order[j];
        training->order[j] = kept;
    }
    return random;
}

static double rate_at(const adatom_image_options *options, double epoch)
{
    const double rise = options->optimizer_warm_up;
    const double first =
        options->optimizer_learning_rate * (epoch < rise ? (epoch + 1e-3) / (rise + 1e-3) : 1);
    const double last = fmin(options->optimizer_final_rate, first);
    const double pi = 3.14159265358979323846;
    switch (options->optimizer_schedule) {
    case 0:
        return first;
    case 1:
        return first * pow(options->optimizer_step_factor,
                           floor(epoch / (double)options->optimizer_step_epochs));
    default:
        return last +
               (first - last) * (1 + cos(pi * epoch / (double)options->optimizer_epochs)) / 2;
    }
}

static void tell(const adatom_image_training *training, const adatom_image_errors *errors,
                 const adatom_image_errors *validation)
{
    const char *per = training->model->per_atom ? "/atom" : "";
    char line[160];
    int used = snprintf(line, sizeof line, "train %.4g", sqrt(errors->squares / errors->count));
    if (validation != NULL && validation->count > 0) {
        used += snprintf(line + used, sizeof line - (size_t)used, ", validation %.4g",
                         sqrt(validation->squares / validation->count));
    }
    used +=
        snprintf(line + used, sizeof line - (size_t)used, " %.32s%s", training->model->unit, per);
    if (errors->force_count > 0) {
        snprintf(line + used, sizeof line - (size_t)used, ", forces %.4g eV/\303\205",
                 sqrt(errors->force_squares / errors->force_count));
    }
    const adatom_train_state state = {1, 1, training->epoch + 1, training->options.optimizer_epochs,
                                      line};
    training->job->callbacks->progress(training->job->callbacks->context, &state);
}

static adatom_status interrupt(adatom_image_training *training)
{
    ADATOM_TRY(adatom_image_save(training));
    return adatom_fail(ADATOM_INTERRUPTED,
                       "stopped on request; the same command goes on from %s.checkpoint",
                       training->job->output);
}

/* The batches of the epoch that are left. */
static adatom_status run_batches(adatom_image_training *training, size_t batches)
{
    const size_t count = training->samples.set_counts[ADATOM_SET_TRAIN];
    const size_t batch = (size_t)training->options.optimizer_batch;
    const adatom_train_callbacks *callbacks = training->job->callbacks;
    while ((size_t)training->batch < batches) {
        const size_t first = (size_t)training->batch * batch, left = count - first;
        const int size = (int)(left < batch ? left : batch);
        descend(training, training->order + first, size);
        training->adam->learning_rate =
            rate_at(&training->options,
                    (double)training->epoch + (double)training->batch / (double)batches);
        adatom_adam_update(training->adam, training->gradient, training->model->weights);
        training->batch++;
        if (training->batch % TOLD_BATCHES == 0) {
            tell(training, &training->sums, NULL);
        }
        if (callbacks->stop(callbacks->context)) {
            return interrupt(training);
        }
        if (adatom_clock() - training->saved >= training->options.run_checkpoint_seconds) {
            ADATOM_TRY(adatom_image_save(training));
        }
    }
    return ADATOM_OK;
}

static adatom_status end_epoch(adatom_image_training *training)
{
    const adatom_image_errors *sums = &training->sums;
    adatom_image_errors validation;
    adatom_image_predict_set(training, training->samples.sets[ADATOM_SET_VALIDATION],
                             training->samples.set_counts[ADATOM_SET_VALIDATION], NULL,
                             &validation);
    tell(training, sums, &validation);
    ADATOM_TRY(adatom_grow(&training->rows, &training->row_capacity, training->row_count + 1,
                           sizeof *training->rows));
    const bool validated = validation.count > 0;
    adatom_image_row *row = &training->rows[training->row_count++];
    *row = (adatom_image_row){
        .epoch = (double)training->epoch + 1,
        .loss = sums->loss / sums->count,
        .error = sqrt(sums->squares / sums->count),
        .mean_error = sums->absolute / sums->count,
        .validation_error = validated ? sqrt(validation.squares / validation.count) : 0,
        .validation_mean_error = validated ? validation.absolute / validation.count : 0,
        .rate = training->adam->learning_rate,
        .seconds = training->seconds_before + adatom_clock() - training->started};
    const double error = validated ? row->validation_error : row->error;
    if (!isfinite(row->loss)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "the loss is no number any more in epoch %lld: a lower "
                           "optimizer.learning_rate may help",
                           (long long)training->epoch + 1);
    }
    /* without data to validate, the latest weights count */
    if (error < training->best_error || !validated) {
        training->best_error = error;
        training->best_epoch = training->epoch;
        memcpy(training->best, training->model->weights,
               training->model->network.weight_count * sizeof(float));
    }
    return ADATOM_OK;
}

static bool is_finished(const adatom_image_training *training)
{
    const int64_t patience = training->options.stop_patience;
    return training->epoch >= training->options.optimizer_epochs ||
           (patience > 0 && training->epoch - training->best_epoch > patience);
}

static adatom_status run_epochs(adatom_image_training *training)
{
    const size_t count = training->samples.set_counts[ADATOM_SET_TRAIN];
    const size_t batch = (size_t)training->options.optimizer_batch;
    bool resumed = false;
    ADATOM_TRY(adatom_image_resume(training, &resumed));
    if (resumed) {
        training->job->callbacks->say(training->job->callbacks->context,
                                      "going on from the checkpoint");
    }
    training->started = training->saved = adatom_clock();
    while (!is_finished(training)) {
        const adatom_random behind = adatom_image_shuffle(training);
        ADATOM_TRY(run_batches(training, (count + batch - 1) / batch));
        ADATOM_TRY(end_epoch(training));
        training->random = behind;
        training->sums = (adatom_image_errors){0};
        training->batch = 0;
        training->epoch++;
    }
    memcpy(training->model->weights, training->best,
           training->model->network.weight_count * sizeof(float));
    return ADATOM_OK;
}

static void clear(adatom_image_training *training)
{
    const int threads = training->team != NULL ? adatom_team_size(training->team) : 0;
    for (int t = 0; training->positions != NULL && t < threads; t++) {
        free(training->positions[t]);
    }
    adatom_convnet_run_free(training->run);
    adatom_force_lesson_free(training->forces);
    adatom_team_free(training->team);
    adatom_adam_free(training->adam);
    adatom_image_model_free(training->model);
    adatom_samples_clear(&training->samples);
    free(training->settings);
    free(training->best);
    free(training->gradient);
    free(training->outputs);
    free(training->slopes);
    free(training->order);
    free(training->positions);
    free(training->rows);
}

static adatom_status train(const adatom_train_job *job)
{
    adatom_image_training *training;
    ADATOM_TRY(adatom_allocate(1, sizeof *training, &training));
    training->job = job;
    adatom_status status = prepare(training);
    if (status == ADATOM_OK) {
        status = run_epochs(training);
    }
    if (status == ADATOM_OK) {
        status = adatom_image_finish(training);
    }
    clear(training);
    free(training);
    return status;
}

const adatom_train_kind adatom_train_image = {.train = train, .predict = adatom_image_predict};
