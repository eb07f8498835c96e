/* adatom: the kernel of the fast fingerprint. Compiled once per instruction set (pooled_*.c). All
 * functions are static but the one named ADATOM_POOLED_KERNEL. */
#ifndef ADATOM_GENERATE_LANES_POOLED_H
#define ADATOM_GENERATE_LANES_POOLED_H

#define ADATOM_DOUBLES 8
#include "descriptor/lanes/vector.h"
#include "generate/pooled_kernel.h"

#include <stdint.h>
#include <string.h>

typedef int64_t lanes_mask __attribute__((vector_size(64), may_alias));

/* Array element i of an array of lanes. */
LANES_INLINE vec lanes_at(const double *array, int i)
{
    return *(const vec *)(array + (size_t)i * LANES);
}

LANES_INLINE void lanes_put(double *array, int i, vec v)
{
    *(vec *)(array + (size_t)i * LANES) = v;
}

LANES_INLINE void lanes_add(double *array, int i, vec v)
{
    *(vec *)(array + (size_t)i * LANES) += v;
}

LANES_INLINE vec lanes_select(lanes_mask mask, vec yes, vec no)
{
    return (vec)((mask & (lanes_mask)yes) | (~mask & (lanes_mask)no));
}

/* exp x for x <= 0 to 3e-15 of the value; 0 below -700. */
LANES_INLINE vec lanes_exp(vec x)
{
    const vec magic = vec_set(6755399441055744.0); /* 1.5 * 2^52 */
    const lanes_mask tiny = (lanes_mask)(x < -700.0);
    x = lanes_select(tiny, vec_set(-700.0), x);
    const vec shifted = x * 1.4426950408889634 + magic;
    const vec n = shifted - magic;
    const vec r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;
    vec p = vec_set(1.0 / 479001600);
    static const double inverse_factorials[12] = {
        1.0,       1.0,        0.5,         1.0 / 6,      1.0 / 24,      1.0 / 120,
        1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800};
    LANES_UNROLL(12)
    for (int k = 11; k >= 0; k--) {
        p = p * r + inverse_factorials[k];
    }
    const lanes_mask power = ((lanes_mask)shifted - (lanes_mask)magic + 1023) << 52;
    return lanes_select(tiny, vec_set(0), p * (vec)power);
}

/* Place of the pair i < j. */
LANES_INLINE int pair_place(int atoms, int i, int j)
{
    return i < j ? i * (2 * atoms - i - 1) / 2 + j - i - 1
                 : j * (2 * atoms - j - 1) / 2 + i - j - 1;
}

LANES_INLINE int factor_place(const adatom_pooled *of, int pair, int factor)
{
    return factor * of->pair_count + pair;
}

LANES_INLINE int value_place(const adatom_pooled *of, int i, int value)
{
    return value * of->atom_count + i;
}

/* ---- forward */

static void find_pair(const adatom_pooled *of, adatom_pooled_work *work, int pair, vec d[3])
{
    const double pi = 3.14159265358979323846;
    /* Atoms on top of each other push nowhere, but must not make NaN. */
    const vec r = vec_sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + 1e-20);
    const vec inverse = 1 / r;
    const lanes_mask inside = (lanes_mask)(r < of->cutoff);
    const vec angle = lanes_select(inside, r * (pi / of->cutoff), vec_set(0));
    vec sine, cosine;
    vec_sincos(angle, &sine, &cosine);
    /* Not 0, so that it can be divided by. */
    const vec open = 0.5 * (cosine + 1) + 1e-300;
    const vec fade = lanes_select(inside, open, vec_set(0));
    const vec slope = -0.5 * (pi / of->cutoff) * sine;
    for (int x = 0; x < 3; x++) {
        lanes_put(work->units, 3 * pair + x, d[x] * inverse);
    }
    lanes_put(work->distances, pair, r);
    lanes_put(work->inverses, pair, inverse);
    const vec over = lanes_select(inside, 1 / open, vec_set(0));
    lanes_put(work->fade_ratios, pair, slope * over);
    lanes_put(work->inverse_fades, pair, over);
    lanes_put(work->fades, pair, fade);
}

static void find_pairs(const adatom_pooled *of, adatom_pooled_work *work, const double *positions)
{
    for (int i = 0, pair = 0; i < of->atom_count; i++) {
        for (int j = i + 1; j < of->atom_count; j++, pair++) {
            vec d[3];
            for (int x = 0; x < 3; x++) {
                d[x] = lanes_at(positions, 3 * j + x) - lanes_at(positions, 3 * i + x);
            }
            find_pair(of, work, pair, d);
        }
    }
}

