#include "descriptor/radial.h"

#include "base/error.h"
#include "base/memory.h"
#include "descriptor/harmonics.h"
#include "descriptor/radial_private.h"
#include "descriptor/spherical_bessel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void adatom_radial_free(adatom_radial *radial)
{
    if (radial == NULL) {
        return;
    }
    free(radial->roots);
    free(radial->coefficients);
    free(radial->quadrature);
    free(radial->table);
    free(radial);
}

adatom_status adatom_radial_start(double cutoff, int n_count, int set_count, adatom_radial **out)
{
    adatom_radial *radial;
    ADATOM_TRY(adatom_allocate(1, sizeof *radial, &radial));
    *radial = (adatom_radial){.cutoff = cutoff,
                              .n_count = n_count,
                              .set_count = set_count,
                              .stride = (n_count + 7) / 8 * 8,
                              .fade_from = cutoff};
    *out = radial;
    return ADATOM_OK;
}

/* ---- sums of spherical Bessel functions */

/* Row n of the coefficients: f_nl, then Gram-Schmidt, of which only the step before counts since
 * f_nl is orthogonal to all others. */
static void orthonormalize(adatom_radial *radial, int l)
{
    const int n_count = radial->n_count;
    const double *u = radial->roots + (size_t)l * (size_t)(n_count + 1);
    double *rows = radial->coefficients + (size_t)l * (size_t)(n_count * (n_count + 1));
    double d = 1, peak[ADATOM_L_MAX + 2];
    for (int n = 0; n < n_count; n++) {
        double *row = rows + (size_t)n * (size_t)(n_count + 1);
        for (int k = n; k <= n + 1; k++) {
            adatom_spherical_bessel(l + 1, u[k], peak);
            const double scale =
                sqrt(2 / (pow(radial->cutoff, 3) * (u[n] * u[n] + u[n + 1] * u[n + 1])));
            row[k] = scale * (k == n ? u[n + 1] : -u[n]) / peak[l + 1];
        }
        if (n == 0) {
            continue;
        }
        const double e =
            u[n - 1] * u[n - 1] * u[n + 1] * u[n + 1] /
            ((u[n - 1] * u[n - 1] + u[n] * u[n]) * (u[n] * u[n] + u[n + 1] * u[n + 1]));
        const double part = sqrt(e / d); /* minus the overlap of f_n and g_(n-1) */
        d = 1 - e / d;
        for (int k = 0; k <= n + 1; k++) {
            const double before = row[k - n_count - 1]; /* the same column of row n - 1 */
            row[k] = (row[k] + part * before) / sqrt(d);
        }
    }
}

static adatom_status prepare_bessel(adatom_radial *radial)
{
    const int count = radial->n_count + 1, l_max = radial->set_count - 1;
    double *work;
    ADATOM_TRY(adatom_allocate((size_t)(count * radial->set_count), sizeof *radial->roots,
                               &radial->roots));
    ADATOM_TRY(adatom_allocate((size_t)(radial->set_count * radial->n_count * count),
                               sizeof *radial->coefficients, &radial->coefficients));
    ADATOM_TRY(adatom_allocate((size_t)(count + l_max), sizeof *work, &work));
    adatom_spherical_bessel_roots(l_max, count, radial->roots, work);
    free(work);
    for (int l = 0; l <= l_max; l++) {
        orthonormalize(radial, l);
    }
    return ADATOM_OK;
}

adatom_status adatom_radial_create_bessel(double cutoff, int n_count, int l_count, int per_l,
                                          adatom_radial **out)
{
    adatom_radial *radial;
    ADATOM_TRY(adatom_radial_start(cutoff, n_count, per_l ? l_count : 1, &radial));
    adatom_status status = prepare_bessel(radial);
    if (status == ADATOM_OK && per_l) {
        const int last = radial->set_count * (n_count + 1) - 1; /* the highest root */
        status = adatom_radial_tabulate(radial, 64 + (int)(36 * radial->roots[last]));
    }
    if (status != ADATOM_OK) {
        adatom_radial_free(radial);
        return status;
    }
    *out = radial;
    return ADATOM_OK;
}

