/* adatom: the kernels of dense networks in single precision; this header is compiled once per
 * instruction set, and all functions are static. */
#ifndef ADATOM_FLOATS
#error "define ADATOM_FLOATS (4, 8 or 16) before including this header"
#endif
#ifndef ADATOM_NN_LANES_DENSE_FLOAT_H
#define ADATOM_NN_LANES_DENSE_FLOAT_H

#include "nn/dense_float_kernels.h"

#include <math.h>
#include <string.h>

#define FLOAT_INLINE static inline __attribute__((always_inline))

typedef float float_vector __attribute__((vector_size(4 * ADATOM_FLOATS)));
typedef float float_unaligned
    __attribute__((vector_size(4 * ADATOM_FLOATS), aligned(4), may_alias));
typedef int float_integers __attribute__((vector_size(4 * ADATOM_FLOATS)));

/* ---- products of matrices */

/* A tile of so many rows and vectors stays in registers while the depth is run through. */
enum { FLOAT_ROWS = ADATOM_FLOATS == 16 ? 8 : 4, FLOAT_VECTORS = 2 };

FLOAT_INLINE void multiply_tile(const adatom_float_product *p, size_t i, size_t j, const int rows,
                                const int vectors)
{
    float_vector sums[FLOAT_ROWS][FLOAT_VECTORS];
    for (int a = 0; a < rows; a++) {
        for (int v = 0; v < vectors; v++) {
            const size_t at = j + (size_t)v * ADATOM_FLOATS;
            sums[a][v] = (float_vector){0};
            if (p->start != NULL) {
                sums[a][v] = *(const float_unaligned *)(p->start + at);
            }
        }
    }
    const float *left = p->left + i * p->left_row, *right = p->right + j;
    for (size_t k = 0; k < p->depth; k++, left += p->left_column, right += p->right_stride) {
        for (int v = 0; v < vectors; v++) {
            const float_vector r = *(const float_unaligned *)(right + v * ADATOM_FLOATS);
            for (int a = 0; a < rows; a++) {
                sums[a][v] += left[(size_t)a * p->left_row] * r;
            }
        }
    }
    for (int a = 0; a < rows; a++) {
        for (int v = 0; v < vectors; v++) {
            float *out = p->out + (i + (size_t)a) * p->out_stride + j;
            *(float_unaligned *)(out + v * ADATOM_FLOATS) = sums[a][v];
        }
    }
}

/* All rows of a few columns, so that what is read of right stays in the first cache. */
FLOAT_INLINE void multiply_columns(const adatom_float_product *p, size_t begin, size_t end,
                                   size_t j, const int vectors)
{
    size_t i = begin;
    for (; i + FLOAT_ROWS <= end; i += FLOAT_ROWS) {
        multiply_tile(p, i, j, FLOAT_ROWS, vectors);
    }
    for (; i < end; i++) {
        multiply_tile(p, i, j, 1, vectors);
    }
}

static void float_multiply(const adatom_float_product *p, size_t begin, size_t end)
{
    size_t j = 0;
    for (; j + FLOAT_VECTORS * ADATOM_FLOATS <= p->columns; j += FLOAT_VECTORS * ADATOM_FLOATS) {
        multiply_columns(p, begin, end, j, FLOAT_VECTORS);
    }
    for (; j < p->columns; j += ADATOM_FLOATS) {
        multiply_columns(p, begin, end, j, 1);
    }
}

/* Blocks that fit in the first cache. */
static void float_transpose(size_t rows, size_t columns, const float *restrict from,
                            size_t from_stride, float *restrict to, size_t to_stride)
{
    enum { BLOCK = 16 };
    for (size_t i = 0; i < rows; i += BLOCK) {
        const size_t last = i + BLOCK < rows ? i + BLOCK : rows;
        for (size_t j = 0; j < columns; j++) {
            for (size_t a = i; a < last; a++) {
                to[j * to_stride + a] = from[a * from_stride + j];
            }
        }
    }
}

static void float_sum_rows(size_t rows, size_t stride, const float *restrict values,
                           float *restrict sums)
{
    memset(sums, 0, stride * sizeof *sums);
    for (size_t s = 0; s < rows; s++) {
        for (size_t j = 0; j < stride; j++) {
            sums[j] += values[s * stride + j];
        }
    }
}

/* ---- activations */

/* In lanes where all bits of the mask are set, yes; a NaN stays one. */
FLOAT_INLINE float_vector float_choose(float_integers mask, float_vector yes, float_vector no)
{
    return (float_vector)(((float_integers)yes & mask) | ((float_integers)no & ~mask));
}

