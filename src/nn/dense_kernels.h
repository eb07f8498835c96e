/* adatom: the loops that dense networks spend their time in, compiled once per instruction set
 * (dense_isa_*.c). All arrays are without gaps; sums are taken in the order of the plain loops. */
#ifndef ADATOM_NN_DENSE_KERNELS_H
#define ADATOM_NN_DENSE_KERNELS_H

#include "nn/dense.h"

#include <stddef.h>

/* A layer of nn/dense_single.h. Beyond inputs and outputs, up to the next multiple of PAD, weights
 * are 0. */
enum { ADATOM_DENSE_SINGLE_PAD = 8 };
typedef struct adatom_dense_single_layer {
    int inputs, outputs;
    size_t input_stride, output_stride; /* multiples of PAD */
    adatom_activation activation;
    double *matrix;     /* [inputs][output_stride] */
    double *transposed; /* [outputs][input_stride] */
    double *biases;     /* [output_stride], as all below */
    double *values, *slopes, *curvatures;
} adatom_dense_single_layer;

typedef struct adatom_dense_kernels {
    const char *name;
    /* out[s][o] = biases[o] + sum_k in[s][k] weights[k][o]; biases may be NULL. */
    void (*multiply)(int samples, int inputs, int outputs, const double *in, const double *weights,
                     const double *biases, double *out);
    /* out[s][k] = sum_o weights[k][o] in[s][o]. */
    void (*multiply_transposed)(int samples, int inputs, int outputs, const double *in,
                                const double *weights, double *out);
    /* weights[k][o] += sum_s in[s][k] out[s][o]. */
    void (*add_products)(int samples, int inputs, int outputs, const double *in, const double *out,
                         double *weights);
    /* squares[i][j] += sum_r rows[r][i] rows[r][j] for i of begin .. end - 1 and j <= i or a little
     * more; count columns in both. */
    void (*add_squares)(int row_count, int count, const double *rows, int begin, int end,
                        double *squares);
    /* values = biases + in . matrix; with tanh, values and slopes are those of the activation. */
    void (*single_forward)(adatom_dense_single_layer *layer, const double *in);
    /* below[k] = sum_o factors[o] slopes[o] matrix[k][o]; the slopes are used up. */
    void (*single_backward)(adatom_dense_single_layer *layer, const double *factors, double *below);
    /* The only output. */
    double (*single_output)(const adatom_dense_single_layer *layer, const double *in);
} adatom_dense_kernels;

extern const adatom_dense_kernels adatom_dense_portable;
#ifdef ADATOM_X86_KERNELS
extern const adatom_dense_kernels adatom_dense_avx2;
extern const adatom_dense_kernels adatom_dense_avx512;
#endif

/* The fastest that this processor can run, or the one that the environment variable ADATOM_ISA
 * names. */
const adatom_dense_kernels *adatom_dense_kernels_chosen(void);

#endif
