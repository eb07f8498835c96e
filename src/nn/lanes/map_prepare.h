/* adatom: what the map kernels prepare when the weights change: the stamp of layer 0 and the
 * spectra of the filters of the others. */
#ifndef ADATOM_NN_LANES_MAP_PREPARE_H
#define ADATOM_NN_LANES_MAP_PREPARE_H

#include "nn/lanes/map_state.h"

/* Filters of one input channel of layer 0, LANES outputs at once. */
static void gather_first_taps(const map_state *map, const float *weights, int channel, int block)
{
    const adatom_layer *layer = &map->network->layers[0];
    const int area = layer->width[0] * layer->width[1];
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
    const int padding = width[1] - 1, row = kernel_width[1] + 2 * padding + STAMP_BLOCK;
    const float *kernel = map->kernel + channel * kernel_width[0] * kernel_width[1];
    memset(map->padded_kernel, 0, (size_t)(kernel_width[0] * row) * sizeof(float));
    for (int i = 0; i < kernel_width[0]; i++) {
        memcpy(map->padded_kernel + i * row + padding, kernel + i * kernel_width[1],
               (size_t)kernel_width[1] * sizeof(float));
    }
    return row;
}

/* STAMP_BLOCK values of the stamp: sum over taps of filter[a][b] * kernel[x - (w0 - 1 - a)][y - (w1
 * - 1 - b)], for output pixel x sees image pixel x + tap - centre: the stamp runs against the
 * filter. */
LANES_INLINE void stamp_block(const map_state *map, int x, int y, int kernel_row,
                              lanes sums[STAMP_BLOCK])
{
    const int *width = map->network->layers[0].width, kernel_rows = map->network->kernel.width[0];
#pragma GCC unroll 8
    for (int u = 0; u < STAMP_BLOCK; u++) {
        sums[u] = lanes_zero();
    }
    for (int a = 0; a < width[0]; a++) {
        const int i = x - (width[0] - 1 - a);
        if (i < 0 || i >= kernel_rows) {
            continue;
        }
        for (int b = 0; b < width[1]; b++) {
            const lanes filter = map->taps[a * width[1] + b];
            const float *kernel = map->padded_kernel + i * kernel_row + y + b;
#pragma GCC unroll 8
            for (int u = 0; u < STAMP_BLOCK; u++) {
                sums[u] += filter * kernel[u];
            }
        }
    }
}

/* Layer 0 folded with the kernel of the image: what a point adds around itself. */
static void fold_stamp(map_state *map, const float *weights, int channel)
{
    const int kernel_row = pad_kernel(map, channel), blocks = map->first_blocks;
    lanes *stamp = map->stamp + (size_t)channel *
                                    (size_t)(map->stamp_size[0] * map->stamp_size[1]) *
                                    (size_t)blocks;
    for (int block = 0; block < blocks; block++) {
        gather_first_taps(map, weights, channel, block);
        for (int x = 0; x < map->stamp_size[0]; x++) {
            for (int y = 0; y < map->stamp_size[1]; y += STAMP_BLOCK) {
                lanes sums[STAMP_BLOCK];
                stamp_block(map, x, y, kernel_row, sums);
                for (int u = 0; u < STAMP_BLOCK && y + u < map->stamp_size[1]; u++) {
                    stamp[(x * map->stamp_size[1] + y + u) * blocks + block] = sums[u];
                }
            }
        }
    }
}

