#include "atoms/cell.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* A lattice vector is dependent if its part outside the span of the others is this much shorter. */
static const double dependent_fraction = 1e-8;

static void cross_product(const double a[3], const double b[3], double product[3])
{
    product[0] = a[1] * b[2] - a[2] * b[1];
    product[1] = a[2] * b[0] - a[0] * b[2];
    product[2] = a[0] * b[1] - a[1] * b[0];
}

static double dot_product(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static double length_of(const double a[3])
{
    return sqrt(dot_product(a, a));
}

/* a . (b x c) */
static double signed_volume(const double cell[3][3])
{
    double product[3];
    cross_product(cell[1], cell[2], product);
    return dot_product(cell[0], product);
}

double adatom_cell_volume(const double cell[3][3])
{
    return fabs(signed_volume(cell));
}

double adatom_cell_height(const double cell[3][3], int i)
{
    double product[3];
    cross_product(cell[(i + 1) % 3], cell[(i + 2) % 3], product);
    const double area = length_of(product);
    return area > 0 ? adatom_cell_volume(cell) / area : 0;
}

adatom_status adatom_cell_invert(const double cell[3][3], double inverse[3][3])
{
    const double volume = signed_volume(cell);
    const double box = length_of(cell[0]) * length_of(cell[1]) * length_of(cell[2]);
    if (!isfinite(box) || !(fabs(volume) > dependent_fraction * box)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "singular cell: its lattice vectors are dependent");
    }
    for (int k = 0; k < 3; k++) {
        double product[3];
        cross_product(cell[(k + 1) % 3], cell[(k + 2) % 3], product);
        for (int i = 0; i < 3; i++) {
            inverse[i][k] = product[i] / volume;
        }
    }
    return ADATOM_OK;
}

/* Directions that are taken: an orthonormal basis of their span. */
typedef struct span {
    double basis[3][3];
    int size;
} span;

/* Adds the vector to the span; false if it is dependent. */
static bool extend_span(span *directions, const double vector[3])
{
    double rest[3] = {vector[0], vector[1], vector[2]};
    for (int pass = 0; pass < 2; pass++) { /* twice is enough against rounding */
        for (int b = 0; b < directions->size; b++) {
            const double part = dot_product(rest, directions->basis[b]);
            for (int i = 0; i < 3; i++) {
                rest[i] -= part * directions->basis[b][i];
            }
        }
    }
    const double length = length_of(rest);
    if (!(length > dependent_fraction * length_of(vector)) || directions->size == 3) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        directions->basis[directions->size][i] = rest[i] / length;
    }
    directions->size++;
    return true;
}

/* A unit vector perpendicular to the span, along the axis that is farthest outside of it. */
static void add_perpendicular(span *directions, double vector[3])
{
    int best_axis = 0;
    double best_outside = -1;
    for (int axis = 0; axis < 3; axis++) {
        double inside = 0;
        for (int b = 0; b < directions->size; b++) {
            inside += directions->basis[b][axis] * directions->basis[b][axis];
        }
        if (1 - inside > best_outside + 1e-9) {
            best_outside = 1 - inside;
            best_axis = axis;
        }
    }
    double unit[3] = {0, 0, 0};
    unit[best_axis] = 1;
    extend_span(directions, unit);
    memcpy(vector, directions->basis[directions->size - 1], sizeof unit);
}

static bool is_finite_cell(const double cell[3][3])
{
    for (int i = 0; i < 3; i++) {
        if (!isfinite(dot_product(cell[i], cell[i]))) {
            return false;
        }
    }
    return true;
}

adatom_status adatom_cell_complete(const double cell[3][3], const bool periodic[3],
                                   double complete[3][3])
{
    if (!is_finite_cell(cell)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "a lattice vector is not finite");
    }
    span directions = {.size = 0};
    double result[3][3];
    memcpy(result, cell, sizeof result);
    for (int i = 0; i < 3; i++) {
        if (periodic[i] && !extend_span(&directions, cell[i])) {
            return adatom_fail(
                ADATOM_INVALID_INPUT,
                "singular cell: lattice vector %d is periodic, but zero or dependent "
                "on the others",
                i + 1);
        }
    }
    bool missing[3];
    for (int i = 0; i < 3; i++) {
        missing[i] = !periodic[i] && !extend_span(&directions, cell[i]);
    }
    for (int i = 0; i < 3; i++) {
        if (missing[i]) {
            add_perpendicular(&directions, result[i]);
        }
    }
    memcpy(complete, result, sizeof result);
    return ADATOM_OK;
}
