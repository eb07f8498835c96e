/* adatom: convolutional networks from an image to a few numbers, in single precision: convolutions
 * with stride, in two and three dimensions, with zeros or the periodic image beyond the edges;
 * dense layers; the sum over all places.
 *
 * A network is a plain struct; weights are an array of floats that belongs to the caller, and what
 * a computation needs besides is an adatom_convnet_run. All shapes have three directions; a plane
 * has the depth 1 along the last. */
#ifndef ADATOM_NN_CONVNET_H
#define ADATOM_NN_CONVNET_H

#include "adatom/status.h"
#include "base/threads.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ADATOM_CONVNET_LAYERS_MAX = 64, ADATOM_CONVNET_WIDTH_MAX = 31 };

typedef enum adatom_convnet_kind {
    ADATOM_CONVNET_CONVOLUTION,
    ADATOM_CONVNET_DENSE, /* of all places and channels, of all shifted copies */
    ADATOM_CONVNET_SUM    /* over all places, of each channel */
} adatom_convnet_kind;

/* X(NAME, name): max(0, a); a; a or a / 100 below 0; tanh a; (a + sqrt(a^2 + 4)) / 2 - 1, which is
 * smooth, runs from -1 to a and is 0 at 0 (Barron, arXiv:2112.11687, less its value at 0) */
#define ADATOM_CONVNET_ACTIVATIONS(X)                                                              \
    X(RELU, relu)                                                                                  \
    X(LINEAR, linear)                                                                              \
    X(LEAKY, leaky)                                                                                \
    X(TANH, tanh)                                                                                  \
    X(SQUAREPLUS, squareplus)

typedef enum adatom_convnet_activation {
#define ADATOM_CONVNET_ENUM(NAME, name) ADATOM_CONVNET_##NAME,
    ADATOM_CONVNET_ACTIVATIONS(ADATOM_CONVNET_ENUM)
#undef ADATOM_CONVNET_ENUM
        ADATOM_CONVNET_ACTIVATION_COUNT
} adatom_convnet_activation;

typedef struct adatom_convnet_layer {
    adatom_convnet_kind kind;
    int outputs;       /* filters, neurons; for a sum those of the layer below */
    int width, stride; /* of a convolution, along each direction of the image */
    bool periodic;     /* what is beyond the edges; otherwise zeros */
    adatom_convnet_activation activation;
    /* filled by adatom_convnet_resolve */
    int in_size[3], out_size[3];
    size_t taps;           /* of a filter; of a dense layer the places that it sees */
    size_t in_columns;     /* inputs in memory: whole blocks, but for the image */
    size_t inputs, blocks; /* taps x in_columns; blocks of outputs */
    size_t weights_at, biases_at;
} adatom_convnet_layer;

/* Weights of a layer: [block][tap][column][16], then biases [block][16]; the first index of a tap
 * is slowest, channels come in whole blocks of 16, and what fills them up is 0. */
typedef struct adatom_convnet {
    int dimensions; /* 2 or 3 */
    bool copies;    /* the image is seen 2^dimensions times, each direction shifted by half or not;
                       all share the weights of the convolutions (Ryczko et al. 2018, Section 2.3) */
    int channels, size[3];
    int layer_count;
    adatom_convnet_layer layers[ADATOM_CONVNET_LAYERS_MAX];
    int copy_count;
    size_t weight_count;
} adatom_convnet;

/* Fills in what follows from channels, size and the layers. Padding is as TensorFlow has it: a
 * convolution of stride s gives ceil(size / s) places, and of an odd number of places beyond the
 * edges the larger half is at the end. INVALID_INPUT says which layer cannot be. */
adatom_status adatom_convnet_resolve(adatom_convnet *network);

/* Places of the image: size[0] size[1] size[2]. */
size_t adatom_convnet_places(const adatom_convnet *network);
int adatom_convnet_outputs(const adatom_convnet *network);

/* Weights with the variance 2 / inputs (He et al., arXiv:1502.01852), 3.56 / inputs above
 * squareplus, which keeps the size of values in the same way; those of the last layer a tenth of
 * that; biases 0. */
void adatom_convnet_start(const adatom_convnet *network, uint64_t seed, float *weights);

/* ---- computing */

typedef struct adatom_convnet_run adatom_convnet_run;

/* Writes image number `item`, [channel][x][y][z]; called from several threads. */
typedef void adatom_convnet_image(void *context, int item, int thread, float *image);

/* For batches of up to `batch` images; for gradients, too, if training. The team must outlive the
 * run. */
adatom_status adatom_convnet_run_create(const adatom_convnet *network, int batch, bool training,
                                        adatom_team *team, adatom_convnet_run **out);
void adatom_convnet_run_free(adatom_convnet_run *run);

/* outputs[count][network outputs]. The result of an image depends neither on the other images nor
 * on the number of threads. */
void adatom_convnet_forward(adatom_convnet_run *run, const float *weights, int count,
                            adatom_convnet_image *image, void *context, float *outputs);

/* After adatom_convnet_forward of a training run with the same weights: gradient[weight_count] of
 * sum_i slopes_i . outputs_i, slopes[count][network outputs]; image_gradient, NULL or
 * [count][channel][x][y][z], its derivative by the images. Sums are in an order that `count` alone
 * decides. */
void adatom_convnet_backward(adatom_convnet_run *run, const float *weights, const float *slopes,
                             float *gradient, float *image_gradient);

/* ---- the same by plain loops in double precision: the reference of the tests. Returns the outputs
 * of one image in outputs; OUT_OF_MEMORY. */
adatom_status adatom_convnet_plain(const adatom_convnet *network, const double *weights,
                                   const double *image, double *outputs);

#endif
