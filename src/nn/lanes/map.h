/* adatom: the output of the network for every pixel. One lane is one channel.
 *
 * Layer 0 is kept in real space: each point adds its stamp, the filters folded with the kernel of
 * the image (map_prepare.h), unless the image is dense (map_image.h). The other layers work in the
 * frequency domain (map_hidden.h, map_output.h). */
#ifndef ADATOM_NN_LANES_MAP_H
#define ADATOM_NN_LANES_MAP_H

#include "nn/lanes/map_output.h"

static void map_evaluate(void *state, float *q)
{
    const map_state *map = state;
    const lanes leak = lanes_set(map->network->leak);
    if (map->first_layer == map->network->layer_count) {
        output_without_hidden(map, q);
        return;
    }
    for (size_t i = 0; i < map->first_count; i++) {
        map->real[i] = map->dense ? map->first[i] : lanes_leaky_only(map->first[i], leak);
    }
    for (int l = map->first_layer; l < map->network->layer_count - 1; l++) {
        hidden_layer(map, &map->layers[l]);
    }
    output_layer(map, q);
}

#endif
