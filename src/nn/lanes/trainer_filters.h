/* adatom: filters to spectra before a batch, their gradients back afterwards. One lane is one pair
 * of output and input channels. */
#ifndef ADATOM_NN_LANES_TRAINER_FILTERS_H
#define ADATOM_NN_LANES_TRAINER_FILTERS_H

#include "nn/lanes/trainer_state.h"

LANES_INLINE float filter_scale(const spectral_layer *layer)
{
    return 1.0f / ((float)layer->length[0] * (float)layer->length[1]);
}

/* Where the filters of pair block `block` stand for frequency (kx, k). */
LANES_INLINE clanes load_pairs(const spectral_layer *layer, const float *values, int k, int kx,
                               int block)
{
    const float *from =
        values + ((size_t)k * (size_t)layer->length[0] + (size_t)kx) * 2 * (size_t)layer->pair_row +
        (size_t)block * LANES;
    return (clanes){lanes_load(from), lanes_load(from + layer->pair_row)};
}

/* Rows of LANES filters, transformed along y: plane[i][k]. */
static void filter_rows(const spectral_layer *layer, const float *weights, int block,
                        thread_scratch *thread)
{
    const int area = layer->width[0] * layer->width[1], rest = layer->pairs - block * LANES;
    const int count = rest < LANES ? rest : LANES;
    const float scale = filter_scale(layer);
    for (int i = 0; i < layer->width[0]; i++) {
        clanes *row = thread->plane + (size_t)i * (size_t)layer->length[1];
        memset(row, 0, (size_t)layer->length[1] * sizeof *row);
        for (int j = 0; j < layer->width[1]; j++) {
            const float *w = weights + (size_t)(block * LANES) * (size_t)area +
                             (size_t)(i * layer->width[1] + j);
            for (int lane = 0; lane < count; lane++) {
                row[j].re[lane] = w[(size_t)lane * (size_t)area] * scale;
            }
        }
        transform_run(layer->transform[1], signal_of(row, 1), signal_of(row, 1), thread->scratch);
    }
}

static void filter_columns(spectral_layer *layer, int block, thread_scratch *thread)
{
    const int length0 = layer->length[0], length1 = layer->length[1];
    const signal column = signal_of(thread->line, 1);
    for (int k = 0; k < layer->columns; k++) {
        for (int x = 0; x < length0; x++) {
            thread->line[x] = x < layer->width[0] ? thread->plane[x * length1 + k]
                                                  : (clanes){lanes_zero(), lanes_zero()};
        }
        transform_run(layer->transform[0], column, column, thread->scratch);
        for (int kx = 0; kx < length0; kx++) {
            float *to = layer->filters +
                        ((size_t)k * (size_t)length0 + (size_t)kx) * 2 * (size_t)layer->pair_row +
                        (size_t)block * LANES;
            *(lanes *)to = thread->line[kx].re;
            *(lanes *)(to + layer->pair_row) = thread->line[kx].im;
        }
    }
}

static void filters_to_spectrum(void *state, int block, int thread_index)
{
    trainer_state *trainer = state;
    spectral_layer *layer = &trainer->spectral[trainer->level];
    thread_scratch *thread = &trainer->threads[thread_index];
    filter_rows(layer, trainer->weights + trainer->network->filter_offset[trainer->level], block,
                thread);
    filter_columns(layer, block, thread);
}

/* The gradient's spectrum back along x; only the rows of the filter are kept: plane[i][k]. What the
 * mirrored columns would give is contained in the others; their real parts are the same. */
static void gradient_columns(const spectral_layer *layer, int block, thread_scratch *thread)
{
    const int length0 = layer->length[0], length1 = layer->length[1];
    const signal column = signal_exchanged(signal_of(thread->line, 1));
    for (int k = 0; k < layer->columns; k++) {
        for (int kx = 0; kx < length0; kx++) {
            thread->line[kx] = load_pairs(layer, layer->gradient, k, kx, block);
        }
        transform_run(layer->transform[0], column, column, thread->scratch);
        for (int i = 0; i < layer->width[0]; i++) {
            thread->plane[i * length1 + k] = thread->line[i];
        }
    }
    for (int i = 0; i < layer->width[0]; i++) {
        clear_line(thread->plane + (size_t)i * (size_t)length1, layer->columns, length1);
    }
}

static void gradient_rows(const spectral_layer *layer, float *gradient, int block,
                          thread_scratch *thread)
{
    const int area = layer->width[0] * layer->width[1], rest = layer->pairs - block * LANES;
    const int count = rest < LANES ? rest : LANES;
    const float scale = filter_scale(layer);
    for (int i = 0; i < layer->width[0]; i++) {
        const signal row =
            signal_exchanged(signal_of(thread->plane + (size_t)i * (size_t)layer->length[1], 1));
        transform_run(layer->transform[1], row, row, thread->scratch);
        for (int j = 0; j < layer->width[1]; j++) {
            const lanes values = thread->plane[i * layer->length[1] + j].re;
            float *to = gradient + (size_t)(block * LANES) * (size_t)area +
                        (size_t)(i * layer->width[1] + j);
            for (int lane = 0; lane < count; lane++) {
                to[(size_t)lane * (size_t)area] = values[lane] * scale;
            }
        }
    }
}

static void gradient_from_spectrum(void *state, int block, int thread_index)
{
    trainer_state *trainer = state;
    const spectral_layer *layer = &trainer->spectral[trainer->level];
    thread_scratch *thread = &trainer->threads[thread_index];
    gradient_columns(layer, block, thread);
    gradient_rows(layer, trainer->gradient + trainer->network->filter_offset[trainer->level], block,
                  thread);
}

#endif
