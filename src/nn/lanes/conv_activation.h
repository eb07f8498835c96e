/* adatom: activations of convolutional networks and their derivatives (nn/conv_kernels.h). */
#ifndef ADATOM_NN_LANES_CONV_ACTIVATION_H
#define ADATOM_NN_LANES_CONV_ACTIVATION_H

#include "nn/conv_kernels.h"
#include "nn/lanes/lanes.h"

#include <math.h>

/* v where it is above 0, otherwise v leak. */
LANES_INLINE lanes conv_leak(lanes v, lanes leak)
{
    const lanes_int above = v > lanes_zero();
    return (lanes)(((lanes_int)v & above) | ((lanes_int)(v * leak) & ~above));
}

static void conv_activate_leaky(size_t count, lanes leak, float *values)
{
    for (size_t i = 0; i < count; i += LANES) {
        *(lanes_unaligned *)(values + i) = conv_leak(lanes_load(values + i), leak);
    }
}

static void conv_activate(adatom_convnet_activation activation, size_t rows, float *values)
{
    const size_t count = rows * ADATOM_CONV_BLOCK;
    if (activation == ADATOM_CONVNET_RELU) {
        conv_activate_leaky(count, lanes_zero(), values);
    } else if (activation == ADATOM_CONVNET_LEAKY) {
        conv_activate_leaky(count, lanes_set(0.01f), values);
    } else if (activation == ADATOM_CONVNET_TANH) {
        for (size_t i = 0; i < count; i++) {
            values[i] = tanhf(values[i]);
        }
    } else if (activation == ADATOM_CONVNET_SQUAREPLUS) {
        for (size_t i = 0; i < count; i++) {
            values[i] = 0.5f * (values[i] + sqrtf(values[i] * values[i] + 4.0f)) - 1.0f;
        }
    }
}

/* The slope of an activation times s; the activation is a constant where this is used. */
LANES_INLINE lanes conv_slope(adatom_convnet_activation activation, lanes v, lanes s)
{
    const lanes_int above = v > lanes_zero();
    switch (activation) {
    case ADATOM_CONVNET_RELU:
        return (lanes)((lanes_int)s & above);
    case ADATOM_CONVNET_LEAKY:
        return (lanes)(((lanes_int)s & above) | ((lanes_int)(s * 0.01f) & ~above));
    case ADATOM_CONVNET_TANH:
        return s * (1.0f - v * v);
    case ADATOM_CONVNET_SQUAREPLUS: {
        const lanes square = (v + 1.0f) * (v + 1.0f);
        return s * (square / (square + 1.0f));
    }
    default:
        return s;
    }
}

LANES_INLINE void conv_differentiate_as(adatom_convnet_activation activation, size_t rows,
                                        const float *values, float *slopes, float *biases)
{
    for (size_t v = 0; v < ADATOM_CONV_BLOCK; v += LANES) {
        lanes sum = lanes_zero();
        for (size_t r = 0; r < rows; r++) {
            const size_t at = r * ADATOM_CONV_BLOCK + v;
            const lanes slope =
                conv_slope(activation, lanes_load(values + at), lanes_load(slopes + at));
            *(lanes_unaligned *)(slopes + at) = slope;
            sum += slope;
        }
        *(lanes_unaligned *)(biases + v) += sum;
    }
}

static void conv_differentiate(adatom_convnet_activation activation, size_t rows,
                               const float *values, float *slopes, float *biases)
{
    switch (activation) {
#define CONV_DIFFERENTIATE(NAME, name)                                                             \
    case ADATOM_CONVNET_##NAME:                                                                    \
        conv_differentiate_as(ADATOM_CONVNET_##NAME, rows, values, slopes, biases);                \
        break;
        ADATOM_CONVNET_ACTIVATIONS(CONV_DIFFERENTIATE)
#undef CONV_DIFFERENTIATE
    default:
        break;
    }
}

#endif
