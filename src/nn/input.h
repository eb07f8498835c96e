/* adatom: how points become the image that the first convolution sees.
 *
 * A point of kind c puts kernels around itself; what they add up to is the raw image. Three forms
 * (J. Chem. Phys. 153, 044107 (2020)):
 *
 *   fixed     raw[c][x] = bias + sum_points kernel[c][x - point]                       (Eq. 1)
 *   expanded  the same without bias, kernel[c] = sum_k coefficient[c][k] basis[c][k]   (Eqs. 2, 4)
 *   power     raw[c, k][x] = (sum_points Re[c][k])^2 + (sum_points Im[c][k])^2         (Eq. 8)
 *
 * The raw image of the latter two is batch-normalized (Ioffe and Szegedy, arXiv:1502.03167), each
 * channel of its own:
 *
 *   image = scale (raw - mean) / sqrt(variance + epsilon) + shift
 *
 * In training mean and variance are those over all pixels of the patches of the batch, and
 * gradients go through them. Maps use averages over the updates before: after each, average += (1 -
 * momentum) / share (batch - average), share = momentum share + 1 - momentum from 0, so that the
 * first batch counts wholly, as Adam corrects its moments. Before it they are 0 and 1.
 *
 * Coefficients, scales and shifts are trained weights behind those of the convolutions; the
 * averages stand behind them, so that whoever keeps the weights keeps all. */
#ifndef ADATOM_NN_INPUT_H
#define ADATOM_NN_INPUT_H

#include "nn/network.h"

#include <stdbool.h>

/* True if the image has weights of its own: the form is not fixed. */
bool adatom_input_is_trained(const adatom_network *network);
/* True if the image is not a sum over points, so that it must be drawn before it is convolved. */
bool adatom_input_is_dense(const adatom_network *network);

/* Kernels of all kinds of points. */
size_t adatom_kernel_planes(const adatom_kernel *kernel, int point_kinds);

/* Sets the places of the weights of the image behind `offset`, and the counts. */
void adatom_input_place(adatom_network *network, size_t offset);
/* Coefficients uniform between their limits, scales 1, shifts 0, nothing averaged yet. */
void adatom_input_initialize(const adatom_network *network, adatom_random *random, float *weights);

/* values [point_kinds][area] of a fixed or an expanded kernel, bias and normalization not applied.
 */
void adatom_input_kernel(const adatom_network *network, const float *weights, float *values);

/* Of one channel: image = factor * raw + addend. */
typedef struct adatom_affine {
    float factor, addend;
} adatom_affine;

/* The normalization [input_channels] by the averages. Of a fixed form: 1 and the bias. */
void adatom_input_average(const adatom_network *network, const float *weights,
                          adatom_affine *channels);
/* By given means and variances [input_channels]. */
void adatom_input_normalize(const adatom_network *network, const float *weights,
                            const double *means, const double *variances, adatom_affine *channels);

/* What the gradient of the image's weights is made of; G is d cost / d image. All over the pixels x
 * of all patches, and over the points p of all patches where a pixel p + u lies in the patch. */
typedef struct adatom_input_sums {
    double count;               /* of pixels per channel */
    double *means, *variances;  /* [input_channels], of the raw image */
    double *gradient, *product; /* [input_channels], sums of G and G raw */
    double *seen_gradient;      /* [point_kinds][area], sum_p G[p + u]; expanded form only */
    double *seen_image, *seen;  /* the same with raw[p + u], and with 1 */
} adatom_input_sums;

/* Writes the gradients of coefficients, scales and shifts, and the batch's means and variances to
 * where the averages have their places. */
void adatom_input_gradient(const adatom_network *network, const float *weights,
                           const adatom_input_sums *sums, float *gradient);

/* Adds the L1 regularization of the coefficients (Eq. 3) to the gradient; returns its cost. */
double adatom_input_regularize(const adatom_network *network, const float *weights,
                               float *gradient);
/* Takes the batch's means and variances, that a gradient has brought, into the averages. */
void adatom_input_follow(const adatom_network *network, const float *gradient, float *weights);

#endif
