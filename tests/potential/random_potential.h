/* A potential with random weights for silicon carbide, and disordered cells of it. */
#ifndef ADATOM_TESTS_RANDOM_POTENTIAL_H
#define ADATOM_TESTS_RANDOM_POTENTIAL_H

#include "../nn/cmocka_all.h"

#include "base/random.h"
#include "potential/model.h"

#include "adatom/potential.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline adatom_potential *make_potential(int members)
{
    const int species[] = {6, 14}, hidden[] = {7, 5};
    adatom_potential *potential = NULL;
    assert_int_equal(adatom_potential_create("bessel:cutoff=3.5,n_max=3,l_max=2", species, 2, 2,
                                             hidden, ADATOM_ACTIVATION_TANH, members, &potential),
                     ADATOM_OK);
    adatom_random random;
    adatom_random_seed(&random, 7, 0);
    for (size_t t = 0; t < potential->element_count; t++) {
        adatom_potential_element *element = &potential->elements[t];
        for (size_t i = 0; i < (size_t)members * element->dense.weight_count; i++) {
            element->weights[i] = 0.5 * adatom_random_normal(&random);
        }
        for (size_t i = 0; i < element->count; i++) {
            element->means[i] = 0.1 * adatom_random_normal(&random);
            element->factors[i] = 0.5 + adatom_random_uniform(&random);
        }
        element->offset = -5.0 - (double)t;
    }
    potential->energy_factor = 0.7;
    return potential;
}

/* Atoms at random places of a skewed cell, no two of them very near; small cells make an atom its
 * own neighbour. */
static inline adatom_structure *make_structure(size_t atoms, double edge, uint64_t seed)
{
    adatom_structure *structure = NULL;
    assert_int_equal(adatom_structure_create(atoms, &structure), ADATOM_OK);
    adatom_random random;
    adatom_random_seed(&random, seed, 0);
    const double cell[3][3] = {{edge, 0.1 * edge, 0}, {0, edge, 0.2 * edge}, {0.1, 0, edge}};
    memcpy(structure->cell, cell, sizeof cell);
    for (size_t i = 0; i < atoms; i++) {
        structure->atomic_numbers[i] = i % 2 == 0 ? 6 : 14;
        for (int x = 0; x < 3; x++) {
            structure->positions[i][x] = edge * adatom_random_uniform(&random);
            structure->periodic[x] = true;
        }
    }
    return structure;
}

static inline adatom_potential_engine *make_engine(const adatom_potential *potential, int threads)
{
    adatom_potential_engine *engine = NULL;
    assert_int_equal(adatom_potential_engine_create(potential, threads, &engine), ADATOM_OK);
    return engine;
}

#endif
