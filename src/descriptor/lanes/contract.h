/* adatom: forces from slopes, without derivatives of single values: dE/dc, then one pass over the
 * neighbours. Lanes are n for dE/dc, neighbours for the forces. */
#ifndef ADATOM_DESCRIPTOR_LANES_CONTRACT_H
#define ADATOM_DESCRIPTOR_LANES_CONTRACT_H

#include "descriptor/lanes/values.h"

/* ---- dE/dc */

static void place_slopes(adatom_density_workspace *workspace, const double *slopes)
{
    const adatom_density *density = workspace->density;
    double *products = workspace->products;
    const bool all = density->pairs == ADATOM_DENSITY_ALL;
    memset(products, 0, workspace->product_count * sizeof *products);
    for (size_t v = 0; v < density->term_count; v++) {
        const double slope = density->terms[v].factor * slopes[v];
        products[workspace->product_of[v]] += slope;
        if (all) {
            products[workspace->mirror_of[v]] += slope;
        }
    }
}

/* Adds the parts of sum_m c_nlm c'_nlm of two channels. */
LANES_INLINE void differentiate_channels(adatom_density_workspace *workspace, int k, int other,
                                         int n_count, int l_count)
{
    const size_t stride = (size_t)workspace->density->radial->stride;
    const size_t channels = (size_t)workspace->density->channel_count;
    const double *products = workspace->products + ((size_t)k * channels + (size_t)other) * stride;
    for (int l = 0; l < l_count; l++) {
        for (size_t n = 0; n < (size_t)n_count; n += LANES) {
            const vec slope = vec_load(products + (size_t)l * channels * channels * stride + n);
            LANES_UNROLL(8)
            for (size_t lm = (size_t)(l * l); lm < (size_t)((l + 1) * (l + 1)); lm++) {
                const size_t first = (size_t)k * workspace->channel + lm * stride + n;
                const size_t second = (size_t)other * workspace->channel + lm * stride + n;
                const vec a = vec_load(workspace->mixed + first);
                const vec b = vec_load(workspace->mixed + second);
                vec_store(workspace->adjoint + first,
                          vec_load(workspace->adjoint + first) + slope * b);
                vec_store(workspace->adjoint + second,
                          vec_load(workspace->adjoint + second) + slope * a);
            }
        }
    }
}

/* The same of all pairs of rows: those of one channel by those of another. */
static void differentiate_rows(adatom_density_workspace *workspace, int k, int other)
{
    const adatom_density *density = workspace->density;
    const size_t stride = (size_t)density->radial->stride;
    const size_t rows = (size_t)density->channel_count * stride;
    for (size_t l = 0; l < (size_t)density->l_count; l++) {
        const double *products =
            workspace->products + (l * rows + (size_t)other * stride) * rows + (size_t)k * stride;
        for (size_t lm = l * l; lm < (l + 1) * (l + 1); lm++) {
            const double *from =
                workspace->mixed + (size_t)other * workspace->channel + lm * stride;
            double *to = workspace->adjoint + (size_t)k * workspace->channel + lm * stride;
            for (size_t n = 0; n < (size_t)density->n_count; n += LANES) {
                vec sum = vec_load(to + n);
                for (size_t n2 = 0; n2 < (size_t)density->n_count; n2++) {
                    sum += vec_load(products + n2 * rows + n) * from[n2];
                }
                vec_store(to + n, sum);
            }
        }
    }
}

/* One channel alone: nothing is added up. */
LANES_INLINE void differentiate_single(adatom_density_workspace *workspace, int n_count,
                                       int l_count)
{
    const size_t stride = (size_t)workspace->density->radial->stride;
    LANES_UNROLL(8)
    for (int l = 0; l < l_count; l++) {
        for (size_t n = 0; n < (size_t)n_count; n += LANES) {
            const vec slope = 2 * vec_load(workspace->products + (size_t)l * stride + n);
            LANES_UNROLL(16)
            for (size_t lm = (size_t)(l * l); lm < (size_t)((l + 1) * (l + 1)); lm++) {
                vec_store(workspace->adjoint + lm * stride + n,
                          slope * vec_load(workspace->mixed + lm * stride + n));
            }
        }
    }
}

