/* adatom: symmetry functions; lanes are neighbours, and the second neighbours of pairs. */
#ifndef ADATOM_DESCRIPTOR_LANES_ACSF_H
#define ADATOM_DESCRIPTOR_LANES_ACSF_H

#include "descriptor/acsf_kernel.h"
#include "descriptor/lanes/vector.h"

#include <stdint.h>
#include <string.h>

typedef int64_t vec_int __attribute__((vector_size(8 * ADATOM_DOUBLES), may_alias));

/* 1 in lanes where a < b, 0 elsewhere. */
LANES_INLINE vec vec_less(vec a, vec b)
{
    return (vec)((vec_int)(a < b) & (vec_int)vec_set(1));
}

/* exp(x), x <= 0, to 2e-16 relative; 0 below -700. 2^n times the Taylor series, |r| <= ln 2 / 2. */
LANES_INLINE vec vec_exp(vec x)
{
    const vec magic = vec_set(6755399441055744.0); /* 1.5 * 2^52: adding it rounds to an integer */
    const vec alive = vec_less(vec_set(-700), x);
    x *= alive;
    const vec shifted = x * 1.4426950408889634 + magic;
    const vec rounded = shifted - magic;
    const vec r = x - rounded * 0.693147180369123816490 - rounded * 1.90821492927058770002e-10;
    vec p = vec_set(1.0 / 6227020800.0);
    static const double inverse_factorials[] = {1.0 / 479001600,
                                                1.0 / 39916800,
                                                1.0 / 3628800,
                                                1.0 / 362880,
                                                1.0 / 40320,
                                                1.0 / 5040,
                                                1.0 / 720,
                                                1.0 / 120,
                                                1.0 / 24,
                                                1.0 / 6,
                                                0.5,
                                                1,
                                                1};
    LANES_UNROLL(16)
    for (int i = 0; i < 13; i++) {
        p = p * r + inverse_factorials[i];
    }
    const vec_int power = (vec_int)shifted << 52;
    return (vec)((vec_int)p + power) * alive;
}

/* ---- what a distance gives */

LANES_INLINE void polynomial_fade(int k, vec x, vec *value, vec *slope)
{
    static const double coefficients[4][5] = {
        {-3, 2}, {-10, 15, -6}, {-35, 84, -70, 20}, {-126, 420, -540, 315, -70}};
    vec sum = vec_set(0), rate = vec_set(0), power = x;
    for (int i = k + 1; i >= 0; i--) {
        sum = sum * x + coefficients[k][i];
        rate = rate * x + (k + 2 + i) * coefficients[k][i];
    }
    for (int i = 0; i < k; i++) {
        power *= x; /* x^(k + 1) */
    }
    *value = 1 + sum * power * x;
    *slope = rate * power;
}

LANES_INLINE void fade_lanes(const adatom_acsf *acsf, double cutoff, vec r, vec *value, vec *slope)
{
    const double inner = acsf->alpha * cutoff, width = cutoff - inner;
    const vec inside = vec_less(r, vec_set(cutoff)), x_free = (r - inner) / width;
    const vec x = x_free * vec_less(vec_set(0), x_free) * inside; /* 0 .. 1 */
    if (acsf->fade == ADATOM_FADE_COS) {
        vec sine, cosine;
        vec_sincos(x * 3.14159265358979323846, &sine, &cosine);
        *value = (0.5 + 0.5 * cosine) * inside;
        *slope = sine * vec_less(vec_set(0), x) * inside * (-0.5 * 3.14159265358979323846 / width);
    } else if (acsf->fade >= ADATOM_FADE_POLY1) {
        polynomial_fade((int)acsf->fade - ADATOM_FADE_POLY1, x, value, slope);
        *value *= inside;
        *slope *= inside / width;
    } else {
        for (int i = 0; i < LANES; i++) {
            double fade[2];
            adatom_acsf_fade_at(acsf, cutoff, r[i], fade);
            (*value)[i] = fade[0];
            (*slope)[i] = fade[1];
        }
    }
}

LANES_INLINE void factor_lanes(const adatom_acsf_factor *factor, vec r, vec fade, vec fade_slope,
                               vec *value, vec *slope)
{
    if (factor->type == ADATOM_ACSF_G3) {
        for (int i = 0; i < LANES; i++) {
            const double c = cos(factor->eta * r[i]), s = sin(factor->eta * r[i]);
            (*value)[i] = c * fade[i];
            (*slope)[i] = c * fade_slope[i] - factor->eta * s * fade[i];
        }
        return;
    }
    const vec d = r - factor->shift, gauss = vec_exp(d * d * -factor->eta);
    *value = gauss * fade;
    *slope = gauss * (fade_slope - 2 * factor->eta * d * fade);
}

