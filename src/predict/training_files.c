/* The checkpoint and the learning curve of a training on images. */
#include "predict/training.h"

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

static const size_t word_count = 4, sum_count = ADATOM_IMAGE_ERROR_NUMBERS, progress_count = 4;

adatom_status adatom_image_write_curve(const adatom_image_training *training)
{
    char *path;
    ADATOM_TRY(adatom_training_record_path(training->job->output, ".csv", &path));
    adatom_text_file *file;
    const adatom_status status = adatom_text_file_create(path, &file);
    free(path);
    ADATOM_TRY(status);
    FILE *stream = adatom_text_file_stream(file);
    fputs(
        "member,epoch,loss,error,mean_error,validation_error,validation_mean_error,rate,seconds\n",
        stream);
    for (size_t r = 0; r < training->row_count; r++) {
        const adatom_image_row *row = &training->rows[r];
        fprintf(stream, "1,%.0f,%.9g,%.9g,%.9g,%.9g,%.9g,%.6g,%.3f\n", row->epoch, row->loss,
                row->error, row->mean_error, row->validation_error, row->validation_mean_error,
                row->rate, row->seconds);
    }
    return adatom_text_file_commit(file);
}

/* Numbers that other data would change. */
static void fingerprint(const adatom_image_training *training, double values[3])
{
    values[0] = (double)training->samples.count;
    values[1] = training->model->offset;
    values[2] = training->model->scale;
    for (size_t i = 0; i < training->samples.count; i++) {
        values[1] += training->samples.targets[i] * (double)(i % 97);
    }
}

static adatom_status put_weights(const adatom_image_training *training, adatom_hdf5_writer *writer)
{
    const size_t *count = &training->model->network.weight_count;
    ADATOM_TRY(
        adatom_hdf5_put(writer, "weights", ADATOM_HDF5_FLOAT, 1, count, training->model->weights));
    ADATOM_TRY(adatom_hdf5_put(writer, "best", ADATOM_HDF5_FLOAT, 1, count, training->best));
    ADATOM_TRY(
        adatom_hdf5_put(writer, "adam/mean", ADATOM_HDF5_FLOAT, 1, count, training->adam->mean));
    return adatom_hdf5_put(writer, "adam/variance", ADATOM_HDF5_FLOAT, 1, count,
                           training->adam->variance);
}

static adatom_status put_all(const adatom_image_training *training, adatom_hdf5_writer *writer)
{
    double data[3];
    fingerprint(training, data);
    const size_t rows[2] = {training->row_count, ADATOM_IMAGE_ROW_COLUMNS};
    const int64_t progress[4] = {training->epoch, training->batch, training->best_epoch,
                                 training->adam->step};
    ADATOM_TRY(
        adatom_training_record_put(writer, training->settings, data, sizeof data / sizeof data[0]));
    ADATOM_TRY(put_weights(training, writer));
    ADATOM_TRY(
        adatom_hdf5_put(writer, "progress", ADATOM_HDF5_INT64, 1, &progress_count, progress));
    ADATOM_TRY(adatom_hdf5_put(writer, "random", ADATOM_HDF5_UINT64, 1, &word_count,
                               training->random.state));
    ADATOM_TRY(adatom_hdf5_put(writer, "sums", ADATOM_HDF5_DOUBLE, 1, &sum_count, &training->sums));
    ADATOM_TRY(
        adatom_hdf5_put(writer, "best_error", ADATOM_HDF5_DOUBLE, 0, NULL, &training->best_error));
    return adatom_hdf5_put(writer, "curve", ADATOM_HDF5_DOUBLE, 2, rows, training->rows);
}

adatom_status adatom_image_save(adatom_image_training *training)
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
    return adatom_image_write_curve(training);
}

/* ---- going on */

static adatom_status get_weights(adatom_image_training *training, adatom_hdf5_reader *reader)
{
    const size_t *count = &training->model->network.weight_count;
    ADATOM_TRY(
        adatom_hdf5_get(reader, "weights", ADATOM_HDF5_FLOAT, 1, count, training->model->weights));
    ADATOM_TRY(adatom_hdf5_get(reader, "best", ADATOM_HDF5_FLOAT, 1, count, training->best));
    ADATOM_TRY(
        adatom_hdf5_get(reader, "adam/mean", ADATOM_HDF5_FLOAT, 1, count, training->adam->mean));
    return adatom_hdf5_get(reader, "adam/variance", ADATOM_HDF5_FLOAT, 1, count,
                           training->adam->variance);
}

static adatom_status get_curve(adatom_image_training *training, adatom_hdf5_reader *reader)
{
    size_t dims[2];
    ADATOM_TRY(adatom_hdf5_shape(reader, "curve", 2, dims));
    if (dims[1] != ADATOM_IMAGE_ROW_COLUMNS || dims[0] != (size_t)training->epoch) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the checkpoint is damaged");
    }
    ADATOM_TRY(
        adatom_grow(&training->rows, &training->row_capacity, dims[0] + 1, sizeof *training->rows));
    ADATOM_TRY(adatom_hdf5_get(reader, "curve", ADATOM_HDF5_DOUBLE, 2, dims, training->rows));
    training->row_count = dims[0];
    training->seconds_before = dims[0] > 0 ? training->rows[dims[0] - 1].seconds : 0;
    return ADATOM_OK;
}

static adatom_status get_all(adatom_image_training *training, adatom_hdf5_reader *reader,
                             const char *path)
{
    int64_t progress[4];
    double data[3];
    fingerprint(training, data);
    ADATOM_TRY(adatom_training_record_check(reader, path, training->settings, data, 3));
    ADATOM_TRY(get_weights(training, reader));
    ADATOM_TRY(
        adatom_hdf5_get(reader, "progress", ADATOM_HDF5_INT64, 1, &progress_count, progress));
    ADATOM_TRY(adatom_hdf5_get(reader, "random", ADATOM_HDF5_UINT64, 1, &word_count,
                               training->random.state));
    ADATOM_TRY(adatom_hdf5_get(reader, "sums", ADATOM_HDF5_DOUBLE, 1, &sum_count, &training->sums));
    ADATOM_TRY(
        adatom_hdf5_get(reader, "best_error", ADATOM_HDF5_DOUBLE, 0, NULL, &training->best_error));
    if (progress[0] < 0 || progress[0] > training->options.optimizer_epochs || progress[1] < 0 ||
        (uint64_t)progress[1] > training->samples.set_counts[ADATOM_SET_TRAIN] || progress[2] < 0 ||
        progress[2] > progress[0] || progress[3] < 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s is damaged", path);
    }
    training->epoch = progress[0];
    training->batch = progress[1];
    training->best_epoch = progress[2];
    training->adam->step = progress[3];
    return get_curve(training, reader);
}

adatom_status adatom_image_resume(adatom_image_training *training, bool *resumed)
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