/* j_l and its derivatives with respect to its argument. */
static void bessel_derivatives(int l, double x, double result[3])
{
    double j[ADATOM_L_MAX + 4];
    adatom_spherical_bessel(l + 2, x, j);
    /* j_l' = (l j_(l-1) - (l + 1) j_(l+1)) / (2 l + 1), twice: nothing is divided by x. */
    const double below = l > 0 ? j[l - 1] : 0, two_below = l > 1 ? j[l - 2] : 0;
    const double first_below = l > 0 ? ((l - 1) * two_below - l * j[l]) / (2 * l - 1) : 0;
    const double first_above = ((l + 1) * j[l] - (l + 2) * j[l + 2]) / (2 * l + 3);
    result[0] = j[l];
    result[1] = (l * below - (l + 1) * j[l + 1]) / (2 * l + 1);
    result[2] = (l * first_below - (l + 1) * first_above) / (2 * l + 1);
}

static void exact_bessel(const adatom_radial *radial, double r, double *results[3])
{
    const int n_count = radial->n_count;
    for (int l = 0; l < radial->set_count; l++) {
        for (int k = 0; k <= n_count; k++) {
            const double rate = radial->roots[l * (n_count + 1) + k] / radial->cutoff;
            double j[3];
            bessel_derivatives(l, rate * r, j);
            j[1] *= rate;
            j[2] *= rate * rate;
            for (int n = k > 0 ? k - 1 : 0; n < n_count; n++) {
                const double c = radial->coefficients[(l * n_count + n) * (n_count + 1) + k];
                for (int order = 0; order < 3; order++) {
                    results[order][l * radial->stride + n] += c * j[order];
                }
            }
        }
    }
}

/* ---- what all have */

void adatom_radial_exact(const adatom_radial *radial, double r, double *values, double *first,
                         double *second)
{
    double *results[3] = {values, first, second};
    for (int order = 0; order < 3; order++) {
        memset(results[order], 0,
               (size_t)(radial->set_count * radial->stride) * sizeof *results[order]);
    }
    if (radial->coefficients != NULL) {
        exact_bessel(radial, r, results);
    } else {
        adatom_radial_exact_soap(radial, r, results);
    }
}

void adatom_radial_fade(const adatom_radial *radial, double r, double fade[2])
{
    fade[0] = 1;
    fade[1] = 0;
    if (r > radial->fade_from) {
        const double width = radial->cutoff - radial->fade_from;
        const double t = fmin((r - radial->fade_from) / width, 1);
        fade[0] = 1 - t * t * t * (10 - t * (15 - 6 * t));
        fade[1] = -30 * t * t * (1 - t) * (1 - t) / width;
    }
}

/* The piece in t = 0 .. 1 with value, slope and curvature (times the width and its square) given
 * at both ends. */
static void quintic(const double at[2][3], double power[6])
{
    const double d = at[1][0] - at[0][0] - at[0][1] - at[0][2] / 2;
    const double e = at[1][1] - at[0][1] - at[0][2];
    const double f = at[1][2] - at[0][2];
    power[0] = at[0][0];
    power[1] = at[0][1];
    power[2] = at[0][2] / 2;
    power[3] = 10 * d - 4 * e + f / 2;
    power[4] = -15 * d + 7 * e - f;
    power[5] = 6 * d - 3 * e + f / 2;
}

adatom_status adatom_radial_tabulate(adatom_radial *radial, int piece_count)
{
    const size_t row = (size_t)(radial->set_count * radial->stride);
    const double width = radial->cutoff / piece_count;
    double *knots; /* [piece_count + 1][3][row] */
    ADATOM_TRY(adatom_allocate_aligned((size_t)piece_count * 6 * row, sizeof *radial->table,
                                       &radial->table));
    ADATOM_TRY(adatom_allocate((size_t)(piece_count + 1) * 3 * row, sizeof *knots, &knots));
    for (int p = 0; p <= piece_count; p++) {
        double *knot = knots + (size_t)p * 3 * row;
        adatom_radial_exact(radial, p * width, knot, knot + row, knot + 2 * row);
    }
    for (int p = 0; p < piece_count; p++) {
        for (size_t i = 0; i < row; i++) {
            double at[2][3], power[6];
            for (int end = 0; end < 2; end++) {
                const double *knot = knots + (size_t)(p + end) * 3 * row + i;
                at[end][0] = knot[0];
                at[end][1] = knot[row] * width;
                at[end][2] = knot[2 * row] * width * width;
            }
            quintic((const double(*)[3])at, power);
            for (int k = 0; k < 6; k++) {
                radial->table[((size_t)p * 6 + (size_t)k) * row + i] = power[k];
            }
        }
    }
    free(knots);
    radial->piece_count = piece_count;
    return ADATOM_OK;
}
