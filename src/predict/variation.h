/* adatom: one structure in several views that have the same energy: moved along its periodic
 * directions, and mapped by a symmetry of its empty cell. */
#ifndef ADATOM_PREDICT_VARIATION_H
#define ADATOM_PREDICT_VARIATION_H

#include "adatom/structure.h"
#include "base/random.h"

/* position -> turn position + shift, Å */
typedef struct adatom_variation {
    double turn[3][3], shift[3];
} adatom_variation;

/* Along the first `dimensions` lattice vectors. move: by a random vector along those that are
 * periodic. turn: by one of the orthogonal maps that take lattice vectors to lattice vectors or
 * their opposites, periodic ones to periodic ones; what is within the cell stays within it. */
adatom_variation adatom_variation_draw(const adatom_structure *structure, int dimensions, bool move,
                                       bool turn, adatom_random *random);

void adatom_variation_positions(const adatom_variation *variation, size_t count,
                                const double (*positions)[3], double (*out)[3]);
/* The same for vectors, which no shift changes. */
void adatom_variation_vectors(const adatom_variation *variation, size_t count,
                              const double (*vectors)[3], double (*out)[3]);

#endif
