/* The state of a training in a checkpoint. */
#include "potential/fit.h"

#include "base/error.h"

static adatom_status put(adatom_hdf5_writer *writer, const char *name, size_t count,
                         const double *values)
{
    return adatom_hdf5_put(writer, name, ADATOM_HDF5_DOUBLE, 1, &count, values);
}

static adatom_status get(adatom_hdf5_reader *reader, const char *name, size_t count, double *values)
{
    return adatom_hdf5_get(reader, name, ADATOM_HDF5_DOUBLE, 1, &count, values);
}

static const size_t counter_count = 5, random_count = 4, scalar_count = 3;

adatom_status adatom_fit_put(const adatom_fit *fit, adatom_hdf5_writer *writer)
{
    const int64_t counters[5] = {fit->epoch, fit->finished, fit->best_epoch,
                                 fit->adam != NULL ? fit->adam->step : 0,
                                 fit->lbfgs != NULL ? fit->lbfgs->pairs : 0};
    const double scalars[3] = {fit->best_score,
                               fit->levenberg != NULL ? fit->levenberg->damping : 0,
                               fit->levenberg != NULL ? fit->levenberg->growth : 0};
    ADATOM_TRY(
        adatom_hdf5_put(writer, "fit/counters", ADATOM_HDF5_INT64, 1, &counter_count, counters));
    ADATOM_TRY(adatom_hdf5_put(writer, "fit/random", ADATOM_HDF5_UINT64, 1, &random_count,
                               fit->random.state));
    ADATOM_TRY(put(writer, "fit/scalars", scalar_count, scalars));
    ADATOM_TRY(put(writer, "fit/weights", fit->count, fit->weights));
    ADATOM_TRY(put(writer, "fit/best", fit->count, fit->best));
    if (fit->adam != NULL) {
        ADATOM_TRY(put(writer, "fit/mean", fit->count, fit->adam->mean));
        ADATOM_TRY(put(writer, "fit/variance", fit->count, fit->adam->variance));
    }
    if (fit->lbfgs != NULL) {
        const size_t size = fit->count * (size_t)fit->lbfgs->memory;
        ADATOM_TRY(put(writer, "fit/steps", size, fit->lbfgs->steps));
        ADATOM_TRY(put(writer, "fit/changes", size, fit->lbfgs->changes));
    }
    return ADATOM_OK;
}

static adatom_status get_optimizer(adatom_fit *fit, adatom_hdf5_reader *reader,
                                   const int64_t counters[5], const double scalars[3])
{
    if (fit->levenberg != NULL) {
        fit->levenberg->damping = scalars[1];
        fit->levenberg->growth = scalars[2];
    }
    if (fit->adam != NULL) {
        fit->adam->step = counters[3];
        ADATOM_TRY(get(reader, "fit/mean", fit->count, fit->adam->mean));
        ADATOM_TRY(get(reader, "fit/variance", fit->count, fit->adam->variance));
    }
    if (fit->lbfgs != NULL) {
        if (counters[4] < 0 || counters[4] > fit->lbfgs->memory) {
            return adatom_fail(ADATOM_INVALID_INPUT, "the checkpoint is damaged");
        }
        const size_t size = fit->count * (size_t)fit->lbfgs->memory;
        fit->lbfgs->pairs = (int)counters[4];
        ADATOM_TRY(get(reader, "fit/steps", size, fit->lbfgs->steps));
        ADATOM_TRY(get(reader, "fit/changes", size, fit->lbfgs->changes));
    }
    return ADATOM_OK;
}

adatom_status adatom_fit_get(adatom_fit *fit, adatom_hdf5_reader *reader)
{
    int64_t counters[5];
    double scalars[3];
    ADATOM_TRY(
        adatom_hdf5_get(reader, "fit/counters", ADATOM_HDF5_INT64, 1, &counter_count, counters));
    ADATOM_TRY(adatom_hdf5_get(reader, "fit/random", ADATOM_HDF5_UINT64, 1, &random_count,
                               fit->random.state));
    ADATOM_TRY(get(reader, "fit/scalars", scalar_count, scalars));
    ADATOM_TRY(get(reader, "fit/weights", fit->count, fit->weights));
    ADATOM_TRY(get(reader, "fit/best", fit->count, fit->best));
    ADATOM_TRY(get_optimizer(fit, reader, counters, scalars));
    fit->epoch = counters[0];
    fit->finished = counters[1] != 0;
    fit->best_epoch = counters[2];
    fit->best_score = scalars[0];
    return ADATOM_OK;
}
