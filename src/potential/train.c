/* Trains a potential: data, committee, model file. */
#include "potential/training.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/text_file.h"
#include "io/training_record.h"
#include "potential/files.h"
#include "potential/frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Another stream for the draw of atoms from the test file. */
enum { TEST_SEED_SHIFT = 1 };

/* ---- preparation */

/* What a checkpoint must agree in: all but how fast and how often. */
static adatom_status write_settings(adatom_training *training)
{
    adatom_potential_options options = training->options;
    options.run_threads = 0;
    options.run_checkpoint_seconds = 0;
    size_t size;
    FILE *stream = open_memstream(&training->settings, &size);
    if (stream == NULL) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    const adatom_status status =
        adatom_options_write(adatom_potential_option_table(), &options, stream);
    fclose(stream);
    return status;
}

static adatom_status read_options(adatom_training *training)
{
    const adatom_train_job *job = training->job;
    training->options = adatom_potential_options_default();
    adatom_potential_options *options = &training->options;
    ADATOM_TRY(adatom_options_read(adatom_potential_option_table(), job->path, job->overrides,
                                   job->override_count, options));
    if (options->data_structures[0] == '\0') {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: data.structures is missing", job->path);
    }
    if (options->network_hidden.count >= ADATOM_DENSE_LAYERS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: network.hidden: at most %d layers", job->path,
                           ADATOM_DENSE_LAYERS_MAX - 1);
    }
    if (options->loss_energy == 0 && (options->loss_forces == 0 || options->data_atom_energies)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: loss.energy is 0: nothing to learn",
                           job->path);
    }
    return write_settings(training);
}

static adatom_status create_potential(adatom_training *training)
{
    const adatom_potential_options *options = &training->options;
    int species[ADATOM_ELEMENT_COUNT], hidden[ADATOM_DENSE_LAYERS_MAX] = {10};
    const size_t count = adatom_dataset_species(&training->frames, species);
    int layers = options->network_hidden.count;
    for (int l = 0; l < layers; l++) {
        hidden[l] = (int)options->network_hidden.values[l];
    }
    layers = layers == 0 ? 1 : layers;
    const adatom_status status =
        adatom_potential_create(options->run_descriptor, species, count, layers, hidden,
                                (adatom_activation)options->network_activation,
                                (int)options->committee_members, &training->potential);
    return status == ADATOM_OK ? status : adatom_fail_in(status, "%s", training->job->path);
}

static adatom_status make_dataset(adatom_training *training, bool test, adatom_dataset **out)
{
    const adatom_potential_options *options = &training->options;
    const adatom_dataset_request request = {
        .name = test ? options->data_test : options->data_structures,
        .frames = test ? &training->test_frames : &training->frames,
        .atom_energies = options->data_atom_energies,
        .with_forces = options->loss_forces > 0,
        .environments =
            (size_t)(test ? options->data_test_environments : options->data_environments),
        .memory = 1e6 * options->data_memory,
        .seed = (uint64_t)options->run_seed + (test ? TEST_SEED_SHIFT : 0),
        .fit = !test};
    return adatom_dataset_create(&request, training->potential, training->team, out);
}

static adatom_status make_loss(adatom_training *training, adatom_dataset *dataset,
                               adatom_loss **out)
{
    const adatom_potential_options *options = &training->options;
    return adatom_loss_create(training->potential, dataset, training->dataset, options->loss_energy,
                              options->loss_forces, training->team, out);
}

