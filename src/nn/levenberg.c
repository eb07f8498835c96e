#include "nn/levenberg.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/dense_kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double damping_at_first = 1e-3, damping_max = 1e20;
enum { TRIALS_MAX = 40, ITEM_ROWS = 32 };

static adatom_status allocate(adatom_levenberg *levenberg)
{
    const size_t count = levenberg->count;
    ADATOM_TRY(adatom_allocate_aligned(count * count, sizeof(double), &levenberg->squares));
    ADATOM_TRY(adatom_allocate_aligned(count * count, sizeof(double), &levenberg->factor));
    ADATOM_TRY(adatom_allocate_aligned(count, sizeof(double), &levenberg->products));
    ADATOM_TRY(adatom_allocate_aligned(count, sizeof(double), &levenberg->step));
    return adatom_allocate_aligned(count, sizeof(double), &levenberg->trial);
}

adatom_status adatom_levenberg_create(size_t count, adatom_levenberg **out)
{
    if (count == 0 || count > ADATOM_LEVENBERG_COUNT_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "Levenberg-Marquardt for %zu weights, expected 1 to %d", count,
                           ADATOM_LEVENBERG_COUNT_MAX);
    }
    adatom_levenberg *levenberg;
    ADATOM_TRY(adatom_allocate(1, sizeof *levenberg, &levenberg));
    *levenberg = (adatom_levenberg){.count = count, .growth = 2};
    const adatom_status status = allocate(levenberg);
    if (status != ADATOM_OK) {
        adatom_levenberg_free(levenberg);
        return status;
    }
    *out = levenberg;
    return ADATOM_OK;
}

void adatom_levenberg_free(adatom_levenberg *levenberg)
{
    if (levenberg == NULL) {
        return;
    }
    free(levenberg->squares);
    free(levenberg->factor);
    free(levenberg->products);
    free(levenberg->step);
    free(levenberg->trial);
    free(levenberg);
}

/* ---- the normal equations */

typedef struct row_block {
    const adatom_dense_kernels *kernels;
    size_t count;
    int row_count;
    const double *rows;
    double *squares;
} row_block;

static void add_squares(void *context, int item, int thread)
{
    (void)thread;
    const row_block *block = context;
    const int begin = item * ITEM_ROWS, all = (int)block->count;
    const int end = begin + ITEM_ROWS < all ? begin + ITEM_ROWS : all;
    block->kernels->add_squares(block->row_count, all, block->rows, begin, end, block->squares);
}

void adatom_levenberg_add_rows(size_t count, int row_count, const double *rows,
                               const double *residuals, adatom_team *team, double *squares,
                               double *products)
{
    row_block block = {adatom_dense_kernels_chosen(), count, row_count, rows, squares};
    const int items = (int)((count + ITEM_ROWS - 1) / ITEM_ROWS);
    if (team != NULL) {
        adatom_team_run(team, items, add_squares, &block);
    } else {
        for (int item = 0; item < items; item++) {
            add_squares(&block, item, 0);
        }
    }
    for (int r = 0; r < row_count; r++) {
        for (size_t i = 0; i < count; i++) {
            products[i] += residuals[r] * rows[(size_t)r * count + i];
        }
    }
}

/* ---- one step */

/* Cholesky's factor L, row by row, of squares + damping; false if that is not positive. */
static bool factorize(const adatom_levenberg *levenberg)
{
    const size_t count = levenberg->count;
    double *factor = levenberg->factor;
    for (size_t i = 0; i < count; i++) {
        double *row = factor + i * count;
        for (size_t j = 0; j <= i; j++) {
            const double *other = factor + j * count;
            double sum = levenberg->squares[i * count + j] + (i == j ? levenberg->damping : 0);
            double parts[4] = {0};
            size_t k = 0;
            for (; k + 4 <= j; k += 4) {
                for (size_t p = 0; p < 4; p++) {
                    parts[p] += row[k + p] * other[k + p];
                }
            }
            for (; k < j; k++) {
                sum -= row[k] * other[k];
            }
            sum -= parts[0] + parts[1] + (parts[2] + parts[3]);
            if (i == j && !(sum > 0)) {
                return false;
            }
            row[j] = i == j ? sqrt(sum) : sum / other[j];
        }
    }
    return true;
}

