#include "generate/descent.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    ADATOM_TRY(lanes_of(1, &d->goals));
    for (int lane = 0; lane < ADATOM_POOLED_LANES; lane++) {
        d->goals[lane] = INFINITY;
    }
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
    d->count = fingerprint->variables;
    /* Strong enough against losses of some tenths per column, whichever sum they are in. */
    const bool levenberg = options->optimizer_method == ADATOM_DESCENT_LEVENBERG;
    d->loss = (adatom_pooled_loss){target, options->optimizer_loss == 1, minimum_distance,
                                   levenberg ? 10 : 1, false};
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
    double *const arrays[] = {d->positions,    d->trial,       d->step,           d->gradient,
                              d->mean,         d->variance,    d->trial_gradient, d->losses,
                              d->trial_losses, d->goals,       d->objectives,     d->factor,
                              d->steps_kept,   d->changes_kept};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        free(arrays[i]);
    }
    free_normal(&d->now);
    free_normal(&d->next);
    free(d);
}

void adatom_descent_guard(const adatom_descent *d, double *variables, int lane)
{
    if (d->fingerprint->free_cell) {
        adatom_strain_guard(&d->fingerprint->strain, variables, lane);
    }
}

double adatom_descent_enough(const adatom_reconstruct_options *options)
{
    const double exact = options->verdict_exact, solved = options->verdict_solved;
    const bool levenberg = options->optimizer_method == ADATOM_DESCENT_LEVENBERG;
    return levenberg && exact < solved ? exact : solved;
}

bool adatom_descent_solved(const adatom_descent *d, const double *losses)
{
    for (int lane = 0; lane < ADATOM_POOLED_LANES; lane++) {
        if (losses[lane] < adatom_descent_enough(d->options)) {
            return true;
        }
    }
    return false;
}

/* Lanes that wait for each other. */
static adatom_status run_together(adatom_descent *d, adatom_descent_next *next, void *context)
{
    bool going = true;
    while (going) {
        memset(d->idle, 0, sizeof d->idle);
        ADATOM_TRY(d->options->optimizer_method == ADATOM_DESCENT_LBFGS ? adatom_descend_lbfgs(d)
                                                                        : adatom_descend_adam(d));
        going = false;
        for (int lane = 0; lane < ADATOM_POOLED_LANES; lane++) {
            going = next(context, lane) || going;
        }
        going = going && !d->stop;
    }
    return ADATOM_OK;
}

adatom_status adatom_descent_run(adatom_descent *d, adatom_descent_next *next, void *context)
{
    d->stop = false;
    return d->options->optimizer_method == ADATOM_DESCENT_LEVENBERG
               ? adatom_descend_levenberg(d, next, context)
               : run_together(d, next, context);
}
