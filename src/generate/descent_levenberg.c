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
/* From the fifth step on a descent is given up that, at the pace of its last three steps, would not
 * come below the goal within nine more; where one of these three failed, the pace is not known. Of
 * descents that come lower than those before, nine of ten are kept, in two thirds of the time. */
enum { PACE = 3, HORIZON = 9, EARLIEST = 5 };

typedef struct lane_state {
    bool fresh[L]; /* the trial is where a descent begins */
    double damping[L], growth[L];
    int small[L], failed[L];
    int64_t steps[L];
    double passed[L][PACE]; /* objectives of the last steps, a ring */
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

static void begin_lane(const adatom_descent *d, lane_state *state, int l)
{
    double largest = 0;
    for (size_t k = 0; k < d->count; k++) {
        largest = fmax(largest, d->now.squares[(k * d->count + k) * L + (size_t)l]);
    }
    state->damping[l] = fmax(1e-2 * largest, 1e-12);
    state->growth[l] = 2;
    state->small[l] = state->failed[l] = 0;
    state->steps[l] = 0;
    state->fresh[l] = false;
}

static void try_step(adatom_descent *d, const lane_state *state, int l)
{
    double largest = 0, sum = 0;
    for (size_t k = 0; k < d->count; k++) {
        sum += d->step[k * L + (size_t)l];
        largest = fmax(largest, fabs(d->step[k * L + (size_t)l]));
    }
    const double scale = !isfinite(sum) ? 0 : largest > longest ? longest / largest : 1;
    for (size_t k = 0; k < d->count; k++) {
        const size_t at = k * L + (size_t)l;
        d->trial[at] = d->positions[at];
        d->trial[at] += scale > 0 && !state->fresh[l] ? scale * d->step[at] : 0;
    }
    adatom_descent_guard(d, d->trial, l);
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
    d->losses[l] = d->next.losses[l];
}

/* Takes the trial or not. */
static void judge_lane(adatom_descent *d, lane_state *state, int l)
{
    const double before = d->now.objectives[l], after = d->next.objectives[l];
    if (state->fresh[l]) {
        keep_lane(d, l);
        begin_lane(d, state, l);
        return;
    }
    state->passed[l][state->steps[l]++ % PACE] = before;
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
}

static bool is_hopeless(const adatom_descent *d, const lane_state *state, int l)
{
    if (state->steps[l] < EARLIEST) {
        return false;
    }
    const int64_t steps = state->steps[l];
    const double *passed = state->passed[l];
    const double now = d->now.objectives[l], then = passed[steps % PACE];
    const bool falling =
        now < passed[(steps + 2) % PACE] && passed[(steps + 2) % PACE] < passed[(steps + 1) % PACE];
    return falling && now * pow(now / then, (double)HORIZON / PACE) > d->goals[l];
}

static bool has_ended(const adatom_descent *d, const lane_state *state, int l)
{
    return state->small[l] >= SMALL_GAINS || state->failed[l] >= FAILURES ||
           state->steps[l] >= d->options->optimizer_iterations || is_hopeless(d, state, l) ||
           d->losses[l] < adatom_descent_enough(d->options);
}

/* False when all lanes rest. */
static bool judge(adatom_descent *d, lane_state *state, adatom_descent_next *next, void *context)
{
    bool moving = false;
    for (int l = 0; l < L && !d->stop; l++) {
        if (d->idle[l]) {
            continue;
        }
        judge_lane(d, state, l);
        if (has_ended(d, state, l)) {
            d->objectives[l] = d->now.objectives[l];
            state->fresh[l] = next(context, l);
            d->idle[l] = !state->fresh[l];
        }
        moving = moving || !d->idle[l];
    }
    return moving && !d->stop;
}

adatom_status adatom_descend_levenberg(adatom_descent *d, adatom_descent_next *next, void *context)
{
    lane_state state;
    memset(&state, 0, sizeof state);
    memset(d->step, 0, d->count * L * sizeof(double));
    memset(d->now.squares, 0, d->count * d->count * L * sizeof(double));
    memset(d->now.products, 0, d->count * L * sizeof(double));
    for (int l = 0; l < L; l++) {
        d->idle[l] = false;
        state.fresh[l] = true;
    }
    bool moving = true, every = d->loss.every;
    while (moving) {
        for (int l = 0; l < L && every != d->loss.every; l++) {
            state.fresh[l] = true; /* another sum of squares: to be taken anew */
            d->goals[l] = INFINITY;
        }
        every = d->loss.every;
        for (int l = 0; l < L; l++) {
            try_step(d, &state, l);
        }
        ADATOM_TRY(
            adatom_global_normal(d->fingerprint, d->work, d->idle, d->trial, &d->loss, &d->next));
        d->steps += L;
        moving = judge(d, &state, next, context);
        factorize(d->count, d->now.squares, state.damping, d->factor);
        substitute(d->count, d->factor, d->now.products, d->step);
    }
    return ADATOM_OK;
}
