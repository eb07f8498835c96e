/* adatom: which points an output of the network is due to.
 *
 * Layer-wise relevance propagation, J. Chem. Phys. 151, 054111 (2019), Eq. 3: the output is handed
 * back from layer to layer, to each input of a neuron the share x_i w_ij that it has in the
 * neuron's sum. Where neurons have biases these take their share, too, and so does the constant
 * that the image has where there is no point; the shares of the points are what is left. Plain
 * loops in double precision. */
#ifndef ADATOM_NN_RELEVANCE_H
#define ADATOM_NN_RELEVANCE_H

#include "nn/network.h"

typedef struct adatom_relevance {
    double output;     /* tanh included */
    double background; /* of the image's constant */
    double biases;     /* of all neurons */
    double lost;       /* to tau */
} adatom_relevance;

/* Of output channel `output` at the middle pixel, points counted from there. per_point
 * [point_count]; together with background, biases and lost they sum to the output. tau >= 0 is the
 * small number that is added, with its sign, to each neuron's sum. */
adatom_status adatom_network_relevance(const adatom_network *network, const float *weights,
                                       const adatom_point *points, size_t point_count, int output,
                                       double tau, double *per_point, adatom_relevance *total);

#endif
