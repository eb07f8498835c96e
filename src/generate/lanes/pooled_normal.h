/* adatom: the normal equations of the fast fingerprint. Compiled once per instruction set. */
#ifndef ADATOM_GENERATE_LANES_POOLED_NORMAL_H
#define ADATOM_GENERATE_LANES_POOLED_NORMAL_H

#include "generate/lanes/pooled_singles.h"

/* ---- rows of values of two distances */

/* Two neighbours of an atom. */
typedef struct lanes_corner {
    int atoms[2], pairs[2], place;
    vec units[2][3];
    vec cosine;
} lanes_corner;

/* Values of two distances that have the same factor: doubles first .. last - 1. */
typedef struct lanes_group {
    int factor, first, last;
} lanes_group;

/* What one corner adds to the gradients of a group's values of its atom. */
LANES_INLINE void add_corner_rows(const adatom_pooled *of, adatom_pooled_work *work,
                                  const lanes_corner *corner, const lanes_group *group)
{
    const size_t width = (size_t)of->atom_count * 3 * LANES;
    const double *angles = work->angles + (size_t)corner->place * (size_t)of->angle_count * LANES;
    const double *turns =
        work->angle_slopes + (size_t)corner->place * (size_t)of->angle_count * LANES;
    const adatom_pooled_factor *f = &of->factors[group->factor];
    const vec both = lanes_at(work->factors, factor_place(of, corner->pairs[0], group->factor)) *
                     lanes_at(work->factors, factor_place(of, corner->pairs[1], group->factor));
    vec around[2][3], along[2][3];
    for (int e = 0; e < 2; e++) {
        const int pair = corner->pairs[e];
        const vec inverse = both * lanes_at(work->inverses, pair);
        const vec slope = both * (lanes_at(work->fade_ratios, pair) -
                                  2 * f->eta * (lanes_at(work->distances, pair) - f->shift));
        for (int x = 0; x < 3; x++) {
            around[e][x] =
                inverse * (corner->units[1 - e][x] - corner->cosine * corner->units[e][x]);
            along[e][x] = slope * corner->units[e][x];
        }
    }
    for (int d = group->first; d < group->last; d++) {
        if (!work->wanted[d]) {
            continue;
        }
        const vec angle = lanes_at(angles, of->doubles[d].angle);
        const vec turn = lanes_at(turns, of->doubles[d].angle);
        double *row = work->corner_rows + (size_t)(d - group->first) * width;
        for (int e = 0; e < 2; e++) {
            for (int x = 0; x < 3; x++) {
                lanes_add(row, 3 * corner->atoms[e] + x, angle * along[e][x] + turn * around[e][x]);
            }
        }
    }
}

/* The gradients of a group's values of atom i, but for those in its own position. */
static void find_corner_rows(const adatom_pooled *of, adatom_pooled_work *work, int i,
                             const lanes_group *group)
{
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
            add_corner_rows(of, work, &corner, group);
            corner.place++;
        }
    }
}

static void put_center(const adatom_pooled *of, int i, double *row)
{
    for (int x = 0; x < 3; x++) {
        vec center = vec_set(0);
        for (int j = 0; j < of->atom_count; j++) {
            center -= j == i ? vec_set(0) : lanes_at(row, 3 * j + x);
        }
        lanes_put(row, 3 * i + x, center);
    }
}

/* Hands the gradient of atom i's value to the rows of the columns that it counts in. */
static void take_corner_row(const adatom_pooled *of, adatom_pooled_work *work,
                            const adatom_pooled_loss *loss, adatom_pooled_normal *normal, int i,
                            int v, int place, const double *row)
{
    if (!loss->every) {
        take_row(of, work, v, i, place, row);
        return;
    }
    for (int pool = 0; pool < of->pool_count; pool++) {
        const lanes_mask here = counts_here(of, work, loss, pool, v, i);
        if (any_lane(here)) {
            double *to = new_row(of, work, normal,
                                 row_residual(of, work, loss, pool * of->value_count + v, i, here));
            for (int k = 0; k < 3 * of->atom_count; k++) {
                lanes_put(to, k, (vec)((lanes_mask)lanes_at(row, k) & here));
            }
        }
    }
}

