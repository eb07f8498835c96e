/* adatom: what the map kernels prepare when the weights change: the stamp of layer 0 and the
 * spectra of the filters of the others. */
#ifndef ADATOM_NN_LANES_MAP_PREPARE_H
#define ADATOM_NN_LANES_MAP_PREPARE_H

#include "nn/lanes/map_image.h"

/* Filters of one input channel of layer 0, LANES outputs at once. */
static void gather_first_taps(const map_state *map, const float *weights, int channel, int block)
{
    const adatom_layer *layer = &map->network->layers[0];
    const int area = (int)adatom_width_area(layer->width);
    for (int tap = 0; tap < area; tap++) {
        lanes filter = lanes_zero();
        for (int lane = 0; lane < LANES && block * LANES + lane < layer->filters; lane++) {
            const int plane = (block * LANES + lane) * map->network->input_channels + channel;
            filter[lane] = weights[map->network->filter_offset[0] + (size_t)(plane * area + tap)];
        }
        map->taps[tap] = filter;
    }
}

/* The kernel of a channel with zeros before and behind its rows, so that sums need no bounds. */
static int pad_kernel(const map_state *map, int channel)
{
    const int *width = map->network->layers[0].width, *kernel_width = map->network->kernel.width;
    const int padding = width[2] - 1, row = kernel_width[2] + 2 * padding + STAMP_BLOCK;
    const int rows = kernel_width[0] * kernel_width[1];
    const float *kernel = map->kernel + (size_t)channel * adatom_width_area(kernel_width);
    memset(map->padded_kernel, 0, (size_t)rows * (size_t)row * sizeof(float));
    for (int i = 0; i < rows; i++) {
        memcpy(map->padded_kernel + i * row + padding, kernel + i * kernel_width[2],
               (size_t)kernel_width[2] * sizeof(float));
    }
    return row;
}

/* Adds what the taps of one row of the filters give with one row of the kernel. */
LANES_INLINE void add_stamp_taps(const lanes *taps, int count, const float *kernel,
                                 lanes sums[STAMP_BLOCK])
{
    for (int c = 0; c < count; c++) {
        const lanes filter = taps[c];
#pragma GCC unroll 8
        for (int u = 0; u < STAMP_BLOCK; u++) {
            sums[u] += filter * kernel[c + u];
        }
    }
}

/* STAMP_BLOCK values of the stamp: sum over taps of filter[a][b][c] * kernel[x - (w0 - 1 - a)][y -
 * (w1 - 1 - b)][z - (w2 - 1 - c)], for output pixel x sees image pixel x + tap - centre: the stamp
 * runs against the filter. */
LANES_INLINE void stamp_block(const map_state *map, const int at[3], int kernel_row,
                              lanes sums[STAMP_BLOCK])
{
    const int *width = map->network->layers[0].width, *kernel = map->network->kernel.width;
#pragma GCC unroll 8
    for (int u = 0; u < STAMP_BLOCK; u++) {
        sums[u] = lanes_zero();
    }
    for (int a = 0; a < width[0]; a++) {
        const int i = at[0] - (width[0] - 1 - a);
        if (i < 0 || i >= kernel[0]) {
            continue;
        }
        for (int b = 0; b < width[1]; b++) {
            const int j = at[1] - (width[1] - 1 - b);
            if (j >= 0 && j < kernel[1]) {
                add_stamp_taps(map->taps + (a * width[1] + b) * width[2], width[2],
                               map->padded_kernel + (i * kernel[1] + j) * kernel_row + at[2], sums);
            }
        }
    }
}

/* One row of the stamp for one block of outputs. */
static void fold_stamp_row(const map_state *map, int x, int y, int kernel_row, lanes *row)
{
    const int length = map->stamp_size[2], blocks = map->first_blocks;
    for (int z = 0; z < length; z += STAMP_BLOCK) {
        lanes sums[STAMP_BLOCK];
        stamp_block(map, (const int[3]){x, y, z}, kernel_row, sums);
        for (int u = 0; u < STAMP_BLOCK && z + u < length; u++) {
            row[(z + u) * blocks] = sums[u];
        }
    }
}

/* Layer 0 folded with the kernel of the image: what a point adds around itself. */
static void fold_stamp(map_state *map, const float *weights, int channel)
{
    const int kernel_row = pad_kernel(map, channel), blocks = map->first_blocks;
    const int *size = map->stamp_size;
    lanes *stamp =
        map->stamp + (size_t)channel * adatom_width_area(map->stamp_size) * (size_t)blocks;
    for (int block = 0; block < blocks; block++) {
        gather_first_taps(map, weights, channel, block);
        for (int line = 0; line < size[0] * size[1]; line++) {
            fold_stamp_row(map, line / size[1], line % size[1], kernel_row,
                           stamp + (size_t)(line * size[2]) * (size_t)blocks + block);
        }
    }
}

