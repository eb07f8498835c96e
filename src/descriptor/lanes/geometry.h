/* adatom: directions, harmonics and radial functions of LANES neighbours at once. */
#ifndef ADATOM_DESCRIPTOR_LANES_GEOMETRY_H
#define ADATOM_DESCRIPTOR_LANES_GEOMETRY_H

#include "descriptor/density_kernel.h"
#include "descriptor/lanes/vector.h"

#include <string.h>

/* The geometry of a workspace: what each of its six rows holds. */
enum { UNIT_X, UNIT_Y, UNIT_Z, INVERSE, FIRST_OF_R, SECOND_OF_R };

LANES_INLINE double *geometry_of(const adatom_density_workspace *workspace, int row, size_t slot)
{
    return workspace->geometry + (size_t)row * workspace->capacity + slot;
}

/* The harmonics of the neighbours in slot .. slot + LANES - 1: [lm][LANES]. */
LANES_INLINE double *harmonics_of(const adatom_density_workspace *workspace, size_t slot,
                                  int l_count)
{
    return workspace->harmonics + slot * (size_t)(l_count * l_count);
}

/* Q_lm, and (x + iy)^m. */
typedef struct harmonic_parts {
    vec q[ADATOM_L_MAX + 1][ADATOM_L_MAX + 2];
    vec real[ADATOM_L_MAX + 2], imaginary[ADATOM_L_MAX + 2];
} harmonic_parts;

LANES_INLINE void find_harmonic_parts(const adatom_harmonics *harmonics, int l_count, vec x, vec y,
                                      vec z, harmonic_parts *parts)
{
    parts->real[0] = vec_set(1);
    parts->imaginary[0] = vec_set(0);
    LANES_UNROLL(8)
    for (int m = 0; m < l_count; m++) {
        parts->real[m + 1] = x * parts->real[m] - y * parts->imaginary[m];
        parts->imaginary[m + 1] = x * parts->imaginary[m] + y * parts->real[m];
        parts->q[m][m] = vec_set(harmonics->diagonal[m]);
        parts->q[m][m + 1] = vec_set(0);
        if (m + 1 < l_count) {
            parts->q[m + 1][m] = harmonics->up[m + 1][m] * z * parts->q[m][m];
        }
        LANES_UNROLL(8)
        for (int l = m + 2; l < l_count; l++) {
            parts->q[l][m] = harmonics->up[l][m] * z * parts->q[l - 1][m] -
                             harmonics->back[l][m] * parts->q[l - 2][m];
        }
    }
}

LANES_INLINE void store_harmonics(const harmonic_parts *parts, int l_count, double *to)
{
    LANES_UNROLL(8)
    for (int l = 0; l < l_count; l++) {
        double *middle = to + (l * l + l) * LANES;
        vec_store(middle, parts->q[l][0]);
        LANES_UNROLL(8)
        for (int m = 1; m <= l; m++) {
            vec_store(middle + m * LANES, parts->q[l][m] * parts->real[m]);
            vec_store(middle - m * LANES, parts->q[l][m] * parts->imaginary[m]);
        }
    }
}

/* ---- radial functions by the recursion of the sines */

/* g_n (and dg_n/dr) of LANES neighbours from the sine and cosine of pi r / r_c. */
LANES_INLINE void bessel_functions(const adatom_density_workspace *workspace, size_t slot,
                                   int n_count, vec *values, vec *slopes)
{
    const double *alpha = workspace->recursion, *beta = alpha + n_count, *gamma = beta + n_count;
    const vec sine = vec_load(geometry_of(workspace, FIRST_OF_R, slot));
    const vec cosine = vec_load(geometry_of(workspace, SECOND_OF_R, slot));
    const vec inverse = vec_load(geometry_of(workspace, INVERSE, slot));
    const vec scale = inverse * (workspace->density->radial->cutoff / 3.14159265358979323846);
    const vec twice = 2 * cosine;
    vec s = sine, s_next = twice * sine, c = cosine, c_next = twice * cosine - 1;
    vec g = vec_set(0), h = vec_set(0);
    LANES_UNROLL(8)
    for (int n = 0; n < n_count; n++) {
        g = alpha[n] * s + beta[n] * s_next + gamma[n] * g;
        values[n] = g * scale;
        const vec s_after = twice * s_next - s;
        s = s_next;
        s_next = s_after;
        if (slopes != NULL) {
            h = (alpha[n] * (n + 1)) * c + (beta[n] * (n + 2)) * c_next + gamma[n] * h;
            slopes[n] = (h - values[n]) * inverse;
            const vec c_after = twice * c_next - c;
            c = c_next;
            c_next = c_after;
        }
    }
}

/* Rows of functions, from lanes that are neighbours to lanes that are functions. */
LANES_INLINE void store_rows(const vec *functions, int n_count, size_t stride, double *rows)
{
    LANES_UNROLL(4)
    for (int from = 0; from < n_count; from += LANES) {
        vec block[LANES];
        LANES_UNROLL(8)
        for (int i = 0; i < LANES; i++) {
            block[i] = from + i < n_count ? functions[from + i] : vec_set(0);
        }
        vec_transpose(block);
        LANES_UNROLL(8)
        for (int i = 0; i < LANES; i++) {
            vec_store(rows + (size_t)i * stride + (size_t)from, block[i]);
        }
    }
}

