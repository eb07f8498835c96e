/* adatom: random moves from one structure to another nearby, to descend from. */
#ifndef ADATOM_GENERATE_HOP_H
#define ADATOM_GENERATE_HOP_H

#include "base/random.h"
#include "generate/global.h"

/* Noise of this standard deviation, Å, on the atoms and the variables of the cell; of more than
 * twelve atoms on the twelve about one of them that is drawn. With several elements every fourth
 * time two atoms of different ones change places instead, with a quarter of the noise. scratch
 * is a structure of these atoms; variables[variables][lanes], of which the lane is changed. */
void adatom_hop(const adatom_global *fingerprint, double noise, adatom_random *random,
                adatom_structure *scratch, double *variables, int lane);

#endif
