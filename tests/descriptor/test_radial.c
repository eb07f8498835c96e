/* Radial functions: orthonormal, smooth at the cutoff, and as their paper writes them. */
#include "descriptor/radial.h"
#include "descriptor/spherical_bessel.h"
#include "specimens.h"

enum { INTERVALS = 4000 };

/* Overlaps of all functions of one set by Simpson's rule. */
static void check_orthonormal(const adatom_radial *radial, int set, bool basis)
{
    const int count = radial->n_count;
    const size_t row = (size_t)(radial->set_count * radial->stride);
    double *overlaps = calloc((size_t)(count * count), sizeof *overlaps);
    double *values = calloc(3 * row, sizeof *values);
    for (int i = 0; i <= INTERVALS; i++) {
        const double r = radial->cutoff * i / INTERVALS;
        const double weight = (i == 0 || i == INTERVALS ? 1
                               : i % 2 == 1             ? 4
                                                        : 2) *
                              radial->cutoff / INTERVALS / 3 * r * r;
        adatom_radial_exact(radial, r, values, values + row, values + 2 * row);
        for (int n = 0; n < count && basis; n++) {
            values[set * radial->stride + n] = adatom_radial_basis_value(radial, n, r);
        }
        for (int n = 0; n < count * count; n++) {
            overlaps[n] += weight * values[set * radial->stride + n / count] *
                           values[set * radial->stride + n % count];
        }
    }
    for (int n = 0; n < count * count; n++) {
        assert_close(overlaps[n], n / count == n % count, 1e-9);
    }
    free(overlaps);
    free(values);
}

static void functions_are_orthonormal(void **state)
{
    (void)state;
    adatom_radial *shared, *separate, *polynomial, *bessel;
    assert_int_equal(adatom_radial_create_bessel(3.7711, 9, 5, 0, &shared), ADATOM_OK);
    assert_int_equal(adatom_radial_create_bessel(3.7711, 6, 5, 1, &separate), ADATOM_OK);
    assert_int_equal(
        adatom_radial_create_soap(5, 7, 1, 0.5, ADATOM_RADIAL_POLYNOMIAL, 0.5, &polynomial),
        ADATOM_OK);
    assert_int_equal(adatom_radial_create_soap(5, 7, 1, 0.5, ADATOM_RADIAL_BESSEL, 0.5, &bessel),
                     ADATOM_OK);
    check_orthonormal(shared, 0, false);
    for (int l = 0; l < 5; l++) {
        check_orthonormal(separate, l, false);
    }
    check_orthonormal(polynomial, 0, true);
    check_orthonormal(bessel, 0, true);
    adatom_radial_free(shared);
    adatom_radial_free(separate);
    adatom_radial_free(polynomial);
    adatom_radial_free(bessel);
}

static void two_derivatives_vanish_at_the_cutoff(void **state)
{
    (void)state;
    for (int per_l = 0; per_l < 2; per_l++) {
        adatom_radial *radial;
        assert_int_equal(adatom_radial_create_bessel(3.7711, 8, 6, per_l, &radial), ADATOM_OK);
        const size_t row = (size_t)(radial->set_count * radial->stride);
        double *values = calloc(3 * row, sizeof *values);
        adatom_radial_exact(radial, radial->cutoff, values, values + row, values + 2 * row);
        assert_close(magnitude(values, row), 0, 1e-12);
        assert_close(magnitude(values + row, row), 0, 1e-11);
        assert_close(magnitude(values + 2 * row, row), 0, 1e-10);
        adatom_radial_exact(radial, 0.7 * radial->cutoff, values, values + row, values + 2 * row);
        assert_true(magnitude(values, row) > 0.01); /* and not elsewhere */
        free(values);
        adatom_radial_free(radial);
    }
}

