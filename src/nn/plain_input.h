/* adatom: the image and its gradients by plain loops in double precision (nn/input.h). */
#ifndef ADATOM_NN_PLAIN_INPUT_H
#define ADATOM_NN_PLAIN_INPUT_H

#include "nn/input.h"
#include "nn/trainer.h"

/* Draws the raw image [input_channels][size0][size1][size2] of points that count from pixel
 * `origin`. scratch [2][size0][size1][size2]. */
void adatom_plain_draw(const adatom_network *network, const float *weights, const int size[3],
                       const adatom_point *points, size_t point_count, const int origin[3],
                       double *scratch, double *raw);

/* The raw images of a batch and the gradients of its normalized ones. */
typedef struct adatom_plain_batch {
    int sample_count;
    int size[3];
    double *raw, *gradient;    /* [sample_count][input_channels][size0][size1][size2] */
    double *means, *variances; /* [input_channels]; of a fixed form 0 and 1 */
} adatom_plain_batch;

adatom_status adatom_plain_batch_create(const adatom_network *network, const int size[3],
                                        int sample_count, adatom_plain_batch *out);
void adatom_plain_batch_clear(adatom_plain_batch *batch);
/* Draws the samples, their centres in the middle, and takes means and variances. scratch as above.
 */
void adatom_plain_batch_draw(const adatom_network *network, const float *weights,
                             const adatom_sample *samples, double *scratch,
                             adatom_plain_batch *batch);

/* The image that the network sees: raw, normalized unless the form is fixed. */
void adatom_plain_normalize(const adatom_network *network, const float *weights,
                            const double *means, const double *variances, size_t pixels,
                            const double *raw, double *image);

/* Adds the gradients of the image's weights, which go through means and variances. */
void adatom_plain_input_gradient(const adatom_network *network, const float *weights,
                                 const adatom_sample *samples, const adatom_plain_batch *batch,
                                 double *weight_gradient);

#endif
