/* adatom: networks as a YAML list of layers, from the image to the numbers:
 *
 *   - copies: shifted                 the image shifted by half along each direction or not
 *   - conv: {filters: 64, width: 3, stride: 2, edges: zero, activation: relu}
 *   - dense: {neurons: 1024, activation: relu}
 *   - sum                             over all places
 *
 * stride 1, edges zero (or periodic) and activation relu need not be given. */
#ifndef ADATOM_PREDICT_NETWORK_TEXT_H
#define ADATOM_PREDICT_NETWORK_TEXT_H

#include "nn/convnet.h"

/* Fills in copies and the layers; name stands for the file in messages "NAME:LINE: ...". */
adatom_status adatom_network_text_read(const char *text, size_t length, const char *name,
                                       adatom_convnet *out);
/* The list with every value given; free with free(). */
adatom_status adatom_network_text_print(const adatom_convnet *network, char **out);

#endif
