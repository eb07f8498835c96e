/* adatom: the loops that dense networks spend their time in, compiled once per instruction set
 * (dense_isa_*.c). All arrays are without gaps; sums are taken in the order of the plain loops. */
#ifndef ADATOM_NN_DENSE_KERNELS_H
#define ADATOM_NN_DENSE_KERNELS_H

#include <stddef.h>

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