/* The kernels that points put into the normalized image. */
static void take_kernel(map_state *map, const float *weights)
{
    const adatom_network *network = map->network;
    const size_t area = adatom_width_area(network->kernel.width);
    adatom_input_kernel(network, weights, map->kernel);
    adatom_input_average(network, weights, map->affine);
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
    const size_t area = (size_t)(network->layers[0].width[0] * network->layers[0].width[1]);
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

/* Spectra of two rows of real filters at once: row i and the next to filter_rows[k][x]. */
static void filter_row_pair(const map_state *map, const map_layer *layer, const int width[2], int i)
{
    const adatom_frame *x = &layer->frame[0], *y = &layer->frame[1];
    const bool second = i + 1 < width[0];
    memset(map->line, 0, (size_t)y->length * sizeof *map->line);
    for (int j = 0; j < width[1]; j++) {
        clanes *value = &map->line[((y->centre - j) % y->length + y->length) % y->length];
        value->re += map->taps[i * width[1] + j];
        if (second) {
            value->im += map->taps[(i + 1) * width[1] + j];
        }
    }
    transform_run(layer->transform[1], signal_of(map->line, 1), signal_of(map->line, 1),
                  map->scratch);
    const int row = ((x->centre - i) % x->length + x->length) % x->length;
    const int next = (row + x->length - 1) % x->length;
    for (int k = 0; k < layer->half; k++) {
        const clanes v = map->line[k], w = map->line[k == 0 ? 0 : y->length - k];
        clanes *rows = map->filter_rows + (size_t)k * (size_t)x->length;
        rows[row] = clanes_add(rows[row], (clanes){(v.re + w.re) * 0.5f, (v.im - w.im) * 0.5f});
        if (second) {
            rows[next] =
                clanes_add(rows[next], (clanes){(v.im + w.im) * 0.5f, (w.re - v.re) * 0.5f});
        }
    }
}

/* Spectrum of one plane of filters, one filter per lane: map->taps [width0][width1] to
 * filter_plane[half][length0]. */
static void filter_spectrum(const map_state *map, const map_layer *layer, const int width[2])
{
    const int length = layer->frame[0].length;
    for (int k = 0; k < layer->half; k++) {
        for (int i = 0; i < width[0]; i++) {
            const int row = ((layer->frame[0].centre - i) % length + length) % length;
            map->filter_rows[k * length + row] = (clanes){lanes_zero(), lanes_zero()};
        }
    }
    for (int i = 0; i < width[0]; i += 2) {
        filter_row_pair(map, layer, width, i);
    }
    for (int k = 0; k < layer->half; k++) {
        transform_run(layer->transform[0], signal_of(map->filter_rows + k * length, 1),
                      signal_of(map->filter_plane + k * length, 1), map->scratch);
    }
}

/* Taps of `count` planes of filters, one per lane, divided by the size of the transforms. Planes of
 * a layer are numbered output * inputs + input. */
static void gather_taps(const map_state *map, int l, const float *weights, const int planes[LANES],
                        int count)
{
    const map_layer *layer = &map->layers[l];
    const int *width = map->network->layers[l].width;
    const int area = width[0] * width[1];
    const float scale = 1.0f / ((float)layer->frame[0].length * (float)layer->frame[1].length);
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
    const int length = layer->frame[0].length, pairs = layer->inputs * layer->outputs;
    for (int first = 0; first < pairs; first += LANES) {
        const int count = pairs - first < LANES ? pairs - first : LANES;
        int planes[LANES];
        for (int i = 0; i < count; i++) {
            planes[i] = (first + i) % layer->outputs * layer->inputs + (first + i) / layer->outputs;
        }
        gather_taps(map, l, weights, planes, count);
        filter_spectrum(map, layer, map->network->layers[l].width);
        for (int k = 0; k < layer->half; k++) {
            for (int kx = 0; kx < length; kx++) {
                const clanes value = map->filter_plane[k * length + kx];
                float *to = layer->filters +
                            ((size_t)kx * (size_t)layer->half + (size_t)k) * 2 * (size_t)pairs +
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
    const int length = layer->frame[0].length;
    for (int filter = 0; filter < layer->outputs; filter++) {
        for (int block = 0; block < layer->in_blocks; block++) {
            int planes[LANES];
            for (int i = 0; i < LANES; i++) {
                planes[i] = filter * layer->inputs + block * LANES + i;
            }
            gather_taps(map, l, weights, planes, lanes_in_block(layer->inputs, block));
            filter_spectrum(map, layer, map->network->layers[l].width);
            for (int k = 0; k < layer->half; k++) {
                for (int kx = 0; kx < length; kx++) {
                    const size_t place =
                        (size_t)(filter * length + kx) * (size_t)layer->half + (size_t)k;
                    layer->output_filters[place * (size_t)layer->in_blocks + (size_t)block] =
                        map->filter_plane[k * length + kx];
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

static void map_prepare(void *state, const float *weights)
{
    map_state *map = state;
    take_kernel(map, weights);
    for (int channel = 0; channel < map->network->point_kinds; channel++) {
        fold_stamp(map, weights, channel);
    }
    fold_bias(map, weights);
    for (int l = 1; l < map->network->layer_count; l++) {
        const map_layer *layer = &map->layers[l];
        memset(map->filter_rows, 0,
               (size_t)layer->half * (size_t)layer->frame[0].length * sizeof *map->filter_rows);
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