/* One factor of all pairs; 45 pairs of ten atoms stay in the first cache. */
static void find_factor(const adatom_pooled *of, adatom_pooled_work *work, int f)
{
    const adatom_pooled_factor factor = of->factors[f];
    double *to = work->factors + (size_t)factor_place(of, 0, f) * LANES;
    for (int pair = 0; factor.part_count == 0 && pair < of->pair_count; pair++) {
        const vec away = lanes_at(work->distances, pair) - factor.shift;
        lanes_put(to, pair, lanes_exp(-factor.eta * away * away) * lanes_at(work->fades, pair));
    }
    for (int part = 0; part < factor.part_count; part++) {
        const double *from =
            work->factors + (size_t)factor_place(of, 0, factor.parts[part]) * LANES;
        for (int pair = 0; part == 0 && pair < of->pair_count; pair++) {
            lanes_put(to, pair, lanes_at(from, pair));
        }
        for (int pair = 0; part > 0 && pair < of->pair_count; pair++) {
            lanes_put(to, pair,
                      lanes_at(to, pair) * lanes_at(work->inverse_fades, pair) *
                          lanes_at(from, pair));
        }
    }
}

static void find_single(const adatom_pooled *of, adatom_pooled_work *work, int s)
{
    const double *factors =
        work->factors + (size_t)factor_place(of, 0, of->singles[s].factor) * LANES;
    double *values = work->values + (size_t)value_place(of, 0, of->singles[s].value) * LANES;
    for (int i = 0, pair = 0; i < of->atom_count; i++) {
        vec sum = lanes_at(values, i);
        for (int j = i + 1; j < of->atom_count; j++, pair++) {
            const vec v = lanes_at(factors, pair);
            sum += v;
            lanes_add(values, j, v);
        }
        lanes_put(values, i, sum);
    }
}

/* The direction from i to j. */
LANES_INLINE void load_unit(const adatom_pooled *of, const adatom_pooled_work *work, int i, int j,
                            vec unit[3])
{
    const int pair = pair_place(of->atom_count, i, j);
    for (int x = 0; x < 3; x++) {
        const vec u = lanes_at(work->units, 3 * pair + x);
        unit[x] = i < j ? u : -u;
    }
}

/* The angles of a corner, and their slopes in the cosine. */
LANES_INLINE void find_angles(const adatom_pooled *of, vec cosine, double *angles, double *slopes)
{
    for (int a = 0; a < of->angle_count; a++) {
        const adatom_pooled_angle *angle = &of->angles[a];
        vec base = 1 + angle->lambda * cosine;
        base = lanes_select((lanes_mask)(base < 0.0), vec_set(0), base);
        vec square = base, below = vec_set(angle->scale);
        for (int power = angle->zeta - 1; power > 0; power >>= 1) {
            if (power & 1) {
                below *= square;
            }
            square *= square;
        }
        lanes_put(angles, a, below * base);
        lanes_put(slopes, a, below * (angle->zeta * angle->lambda));
    }
}