/* exp(x) for x <= 0, to 2e-7 of it, as 2^n times the Taylor series of what is left; below -80 that
 * of -80. */
FLOAT_INLINE float_vector float_exponential(float_vector x)
{
    const float to_integer = 0x1.8p23f; /* adding it leaves n in the lowest bits */
    const float_vector least = (float_vector){0} - 80.0f;
    x = float_choose(x < least, least, x);
    const float_vector shifted = x * 1.44269504f + to_integer;
    const float_vector n = shifted - to_integer;
    const float_vector r = (x - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;
    const float_integers power = ((float_integers)shifted << 23) + 0x3f800000;
    float_vector sum = r * (1.0f / 5040) + 1.0f / 720;
    sum = sum * r + 1.0f / 120;
    sum = sum * r + 1.0f / 24;
    sum = sum * r + 1.0f / 6;
    sum = sum * r + 0.5f;
    sum = sum * r + 1.0f;
    sum = sum * r + 1.0f;
    return sum * (float_vector)power;
}

/* exp(-|a|) */
FLOAT_INLINE float_vector float_fading(float_vector a)
{
    return float_exponential(float_choose(a > (float_vector){0}, -a, a));
}

FLOAT_INLINE float_vector float_sigmoid(float_vector a)
{
    const float_vector fading = float_fading(a);
    return float_choose(a < (float_vector){0}, fading, (float_vector){0} + 1.0f) / (1.0f + fading);
}

FLOAT_INLINE float_vector float_log1p(float_vector fading)
{
    for (int lane = 0; lane < ADATOM_FLOATS; lane++) {
        fading[lane] = log1pf(fading[lane]);
    }
    return fading;
}

FLOAT_INLINE void activate_vector(const adatom_activation activation, float *values, float *slopes)
{
    const float_vector a = *(float_unaligned *)values, zero = {0}, one = zero + 1.0f;
    float_vector y = a, slope = one;
    if (activation == ADATOM_ACTIVATION_TANH) {
        y = 2.0f * float_sigmoid(2.0f * a) - 1.0f;
        slope = 1.0f - y * y;
    } else if (activation == ADATOM_ACTIVATION_SIGMOID) {
        y = float_sigmoid(a);
        slope = y * (1.0f - y);
    } else if (activation == ADATOM_ACTIVATION_RELU) {
        y = float_choose(a < zero, zero, a);
        slope = float_choose(a > zero, one, zero);
    } else if (activation == ADATOM_ACTIVATION_SOFTPLUS) {
        y = float_choose(a > zero, a, zero) + float_log1p(float_fading(a));
        slope = float_sigmoid(a);
    } else if (activation == ADATOM_ACTIVATION_SILU) {
        const float_vector s = float_sigmoid(a);
        y = a * s;
        slope = s + y * (1.0f - s);
    }
    *(float_unaligned *)values = y;
    *(float_unaligned *)slopes = slope;
}

#define FLOAT_ACTIVATE(NAME, name)                                                                 \
    case ADATOM_ACTIVATION_##NAME:                                                                 \
        for (size_t i = 0; i < count; i += ADATOM_FLOATS) {                                        \
            activate_vector(ADATOM_ACTIVATION_##NAME, values + i, slopes + i);                     \
        }                                                                                          \
        break;

static void float_activate(adatom_activation activation, size_t count, float *restrict values,
                           float *restrict slopes)
{
    switch (activation) {
        ADATOM_ACTIVATION_LIST(FLOAT_ACTIVATE)
    default:
        break;
    }
}

static void float_scale(size_t count, const float *restrict slopes, float *restrict factors)
{
    for (size_t i = 0; i < count; i++) {
        factors[i] *= slopes[i];
    }
}

/* ---- Adam */

static void float_adam(const adatom_adam_float_step *step, size_t count,
                       const float *restrict gradient, float *restrict mean,
                       float *restrict variance, float *restrict weights)
{
    const float rate = step->rate, epsilon = step->epsilon;
    const float scale = step->scale, decay = step->decay;
    for (size_t i = 0; i < count; i++) {
        const float g = scale * gradient[i] + decay * weights[i];
        mean[i] = 0.9f * mean[i] + 0.1f * g;
        variance[i] = 0.999f * variance[i] + 0.001f * g * g;
        weights[i] -= rate * mean[i] / (sqrtf(variance[i]) + epsilon);
    }
}

#define ADATOM_DENSE_FLOAT_KERNELS(NAME)                                                           \
    {                                                                                              \
        .name = NAME, .multiply = float_multiply, .activate = float_activate,                      \
        .scale = float_scale, .transpose = float_transpose, .sum_rows = float_sum_rows,            \
        .adam = float_adam                                                                         \
    }

#endif
