#include "generate/hop.h"

#include "atoms/cell.h"

#include <math.h>
#include <stdlib.h>

enum { L = ADATOM_POOLED_LANES, MOST = 12 };

static size_t draw_below(adatom_random *random, size_t count)
{
    const size_t drawn = (size_t)(adatom_random_uniform(random) * (double)count);
    return drawn < count ? drawn : count - 1;
}

/* ---- exchanges */

static bool has_one_element(const adatom_structure *structure)
{
    for (size_t i = 1; i < structure->atom_count; i++) {
        if (structure->atomic_numbers[i] != structure->atomic_numbers[0]) {
            return false;
        }
    }
    return true;
}

static void exchange(const adatom_structure *structure, adatom_random *random, double *variables,
                     int lane)
{
    const size_t first = draw_below(random, structure->atom_count);
    size_t second = first;
    while (structure->atomic_numbers[second] == structure->atomic_numbers[first]) {
        second = draw_below(random, structure->atom_count);
    }
    for (size_t x = 0; x < 3; x++) {
        double *a = &variables[(3 * first + x) * L + (size_t)lane];
        double *b = &variables[(3 * second + x) * L + (size_t)lane];
        const double kept = *a;
        *a = *b;
        *b = kept;
    }
}

/* ---- noise */

static void add_noise(double noise, adatom_random *random, double *variables, int lane,
                      size_t first, size_t last)
{
    for (size_t k = first; k < last; k++) {
        variables[k * L + (size_t)lane] += noise * adatom_random_normal(random);
    }
}

/* The square of the distance of two atoms, of the image that is nearest by the fractions. */
static double square_between(const adatom_structure *s, const double inverse[3][3], size_t i,
                             size_t j)
{
    double d[3], square = 0;
    for (int x = 0; x < 3; x++) {
        d[x] = s->positions[j][x] - s->positions[i][x];
    }
    double folded[3] = {d[0], d[1], d[2]};
    for (int k = 0; k < 3; k++) {
        const double fraction = d[0] * inverse[0][k] + d[1] * inverse[1][k] + d[2] * inverse[2][k];
        const double whole = s->periodic[k] ? floor(fraction + 0.5) : 0;
        for (int x = 0; x < 3; x++) {
            folded[x] -= whole * s->cell[k][x];
        }
    }
    for (int x = 0; x < 3; x++) {
        square += folded[x] * folded[x];
    }
    return square;
}

/* The square of the distance of the farthest of the nearest MOST atoms about one, itself counted.
 */
static double reach_about(const adatom_structure *s, const double inverse[3][3], size_t center)
{
    double nearest[MOST];
    size_t count = 0;
    for (size_t j = 0; j < s->atom_count; j++) {
        const double square = square_between(s, inverse, center, j);
        size_t at = count < MOST ? count++ : MOST;
        for (; at > 0 && square < nearest[at - 1]; at--) {
            if (at < MOST) {
                nearest[at] = nearest[at - 1];
            }
        }
        if (at < MOST) {
            nearest[at] = square;
        }
    }
    return nearest[count - 1];
}

static void add_noise_about(const adatom_structure *s, double noise, adatom_random *random,
                            double *variables, int lane)
{
    double cell[3][3], inverse[3][3] = {{0}};
    const size_t center = draw_below(random, s->atom_count);
    if (s->periodic[0] || s->periodic[1] || s->periodic[2]) {
        if (adatom_cell_complete((const double(*)[3])s->cell, s->periodic, cell) != ADATOM_OK ||
            adatom_cell_invert((const double(*)[3])cell, inverse) != ADATOM_OK) {
            return; /* a cell without volume: nothing is near */
        }
    }
    const double reach = reach_about(s, (const double(*)[3])inverse, center);
    for (size_t j = 0; j < s->atom_count; j++) {
        if (square_between(s, (const double(*)[3])inverse, center, j) <= reach) {
            add_noise(noise, random, variables, lane, 3 * j, 3 * j + 3);
        }
    }
}

void adatom_hop(const adatom_global *f, double noise, adatom_random *random,
                adatom_structure *scratch, double *variables, int lane)
{
    const size_t atoms = scratch->atom_count, places = 3 * atoms;
    if (!has_one_element(scratch) && adatom_random_uniform(random) < 0.25) {
        exchange(scratch, random, variables, lane);
        add_noise(0.25 * noise, random, variables, lane, 0, f->variables);
        return;
    }
    if (atoms <= MOST) {
        add_noise(noise, random, variables, lane, 0, f->variables);
        return;
    }
    adatom_global_place(f, variables, lane, scratch);
    add_noise_about(scratch, noise, random, variables, lane);
    add_noise(0.25 * noise, random, variables, lane, places, f->variables);
}
