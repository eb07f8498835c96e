/* Structures that the tests make for themselves. */
#ifndef ADATOM_TESTS_CRYSTALS_H
#define ADATOM_TESTS_CRYSTALS_H

#include "adatom/structure.h"
#include "base/random.h"

#include "assert_near.h"

#include <math.h>
#include <string.h>

/* Copies of a motif of fractional positions, counts[k] of them along lattice vector k. */
static inline adatom_structure *make_crystal(const double cell[3][3], const bool periodic[3],
                                             const double (*motif)[3], size_t motif_size,
                                             int atomic_number, const int counts[3])
{
    adatom_structure *crystal;
    const size_t cells = (size_t)(counts[0] * counts[1] * counts[2]);
    assert_int_equal(adatom_structure_create(cells * motif_size, &crystal), ADATOM_OK);
    for (size_t i = 0; i < crystal->atom_count; i++) {
        const int copy = (int)(i / motif_size);
        const double *place = motif[i % motif_size];
        const double steps[3] = {place[0] + copy % counts[0],
                                 place[1] + copy / counts[0] % counts[1],
                                 place[2] + (double)(copy / counts[0] / counts[1])};
        crystal->atomic_numbers[i] = atomic_number;
        for (int x = 0; x < 3; x++) {
            crystal->positions[i][x] =
                steps[0] * cell[0][x] + steps[1] * cell[1][x] + steps[2] * cell[2][x];
        }
    }
    for (int k = 0; k < 3; k++) {
        for (int x = 0; x < 3; x++) {
            crystal->cell[k][x] = counts[k] * cell[k][x];
        }
        crystal->periodic[k] = periodic[k];
    }
    return crystal;
}

/* Graphene in a rectangular cell of 4 atoms; x along a bond, edges in Å. {2, 3} copies of
 * 4.27 x 2.4667 is the cell of 24 atoms of the graphene search. */
static inline adatom_structure *make_graphene(double edge_x, double edge_y, int copies_x,
                                              int copies_y)
{
    const double cell[3][3] = {{edge_x, 0, 0}, {0, edge_y, 0}, {0, 0, 10}};
    const double motif[4][3] = {
        {0, 0, 0.5}, {1.0 / 6, 0.5, 0.5}, {0.5, 0.5, 0.5}, {2.0 / 3, 0, 0.5}};
    return make_crystal(cell, (bool[3]){true, true, false}, motif, 4, 6,
                        (int[3]){copies_x, copies_y, 1});
}

/* Graphene in the oblique cell of 2 atoms. */
static inline adatom_structure *make_oblique_graphene(int copies_a, int copies_b)
{
    const double a = 2.46, cell[3][3] = {{a, 0, 0}, {a / 2, a * sqrt(0.75), 0}, {0, 0, 0}};
    const double motif[2][3] = {{0, 0, 0}, {1.0 / 3, 1.0 / 3, 0}};
    return make_crystal(cell, (bool[3]){true, true, false}, motif, 2, 6,
                        (int[3]){copies_a, copies_b, 1});
}

/* Diamond structure in the cubic cell of 8 atoms. */
static inline adatom_structure *make_diamond(int atomic_number, double a, int copies)
{
    const double cell[3][3] = {{a, 0, 0}, {0, a, 0}, {0, 0, a}};
    const double motif[8][3] = {{0, 0, 0},          {0.5, 0.5, 0},      {0.5, 0, 0.5},
                                {0, 0.5, 0.5},      {0.25, 0.25, 0.25}, {0.75, 0.75, 0.25},
                                {0.75, 0.25, 0.75}, {0.25, 0.75, 0.75}};
    return make_crystal(cell, (bool[3]){true, true, true}, motif, 8, atomic_number,
                        (int[3]){copies, copies, copies});
}

/* Face-centred cubic in the cubic cell of 4 atoms. */
static inline adatom_structure *make_fcc(int atomic_number, double a, int copies)
{
    const double cell[3][3] = {{a, 0, 0}, {0, a, 0}, {0, 0, a}};
    const double motif[4][3] = {{0, 0, 0}, {0.5, 0.5, 0}, {0.5, 0, 0.5}, {0, 0.5, 0.5}};
    return make_crystal(cell, (bool[3]){true, true, true}, motif, 4, atomic_number,
                        (int[3]){copies, copies, copies});
}

/* Moves each atom by up to `amplitude` (Å) along each axis. */
static inline void shake(adatom_structure *structure, double amplitude, uint64_t seed)
{
    adatom_random random;
    adatom_random_seed(&random, seed, 0);
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            structure->positions[i][x] += amplitude * (2 * adatom_random_uniform(&random) - 1);
        }
    }
}

/* The structure repeated counts[k] times along lattice vector k. */
static inline adatom_structure *repeat(const adatom_structure *structure, const int counts[3])
{
    const size_t size = structure->atom_count;
    adatom_structure *result;
    const size_t cells = (size_t)(counts[0] * counts[1] * counts[2]);
    assert_int_equal(adatom_structure_create(cells * size, &result), ADATOM_OK);
    for (size_t i = 0; i < result->atom_count; i++) {
        const int copy = (int)(i / size);
        const int steps[3] = {copy % counts[0], copy / counts[0] % counts[1],
                              copy / counts[0] / counts[1]};
        result->atomic_numbers[i] = structure->atomic_numbers[i % size];
        for (int x = 0; x < 3; x++) {
            result->positions[i][x] = structure->positions[i % size][x];
            for (int k = 0; k < 3; k++) {
                result->positions[i][x] += steps[k] * structure->cell[k][x];
            }
        }
    }
    for (int k = 0; k < 3; k++) {
        for (int x = 0; x < 3; x++) {
            result->cell[k][x] = counts[k] * structure->cell[k][x];
        }
        result->periodic[k] = structure->periodic[k];
    }
    return result;
}

/* A structure of atoms anywhere, some outside of the cell. */
static inline adatom_structure *make_random(size_t count, const double cell[3][3],
                                            const bool periodic[3], uint64_t seed)
{
    adatom_structure *structure;
    assert_int_equal(adatom_structure_create(count, &structure), ADATOM_OK);
    memcpy(structure->cell, cell, sizeof structure->cell);
    memcpy(structure->periodic, periodic, sizeof structure->periodic);
    adatom_random random;
    adatom_random_seed(&random, seed, 1);
    for (size_t i = 0; i < count; i++) {
        structure->atomic_numbers[i] = 6;
        for (int k = 0; k < 3; k++) {
            const double fraction = 3 * adatom_random_uniform(&random) - 1;
            for (int x = 0; x < 3; x++) {
                structure->positions[i][x] += fraction * cell[k][x];
            }
        }
    }
    return structure;
}

#endif
