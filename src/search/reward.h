/* adatom: energies to rewards. */
#ifndef ADATOM_SEARCH_REWARD_H
#define ADATOM_SEARCH_REWARD_H

#include <stddef.h>

/* Scales energies (eV; not finite where there is none) linearly to rewards in [-1, 1]: the lowest
 * has 1 and, if window > 0, energies `window` eV above it or more have -1; if window is 0, the
 * highest has -1 (J. Chem. Phys. 151, 054111 (2019), Methods). Equal energies all have 1, no energy
 * has -1. */
void adatom_reward_scale(const double *energies, size_t count, double window, double *rewards);

#endif