/* The kernels that points put into the normalized image. */
static void take_kernel(map_state *map, const float *weights)
{
    const adatom_network *network = map->network;
    const size_t area = adatom_width_area(network->kernel.width);
    adatom_input_kernel(network, weights, map->kernel);
    for (size_t i = 0; i < (size_t)network->point_kinds * area; i++) {
        map->kernel[i] *= map->affine[i / area].factor;
    }
}

/* What a trained image gives to a filter of layer 0 where there are no points. */
static float empty_sum(const map_state *map, const float *w, size_t area)
{
    float sum = 0;
    for (int channel = 0; channel < map->network->input_channels; channel++, w += area) {
        float taps = 0;
        for (size_t i = 0; i < area; i++) {
            taps += w[i];
        }
        sum += map->affine[channel].addend * taps;
    }
    return sum;
}

/* Layer 0 where there are no points: its bias, and what the bias of the image gives. */
static void fold_bias(map_state *map, const float *weights)
{
    const adatom_network *network = map->network;
    const size_t area = adatom_width_area(network->layers[0].width);
    const size_t per_filter = (size_t)network->input_channels * area;
    memset(map->first_bias, 0, (size_t)map->first_blocks * sizeof(lanes));
    for (int filter = 0; filter < network->layers[0].filters; filter++) {
        const float *w = weights + network->filter_offset[0] + (size_t)filter * per_filter;
        float sum = 0;
        for (size_t i = 0; i < per_filter; i++) {
            sum += w[i];
        }
        float *value = (float *)&map->first_bias[filter / LANES] + filter % LANES;
        *value = weights[network->bias_offset[0] + (size_t)filter] + network->kernel.bias * sum;
        if (adatom_input_is_trained(network)) {
            *value += empty_sum(map, w, area);
        }
    }
}

/* The line of a layer's spectrum on which row `row` (slab * width1 + column) of the filters stands.
 */
LANES_INLINE int filter_line(const map_layer *layer, const int width[3], int row)
{
    const adatom_frame *slab = &layer->frame[0], *column = &layer->frame[1];
    const int x = slab->centre - row / width[1], y = column->centre - row % width[1];
    return (x % slab->length + slab->length) % slab->length * column->length +
           (y % column->length + column->length) % column->length;
}

/* Spectra of two rows of real filters at once: row i and the next to filter_rows[k][line]. */
static void filter_row_pair(const map_state *map, const map_layer *layer, const int width[3], int i)
{
    const adatom_frame *frame = &layer->frame[2];
    const bool second = i + 1 < width[0] * width[1];
    memset(map->line, 0, (size_t)frame->length * sizeof *map->line);
    for (int j = 0; j < width[2]; j++) {
        const int at = (frame->centre - j) % frame->length;
        clanes *value = &map->line[(at + frame->length) % frame->length];
        value->re += map->taps[i * width[2] + j];
        if (second) {
            value->im += map->taps[(i + 1) * width[2] + j];
        }
    }
    transform_run(layer->transform[2], signal_of(map->line, 1), signal_of(map->line, 1),
                  map->scratch);
    const int row = filter_line(layer, width, i), next = filter_line(layer, width, i + 1);
    for (int k = 0; k < layer->half; k++) {
        const clanes v = map->line[k], w = map->line[k == 0 ? 0 : frame->length - k];
        clanes *rows = map->filter_rows + (size_t)k * (size_t)layer->lines;
        rows[row] = clanes_add(rows[row], (clanes){(v.re + w.re) * 0.5f, (v.im - w.im) * 0.5f});
        if (second) {
            rows[next] =
                clanes_add(rows[next], (clanes){(v.im + w.im) * 0.5f, (w.re - v.re) * 0.5f});
        }
    }
}

/* Columns, then slabs, of one frequency k: rows[line] to spectrum[line]. */
static void filter_sheet(const map_state *map, const map_layer *layer, clanes *rows,
                         clanes *spectrum)
{
    const int slabs = layer->frame[0].length, columns = layer->frame[1].length;
    for (int x = 0; x < slabs; x++) {
        transform_run(layer->transform[1], signal_of(rows + x * columns, 1),
                      signal_of(spectrum + x * columns, 1), map->scratch);
    }
    for (int y = 0; y < columns && slabs > 1; y++) {
        const signal slab = signal_of(spectrum + y, columns);
        transform_run(layer->transform[0], slab, slab, map->scratch);
    }
}

/* Spectrum of one block of filters, one filter per lane: map->taps [width0][width1][width2] to
 * filter_plane[half][lines]. */
static void filter_spectrum(const map_state *map, const map_layer *layer, const int width[3])
{
    for (int k = 0; k < layer->half; k++) {
        for (int i = 0; i < width[0] * width[1]; i++) {
            map->filter_rows[k * layer->lines + filter_line(layer, width, i)] =
                (clanes){lanes_zero(), lanes_zero()};
        }
    }
    for (int i = 0; i < width[0] * width[1]; i += 2) {
        filter_row_pair(map, layer, width, i);
    }
    for (int k = 0; k < layer->half; k++) {
        filter_sheet(map, layer, map->filter_rows + k * layer->lines,
                     map->filter_plane + k * layer->lines);
    }
}

