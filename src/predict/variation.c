#include "predict/variation.h"

#include "atoms/cell.h"

#include <math.h>
#include <string.h>

enum { SYMMETRIES_MAX = 48 };

/* Lattice vector d goes to sign[d] times lattice vector to[d]. */
typedef struct lattice_symmetry {
    int to[3];
    double sign[3];
} lattice_symmetry;

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* In the plane, what the image leaves out is a vector of its own. */
static void take_cell(const adatom_structure *structure, int dimensions, double cell[3][3])
{
    memcpy(cell, structure->cell, sizeof structure->cell);
    if (dimensions == 2) {
        memcpy(cell[2], (const double[3]){0, 0, 1}, sizeof cell[2]);
    }
}

static bool is_symmetry(double cell[3][3], const bool periodic[3], const lattice_symmetry *s)
{
    for (int d = 0; d < 3; d++) {
        if (periodic[d] != periodic[s->to[d]]) {
            return false;
        }
        for (int e = 0; e <= d; e++) {
            const double before = dot(cell[d], cell[e]);
            const double after = s->sign[d] * s->sign[e] * dot(cell[s->to[d]], cell[s->to[e]]);
            const double size = sqrt(dot(cell[d], cell[d]) * dot(cell[e], cell[e]));
            if (!(fabs(before - after) <= 1e-6 * size)) {
                return false;
            }
        }
    }
    return true;
}

/* All of them, in a fixed order; the first is the identity. */
static size_t list_symmetries(const adatom_structure *structure, int dimensions,
                              lattice_symmetry out[SYMMETRIES_MAX])
{
    static const int orders[6][3] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1},
                                     {2, 1, 0}, {1, 2, 0}, {2, 0, 1}};
    double cell[3][3];
    take_cell(structure, dimensions, cell);
    size_t count = 0;
    for (int o = 0; o < (dimensions == 3 ? 6 : 2); o++) {
        for (int signs = 0; signs < 1 << dimensions; signs++) {
            lattice_symmetry *s = &out[count];
            for (int d = 0; d < 3; d++) {
                s->to[d] = orders[o][d];
                s->sign[d] = (signs >> d & 1) != 0 ? -1 : 1;
            }
            count += is_symmetry(cell, structure->periodic, s) ? 1 : 0;
        }
    }
    return count;
}

/* turn = sum_d (sign_d a_to(d)) x b_d, with the reciprocal vectors b_d. */
static void add_turn(const adatom_structure *structure, int dimensions, const lattice_symmetry *s,
                     adatom_variation *out)
{
    double cell[3][3], inverse[3][3];
    take_cell(structure, dimensions, cell);
    if (adatom_cell_invert(cell, inverse) != ADATOM_OK) {
        return; /* no image has such a cell */
    }
    memset(out->turn, 0, sizeof out->turn);
    for (int d = 0; d < 3; d++) {
        const double *to = cell[s->to[d]];
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 3; k++) {
                out->turn[i][k] += s->sign[d] * to[i] * inverse[k][d];
            }
            out->shift[i] += s->sign[d] < 0 ? to[i] : 0;
        }
    }
}

adatom_variation adatom_variation_draw(const adatom_structure *structure, int dimensions, bool move,
                                       bool turn, adatom_random *random)
{
    adatom_variation out = {.turn = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    for (int d = 0; move && d < dimensions; d++) {
        const double share = adatom_random_uniform(random);
        for (int k = 0; k < 3 && structure->periodic[d]; k++) {
            out.shift[k] += share * structure->cell[d][k];
        }
    }
    if (turn) {
        lattice_symmetry symmetries[SYMMETRIES_MAX];
        const size_t count = list_symmetries(structure, dimensions, symmetries);
        add_turn(structure, dimensions, &symmetries[adatom_random_below(random, count)], &out);
    }
    return out;
}

void adatom_variation_positions(const adatom_variation *variation, size_t count,
                                const double (*positions)[3], double (*out)[3])
{
    for (size_t a = 0; a < count; a++) {
        const double from[3] = {positions[a][0], positions[a][1], positions[a][2]};
        for (int k = 0; k < 3; k++) {
            out[a][k] = dot(variation->turn[k], from) + variation->shift[k];
        }
    }
}

void adatom_variation_vectors(const adatom_variation *variation, size_t count,
                              const double (*vectors)[3], double (*out)[3])
{
    adatom_variation still = *variation;
    memset(still.shift, 0, sizeof still.shift);
    adatom_variation_positions(&still, count, vectors, out);
}
