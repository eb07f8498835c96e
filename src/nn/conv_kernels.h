/* adatom: the matrix products that convolutional networks spend their time in, compiled once per
 * instruction set (conv_isa_*.c).
 *
 * A table of rows with many columns is kept in blocks of ADATOM_CONV_BLOCK columns:
 * table[column / BLOCK][row][column % BLOCK]; `stride` is the distance of two blocks in floats.
 * Weights from K inputs to N outputs are [N / BLOCK][K][BLOCK]. Every number that comes out is the
 * sum over k = 0, 1, ... in this order, whatever row it is in. */
#ifndef ADATOM_NN_CONV_KERNELS_H
#define ADATOM_NN_CONV_KERNELS_H

#include "nn/convnet.h"

#include <stddef.h>
#include <stdint.h>

enum {
    ADATOM_CONV_BLOCK = 16,
    ADATOM_CONV_TILE = 6, /* edge of a tile */
    ADATOM_CONV_POINTS = ADATOM_CONV_TILE * ADATOM_CONV_TILE
};

typedef struct adatom_conv_table {
    float *values;
    size_t stride;
} adatom_conv_table;

/* What tiles are turned into: a table, its rows the tiles, for each of the ADATOM_CONV_POINTS
 * points, `point` floats apart. */
typedef struct adatom_conv_tiles {
    adatom_conv_table table;
    size_t point;
} adatom_conv_tiles;

/* Filters of the width r, as vectors of ADATOM_CONV_BLOCK: `count` vectors one after the other for
 * each of r x r taps, `tap` floats apart; and for each point, `point` floats apart. */
typedef struct adatom_conv_filters {
    float *taps, *points;
    ptrdiff_t tap;
    size_t point;
} adatom_conv_filters;

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
    /* Fills `blocks` blocks of columns with single numbers: column k of row r is
     * bases[r][sources[r][k]], or 0 where the source is -1. */
    void (*gather_numbers)(size_t rows, size_t blocks, const int32_t *const *sources,
                           float *const *bases, adatom_conv_table patches);
    /* weights[k][n] += sum_r in[r][k] out[r][n]. */
    void (*add_products)(size_t rows, size_t inputs, size_t blocks, adatom_conv_table in,
                         adatom_conv_table out, float *weights);

    /* Convolutions of stride 1 with filters of width r = 3, 4 or 5 by tiles of 6 x 6 values, which
     * give m x m places, m = 7 - r (Winograd's minimal filtering; A. Lavin and S. Gray,
     * arXiv:1509.09308): y = A^T [(G g G^T) * (B^T d B)] A, * for each of 36 points. The points
     * along one direction are the polynomials' at 0, 1, -1, 1/2, -2 and infinity, so that B is one
     * matrix for all r; these lose half a digit to the direct sum. Sources and targets are as in
     * `gather`, those of a tile row by row; -1 is zero, or nowhere. */
    /* B^T d B. */
    void (*tile_values)(size_t tiles, size_t blocks, const int32_t *const *sources,
                        float *const *bases, size_t stride, adatom_conv_tiles out);
    /* A^T M A + biases, numbers below 0 multiplied by leak; biases may be NULL. */
    void (*untile_values)(int width, size_t tiles, size_t blocks, adatom_conv_tiles in,
                          const float *biases, float leak, const int32_t *const *targets,
                          float *const *bases, size_t stride);
    /* A y A^T, the adjoint of untile_values. */
    void (*tile_slopes)(int width, size_t tiles, size_t blocks, const int32_t *const *targets,
                        float *const *bases, size_t stride, adatom_conv_tiles out);
    /* points = G taps G^T, and taps = G^T points G. */
    void (*tile_filters)(int width, size_t count, adatom_conv_filters filters);
    void (*untile_filters)(int width, size_t count, adatom_conv_filters filters);

    /* One block of values [rows][16]. */
    void (*activate)(adatom_convnet_activation activation, size_t rows, float *values);
    /* Multiplies slopes by the derivative of the activation, told from its values, and adds them up
     * over the rows: biases[16] += sum. */
    void (*differentiate)(adatom_convnet_activation activation, size_t rows, const float *values,
                          float *slopes, float *biases);
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
