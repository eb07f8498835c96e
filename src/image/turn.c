#include "image/view.h"

#include <math.h>
#include <string.h>

adatom_turn adatom_turn_identity(void)
{
    return (adatom_turn){.matrix = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
}

static void multiply(const double a[3][3], const double b[3][3], double out[3][3])
{
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            out[i][k] = a[i][0] * b[0][k] + a[i][1] * b[1][k] + a[i][2] * b[2][k];
        }
    }
}

/* From a rotation of the axes: row i is where axis i comes to. */
static adatom_turn turn_by(const adatom_grid *grid, const double rotation[3][3])
{
    adatom_turn turn = {.regrid = true};
    double turned[3][3];
    multiply(grid->pixel, rotation, turned);
    multiply(turned, grid->inverse, turn.matrix);
    return turn;
}

adatom_turn adatom_turn_by_angle(const adatom_grid *grid, double angle, bool mirrored)
{
    const double c = cos(angle), s = sin(angle), sign = mirrored ? -1 : 1;
    const double rotation[3][3] = {{c, s, 0}, {-s * sign, c * sign, 0}, {0, 0, 1}};
    return turn_by(grid, rotation);
}

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* A unit vector perpendicular to the axis: of the coordinate axis that is farthest from it. */
static void perpendicular_to(const double axis[3], double out[3])
{
    int farthest = 0;
    for (int i = 1; i < 3; i++) {
        farthest = fabs(axis[i]) < fabs(axis[farthest]) ? i : farthest;
    }
    const double helper[3] = {farthest == 0, farthest == 1, farthest == 2};
    cross(axis, helper, out);
    const double length = sqrt(dot(out, out));
    for (int k = 0; k < 3; k++) {
        out[k] /= length;
    }
}

adatom_turn adatom_turn_about(const adatom_grid *grid, const double axis[3], double angle,
                              bool mirrored)
{
    double rotation[3][3], mirror[3];
    perpendicular_to(axis, mirror);
    for (int i = 0; i < 3; i++) {
        double from[3] = {i == 0, i == 1, i == 2}, around[3];
        const double across = mirrored ? 2 * mirror[i] : 0;
        for (int k = 0; k < 3; k++) {
            from[k] -= across * mirror[k];
        }
        cross(axis, from, around);
        for (int k = 0; k < 3; k++) {
            rotation[i][k] = cos(angle) * from[k] + sin(angle) * around[k] +
                             (1 - cos(angle)) * dot(axis, from) * axis[k];
        }
    }
    return turn_by(grid, rotation);
}

adatom_turn adatom_turn_in_space(const adatom_grid *grid, const double uniform[3], bool mirrored)
{
    const double full = 6.283185307179586, sign = mirrored ? -1 : 1;
    const double x = sqrt(1 - uniform[0]) * sin(full * uniform[1]),
                 y = sqrt(1 - uniform[0]) * cos(full * uniform[1]),
                 z = sqrt(uniform[0]) * sin(full * uniform[2]),
                 w = sqrt(uniform[0]) * cos(full * uniform[2]);
    const double rotation[3][3] = {
        {sign * (1 - 2 * (y * y + z * z)), sign * 2 * (x * y + w * z), sign * 2 * (x * z - w * y)},
        {sign * 2 * (x * y - w * z), sign * (1 - 2 * (x * x + z * z)), sign * 2 * (y * z + w * x)},
        {sign * 2 * (x * z + w * y), sign * 2 * (y * z - w * x), sign * (1 - 2 * (x * x + y * y))}};
    return turn_by(grid, rotation);
}

bool adatom_turn_axis(const adatom_grid *grid, adatom_turn_axes axes, double axis[3])
{
    int periodic = 0, last = 0, free = 0;
    for (int i = 0; i < 3; i++) {
        periodic += grid->cell_periodic[i];
        last = grid->cell_periodic[i] ? i : last;
        free = grid->cell_periodic[i] ? free : i;
    }
    const bool plane = grid->dimensions == 2;
    if (!plane && (axes == ADATOM_TURN_AXES_ALL ||
                   (axes == ADATOM_TURN_AXES_AUTO && periodic != 1 && periodic != 2))) {
        return false;
    }
    double found[3] = {0, 0, 1};
    if (!plane && axes == ADATOM_TURN_AXES_AUTO && periodic == 2) {
        cross(grid->pixel[(free + 1) % 3], grid->pixel[(free + 2) % 3], found);
    } else if (!plane && axes == ADATOM_TURN_AXES_AUTO) {
        memcpy(found, grid->pixel[last], sizeof found);
    }
    const double length = sqrt(dot(found, found));
    for (int k = 0; k < 3; k++) {
        axis[k] = found[k] / length;
    }
    return true;
}

