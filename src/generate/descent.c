#include "generate/descent.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

static adatom_status lanes_of(size_t count, double **out)
{
    return adatom_allocate_aligned(count * ADATOM_POOLED_LANES, sizeof(double), out);
}

static adatom_status allocate_normal(size_t count, adatom_pooled_normal *normal)
{
    ADATOM_TRY(lanes_of(count * count, &normal->squares));
    ADATOM_TRY(lanes_of(count, &normal->products));
    ADATOM_TRY(lanes_of(1, &normal->losses));
    return lanes_of(1, &normal->objectives);
}

static void free_normal(adatom_pooled_normal *normal)
{
    free(normal->squares);
    free(normal->products);
    free(normal->losses);
    free(normal->objectives);
}

static adatom_status allocate(adatom_descent *d)
{
    const size_t n = d->count;
    ADATOM_TRY(adatom_global_work_create(d->fingerprint, &d->work));
    ADATOM_TRY(lanes_of(n, &d->positions));
    ADATOM_TRY(lanes_of(n, &d->trial));
    ADATOM_TRY(lanes_of(n, &d->step));
    ADATOM_TRY(lanes_of(n, &d->gradient));
    ADATOM_TRY(lanes_of(n, &d->trial_gradient));
    ADATOM_TRY(lanes_of(1, &d->losses));
    ADATOM_TRY(lanes_of(1, &d->trial_losses));
    ADATOM_TRY(lanes_of(1, &d->objectives));
    switch (d->options->optimizer_method) {
    case ADATOM_DESCENT_LEVENBERG:
        ADATOM_TRY(lanes_of(n * n, &d->factor));
        ADATOM_TRY(allocate_normal(n, &d->now));
        return allocate_normal(n, &d->next);
    case ADATOM_DESCENT_LBFGS:
        ADATOM_TRY(lanes_of(ADATOM_DESCENT_PAIRS * n, &d->steps_kept));
        return lanes_of(ADATOM_DESCENT_PAIRS * n, &d->changes_kept);
    default:
        ADATOM_TRY(lanes_of(n, &d->mean));
        return lanes_of(n, &d->variance);
    }
}

adatom_status adatom_descent_create(const adatom_global *fingerprint,
                                    const adatom_reconstruct_options *options,
                                    double minimum_distance, const double *target,
                                    adatom_descent **out)
{
    adatom_descent *d;
    ADATOM_TRY(adatom_allocate(1, sizeof *d, &d));
    d->fingerprint = fingerprint;
    d->options = options;
    d->count = 3 * fingerprint->structure->atom_count;
    /* Strong enough against losses of some tenths per column, whichever sum they are in. */
    const bool levenberg = options->optimizer_method == ADATOM_DESCENT_LEVENBERG;
    d->loss = (adatom_pooled_loss){target, options->optimizer_loss == 1, minimum_distance,
                                   levenberg ? 10 : 1};
    const adatom_status status = allocate(d);
    if (status != ADATOM_OK) {
        adatom_descent_free(d);
        return status;
    }
    *out = d;
    return ADATOM_OK;
}

void adatom_descent_free(adatom_descent *d)
{
    if (d == NULL) {
        return;
    }
    adatom_global_work_free(d->work);
    double *const arrays[] = {d->positions,    d->trial,      d->step,           d->gradient,
                              d->mean,         d->variance,   d->trial_gradient, d->losses,
                              d->trial_losses, d->objectives, d->factor,         d->steps_kept,
                              d->changes_kept};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        free(arrays[i]);
    }
    free_normal(&d->now);
    free_normal(&d->next);
    free(d);
}

bool adatom_descent_solved(const adatom_descent *d, const double *losses)
{
    for (int lane = 0; lane < ADATOM_POOLED_LANES; lane++) {
        if (losses[lane] < d->options->verdict_solved) {
            return true;
        }
    }
    return false;
}

adatom_status adatom_descent_run(adatom_descent *d)
{
    for (int lane = 0; lane < ADATOM_POOLED_LANES; lane++) {
        d->idle[lane] = false;
    }
    switch (d->options->optimizer_method) {
    case ADATOM_DESCENT_LEVENBERG:
        return adatom_descend_levenberg(d);
    case ADATOM_DESCENT_LBFGS:
        return adatom_descend_lbfgs(d);
    default:
        return adatom_descend_adam(d);
    }
}
