#include "descriptor/harmonics.h"

#include <math.h>
#include <string.h>

/* sqrt((2 l + 1) / (4 pi) (l - m)! / (l + m)!), times sqrt(2) for m > 0. */
static double norm(int l, int m)
{
    double ratio = 1;
    for (int k = l - m + 1; k <= l + m; k++) {
        ratio /= k;
    }
    return sqrt((2 * l + 1) / (4 * acos(-1.0)) * ratio * (m > 0 ? 2 : 1));
}

void adatom_harmonics_prepare(int l_count, adatom_harmonics *harmonics)
{
    memset(harmonics, 0, sizeof *harmonics);
    harmonics->l_count = l_count;
    double odd_product = 1; /* (2 m - 1)!! */
    for (int m = 0; m < l_count; m++) {
        odd_product *= m > 0 ? 2 * m - 1 : 1;
        harmonics->diagonal[m] = norm(m, m) * odd_product;
        for (int l = m; l < l_count; l++) {
            if (l > m) {
                harmonics->up[l][m] = norm(l, m) / norm(l - 1, m) * (2 * l - 1) / (l - m);
                harmonics->slope[l][m] = norm(l, m) / norm(l, m + 1);
            }
            if (l > m + 1) {
                harmonics->back[l][m] = norm(l, m) / norm(l - 2, m) * (l + m - 1) / (l - m);
            }
        }
    }
}

/* Q_lm and the powers of x + iy for one direction. */
typedef struct parts {
    double q[ADATOM_L_MAX + 1][ADATOM_L_MAX + 2];
    double real[ADATOM_L_MAX + 2], imaginary[ADATOM_L_MAX + 2];
} parts;

static void find_parts(const adatom_harmonics *harmonics, const double unit[3], parts *found)
{
    memset(found, 0, sizeof *found);
    found->real[0] = 1;
    for (int m = 0; m < harmonics->l_count; m++) {
        found->real[m + 1] = unit[0] * found->real[m] - unit[1] * found->imaginary[m];
        found->imaginary[m + 1] = unit[0] * found->imaginary[m] + unit[1] * found->real[m];
        found->q[m][m] = harmonics->diagonal[m];
        for (int l = m + 1; l < harmonics->l_count; l++) {
            found->q[l][m] = harmonics->up[l][m] * unit[2] * found->q[l - 1][m] -
                             (l > m + 1 ? harmonics->back[l][m] * found->q[l - 2][m] : 0);
        }
    }
}

/* Of the polynomial in x, y, z, by them. */
static void polynomial_gradient(const adatom_harmonics *harmonics, const parts *of, int l, int m,
                                double gradient[3])
{
    const int k = m < 0 ? -m : m;
    const double q = of->q[l][k];
    const double *real = of->real, *imaginary = of->imaginary;
    gradient[0] = k == 0 ? 0 : q * k * (m > 0 ? real[k - 1] : imaginary[k - 1]);
    gradient[1] = k == 0 ? 0 : q * k * (m > 0 ? -imaginary[k - 1] : real[k - 1]);
    gradient[2] = harmonics->slope[l][k] * of->q[l][k + 1] * (m < 0 ? imaginary[k] : real[k]);
}

void adatom_harmonics_evaluate(const adatom_harmonics *harmonics, const double vector[3],
                               double *values, double (*gradients)[3])
{
    const double length =
        sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
    const double unit[3] = {vector[0] / length, vector[1] / length, vector[2] / length};
    parts found;
    find_parts(harmonics, unit, &found);
    for (int l = 0; l < harmonics->l_count; l++) {
        for (int m = -l; m <= l; m++) {
            const int at = l * l + l + m;
            values[at] = found.q[l][m < 0 ? -m : m] * (m < 0 ? found.imaginary[-m] : found.real[m]);
            if (gradients == NULL) {
                continue;
            }
            double free[3]; /* its part along the direction is no change of the direction */
            polynomial_gradient(harmonics, &found, l, m, free);
            const double along = free[0] * unit[0] + free[1] * unit[1] + free[2] * unit[2];
            for (int x = 0; x < 3; x++) {
                gradients[at][x] = (free[x] - along * unit[x]) / length;
            }
        }
    }
}
