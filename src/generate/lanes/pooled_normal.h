/* adatom: the normal equations of the fast fingerprint. Compiled once per instruction set. */
#ifndef ADATOM_GENERATE_LANES_POOLED_NORMAL_H
#define ADATOM_GENERATE_LANES_POOLED_NORMAL_H

#include "generate/lanes/pooled.h"

/* Rows that stay in the first cache while their products are taken; sides of a tile of products. */
enum { NORMAL_ROWS = 16, NORMAL_SIDE = 5 };

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

/* Adds an atom's gradient of a value to the rows of the pools that chose it. */
static void take_row(const adatom_pooled *of, adatom_pooled_work *work, int v, int i,
                     const double *row)
{
    for (int pool = 0; pool < of->pool_count; pool++) {
        const lanes_mask here = chosen_here(of, work, pool, v, i);
        if (!any_lane(here)) {
            continue;
        }
        const double share = of->pools[pool] == ADATOM_POOL_MEAN ? 1.0 / of->atom_count : 1;
        double *to =
            work->rows + (size_t)(pool * of->value_count + v) * (size_t)of->atom_count * 3 * LANES;
        for (int k = 0; k < 3 * of->atom_count; k++) {
            lanes_add(to, k, (vec)((lanes_mask)(share * lanes_at(row, k)) & here));
        }
    }
}

static bool is_chosen(const adatom_pooled *of, const adatom_pooled_work *work, int v, int i)
{
    for (int pool = 0; pool < of->pool_count; pool++) {
        if (any_lane(chosen_here(of, work, pool, v, i))) {
            return true;
        }
    }
    return false;
}

static void add_single_rows(const adatom_pooled *of, adatom_pooled_work *work, int i)
{
    for (int s = 0; s < of->single_count; s++) {
        const adatom_pooled_term *term = &of->singles[s];
        if (!is_chosen(of, work, term->value, i)) {
            continue;
        }
        const adatom_pooled_factor *factor = &of->factors[term->factor];
        vec center[3] = {vec_set(0), vec_set(0), vec_set(0)};
        for (int j = 0; j < of->atom_count; j++) {
            if (j == i) {
                continue;
            }
            const int pair = pair_place(of->atom_count, i, j);
            vec unit[3];
            load_unit(of, work, i, j, unit);
            const vec slope = lanes_at(work->factors, factor_place(of, pair, term->factor)) *
                              (lanes_at(work->fade_ratios, pair) -
                               2 * factor->eta * (lanes_at(work->distances, pair) - factor->shift));
            for (int x = 0; x < 3; x++) {
                lanes_put(work->row, 3 * j + x, slope * unit[x]);
                center[x] -= slope * unit[x];
            }
        }
        for (int x = 0; x < 3; x++) {
            lanes_put(work->row, 3 * i + x, center[x]);
        }
        take_row(of, work, term->value, i, work->row);
    }
}

/* Two neighbours of an atom. */
typedef struct lanes_corner {
    int atoms[2], pairs[2], place;
    vec units[2][3];
    vec cosine;
} lanes_corner;

/* What one corner adds to the gradients of all values of two distances of its atom. */
LANES_INLINE void add_corner_rows(const adatom_pooled *of, adatom_pooled_work *work,
                                  const lanes_corner *corner)
{
    const size_t width = (size_t)of->atom_count * 3 * LANES;
    const double *angles = work->angles + (size_t)corner->place * (size_t)of->angle_count * LANES;
    const double *turns =
        work->angle_slopes + (size_t)corner->place * (size_t)of->angle_count * LANES;
    vec around[2][3], both = vec_set(0), along[2] = {vec_set(0), vec_set(0)};
    for (int e = 0; e < 2; e++) {
        const vec inverse = lanes_at(work->inverses, corner->pairs[e]);
        for (int x = 0; x < 3; x++) {
            around[e][x] =
                inverse * (corner->units[1 - e][x] - corner->cosine * corner->units[e][x]);
        }
    }
    for (int d = 0, factor = -1; d < of->double_count; d++) {
        const adatom_pooled_term *term = &of->doubles[d];
        if (term->factor != factor) {
            factor = term->factor;
            const adatom_pooled_factor *f = &of->factors[factor];
            both = lanes_at(work->factors, factor_place(of, corner->pairs[0], factor)) *
                   lanes_at(work->factors, factor_place(of, corner->pairs[1], factor));
            for (int e = 0; e < 2; e++) {
                along[e] =
                    both * (lanes_at(work->fade_ratios, corner->pairs[e]) -
                            2 * f->eta * (lanes_at(work->distances, corner->pairs[e]) - f->shift));
            }
        }
        if (!work->wanted[d]) {
            continue;
        }
        const vec angle = lanes_at(angles, term->angle), turn = both * lanes_at(turns, term->angle);
        double *row = work->corner_rows + (size_t)d * width;
        for (int e = 0; e < 2; e++) {
            for (int x = 0; x < 3; x++) {
                lanes_add(row, 3 * corner->atoms[e] + x,
                          angle * along[e] * corner->units[e][x] + turn * around[e][x]);
            }
        }
    }
}

