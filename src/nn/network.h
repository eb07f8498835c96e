/* adatom: the convolutional network, its shape and its weights. Knows nothing of atoms.
 *
 * The input is a set of points (channel, x, y, z); in a plane z is 0 and all widths along z are 1.
 * Each point puts a fixed kernel into its channel of
 * the image, then convolutions with leaky ReLU follow, and an output convolution with tanh:
 *
 *   image[c][x] = bias + sum_points kernel[c][x - point]     (other forms: nn/input.h)
 *   a_l[o][x]   = leaky(b[o] + sum_{i,k} w[o][i][k] a_{l-1}[i][x + k - centre])
 *   q[o][x]     = tanh(...)
 *
 * Beyond the grid a direction is either periodic, or the image goes on as empty space as far as the
 * network looks, so that the value at a pixel depends on its surroundings alone. The weights are
 * one array of float: for each layer w[filter][input][kx][ky][kz], then b[filter]; last what the
 * image has of its own. Maps are [channel][x][y][z]. */
#ifndef ADATOM_NN_NETWORK_H
#define ADATOM_NN_NETWORK_H

#include "base/random.h"

#include "adatom/status.h"

#include <stddef.h>

enum {
    ADATOM_LAYERS_MAX = 16,
    ADATOM_CHANNELS_MAX = 256,
    ADATOM_FILTER_WIDTH_MAX = 101,
    ADATOM_BASIS_MAX = 64
};

typedef struct adatom_layer {
    int filters;  /* outputs of the layer */
    int width[3]; /* of its filters along x, y and z, odd; a third of 0 is taken as 1 */
} adatom_layer;

typedef enum adatom_kernel_form {
    ADATOM_KERNEL_FIXED,    /* one kernel per kind of point */
    ADATOM_KERNEL_EXPANDED, /* a trained sum of basis kernels, normalized */
    ADATOM_KERNEL_POWER     /* squares of sums over points, normalized */
} adatom_kernel_form;

typedef struct adatom_kernel {
    int width[3];  /* as of a layer; {1, 1, 1} with value 1 is one-hot */
    float *values; /* [kinds of points][basis_count][width0][width1][width2]; power: real and
                      imaginary parts [kinds of points][basis_count][2][width0][width1][width2] */
    float bias;    /* of every pixel; fixed form */
    adatom_kernel_form form;
    int basis_count;                  /* 1 of the fixed form, for which 0 will do */
    float start[ADATOM_BASIS_MAX][2]; /* a coefficient starts uniform between these */
    float l1;                         /* beta1 of the L1 regularization of the coefficients */
    float momentum, epsilon;          /* of the normalization */
} adatom_kernel;

typedef struct adatom_network {
    int point_kinds;    /* channels of points */
    int input_channels; /* of the image: as many, times basis_count in the power form */
    int layer_count;    /* convolutions, the output included */
    adatom_layer layers[ADATOM_LAYERS_MAX];
    adatom_kernel kernel;                    /* owned by the network */
    float leak;                              /* slope of the leaky ReLU below 0 */
    float tanh_floor;                        /* least derivative of the tanh in the gradient */
    size_t weight_count, trained_count;      /* those behind the trained ones are averages */
    size_t filter_offset[ADATOM_LAYERS_MAX]; /* of w of each layer */
    size_t bias_offset[ADATOM_LAYERS_MAX];   /* of b of each layer */
    /* Of the image's own weights: coefficients [point_kinds][basis_count]; the rest
     * [input_channels] each, share is one number. */
    size_t coefficient_offset, scale_offset, shift_offset, mean_offset, variance_offset,
        share_offset;
} adatom_network;

/* Checks the shape, copies the kernel (without a rim that is below the rounding of float), counts
 * the weights. */
adatom_status adatom_network_create(int point_kinds, const adatom_layer *layers, int layer_count,
                                    const adatom_kernel *kernel, float leak, float tanh_floor,
                                    adatom_network **out);
void adatom_network_free(adatom_network *network);

/* Values of a filter or kernel: the product of its widths. */
size_t adatom_width_area(const int width[3]);
int adatom_network_inputs(const adatom_network *network, int layer);
int adatom_network_outputs(const adatom_network *network);
/* Pixels from the centre that a value of the output depends on, kernel included, along x, y or z.
 */
int adatom_network_reach(const adatom_network *network, int axis);

/* Uniform in +-sqrt(6 / (inputs + outputs of a filter)), biases 0 (Glorot and Bengio, AISTATS
 * 2010). */
void adatom_network_initialize(const adatom_network *network, adatom_random *random,
                               float *weights);

/* The order in which the kernels take the directions: the last one has the rows, which are real
 * before their transform. It is z in space and y in a plane, of which z is trivial and comes first;
 * arrays are the same in both orders. */
typedef struct adatom_axes {
    int order[3];
} adatom_axes;

/* Of a network on a grid or patch of this shape. */
adatom_axes adatom_axes_of(const adatom_network *network, const int shape[3]);
void adatom_axes_lay(const adatom_axes *axes, const int natural[3], int laid[3]);
/* The network with its widths in this order; values and all else are those of the given one. */
adatom_network adatom_axes_lay_network(const adatom_axes *axes, const adatom_network *network);

typedef struct adatom_point {
    int channel, x, y, z;
} adatom_point;

#endif
