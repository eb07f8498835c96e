/* The checkpoint and the learning curve of a training. */
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "generate/training.h"
#include "io/text_file.h"
#include "io/training_record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the learning curve */

adatom_status adatom_generator_write_curve(const adatom_generator_training *t)
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
    for (size_t r = 0; r < t->row_count; r++) {
        const adatom_generator_row *row = &t->rows[r];
        fprintf(stream, "%.0f,%.0f,%.9g,%.9g,nan,%.9g,nan,%.6g,%.3f\n", row->member, row->epoch,
                row->loss, sqrt(row->loss), sqrt(row->validation), row->rate, row->seconds);
    }
    return adatom_text_file_commit(file);
}

/* ---- the checkpoint */

enum { DATA = 5, COUNTERS = 3 };
static const size_t counter_count = COUNTERS, random_count = 4, one = 1;

static double sum(size_t count, const double *values)
{
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        total += values[i];
    }
    return total;
}

/* Numbers that other data would change. */
static void fingerprint(const adatom_generator_training *t, double data[DATA])
{
    const adatom_features *f = &t->features;
    data[0] = (double)f->count;
    data[1] = (double)f->columns;
    data[2] = sum(f->count * f->columns, f->rows);
    data[3] = sum(f->count, f->property);
    data[4] = t->judge == NULL ? 0 : sum(adatom_generator_weights(t->judge), t->judge->weights);
}

static adatom_status put_floats(const adatom_generator_training *t, adatom_hdf5_writer *writer,
                                const char *name, const float *values)
{
    return adatom_hdf5_put(writer, name, ADATOM_HDF5_FLOAT, 1, &t->count, values);
}

/* The weights of the members that are done. */
static adatom_status put_members(const adatom_generator_training *t, adatom_hdf5_writer *writer)
{
    const size_t count = (size_t)t->member * adatom_generator_weights(t->generator);
    return adatom_hdf5_put(writer, "members", ADATOM_HDF5_DOUBLE, 1, &count, t->generator->weights);
}

static adatom_status put_all(const adatom_generator_training *t, adatom_hdf5_writer *writer)
{
    double data[DATA];
    const int64_t counters[COUNTERS] = {t->member, t->epoch, t->adam->step};
    const size_t shape[2] = {t->row_count, ADATOM_GENERATOR_ROW_COLUMNS};
    fingerprint(t, data);
    ADATOM_TRY(adatom_training_record_put(writer, t->settings, data, DATA));
    ADATOM_TRY(adatom_hdf5_put(writer, "curve", ADATOM_HDF5_DOUBLE, 2, shape, t->rows));
    ADATOM_TRY(adatom_hdf5_put(writer, "counters", ADATOM_HDF5_INT64, 1, &counter_count, counters));
    ADATOM_TRY(
        adatom_hdf5_put(writer, "random", ADATOM_HDF5_UINT64, 1, &random_count, t->random.state));
    ADATOM_TRY(adatom_hdf5_put(writer, "best_loss", ADATOM_HDF5_DOUBLE, 1, &one, &t->best_loss));
    ADATOM_TRY(
        adatom_hdf5_put(writer, "order", ADATOM_HDF5_UINT64, 1, &t->features.count, t->order));
    ADATOM_TRY(put_members(t, writer));
    ADATOM_TRY(put_floats(t, writer, "weights", t->weights));
    ADATOM_TRY(put_floats(t, writer, "best", t->best));
    ADATOM_TRY(put_floats(t, writer, "mean", t->adam->mean));
    return put_floats(t, writer, "variance", t->adam->variance);
}

adatom_status adatom_generator_save(adatom_generator_training *t)
{
    char *path;
    adatom_hdf5_writer *writer;
    ADATOM_TRY(adatom_training_record_path(t->job->output, ".checkpoint", &path));
    adatom_status status = adatom_hdf5_create(path, &writer);
    free(path);
    ADATOM_TRY(status);
    status = put_all(t, writer);
    if (status != ADATOM_OK) {
        adatom_hdf5_abandon(writer);
        return status;
    }
    ADATOM_TRY(adatom_hdf5_commit(writer));
    t->saved = adatom_clock();
    return adatom_generator_write_curve(t);
}