static double *factor_row(const adatom_acsf_lanes *lanes, int factor, int part, size_t slot)
{
    return lanes->factors + ((size_t)factor * 2 + (size_t)part) * lanes->capacity + slot;
}

static void find_factors(adatom_acsf_lanes *lanes, const adatom_acsf_center *center)
{
    for (size_t slot = 0; slot < lanes->count; slot += LANES) {
        const vec r = vec_load(lanes->geometry + 3 * lanes->capacity + slot);
        vec fade = vec_set(0), fade_slope = vec_set(0), value = vec_set(0), slope = vec_set(0);
        for (int q = 0; q < center->factor_count; q++) {
            if (q == 0 || center->factors[q].cutoff != center->factors[q - 1].cutoff) {
                fade_lanes(lanes->acsf, center->factors[q].cutoff, r, &fade, &fade_slope);
            }
            factor_lanes(&center->factors[q], r, fade, fade_slope, &value, &slope);
            vec_store(factor_row(lanes, q, 0, slot), value);
            vec_store(factor_row(lanes, q, 1, slot), slope);
        }
    }
}

/* ---- pairs of neighbours: one, and LANES others of one type */

typedef struct pair_lanes {
    size_t j, k;
    vec kept; /* 1 in lanes that count */
    vec cosine, distance;
} pair_lanes;

LANES_INLINE vec unit_lanes(const adatom_acsf_lanes *lanes, int x, size_t slot)
{
    return vec_load(lanes->geometry + (size_t)x * lanes->capacity + slot);
}

LANES_INLINE double geometry_at(const adatom_acsf_lanes *lanes, int row, size_t slot)
{
    return lanes->geometry[(size_t)row * lanes->capacity + slot];
}

/* end: where the type of the second neighbours ends. */
LANES_INLINE void prepare_pairs(const adatom_acsf_lanes *lanes, const adatom_acsf_center *center,
                                size_t end, bool narrow, pair_lanes *pairs)
{
    vec kept = vec_set(0);
    for (int i = 0; i < LANES; i++) {
        kept[i] = pairs->k + (size_t)i < end;
    }
    pairs->kept = kept;
    const size_t j = pairs->j, k = pairs->k;
    pairs->cosine = geometry_at(lanes, 0, j) * unit_lanes(lanes, 0, k) +
                    geometry_at(lanes, 1, j) * unit_lanes(lanes, 1, k) +
                    geometry_at(lanes, 2, j) * unit_lanes(lanes, 2, k);
    if (!narrow) {
        return;
    }
    const double rj = geometry_at(lanes, 3, j);
    const vec rk = unit_lanes(lanes, 3, k);
    vec squared = vec_set(0);
    for (int x = 0; x < 3; x++) {
        const vec d = rj * geometry_at(lanes, x, j) - rk * unit_lanes(lanes, x, k);
        squared += d * d;
    }
    /* Lanes that do not count may stand where j stands. */
    pairs->distance = vec_sqrt(squared * pairs->kept + (1 - pairs->kept));
    vec fade = vec_set(0), fade_slope = vec_set(0);
    double cutoff = 0;
    for (int q = 0; q < center->factor_count; q++) {
        if (!center->factors[q].narrow) {
            continue;
        }
        if (center->factors[q].cutoff != cutoff) {
            cutoff = center->factors[q].cutoff;
            fade_lanes(lanes->acsf, cutoff, pairs->distance, &fade, &fade_slope);
        }
        vec value = vec_set(0), slope = vec_set(0);
        factor_lanes(&center->factors[q], pairs->distance, fade, fade_slope, &value, &slope);
        vec_store(lanes->across + q * 16, value);
        vec_store(lanes->across + q * 16 + 8, slope);
    }
}

/* (1 + lambda cos)^zeta 2^(1 - zeta) in the lanes that count, and its slope. */
LANES_INLINE void angle_lanes(const adatom_acsf_angle *angle, const pair_lanes *pairs, vec *value,
                              vec *slope)
{
    vec base = 1 + angle->lambda * pairs->cosine;
    base *= vec_less(vec_set(0), base);
    vec below = angle->scale * pairs->kept;
    if (angle->power > 0) {
        vec square = base;
        for (int exponent = angle->power - 1; exponent > 0; exponent >>= 1) {
            if (exponent & 1) {
                below *= square;
            }
            square *= square;
        }
    } else {
        for (int i = 0; i < LANES; i++) {
            below[i] *= pow(base[i], angle->zeta - 1);
        }
    }
    *value = below * base;
    *slope = below * (angle->zeta * angle->lambda);
}

