/* The radial integrals of SOAP: Bartok, Kondor, Csanyi, Phys. Rev. B 87, 184115 (2013), Eq. 29 ff.
 */
#include "base/error.h"
#include "base/memory.h"
#include "descriptor/harmonics.h"
#include "descriptor/radial_private.h"
#include "descriptor/spherical_bessel.h"

#include <math.h>

enum { NODE_COUNT = 80 };

/* Gauss-Legendre nodes and weights, by Newton's method. */
static void prepare_quadrature(double *nodes, double *weights)
{
    for (int i = 0; i < NODE_COUNT; i++) {
        double x = cos(acos(-1.0) * (i + 0.75) / (NODE_COUNT + 0.5)), slope = 1;
        for (int step = 0; step < 100; step++) {
            double here = 1, below = 0;
            for (int k = 0; k < NODE_COUNT; k++) {
                const double above = ((2 * k + 1) * x * here - k * below) / (k + 1);
                below = here;
                here = above;
            }
            slope = NODE_COUNT * (x * here - below) / (x * x - 1);
            const double change = here / slope;
            x -= change;
            if (fabs(change) < 1e-15) {
                break;
            }
        }
        nodes[i] = x;
        weights[i] = 2 / ((1 - x * x) * slope * slope);
    }
}

/* N (1 - x)^3 P_n^(6,2)(2 x - 1), x = r / r_c: the weight r^2 (1 - x)^6 is that of Jacobi's
 * polynomials, so these are what Gram-Schmidt makes of (1 - x)^3, (1 - x)^4, ... */
static double polynomial_value(int n, double cutoff, double r)
{
    const double a = 6, b = 2, x = r / cutoff, t = 2 * x - 1;
    double below = 1, here = (a + 1) + (a + b + 2) * (t - 1) / 2;
    if (n == 0) {
        here = 1;
    }
    for (int k = 2; k <= n; k++) {
        const double s = 2 * k + a + b;
        const double above = ((s - 1) * (s * (s - 2) * t + a * a - b * b) * here -
                              2 * (k + a - 1) * (k + b - 1) * s * below) /
                             (2 * k * (k + a + b) * (s - 2));
        below = here;
        here = above;
    }
    const double log_norm = (a + b + 1) * log(2.0) - log(2 * n + a + b + 1) + lgamma(n + a + 1) +
                            lgamma(n + b + 1) - lgamma(n + 1.0) - lgamma(n + a + b + 1);
    const double norm = sqrt(512 / (pow(cutoff, 3) * exp(log_norm)));
    return norm * pow(1 - x, 3) * here;
}

double adatom_radial_basis_value(const adatom_radial *radial, int n, double r)
{
    if (radial->basis == ADATOM_RADIAL_POLYNOMIAL) {
        return polynomial_value(n, radial->cutoff, r);
    }
    const double pi = acos(-1.0);
    double d = 1, value = 0;
    for (int k = 0; k <= n; k++) { /* the recursion of the paper, with the prefactor sqrt(2) pi */
        const double square = (k + 1.0) * (k + 1.0), next = (k + 2.0) * (k + 2.0);
        double j[2], f = 0;
        for (int i = 1; i <= 2; i++) {
            adatom_spherical_bessel(0, r * (k + i) * pi / radial->cutoff, j);
            f += j[0];
        }
        f *= (k % 2 == 0 ? 1 : -1) * sqrt(2.0) * pi * pow(radial->cutoff, -1.5) * (k + 1) *
             (k + 2) / sqrt(square + next);
        const double e = k * k * next / (4 * square * square + 1);
        const double part = sqrt(e / d);
        d = k == 0 ? 1 : 1 - e / d;
        value = (f + part * value) / sqrt(d);
    }
    return value;
}

/* exp(-x) times i_l, i_l', i_l'' for all l: i_l' = (l i_(l-1) + (l + 1) i_(l+1)) / (2 l + 1). */
static void modified_derivatives(int l_max, double x, double (*results)[3])
{
    double i[ADATOM_L_MAX + 3], first[ADATOM_L_MAX + 2];
    adatom_spherical_bessel_modified(l_max + 2, x, i);
    for (int l = 0; l <= l_max + 1; l++) {
        first[l] = ((l > 0 ? l * i[l - 1] : 0) + (l + 1) * i[l + 1]) / (2 * l + 1);
    }
    for (int l = 0; l <= l_max; l++) {
        results[l][0] = i[l];
        results[l][1] = first[l];
        results[l][2] = ((l > 0 ? l * first[l - 1] : 0) + (l + 1) * first[l + 1]) / (2 * l + 1);
    }
}

void adatom_radial_exact_soap(const adatom_radial *radial, double r, double *results[3])
{
    const double variance = radial->sigma * radial->sigma, reach = 9 * radial->sigma;
    const double from = fmax(0, r - reach), to = fmin(radial->cutoff, r + reach);
    const int l_max = radial->set_count - 1;
    for (int q = 0; q < radial->node_count; q++) {
        const double s = from + (to - from) * (1 + radial->quadrature[q]) / 2;
        const double weight = (to - from) / 2 * radial->quadrature[radial->node_count + q] * s * s *
                              4 * acos(-1.0) * exp(-(r - s) * (r - s) / (2 * variance));
        const double rate = s / variance, drift = -r / variance;
        double i[ADATOM_L_MAX + 1][3];
        modified_derivatives(l_max, r * rate, i);
        for (int n = 0; n < radial->n_count; n++) {
            const double factor = weight * adatom_radial_basis_value(radial, n, s);
            for (int l = 0; l <= l_max; l++) {
                const int at = l * radial->stride + n;
                const double slope = i[l][1] * rate, bend = i[l][2] * rate * rate;
                results[0][at] += factor * i[l][0];
                results[1][at] += factor * (drift * i[l][0] + slope);
                results[2][at] +=
                    factor * ((drift * drift - 1 / variance) * i[l][0] + 2 * drift * slope + bend);
            }
        }
    }
}

static adatom_status prepare_soap(adatom_radial *radial)
{
    ADATOM_TRY(
        adatom_allocate(2 * (size_t)NODE_COUNT, sizeof *radial->quadrature, &radial->quadrature));
    radial->node_count = NODE_COUNT;
    prepare_quadrature(radial->quadrature, radial->quadrature + NODE_COUNT);
    const double pieces = 24 * radial->cutoff / radial->sigma;
    return adatom_radial_tabulate(radial, (int)fmax(pieces, 32 * radial->n_count + 64));
}

adatom_status adatom_radial_create_soap(double cutoff, int n_count, int l_count, double sigma,
                                        adatom_radial_basis basis, double fade, adatom_radial **out)
{
    adatom_radial *radial;
    ADATOM_TRY(adatom_radial_start(cutoff, n_count, l_count, &radial));
    radial->sigma = sigma;
    radial->basis = basis;
    radial->fade_from = cutoff - fade;
    const adatom_status status = prepare_soap(radial);
    if (status != ADATOM_OK) {
        adatom_radial_free(radial);
        return status;
    }
    *out = radial;
    return ADATOM_OK;
}
