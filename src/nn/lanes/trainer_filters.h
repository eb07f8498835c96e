/* adatom: filters to spectra before a batch, their gradients back afterwards. One lane is one pair
 * of output and input channels. */
#ifndef ADATOM_NN_LANES_TRAINER_FILTERS_H
#define ADATOM_NN_LANES_TRAINER_FILTERS_H

#include "nn/lanes/trainer_state.h"

LANES_INLINE float filter_scale(const spectral_layer *layer)
{
    return 1.0f / ((float)layer->sheet * (float)layer->length[2]);
}

/* Where the filters of pair block `block` stand for place `at` of sheet k. */
LANES_INLINE size_t pairs_at(const spectral_layer *layer, int k, int at, int block)
{
    return ((size_t)k * (size_t)layer->sheet + (size_t)at) * 2 * (size_t)layer->pair_row +
           (size_t)block * LANES;
}

/* Rows of LANES filters, transformed: plane[row][k], row = slab * width1 + column. */
static void filter_rows(const spectral_layer *layer, const float *weights, int block,
                        thread_scratch *thread)
{
    const int area = (int)adatom_width_area(layer->width), rest = layer->pairs - block * LANES;
    const int count = rest < LANES ? rest : LANES, length = layer->length[2];
    const float scale = filter_scale(layer);
    for (int i = 0; i < layer->width[0] * layer->width[1]; i++) {
        clanes *row = thread->plane + (size_t)i * (size_t)length;
        memset(row, 0, (size_t)length * sizeof *row);
        for (int j = 0; j < layer->width[2]; j++) {
            const float *w = weights + (size_t)(block * LANES) * (size_t)area +
                             (size_t)(i * layer->width[2] + j);
            for (int lane = 0; lane < count; lane++) {
                row[j].re[lane] = w[(size_t)lane * (size_t)area] * scale;
            }
        }
        transform_run(layer->transform[2], signal_of(row, 1), signal_of(row, 1), thread->scratch);
    }
}

static void filter_sheets(spectral_layer *layer, int block, thread_scratch *thread)
{
    const int *width = layer->width;
    clanes *sheet = thread->line;
    for (int k = 0; k < layer->columns; k++) {
        clear_line(sheet, 0, layer->sheet);
        for (int i = 0; i < width[0] * width[1]; i++) {
            sheet[place_in_sheet(layer, width, i)] = thread->plane[i * layer->length[2] + k];
        }
        sheet_forward(layer, sheet, width[0], thread->scratch);
        for (int at = 0; at < layer->sheet; at++) {
            float *to = layer->filters + pairs_at(layer, k, at, block);
            *(lanes *)to = sheet[at].re;
            *(lanes *)(to + layer->pair_row) = sheet[at].im;
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
    filter_sheets(layer, block, thread);
}

/* The gradient's spectrum back along slabs and columns; only the rows of the filter are kept:
 * plane[row][k]. What the mirrored sheets would give is contained in the others; their real parts
 * are the same. */
static void gradient_sheets(const spectral_layer *layer, int block, thread_scratch *thread)
{
    const int *width = layer->width, length = layer->length[2];
    clanes *sheet = thread->line;
    for (int k = 0; k < layer->columns; k++) {
        for (int at = 0; at < layer->sheet; at++) {
            const float *from = layer->gradient + pairs_at(layer, k, at, block);
            sheet[at] = (clanes){lanes_load(from), lanes_load(from + layer->pair_row)};
        }
        sheet_back(layer, sheet, width[0], thread->scratch);
        for (int i = 0; i < width[0] * width[1]; i++) {
            thread->plane[i * length + k] = sheet[place_in_sheet(layer, width, i)];
        }
    }
    for (int i = 0; i < width[0] * width[1]; i++) {
        clear_line(thread->plane + (size_t)i * (size_t)length, layer->columns, length);
    }
}

static void gradient_rows(const spectral_layer *layer, float *gradient, int block,
                          thread_scratch *thread)
{
    const int area = (int)adatom_width_area(layer->width), rest = layer->pairs - block * LANES;
    const int count = rest < LANES ? rest : LANES, length = layer->length[2];
    const float scale = filter_scale(layer);
    for (int i = 0; i < layer->width[0] * layer->width[1]; i++) {
        const signal row =
            signal_exchanged(signal_of(thread->plane + (size_t)i * (size_t)length, 1));
        transform_run(layer->transform[2], row, row, thread->scratch);
        for (int j = 0; j < layer->width[2]; j++) {
            const lanes values = thread->plane[i * length + j].re;
            float *to = gradient + (size_t)(block * LANES) * (size_t)area +
                        (size_t)(i * layer->width[2] + j);
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
    gradient_sheets(layer, block, thread);
    gradient_rows(layer, trainer->gradient + trainer->network->filter_offset[trainer->level], block,
                  thread);
}

#endif
