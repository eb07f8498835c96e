#include "generate/strain.h"

#include "atoms/cell.h"
#include "base/error.h"
#include "generate/pooled.h"

#include <math.h>
#include <string.h>

enum { L = ADATOM_POOLED_LANES };

static const double smallest = 0.5, largest = 2; /* volumes, of that of the reference */

adatom_status adatom_strain_create(const adatom_structure *structure, adatom_strain *strain)
{
    const bool *periodic = structure->periodic;
    const double volume = adatom_cell_volume((const double(*)[3])structure->cell);
    if (!periodic[0] || !periodic[1] || !periodic[2] || !(volume > 0)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "system.free_cell: expected a cell that is periodic in three "
                           "directions");
    }
    memcpy(strain->reference, structure->cell, sizeof strain->reference);
    strain->length = cbrt(volume);
    strain->atom_count = structure->atom_count;
    return ADATOM_OK;
}

void adatom_strain_matrix(const adatom_strain *strain, const double *variables, int lane,
                          double matrix[3][3])
{
    const double *s = variables + 3 * strain->atom_count * L + (size_t)lane;
    for (size_t k = 0; k < ADATOM_STRAIN_COUNT; k++) {
        matrix[k / 3][k % 3] = (k / 3 == k % 3 ? 1 : 0) + s[k * L] / strain->length;
    }
}

static void multiply(const double row[3], const double matrix[3][3], double out[3])
{
    for (int x = 0; x < 3; x++) {
        out[x] = row[0] * matrix[0][x] + row[1] * matrix[1][x] + row[2] * matrix[2][x];
    }
}

void adatom_strain_apply(const adatom_strain *strain, const double *variables, int lane,
                         adatom_structure *out)
{
    double matrix[3][3];
    adatom_strain_matrix(strain, variables, lane, matrix);
    for (int i = 0; i < 3; i++) {
        multiply(strain->reference[i], (const double(*)[3])matrix, out->cell[i]);
    }
    for (size_t i = 0; i < strain->atom_count; i++) {
        double place[3];
        for (size_t x = 0; x < 3; x++) {
            place[x] = variables[(3 * i + x) * L + (size_t)lane];
        }
        multiply(place, (const double(*)[3])matrix, out->positions[i]);
    }
}

static double determinant(const double m[3][3])
{
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
           m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

void adatom_strain_guard(const adatom_strain *strain, double *variables, int lane)
{
    double matrix[3][3];
    double *s = variables + 3 * strain->atom_count * L + (size_t)lane;
    adatom_strain_matrix(strain, variables, lane, matrix);
    const double volume = determinant((const double(*)[3])matrix);
    if (volume >= smallest && volume <= largest) {
        return;
    }
    const double wanted = fmin(fmax(volume, smallest), largest);
    const double scale = volume > 0.01 ? cbrt(wanted / volume) : 0;
    for (size_t k = 0; k < ADATOM_STRAIN_COUNT; k++) {
        const double one = k / 3 == k % 3 ? 1 : 0;
        s[k * L] = scale > 0 ? strain->length * (scale * matrix[k / 3][k % 3] - one) : 0;
    }
}

/* With x = y F: d/dy = d/dx F^T, and with r = rho F: d/dF = sum rho (x) d/dr = F^-T virial. */
adatom_status adatom_strain_rows(const adatom_strain *strain, const double matrix[3][3],
                                 size_t row_count, double *rows)
{
    const size_t places = 3 * strain->atom_count, width = places + ADATOM_STRAIN_COUNT;
    double inverse[3][3];
    ADATOM_TRY(adatom_cell_invert(matrix, inverse));
    for (size_t r = 0; r < row_count; r++) {
        double *row = rows + r * width, *virial = row + places, turned[ADATOM_STRAIN_COUNT];
        for (size_t i = 0; i < strain->atom_count; i++) {
            const double slope[3] = {row[3 * i], row[3 * i + 1], row[3 * i + 2]};
            for (size_t x = 0; x < 3; x++) {
                row[3 * i + x] =
                    slope[0] * matrix[x][0] + slope[1] * matrix[x][1] + slope[2] * matrix[x][2];
            }
        }
        for (size_t k = 0; k < ADATOM_STRAIN_COUNT; k++) {
            const size_t a = k / 3, b = k % 3;
            turned[k] = inverse[0][a] * virial[b] + inverse[1][a] * virial[3 + b] +
                        inverse[2][a] * virial[6 + b];
        }
        for (size_t k = 0; k < ADATOM_STRAIN_COUNT; k++) {
            virial[k] = turned[k] / strain->length;
        }
    }
    return ADATOM_OK;
}