static void differentiate_all(adatom_density_workspace *workspace)
{
    const adatom_density *density = workspace->density;
    const int channels = density->channel_count;
    memset(workspace->adjoint, 0, (size_t)channels * workspace->channel * sizeof(double));
    for (int k = 0; k < channels; k++) {
        for (int other = 0; other < channels; other++) {
            if (density->pairs == ADATOM_DENSITY_ALL) {
                differentiate_rows(workspace, k, other);
            } else if (other >= k && (other == k || density->pairs == ADATOM_DENSITY_CHANNELS)) {
                differentiate_channels(workspace, k, other, density->n_count, density->l_count);
            }
        }
    }
}

static void mix_adjoint(const adatom_density_workspace *workspace)
{
    const adatom_density *density = workspace->density;
    memset(workspace->adjoint_of_species, 0,
           (size_t)density->species_count * workspace->channel * sizeof(double));
    for (int s = 0; s < density->species_count; s++) {
        double *sum = workspace->adjoint_of_species + (size_t)s * workspace->channel;
        for (int k = 0; k < density->channel_count; k++) {
            const double weight = density->weights[k * density->species_count + s];
            const double *from = workspace->adjoint + (size_t)k * workspace->channel;
            for (size_t i = 0; i < workspace->channel; i += LANES) {
                vec_store(sum + i, vec_load(sum + i) + weight * vec_load(from + i));
            }
        }
    }
}

/* ---- one pass over the neighbours */

/* Sums over l for each m: of dE/dY times Q, and times dQ/dz, for the real and imaginary part. */
typedef struct order_sums {
    vec real[ADATOM_L_MAX + 2], imaginary[ADATOM_L_MAX + 2];
    vec real_slope[ADATOM_L_MAX + 2], imaginary_slope[ADATOM_L_MAX + 2];
} order_sums;

/* sum_n dE/dc_nlm R_n and the same with the slopes of R. */
LANES_INLINE void sum_over_n(const double *adjoint, const vec *values, const vec *slopes,
                             int n_count, vec *by_value, vec *by_slope)
{
    vec a = adjoint[0] * values[0], b = adjoint[0] * slopes[0];
    LANES_UNROLL(8)
    for (int n = 1; n < n_count; n++) {
        a += adjoint[n] * values[n];
        b += adjoint[n] * slopes[n];
    }
    *by_value = a;
    *by_slope = b;
}

/* Adds order l; returns its part of dE/dr. */
LANES_INLINE vec add_order(const adatom_harmonics *harmonics, const harmonic_parts *parts, int l,
                           const double *adjoint, size_t stride, int n_count, const vec *values,
                           const vec *slopes, const double *stored, order_sums *sums)
{
    vec pull, part, by_value;
    const double *middle = adjoint + (size_t)(l * l + l) * stride;
    const double *harmonic = stored + (l * l + l) * LANES;
    sum_over_n(middle, values, slopes, n_count, &by_value, &part);
    pull = part * vec_load(harmonic);
    sums->real_slope[0] += by_value * (harmonics->slope[l][0] * parts->q[l][1]);
    LANES_UNROLL(8)
    for (int m = 1; m <= l; m++) {
        const vec turn = harmonics->slope[l][m] * parts->q[l][m + 1];
        sum_over_n(middle + (size_t)m * stride, values, slopes, n_count, &by_value, &part);
        pull += part * vec_load(harmonic + m * LANES);
        sums->real[m] += by_value * parts->q[l][m];
        sums->real_slope[m] += by_value * turn;
        sum_over_n(middle - (size_t)m * stride, values, slopes, n_count, &by_value, &part);
        pull += part * vec_load(harmonic - m * LANES);
        sums->imaginary[m] += by_value * parts->q[l][m];
        sums->imaginary_slope[m] += by_value * turn;
    }
    return pull;
}

