/* adatom: rows of the Jacobian of the fast fingerprint, and their products. Compiled once per
 * instruction set. */
#ifndef ADATOM_GENERATE_LANES_POOLED_ROWS_H
#define ADATOM_GENERATE_LANES_POOLED_ROWS_H

#include "generate/lanes/pooled.h"

/* Sides of a tile of products. */
enum { NORMAL_ROWS = ADATOM_POOLED_ROWS, NORMAL_SIDE = 5 };

LANES_INLINE bool any_lane(lanes_mask mask)
{
    int64_t any = 0;
    for (int l = 0; l < LANES; l++) {
        any |= mask[l];
    }
    return any != 0;
}

/* The lanes whose column of this pool and value came from atom i. */
LANES_INLINE lanes_mask chosen_here(const adatom_pooled *of, const adatom_pooled_work *work,
                                    int pool, int v, int i)
{
    if (of->pools[pool] == ADATOM_POOL_MEAN) {
        return (lanes_mask){0} - 1;
    }
    return (lanes_mask)(lanes_at(work->chosen, pool * of->value_count + v) == (double)i);
}

/* The lanes where atom i's value is beyond what the column should be. */
LANES_INLINE lanes_mask beyond_here(const adatom_pooled *of, const adatom_pooled_work *work,
                                    const adatom_pooled_loss *loss, int column, int i)
{
    const vec target = lanes_at(loss->target, column);
    const vec away = lanes_at(work->values, value_place(of, i, column % of->value_count)) - target;
    const bool largest = of->pools[column / of->value_count] == ADATOM_POOL_MAX;
    return (lanes_mask)(away * (largest ? 1.0 : -1.0) > 0.0);
}

/* Adds an atom's gradient of a value to the rows of the pools that chose it, from row `place` on.
 */
static void take_row(const adatom_pooled *of, adatom_pooled_work *work, int v, int i, int place,
                     const double *row)
{
    const size_t width = (size_t)of->atom_count * 3 * LANES;
    for (int pool = 0; pool < of->pool_count; pool++) {
        const lanes_mask here = chosen_here(of, work, pool, v, i);
        if (!any_lane(here)) {
            continue;
        }
        const double share = of->pools[pool] == ADATOM_POOL_MEAN ? 1.0 / of->atom_count : 1;
        double *to = work->rows + (size_t)(place + pool) * width;
        for (int k = 0; k < 3 * of->atom_count; k++) {
            lanes_add(to, k, (vec)((lanes_mask)(share * lanes_at(row, k)) & here));
        }
    }
}

/* The lanes where atom i has a row for the column. */
LANES_INLINE lanes_mask counts_here(const adatom_pooled *of, const adatom_pooled_work *work,
                                    const adatom_pooled_loss *loss, int pool, int v, int i)
{
    lanes_mask here = chosen_here(of, work, pool, v, i);
    if (loss->every) {
        here |= beyond_here(of, work, loss, pool * of->value_count + v, i);
    }
    return here;
}

static bool is_wanted(const adatom_pooled *of, const adatom_pooled_work *work,
                      const adatom_pooled_loss *loss, int v, int i)
{
    for (int pool = 0; pool < of->pool_count; pool++) {
        if (any_lane(counts_here(of, work, loss, pool, v, i))) {
            return true;
        }
    }
    return false;
}

/* ---- products */

/* squares[i][j] of one tile from some rows. */
LANES_INLINE void add_tile(const double *rows, int row_count, int count, int i0, int j0,
                           double *squares)
{
    vec sums[NORMAL_SIDE][NORMAL_SIDE];
    for (int i = 0; i < NORMAL_SIDE; i++) {
        for (int j = 0; j < NORMAL_SIDE; j++) {
            sums[i][j] = vec_set(0);
        }
    }
    for (int r = 0; r < row_count; r++) {
        const double *row = rows + (size_t)r * (size_t)count * LANES;
        vec right[NORMAL_SIDE];
        LANES_UNROLL(5)
        for (int j = 0; j < NORMAL_SIDE; j++) {
            right[j] = lanes_at(row, j0 + j);
        }
        LANES_UNROLL(5)
        for (int i = 0; i < NORMAL_SIDE; i++) {
            const vec left = lanes_at(row, i0 + i);
            LANES_UNROLL(5)
            for (int j = 0; j < NORMAL_SIDE; j++) {
                sums[i][j] += left * right[j];
            }
        }
    }
    for (int i = 0; i < NORMAL_SIDE; i++) {
        for (int j = 0; j < NORMAL_SIDE; j++) {
            lanes_add(squares, (i0 + i) * count + j0 + j, sums[i][j]);
        }
    }
}

/* One product, where tiles do not fit. */
LANES_INLINE void add_product(const double *rows, int row_count, int count, int i, int j,
                              double *squares)
{
    vec sum = vec_set(0);
    for (int r = 0; r < row_count; r++) {
        const double *row = rows + (size_t)r * (size_t)count * LANES;
        sum += lanes_at(row, i) * lanes_at(row, j);
    }
    lanes_add(squares, i * count + j, sum);
}

/* The lower triangle, and a little more, of rows^T rows. */
static void add_squares(const double *rows, int row_count, int count, double *squares)
{
    const int whole = count / NORMAL_SIDE * NORMAL_SIDE;
    for (int first = 0; first < row_count; first += NORMAL_ROWS) {
        const int some = row_count - first < NORMAL_ROWS ? row_count - first : NORMAL_ROWS;
        const double *from = rows + (size_t)first * (size_t)count * LANES;
        for (int i = 0; i < whole; i += NORMAL_SIDE) {
            for (int j = 0; j <= i; j += NORMAL_SIDE) {
                add_tile(from, some, count, i, j, squares);
            }
        }
        for (int i = whole; i < count; i++) {
            for (int j = 0; j <= i; j++) {
                add_product(from, some, count, i, j, squares);
            }
        }
    }
}

/* Adds the products of the rows in work with each other and with their residuals. */
static void use_rows(const adatom_pooled *of, adatom_pooled_work *work,
                     adatom_pooled_normal *normal)
{
    const int count = 3 * of->atom_count;
    for (int r = 0; r < work->row_count; r++) {
        const vec residual = lanes_at(work->row_residuals, r);
        for (int k = 0; k < count; k++) {
            lanes_add(normal->products, k, residual * lanes_at(work->rows, r * count + k));
        }
    }
    add_squares(work->rows, work->row_count, count, normal->squares);
    work->row_count = 0;
}

/* Atom i's own difference, in the lanes where it has a row. */
LANES_INLINE vec row_residual(const adatom_pooled *of, const adatom_pooled_work *work,
                              const adatom_pooled_loss *loss, int column, int i, lanes_mask here)
{
    const vec value = lanes_at(work->values, value_place(of, i, column % of->value_count));
    return (vec)((lanes_mask)(value - lanes_at(loss->target, column)) & here);
}

/* Zeros for one more row, after those before have been used up if there is no room. */
static double *new_row(const adatom_pooled *of, adatom_pooled_work *work,
                       adatom_pooled_normal *normal, vec residual)
{
    const size_t width = (size_t)of->atom_count * 3 * LANES;
    if (work->row_count >= ADATOM_POOLED_ROWS) {
        use_rows(of, work, normal);
    }
    double *row = work->rows + (size_t)work->row_count * width;
    lanes_put(work->row_residuals, work->row_count++, residual);
    memset(row, 0, width * sizeof(double));
    return row;
}

#endif
