/* adatom: the normal equations of the fast fingerprint. Compiled once per instruction set. */
#ifndef ADATOM_GENERATE_LANES_POOLED_NORMAL_H
#define ADATOM_GENERATE_LANES_POOLED_NORMAL_H

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

/* ---- rows of values of one distance */

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

/* Adds atom i's gradient of a value of one distance to the row, in the lanes that are here. */
LANES_INLINE void add_single_row(const adatom_pooled *of, const adatom_pooled_work *work, int i,
                                 lanes_mask here, double share, double *row)
{
    vec center[3] = {vec_set(0), vec_set(0), vec_set(0)};
    for (int j = 0; j < of->atom_count; j++) {
        if (j == i) {
            continue;
        }
        const int pair = pair_place(of->atom_count, i, j);
        const vec own = (vec)((lanes_mask)lanes_at(work->pair_slopes, pair) & here);
        const vec slope = own * (i < j ? share : -share);
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

static void use_singles(const adatom_pooled *of, adatom_pooled_work *work,
                        const adatom_pooled_loss *loss, adatom_pooled_normal *normal)
{
    for (int c = 0; c < of->single_count * of->pool_count; c++) {
        const adatom_pooled_term *term = &of->singles[c / of->pool_count];
        const int pool = c % of->pool_count, column = pool * of->value_count + term->value;
        const double share = of->pools[pool] == ADATOM_POOL_MEAN ? 1.0 / of->atom_count : 1;
        double *row = NULL;
        if (pool == 0) {
            find_factor_slopes(of, work, term->factor);
        }
        for (int i = 0; i < of->atom_count; i++) {
            const lanes_mask here = counts_here(of, work, loss, pool, term->value, i);
            if (!any_lane(here)) {
                continue;
            }
            if (loss->every) {
                row = new_row(of, work, normal, row_residual(of, work, loss, column, i, here));
            } else if (row == NULL) {
                row = new_row(of, work, normal, lanes_at(work->residuals, column));
            }
            add_single_row(of, work, i, here, share, row);
        }
    }
    use_rows(of, work, normal);
}

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
