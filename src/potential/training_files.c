/* The checkpoint and the learning curve of a training. */
#include "potential/training.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/text_file.h"
#include "io/training_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- the learning curve */

adatom_status adatom_training_write_curve(const adatom_training *training)
{
    char *path;
    ADATOM_TRY(adatom_training_record_path(training->job->output, ".csv", &path));
    adatom_text_file *file;
    const adatom_status status = adatom_text_file_create(path, &file);
    free(path);
    ADATOM_TRY(status);
    FILE *stream = adatom_text_file_stream(file);
    fputs("member,epoch,loss,energy,forces,validation_energy,validation_forces,rate,seconds\n",
          stream);
    for (size_t r = 0; r < training->row_count; r++) {
        const adatom_learning_row *row = &training->rows[r];
        fprintf(stream, "%.0f,%.0f,%.9g,%.9g,%.9g,%.9g,%.9g,%.6g,%.3f\n", row->member, row->epoch,
                row->loss, row->energy, row->forces, row->validation_energy, row->validation_forces,
                row->rate, row->seconds);
    }
    return adatom_text_file_commit(file);
}

/* ---- the checkpoint */

/* Numbers that other data would change. */
static void fingerprint(const adatom_training *training, double values[4])
{
    values[0] = (double)training->dataset->group_count;
    values[1] = training->dataset->mean_square_energy;
    values[2] = training->dataset->mean_square_force;
    values[3] = training->potential->energy_factor;
}

void adatom_training_keep_member(adatom_training *training, int member, const double *weights)
{
    for (size_t t = 0; t < training->potential->element_count; t++) {
        adatom_potential_element *element = &training->potential->elements[t];
        const size_t count = element->dense.weight_count;
        memcpy(element->weights + (size_t)member * count,
               weights + adatom_loss_offset(training->loss, t), count * sizeof *weights);
    }
}

static void collect_member(const adatom_training *training, int member, double *weights)
{
    for (size_t t = 0; t < training->potential->element_count; t++) {
        const adatom_potential_element *element = &training->potential->elements[t];
        const size_t count = element->dense.weight_count;
        memcpy(weights + adatom_loss_offset(training->loss, t),
               element->weights + (size_t)member * count, count * sizeof *weights);
    }
}

/* The weights of the members that are done, one row each. */
static adatom_status put_members(const adatom_training *training, adatom_hdf5_writer *writer)
{
    const size_t dims[2] = {(size_t)training->member, training->fit->count};
    double *weights;
    ADATOM_TRY(adatom_allocate(dims[0] * dims[1] + 1, sizeof *weights, &weights));
    for (int member = 0; member < training->member; member++) {
        collect_member(training, member, weights + (size_t)member * dims[1]);
    }
    const adatom_status status =
        adatom_hdf5_put(writer, "members", ADATOM_HDF5_DOUBLE, 2, dims, weights);
    free(weights);
    return status;
}

static adatom_status put_all(const adatom_training *training, adatom_hdf5_writer *writer)
{
    double data[4];
    fingerprint(training, data);
    const size_t rows[2] = {training->row_count, ADATOM_LEARNING_COLUMNS};
    ADATOM_TRY(
        adatom_training_record_put(writer, training->settings, data, sizeof data / sizeof data[0]));
    ADATOM_TRY(adatom_hdf5_put(writer, "curve", ADATOM_HDF5_DOUBLE, 2, rows, training->rows));
    ADATOM_TRY(put_members(training, writer));
    return adatom_fit_put(training->fit, writer);
}

adatom_status adatom_training_save(adatom_training *training)
{
    char *path;
    ADATOM_TRY(adatom_training_record_path(training->job->output, ".checkpoint", &path));
    adatom_hdf5_writer *writer;
    adatom_status status = adatom_hdf5_create(path, &writer);
    free(path);
    ADATOM_TRY(status);
    status = put_all(training, writer);
    if (status != ADATOM_OK) {
        adatom_hdf5_abandon(writer);
        return status;
    }
    ADATOM_TRY(adatom_hdf5_commit(writer));
    training->saved = adatom_clock();
    return adatom_training_write_curve(training);
}

/* ---- going on */

static adatom_status get_members(adatom_training *training, adatom_hdf5_reader *reader)
{
    size_t dims[2];
    ADATOM_TRY(adatom_hdf5_shape(reader, "members", 2, dims));
    const size_t count = adatom_loss_weight_count(training->loss);
    if (dims[0] >= (size_t)training->potential->member_count || dims[1] != count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the checkpoint is damaged");
    }
    double *weights;
    ADATOM_TRY(adatom_allocate(dims[0] * dims[1] + 1, sizeof *weights, &weights));
    const adatom_status status =
        adatom_hdf5_get(reader, "members", ADATOM_HDF5_DOUBLE, 2, dims, weights);
    for (size_t member = 0; status == ADATOM_OK && member < dims[0]; member++) {
        adatom_training_keep_member(training, (int)member, weights + member * count);
    }
    free(weights);
    training->member = (int)dims[0];
    return status;
}

static adatom_status get_curve(adatom_training *training, adatom_hdf5_reader *reader)
{
    size_t dims[2];
    ADATOM_TRY(adatom_hdf5_shape(reader, "curve", 2, dims));
    if (dims[1] != ADATOM_LEARNING_COLUMNS || dims[0] > 1000000000) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the checkpoint is damaged");
    }
    ADATOM_TRY(
        adatom_grow(&training->rows, &training->row_capacity, dims[0] + 1, sizeof *training->rows));
    ADATOM_TRY(adatom_hdf5_get(reader, "curve", ADATOM_HDF5_DOUBLE, 2, dims, training->rows));
    training->row_count = dims[0];
    if (dims[0] > 0) {
        training->seconds_before = training->rows[dims[0] - 1].seconds;
    }
    return ADATOM_OK;
}

static adatom_status get_all(adatom_training *training, adatom_hdf5_reader *reader,
                             const char *path)
{
    double data[4];
    fingerprint(training, data);
    ADATOM_TRY(adatom_training_record_check(reader, path, training->settings, data, 4));
    ADATOM_TRY(get_curve(training, reader));
    ADATOM_TRY(get_members(training, reader));
    ADATOM_TRY(adatom_fit_create(&training->options, training->potential, training->loss,
                                 training->dataset->group_count, training->member, &training->fit));
    return adatom_fit_get(training->fit, reader);
}

adatom_status adatom_training_resume(adatom_training *training, bool *resumed)
{
    char *path;
    ADATOM_TRY(adatom_training_record_path(training->job->output, ".checkpoint", &path));
    adatom_status status = ADATOM_OK;
    *resumed = access(path, F_OK) == 0;
    if (*resumed) {
        adatom_hdf5_reader *reader;
        status = adatom_hdf5_open(path, &reader);
        if (status == ADATOM_OK) {
            status = get_all(training, reader, path);
            adatom_hdf5_close(reader);
        }
    }
    free(path);
    return status;
}
