/* adatom: the kernels of convolutional networks (nn/conv_kernels.h). A tile of rows and columns of
 * the result stays in registers while the inputs go by: one vector of weights, or of outputs, meets
 * one number of each row. */
#ifndef ADATOM_NN_LANES_CONV_H
#define ADATOM_NN_LANES_CONV_H

#include "nn/conv_kernels.h"
#include "nn/lanes/conv_activation.h"
#include "nn/lanes/conv_tiles.h"
#include "nn/lanes/lanes.h"

enum {
    /* As many as leave registers for weights: 32 of AVX-512, 16 of the others. */
    CONV_ROWS = ADATOM_LANES == 16 ? 12 : 12 / CONV_VECTORS,
    CONV_WIDE_ROWS = ADATOM_LANES == 16 ? 6 : 0,         /* with four blocks at once; 0: never */
    CONV_WIDEST = ADATOM_LANES == 16 ? 4 : CONV_VECTORS, /* vectors of all blocks of a tile */
    CONV_INPUTS = ADATOM_LANES == 16 ? 16 : 8 / CONV_VECTORS
};

LANES_INLINE void conv_start(int rows, int blocks, const float *biases,
                             lanes sums[CONV_ROWS][CONV_WIDEST])
{
    for (int v = 0; v < blocks * CONV_VECTORS; v++) {
        const lanes start = biases != NULL ? lanes_load(biases + v * LANES) : lanes_zero();
        for (int r = 0; r < rows; r++) {
            sums[r][v] = start;
        }
    }
}

