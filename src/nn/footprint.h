/* adatom: how much memory the kernels of a network will ask for, known before they do. */
#ifndef ADATOM_NN_FOOTPRINT_H
#define ADATOM_NN_FOOTPRINT_H

#include "nn/network.h"

#include <stdbool.h>

/* Bytes of adatom_map_create, within a tenth but for what rounding to pages adds. */
double adatom_map_bytes(const adatom_network *network, const int shape[3], const bool periodic[3]);
/* The same for adatom_trainer_create with a team of `threads`. */
double adatom_trainer_bytes(const adatom_network *network, const int size[3], int threads);

#endif
