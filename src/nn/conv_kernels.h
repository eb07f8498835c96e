/* adatom: the matrix products that convolutional networks spend their time in, compiled once per
 * instruction set (conv_isa_*.c).
 *
 * A table of rows with many columns is kept in blocks of ADATOM_CONV_BLOCK columns:
 * table[column / BLOCK][row][column % BLOCK]; `stride` is the distance of two blocks in floats.
 * Weights from K inputs to N outputs are [N / BLOCK][K][BLOCK]. Every number that comes out is the
 * sum over k = 0, 1, ... in this order, whatever row it is in. */
#ifndef ADATOM_NN_CONV_KERNELS_H
#define ADATOM_NN_CONV_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum { ADATOM_CONV_BLOCK = 16 };

typedef struct adatom_conv_table {
    float *values;
    size_t stride;
} adatom_conv_table;

typedef struct adatom_conv_kernels {
    const char *name;
    /* out[r][n] = biases[n] + sum_k in[r][k] weights[k][n] for `rows` rows and all columns n of
     * `blocks` blocks; biases may be NULL. */
    void (*multiply)(size_t rows, size_t inputs, size_t blocks, adatom_conv_table in,
                     const float *weights, const float *biases, adatom_conv_table out);
    /* Fills the table `patches` (its rows, and taps x blocks of columns) with what each tap of each
     * row sees of `blocks` blocks, `stride` floats apart. Block b that tap t of row r sees starts
     * at bases[r] + b * stride + sources[r][t] * BLOCK; a source of -1 is zero. */
    void (*gather)(size_t rows, size_t taps, size_t blocks, const int32_t *const *sources,
                   float *const *bases, size_t stride, adatom_conv_table patches);
    /* The adjoint: adds the patches to where they came from. */
    void (*scatter)(size_t rows, size_t taps, size_t blocks, const int32_t *const *sources,
                    float *const *bases, size_t stride, adatom_conv_table patches);
    /* weights[k][n] += sum_r in[r][k] out[r][n]. */
    void (*add_products)(size_t rows, size_t inputs, size_t blocks, adatom_conv_table in,
                         adatom_conv_table out, float *weights);
} adatom_conv_kernels;

extern const adatom_conv_kernels adatom_conv_portable;
#ifdef ADATOM_X86_KERNELS
extern const adatom_conv_kernels adatom_conv_avx2;
extern const adatom_conv_kernels adatom_conv_avx512;
#endif

/* The kernels that this processor can run, fastest first; NULL beyond the last. */
const adatom_conv_kernels *adatom_conv_kernels_available(int index);
/* The fastest, or the one that the environment variable ADATOM_ISA names. */
const adatom_conv_kernels *adatom_conv_kernels_chosen(void);

#endif