static adatom_status prepare(adatom_training *training)
{
    adatom_potential_options *options = &training->options;
    ADATOM_TRY(read_options(training));
    const int threads =
        options->run_threads > 0 ? (int)options->run_threads : adatom_available_cores();
    ADATOM_TRY(adatom_team_create(threads, &training->team));
    ADATOM_TRY(adatom_training_read_frames(options, options->data_structures, &training->frames));
    ADATOM_TRY(create_potential(training));
    ADATOM_TRY(make_dataset(training, false, &training->dataset));
    ADATOM_TRY(make_loss(training, training->dataset, &training->loss));
    if (options->data_test[0] != '\0') {
        ADATOM_TRY(
            adatom_training_read_frames(options, options->data_test, &training->test_frames));
        ADATOM_TRY(make_dataset(training, true, &training->test_dataset));
        ADATOM_TRY(make_loss(training, training->test_dataset, &training->test_loss));
    }
    return ADATOM_OK;
}

/* ---- epochs */

static void describe_errors(double energy, double forces, char *text, size_t size)
{
    if (forces > 0) {
        snprintf(text, size, "%.3f meV/atom, %.4f eV/\303\205", 1e3 * energy, forces);
    } else {
        snprintf(text, size, "%.3f meV/atom", 1e3 * energy);
    }
}

static void tell_progress(const adatom_training *training, const adatom_learning_row *row)
{
    char line[160], train[64], validation[64] = "";
    describe_errors(row->energy, row->forces, train, sizeof train);
    if (training->fit->validation_count > 0) {
        describe_errors(row->validation_energy, row->validation_forces, validation,
                        sizeof validation);
    }
    snprintf(line, sizeof line, "train %s%s%s", train, validation[0] != '\0' ? ", validation " : "",
             validation);
    const adatom_train_state state = {training->member + 1, training->potential->member_count,
                                      training->fit->epoch, training->options.optimizer_epochs,
                                      line};
    training->job->callbacks->progress(training->job->callbacks->context, &state);
}

static adatom_status run_epoch(adatom_training *training)
{
    ADATOM_TRY(adatom_grow(&training->rows, &training->row_capacity, training->row_count + 1,
                           sizeof *training->rows));
    adatom_learning_row *row = &training->rows[training->row_count];
    ADATOM_TRY(adatom_fit_epoch(training->fit, row));
    row->member = training->member + 1;
    row->seconds = training->seconds_before + adatom_clock() - training->started;
    training->row_count++;
    tell_progress(training, row);
    return ADATOM_OK;
}

static adatom_status run_member(adatom_training *training)
{
    const adatom_train_callbacks *callbacks = training->job->callbacks;
    while (!training->fit->finished) {
        ADATOM_TRY(run_epoch(training));
        if (!training->fit->finished && callbacks->stop(callbacks->context)) {
            ADATOM_TRY(adatom_training_save(training));
            return adatom_fail(ADATOM_INTERRUPTED,
                               "stopped on request; the same command goes on from %s.checkpoint",
                               training->job->output);
        }
        if (adatom_clock() - training->saved >= training->options.run_checkpoint_seconds) {
            ADATOM_TRY(adatom_training_save(training));
        }
    }
    adatom_training_keep_member(training, training->member, training->fit->best);
    return ADATOM_OK;
}

static adatom_status run_members(adatom_training *training)
{
    bool resumed = false;
    ADATOM_TRY(adatom_training_resume(training, &resumed));
    if (resumed) {
        char line[160];
        snprintf(line, sizeof line, "going on from the checkpoint, epoch %lld of member %d",
                 (long long)training->fit->epoch, training->member + 1);
        training->job->callbacks->say(training->job->callbacks->context, line);
    }
    training->started = training->saved = adatom_clock();
    for (; training->member < training->potential->member_count; training->member++) {
        if (training->fit == NULL) {
            ADATOM_TRY(adatom_fit_create(&training->options, training->potential, training->loss,
                                         training->dataset->group_count, training->member,
                                         &training->fit));
        }
        ADATOM_TRY(run_member(training));
        if (training->member + 1 < training->potential->member_count) {
            adatom_fit_free(training->fit);
            training->fit = NULL;
        }
    }
    return ADATOM_OK;
}

/* ---- the end */

