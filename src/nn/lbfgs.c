#include "nn/lbfgs.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRIALS_MAX = 20 };

static const double decrease = 1e-4, curvature = 0.9;

static adatom_status allocate(adatom_lbfgs *lbfgs)
{
    const size_t count = lbfgs->count, memory = (size_t)lbfgs->memory;
    ADATOM_TRY(adatom_allocate_aligned(count * memory, sizeof(double), &lbfgs->steps));
    ADATOM_TRY(adatom_allocate_aligned(count * memory, sizeof(double), &lbfgs->changes));
    ADATOM_TRY(adatom_allocate_aligned(count, sizeof(double), &lbfgs->gradient));
    ADATOM_TRY(adatom_allocate_aligned(count, sizeof(double), &lbfgs->direction));
    ADATOM_TRY(adatom_allocate_aligned(count, sizeof(double), &lbfgs->trial));
    ADATOM_TRY(adatom_allocate_aligned(count, sizeof(double), &lbfgs->trial_gradient));
    return adatom_allocate(memory, sizeof(double), &lbfgs->factors);
}

adatom_status adatom_lbfgs_create(size_t count, int memory, adatom_lbfgs **out)
{
    adatom_lbfgs *lbfgs;
    ADATOM_TRY(adatom_allocate(1, sizeof *lbfgs, &lbfgs));
    *lbfgs = (adatom_lbfgs){.count = count, .memory = memory};
    const adatom_status status = allocate(lbfgs);
    if (status != ADATOM_OK) {
        adatom_lbfgs_free(lbfgs);
        return status;
    }
    *out = lbfgs;
    return ADATOM_OK;
}

void adatom_lbfgs_free(adatom_lbfgs *lbfgs)
{
    if (lbfgs == NULL) {
        return;
    }
    free(lbfgs->steps);
    free(lbfgs->changes);
    free(lbfgs->gradient);
    free(lbfgs->direction);
    free(lbfgs->trial);
    free(lbfgs->trial_gradient);
    free(lbfgs->factors);
    free(lbfgs);
}

static double product(const double *a, const double *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static void add_multiple(double *to, double factor, const double *what, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i] += factor * what[i];
    }
}

/* direction = - (approximate inverse Hessian) gradient, by the two loops over the pairs. */
static void find_direction(adatom_lbfgs *lbfgs)
{
    const size_t count = lbfgs->count;
    double *direction = lbfgs->direction;
    memcpy(direction, lbfgs->gradient, count * sizeof *direction);
    for (int k = lbfgs->pairs - 1; k >= 0; k--) {
        const double *step = lbfgs->steps + (size_t)k * count;
        const double *change = lbfgs->changes + (size_t)k * count;
        lbfgs->factors[k] = product(step, direction, count) / product(step, change, count);
        add_multiple(direction, -lbfgs->factors[k], change, count);
    }
    double scale = 1;
    if (lbfgs->pairs > 0) {
        const size_t last = (size_t)(lbfgs->pairs - 1) * count;
        scale = product(lbfgs->steps + last, lbfgs->changes + last, count) /
                product(lbfgs->changes + last, lbfgs->changes + last, count);
    } else {
        scale = 1 / fmax(1, sqrt(product(direction, direction, count)));
    }
    for (size_t i = 0; i < count; i++) {
        direction[i] *= scale;
    }
    for (int k = 0; k < lbfgs->pairs; k++) {
        const double *step = lbfgs->steps + (size_t)k * count;
        const double *change = lbfgs->changes + (size_t)k * count;
        const double factor = product(change, direction, count) / product(step, change, count);
        add_multiple(direction, lbfgs->factors[k] - factor, step, count);
    }
    for (size_t i = 0; i < count; i++) {
        direction[i] = -direction[i];
    }
}

/* A place on the line weights + length * direction. */
typedef struct line_point {
    double length, loss, slope;
} line_point;

typedef struct line_search {
    adatom_lbfgs *lbfgs;
    adatom_loss_gradient *evaluate;
    void *context;
    const double *weights;
    int trials;
} line_search;

static adatom_status try_length(line_search *line, double length, line_point *out)
{
    adatom_lbfgs *lbfgs = line->lbfgs;
    memcpy(lbfgs->trial, line->weights, lbfgs->count * sizeof *lbfgs->trial);
    add_multiple(lbfgs->trial, length, lbfgs->direction, lbfgs->count);
    *out = (line_point){.length = length};
    ADATOM_TRY(line->evaluate(line->context, lbfgs->trial, &out->loss, lbfgs->trial_gradient));
    out->slope = product(lbfgs->trial_gradient, lbfgs->direction, lbfgs->count);
    if (!isfinite(out->loss) || !isfinite(out->slope)) {
        out->loss = INFINITY;
        out->slope = 0;
    }
    line->trials++;
    return ADATOM_OK;
}

static bool is_low_enough(const line_point *start, const line_point *at)
{
    return at->loss <= start->loss + decrease * at->length * start->slope;
}