/* rows and blocks are constants where this is used. */
LANES_INLINE void conv_tile(int rows, int blocks, size_t inputs, adatom_conv_table in,
                            const float *weights, const float *biases, adatom_conv_table out)
{
    lanes sums[CONV_ROWS][CONV_WIDEST];
    conv_start(rows, blocks, biases, sums);
    for (size_t first = 0; first < inputs; first += CONV_BLOCK) {
        const float *x = in.values + first / CONV_BLOCK * in.stride;
        const size_t count = inputs - first < CONV_BLOCK ? inputs - first : CONV_BLOCK;
        for (size_t k = 0; k < count; k++) {
            lanes w[CONV_WIDEST];
            for (int v = 0; v < blocks * CONV_VECTORS; v++) {
                w[v] = lanes_load(weights + (size_t)(v / CONV_VECTORS) * inputs * CONV_BLOCK +
                                  (first + k) * CONV_BLOCK + (size_t)(v % CONV_VECTORS) * LANES);
            }
            for (int r = 0; r < rows; r++) {
                const lanes value = lanes_set(x[(size_t)r * CONV_BLOCK + k]);
                for (int v = 0; v < blocks * CONV_VECTORS; v++) {
                    sums[r][v] += value * w[v];
                }
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v < blocks * CONV_VECTORS; v++) {
            *(lanes_unaligned *)(out.values + (size_t)(v / CONV_VECTORS) * out.stride +
                                 r * CONV_BLOCK + v % CONV_VECTORS * LANES) = sums[r][v];
        }
    }
}

static inline adatom_conv_table conv_rows_from(adatom_conv_table table, size_t row)
{
    return (adatom_conv_table){table.values + row * CONV_BLOCK, table.stride};
}

/* The rows that are left, fewer than a tile has. */
#define CONV_REST(rows, blocks)                                                                    \
    case rows:                                                                                     \
        conv_tile(rows, blocks, inputs, in, weights, biases, out);                                 \
        break;

static void conv_rest(size_t rows, size_t inputs, adatom_conv_table in, const float *weights,
                      const float *biases, adatom_conv_table out)
{
    switch (rows) {
        CONV_REST(1, 1)
        CONV_REST(2, 1)
#if ADATOM_LANES >= 8
        CONV_REST(3, 1)
        CONV_REST(4, 1)
        CONV_REST(5, 1)
#endif
#if ADATOM_LANES == 16
        CONV_REST(6, 1)
        CONV_REST(7, 1)
        CONV_REST(8, 1)
        CONV_REST(9, 1)
        CONV_REST(10, 1)
        CONV_REST(11, 1)
#endif
    default:
        break;
    }
}

static void conv_multiply_block(size_t rows, size_t inputs, adatom_conv_table in,
                                const float *weights, const float *biases, adatom_conv_table out)
{
    size_t r = 0;
    for (; r + CONV_ROWS <= rows; r += CONV_ROWS) {
        conv_tile(CONV_ROWS, 1, inputs, conv_rows_from(in, r), weights, biases,
                  conv_rows_from(out, r));
    }
    conv_rest(rows - r, inputs, conv_rows_from(in, r), weights, biases, conv_rows_from(out, r));
}

#if ADATOM_LANES == 16
/* Four blocks share what is read of the inputs. */
static void conv_multiply_wide(size_t rows, size_t inputs, adatom_conv_table in,
                               const float *weights, const float *biases, adatom_conv_table out)
{
    size_t r = 0;
    for (; r + CONV_WIDE_ROWS <= rows; r += CONV_WIDE_ROWS) {
        conv_tile(CONV_WIDE_ROWS, 4, inputs, conv_rows_from(in, r), weights, biases,
                  conv_rows_from(out, r));
    }
    for (size_t b = 0; r < rows && b < 4; b++) {
        const adatom_conv_table block = {out.values + b * out.stride, out.stride};
        conv_rest(rows - r, inputs, conv_rows_from(in, r), weights + b * inputs * CONV_BLOCK,
                  biases != NULL ? biases + b * CONV_BLOCK : NULL, conv_rows_from(block, r));
    }
}
#endif

static void conv_multiply(size_t rows, size_t inputs, size_t blocks, adatom_conv_table in,
                          const float *weights, const float *biases, adatom_conv_table out)
{
    for (size_t b = 0; b < blocks;) {
        const adatom_conv_table block = {out.values + b * out.stride, out.stride};
        const float *from = weights + b * inputs * CONV_BLOCK;
        const float *start = biases != NULL ? biases + b * CONV_BLOCK : NULL;
#if ADATOM_LANES == 16
        if (b + 4 <= blocks) {
            conv_multiply_wide(rows, inputs, in, from, start, block);
            b += 4;
            continue;
        }
#endif
        conv_multiply_block(rows, inputs, in, from, start, block);
        b++;
    }
}

/* count inputs times some blocks of outputs; both are constants where this is used. */
LANES_INLINE void conv_product_tile(int count, int blocks, size_t rows, const float *in,
                                    adatom_conv_table out, size_t inputs, float *weights)
{
    lanes sums[CONV_INPUTS][CONV_WIDEST];
    for (int k = 0; k < count; k++) {
        for (int v = 0; v < blocks * CONV_VECTORS; v++) {
            sums[k][v] = lanes_zero();
        }
    }
    for (size_t r = 0; r < rows; r++) {
        lanes g[CONV_WIDEST];
        for (int v = 0; v < blocks * CONV_VECTORS; v++) {
            g[v] = lanes_load(out.values + (size_t)(v / CONV_VECTORS) * out.stride +
                              r * CONV_BLOCK + (size_t)(v % CONV_VECTORS) * LANES);
        }
        for (int k = 0; k < count; k++) {
            const lanes value = lanes_set(in[r * CONV_BLOCK + (size_t)k]);
            for (int v = 0; v < blocks * CONV_VECTORS; v++) {
                sums[k][v] += value * g[v];
            }
        }
    }
    for (int k = 0; k < count; k++) {
        for (int v = 0; v < blocks * CONV_VECTORS; v++) {
            lanes_unaligned *to =
                (lanes_unaligned *)(weights +
                                    ((size_t)(v / CONV_VECTORS) * inputs + (size_t)k) * CONV_BLOCK +
                                    v % CONV_VECTORS * LANES);
            *to += sums[k][v];
        }
    }
}

/* All inputs, `step` at once, times some blocks of outputs; step and blocks are constants. */
LANES_INLINE void conv_products(int step, int blocks, size_t rows, size_t inputs,
                                adatom_conv_table in, adatom_conv_table out, float *weights)
{
    size_t k = 0;
    for (; k + (size_t)step <= inputs; k += (size_t)step) {
        conv_product_tile(step, blocks, rows,
                          in.values + k / CONV_BLOCK * in.stride + k % CONV_BLOCK, out, inputs,
                          weights + k * CONV_BLOCK);
    }
    for (; k < inputs; k++) {
        conv_product_tile(1, blocks, rows, in.values + k / CONV_BLOCK * in.stride + k % CONV_BLOCK,
                          out, inputs, weights + k * CONV_BLOCK);
    }
}

static void conv_add_products(size_t rows, size_t inputs, size_t blocks, adatom_conv_table in,
                              adatom_conv_table out, float *weights)
{
    for (size_t b = 0; b < blocks;) {
        const adatom_conv_table from = {out.values + b * out.stride, out.stride};
        float *to = weights + b * inputs * CONV_BLOCK;
#if ADATOM_LANES == 16
        if (b + 4 <= blocks) { /* what is read of the inputs serves four blocks */
            conv_products(4, 4, rows, inputs, in, from, to);
            b += 4;
            continue;
        }
#endif
        conv_products(CONV_INPUTS, 1, rows, inputs, in, from, to);
        b++;
    }
}

LANES_INLINE void conv_copy_block(const float *from, float *to)
{
    for (int v = 0; v < CONV_VECTORS; v++) {
        *(lanes_unaligned *)(to + v * LANES) = lanes_load(from + v * LANES);
    }
}

static void conv_gather(size_t rows, size_t taps, size_t blocks, const int32_t *const *sources,
                        float *const *bases, size_t stride, adatom_conv_table patches)
{
    static const float zeros[CONV_BLOCK];
    for (size_t t = 0; t < taps; t++) {
        for (size_t b = 0; b < blocks; b++) {
            float *to = patches.values + (t * blocks + b) * patches.stride;
            for (size_t r = 0; r < rows; r++) {
                const int32_t source = sources[r][t];
                const float *from = bases[r] + b * stride + (ptrdiff_t)source * CONV_BLOCK;
                conv_copy_block(source < 0 ? zeros : from, to + r * CONV_BLOCK);
            }
        }
    }
}

static void conv_gather_numbers(size_t rows, size_t blocks, const int32_t *const *sources,
                                float *const *bases, adatom_conv_table patches)
{
    for (size_t r = 0; r < rows; r++) {
        for (size_t b = 0; b < blocks; b++) {
            const int32_t *from = sources[r] + b * CONV_BLOCK;
            float *to = patches.values + b * patches.stride + r * CONV_BLOCK;
#if ADATOM_LANES == 16 && defined(__AVX512F__)
            const __m512i index = _mm512_loadu_si512(from);
            const __mmask16 inside = _mm512_cmp_epi32_mask(index, _mm512_setzero_si512(), 5);
            _mm512_storeu_ps(to, _mm512_mask_i32gather_ps(_mm512_setzero_ps(), inside, index,
                                                          bases[r], sizeof(float)));
#else
            for (int k = 0; k < CONV_BLOCK; k++) {
                to[k] = from[k] < 0 ? 0 : bases[r][from[k]];
            }
#endif
        }
    }
}

static void conv_scatter(size_t rows, size_t taps, size_t blocks, const int32_t *const *sources,
                         float *const *bases, size_t stride, adatom_conv_table patches)
{
    for (size_t t = 0; t < taps; t++) {
        for (size_t b = 0; b < blocks; b++) {
            const float *from = patches.values + (t * blocks + b) * patches.stride;
            for (size_t r = 0; r < rows; r++) {
                if (sources[r][t] < 0) {
                    continue;
                }
                float *to = bases[r] + b * stride + (size_t)sources[r][t] * CONV_BLOCK;
                for (int v = 0; v < CONV_VECTORS; v++) {
                    *(lanes_unaligned *)(to + v * LANES) +=
                        lanes_load(from + r * CONV_BLOCK + (size_t)v * LANES);
                }
            }
        }
    }
}

#define ADATOM_CONV_KERNELS(NAME)                                                                  \
    {                                                                                              \
        .name = NAME, .multiply = conv_multiply, .gather = conv_gather, .scatter = conv_scatter,   \
        .gather_numbers = conv_gather_numbers, .add_products = conv_add_products,                  \
        .tile_values = conv_tile_values, .untile_values = conv_untile_values,                      \
        .tile_slopes = conv_tile_slopes, .tile_filters = conv_tile_filters,                        \
        .untile_filters = conv_untile_filters, .activate = conv_activate,                          \
        .differentiate = conv_differentiate                                                        \
    }

#endif