/* Taps of `count` planes of filters, one per lane, divided by the size of the transforms. Planes of
 * a layer are numbered output * inputs + input. */
static void gather_taps(const map_state *map, int l, const float *weights, const int planes[LANES],
                        int count)
{
    const map_layer *layer = &map->layers[l];
    const int *width = map->network->layers[l].width;
    const int area = (int)adatom_width_area(width);
    const float scale = 1.0f / ((float)layer->lines * (float)layer->frame[2].length);
    memset(map->taps, 0, (size_t)area * sizeof *map->taps);
    for (int lane = 0; lane < count; lane++) {
        const float *w =
            weights + map->network->filter_offset[l] + (size_t)planes[lane] * (size_t)area;
        for (int tap = 0; tap < area; tap++) {
            map->taps[tap][lane] = w[tap] * scale;
        }
    }
}

/* The spectra of all pairs of channels, LANES pairs at once; a pair is input * outputs + output. */
static void prepare_hidden(const map_state *map, int l, const float *weights)
{
    const map_layer *layer = &map->layers[l];
    const int lines = layer->lines, pairs = layer->inputs * layer->outputs;
    for (int first = 0; first < pairs; first += LANES) {
        const int count = pairs - first < LANES ? pairs - first : LANES;
        int planes[LANES];
        for (int i = 0; i < count; i++) {
            planes[i] = (first + i) % layer->outputs * layer->inputs + (first + i) / layer->outputs;
        }
        gather_taps(map, l, weights, planes, count);
        filter_spectrum(map, layer, map->network->layers[l].width);
        for (int k = 0; k < layer->half; k++) {
            for (int line = 0; line < lines; line++) {
                const clanes value = map->filter_plane[k * lines + line];
                float *to = layer->filters +
                            ((size_t)line * (size_t)layer->half + (size_t)k) * 2 * (size_t)pairs +
                            first;
                lanes_store_some(to, value.re, count);
                lanes_store_some(to + pairs, value.im, count);
            }
        }
    }
}

static void prepare_output(const map_state *map, int l, const float *weights)
{
    const map_layer *layer = &map->layers[l];
    const int lines = layer->lines;
    for (int filter = 0; filter < layer->outputs; filter++) {
        for (int block = 0; block < layer->in_blocks; block++) {
            int planes[LANES];
            for (int i = 0; i < LANES; i++) {
                planes[i] = filter * layer->inputs + block * LANES + i;
            }
            gather_taps(map, l, weights, planes, lanes_in_block(layer->inputs, block));
            filter_spectrum(map, layer, map->network->layers[l].width);
            for (int k = 0; k < layer->half; k++) {
                for (int line = 0; line < lines; line++) {
                    const size_t place =
                        (size_t)(filter * lines + line) * (size_t)layer->half + (size_t)k;
                    layer->output_filters[place * (size_t)layer->in_blocks + (size_t)block] =
                        map->filter_plane[k * lines + line];
                }
            }
        }
    }
}

static void prepare_bias(const map_state *map, int l, const float *weights)
{
    const map_layer *layer = &map->layers[l];
    for (int filter = 0; filter < layer->outputs; filter++) {
        layer->bias[filter / LANES][filter % LANES] =
            weights[map->network->bias_offset[l] + (size_t)filter];
    }
}

static void prepare_stamps(map_state *map, const float *weights)
{
    take_kernel(map, weights);
    for (int channel = 0; channel < map->network->point_kinds; channel++) {
        fold_stamp(map, weights, channel);
    }
    fold_bias(map, weights);
}

/* A dense image without points. */
static void take_empty_image(map_state *map)
{
    memset(map->first_bias, 0, (size_t)map->first_blocks * sizeof(lanes));
    for (int channel = 0; channel < map->network->input_channels; channel++) {
        map->first_bias[channel / LANES][channel % LANES] = map->affine[channel].addend;
    }
}

static void map_prepare(void *state, const float *weights)
{
    map_state *map = state;
    adatom_input_average(map->network, weights, map->affine);
    if (map->dense) {
        take_empty_image(map);
    } else {
        prepare_stamps(map, weights);
    }
    for (int l = map->first_layer; l < map->network->layer_count; l++) {
        const map_layer *layer = &map->layers[l];
        memset(map->filter_rows, 0,
               (size_t)layer->half * (size_t)layer->lines * sizeof *map->filter_rows);
        if (l == map->network->layer_count - 1) {
            prepare_output(map, l, weights);
        } else {
            prepare_hidden(map, l, weights);
        }
        prepare_bias(map, l, weights);
    }
    map_clear(map);
}

#endif
