/* adatom: the output of the network for every pixel of a grid, in the frequency domain. */
#ifndef ADATOM_NN_MAP_H
#define ADATOM_NN_MAP_H

#include "nn/network.h"

#include <stdbool.h>

typedef struct adatom_map adatom_map;

/* For a grid of shape[0] x shape[1] x shape[2] pixels, each direction periodic or empty beyond. The
 * network must outlive the map. */
adatom_status adatom_map_create(const adatom_network *network, const int shape[3],
                                const bool periodic[3], adatom_map **out);
/* The same with the kernels of a given instruction set (nn/isa.h). */
struct adatom_isa;
adatom_status adatom_map_create_on(const struct adatom_isa *isa, const adatom_network *network,
                                   const int shape[3], const bool periodic[3], adatom_map **out);
void adatom_map_free(adatom_map *map);
/* Takes new weights and removes all points. */
void adatom_map_prepare(adatom_map *map, const float *weights);
/* Removes all points. */
void adatom_map_clear(adatom_map *map);
/* Adds a point; it may lie outside the grid (then it counts as far as the network sees it; along a
 * periodic direction it is wrapped). */
void adatom_map_add(adatom_map *map, adatom_point point);
/* q [outputs][shape[0]][shape[1]][shape[2]]. */
void adatom_map_evaluate(adatom_map *map, float *q);

#endif
