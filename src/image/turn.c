#include "image/view.h"

#include <math.h>
#include <string.h>

adatom_turn adatom_turn_identity(void)
{
    return (adatom_turn){.matrix = {{1, 0}, {0, 1}}};
}

static void multiply(const double a[2][2], const double b[2][2], double out[2][2])
{
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 2; k++) {
            out[i][k] = a[i][0] * b[0][k] + a[i][1] * b[1][k];
        }
    }
}

adatom_turn adatom_turn_by_angle(const adatom_grid *grid, double angle, bool mirrored)
{
    const double c = cos(angle), s = sin(angle), sign = mirrored ? -1 : 1;
    const double rotation[2][2] = {{c, s}, {-s * sign, c * sign}};
    adatom_turn turn = {.regrid = true};
    double turned[2][2];
    multiply(grid->pixel, rotation, turned);
    multiply(turned, grid->inverse, turn.matrix);
    return turn;
}

/* The steps mapped by whole numbers keep their lengths and angles (to 1 in 1000: less than half a
 * pixel over any patch). */
static bool keeps_lengths(const adatom_grid *grid, const double m[2][2])
{
    double turned[2][2];
    multiply(m, grid->pixel, turned);
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            const double(*p)[2] = grid->pixel;
            const double before = p[i][0] * p[j][0] + p[i][1] * p[j][1];
            const double after = turned[i][0] * turned[j][0] + turned[i][1] * turned[j][1];
            const double scale = hypot(p[i][0], p[i][1]) * hypot(p[j][0], p[j][1]);
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
        const double m[2][2] = {{code % 5 - 2, code / 5 % 5 - 2},
                                {code / 25 % 5 - 2, code / 125 - 2}};
        const double determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0];
        const bool fits = determinant == 1 || (mirrored && determinant == -1);
        if (fits && memcmp(m, identity.matrix, sizeof m) != 0 && keeps_lengths(grid, m)) {
            memcpy(turns[count++].matrix, m, sizeof m);
            turns[count - 1].regrid = false;
        }
    }
    return count;
}
