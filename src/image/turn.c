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

adatom_turn adatom_turn_by_angle(const adatom_grid *grid, double angle, bool mirrored)
{
    const double c = cos(angle), s = sin(angle), sign = mirrored ? -1 : 1;
    const double rotation[3][3] = {{c, s, 0}, {-s * sign, c * sign, 0}, {0, 0, 1}};
    adatom_turn turn = {.regrid = true};
    double turned[3][3];
    multiply(grid->pixel, rotation, turned);
    multiply(turned, grid->inverse, turn.matrix);
    return turn;
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

int adatom_turn_exact(const adatom_grid *grid, bool mirrored, adatom_turn turns[ADATOM_TURNS_MAX])
{
    const adatom_turn identity = adatom_turn_identity();
    int count = 0;
    for (int code = 0; code < 625 && count < ADATOM_TURNS_MAX; code++) {
        const double m[3][3] = {
            {code % 5 - 2, code / 5 % 5 - 2, 0}, {code / 25 % 5 - 2, code / 125 - 2, 0}, {0, 0, 1}};
        const double determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0];
        const bool fits = determinant == 1 || (mirrored && determinant == -1);
        if (fits && memcmp(m, identity.matrix, sizeof m) != 0 && keeps_lengths(grid, m)) {
            memcpy(turns[count++].matrix, m, sizeof m);
            turns[count - 1].regrid = false;
        }
    }
    return count;
}
