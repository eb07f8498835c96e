/* adatom: the loops of nn/dense_float.h and nn/adam_float.h, compiled once per instruction set
 * (dense_float_isa_*.c). */
#ifndef ADATOM_NN_DENSE_FLOAT_KERNELS_H
#define ADATOM_NN_DENSE_FLOAT_KERNELS_H

#include "nn/adam_float.h"
#include "nn/dense_float.h"

/* out[i][j] = start[j] + sum_k left(i, k) right[k][j], left(i, k) at left[i row + k column], for j
 * of 0 .. columns - 1, a multiple of ADATOM_FLOAT_PAD; start may be NULL: 0. */
typedef struct adatom_float_product {
    size_t columns, depth;
    const float *left;
    size_t left_row, left_column;
    const float *right;
    size_t right_stride;
    const float *start;
    float *out;
    size_t out_stride;
} adatom_float_product;

typedef struct adatom_dense_float_kernels {
    const char *name;
    /* Rows i of begin .. end - 1. */
    void (*multiply)(const adatom_float_product *product, size_t begin, size_t end);
    /* Arguments in values become h(a), slopes h'(a); count is a multiple of ADATOM_FLOAT_PAD. */
    void (*activate)(adatom_activation activation, size_t count, float *values, float *slopes);
    /* factors *= slopes. */
    void (*scale)(size_t count, const float *slopes, float *factors);
    /* to[j][i] = from[i][j]. */
    void (*transpose)(size_t rows, size_t columns, const float *from, size_t from_stride, float *to,
                      size_t to_stride);
    /* sums[j] = sum_s rows[s][j]. */
    void (*sum_rows)(size_t rows, size_t stride, const float *values, float *sums);
    void (*adam)(const adatom_adam_float_step *step, size_t count, const float *gradient,
                 float *mean, float *variance, float *weights);
} adatom_dense_float_kernels;

extern const adatom_dense_float_kernels adatom_dense_float_portable;
#ifdef ADATOM_X86_KERNELS
extern const adatom_dense_float_kernels adatom_dense_float_avx2;
extern const adatom_dense_float_kernels adatom_dense_float_avx512;
#endif

/* As adatom_dense_kernels_chosen. */
const adatom_dense_float_kernels *adatom_dense_float_kernels_chosen(void);

#endif