/* ---- going on */

static adatom_status damaged(void)
{
    return adatom_fail(ADATOM_INVALID_INPUT, "the checkpoint is damaged");
}

static adatom_status get_floats(adatom_generator_training *t, adatom_hdf5_reader *reader,
                                const char *name, float *values)
{
    return adatom_hdf5_get(reader, name, ADATOM_HDF5_FLOAT, 1, &t->count, values);
}

static adatom_status get_curve(adatom_generator_training *t, adatom_hdf5_reader *reader)
{
    size_t shape[2];
    ADATOM_TRY(adatom_hdf5_shape(reader, "curve", 2, shape));
    if (shape[1] != ADATOM_GENERATOR_ROW_COLUMNS || shape[0] > 1000000000) {
        return damaged();
    }
    ADATOM_TRY(adatom_grow(&t->rows, &t->row_capacity, shape[0] + 1, sizeof *t->rows));
    ADATOM_TRY(adatom_hdf5_get(reader, "curve", ADATOM_HDF5_DOUBLE, 2, shape, t->rows));
    t->row_count = shape[0];
    t->seconds_before = shape[0] > 0 ? t->rows[shape[0] - 1].seconds : 0;
    return ADATOM_OK;
}

/* Counters, order and random state: numbers that are used as indices are checked. */
static adatom_status get_place(adatom_generator_training *t, adatom_hdf5_reader *reader)
{
    int64_t counters[COUNTERS];
    ADATOM_TRY(adatom_hdf5_get(reader, "counters", ADATOM_HDF5_INT64, 1, &counter_count, counters));
    if (counters[0] < 0 || counters[0] >= t->generator->members || counters[1] < 0 ||
        counters[1] > t->options.optimizer_epochs || counters[2] < 0) {
        return damaged();
    }
    t->member = (int)counters[0];
    t->epoch = counters[1];
    t->adam->step = counters[2];
    ADATOM_TRY(
        adatom_hdf5_get(reader, "order", ADATOM_HDF5_UINT64, 1, &t->features.count, t->order));
    for (size_t i = 0; i < t->features.count; i++) {
        if (t->order[i] >= t->features.count) {
            return damaged();
        }
    }
    ADATOM_TRY(adatom_hdf5_get(reader, "best_loss", ADATOM_HDF5_DOUBLE, 1, &one, &t->best_loss));
    return adatom_hdf5_get(reader, "random", ADATOM_HDF5_UINT64, 1, &random_count, t->random.state);
}

static adatom_status get_all(adatom_generator_training *t, adatom_hdf5_reader *reader,
                             const char *path)
{
    double data[DATA];
    fingerprint(t, data);
    ADATOM_TRY(adatom_training_record_check(reader, path, t->settings, data, DATA));
    ADATOM_TRY(get_curve(t, reader));
    ADATOM_TRY(get_place(t, reader));
    const size_t members = (size_t)t->member * adatom_generator_weights(t->generator);
    ADATOM_TRY(
        adatom_hdf5_get(reader, "members", ADATOM_HDF5_DOUBLE, 1, &members, t->generator->weights));
    ADATOM_TRY(get_floats(t, reader, "weights", t->weights));
    ADATOM_TRY(get_floats(t, reader, "best", t->best));
    ADATOM_TRY(get_floats(t, reader, "mean", t->adam->mean));
    return get_floats(t, reader, "variance", t->adam->variance);
}

adatom_status adatom_generator_resume(adatom_generator_training *t, bool *resumed)
{
    char *path;
    adatom_status status = ADATOM_OK;
    ADATOM_TRY(adatom_training_record_path(t->job->output, ".checkpoint", &path));
    *resumed = access(path, F_OK) == 0;
    if (*resumed) {
        adatom_hdf5_reader *reader;
        status = adatom_hdf5_open(path, &reader);
        if (status == ADATOM_OK) {
            status = get_all(t, reader, path);
            adatom_hdf5_close(reader);
        }
    }
    free(path);
    return status;
}
