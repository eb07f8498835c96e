/* adatom: dense networks in single precision, to be trained in batches.
 *
 * Shapes are those of nn/dense.h. Rows of numbers are padded to multiples of ADATOM_FLOAT_PAD, and
 * weights, gradients and the optimizer's moments are arrays of the padded layout, in which the
 * padding stays 0. Sums run in one order, so that the number of threads does not change a bit. */
#ifndef ADATOM_NN_DENSE_FLOAT_H
#define ADATOM_NN_DENSE_FLOAT_H

#include "base/threads.h"
#include "nn/dense.h"

enum { ADATOM_FLOAT_PAD = 16 };

/* A network and what lies between its inputs and outputs, for one batch at a time. */
typedef struct adatom_dense_float adatom_dense_float;

/* For at most `samples` samples at once; team may be NULL: one thread. It must outlive this. */
adatom_status adatom_dense_float_create(const adatom_dense *dense, int samples, adatom_team *team,
                                        adatom_dense_float **out);
void adatom_dense_float_free(adatom_dense_float *net);

/* Length of the padded weights. */
size_t adatom_dense_float_count(const adatom_dense_float *net);
void adatom_dense_float_pack(const adatom_dense_float *net, const double *weights, float *packed);
void adatom_dense_float_unpack(const adatom_dense_float *net, const float *packed, double *weights);

/* Lengths of the padded rows of inputs and outputs. */
size_t adatom_dense_float_input_stride(const adatom_dense_float *net);
size_t adatom_dense_float_output_stride(const adatom_dense_float *net);

/* Where the caller writes the inputs, [samples][input_stride]; the padding may be anything finite.
 */
float *adatom_dense_float_inputs(adatom_dense_float *net);
/* The outputs, [count][output_stride]; valid until the next forward. */
const float *adatom_dense_float_forward(adatom_dense_float *net, const float *packed, int count);

/* Where the caller writes, after forward, how a sum S depends on the outputs,
 * [samples][output_stride]; the padding must be 0. */
float *adatom_dense_float_slopes(adatom_dense_float *net);
/* The gradient of S: with respect to the weights, overwriting gradient[weights] unless that is
 * NULL; and, where inputs is true, that with respect to the inputs is returned,
 * [count][input_stride], valid until the next backward; otherwise NULL. */
const float *adatom_dense_float_backward(adatom_dense_float *net, const float *packed, int count,
                                         float *gradient, bool inputs);

#endif
