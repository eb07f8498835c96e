/* adatom: the hidden layers of the map kernels: real rows, two at a time as one complex signal, to
 * spectra; columns to spectra, products with the filters' spectra, columns back; rows back, bias
 * and leaky ReLU. */
#ifndef ADATOM_NN_LANES_MAP_HIDDEN_H
#define ADATOM_NN_LANES_MAP_HIDDEN_H

#include "nn/lanes/map_prepare.h"

/* Row r of the layer before, and the next if there is one, as the parts of one complex signal. */
static void load_row_pair(const map_layer *layer, const lanes *real, int row, int block,
                          clanes *line)
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

/* `count` channels of one frequency. */
LANES_INLINE void put_channels(float *re, size_t pitch, clanes value, int count)
{
    lanes_store_some(re, value.re, count);
    lanes_store_some(re + pitch, value.im, count);
}

LANES_INLINE clanes get_channels(const float *re, size_t pitch)
{
    return (clanes){lanes_load(re), lanes_load(re + pitch)};
}

/* Separates the spectra of two real signals a + i b into row `row` and the next. */
static void split_row_pair(const map_layer *layer, const clanes *line, int row, int block,
                           float *spectrum)
{
    const int length = layer->frame[1].length;
    const size_t pitch = layer->in_pitch;
    const bool second = row + 1 < layer->frame[0].source;
    float *to = spectrum + 2 * (size_t)(row + layer->frame[0].halo) * pitch + block * LANES;
    const int count = lanes_in_block(layer->inputs, block);
    for (int k = 0; k < layer->half; k++, to += layer->inputs) {
        const clanes v = line[k], w = line[k == 0 ? 0 : length - k];
        put_channels(to, pitch, (clanes){(v.re + w.re) * 0.5f, (v.im - w.im) * 0.5f}, count);
        if (second) {
            put_channels(to + 2 * pitch, pitch,
                         (clanes){(v.im + w.im) * 0.5f, (w.re - v.re) * 0.5f}, count);
        }
    }
}

/* Repeats the rows of the grid in the halo before and behind it. */
static void fill_halo_rows(const map_layer *layer, float *spectrum)
{
    const adatom_frame *frame = &layer->frame[0];
    const size_t row_size = 2 * layer->in_pitch;
    for (int x = 0; x < frame->in; x++) {
        if (x == frame->halo) {
            x += frame->source;
        }
        if (x < frame->in) {
            const int wraps = (frame->halo + frame->source - 1) / frame->source;
            const int row = (x - frame->halo + wraps * frame->source) % frame->source + frame->halo;
            memcpy(spectrum + (size_t)x * row_size, spectrum + (size_t)row * row_size,
                   row_size * sizeof *spectrum);
        }
    }
}

static void rows_to_spectra(const map_state *map, const map_layer *layer)
{
    clanes *line = map->line;
    for (int row = 0; row < layer->frame[0].source; row += 2) {
        for (int block = 0; block < layer->in_blocks; block++) {
            load_row_pair(layer, map->real, row, block, line);
            transform_run(layer->transform[1], signal_of(line, 1), signal_of(line, 1),
                          map->scratch);
            split_row_pair(layer, line, row, block, map->spectrum);
        }
    }
    if (layer->frame[0].halo > 0) {
        fill_halo_rows(layer, map->spectrum);
    }
}

/* Zero behind the last channel of each row: what another layer left there would grow with each
 * transform until it is no number. */
static void clear_tails(float *spectrum, size_t pitch, int used, int rows)
{
    const int padded = (used + LANES - 1) / LANES * LANES;
    for (int row = 0; row < 2 * rows; row++) {
        for (int i = used; i < padded; i++) {
            spectrum[(size_t)row * pitch + (size_t)i] = 0;
        }
    }
}

/* Transforms all columns of a spectrum in place, LANES neighbouring columns and channels at once.
 */