/* dE/dposition of LANES neighbours: along the direction `pull`, and by its change. */
LANES_INLINE void finish_forces(const adatom_density_workspace *workspace, size_t slot,
                                const harmonic_parts *parts, const order_sums *sums, int l_count,
                                vec pull, vec forces[3])
{
    const vec x = vec_load(geometry_of(workspace, UNIT_X, slot));
    const vec y = vec_load(geometry_of(workspace, UNIT_Y, slot));
    const vec z = vec_load(geometry_of(workspace, UNIT_Z, slot));
    const vec inverse = vec_load(geometry_of(workspace, INVERSE, slot));
    vec fx = vec_set(0), fy = vec_set(0), fz = sums->real_slope[0];
    LANES_UNROLL(8)
    for (int m = 1; m < l_count; m++) {
        fx +=
            m * (sums->real[m] * parts->real[m - 1] + sums->imaginary[m] * parts->imaginary[m - 1]);
        fy +=
            m * (sums->imaginary[m] * parts->real[m - 1] - sums->real[m] * parts->imaginary[m - 1]);
        fz += sums->real_slope[m] * parts->real[m] + sums->imaginary_slope[m] * parts->imaginary[m];
    }
    const vec along = pull - (fx * x + fy * y + fz * z) * inverse;
    forces[0] = along * x + fx * inverse;
    forces[1] = along * y + fy * inverse;
    forces[2] = along * z + fz * inverse;
}

LANES_INLINE void force_lanes(const adatom_density_workspace *workspace, size_t slot,
                              const double *adjoint, int n_count, int l_count, vec forces[3])
{
    const adatom_density *density = workspace->density;
    const size_t stride = (size_t)density->radial->stride;
    vec values[ADATOM_L_MAX + 1], slopes[ADATOM_L_MAX + 1];
    const bool shared = has_recursion(workspace);
    if (shared) {
        bessel_functions(workspace, slot, n_count, values, slopes);
    }
    harmonic_parts parts;
    find_harmonic_parts(&density->harmonics, l_count,
                        vec_load(geometry_of(workspace, UNIT_X, slot)),
                        vec_load(geometry_of(workspace, UNIT_Y, slot)),
                        vec_load(geometry_of(workspace, UNIT_Z, slot)), &parts);
    order_sums sums;
    sums.real_slope[0] = vec_set(0);
    LANES_UNROLL(8)
    for (int m = 1; m < l_count; m++) {
        sums.real[m] = sums.imaginary[m] = vec_set(0);
        sums.real_slope[m] = sums.imaginary_slope[m] = vec_set(0);
    }
    vec pull = vec_set(0);
    LANES_UNROLL(8)
    for (int l = 0; l < l_count; l++) {
        if (!shared) {
            const size_t at = slot * workspace->row + (size_t)l * stride;
            load_columns(workspace->radial + at, workspace->row, n_count, values);
            load_columns(workspace->slopes + at, workspace->row, n_count, slopes);
        }
        pull += add_order(&density->harmonics, &parts, l, adjoint, stride, n_count, values, slopes,
                          harmonics_of(workspace, slot, l_count), &sums);
    }
    finish_forces(workspace, slot, &parts, &sums, l_count, pull, forces);
}

LANES_INLINE void contract_for(adatom_density_workspace *workspace, int n_count, int l_count,
                               const double *slopes, double (*forces)[3])
{
    const adatom_density *density = workspace->density;
    place_slopes(workspace, slopes);
    if (density->channel_count == 1 && density->pairs != ADATOM_DENSITY_ALL) {
        differentiate_single(workspace, n_count, l_count);
    } else {
        differentiate_all(workspace);
    }
    if (!density->separate) {
        mix_adjoint(workspace);
    }
    if (!has_recursion(workspace)) {
        find_slopes(workspace);
    }
    for (int s = 0; s < density->species_count; s++) {
        const double *adjoint = workspace->adjoint_of_species + (size_t)s * workspace->channel;
        for (size_t slot = workspace->first[s]; slot < workspace->last[s]; slot += LANES) {
            vec force[3];
            force_lanes(workspace, slot, adjoint, n_count, l_count, force);
            for (size_t i = 0; i < (size_t)LANES && slot + i < workspace->last[s]; i++) {
                double *to = forces[workspace->place[slot + i]];
                to[0] = force[0][i];
                to[1] = force[1][i];
                to[2] = force[2][i];
            }
        }
    }
}

static void density_contract(adatom_density_workspace *workspace,
                             const adatom_environment *environment, const double *slopes,
                             double (*forces)[3])
{
    const adatom_density *density = workspace->density;
    memset(forces, 0, environment->count * sizeof *forces);
    if (density->n_count == 5 && density->l_count == 5) {
        contract_for(workspace, 5, 5, slopes, forces);
    } else {
        contract_for(workspace, density->n_count, density->l_count, slopes, forces);
    }
}

#endif
