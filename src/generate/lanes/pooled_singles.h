/* adatom: what values of one distance add to the normal equations. Compiled once per instruction
 * set. */
#ifndef ADATOM_GENERATE_LANES_POOLED_SINGLES_H
#define ADATOM_GENERATE_LANES_POOLED_SINGLES_H

#include "generate/lanes/pooled_rows.h"

/* The slopes of one factor in all distances. */
static void find_factor_slopes(const adatom_pooled *of, adatom_pooled_work *work, int f)
{
    const double *factors = work->factors + (size_t)factor_place(of, 0, f) * LANES;
    const double twice = 2 * of->factors[f].eta, shift = of->factors[f].shift;
    for (int pair = 0; pair < of->pair_count; pair++) {
        const vec away = lanes_at(work->distances, pair) - shift;
        lanes_put(work->pair_slopes, pair,
                  lanes_at(factors, pair) * (lanes_at(work->fade_ratios, pair) - twice * away));
    }
}

/* Adds atom i's gradient of a value of one distance to the row. */
LANES_INLINE void add_single_row(const adatom_pooled *of, const adatom_pooled_work *work, int i,
                                 double share, double *row)
{
    vec center[3] = {vec_set(0), vec_set(0), vec_set(0)};
    for (int j = 0; j < of->atom_count; j++) {
        if (j == i) {
            continue;
        }
        const int pair = pair_place(of->atom_count, i, j);
        const vec slope = lanes_at(work->pair_slopes, pair) * (i < j ? share : -share);
        for (int x = 0; x < 3; x++) {
            const vec pull = slope * lanes_at(work->units, 3 * pair + x);
            lanes_add(row, 3 * j + x, pull);
            center[x] -= pull;
        }
    }
    for (int x = 0; x < 3; x++) {
        lanes_add(row, 3 * i + x, center[x]);
    }
}

/* Columns that are means. */
static void use_single_means(const adatom_pooled *of, adatom_pooled_work *work, int s,
                             adatom_pooled_normal *normal)
{
    for (int pool = 0; pool < of->pool_count; pool++) {
        if (of->pools[pool] != ADATOM_POOL_MEAN) {
            continue;
        }
        const int column = pool * of->value_count + of->singles[s].value;
        double *row = new_row(of, work, normal, lanes_at(work->residuals, column));
        for (int i = 0; i < of->atom_count; i++) {
            add_single_row(of, work, i, 1.0 / of->atom_count, row);
        }
    }
}

/* The other columns depend on the distances of one atom alone: their products are summed in these,
 * for each atom apart, and turned into products in the positions at the end. Place of the distances
 * to the neighbours a >= b: */
LANES_INLINE int local_place(int a, int b)
{
    return a * (a + 1) / 2 + b;
}

static double *local_squares(const adatom_pooled *of, const adatom_pooled_work *work, int i)
{
    const int neighbors = of->atom_count - 1;
    return work->local_squares + (size_t)i * (size_t)local_place(neighbors, 0) * LANES;
}

static double *local_products(const adatom_pooled *of, const adatom_pooled_work *work, int i)
{
    return work->local_products + (size_t)i * (size_t)(of->atom_count - 1) * LANES;
}

/* With weights of the columns that the value of atom i counts in, and their residuals. */
LANES_INLINE void add_local(const adatom_pooled *of, const adatom_pooled_work *work, int i,
                            vec weight, vec residual)
{
    double *squares = local_squares(of, work, i), *products = local_products(of, work, i);
    const int neighbors = of->atom_count - 1;
    for (int a = 0; a < neighbors; a++) {
        const int pair = pair_place(of->atom_count, i, a < i ? a : a + 1);
        lanes_put(work->slope_row, a, lanes_at(work->pair_slopes, pair));
    }
    for (int a = 0, place = 0; a < neighbors; a++) {
        const vec slope = lanes_at(work->slope_row, a), weighted = weight * slope;
        lanes_add(products, a, residual * slope);
        for (int b = 0; b <= a; b++, place++) {
            lanes_add(squares, place, weighted * lanes_at(work->slope_row, b));
        }
    }
}

static void use_single_extremes(const adatom_pooled *of, const adatom_pooled_work *work,
                                const adatom_pooled_loss *loss, int s)
{
    const int value = of->singles[s].value;
    for (int i = 0; i < of->atom_count; i++) {
        vec weight = vec_set(0), residual = vec_set(0);
        lanes_mask any = {0};
        for (int pool = 0; pool < of->pool_count; pool++) {
            if (of->pools[pool] == ADATOM_POOL_MEAN) {
                continue;
            }
            const lanes_mask here = counts_here(of, work, loss, pool, value, i);
            any |= here;
            weight += lanes_select(here, vec_set(1), vec_set(0));
            residual += row_residual(of, work, loss, pool * of->value_count + value, i, here);
        }
        if (any_lane(any)) {
            add_local(of, work, i, weight, residual);
        }
    }
}

/* Products in the positions of atom i and its neighbours. */
static void spread_local(const adatom_pooled *of, const adatom_pooled_work *work, int i,
                         adatom_pooled_normal *normal)
{
    const int atoms = of->atom_count, count = 3 * atoms, neighbors = atoms - 1;
    const double *squares = local_squares(of, work, i), *products = local_products(of, work, i);
    for (int a = 0; a < neighbors; a++) {
        const int j = a < i ? a : a + 1;
        vec unit[3], sum[3] = {vec_set(0), vec_set(0), vec_set(0)};
        load_unit(of, work, i, j, unit);
        for (int b = 0; b < neighbors; b++) {
            const int k = b < i ? b : b + 1;
            const vec square = lanes_at(squares, a >= b ? local_place(a, b) : local_place(b, a));
            vec other[3];
            load_unit(of, work, i, k, other);
            for (int x = 0; x < 3; x++) {
                sum[x] += square * other[x];
            }
            for (int xy = 0; xy < 9 && b <= a; xy++) {
                lanes_add(normal->squares, (3 * j + xy / 3) * count + 3 * k + xy % 3,
                          square * unit[xy / 3] * other[xy % 3]);
            }
        }
        for (int x = 0; x < 3; x++) {
            const vec pull = lanes_at(products, a) * unit[x];
            lanes_add(normal->products, 3 * j + x, pull);
            lanes_add(normal->products, 3 * i + x, -pull);
            for (int y = 0; y < 3; y++) {
                const vec both = sum[x] * unit[y];
                const int mixed =
                    i > j ? (3 * i + x) * count + 3 * j + y : (3 * j + y) * count + 3 * i + x;
                lanes_add(normal->squares, (3 * i + x) * count + 3 * i + y, both);
                lanes_add(normal->squares, mixed, -both);
            }
        }
    }
}

static void use_singles(const adatom_pooled *of, adatom_pooled_work *work,
                        const adatom_pooled_loss *loss, adatom_pooled_normal *normal)
{
    const size_t atoms = (size_t)of->atom_count, neighbors = atoms - 1;
    memset(work->local_squares, 0,
           atoms * neighbors * (neighbors + 1) / 2 * LANES * sizeof(double));
    memset(work->local_products, 0, atoms * neighbors * LANES * sizeof(double));
    for (int s = 0; s < of->single_count; s++) {
        find_factor_slopes(of, work, of->singles[s].factor);
        use_single_means(of, work, s, normal);
        use_single_extremes(of, work, loss, s);
    }
    use_rows(of, work, normal);
    for (int i = 0; i < of->atom_count; i++) {
        spread_local(of, work, i, normal);
    }
}

#endif