/* The other way. */
LANES_INLINE void load_columns(const double *rows, size_t stride, int n_count, vec *functions)
{
    for (int from = 0; from < n_count; from += LANES) {
        vec block[LANES];
        for (int i = 0; i < LANES; i++) {
            block[i] = vec_load(rows + (size_t)i * stride + (size_t)from);
        }
        vec_transpose(block);
        for (int i = 0; i < LANES && from + i < n_count; i++) {
            functions[from + i] = block[i];
        }
    }
}

/* ---- radial functions by the table, one neighbour at a time, lanes are functions */

LANES_INLINE void table_row(const adatom_density_workspace *workspace, size_t slot, bool slopes)
{
    const adatom_radial *radial = workspace->density->radial;
    const double r = *geometry_of(workspace, FIRST_OF_R, slot);
    const double place = r * (radial->piece_count / radial->cutoff);
    int piece = (int)place;
    piece = piece < radial->piece_count ? piece : radial->piece_count - 1;
    const double t = place - piece, per_width = radial->piece_count / radial->cutoff;
    const double *table = radial->table + (size_t)piece * 6 * workspace->row;
    double fade[2];
    adatom_radial_fade(radial, r, fade);
    for (size_t i = 0; i < workspace->row; i += LANES) {
        vec power[6];
        for (int k = 0; k < 6; k++) {
            power[k] = vec_load(table + (size_t)k * workspace->row + i);
        }
        vec value = power[5];
        for (int k = 4; k >= 0; k--) {
            value = value * t + power[k];
        }
        vec_store(workspace->radial + slot * workspace->row + i, value * fade[0]);
        if (slopes) {
            vec slope = 5 * power[5];
            for (int k = 4; k >= 1; k--) {
                slope = slope * t + k * power[k];
            }
            vec_store(workspace->slopes + slot * workspace->row + i,
                      slope * (per_width * fade[0]) + value * fade[1]);
        }
    }
}

/* ---- all of a neighbour */

LANES_INLINE bool has_recursion(const adatom_density_workspace *workspace)
{
    return workspace->density->radial->table == NULL;
}

/* From the vectors of LANES neighbours. */
LANES_INLINE void prepare_lanes(adatom_density_workspace *workspace, size_t slot, int n_count,
                                int l_count)
{
    vec x = vec_load(geometry_of(workspace, UNIT_X, slot));
    vec y = vec_load(geometry_of(workspace, UNIT_Y, slot));
    vec z = vec_load(geometry_of(workspace, UNIT_Z, slot));
    const vec r = vec_sqrt(x * x + y * y + z * z), inverse = 1 / r;
    x *= inverse;
    y *= inverse;
    z *= inverse;
    vec_store(geometry_of(workspace, UNIT_X, slot), x);
    vec_store(geometry_of(workspace, UNIT_Y, slot), y);
    vec_store(geometry_of(workspace, UNIT_Z, slot), z);
    vec_store(geometry_of(workspace, INVERSE, slot), inverse);
    if (has_recursion(workspace)) {
        vec sine, cosine, values[ADATOM_L_MAX + 1];
        vec_sincos(r * (3.14159265358979323846 / workspace->density->radial->cutoff), &sine,
                   &cosine);
        vec_store(geometry_of(workspace, FIRST_OF_R, slot), sine);
        vec_store(geometry_of(workspace, SECOND_OF_R, slot), cosine);
        bessel_functions(workspace, slot, n_count, values, NULL);
        store_rows(values, n_count, workspace->row, workspace->radial + slot * workspace->row);
    } else {
        vec_store(geometry_of(workspace, FIRST_OF_R, slot), r);
        for (int i = 0; i < LANES; i++) {
            table_row(workspace, slot + (size_t)i, false);
        }
    }
    harmonic_parts parts;
    find_harmonic_parts(&workspace->density->harmonics, l_count, x, y, z, &parts);
    store_harmonics(&parts, l_count, harmonics_of(workspace, slot, l_count));
}

/* The derivatives of the radial functions, where they are not known yet. */
LANES_INLINE void find_slopes(adatom_density_workspace *workspace)
{
    if (workspace->slopes_known) {
        return;
    }
    workspace->slopes_known = true;
    for (int s = 0; s < workspace->density->species_count; s++) {
        for (size_t slot = workspace->first[s]; slot < workspace->last[s]; slot += LANES) {
            if (has_recursion(workspace)) {
                vec values[ADATOM_L_MAX + 1], slopes[ADATOM_L_MAX + 1];
                bessel_functions(workspace, slot, workspace->density->n_count, values, slopes);
                store_rows(slopes, workspace->density->n_count, workspace->row,
                           workspace->slopes + slot * workspace->row);
            } else {
                for (int i = 0; i < LANES; i++) {
                    table_row(workspace, slot + (size_t)i, true);
                }
            }
        }
    }
}

#endif
