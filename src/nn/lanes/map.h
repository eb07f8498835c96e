/* adatom: the output of the network for every pixel. One lane is one channel.
 *
 * Layer 0 is kept in real space: each point adds its stamp, the filters folded with the kernel of the
 * image. Each further layer: real rows, two at a time as one complex signal, to spectra; columns to
 * spectra, products with the filters' spectra, columns back; rows back, bias and leaky ReLU. */
#ifndef ADATOM_NN_LANES_MAP_H
#define ADATOM_NN_LANES_MAP_H

#include "nn/lanes/map_state.h"

/* Row r of the layer before, and the next if there is one, as the parts of one complex signal. */
static void load_row_pair(const map_layer *layer, const lanes *real, int row, int block, clanes *line)
{
    const adatom_frame *frame = &layer->frame[1];
    const int blocks = layer->in_blocks, next = row + 1 < layer->frame[0].source ? 1 : 0;
    const lanes *first = real + (size_t)row * (size_t)frame->source * (size_t)blocks + block;
    const lanes *second = first + (size_t)next * (size_t)frame->source * (size_t)blocks;
    int from = (frame->source - frame->halo % frame->source) % frame->source;
    for (int y = 0; y < frame->in; y++) {
        line[y] = (clanes){first[from * blocks], second[from * blocks]};
        from = from + 1 == frame->source ? 0 : from + 1;
    }
    for (int y = frame->in; y < frame->length; y++) {
        line[y] = (clanes){lanes_zero(), lanes_zero()};
    }
}

/* Stores the spectrum of one source row wherever the halo repeats that row. */
static void store_row(const map_layer *layer, clanes *spectrum, int row, int k, int block, clanes value)
{
    const adatom_frame *frame = &layer->frame[0];
    for (int x = (row + frame->halo) % frame->source; x < frame->in; x += frame->source) {
        spectrum[((size_t)x * (size_t)layer->half + (size_t)k) * (size_t)layer->in_blocks + (size_t)block] = value;
    }
}

/* Separates the spectra of two real signals a + i b. */
static void split_row_pair(const map_layer *layer, const clanes *line, int row, int block, clanes *spectrum)
{
    const int length = layer->frame[1].length;
    const bool second = row + 1 < layer->frame[0].source;
    for (int k = 0; k < layer->half; k++) {
        const clanes v = line[k], w = line[k == 0 ? 0 : length - k];
        store_row(layer, spectrum, row, k, block, (clanes){(v.re + w.re) * 0.5f, (v.im - w.im) * 0.5f});
        if (second) {
            store_row(layer, spectrum, row + 1, k, block, (clanes){(v.im + w.im) * 0.5f, (w.re - v.re) * 0.5f});
        }
    }
}

static void rows_to_spectra(const map_state *map, const map_layer *layer)
{
    clanes *line = map->line;
    for (int row = 0; row < layer->frame[0].source; row += 2) {
        for (int block = 0; block < layer->in_blocks; block++) {
            load_row_pair(layer, map->real, row, block, line);
            transform_run(layer->transform[1], signal_of(line, 1), signal_of(line, 1), map->scratch);
            split_row_pair(layer, line, row, block, map->spectrum);
        }
    }
}

/* Column k of the spectra of all input blocks: columns[block][kx]. */
static void columns_forward(const map_state *map, const map_layer *layer, int k)
{
    const int length = layer->frame[0].length, in = layer->frame[0].in, blocks = layer->in_blocks;
    const size_t stride = (size_t)layer->half * (size_t)blocks;
    for (int block = 0; block < blocks; block++) {
        const clanes *from = map->spectrum + (size_t)k * (size_t)blocks + (size_t)block;
        clanes *column = map->columns + (size_t)block * (size_t)length;
        for (int x = 0; x < in; x++) {
            column[x] = from[(size_t)x * stride];
        }
        for (int x = in; x < length; x++) {
            column[x] = (clanes){lanes_zero(), lanes_zero()};
        }
        transform_run(layer->transform[0], signal_of(column, 1), signal_of(column, 1), map->scratch);
    }
}

