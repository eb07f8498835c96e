/* adatom: what the parts of convolutional networks share. */
#ifndef ADATOM_NN_CONVNET_PRIVATE_H
#define ADATOM_NN_CONVNET_PRIVATE_H

#include "nn/convnet.h"

size_t adatom_convnet_product(const int size[3]);
/* Of direction d: width and stride are 1 beyond the dimensions; how far the first filter reaches
 * beyond the edge. */
int adatom_convnet_width(const adatom_convnet *network, const adatom_convnet_layer *layer, int d);
int adatom_convnet_stride(const adatom_convnet *network, const adatom_convnet_layer *layer, int d);
int adatom_convnet_before(const adatom_convnet *network, const adatom_convnet_layer *layer, int d);

/* [out place][tap]: the place of the input that the tap sees, -1 beyond the edge. */
adatom_status adatom_convnet_sources(const adatom_convnet *network,
                                     const adatom_convnet_layer *layer, int32_t **out);

/* The same of the first layer for single numbers of the image [place][channel]: [out place][k],
 * where inputs k are filled up to whole blocks with -1. */
adatom_status adatom_convnet_numbers(const adatom_convnet *network, int32_t **out);

#endif
