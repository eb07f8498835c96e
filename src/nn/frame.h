/* adatom: how a convolution over a grid becomes products of spectra, per layer and direction. */
#ifndef ADATOM_NN_FRAME_H
#define ADATOM_NN_FRAME_H

#include "nn/network.h"

#include <stdbool.h>

/* One direction of one layer: `in` values are transformed with `length` >= in, `out` come back.
 *
 *   on the torus  in = length = out = grid; the filter is wrapped around its centre
 *   with a halo   the periodic grid is continued by half a filter at each side: in = out + width -
 * 1 empty space   the input is known as far as it matters: in = out + width - 1, no halo */
typedef struct adatom_frame {
    int in, out, length;
    int source; /* values that the layer before gives */
    int halo;   /* input value u is source value (u - halo) mod source */
    int centre; /* tap j of the filter stands at (centre - j) mod length */
} adatom_frame;

/* The first layer that works in the frequency domain: 1, for layer 0 is added up in real space,
 * unless the image is dense (nn/input.h). */
int adatom_frame_first_layer(const adatom_network *network);

/* The frames of the layers from that one on along all directions, periodic directions by the
 * cheaper of the first two ways. */
void adatom_frames_choose(const adatom_network *network, const int shape[3], const bool periodic[3],
                          adatom_frame frames[ADATOM_LAYERS_MAX][3]);

/* Values of the input of that layer along a direction, and how many of them lie before the first
 * grid point. */
int adatom_frame_first_size(const adatom_network *network, int axis, int shape, bool periodic);
int adatom_frame_first_margin(const adatom_network *network, int axis, bool periodic);

#endif
