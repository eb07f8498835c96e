#include "descriptor/spherical_bessel.h"

#include <math.h>

/* Orders further up at which the downward recursion begins. */
static int start_above(int l_max, double x)
{
    return l_max + 20 + (int)fmin(x, 200);
}

/* Downward recursion f_(l-1) = (2 l + 1) / x f_l + sign f_(l+1), scaled so that f_0 is `zeroth`;
 * stable where the upward one is not (Miller). */
static void recur_downward(int l_max, double x, double sign, double *values)
{
    double above = 0, here = 1e-300;
    for (int l = start_above(l_max, x); l >= 0; l--) {
        if (l <= l_max) {
            values[l] = here;
        }
        const double below = (2 * l + 1) / x * here + sign * above;
        above = here;
        here = below;
        if (fabs(here) > 1e200) {
            here *= 1e-250;
            above *= 1e-250;
            for (int k = l; k <= l_max; k++) {
                values[k] *= 1e-250;
            }
        }
    }
}

static void scale(int l_max, double factor, double *values)
{
    for (int l = 0; l <= l_max; l++) {
        values[l] *= factor;
    }
}

/* The leading terms x^l / (2 l + 1)!!. */
static void take_small(int l_max, double x, double *values)
{
    values[0] = 1;
    for (int l = 1; l <= l_max; l++) {
        values[l] = values[l - 1] * x / (2 * l + 1);
    }
}

void adatom_spherical_bessel(int l_max, double x, double *j)
{
    if (x < 1e-8) {
        take_small(l_max, x, j);
        return;
    }
    const double zeroth = sin(x) / x;
    if (x > l_max) {
        j[0] = zeroth;
        if (l_max > 0) {
            j[1] = (zeroth - cos(x)) / x;
        }
        for (int l = 1; l < l_max; l++) {
            j[l + 1] = (2 * l + 1) / x * j[l] - j[l - 1];
        }
        return;
    }
    const double first = (zeroth - cos(x)) / x;
    recur_downward(l_max, x, -1, j);
    /* Near a root of j_0 the next order is the safer measure; l_max >= x > 3 there. */
    const double factor = fabs(zeroth) > fabs(first) || l_max < 1 ? zeroth / j[0] : first / j[1];
    scale(l_max, factor, j);
}

void adatom_spherical_bessel_modified(int l_max, double x, double *i)
{
    if (x < 1e-8) {
        take_small(l_max, x, i);
        scale(l_max, 1 - x, i);
        return;
    }
    recur_downward(l_max, x, 1, i);
    scale(l_max, -expm1(-2 * x) / (2 * x) / i[0], i);
}

/* j_l alone, for the roots: l is small and x above it. */
static double order(int l, double x)
{
    double below = sin(x) / x;
    double here = (below - cos(x)) / x;
    for (int k = 1; k < l; k++) {
        const double above = (2 * k + 1) / x * here - below;
        below = here;
        here = above;
    }
    return l == 0 ? below : here;
}

static double root_between(int l, double from, double to)
{
    const double sign = order(l, from) < 0 ? -1 : 1;
    for (int step = 0; step < 80; step++) {
        const double middle = 0.5 * (from + to);
        if (sign * order(l, middle) > 0) {
            from = middle;
        } else {
            to = middle;
        }
    }
    return 0.5 * (from + to);
}

void adatom_spherical_bessel_roots(int l_max, int count, double *roots, double *work)
{
    const double pi = acos(-1.0);
    for (int n = 0; n < count + l_max; n++) {
        work[n] = (n + 1) * pi;
    }
    for (int l = 0; l <= l_max; l++) {
        for (int n = 0; l > 0 && n < count + l_max - l; n++) {
            work[n] = root_between(l, work[n], work[n + 1]);
        }
        for (int n = 0; n < count; n++) {
            roots[l * count + n] = work[n];
        }
    }
}