static void use_atom(const adatom_pooled *of, adatom_pooled_work *work,
                     const adatom_pooled_loss *loss, adatom_pooled_normal *normal, int i,
                     const lanes_group *group)
{
    const size_t width = (size_t)of->atom_count * 3 * LANES;
    bool any = false;
    for (int d = group->first; d < group->last; d++) {
        work->wanted[d] = is_wanted(of, work, loss, of->doubles[d].value, i);
        any = any || work->wanted[d];
    }
    if (!any) {
        return;
    }
    memset(work->corner_rows, 0, (size_t)(group->last - group->first) * width * sizeof(double));
    find_corner_rows(of, work, i, group);
    for (int d = group->first; d < group->last; d++) {
        double *row = work->corner_rows + (size_t)(d - group->first) * width;
        if (work->wanted[d]) {
            put_center(of, i, row);
            take_corner_row(of, work, loss, normal, i, of->doubles[d].value,
                            (d - group->first) * of->pool_count, row);
        }
    }
}

/* Sums over atoms: all pools of all values of a group have rows at the same time. */
static void begin_group(const adatom_pooled *of, adatom_pooled_work *work, const lanes_group *group)
{
    const int row_count = (group->last - group->first) * of->pool_count;
    memset(work->rows, 0, (size_t)row_count * (size_t)of->atom_count * 3 * LANES * sizeof(double));
    for (int r = 0; r < row_count; r++) {
        const int value = of->doubles[group->first + r / of->pool_count].value;
        const int column = r % of->pool_count * of->value_count + value;
        lanes_put(work->row_residuals, r, lanes_at(work->residuals, column));
    }
    work->row_count = row_count;
}

static void use_doubles(const adatom_pooled *of, adatom_pooled_work *work,
                        const adatom_pooled_loss *loss, adatom_pooled_normal *normal)
{
    lanes_group group = {.last = 0};
    while (group.last < of->double_count) {
        group.first = group.last;
        group.factor = of->doubles[group.first].factor;
        while (group.last < of->double_count && of->doubles[group.last].factor == group.factor) {
            group.last++;
        }
        if (!loss->every) {
            begin_group(of, work, &group);
        }
        for (int i = 0; i < of->atom_count; i++) {
            use_atom(of, work, loss, normal, i, &group);
        }
        use_rows(of, work, normal);
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

/* ---- all of it */

/* The squares of a column's residuals. */
LANES_INLINE vec squares_of(const adatom_pooled *of, const adatom_pooled_work *work,
                            const adatom_pooled_loss *loss, int column, vec residual)
{
    if (!loss->every) {
        return residual * residual;
    }
    vec sum = vec_set(0);
    for (int i = 0; i < of->atom_count; i++) {
        const lanes_mask here =
            counts_here(of, work, loss, column / of->value_count, column % of->value_count, i);
        const vec own = row_residual(of, work, loss, column, i, here);
        sum += own * own;
    }
    return sum;
}

static void find_residuals(const adatom_pooled *of, adatom_pooled_work *work,
                           const adatom_pooled_loss *loss, adatom_pooled_normal *normal)
{
    const int columns = of->pool_count * of->value_count;
    vec absolute = vec_set(0), squared = vec_set(0);
    for (int c = 0; c < columns; c++) {
        vec chosen;
        const vec value =
            pool_column(of, work, of->pools[c / of->value_count], c % of->value_count, &chosen);
        const vec residual = value - lanes_at(loss->target, c);
        lanes_put(work->residuals, c, residual);
        lanes_put(work->chosen, c, chosen);
        absolute += lanes_select((lanes_mask)(residual < 0.0), -residual, residual);
        squared += squares_of(of, work, loss, c, residual);
    }
    for (int pair = 0; pair < of->pair_count; pair++) {
        const vec near = loss->minimum_distance - lanes_at(work->distances, pair);
        squared += lanes_select((lanes_mask)(near > 0.0), loss->push * near * near, vec_set(0));
    }
    lanes_put(normal->losses, 0, absolute * (1.0 / columns));
    lanes_put(normal->objectives, 0, squared);
}

void ADATOM_POOLED_NORMAL(const adatom_pooled *pooled, adatom_pooled_work *work,
                          const double *positions, const adatom_pooled_loss *loss,
                          adatom_pooled_normal *normal)
{
    const size_t count = 3 * (size_t)pooled->atom_count;
    memset(work->values, 0,
           (size_t)pooled->atom_count * (size_t)pooled->value_count * LANES * sizeof(double));
    memset(normal->squares, 0, count * count * LANES * sizeof(double));
    memset(normal->products, 0, count * LANES * sizeof(double));
    find_values(pooled, work, positions);
    find_residuals(pooled, work, loss, normal);
    work->row_count = 0;
    use_singles(pooled, work, loss, normal);
    use_doubles(pooled, work, loss, normal);
    add_near_pairs(pooled, work, loss, normal->squares, normal->products);
}

#endif