/* step = - (L L^T)^-1 products. */
static void solve(const adatom_levenberg *levenberg)
{
    const size_t count = levenberg->count;
    const double *factor = levenberg->factor;
    double *step = levenberg->step;
    for (size_t i = 0; i < count; i++) {
        double sum = -levenberg->products[i];
        for (size_t k = 0; k < i; k++) {
            sum -= factor[i * count + k] * step[k];
        }
        step[i] = sum / factor[i * count + i];
    }
    for (size_t i = count; i-- > 0;) {
        step[i] /= factor[i * count + i];
        for (size_t k = 0; k < i; k++) {
            step[k] -= factor[i * count + k] * step[i];
        }
    }
}

static adatom_status take_equations(adatom_levenberg *levenberg, adatom_normal_equations *evaluate,
                                    void *context, const double *weights)
{
    const size_t count = levenberg->count;
    memset(levenberg->squares, 0, count * count * sizeof(double));
    memset(levenberg->products, 0, count * sizeof(double));
    ADATOM_TRY(
        evaluate(context, weights, levenberg->squares, levenberg->products, &levenberg->loss));
    levenberg->has_equations = true;
    if (levenberg->damping == 0) {
        double largest = 0;
        for (size_t i = 0; i < count; i++) {
            largest = fmax(largest, levenberg->squares[i * count + i]);
        }
        levenberg->damping = largest > 0 ? damping_at_first * largest : 1;
    }
    return ADATOM_OK;
}

/* What the linear model says that the loss falls by. */
static double predicted_fall(const adatom_levenberg *levenberg)
{
    double sum = 0;
    for (size_t i = 0; i < levenberg->count; i++) {
        sum +=
            levenberg->step[i] * (levenberg->damping * levenberg->step[i] - levenberg->products[i]);
    }
    return sum;
}

static void raise_damping(adatom_levenberg *levenberg)
{
    levenberg->damping *= levenberg->growth;
    levenberg->growth *= 2;
}

/* Takes the trial weights if they lower the loss. */
static adatom_status try_step(adatom_levenberg *levenberg, adatom_normal_equations *evaluate,
                              void *context, double *weights, bool *moved)
{
    const size_t count = levenberg->count;
    solve(levenberg);
    for (size_t i = 0; i < count; i++) {
        levenberg->trial[i] = weights[i] + levenberg->step[i];
    }
    double loss = INFINITY;
    ADATOM_TRY(evaluate(context, levenberg->trial, NULL, NULL, &loss));
    const double gain = (levenberg->loss - loss) / predicted_fall(levenberg);
    if (!(loss < levenberg->loss) || !(gain > 0)) {
        raise_damping(levenberg);
        return ADATOM_OK;
    }
    memcpy(weights, levenberg->trial, count * sizeof *weights);
    levenberg->damping *= fmax(1.0 / 3, 1 - pow(2 * gain - 1, 3));
    levenberg->growth = 2;
    levenberg->loss = loss;
    levenberg->has_equations = false;
    *moved = true;
    return ADATOM_OK;
}

adatom_status adatom_levenberg_step(adatom_levenberg *levenberg, adatom_normal_equations *evaluate,
                                    void *context, double *weights, double *loss, bool *moved)
{
    if (!levenberg->has_equations) {
        ADATOM_TRY(take_equations(levenberg, evaluate, context, weights));
    }
    *moved = false;
    for (int trial = 0; trial < TRIALS_MAX && !*moved && levenberg->damping < damping_max;
         trial++) {
        if (!factorize(levenberg)) {
            raise_damping(levenberg);
            continue;
        }
        ADATOM_TRY(try_step(levenberg, evaluate, context, weights, moved));
    }
    *loss = levenberg->loss;
    return ADATOM_OK;
}