/* Over the members: the root of the mean square. */
static adatom_status add_errors(adatom_training *training, adatom_loss *loss, size_t group_count,
                                const char *name)
{
    size_t *all;
    ADATOM_TRY(adatom_allocate(group_count, sizeof *all, &all));
    for (size_t g = 0; g < group_count; g++) {
        all[g] = g;
    }
    double *weights;
    adatom_status status =
        adatom_allocate(adatom_loss_weight_count(loss), sizeof *weights, &weights);
    adatom_training_errors sum = {0};
    for (int member = 0; status == ADATOM_OK && member < training->potential->member_count;
         member++) {
        for (size_t t = 0; t < training->potential->element_count; t++) {
            const adatom_potential_element *element = &training->potential->elements[t];
            const size_t count = element->dense.weight_count;
            memcpy(weights + adatom_loss_offset(loss, t), element->weights + (size_t)member * count,
                   count * sizeof *weights);
        }
        adatom_training_errors errors;
        status = adatom_loss_errors(loss, (adatom_group_list){group_count, all}, weights, &errors);
        sum.energy_squares += errors.energy_squares;
        sum.force_squares += errors.force_squares;
        sum.energies += errors.energies;
        sum.force_components += errors.force_components;
    }
    free(weights);
    free(all);
    ADATOM_TRY(status);
    char text[64];
    const double factor = training->potential->energy_factor;
    describe_errors(adatom_fit_energy_error(&sum, factor), adatom_fit_force_error(&sum, factor),
                    text, sizeof text);
    adatom_training_record_add(training->job->result, name, text);
    return ADATOM_OK;
}

static adatom_status write_provenance(adatom_training *training)
{
    char heading[120], *text;
    snprintf(heading, sizeof heading,
             "# %zu structures, %zu energies of atoms, %zu force components\n",
             training->dataset->structures, training->dataset->atoms,
             training->dataset->force_components);
    ADATOM_TRY(adatom_training_record_provenance(training->job->result, heading, training->settings,
                                                 &text));
    free(training->potential->provenance);
    training->potential->provenance = text;
    return ADATOM_OK;
}

static adatom_status finish(adatom_training *training)
{
    char text[64];
    snprintf(text, sizeof text, "%zu", adatom_loss_weight_count(training->loss));
    adatom_training_record_add(training->job->result, "weights", text);
    ADATOM_TRY(add_errors(training, training->loss, training->dataset->group_count, "all data"));
    if (training->test_loss != NULL) {
        ADATOM_TRY(add_errors(training, training->test_loss, training->test_dataset->group_count,
                              "test data"));
    }
    ADATOM_TRY(write_provenance(training));
    ADATOM_TRY(adatom_training_write_curve(training));
    ADATOM_TRY(adatom_potential_write(training->potential, training->job->output));
    char *path;
    ADATOM_TRY(adatom_training_record_path(training->job->output, ".checkpoint", &path));
    unlink(path);
    free(path);
    return ADATOM_OK;
}

static void clear(adatom_training *training)
{
    adatom_fit_free(training->fit);
    adatom_loss_free(training->loss);
    adatom_loss_free(training->test_loss);
    adatom_dataset_free(training->dataset);
    adatom_dataset_free(training->test_dataset);
    adatom_potential_free(training->potential);
    adatom_frames_clear(&training->frames);
    adatom_frames_clear(&training->test_frames);
    adatom_team_free(training->team);
    free(training->settings);
    free(training->rows);
}

static adatom_status train(const adatom_train_job *job)
{
    adatom_training *training;
    ADATOM_TRY(adatom_allocate(1, sizeof *training, &training));
    training->job = job;
    adatom_status status = prepare(training);
    if (status == ADATOM_OK) {
        status = run_members(training);
    }
    if (status == ADATOM_OK) {
        status = finish(training);
    }
    clear(training);
    free(training);
    return status;
}

const adatom_train_kind adatom_train_potential = {.train = train,
                                                  .predict = adatom_potential_predict};
