/* adatom: random structures to begin with. */
#ifndef ADATOM_GENERATE_START_H
#define ADATOM_GENERATE_START_H

#include "adatom/structure.h"
#include "base/random.h"

/* Random positions in the cell, or, without a periodic direction, in a ball: of `radius`, Å, or, if
 * that is 0, of a size around that of close-packed atoms. Atoms are no nearer than the minimum
 * distance where tries enough find such a place. */
void adatom_random_positions(const adatom_structure *structure, double radius, double minimum,
                             adatom_random *random, double (*positions)[3]);

#endif