LANES_INLINE vec corner_cosine(const vec a[3], const vec b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static int corners_of(const adatom_pooled *of)
{
    return (of->atom_count - 1) * (of->atom_count - 2) / 2;
}

/* Of all corners at atom i, by the formula's order of neighbours. */
static void find_corners(const adatom_pooled *of, adatom_pooled_work *work, int i)
{
    const int first = i * corners_of(of);
    for (int j = 0, corner = first; j < of->atom_count; j++) {
        if (j == i) {
            continue;
        }
        vec unit[3];
        load_unit(of, work, i, j, unit);
        for (int k = j + 1; k < of->atom_count; k++) {
            if (k == i) {
                continue;
            }
            vec other[3];
            load_unit(of, work, i, k, other);
            find_angles(of, corner_cosine(unit, other),
                        work->angles + (size_t)corner * (size_t)of->angle_count * LANES,
                        work->angle_slopes + (size_t)corner * (size_t)of->angle_count * LANES);
            corner++;
        }
    }
}

static void add_doubles(const adatom_pooled *of, adatom_pooled_work *work, int i)
{
    int corner = i * corners_of(of);
    for (int j = 0; j < of->atom_count; j++) {
        const int first = pair_place(of->atom_count, i, j);
        for (int k = j + 1; j != i && k < of->atom_count; k++) {
            if (k == i) {
                continue;
            }
            const int second = pair_place(of->atom_count, i, k);
            const double *angles = work->angles + (size_t)corner * (size_t)of->angle_count * LANES;
            vec both = vec_set(0);
            for (int d = 0, factor = -1; d < of->double_count; d++) {
                const adatom_pooled_term *term = &of->doubles[d];
                if (term->factor != factor) {
                    factor = term->factor;
                    both = lanes_at(work->factors, factor_place(of, first, factor)) *
                           lanes_at(work->factors, factor_place(of, second, factor));
                }
                lanes_add(work->sums, d, both * lanes_at(angles, term->angle));
            }
            corner++;
        }
    }
    for (int d = 0; d < of->double_count; d++) {
        lanes_put(work->values, value_place(of, i, of->doubles[d].value), lanes_at(work->sums, d));
        lanes_put(work->sums, d, vec_set(0));
    }
}

/* Adds the values of all atoms to zeros. */
static void find_values(const adatom_pooled *of, adatom_pooled_work *work, const double *positions)
{
    find_pairs(of, work, positions);
    for (int f = 0; f < of->factor_count; f++) {
        find_factor(of, work, f);
    }
    for (int s = 0; s < of->single_count; s++) {
        find_single(of, work, s);
    }
    for (int i = 0; of->double_count > 0 && i < of->atom_count; i++) {
        find_corners(of, work, i);
        add_doubles(of, work, i);
    }
}

/* ---- pooling and loss */

LANES_INLINE vec pool_column(const adatom_pooled *of, const adatom_pooled_work *work,
                             adatom_pooling pool, int v, vec *chosen)
{
    vec best = lanes_at(work->values, value_place(of, 0, v)), at = vec_set(0);
    for (int i = 1; i < of->atom_count; i++) {
        const vec value = lanes_at(work->values, value_place(of, i, v));
        if (pool == ADATOM_POOL_MEAN) {
            best += value;
            continue;
        }
        const lanes_mask better =
            (lanes_mask)(pool == ADATOM_POOL_MAX ? value > best : value < best);
        best = lanes_select(better, value, best);
        at = lanes_select(better, vec_set(i), at);
    }
    *chosen = at;
    return best * (pool == ADATOM_POOL_MEAN ? 1.0 / of->atom_count : 1.0);
}

/* Adds the column's part of the loss and hands its slope to the atoms it came from. */
LANES_INLINE vec take_column(const adatom_pooled *of, adatom_pooled_work *work,
                             const adatom_pooled_loss *loss, int pool, int v, double *values)
{
    const int column = pool * of->value_count + v;
    const double share = 1.0 / (of->pool_count * of->value_count);
    vec chosen;
    const vec value = pool_column(of, work, of->pools[pool], v, &chosen);
    const vec difference = value - lanes_at(loss->target, column);
    const vec sign = lanes_select((lanes_mask)(difference < 0.0), vec_set(-1), vec_set(1));
    vec slope = share * sign, part = share * difference * sign;
    if (loss->squared) {
        slope = 2 * share * difference;
        part = share * difference * difference;
    }
    const bool mean = of->pools[pool] == ADATOM_POOL_MEAN;
    for (int i = 0; i < of->atom_count; i++) {
        vec own = slope / (double)of->atom_count;
        if (!mean) {
            own = lanes_select((lanes_mask)(chosen == (double)i), slope, vec_set(0));
        }
        lanes_add(work->slopes, value_place(of, i, v), own);
    }
    if (values != NULL) {
        lanes_put(values, column, value);
    }
    return part;
}

static void take_loss(const adatom_pooled *of, adatom_pooled_work *work,
                      const adatom_pooled_loss *loss, double *losses, double *values)
{
    vec sum = vec_set(0);
    for (int pool = 0; pool < of->pool_count; pool++) {
        for (int v = 0; v < of->value_count; v++) {
            sum += take_column(of, work, loss, pool, v, values);
        }
    }
    lanes_put(losses, 0, sum);
}

/* ---- backward */

static void push_slopes(const adatom_pooled *of, adatom_pooled_work *work,
                        const adatom_pooled_loss *loss)
{
    for (int pair = 0; pair < of->pair_count; pair++) {
        const vec near = loss->minimum_distance - lanes_at(work->distances, pair);
        lanes_put(work->pair_slopes, pair,
                  lanes_select((lanes_mask)(near > 0.0), -2 * loss->push * near, vec_set(0)));
    }
}

static void add_single_slopes(const adatom_pooled *of, adatom_pooled_work *work, int s)
{
    const adatom_pooled_factor factor = of->factors[of->singles[s].factor];
    const double *factors =
        work->factors + (size_t)factor_place(of, 0, of->singles[s].factor) * LANES;
    const double *slopes = work->slopes + (size_t)value_place(of, 0, of->singles[s].value) * LANES;
    for (int i = 0, pair = 0; i < of->atom_count; i++) {
        const vec own = lanes_at(slopes, i);
        for (int j = i + 1; j < of->atom_count; j++, pair++) {
            const vec away = lanes_at(work->distances, pair) - factor.shift;
            lanes_add(work->pair_slopes, pair,
                      (own + lanes_at(slopes, j)) * lanes_at(factors, pair) *
                          (lanes_at(work->fade_ratios, pair) - 2 * factor.eta * away));
        }
    }
}

/* Slopes of one corner in the two distances and in the cosine. */
LANES_INLINE void corner_slopes(const adatom_pooled *of, const adatom_pooled_work *work, int i,
                                const int pairs[2], int corner, vec slopes[3])
{
    const double *angles = work->angles + (size_t)corner * (size_t)of->angle_count * LANES;
    const double *turns = work->angle_slopes + (size_t)corner * (size_t)of->angle_count * LANES;
    const vec r[2] = {lanes_at(work->distances, pairs[0]), lanes_at(work->distances, pairs[1])};
    const vec ratios[2] = {lanes_at(work->fade_ratios, pairs[0]),
                           lanes_at(work->fade_ratios, pairs[1])};
    for (int d = 0; d < of->double_count;) {
        const int f = of->doubles[d].factor;
        vec along = vec_set(0), around = vec_set(0);
        for (; d < of->double_count && of->doubles[d].factor == f; d++) {
            const vec weight = lanes_at(work->slopes, value_place(of, i, of->doubles[d].value));
            along += weight * lanes_at(angles, of->doubles[d].angle);
            around += weight * lanes_at(turns, of->doubles[d].angle);
        }
        const vec both = lanes_at(work->factors, factor_place(of, pairs[0], f)) *
                         lanes_at(work->factors, factor_place(of, pairs[1], f));
        const double eta = of->factors[f].eta, shift = of->factors[f].shift;
        slopes[0] += along * both * (ratios[0] - 2 * eta * (r[0] - shift));
        slopes[1] += along * both * (ratios[1] - 2 * eta * (r[1] - shift));
        slopes[2] += around * both;
    }
}

static void add_corner_gradients(const adatom_pooled *of, adatom_pooled_work *work, int i,
                                 double *gradient)
{
    int corner = i * corners_of(of);
    vec center[3] = {vec_set(0), vec_set(0), vec_set(0)};
    for (int j = 0; j < of->atom_count; j++) {
        if (j == i) {
            continue;
        }
        vec first[3];
        load_unit(of, work, i, j, first);
        for (int k = j + 1; k < of->atom_count; k++) {
            if (k == i) {
                continue;
            }
            const int pairs[2] = {pair_place(of->atom_count, i, j),
                                  pair_place(of->atom_count, i, k)};
            vec second[3], slopes[3] = {vec_set(0), vec_set(0), vec_set(0)};
            load_unit(of, work, i, k, second);
            corner_slopes(of, work, i, pairs, corner++, slopes);
            const vec cosine = corner_cosine(first, second);
            const vec turn_j = slopes[2] * lanes_at(work->inverses, pairs[0]);
            const vec turn_k = slopes[2] * lanes_at(work->inverses, pairs[1]);
            lanes_add(work->pair_slopes, pairs[0], slopes[0]);
            lanes_add(work->pair_slopes, pairs[1], slopes[1]);
            for (int x = 0; x < 3; x++) {
                const vec on_j = turn_j * (second[x] - cosine * first[x]);
                const vec on_k = turn_k * (first[x] - cosine * second[x]);
                lanes_add(gradient, 3 * j + x, on_j);
                lanes_add(gradient, 3 * k + x, on_k);
                center[x] -= on_j + on_k;
            }
        }
    }
    for (int x = 0; x < 3; x++) {
        lanes_add(gradient, 3 * i + x, center[x]);
    }
}

static void add_pair_gradients(const adatom_pooled *of, const adatom_pooled_work *work,
                               double *gradient)
{
    for (int i = 0, pair = 0; i < of->atom_count; i++) {
        for (int j = i + 1; j < of->atom_count; j++, pair++) {
            const vec slope = lanes_at(work->pair_slopes, pair);
            for (int x = 0; x < 3; x++) {
                const vec pull = slope * lanes_at(work->units, 3 * pair + x);
                lanes_add(gradient, 3 * j + x, pull);
                lanes_add(gradient, 3 * i + x, -pull);
            }
        }
    }
}

void ADATOM_POOLED_KERNEL(const adatom_pooled *pooled, adatom_pooled_work *work,
                          const double *positions, const adatom_pooled_loss *loss, double *losses,
                          double *gradient, double *values)
{
    const size_t all = (size_t)pooled->atom_count * (size_t)pooled->value_count * LANES;
    memset(work->values, 0, all * sizeof(double));
    memset(work->slopes, 0, all * sizeof(double));
    memset(gradient, 0, (size_t)pooled->atom_count * 3 * LANES * sizeof(double));
    find_values(pooled, work, positions);
    const bool corners = pooled->double_count > 0;
    take_loss(pooled, work, loss, losses, values);
    push_slopes(pooled, work, loss);
    for (int s = 0; s < pooled->single_count; s++) {
        add_single_slopes(pooled, work, s);
    }
    for (int i = 0; corners && i < pooled->atom_count; i++) {
        add_corner_gradients(pooled, work, i, gradient);
    }
    add_pair_gradients(pooled, work, gradient);
}

#endif