/* The minimum of the cubic through both ends, kept away from them. */
static double place_between(const line_point *low, const line_point *high)
{
    const double width = high->length - low->length;
    double part = 0.5;
    if (isfinite(high->loss)) {
        const double a = low->slope + high->slope - 3 * (low->loss - high->loss) / -width;
        const double root = a * a - low->slope * high->slope;
        if (root >= 0) {
            const double b = copysign(sqrt(root), width);
            part = 1 - (high->slope + b - a) / (high->slope - low->slope + 2 * b);
        }
    }
    if (!(part > 0.1)) {
        part = 0.1;
    }
    return low->length + width * fmin(part, 0.9);
}

/* Between a low place and one that is too far or not low. */
static adatom_status narrow(line_search *line, const line_point *start, line_point low,
                            line_point high, line_point *out)
{
    line_point at = low;
    while (line->trials < TRIALS_MAX) {
        ADATOM_TRY(try_length(line, place_between(&low, &high), &at));
        if (!is_low_enough(start, &at) || at.loss >= low.loss) {
            high = at;
        } else {
            if (fabs(at.slope) <= -curvature * start->slope) {
                *out = at;
                return ADATOM_OK;
            }
            if (at.slope * (high.length - low.length) >= 0) {
                high = low;
            }
            low = at;
        }
    }
    if (low.length > 0) { /* the trial may stand elsewhere */
        ADATOM_TRY(try_length(line, low.length, &low));
    }
    *out = low;
    return ADATOM_OK;
}

/* *out is a place that the trial weights and their gradient stand at, or has length 0. */
static adatom_status search_line(line_search *line, const line_point *start, line_point *out)
{
    line_point before = *start, at;
    double length = 1;
    while (line->trials < TRIALS_MAX) {
        ADATOM_TRY(try_length(line, length, &at));
        if (!is_low_enough(start, &at) || (line->trials > 1 && at.loss >= before.loss)) {
            return narrow(line, start, before, at, out);
        }
        if (fabs(at.slope) <= -curvature * start->slope) {
            *out = at;
            return ADATOM_OK;
        }
        if (at.slope >= 0) {
            return narrow(line, start, at, before, out);
        }
        before = at;
        length *= 2;
    }
    *out = before;
    return ADATOM_OK;
}

/* Keeps the step and the change of the gradient, unless the curvature along it is not positive. */
static void keep_pair(adatom_lbfgs *lbfgs, const double *weights)
{
    const size_t count = lbfgs->count, size = count * sizeof(double);
    if (lbfgs->pairs == lbfgs->memory) {
        memmove(lbfgs->steps, lbfgs->steps + count, size * (size_t)(lbfgs->memory - 1));
        memmove(lbfgs->changes, lbfgs->changes + count, size * (size_t)(lbfgs->memory - 1));
        lbfgs->pairs--;
    }
    double *step = lbfgs->steps + (size_t)lbfgs->pairs * count;
    double *change = lbfgs->changes + (size_t)lbfgs->pairs * count;
    for (size_t i = 0; i < count; i++) {
        step[i] = lbfgs->trial[i] - weights[i];
        change[i] = lbfgs->trial_gradient[i] - lbfgs->gradient[i];
    }
    if (product(step, change, count) > 1e-300) {
        lbfgs->pairs++;
    }
}

static adatom_status move_along(adatom_lbfgs *lbfgs, adatom_loss_gradient *evaluate, void *context,
                                double *weights, bool *moved)
{
    const line_point start = {0, lbfgs->loss,
                              product(lbfgs->gradient, lbfgs->direction, lbfgs->count)};
    *moved = false;
    if (!(start.slope < 0)) {
        return ADATOM_OK;
    }
    line_search line = {lbfgs, evaluate, context, weights, 0};
    line_point found = start;
    ADATOM_TRY(search_line(&line, &start, &found));
    if (!(found.length > 0) || !(found.loss < start.loss)) {
        return ADATOM_OK;
    }
    keep_pair(lbfgs, weights);
    memcpy(weights, lbfgs->trial, lbfgs->count * sizeof *weights);
    memcpy(lbfgs->gradient, lbfgs->trial_gradient, lbfgs->count * sizeof *weights);
    lbfgs->loss = found.loss;
    *moved = true;
    return ADATOM_OK;
}

adatom_status adatom_lbfgs_step(adatom_lbfgs *lbfgs, adatom_loss_gradient *evaluate, void *context,
                                double *weights, double *loss, bool *moved)
{
    if (!lbfgs->has_gradient) {
        ADATOM_TRY(evaluate(context, weights, &lbfgs->loss, lbfgs->gradient));
        lbfgs->has_gradient = true;
    }
    find_direction(lbfgs);
    ADATOM_TRY(move_along(lbfgs, evaluate, context, weights, moved));
    if (!*moved && lbfgs->pairs > 0) { /* once more down the gradient itself */
        lbfgs->pairs = 0;
        find_direction(lbfgs);
        ADATOM_TRY(move_along(lbfgs, evaluate, context, weights, moved));
    }
    *loss = lbfgs->loss;
    return ADATOM_OK;
}
