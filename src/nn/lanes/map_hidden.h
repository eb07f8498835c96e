/* adatom: the hidden layers of the map kernels: real rows, two at a time as one complex signal, to
 * spectra; columns and slabs to spectra, products with the filters' spectra, slabs and columns
 * back; rows back, bias and leaky ReLU. */
#ifndef ADATOM_NN_LANES_MAP_HIDDEN_H
#define ADATOM_NN_LANES_MAP_HIDDEN_H

#include "nn/lanes/map_prepare.h"

/* Rows that the layer before gives, slab by slab. */
LANES_INLINE int source_rows(const map_layer *layer)
{
    return layer->frame[0].source * layer->frame[1].source;
}

/* Row r of the layer before, and the next if there is one, as the parts of one complex signal. */
static void load_row_pair(const map_layer *layer, const lanes *real, int row, int block,
                          clanes *line)
{
    const adatom_frame *frame = &layer->frame[2];
    const int blocks = layer->in_blocks, next = row + 1 < source_rows(layer) ? 1 : 0;
    const lanes *first = real + (size_t)row * (size_t)frame->source * (size_t)blocks + block;
    const lanes *second = first + (size_t)next * (size_t)frame->source * (size_t)blocks;
    int from = (frame->source - frame->halo % frame->source) % frame->source;
    for (int z = 0; z < frame->in; z++) {
        line[z] = (clanes){first[from * blocks], second[from * blocks]};
        from = from + 1 == frame->source ? 0 : from + 1;
    }
    for (int z = frame->in; z < frame->length; z++) {
        line[z] = (clanes){lanes_zero(), lanes_zero()};
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

/* Where source row `row` stands in the spectrum, behind the halos. */
LANES_INLINE size_t spectrum_row(const map_layer *layer, int row)
{
    const adatom_frame *slab = &layer->frame[0], *column = &layer->frame[1];
    const int x = row / column->source + slab->halo, y = row % column->source + column->halo;
    return 2 * (size_t)(x * column->length + y) * layer->in_pitch;
}

/* Separates the spectra of two real signals a + i b into row `row` and the next. */
static void split_row_pair(const map_layer *layer, const clanes *line, int row, int block,
                           float *spectrum)
{
    const int length = layer->frame[2].length;
    const size_t pitch = layer->in_pitch;
    const bool second = row + 1 < source_rows(layer);
    float *to = spectrum + spectrum_row(layer, row) + block * LANES;
    float *next = second ? spectrum + spectrum_row(layer, row + 1) + block * LANES : to;
    const int count = lanes_in_block(layer->inputs, block);
    for (int k = 0; k < layer->half; k++, to += layer->inputs, next += layer->inputs) {
        const clanes v = line[k], w = line[k == 0 ? 0 : length - k];
        put_channels(to, pitch, (clanes){(v.re + w.re) * 0.5f, (v.im - w.im) * 0.5f}, count);
        if (second) {
            put_channels(next, pitch, (clanes){(v.im + w.im) * 0.5f, (w.re - v.re) * 0.5f}, count);
        }
    }
}

/* Repeats the rows (or slabs) of the grid in the halo before and behind it, and clears what the
 * transform has beyond them; `size` floats each. */
static void fill_halo(const adatom_frame *frame, float *values, size_t size)
{
    for (int x = 0; x < frame->in; x++) {
        if (x == frame->halo) {
            x += frame->source;
        }
        if (x < frame->in) {
            const int wraps = (frame->halo + frame->source - 1) / frame->source;
            const int row = (x - frame->halo + wraps * frame->source) % frame->source + frame->halo;
            memcpy(values + (size_t)x * size, values + (size_t)row * size, size * sizeof *values);
        }
    }
    memset(values + (size_t)frame->in * size, 0,
           (size_t)(frame->length - frame->in) * size * sizeof *values);
}

static void rows_to_spectra(const map_state *map, const map_layer *layer)
{
    clanes *line = map->line;
    for (int row = 0; row < source_rows(layer); row += 2) {
        for (int block = 0; block < layer->in_blocks; block++) {
            load_row_pair(layer, map->real, row, block, line);
            transform_run(layer->transform[2], signal_of(line, 1), signal_of(line, 1),
                          map->scratch);
            split_row_pair(layer, line, row, block, map->spectrum);
        }
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

/* Transforms `length` rows, 2 * pitch * step floats apart, in place, LANES neighbouring frequencies
 * and channels at once, `used` of them. */
static void transform_lines(const map_state *map, const adatom_transform *transform, float *values,
                            size_t pitch, int step, int used, bool back)
{
    const int count = (used + LANES - 1) / LANES;
    for (int v = 0; v < count; v++) {
        const signal forth = {(lanes *)values + v, (lanes *)(values + pitch) + v,
                              (ptrdiff_t)(2 * pitch / LANES) * step};
        const signal line = back ? signal_exchanged(forth) : forth;
        transform_run(transform, line, line, map->scratch);
    }
}

/* The columns of one slab, in place. */
static void transform_columns(const map_state *map, const map_layer *layer, float *slab,
                              size_t pitch, int used, bool back)
{
    clear_tails(slab, pitch, used, layer->frame[1].length);
    transform_lines(map, layer->transform[1], slab, pitch, 1, used, back);
}

/* Across the slabs, in place. */
static void transform_slabs(const map_state *map, const map_layer *layer, float *spectrum,
                            size_t pitch, int used, bool back)
{
    const int columns = layer->frame[1].length;
    if (layer->frame[0].length == 1) {
        return;
    }
    clear_tails(spectrum, pitch, used, layer->lines);
    for (int y = 0; y < columns; y++) {
        transform_lines(map, layer->transform[0], spectrum + 2 * (size_t)y * pitch, pitch, columns,
                        used, back);
    }
}

static void lines_forward(const map_state *map, const map_layer *layer)
{
    const adatom_frame *slab = &layer->frame[0], *column = &layer->frame[1];
    const size_t row = 2 * layer->in_pitch, size = (size_t)column->length * row;
    const int used = layer->half * layer->inputs;
    for (int x = 0; x < slab->source; x++) {
        float *values = map->spectrum + (size_t)(x + slab->halo) * size;
        fill_halo(column, values, row);
        transform_columns(map, layer, values, layer->in_pitch, used, false);
    }
    fill_halo(slab, map->spectrum, size);
    transform_slabs(map, layer, map->spectrum, layer->in_pitch, used, false);
}

static void lines_back(const map_state *map, const map_layer *layer)
{
    const size_t size = 2 * (size_t)layer->frame[1].length * layer->out_pitch;
    const int used = layer->half * layer->outputs;
    transform_slabs(map, layer, map->result, layer->out_pitch, used, true);
    for (int x = 0; x < layer->frame[0].out; x++) {
        transform_columns(map, layer, map->result + (size_t)x * size, layer->out_pitch, used, true);
    }
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
    const size_t size = 2 * (size_t)layer->inputs * (size_t)layer->outputs;
    const float *filters = layer->filters;
    for (int line = 0; line < layer->lines; line++) {
        const float *input = map->spectrum + 2 * (size_t)line * layer->in_pitch;
        float *output = map->result + 2 * (size_t)line * layer->out_pitch;
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
    const int length = layer->frame[2].length;
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

/* Where row `row` of the output (slab * out1 + column) stands among the lines. */
LANES_INLINE int line_of_output(const map_layer *layer, int row)
{
    const int columns = layer->frame[1].out;
    return row / columns * layer->frame[1].length + row % columns;
}

static void rows_back(const map_state *map, const map_layer *layer)
{
    const int rows = layer->frame[0].out * layer->frame[1].out, out = layer->frame[2].out,
              blocks = layer->out_blocks;
    const lanes leak = lanes_set(map->network->leak);
    const size_t pitch = layer->out_pitch;
    for (int row = 0; row < rows; row += 2) {
        const bool second = row + 1 < rows;
        const float *a = map->result + 2 * (size_t)line_of_output(layer, row) * pitch;
        const float *b = map->result + 2 * (size_t)line_of_output(layer, row + second) * pitch;
        for (int block = 0; block < blocks; block++) {
            join_row_pair(layer, a + block * LANES, b + block * LANES, pitch, layer->outputs,
                          map->line);
            const signal line = signal_exchanged(signal_of(map->line, 1));
            transform_run(layer->transform[2], line, line, map->scratch);
            const lanes bias = layer->bias[block];
            lanes *first = map->real + (size_t)row * (size_t)out * (size_t)blocks + block;
            for (int z = 0; z < out; z++) {
                first[z * blocks] = lanes_leaky_only(map->line[z].re + bias, leak);
                if (second) {
                    first[(out + z) * blocks] = lanes_leaky_only(map->line[z].im + bias, leak);
                }
            }
        }
    }
}

static void hidden_layer(const map_state *map, const map_layer *layer)
{
    rows_to_spectra(map, layer);
    lines_forward(map, layer);
    multiply_hidden(map, layer);
    lines_back(map, layer);
    rows_back(map, layer);
}

#endif
