/* L-BFGS and Adam in lanes; nn/lbfgs.h and nn/adam_double.h have the sources. */
#include "base/error.h"
#include "generate/descent.h"

#include <math.h>
#include <string.h>

enum { L = ADATOM_POOLED_LANES };

static const double longest = 0.5; /* no coordinate moves farther in one step, Å */

/* The mean absolute differences at the positions, whatever is lowered. */
static adatom_status measure(adatom_descent *d)
{
    adatom_pooled_loss plain = d->loss;
    plain.squared = false;
    memset(d->idle, 0, sizeof d->idle);
    return adatom_global_evaluate(d->fingerprint, d->work, d->idle, d->positions, &plain, d->losses,
                                  d->trial_gradient);
}

/* ---- Adam */

static void copy_lane(size_t count, const double *from, double *to, int l)
{
    for (size_t k = 0; k < count; k++) {
        to[k * L + (size_t)l] = from[k * L + (size_t)l];
    }
}

/* Keeps in positions the best that was seen. */
static void keep_best(adatom_descent *d)
{
    for (int l = 0; l < L; l++) {
        if (d->trial_losses[l] < d->objectives[l]) {
            d->objectives[l] = d->trial_losses[l];
            copy_lane(d->count, d->trial, d->positions, l);
        }
    }
}

static void adam_step(adatom_descent *d, double rate, int64_t step)
{
    const double beta1 = 0.9, beta2 = 0.999;
    const double first = 1 / (1 - pow(beta1, (double)step));
    const double second = 1 / (1 - pow(beta2, (double)step));
    for (size_t k = 0; k < d->count * L; k++) {
        const double slope = d->gradient[k];
        d->mean[k] = beta1 * d->mean[k] + (1 - beta1) * slope;
        d->variance[k] = beta2 * d->variance[k] + (1 - beta2) * slope * slope;
        d->trial[k] -= rate * d->mean[k] * first / (sqrt(d->variance[k] * second) + 1e-12);
    }
    for (int l = 0; l < L; l++) {
        adatom_descent_guard(d, d->trial, l);
    }
}

adatom_status adatom_descend_adam(adatom_descent *d)
{
    const size_t size = d->count * L * sizeof(double);
    const int64_t steps = d->options->optimizer_iterations;
    memset(d->mean, 0, size);
    memset(d->variance, 0, size);
    memcpy(d->trial, d->positions, size);
    for (int l = 0; l < L; l++) {
        d->objectives[l] = INFINITY;
    }
    for (int64_t step = 1; step <= steps; step++) {
        ADATOM_TRY(adatom_global_evaluate(d->fingerprint, d->work, d->idle, d->trial, &d->loss,
                                          d->trial_losses, d->gradient));
        keep_best(d);
        d->steps += L;
        if (!d->loss.squared && adatom_descent_solved(d, d->trial_losses)) {
            break;
        }
        const double passed = (double)step / (double)steps;
        adam_step(d, d->options->optimizer_learning_rate * pow(0.01, passed), step);
    }
    return measure(d);
}

/* ---- L-BFGS: two loops for the direction, steps halved until the loss falls far enough */

typedef struct quasi_newton {
    int pairs[L]; /* kept in each lane; they share the ring */
    int ring;     /* place of the next pair */
    double lengths[L];
    int failed[L];
} quasi_newton;

static double dot_lane(size_t count, const double *a, const double *b, int l)
{
    double sum = 0;
    for (size_t k = 0; k < count; k++) {
        sum += a[k * L + (size_t)l] * b[k * L + (size_t)l];
    }
    return sum;
}

static void add_lane(size_t count, double factor, const double *from, double *to, int l)
{
    for (size_t k = 0; k < count; k++) {
        to[k * L + (size_t)l] += factor * from[k * L + (size_t)l];
    }
}

