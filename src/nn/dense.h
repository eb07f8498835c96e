/* adatom: dense networks in double precision: values, gradients with respect to weights and inputs,
 * and the mixed second derivatives that training on forces needs.
 *
 * A layer is y = h(b + x W). A network is a plain struct; weights are an array of doubles that
 * belongs to the caller, and what a computation needs besides is a workspace, so that threads share
 * networks and weights without locks. All batches are [sample][value]. */
#ifndef ADATOM_NN_DENSE_H
#define ADATOM_NN_DENSE_H

#include "adatom/status.h"
#include "base/random.h"

#include <stdbool.h>
#include <stddef.h>

/* X(NAME, name): h(a) = a; tanh a; 1 / (1 + exp(-a)); max(0, a); log(1 + exp(a)); a / (1 + exp(-a))
 */
#define ADATOM_ACTIVATION_LIST(X)                                                                  \
    X(LINEAR, linear)                                                                              \
    X(TANH, tanh)                                                                                  \
    X(SIGMOID, sigmoid)                                                                            \
    X(RELU, relu)                                                                                  \
    X(SOFTPLUS, softplus)                                                                          \
    X(SILU, silu)

typedef enum adatom_activation {
#define ADATOM_ACTIVATION_ENUM(NAME, name) ADATOM_ACTIVATION_##NAME,
    ADATOM_ACTIVATION_LIST(ADATOM_ACTIVATION_ENUM)
#undef ADATOM_ACTIVATION_ENUM
        ADATOM_ACTIVATION_COUNT
} adatom_activation;

/* "tanh"; NULL if there is no such activation. */
const char *adatom_activation_name(adatom_activation activation);
/* INVALID_INPUT lists the known names. */
adatom_status adatom_activation_find(const char *name, adatom_activation *out);

enum { ADATOM_DENSE_LAYERS_MAX = 16, ADATOM_DENSE_SIZE_MAX = 1 << 20 };

typedef struct adatom_dense_layer {
    int inputs, outputs;
    adatom_activation activation;
    size_t weights; /* where W, [inputs][outputs], starts among the weights */
    size_t biases;  /* the same for b, [outputs] */
} adatom_dense_layer;

typedef struct adatom_dense {
    int layer_count;
    adatom_dense_layer layers[ADATOM_DENSE_LAYERS_MAX];
    size_t weight_count; /* biases included */
} adatom_dense;

/* layer_count + 1 sizes, from the inputs to the outputs; one activation per layer. INVALID_INPUT if
 * a size or their number is out of range. */
adatom_status adatom_dense_create(int layer_count, const int *sizes,
                                  const adatom_activation *activations, adatom_dense *out);
int adatom_dense_inputs(const adatom_dense *dense);
int adatom_dense_outputs(const adatom_dense *dense);

/* Uniform weights within sqrt(6 / (inputs + outputs)) (Glorot and Bengio, AISTATS 2010), before
 * relu within sqrt(6 / inputs) (He et al., ICCV 2015); biases are 0. */
void adatom_dense_initialize(const adatom_dense *dense, adatom_random *random, double *weights);

/* What lies between inputs and outputs, for at most `samples` samples at once. */
typedef struct adatom_dense_work adatom_dense_work;
adatom_status adatom_dense_work_create(const adatom_dense *dense, int samples,
                                       adatom_dense_work **out);
void adatom_dense_work_free(adatom_dense_work *work);

/* The outputs of count samples, [count][outputs]; valid until the next forward. */
const double *adatom_dense_forward(const adatom_dense *dense, const double *weights,
                                   adatom_dense_work *work, int count, const double *inputs);

/* How outputs change when the inputs of the last forward, which are given again, move along
 * directions, [count][inputs]: t = directions . dy/dx, [count][outputs]; valid until the next
 * tangent. */
const double *adatom_dense_tangent(const adatom_dense *dense, const double *weights,
                                   adatom_dense_work *work, int count, const double *inputs,
                                   const double *directions);

/* Where gradients go; either may be NULL. That with respect to the weights is added: to
 * weights[sample * stride ...], so that a stride of 0 sums over the samples and one of weight_count
 * keeps a row per sample. */
typedef struct adatom_dense_gradient {
    double *weights; /* [weight_count], or rows of them */
    size_t stride;
    double *inputs; /* [count][inputs], overwritten */
} adatom_dense_gradient;

/* The gradient of S = sum over samples and outputs of output_factors * y, after forward. */
void adatom_dense_backward(const adatom_dense *dense, const double *weights,
                           adatom_dense_work *work, int count, const double *inputs,
                           const double *output_factors, const adatom_dense_gradient *gradient);

/* The gradient of S = sum of output_factors * y + tangent_factors * t, after tangent: second
 * derivatives of the network. gradient->inputs is that of y and t both. */
void adatom_dense_backward_tangent(const adatom_dense *dense, const double *weights,
                                   adatom_dense_work *work, int count, const double *inputs,
                                   const double *directions, const double *output_factors,
                                   const double *tangent_factors,
                                   const adatom_dense_gradient *gradient);

#endif
