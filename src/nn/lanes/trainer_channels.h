/* adatom: products of spectra in training, one frequency at a time.
 *
 * Filters are real, so their spectra at frequencies (kx, ky, k) and (-kx, -ky, -k) are each other's
 * conjugates. Only sheets k up to half the length are kept; the mirrored sheet uses the same
 * numbers, conjugated, and its part of the filters' gradient is added there, conjugated. A place in
 * a sheet is kx * length1 + ky. */
#ifndef ADATOM_NN_LANES_TRAINER_CHANNELS_H
#define ADATOM_NN_LANES_TRAINER_CHANNELS_H

#include "nn/lanes/trainer_state.h"

enum { CHANNEL_BLOCK = 5 }; /* sums that stay in registers */

/* to[t] = sum over f of from[f] * filter(f, t), or its conjugate. */
typedef struct channel_sum {
    int from_count, to_count;
    int from_step, to_step; /* of the filter's index */
    int pair_row;           /* from real to imaginary parts */
    int length;             /* from one channel's sheet to the next */
    bool conjugate;
} channel_sum;

LANES_INLINE channel_sum inputs_to_outputs(const spectral_layer *layer, bool mirrored)
{
    /* a correlation: input * conj(filter) */
    return (channel_sum){layer->inputs,   layer->outputs, 1,        layer->inputs,
                         layer->pair_row, layer->sheet,   !mirrored};
}

LANES_INLINE channel_sum outputs_to_inputs(const spectral_layer *layer, bool mirrored)
{
    return (channel_sum){layer->outputs,  layer->inputs, layer->inputs, 1,
                         layer->pair_row, layer->sheet,  mirrored};
}

LANES_INLINE void sum_block(const channel_sum *sum, const float *filters, const clanes *from,
                            clanes *to, int first, const int count, const bool conjugate)
{
    clanes value[CHANNEL_BLOCK];
#pragma GCC unroll 5
    for (int t = 0; t < count; t++) {
        value[t] = (clanes){lanes_zero(), lanes_zero()};
    }
    for (int f = 0; f < sum->from_count; f++) {
        const clanes a = from[f * sum->length];
        const float *re = filters + f * sum->from_step + first * sum->to_step,
                    *im = re + sum->pair_row;
#pragma GCC unroll 5
        for (int t = 0; t < count; t++) {
            const float filter_re = re[t * sum->to_step];
            const float filter_im = conjugate ? -im[t * sum->to_step] : im[t * sum->to_step];
            value[t].re += a.re * filter_re;
            value[t].re -= a.im * filter_im;
            value[t].im += a.im * filter_re;
            value[t].im += a.re * filter_im;
        }
    }
#pragma GCC unroll 5
    for (int t = 0; t < count; t++) {
        to[(first + t) * sum->length] = value[t];
    }
}

LANES_INLINE void sum_blocks(const channel_sum *sum, const float *filters, const clanes *from,
                             clanes *to, const bool conjugate)
{
    int first = 0;
    for (; first + 5 <= sum->to_count; first += 5) {
        sum_block(sum, filters, from, to, first, 5, conjugate);
    }
    for (; first + 2 <= sum->to_count; first += 2) {
        sum_block(sum, filters, from, to, first, 2, conjugate);
    }
    if (first < sum->to_count) {
        sum_block(sum, filters, from, to, first, 1, conjugate);
    }
}

static void sum_channels(const channel_sum *sum, const float *filters, const clanes *from,
                         clanes *to)
{
    if (sum->conjugate) {
        sum_blocks(sum, filters, from, to, true);
    } else {
        sum_blocks(sum, filters, from, to, false);
    }
}

/* Where the filters (or their gradients) of place `at` in sheet k stand. */
LANES_INLINE size_t filters_at(const spectral_layer *layer, int k, int at)
{
    return ((size_t)k * (size_t)layer->sheet + (size_t)at) * 2 * (size_t)layer->pair_row;
}

/* The place of the frequencies (-kx, -ky). */
LANES_INLINE int mirrored_place(const spectral_layer *layer, int at)
{
    const int columns = layer->length[1], kx = at / columns, ky = at % columns;
    return (kx == 0 ? 0 : layer->length[0] - kx) * columns + (ky == 0 ? 0 : columns - ky);
}

/* The sheet -k. */
LANES_INLINE int mirrored_sheet(const spectral_layer *layer, int k)
{
    return k == 0 ? 0 : layer->length[2] - k;
}

/* Adds input * conj(gradient), summed over the samples, to the spectra of the filters' gradients;
 * with a partner also the conjugate of what the mirrored frequency gives. */
LANES_INLINE void add_filter_gradient(const spectral_layer *layer, const clanes *inputs,
                                      const clanes *outputs, const clanes *mirrored_inputs,
                                      const clanes *mirrored_outputs, float *gradient,
                                      const bool partner)
{
    for (int first = 0; first < layer->pairs; first += LANES) {
        lanes re[LANES], im[LANES];
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) {
            const int input = layer->pair_input[first + i], output = layer->pair_output[first + i];
            const clanes a = inputs[input], g = outputs[output];
            re[i] = a.re * g.re + a.im * g.im;
            im[i] = a.im * g.re - a.re * g.im;
            if (partner) {
                const clanes b = mirrored_inputs[input], h = mirrored_outputs[output];
                re[i] += b.re * h.re;
                re[i] += b.im * h.im;
                im[i] -= b.im * h.re;
                im[i] += b.re * h.im;
            }
        }
        *(lanes *)(gradient + first) += lanes_sums(re);
        *(lanes *)(gradient + layer->pair_row + first) += lanes_sums(im);
    }
}

#endif
