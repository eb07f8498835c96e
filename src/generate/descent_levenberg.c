/* Levenberg-Marquardt in lanes; nn/levenberg.h has the method and its sources. */
#include "base/error.h"
#include "generate/descent.h"

#include <math.h>
#include <string.h>

enum { L = ADATOM_POOLED_LANES };

/* No coordinate moves farther in one step, Å. */
static const double longest = 0.5;
/* A descent that gains a smaller share three times in a row, or fails to gain at all so often in a
 * row, has arrived. */
static const double small_gain = 1e-4;
enum { SMALL_GAINS = 3, FAILURES = 6 };

typedef struct lane_state {
    double damping[L], growth[L];
    int small[L], failed[L];
} lane_state;

/* Cholesky's factor of squares + damping, its diagonal inverted. */
static void factorize(size_t n, const double *squares, const double *damping, double *factor)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum[L];
            const double *left = factor + i * n * L, *right = factor + j * n * L;
            for (int l = 0; l < L; l++) {
                sum[l] = squares[(i * n + j) * L + (size_t)l] + (i == j ? damping[l] : 0);
            }
            for (size_t k = 0; k < j; k++) {
                for (int l = 0; l < L; l++) {
                    sum[l] -= left[k * L + (size_t)l] * right[k * L + (size_t)l];
                }
            }
            for (int l = 0; l < L; l++) {
                factor[(i * n + j) * L + (size_t)l] =
                    i == j ? 1 / sqrt(sum[l]) : sum[l] * right[j * L + (size_t)l];
            }
        }
    }
}

/* step = -(factor factor^T)^-1 products. */
static void substitute(size_t n, const double *factor, const double *products, double *step)
{
    for (size_t i = 0; i < n; i++) {
        for (int l = 0; l < L; l++) {
            double sum = -products[i * L + (size_t)l];
            for (size_t k = 0; k < i; k++) {
                sum -= factor[(i * n + k) * L + (size_t)l] * step[k * L + (size_t)l];
            }
            step[i * L + (size_t)l] = sum * factor[(i * n + i) * L + (size_t)l];
        }
    }
    for (size_t i = n; i-- > 0;) {
        for (int l = 0; l < L; l++) {
            double sum = step[i * L + (size_t)l];
            for (size_t k = i + 1; k < n; k++) {
                sum -= factor[(k * n + i) * L + (size_t)l] * step[k * L + (size_t)l];
            }
            step[i * L + (size_t)l] = sum * factor[(i * n + i) * L + (size_t)l];
        }
    }
}

static void begin(const adatom_descent *d, lane_state *state)
{
    memset(state, 0, sizeof *state);
    for (int l = 0; l < L; l++) {
        for (size_t k = 0; k < d->count; k++) {
            state->damping[l] =
                fmax(state->damping[l], d->now.squares[(k * d->count + k) * L + (size_t)l]);
        }
        state->damping[l] = fmax(1e-2 * state->damping[l], 1e-12);
        state->growth[l] = 2;
    }
}

static void try_step(adatom_descent *d)
{
    for (int l = 0; l < L; l++) {
        double largest = 0;
        for (size_t k = 0; k < d->count; k++) {
            largest = fmax(largest, fabs(d->step[k * L + (size_t)l]));
        }
        const double scale = !isfinite(largest) ? 0 : largest > longest ? longest / largest : 1;
        for (size_t k = 0; k < d->count; k++) {
            const size_t at = k * L + (size_t)l;
            d->trial[at] = d->positions[at] + (scale > 0 ? scale * d->step[at] : 0);
        }
    }
}

static void keep_lane(adatom_descent *d, int l)
{
    const size_t n = d->count;
    for (size_t i = 0; i < n; i++) {
        d->positions[i * L + (size_t)l] = d->trial[i * L + (size_t)l];
        d->now.products[i * L + (size_t)l] = d->next.products[i * L + (size_t)l];
        for (size_t j = 0; j <= i; j++) {
            d->now.squares[(i * n + j) * L + (size_t)l] =
                d->next.squares[(i * n + j) * L + (size_t)l];
        }
    }
    d->now.objectives[l] = d->next.objectives[l];
    d->now.losses[l] = d->next.losses[l];
}

static void judge_lane(adatom_descent *d, lane_state *state, int l)
{
    const double before = d->now.objectives[l], after = d->next.objectives[l];
    if (after < before) {
        state->small[l] = before - after < small_gain * before ? state->small[l] + 1 : 0;
        state->failed[l] = 0;
        state->damping[l] = fmax(0.2 * state->damping[l], 1e-12);
        state->growth[l] = 2;
        keep_lane(d, l);
    } else {
        state->failed[l]++;
        state->damping[l] *= state->growth[l];
        state->growth[l] *= 2;
    }
    d->idle[l] = state->small[l] >= SMALL_GAINS || state->failed[l] >= FAILURES;
}

/* False when all lanes have arrived. */
static bool judge(adatom_descent *d, lane_state *state)
{
    bool moving = false;
    for (int l = 0; l < L; l++) {
        if (!d->idle[l]) {
            judge_lane(d, state, l);
            moving = moving || !d->idle[l];
        }
    }
    return moving;
}

adatom_status adatom_descend_levenberg(adatom_descent *d)
{
    lane_state state;
    ADATOM_TRY(
        adatom_global_normal(d->fingerprint, d->work, d->idle, d->positions, &d->loss, &d->now));
    begin(d, &state);
    bool moving = true;
    for (int64_t i = 0;
         moving && i < d->options->optimizer_iterations && !adatom_descent_solved(d, d->now.losses);
         i++) {
        factorize(d->count, d->now.squares, state.damping, d->factor);
        substitute(d->count, d->factor, d->now.products, d->step);
        try_step(d);
        ADATOM_TRY(
            adatom_global_normal(d->fingerprint, d->work, d->idle, d->trial, &d->loss, &d->next));
        d->steps += L;
        moving = judge(d, &state);
    }
    memcpy(d->losses, d->now.losses, L * sizeof(double));
    return ADATOM_OK;
}