/* The paper's f_n and recursion, with sqrt(2) pi in place of its sqrt(2 pi). */
static void the_set_for_all_l_is_that_of_the_paper(void **state)
{
    (void)state;
    const double cutoff = 3.7711, pi = acos(-1.0);
    adatom_radial *radial;
    assert_int_equal(adatom_radial_create_bessel(cutoff, 6, 3, 0, &radial), ADATOM_OK);
    double values[8], first[8], second[8];
    for (double r = 0.1; r < cutoff; r += 0.23) {
        adatom_radial_exact(radial, r, values, first, second);
        double d = 1, g = 0;
        for (int n = 0; n < 6; n++) {
            const double a = (n + 1) * pi * r / cutoff, b = (n + 2) * pi * r / cutoff;
            const double f = (n % 2 == 0 ? 1 : -1) * sqrt(2) * pi / pow(cutoff, 1.5) * (n + 1) *
                             (n + 2) / sqrt(pow(n + 1, 2) + pow(n + 2, 2)) *
                             (sin(a) / a + sin(b) / b);
            const double e = pow(n, 2) * pow(n + 2, 2) / (4 * pow(n + 1, 4) + 1);
            const double part = sqrt(e / d);
            d = n == 0 ? 1 : 1 - e / d;
            g = (f + part * g) / sqrt(d);
            assert_close(fabs(values[n]), fabs(g), 1e-12);
        }
    }
    adatom_radial_free(radial);
}

static void soap_functions_are_their_integrals(void **state)
{
    (void)state;
    /* Small r: i_0 = sinh(x) / x by hand, with Simpson's rule. */
    const double cutoff = 5, sigma = 0.4, r = 1.7, pi = acos(-1.0);
    adatom_radial *radial;
    assert_int_equal(
        adatom_radial_create_soap(cutoff, 3, 2, sigma, ADATOM_RADIAL_POLYNOMIAL, 0.5, &radial),
        ADATOM_OK);
    double values[16], first[16], second[16], before[16], behind[16];
    adatom_radial_exact(radial, r, values, first, second);
    for (int n = 0; n < 3; n++) {
        double sums[2] = {0, 0};
        for (int i = 1; i <= INTERVALS; i++) {
            const double s = cutoff * i / INTERVALS, x = r * s / (sigma * sigma);
            const double weight = (i == INTERVALS ? 1
                                   : i % 2 == 1   ? 4
                                                  : 2) *
                                  cutoff / INTERVALS / 3;
            const double gauss = exp(-(r * r + s * s) / (2 * sigma * sigma));
            const double common =
                weight * s * s * 4 * pi * gauss * adatom_radial_basis_value(radial, n, s);
            sums[0] += common * sinh(x) / x;
            sums[1] += common * (cosh(x) / x - sinh(x) / (x * x));
        }
        assert_close(values[n], sums[0], 1e-9);
        assert_close(values[radial->stride + n], sums[1], 1e-9);
    }
    adatom_radial_exact(radial, r - 1e-4, before, second, second);
    adatom_radial_exact(radial, r + 1e-4, behind, second, second);
    for (int n = 0; n < 3; n++) {
        assert_close(first[n], (behind[n] - before[n]) / 2e-4, 1e-6);
    }
    adatom_radial_free(radial);
}

static void spherical_bessel_functions_have_their_roots(void **state)
{
    (void)state;
    double roots[7 * 5], work[12], j[7];
    adatom_spherical_bessel_roots(6, 5, roots, work);
    assert_close(roots[0], acos(-1.0), 1e-14);
    assert_close(roots[5], 4.493409457909064, 1e-13); /* tan x = x */
    for (int l = 0; l <= 6; l++) {
        for (int n = 0; n < 5; n++) {
            adatom_spherical_bessel(6, roots[l * 5 + n], j);
            assert_close(j[l], 0, 1e-14);
        }
    }
    for (double x = 0.05; x < 12; x += 0.37) { /* both directions of the recursion agree */
        adatom_spherical_bessel(6, x, j);
        assert_close(j[0], sin(x) / x, 1e-14);
        assert_close(j[2], (3 / (x * x) - 1) * sin(x) / x - 3 * cos(x) / (x * x), 1e-11);
        adatom_spherical_bessel_modified(6, x, j);
        assert_close(j[0], exp(-x) * sinh(x) / x, 1e-14);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_orthonormal),
        cmocka_unit_test(two_derivatives_vanish_at_the_cutoff),
        cmocka_unit_test(the_set_for_all_l_is_that_of_the_paper),
        cmocka_unit_test(soap_functions_are_their_integrals),
        cmocka_unit_test(spherical_bessel_functions_have_their_roots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