/* step = -H gradient; without pairs a step of 0.1 Å downhill. */
static void find_direction(adatom_descent *d, const quasi_newton *q, int l)
{
    const size_t n = d->count, stride = n * L;
    double factors[ADATOM_DESCENT_PAIRS];
    for (size_t k = 0; k < n; k++) {
        d->step[k * L + (size_t)l] = -d->gradient[k * L + (size_t)l];
    }
    double scale = 0.1 / fmax(sqrt(dot_lane(n, d->gradient, d->gradient, l)), 1e-300);
    for (int p = 1; p <= q->pairs[l]; p++) {
        const size_t at = (size_t)((q->ring - p + ADATOM_DESCENT_PAIRS) % ADATOM_DESCENT_PAIRS);
        const double *s = d->steps_kept + at * stride, *y = d->changes_kept + at * stride;
        const double sy = dot_lane(n, s, y, l);
        factors[p - 1] = sy > 0 ? dot_lane(n, s, d->step, l) / sy : 0;
        add_lane(n, -factors[p - 1], y, d->step, l);
        if (p == 1 && sy > 0) {
            scale = sy / dot_lane(n, y, y, l);
        }
    }
    for (size_t k = 0; k < n; k++) {
        d->step[k * L + (size_t)l] *= scale;
    }
    for (int p = q->pairs[l]; p >= 1; p--) {
        const size_t at = (size_t)((q->ring - p + ADATOM_DESCENT_PAIRS) % ADATOM_DESCENT_PAIRS);
        const double *s = d->steps_kept + at * stride, *y = d->changes_kept + at * stride;
        const double sy = dot_lane(n, s, y, l);
        const double other = sy > 0 ? dot_lane(n, y, d->step, l) / sy : 0;
        add_lane(n, factors[p - 1] - other, s, d->step, l);
    }
}

static void try_lane(adatom_descent *d, const quasi_newton *q, int l)
{
    double largest = 0;
    for (size_t k = 0; k < d->count; k++) {
        largest = fmax(largest, fabs(d->step[k * L + (size_t)l]));
    }
    const double scale = q->lengths[l] * (largest > longest ? longest / largest : 1);
    for (size_t k = 0; k < d->count; k++) {
        const size_t at = k * L + (size_t)l;
        d->trial[at] = d->positions[at] + scale * d->step[at];
    }
    adatom_descent_guard(d, d->trial, l);
}

/* Writes the pair of a lane that moves into the ring; one that does not is left zero, sy = 0. */
static void judge_lane(adatom_descent *d, quasi_newton *q, int l, bool *moved)
{
    const size_t n = d->count, base = (size_t)q->ring * n * L;
    const double slope = dot_lane(n, d->step, d->gradient, l);
    *moved = d->trial_losses[l] < d->objectives[l] + 1e-4 * q->lengths[l] * fmin(slope, 0);
    for (size_t k = 0; k < n; k++) {
        const size_t at = k * L + (size_t)l;
        d->steps_kept[base + at] = *moved ? d->trial[at] - d->positions[at] : 0;
        d->changes_kept[base + at] = *moved ? d->trial_gradient[at] - d->gradient[at] : 0;
    }
    if (*moved) {
        copy_lane(n, d->trial, d->positions, l);
        copy_lane(n, d->trial_gradient, d->gradient, l);
        d->objectives[l] = d->trial_losses[l];
        q->lengths[l] = 1;
        q->failed[l] = 0;
        return;
    }
    q->lengths[l] *= 0.5;
    q->failed[l]++;
    d->idle[l] = q->failed[l] > 12;
}

/* One trial of every lane. Lanes keep their pairs in one ring, so that all pairs grow with it. */
static adatom_status lbfgs_round(adatom_descent *d, quasi_newton *q)
{
    for (int l = 0; l < L; l++) {
        find_direction(d, q, l);
        try_lane(d, q, l);
    }
    ADATOM_TRY(adatom_global_evaluate(d->fingerprint, d->work, d->idle, d->trial, &d->loss,
                                      d->trial_losses, d->trial_gradient));
    bool any = false;
    for (int l = 0; l < L; l++) {
        bool moved = false;
        if (!d->idle[l]) {
            judge_lane(d, q, l, &moved);
        }
        any = any || moved;
    }
    if (any) {
        q->ring = (q->ring + 1) % ADATOM_DESCENT_PAIRS;
        for (int l = 0; l < L; l++) {
            q->pairs[l] += q->pairs[l] < ADATOM_DESCENT_PAIRS;
        }
    }
    d->steps += L;
    return ADATOM_OK;
}

adatom_status adatom_descend_lbfgs(adatom_descent *d)
{
    quasi_newton q = {.ring = 0};
    memset(d->steps_kept, 0, ADATOM_DESCENT_PAIRS * d->count * L * sizeof(double));
    memset(d->changes_kept, 0, ADATOM_DESCENT_PAIRS * d->count * L * sizeof(double));
    ADATOM_TRY(adatom_global_evaluate(d->fingerprint, d->work, d->idle, d->positions, &d->loss,
                                      d->objectives, d->gradient));
    bool moving = true;
    for (int l = 0; l < L; l++) {
        q.lengths[l] = 1;
    }
    for (int64_t i = 0; moving && i < d->options->optimizer_iterations; i++) {
        ADATOM_TRY(lbfgs_round(d, &q));
        moving = false;
        for (int l = 0; l < L; l++) {
            moving = moving || !d->idle[l];
        }
        if (!d->loss.squared && adatom_descent_solved(d, d->objectives)) {
            break;
        }
    }
    return measure(d);
}