/* One frequency: sum over the inputs of input * filter spectrum, LANES outputs at once. */
LANES_INLINE clanes filter_product(const map_layer *layer, const clanes *columns, const float *filters, int kx,
                                   int out_block)
{
    const int length = layer->frame[0].length, outputs = layer->outputs;
    clanes even = {lanes_zero(), lanes_zero()}, odd = {lanes_zero(), lanes_zero()};
    filters += out_block * LANES;
    for (int block = 0; block < layer->in_blocks; block++) {
        const clanes *column = &columns[block * length + kx];
        const float *re = (const float *)&column->re, *im = (const float *)&column->im;
        const int rest = layer->inputs - block * LANES, inputs = rest < LANES ? rest : LANES;
        for (int input = 0; input < inputs; input++) {
            const lanes filter_re = lanes_load(filters), filter_im = lanes_load(filters + outputs);
            even.re += filter_re * re[input];
            odd.re -= filter_im * im[input];
            even.im += filter_re * im[input];
            odd.im += filter_im * re[input];
            filters += 2 * outputs;
        }
    }
    return clanes_add(even, odd);
}

static void multiply_hidden(const map_state *map, const map_layer *layer, int k)
{
    const int length = layer->frame[0].length;
    const size_t size = 2 * (size_t)layer->inputs * (size_t)layer->outputs;
    for (int kx = 0; kx < length; kx++) {
        const float *filters = layer->filters + ((size_t)k * (size_t)length + (size_t)kx) * size;
        for (int block = 0; block < layer->out_blocks; block++) {
            map->products[block * length + kx] = filter_product(layer, map->columns, filters, kx, block);
        }
    }
}

static void columns_back(const map_state *map, const map_layer *layer, int k)
{
    const int length = layer->frame[0].length, blocks = layer->out_blocks;
    for (int block = 0; block < blocks; block++) {
        const signal column = signal_exchanged(signal_of(map->products + block * length, 1));
        transform_run(layer->transform[0], column, column, map->scratch);
        for (int x = 0; x < layer->frame[0].out; x++) {
            map->result[((size_t)x * (size_t)layer->half + (size_t)k) * (size_t)blocks + (size_t)block] =
                map->products[block * length + x];
        }
    }
}

/* The full spectrum of two real rows as one complex signal. */
static void join_row_pair(const map_layer *layer, const clanes *first, const clanes *second, int blocks,
                          clanes *line)
{
    const int length = layer->frame[1].length;
    for (int k = 0; k < layer->half; k++) {
        clanes a = first[k * blocks], b = second[k * blocks];
        if (k == 0 || 2 * k == length) { /* real there, up to rounding */
            a.im = b.im = lanes_zero();
        }
        line[k] = (clanes){a.re - b.im, a.im + b.re};
        if (k > 0 && 2 * k < length) {
            line[length - k] = (clanes){a.re + b.im, b.re - a.im};
        }
    }
}

static void rows_back(const map_state *map, const map_layer *layer)
{
    const int out0 = layer->frame[0].out, out1 = layer->frame[1].out, blocks = layer->out_blocks;
    const lanes leak = lanes_set(map->network->leak);
    const size_t row_size = (size_t)layer->half * (size_t)blocks;
    for (int row = 0; row < out0; row += 2) {
        const bool second = row + 1 < out0;
        for (int block = 0; block < blocks; block++) {
            const clanes *a = map->result + (size_t)row * row_size + (size_t)block;
            join_row_pair(layer, a, second ? a + row_size : a, blocks, map->line);
            const signal line = signal_exchanged(signal_of(map->line, 1));
            transform_run(layer->transform[1], line, line, map->scratch);
            const lanes bias = layer->bias[block];
            lanes *first = map->real + (size_t)row * (size_t)out1 * (size_t)blocks + block;
            for (int y = 0; y < out1; y++) {
                first[y * blocks] = lanes_leaky_only(map->line[y].re + bias, leak);
                if (second) {
                    first[(out1 + y) * blocks] = lanes_leaky_only(map->line[y].im + bias, leak);
                }
            }
        }
    }
}

static void hidden_layer(const map_state *map, const map_layer *layer)
{
    rows_to_spectra(map, layer);
    for (int k = 0; k < layer->half; k++) {
        columns_forward(map, layer, k);
        multiply_hidden(map, layer, k);
        columns_back(map, layer, k);
    }
    rows_back(map, layer);
}

#include "nn/lanes/map_output.h"

static void map_evaluate(void *state, float *q)
{
    const map_state *map = state;
    const lanes leak = lanes_set(map->network->leak);
    if (map->network->layer_count == 1) {
        output_without_hidden(map, q);
        return;
    }
    for (size_t i = 0; i < map->first_count; i++) {
        map->real[i] = lanes_leaky_only(map->first[i], leak);
    }
    for (int l = 1; l < map->network->layer_count - 1; l++) {
        hidden_layer(map, &map->layers[l]);
    }
    output_layer(map, q);
}

#endif
