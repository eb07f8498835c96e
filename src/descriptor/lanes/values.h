/* adatom: expansion coefficients and their products. Lanes are the n of the radial functions. */
#ifndef ADATOM_DESCRIPTOR_LANES_VALUES_H
#define ADATOM_DESCRIPTOR_LANES_VALUES_H

#include "descriptor/lanes/geometry.h"

/* Sums over some lm at a time, held in registers. */
enum { CHUNK = ADATOM_DOUBLES == 8 ? 13 : 6 };

/* coefficients[lm][stride] += radial times harmonics for `count` orders from lm on. */
LANES_INLINE void sum_some(const adatom_density_workspace *workspace, size_t first, size_t last,
                           int l_count, int lm, int count, size_t radial_at, double *coefficients)
{
    vec sums[CHUNK];
    LANES_UNROLL(16)
    for (int i = 0; i < count; i++) {
        sums[i] = vec_set(0);
    }
    for (size_t slot = first; slot < last; slot += LANES) {
        const double *harmonics = harmonics_of(workspace, slot, l_count) + lm * LANES;
        const double *radial = workspace->radial + slot * workspace->row + radial_at;
        const size_t lanes = last - slot < (size_t)LANES ? last - slot : (size_t)LANES;
        for (size_t j = 0; j < lanes; j++) {
            const vec value = vec_load(radial + j * workspace->row);
            LANES_UNROLL(16)
            for (int i = 0; i < count; i++) {
                sums[i] += value * harmonics[(size_t)i * LANES + j];
            }
        }
    }
    LANES_UNROLL(16)
    for (int i = 0; i < count; i++) {
        vec_store(coefficients + (size_t)(lm + i) * (size_t)workspace->density->radial->stride,
                  sums[i]);
    }
}

LANES_INLINE void sum_range(const adatom_density_workspace *workspace, size_t first, size_t last,
                            int l_count, int from, int to, size_t radial_at, double *coefficients)
{
    const int chunks = (to - from + CHUNK - 1) / CHUNK;
    const int least = (to - from) / chunks;
    int more = (to - from) % chunks;
    for (int lm = from; lm < to; more--) {
        const int count = least + (more > 0);
#define SUM(COUNT)                                                                                 \
    case COUNT:                                                                                    \
        sum_some(workspace, first, last, l_count, lm, COUNT, radial_at, coefficients);             \
        break
        switch (count) {
            SUM(1);
            SUM(2);
            SUM(3);
            SUM(4);
            SUM(5);
            SUM(6);
#if ADATOM_DOUBLES == 8
            SUM(7);
            SUM(8);
            SUM(9);
            SUM(10);
            SUM(11);
            SUM(12);
            SUM(13);
#endif
        default:
            break;
        }
#undef SUM
        lm += count;
    }
}

LANES_INLINE void expand_type(adatom_density_workspace *workspace, int s, int n_count, int l_count)
{
    const size_t first = workspace->first[s], last = workspace->last[s];
    const size_t stride = (size_t)workspace->density->radial->stride;
    double *coefficients = workspace->coefficients + (size_t)s * workspace->channel;
    for (size_t slot = first; slot < last; slot += LANES) {
        prepare_lanes(workspace, slot, n_count, l_count);
    }
    for (size_t n = 0; n < (size_t)n_count; n += LANES) {
        if (workspace->row == stride) {
            sum_range(workspace, first, last, l_count, 0, l_count * l_count, n, coefficients + n);
            continue;
        }
        for (int l = 0; l < l_count; l++) {
            sum_range(workspace, first, last, l_count, l * l, (l + 1) * (l + 1),
                      (size_t)l * stride + n, coefficients + n);
        }
    }
}

static void mix_channels(const adatom_density_workspace *workspace)
{
    const adatom_density *density = workspace->density;
    memset(workspace->mixed, 0,
           (size_t)density->channel_count * workspace->channel * sizeof(double));
    for (int k = 0; k < density->channel_count; k++) {
        double *mixed = workspace->mixed + (size_t)k * workspace->channel;
        for (int s = 0; s < density->species_count; s++) {
            const double weight = density->weights[k * density->species_count + s];
            const double *from = workspace->coefficients + (size_t)s * workspace->channel;
            for (size_t i = 0; i < workspace->channel; i += LANES) {
                vec_store(mixed + i, vec_load(mixed + i) + weight * vec_load(from + i));
            }
        }
    }
}