/* The steps mapped by whole numbers keep their lengths and angles (to 1 in 1000: less than half a
 * pixel over any patch). */
static bool keeps_lengths(const adatom_grid *grid, const double m[3][3])
{
    double turned[3][3];
    multiply(m, grid->pixel, turned);
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            const double *p = grid->pixel[i], *q = grid->pixel[j];
            const double *u = turned[i], *v = turned[j];
            const double before = p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
            const double after = u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
            const double scale = hypot(hypot(p[0], p[1]), p[2]) * hypot(hypot(q[0], q[1]), q[2]);
            if (fabs(after - before) > 1e-3 * scale) {
                return false;
            }
        }
    }
    return true;
}

static double determinant_of(const double m[3][3])
{
    double normal[3];
    cross(m[0], m[1], normal);
    return dot(normal, m[2]);
}

/* Whether the steps along the axis stay what they are. */
static bool keeps_axis(const adatom_grid *grid, const double *axis, const double m[3][3])
{
    double steps[3], moved[3];
    for (int k = 0; k < 3 && axis != NULL; k++) {
        steps[k] = axis[0] * grid->inverse[0][k] + axis[1] * grid->inverse[1][k] +
                   axis[2] * grid->inverse[2][k];
    }
    for (int k = 0; k < 3 && axis != NULL; k++) {
        moved[k] = steps[0] * m[0][k] + steps[1] * m[1][k] + steps[2] * m[2][k] - steps[k];
        if (fabs(moved[k]) > 1e-3 * (fabs(steps[0]) + fabs(steps[1]) + fabs(steps[2]))) {
            return false;
        }
    }
    return true;
}

/* Takes the map of pixels as a turn if it is one. */
static int take_exact(const adatom_grid *grid, const double *axis, bool mirrored,
                      const double m[3][3], adatom_turn turns[ADATOM_TURNS_MAX], int count)
{
    const adatom_turn identity = adatom_turn_identity();
    const double determinant = determinant_of(m);
    const bool fits = determinant == 1 || (mirrored && determinant == -1);
    if (count < ADATOM_TURNS_MAX && fits &&
        memcmp(m, identity.matrix, sizeof identity.matrix) != 0 && keeps_lengths(grid, m) &&
        keeps_axis(grid, axis, m)) {
        memcpy(turns[count].matrix, m, sizeof identity.matrix);
        turns[count++].regrid = false;
    }
    return count;
}

static int exact_in_plane(const adatom_grid *grid, bool mirrored,
                          adatom_turn turns[ADATOM_TURNS_MAX])
{
    int count = 0;
    for (int code = 0; code < 625; code++) {
        const double m[3][3] = {
            {code % 5 - 2, code / 5 % 5 - 2, 0}, {code / 25 % 5 - 2, code / 125 - 2, 0}, {0, 0, 1}};
        count = take_exact(grid, NULL, mirrored, m, turns, count);
    }
    return count;
}

enum { STEPS = 125 };

/* Whole steps up to 2 along each direction that are as long as one pixel along `direction`. */
static int steps_as_long(const adatom_grid *grid, int direction, double steps[STEPS][3])
{
    const double length = sqrt(dot(grid->pixel[direction], grid->pixel[direction]));
    int count = 0;
    for (int code = 0; code < STEPS; code++) {
        const double step[3] = {code % 5 - 2, code / 5 % 5 - 2, code / 25 - 2};
        if (fabs(adatom_grid_length(grid, step) - length) <= 1e-3 * length) {
            memcpy(steps[count++], step, sizeof step);
        }
    }
    return count;
}

int adatom_turn_exact(const adatom_grid *grid, const double *axis, bool mirrored,
                      adatom_turn turns[ADATOM_TURNS_MAX])
{
    if (grid->dimensions == 2) {
        return exact_in_plane(grid, mirrored, turns);
    }
    double steps[3][STEPS][3];
    int counts[3], count = 0;
    for (int i = 0; i < 3; i++) {
        counts[i] = steps_as_long(grid, i, steps[i]);
    }
    for (int code = 0; code < counts[0] * counts[1] * counts[2]; code++) {
        double m[3][3];
        memcpy(m[0], steps[0][code / counts[2] / counts[1]], sizeof m[0]);
        memcpy(m[1], steps[1][code / counts[2] % counts[1]], sizeof m[1]);
        memcpy(m[2], steps[2][code % counts[2]], sizeof m[2]);
        count = take_exact(grid, axis, mirrored, (const double(*)[3])m, turns, count);
    }
    return count;
}
