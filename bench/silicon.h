/* Diamond of silicon for the comparisons. */
#ifndef ADATOM_BENCH_SILICON_H
#define ADATOM_BENCH_SILICON_H

#include "adatom/structure.h"
#include "base/random.h"

/* cells^3 cubic cells of 8 atoms, which are moved as much as at 300 K; NULL: no memory. */
static inline adatom_structure *make_silicon(int cells)
{
    const double a = 5.431, amplitude = 0.08;
    const double basis[8][3] = {{0, 0, 0},          {0, 0.5, 0.5},      {0.5, 0, 0.5},
                                {0.5, 0.5, 0},      {0.25, 0.25, 0.25}, {0.25, 0.75, 0.75},
                                {0.75, 0.25, 0.75}, {0.75, 0.75, 0.25}};
    const int atoms = 8 * cells * cells * cells;
    adatom_structure *silicon;
    adatom_random random;
    if (adatom_structure_create((size_t)atoms, &silicon) != ADATOM_OK) {
        return NULL;
    }
    adatom_random_seed(&random, 1, 0);
    for (int i = 0; i < atoms; i++) {
        const int cell[3] = {i / 8 % cells, i / 8 / cells % cells, i / 8 / cells / cells};
        for (int x = 0; x < 3; x++) {
            silicon->positions[i][x] =
                a * (cell[x] + basis[i % 8][x]) + amplitude * adatom_random_normal(&random);
        }
        silicon->atomic_numbers[i] = 14;
    }
    for (int x = 0; x < 3; x++) {
        silicon->cell[x][x] = cells * a;
        silicon->periodic[x] = true;
    }
    return silicon;
}

#endif