static void transform_columns(const map_state *map, const map_layer *layer, float *spectrum,
                              size_t pitch, int channels, bool back)
{
    const int count = (layer->half * channels + LANES - 1) / LANES;
    clear_tails(spectrum, pitch, layer->half * channels, layer->frame[0].length);
    for (int v = 0; v < count; v++) {
        const signal forth = {(lanes *)spectrum + v, (lanes *)(spectrum + pitch) + v,
                              (ptrdiff_t)(2 * pitch / LANES)};
        const signal column = back ? signal_exchanged(forth) : forth;
        transform_run(layer->transform[0], column, column, map->scratch);
    }
}

static void columns_forward(const map_state *map, const map_layer *layer)
{
    const int in = layer->frame[0].in, length = layer->frame[0].length;
    const size_t row_size = 2 * layer->in_pitch;
    memset(map->spectrum + (size_t)in * row_size, 0,
           (size_t)(length - in) * row_size * sizeof(float));
    transform_columns(map, layer, map->spectrum, layer->in_pitch, layer->inputs, false);
}

/* One frequency: sum over the inputs of input * filter spectrum, LANES outputs at once. */
LANES_INLINE clanes filter_product(const map_layer *layer, const float *input_re,
                                   const float *filters)
{
    const int outputs = layer->outputs, inputs = layer->inputs;
    const float *input_im = input_re + layer->in_pitch;
    clanes even = {lanes_zero(), lanes_zero()}, odd = {lanes_zero(), lanes_zero()};
#pragma GCC unroll 5
    for (int input = 0; input < inputs; input++) {
        const lanes filter_re = lanes_load(filters + input * outputs);
        const lanes filter_im = lanes_load(filters + (inputs + input) * outputs);
        even.re += filter_re * input_re[input];
        odd.re -= filter_im * input_im[input];
        even.im += filter_re * input_im[input];
        odd.im += filter_im * input_re[input];
    }
    return clanes_add(even, odd);
}

static void multiply_hidden(const map_state *map, const map_layer *layer)
{
    const int length = layer->frame[0].length;
    const size_t size = 2 * (size_t)layer->inputs * (size_t)layer->outputs;
    const float *filters = layer->filters;
    for (int kx = 0; kx < length; kx++) {
        const float *input = map->spectrum + 2 * (size_t)kx * layer->in_pitch;
        float *output = map->result + 2 * (size_t)kx * layer->out_pitch;
        for (int k = 0; k < layer->half; k++) {
            for (size_t i = 0; i < size; i += 64 / sizeof(float)) {
                __builtin_prefetch(filters + 2 * size + i);
            }
            for (int block = 0; block < layer->out_blocks; block++) {
                put_channels(output + block * LANES, layer->out_pitch,
                             filter_product(layer, input, filters + block * LANES),
                             lanes_in_block(layer->outputs, block));
            }
            filters += size;
            input += layer->inputs;
            output += layer->outputs;
        }
    }
}

/* The full spectrum of two real rows as one complex signal. */
static void join_row_pair(const map_layer *layer, const float *first, const float *second,
                          size_t pitch, int channels, clanes *line)
{
    const int length = layer->frame[1].length;
    for (int k = 0; k < layer->half; k++) {
        clanes a = get_channels(first + k * channels, pitch),
               b = get_channels(second + k * channels, pitch);
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
    const size_t pitch = layer->out_pitch;
    for (int row = 0; row < out0; row += 2) {
        const bool second = row + 1 < out0;
        for (int block = 0; block < blocks; block++) {
            const float *a = map->result + 2 * (size_t)row * pitch + block * LANES;
            join_row_pair(layer, a, second ? a + 2 * pitch : a, pitch, layer->outputs, map->line);
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
    columns_forward(map, layer);
    multiply_hidden(map, layer);
    transform_columns(map, layer, map->result, layer->out_pitch, layer->outputs, true);
    rows_back(map, layer);
}

#endif
