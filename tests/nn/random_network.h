/* Networks, weights and points for the tests of the network. */
#ifndef ADATOM_TESTS_RANDOM_NETWORK_H
#define ADATOM_TESTS_RANDOM_NETWORK_H

#include "cmocka_all.h"

#include "base/random.h"
#include "nn/network.h"

#include <stdlib.h>

typedef struct network_shape {
    const char *name;
    int inputs;
    int layer_count;
    adatom_layer layers[6];
    int kernel[3]; /* a third of 0 stands for 1 */
    float bias;
    adatom_kernel_form form;
    int basis; /* of a form that is not fixed */
} network_shape;

static inline adatom_network *make_network(const network_shape *shape, adatom_random *random)
{
    const int depth = shape->kernel[2] > 0 ? shape->kernel[2] : 1;
    const int basis = shape->basis > 0 ? shape->basis : 1;
    const int parts = shape->form == ADATOM_KERNEL_POWER ? 2 : 1;
    const int count = shape->inputs * basis * parts * shape->kernel[0] * shape->kernel[1] * depth;
    float *values = malloc(sizeof(float) * (size_t)count);
    for (int i = 0; i < count; i++) {
        values[i] = (float)adatom_random_uniform(random);
    }
    adatom_kernel kernel = {.width = {shape->kernel[0], shape->kernel[1], shape->kernel[2]},
                            .values = values,
                            .bias = shape->bias,
                            .form = shape->form,
                            .basis_count = shape->basis,
                            .l1 = 0.25f,
                            .momentum = 0.75f,
                            .epsilon = 1e-3f};
    for (int k = 0; k < basis; k++) { /* of both signs, away from the corner of |c| */
        kernel.start[k][0] = k % 2 == 0 ? 0.25f : -0.75f;
        kernel.start[k][1] = k % 2 == 0 ? 1 : -0.25f;
    }
    adatom_network *network = NULL;
    assert_int_equal(adatom_network_create(shape->inputs, shape->layers, shape->layer_count,
                                           &kernel, 0.2f, 0.0f, &network),
                     ADATOM_OK);
    free(values);
    return network;
}

/* Weights large enough that all activations matter and the tanh is not flat; biases not 0. */
static inline float *make_weights(const adatom_network *network, adatom_random *random)
{
    float *weights = malloc(sizeof(float) * network->weight_count);
    adatom_network_initialize(network, random, weights);
    for (int l = 0; l < network->layer_count; l++) {
        for (int filter = 0; filter < network->layers[l].filters; filter++) {
            weights[network->bias_offset[l] + (size_t)filter] =
                (float)(0.2 * adatom_random_normal(random));
        }
    }
    if (network->kernel.form != ADATOM_KERNEL_FIXED) { /* nothing of the normalization is 0 or 1 */
        for (size_t i = network->scale_offset; i < network->weight_count; i++) {
            weights[i] = (float)(0.5 + adatom_random_uniform(random));
        }
    }
    return weights;
}

static inline void make_points(const adatom_network *network, const int low[3], const int high[3],
                               int count, adatom_random *random, adatom_point *points)
{
    for (int i = 0; i < count; i++) {
        points[i] = (adatom_point){
            .channel = (int)adatom_random_below(random, (uint64_t)network->point_kinds),
            .x = low[0] + (int)adatom_random_below(random, (uint64_t)(high[0] - low[0])),
            .y = low[1] + (int)adatom_random_below(random, (uint64_t)(high[1] - low[1])),
            .z = high[2] - low[2] < 2
                     ? low[2]
                     : low[2] + (int)adatom_random_below(random, (uint64_t)(high[2] - low[2]))};
    }
}

#endif