/* sum_m c_nlm c'_nlm of two channels. */
LANES_INLINE void multiply_channels(const adatom_density_workspace *workspace, int k, int other,
                                    int n_count, int l_count)
{
    const size_t stride = (size_t)workspace->density->radial->stride;
    const size_t channels = (size_t)workspace->density->channel_count;
    const double *a = workspace->mixed + (size_t)k * workspace->channel;
    const double *b = workspace->mixed + (size_t)other * workspace->channel;
    double *products = workspace->products + ((size_t)k * channels + (size_t)other) * stride;
    LANES_UNROLL(8)
    for (int l = 0; l < l_count; l++) {
        for (size_t n = 0; n < (size_t)n_count; n += LANES) {
            vec even = vec_set(0), odd = vec_set(0);
            size_t lm = (size_t)(l * l);
            odd = vec_load(a + lm * stride + n) * vec_load(b + lm * stride + n);
            LANES_UNROLL(8)
            for (int m = 0; m < l; m++) {
                lm++;
                even += vec_load(a + lm * stride + n) * vec_load(b + lm * stride + n);
                lm++;
                odd += vec_load(a + lm * stride + n) * vec_load(b + lm * stride + n);
            }
            vec_store(products + (size_t)l * channels * channels * stride + n, even + odd);
        }
    }
}

/* sum_m c_alm c_blm of all rows a and b of two channels. */
static void multiply_rows(const adatom_density_workspace *workspace, int k, int other)
{
    const adatom_density *density = workspace->density;
    const size_t stride = (size_t)density->radial->stride;
    const size_t rows = (size_t)density->channel_count * stride;
    const double *a = workspace->mixed + (size_t)k * workspace->channel;
    const double *b = workspace->mixed + (size_t)other * workspace->channel;
    for (size_t l = 0; l < (size_t)density->l_count; l++) {
        for (size_t n = 0; n < (size_t)density->n_count; n++) {
            double *products = workspace->products + (l * rows + (size_t)k * stride + n) * rows +
                               (size_t)other * stride;
            for (size_t n2 = 0; n2 < (size_t)density->n_count; n2 += LANES) {
                vec sum = vec_set(0);
                for (size_t lm = l * l; lm < (l + 1) * (l + 1); lm++) {
                    sum += a[lm * stride + n] * vec_load(b + lm * stride + n2);
                }
                vec_store(products + n2, sum);
            }
        }
    }
}

static void multiply_all(const adatom_density_workspace *workspace)
{
    const adatom_density *density = workspace->density;
    for (int k = 0; k < density->channel_count; k++) {
        const int last = density->pairs == ADATOM_DENSITY_SAME ? k : density->channel_count - 1;
        for (int other = k; other <= last; other++) {
            if (density->pairs == ADATOM_DENSITY_ALL) {
                multiply_rows(workspace, k, other);
            } else {
                multiply_channels(workspace, k, other, density->n_count, density->l_count);
            }
        }
    }
}

LANES_INLINE void values_for(adatom_density_workspace *workspace,
                             const adatom_environment *environment, int n_count, int l_count,
                             double *values)
{
    const adatom_density *density = workspace->density;
    for (int s = 0; s < density->species_count; s++) {
        expand_type(workspace, s, n_count, l_count);
    }
    if (density->center > 0) {
        double *own = workspace->coefficients + (size_t)environment->type * workspace->channel;
        for (int n = 0; n < n_count; n++) {
            own[n] += density->center_values[n];
        }
    }
    if (!density->separate) {
        mix_channels(workspace);
    }
    if (density->channel_count == 1 && density->pairs != ADATOM_DENSITY_ALL) {
        multiply_channels(workspace, 0, 0, n_count, l_count);
    } else {
        multiply_all(workspace);
    }
    for (size_t v = 0; v < density->term_count; v++) {
        values[v] = density->terms[v].factor * workspace->products[workspace->product_of[v]];
    }
}

static void density_values(adatom_density_workspace *workspace,
                           const adatom_environment *environment, double *values)
{
    const adatom_density *density = workspace->density;
    if (density->n_count == 5 && density->l_count == 5) { /* with all loops unrolled */
        values_for(workspace, environment, 5, 5, values);
    } else {
        values_for(workspace, environment, density->n_count, density->l_count, values);
    }
}

#endif