/* The triples for two types, and whether one of them is narrow. */
LANES_INLINE bool triples_of(const adatom_acsf_lanes *lanes, const adatom_acsf_center *center,
                             int a, int b, int *first, int *last)
{
    const int group = (a < b ? a : b) * lanes->acsf->species_count + (a < b ? b : a);
    bool narrow = false;
    *first = center->first_triple[group];
    *last = center->first_triple[group + 1];
    for (int t = *first; t < *last; t++) {
        narrow = narrow || center->triples[t].narrow;
    }
    return narrow;
}

LANES_INLINE void add_pair_values(adatom_acsf_lanes *lanes, const adatom_acsf_center *center,
                                  const pair_lanes *pairs, int first, int last)
{
    int angle = -1;
    vec shape = vec_set(0), slope = vec_set(0);
    for (int t = first; t < last; t++) {
        const adatom_acsf_triple *triple = &center->triples[t];
        if (triple->angle != angle) {
            angle = triple->angle;
            angle_lanes(&center->angles[angle], pairs, &shape, &slope);
        }
        vec value = shape * *factor_row(lanes, triple->factor, 0, pairs->j) *
                    vec_load(factor_row(lanes, triple->factor, 0, pairs->k));
        if (triple->narrow) {
            value *= vec_load(lanes->across + triple->factor * 16);
        }
        double *sum = lanes->sums + (size_t)triple->value * 8;
        vec_store(sum, vec_load(sum) + value);
    }
}

static void acsf_values(adatom_acsf_lanes *lanes, const adatom_environment *environment,
                        double *values)
{
    const adatom_acsf_center *center = &lanes->acsf->centers[environment->type];
    memset(values, 0, (size_t)center->value_count * sizeof *values);
    memset(lanes->sums, 0, (size_t)center->value_count * 8 * sizeof *lanes->sums);
    find_factors(lanes, center);
    for (int a = 0; a < lanes->acsf->species_count; a++) {
        for (int p = center->first_pair[a]; p < center->first_pair[a + 1]; p++) {
            const double *row = factor_row(lanes, center->pair_factor[p], 0, 0);
            for (size_t j = lanes->first[a]; j < lanes->first[a + 1]; j++) {
                values[center->pair_value[p]] += row[j];
            }
        }
        for (int b = a; b < lanes->acsf->species_count; b++) {
            int first, last;
            const bool narrow = triples_of(lanes, center, a, b, &first, &last);
            for (size_t j = lanes->first[a]; j < lanes->first[a + 1] && first < last; j++) {
                pair_lanes pairs = {.j = j, .k = a == b ? j + 1 : lanes->first[b]};
                for (; pairs.k < lanes->first[b + 1]; pairs.k += LANES) {
                    prepare_pairs(lanes, center, lanes->first[b + 1], narrow, &pairs);
                    add_pair_values(lanes, center, &pairs, first, last);
                }
            }
        }
    }
    for (int v = 0; v < center->value_count; v++) {
        for (int i = 0; i < LANES; i++) {
            values[v] += lanes->sums[v * 8 + i];
        }
    }
}

/* ---- forces */

/* Sums of the slopes in cos, r_j, r_k and r_jk. */
LANES_INLINE void sum_slopes(const adatom_acsf_lanes *lanes, const adatom_acsf_center *center,
                             const pair_lanes *pairs, int first, int last, const double *slopes,
                             vec sums[4])
{
    int angle = -1;
    vec shape = vec_set(0), bend = vec_set(0);
    for (int i = 0; i < 4; i++) {
        sums[i] = vec_set(0);
    }
    for (int t = first; t < last; t++) {
        const adatom_acsf_triple *triple = &center->triples[t];
        const int q = triple->factor;
        if (triple->angle != angle) {
            angle = triple->angle;
            angle_lanes(&center->angles[angle], pairs, &shape, &bend);
        }
        const double a = slopes[triple->value] * *factor_row(lanes, q, 0, pairs->j);
        const double a_slope = slopes[triple->value] * *factor_row(lanes, q, 1, pairs->j);
        const vec b = vec_load(factor_row(lanes, q, 0, pairs->k));
        const vec b_slope = vec_load(factor_row(lanes, q, 1, pairs->k));
        vec across = vec_set(1);
        if (triple->narrow) {
            across = vec_load(lanes->across + q * 16);
        }
        sums[0] += bend * a * b * across;
        sums[1] += shape * a_slope * b * across;
        sums[2] += shape * a * b_slope * across;
        if (triple->narrow) {
            sums[3] += shape * a * b * vec_load(lanes->across + q * 16 + 8);
        }
    }
}