static void add_double_rows(const adatom_pooled *of, adatom_pooled_work *work, int i)
{
    const size_t width = (size_t)of->atom_count * 3 * LANES;
    for (int d = 0; d < of->double_count; d++) {
        work->wanted[d] = is_chosen(of, work, of->doubles[d].value, i);
    }
    memset(work->corner_rows, 0, (size_t)of->double_count * width * sizeof(double));
    lanes_corner corner = {.place = i * corners_of(of)};
    for (int j = 0; j < of->atom_count; j++) {
        if (j == i) {
            continue;
        }
        corner.atoms[0] = j;
        corner.pairs[0] = pair_place(of->atom_count, i, j);
        load_unit(of, work, i, j, corner.units[0]);
        for (int k = j + 1; k < of->atom_count; k++) {
            if (k == i) {
                continue;
            }
            corner.atoms[1] = k;
            corner.pairs[1] = pair_place(of->atom_count, i, k);
            load_unit(of, work, i, k, corner.units[1]);
            corner.cosine = corner_cosine(corner.units[0], corner.units[1]);
            add_corner_rows(of, work, &corner);
            corner.place++;
        }
    }
    for (int d = 0; d < of->double_count; d++) {
        double *row = work->corner_rows + (size_t)d * width;
        for (int x = 0; x < 3 && work->wanted[d]; x++) {
            vec center = vec_set(0);
            for (int j = 0; j < of->atom_count; j++) {
                center -= lanes_at(row, 3 * j + x);
            }
            lanes_put(row, 3 * i + x, center);
        }
        if (work->wanted[d]) {
            take_row(of, work, of->doubles[d].value, i, row);
        }
    }
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

/* The rows of pairs that are too near: residual (minimum - r) sqrt(push). */
static void add_near_pairs(const adatom_pooled *of, const adatom_pooled_work *work,
                           const adatom_pooled_loss *loss, double *squares, double *products)
{
    const int count = 3 * of->atom_count;
    for (int i = 0, pair = 0; i < of->atom_count; i++) {
        for (int j = i + 1; j < of->atom_count; j++, pair++) {
            const vec near = loss->minimum_distance - lanes_at(work->distances, pair);
            const lanes_mask too_near = (lanes_mask)(near > 0.0);
            if (!any_lane(too_near)) {
                continue;
            }
            const vec push = lanes_select(too_near, vec_set(loss->push), vec_set(0));
            for (int x = 0; x < 3; x++) {
                const vec ux = lanes_at(work->units, 3 * pair + x);
                lanes_add(products, 3 * j + x, -push * near * ux);
                lanes_add(products, 3 * i + x, push * near * ux);
                for (int y = 0; y < 3; y++) {
                    const vec square = push * ux * lanes_at(work->units, 3 * pair + y);
                    lanes_add(squares, (3 * i + x) * count + 3 * i + y, square);
                    lanes_add(squares, (3 * j + x) * count + 3 * j + y, square);
                    lanes_add(squares, (3 * j + x) * count + 3 * i + y, -square);
                }
            }
        }
    }
}

static void add_residuals(const adatom_pooled *of, const adatom_pooled_work *work,
                          const adatom_pooled_loss *loss, adatom_pooled_normal *normal)
{
    const int columns = of->pool_count * of->value_count, count = 3 * of->atom_count;
    const double share = 1.0 / columns;
    vec absolute = vec_set(0), squared = vec_set(0);
    for (int c = 0; c < columns; c++) {
        const vec residual = lanes_at(work->pooled, c) - lanes_at(loss->target, c);
        absolute += lanes_select((lanes_mask)(residual < 0.0), -residual, residual);
        squared += residual * residual;
        for (int k = 0; k < count; k++) {
            lanes_add(normal->products, k, residual * lanes_at(work->rows, c * count + k));
        }
    }
    for (int pair = 0; pair < of->pair_count; pair++) {
        const vec near = loss->minimum_distance - lanes_at(work->distances, pair);
        squared += lanes_select((lanes_mask)(near > 0.0), loss->push * near * near, vec_set(0));
    }
    lanes_put(normal->losses, 0, absolute * share);
    lanes_put(normal->objectives, 0, squared);
}

void ADATOM_POOLED_NORMAL(const adatom_pooled *pooled, adatom_pooled_work *work,
                          const double *positions, const adatom_pooled_loss *loss,
                          adatom_pooled_normal *normal)
{
    const int columns = pooled->pool_count * pooled->value_count;
    const size_t count = 3 * (size_t)pooled->atom_count;
    memset(work->values, 0,
           (size_t)pooled->atom_count * (size_t)pooled->value_count * LANES * sizeof(double));
    memset(work->rows, 0, (size_t)columns * count * LANES * sizeof(double));
    memset(work->row, 0, count * LANES * sizeof(double));
    memset(normal->squares, 0, count * count * LANES * sizeof(double));
    memset(normal->products, 0, count * LANES * sizeof(double));
    find_values(pooled, work, positions);
    for (int pool = 0; pool < pooled->pool_count; pool++) {
        for (int v = 0; v < pooled->value_count; v++) {
            vec chosen;
            const vec value = pool_column(pooled, work, pooled->pools[pool], v, &chosen);
            lanes_put(work->pooled, pool * pooled->value_count + v, value);
            lanes_put(work->chosen, pool * pooled->value_count + v, chosen);
        }
    }
    for (int i = 0; i < pooled->atom_count; i++) {
        add_single_rows(pooled, work, i);
        if (pooled->double_count > 0) {
            add_double_rows(pooled, work, i);
        }
    }
    add_squares(work->rows, columns, (int)count, normal->squares);
    add_residuals(pooled, work, loss, normal);
    add_near_pairs(pooled, work, loss, normal->squares, normal->products);
}

#endif
