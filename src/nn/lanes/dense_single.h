/* adatom: the kernels of networks for one sample (nn/dense_single.h), after nn/lanes/dense.h. */
#ifndef ADATOM_NN_LANES_DENSE_SINGLE_H
#define ADATOM_NN_LANES_DENSE_SINGLE_H

#include "nn/lanes/dense.h"

#define SINGLE_INLINE static inline __attribute__((always_inline))

typedef long long dense_integers __attribute__((vector_size(8 * ADATOM_DOUBLES)));

enum { PAD_VECTORS = ADATOM_DENSE_SINGLE_PAD / ADATOM_DOUBLES };

/* In a < 0 or > 0 all bits of a lane are set; a NaN stays one. */
SINGLE_INLINE dense_vector choose(dense_integers mask, dense_vector yes, dense_vector no)
{
    return (dense_vector)(((dense_integers)yes & mask) | ((dense_integers)no & ~mask));
}

/* exp(x) for 0 <= x <= 40 to 2e-16 of it: 2^n times the Taylor series of what is left, which is at
 * most log(2) / 2. */
SINGLE_INLINE dense_vector exponential(dense_vector x)
{
    const double to_integer = 0x1.8p52; /* adding it leaves n in the lowest bits */
    const dense_vector shifted = x * 1.4426950408889634 + to_integer;
    const dense_vector n = shifted - to_integer;
    const dense_vector r = (x - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45;
    const dense_integers power = ((dense_integers)shifted << 52) + 0x3ff0000000000000LL;
    static const double factors[] = {1.0 / 479001600,
                                     1.0 / 39916800,
                                     1.0 / 3628800,
                                     1.0 / 362880,
                                     1.0 / 40320,
                                     1.0 / 5040,
                                     1.0 / 720,
                                     1.0 / 120,
                                     1.0 / 24,
                                     1.0 / 6,
                                     1.0 / 2,
                                     1.0,
                                     1.0};
    dense_vector sum = r * (1.0 / 6227020800.0) + factors[0];
    for (size_t i = 1; i < sizeof factors / sizeof factors[0]; i++) {
        sum = sum * r + factors[i];
    }
    return sum * (dense_vector)power;
}

/* tanh a = 1 - 2 q, q = 1 / (exp(2 a) + 1), for a > 0, to 2e-16; its slope is 4 q (1 - q). */
SINGLE_INLINE void tanh_and_slope(dense_vector *value, dense_vector *slope)
{
    const dense_vector zero = {0}, largest = zero + 20;
    const dense_vector a = *value;
    const dense_integers negative = a < zero;
    dense_vector size = choose(negative, -a, a);
    size = choose(size > largest, largest, size);
    const dense_vector q = 1 / (exponential(2 * size) + 1);
    const dense_vector result = 1 - 2 * q;
    *value = choose(negative, -result, result);
    *slope = 4 * q * (1 - q);
}

/* Sums of rows[k][at ...] times in[k], in two chains, for `vectors` vectors side by side. */
SINGLE_INLINE void sum_rows(const double *rows, size_t stride, size_t count, const double *in,
                            const int vectors, dense_vector *sums)
{
    dense_vector odd[2 * PAD_VECTORS];
    for (int v = 0; v < vectors; v++) {
        odd[v] = (dense_vector){0};
    }
    size_t k = 0;
    for (; k + 2 <= count; k += 2) {
        const double *row = rows + k * stride, *next = row + stride;
        for (int v = 0; v < vectors; v++) {
            sums[v] += in[k] * *(const dense_unaligned *)(row + v * ADATOM_DOUBLES);
            odd[v] += in[k + 1] * *(const dense_unaligned *)(next + v * ADATOM_DOUBLES);
        }
    }
    for (int v = 0; v < vectors; v++) {
        if (k < count) {
            const double *row = rows + k * stride;
            sums[v] += in[k] * *(const dense_unaligned *)(row + v * ADATOM_DOUBLES);
        }
        sums[v] += odd[v];
    }
}

SINGLE_INLINE void forward_block(adatom_dense_single_layer *layer, const double *in, size_t at,
                                 const int vectors)
{
    dense_vector sums[2 * PAD_VECTORS];
    for (int v = 0; v < vectors; v++) {
        sums[v] = *(const dense_unaligned *)(layer->biases + at + (size_t)v * ADATOM_DOUBLES);
    }
    sum_rows(layer->matrix + at, layer->output_stride, (size_t)layer->inputs, in, vectors, sums);
    for (int v = 0; v < vectors; v++) {
        if (layer->activation == ADATOM_ACTIVATION_TANH) {
            dense_vector slope;
            tanh_and_slope(&sums[v], &slope);
            *(dense_unaligned *)(layer->slopes + at + (size_t)v * ADATOM_DOUBLES) = slope;
        }
        *(dense_unaligned *)(layer->values + at + (size_t)v * ADATOM_DOUBLES) = sums[v];
    }
}

static void single_forward(adatom_dense_single_layer *layer, const double *in)
{
    size_t at = 0;
    for (; at + 2 * ADATOM_DENSE_SINGLE_PAD <= layer->output_stride;
         at += 2 * ADATOM_DENSE_SINGLE_PAD) {
        forward_block(layer, in, at, 2 * PAD_VECTORS);
    }
    if (at < layer->output_stride) {
        forward_block(layer, in, at, PAD_VECTORS);
    }
}

SINGLE_INLINE void backward_block(const adatom_dense_single_layer *layer, const double *factors,
                                  size_t at, const int vectors, double *below)
{
    dense_vector sums[2 * PAD_VECTORS];
    for (int v = 0; v < vectors; v++) {
        sums[v] = (dense_vector){0};
    }
    sum_rows(layer->transposed + at, layer->input_stride, (size_t)layer->outputs, factors, vectors,
             sums);
    for (int v = 0; v < vectors; v++) {
        *(dense_unaligned *)(below + at + (size_t)v * ADATOM_DOUBLES) = sums[v];
    }
}

static void single_backward(adatom_dense_single_layer *layer, const double *factors, double *below)
{
    for (size_t o = 0; o < layer->output_stride; o += ADATOM_DOUBLES) {
        dense_unaligned *slope = (dense_unaligned *)(layer->slopes + o);
        *slope *= *(const dense_unaligned *)(factors + o);
    }
    size_t at = 0;
    for (; at + 2 * ADATOM_DENSE_SINGLE_PAD <= layer->input_stride;
         at += 2 * ADATOM_DENSE_SINGLE_PAD) {
        backward_block(layer, layer->slopes, at, 2 * PAD_VECTORS, below);
    }
    if (at < layer->input_stride) {
        backward_block(layer, layer->slopes, at, PAD_VECTORS, below);
    }
}

static double single_output(const adatom_dense_single_layer *layer, const double *in)
{
    return layer->biases[0] + dot(layer->transposed, in, layer->input_stride);
}

#define ADATOM_DENSE_KERNELS(NAME)                                                                 \
    {                                                                                              \
        .name = NAME, .multiply = multiply, .multiply_transposed = multiply_transposed,            \
        .add_products = add_products, .add_squares = add_squares,                                  \
        .single_forward = single_forward, .single_backward = single_backward,                      \
        .single_output = single_output                                                             \
    }

#endif