LANES_INLINE void add_pair_forces(adatom_acsf_lanes *lanes, const pair_lanes *pairs,
                                  const vec sums[4], bool narrow, vec of_j[3])
{
    const size_t j = pairs->j, k = pairs->k;
    const double rj = geometry_at(lanes, 3, j), inverse_j = geometry_at(lanes, 4, j);
    const vec rk = unit_lanes(lanes, 3, k), inverse_k = unit_lanes(lanes, 4, k);
    vec pull = vec_set(0);
    if (narrow) {
        pull = sums[3] / pairs->distance;
    }
    for (int x = 0; x < 3; x++) {
        const double uj = geometry_at(lanes, x, j);
        const vec uk = unit_lanes(lanes, x, k);
        const vec between = pull * (rj * uj - rk * uk);
        double *to = lanes->forces + (size_t)x * lanes->capacity + k;
        of_j[x] += sums[1] * uj + between + sums[0] * (uk - pairs->cosine * uj) * inverse_j;
        vec_store(to, vec_load(to) + sums[2] * uk - between +
                          sums[0] * (uj - pairs->cosine * uk) * inverse_k);
    }
}

LANES_INLINE void add_radial_forces(adatom_acsf_lanes *lanes, const adatom_acsf_center *center,
                                    int type, size_t j, const double *slopes)
{
    double slope = 0;
    for (int p = center->first_pair[type]; p < center->first_pair[type + 1]; p++) {
        slope += slopes[center->pair_value[p]] * *factor_row(lanes, center->pair_factor[p], 1, j);
    }
    for (int x = 0; x < 3; x++) {
        lanes->forces[(size_t)x * lanes->capacity + j] += slope * geometry_at(lanes, x, j);
    }
}

LANES_INLINE void add_triple_forces(adatom_acsf_lanes *lanes, const adatom_acsf_center *center,
                                    int a, int b, size_t j, const double *slopes)
{
    int first, last;
    const bool narrow = triples_of(lanes, center, a, b, &first, &last);
    vec of_j[3] = {vec_set(0), vec_set(0), vec_set(0)};
    pair_lanes pairs = {.j = j, .k = a == b ? j + 1 : lanes->first[b]};
    for (; pairs.k < lanes->first[b + 1] && first < last; pairs.k += LANES) {
        vec sums[4];
        prepare_pairs(lanes, center, lanes->first[b + 1], narrow, &pairs);
        sum_slopes(lanes, center, &pairs, first, last, slopes, sums);
        add_pair_forces(lanes, &pairs, sums, narrow, of_j);
    }
    for (int x = 0; x < 3; x++) {
        for (int i = 0; i < LANES; i++) {
            lanes->forces[(size_t)x * lanes->capacity + j] += of_j[x][i];
        }
    }
}

static void acsf_contract(adatom_acsf_lanes *lanes, const adatom_environment *environment,
                          const double *slopes, double (*forces)[3])
{
    const adatom_acsf_center *center = &lanes->acsf->centers[environment->type];
    memset(forces, 0, environment->count * sizeof *forces);
    memset(lanes->forces, 0, 3 * lanes->capacity * sizeof *lanes->forces);
    for (int a = 0; a < lanes->acsf->species_count; a++) {
        for (size_t j = lanes->first[a]; j < lanes->first[a + 1]; j++) {
            add_radial_forces(lanes, center, a, j, slopes);
            for (int b = a; b < lanes->acsf->species_count; b++) {
                add_triple_forces(lanes, center, a, b, j, slopes);
            }
        }
    }
    for (size_t j = 0; j < lanes->count; j++) {
        for (size_t x = 0; x < 3; x++) {
            forces[lanes->place[j]][x] = lanes->forces[x * lanes->capacity + j];
        }
    }
}

#define ADATOM_ACSF_ISA(NAME)                                                                      \
    {                                                                                              \
        .name = NAME, .values = acsf_values, .contract = acsf_contract                             \
    }

#endif
