/* adatom: memory of the map kernels, and what they prepare when the weights change. */
#ifndef ADATOM_NN_LANES_MAP_STATE_H
#define ADATOM_NN_LANES_MAP_STATE_H

#include "base/error.h"
#include "base/memory.h"
#include "nn/frame.h"
#include "nn/lanes/transform.h"
#include "nn/network.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct map_layer {
    adatom_frame frame[2];
    adatom_transform *transform[2];
    int inputs, outputs, in_blocks, out_blocks; /* blocks of LANES channels */
    int half;                                   /* frequencies along y of a real signal */
    /* Hidden layers: [half][length0][inputs][re, im][outputs]; output layer:
     * [outputs][half][length0][in_blocks] complex lanes. */
    float *filters;
    clanes *output_filters;
    lanes *bias; /* [out_blocks] */
} map_layer;

typedef struct map_state {
    const adatom_network *network;
    int shape[2];
    bool periodic[2];
    map_layer layers[ADATOM_LAYERS_MAX]; /* 1 .. layer_count - 1 are used */
    int first_size[2], first_margin[2], first_blocks;
    size_t first_count;
    lanes *first;      /* [first_size0][first_size1][first_blocks], sums of layer 0 */
    lanes *first_bias; /* [first_blocks], sum of layer 0 without points */
    int stamp_size[2];
    lanes *stamp; /* [input channels][stamp_size0][stamp_size1][first_blocks] */
    /* scratch */
    lanes *real;                 /* activations of one layer, [x][y][block] */
    clanes *spectrum, *result;   /* [x][half][block] */
    clanes *columns, *products;  /* [block][length0] */
    clanes *line, *scratch;
    lanes *taps;          /* one plane of filters */
    clanes *filter_plane; /* and its spectrum, [half][length0] */
    clanes *output_plane; /* spectrum of an output map, [x][block of k], then [k][block of x] */
    clanes *output_rows;
} map_state;

LANES_INLINE int blocks_of(int channels)
{
    return (channels + LANES - 1) / LANES;
}

static void map_free(void *state)
{
    map_state *map = state;
    if (map == NULL) {
        return;
    }
    for (int l = 0; l < ADATOM_LAYERS_MAX; l++) {
        adatom_transform_free(map->layers[l].transform[0]);
        adatom_transform_free(map->layers[l].transform[1]);
        free(map->layers[l].filters);
        free(map->layers[l].output_filters);
        free(map->layers[l].bias);
    }
    void *const memory[] = {map->first,    map->first_bias, map->stamp,        map->real,         map->spectrum,
                            map->result,   map->columns,    map->products,     map->line,         map->scratch,
                            map->taps,     map->filter_plane, map->output_plane, map->output_rows};
    for (size_t i = 0; i < sizeof memory / sizeof memory[0]; i++) {
        free(memory[i]);
    }
    free(map);
}

static adatom_status create_map_layer(map_state *map, int l)
{
    map_layer *layer = &map->layers[l];
    layer->inputs = adatom_network_inputs(map->network, l);
    layer->outputs = map->network->layers[l].filters;
    layer->in_blocks = blocks_of(layer->inputs);
    layer->out_blocks = blocks_of(layer->outputs);
    layer->half = layer->frame[1].length / 2 + 1;
    for (int axis = 0; axis < 2; axis++) {
        ADATOM_TRY(adatom_transform_create(layer->frame[axis].length, &layer->transform[axis]));
    }
    const size_t frequencies = (size_t)layer->half * (size_t)layer->frame[0].length;
    if (l == map->network->layer_count - 1) {
        ADATOM_TRY(adatom_allocate_aligned(frequencies * (size_t)(layer->outputs * layer->in_blocks), sizeof(clanes),
                                           &layer->output_filters));
    } else {
        /* the last vector load may reach beyond the last filter */
        const size_t count = 2 * frequencies * (size_t)(layer->inputs * layer->outputs) + LANES;
        ADATOM_TRY(adatom_allocate_aligned(count, sizeof(float), &layer->filters));
    }
    return adatom_allocate_aligned((size_t)layer->out_blocks, sizeof(lanes), &layer->bias);
}

typedef struct map_sizes {
    size_t real, spectrum, column, line, taps, plane, output;
} map_sizes;

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static map_sizes largest_buffers(const map_state *map)
{
    map_sizes sizes = {.real = map->first_count, .spectrum = 1, .column = 1, .line = 1, .plane = 1, .output = 1};
    for (int l = 1; l < map->network->layer_count; l++) {
        const map_layer *layer = &map->layers[l];
        const adatom_frame *x = &layer->frame[0], *y = &layer->frame[1];
        const size_t blocks = (size_t)(layer->in_blocks > layer->out_blocks ? layer->in_blocks : layer->out_blocks);
        const size_t rows = (size_t)(x->in > x->out ? x->in : x->out);
        sizes.real = larger(sizes.real, (size_t)(x->out + 1) * (size_t)y->out * blocks);
        sizes.spectrum = larger(sizes.spectrum, rows * (size_t)layer->half * blocks);
        sizes.column = larger(sizes.column, blocks * (size_t)(x->length + LANES));
        sizes.line = larger(sizes.line, larger((size_t)x->length, (size_t)y->length));
        sizes.plane = larger(sizes.plane, (size_t)layer->half * (size_t)x->length);
        sizes.output = larger(sizes.output, (size_t)(x->length + LANES) * (size_t)(y->length + LANES) / LANES +
                                                (size_t)(x->length + y->length + LANES));
        const int *width = map->network->layers[l].width;
        sizes.taps = larger(sizes.taps, (size_t)(width[0] * width[1]));
    }
    return sizes;
}

static adatom_status create_map_buffers(map_state *map)
{
    const map_sizes sizes = largest_buffers(map);
    const size_t stamp_count = (size_t)(map->network->input_channels * map->stamp_size[0] * map->stamp_size[1]) *
                               (size_t)map->first_blocks;
    ADATOM_TRY(adatom_allocate_aligned(map->first_count, sizeof(lanes), &map->first));
    ADATOM_TRY(adatom_allocate_aligned((size_t)map->first_blocks, sizeof(lanes), &map->first_bias));
    ADATOM_TRY(adatom_allocate_aligned(stamp_count, sizeof(lanes), &map->stamp));
    ADATOM_TRY(adatom_allocate_aligned(sizes.real, sizeof(lanes), &map->real));
    ADATOM_TRY(adatom_allocate_aligned(sizes.spectrum, sizeof(clanes), &map->spectrum));
    ADATOM_TRY(adatom_allocate_aligned(sizes.spectrum, sizeof(clanes), &map->result));
    ADATOM_TRY(adatom_allocate_aligned(sizes.column, sizeof(clanes), &map->columns));
    ADATOM_TRY(adatom_allocate_aligned(sizes.column, sizeof(clanes), &map->products));
    ADATOM_TRY(adatom_allocate_aligned(sizes.line, sizeof(clanes), &map->line));
    ADATOM_TRY(adatom_allocate_aligned(sizes.taps, sizeof(lanes), &map->taps));
    ADATOM_TRY(adatom_allocate_aligned(sizes.plane, sizeof(clanes), &map->filter_plane));
    ADATOM_TRY(adatom_allocate_aligned(sizes.output, sizeof(clanes), &map->output_plane));
    ADATOM_TRY(adatom_allocate_aligned(sizes.output, sizeof(clanes), &map->output_rows));
    return adatom_allocate_aligned(2 * sizes.line, sizeof(clanes), &map->scratch);
}

static adatom_status create_map_parts(map_state *map)
{
    adatom_frame frames[ADATOM_LAYERS_MAX][2];
    adatom_frames_choose(map->network, map->shape, map->periodic, frames);
    for (int l = 1; l < map->network->layer_count; l++) {
        memcpy(map->layers[l].frame, frames[l], sizeof frames[l]);
        ADATOM_TRY(create_map_layer(map, l));
    }
    return create_map_buffers(map);
}

static adatom_status map_create(const adatom_network *network, const int shape[2], const bool periodic[2], void **out)
{
    map_state *map = NULL;
    ADATOM_TRY(adatom_allocate(1, sizeof *map, &map));
    map->network = network;
    map->first_blocks = blocks_of(network->layers[0].filters);
    map->first_count = (size_t)map->first_blocks;
    for (int axis = 0; axis < 2; axis++) {
        map->shape[axis] = shape[axis];
        map->periodic[axis] = periodic[axis];
        map->first_size[axis] = adatom_frame_first_size(network, axis, shape[axis], periodic[axis]);
        map->first_margin[axis] = adatom_frame_first_margin(network, axis, periodic[axis]);
        map->first_count *= (size_t)map->first_size[axis];
        map->stamp_size[axis] = network->kernel.width[axis] + network->layers[0].width[axis] - 1;
    }
    const adatom_status status = create_map_parts(map);
    if (status != ADATOM_OK) {
        map_free(map);
        return status;
    }
    *out = map;
    return ADATOM_OK;
}

/* Layer 0 folded with the kernel of the image: what a point adds at distance d - centre. */
static void fold_stamp(map_state *map, const float *weights, int channel)
{
    const adatom_network *network = map->network;
    const int *width = network->layers[0].width, *kernel_width = network->kernel.width;
    const int inputs = network->input_channels, area = width[0] * width[1];
    const float *kernel = network->kernel.values + channel * kernel_width[0] * kernel_width[1];
    const size_t blocks = (size_t)map->first_blocks;
    lanes *stamp = map->stamp + (size_t)channel * (size_t)(map->stamp_size[0] * map->stamp_size[1]) * blocks;
    for (int block = 0; block < map->first_blocks; block++) {
        for (int tap = 0; tap < area; tap++) {
            lanes filter = lanes_zero();
            for (int lane = 0; lane < LANES && block * LANES + lane < network->layers[0].filters; lane++) {
                filter[lane] = weights[network->filter_offset[0] +
                                       (size_t)(((block * LANES + lane) * inputs + channel) * area + tap)];
            }
            /* output pixel x sees image pixel x + tap - centre: the stamp runs against the filter */
            const int x0 = width[0] - 1 - tap / width[1], y0 = width[1] - 1 - tap % width[1];
            for (int i = 0; i < kernel_width[0]; i++) {
                lanes *row = stamp + (size_t)((x0 + i) * map->stamp_size[1] + y0) * blocks + block;
                for (int j = 0; j < kernel_width[1]; j++) {
                    row[(size_t)j * blocks] += filter * kernel[i * kernel_width[1] + j];
                }
            }
        }
    }
}

/* Layer 0 where there are no points: its bias, and what the bias of the image gives. */
static void fold_bias(map_state *map, const float *weights)
{
    const adatom_network *network = map->network;
    const size_t per_filter = (size_t)(network->input_channels * network->layers[0].width[0] * network->layers[0].width[1]);
    memset(map->first_bias, 0, (size_t)map->first_blocks * sizeof(lanes));
    for (int filter = 0; filter < network->layers[0].filters; filter++) {
        const float *w = weights + network->filter_offset[0] + (size_t)filter * per_filter;
        float sum = 0;
        for (size_t i = 0; i < per_filter; i++) {
            sum += w[i];
        }
        map->first_bias[filter / LANES][filter % LANES] =
            weights[network->bias_offset[0] + (size_t)filter] + network->kernel.bias * sum;
    }
}

static void map_clear(void *state)
{
    map_state *map = state;
    for (size_t i = 0; i < map->first_count; i++) {
        map->first[i] = map->first_bias[i % (size_t)map->first_blocks];
    }
}

/* Adds the stamp's row to a row of layer 0, wrapped or cut at the ends. */
static void add_stamp_row(map_state *map, const lanes *stamp, lanes *row, int y0)
{
    const int size = map->first_size[1], blocks = map->first_blocks;
    int y = map->periodic[1] ? (y0 % size + size) % size : y0;
    for (int j = 0; j < map->stamp_size[1]; j++) {
        if (y >= 0 && y < size) {
            for (int block = 0; block < blocks; block++) {
                row[y * blocks + block] += stamp[j * blocks + block];
            }
        }
        y++;
        if (map->periodic[1] && y == size) {
            y = 0;
        }
    }
}

static void map_add(void *state, adatom_point point)
{
    map_state *map = state;
    const int blocks = map->first_blocks;
    const size_t stamp_row = (size_t)(map->stamp_size[1] * blocks);
    const lanes *stamp = map->stamp + (size_t)point.channel * (size_t)map->stamp_size[0] * stamp_row;
    for (int i = 0; i < map->stamp_size[0]; i++) {
        int x = point.x + map->first_margin[0] + i - map->stamp_size[0] / 2;
        if (map->periodic[0]) {
            x = (x % map->first_size[0] + map->first_size[0]) % map->first_size[0];
        } else if (x < 0 || x >= map->first_size[0]) {
            continue;
        }
        add_stamp_row(map, stamp + (size_t)i * stamp_row, map->first + (size_t)(x * map->first_size[1] * blocks),
                      point.y + map->first_margin[1] - map->stamp_size[1] / 2);
    }
}

/* Spectrum of one plane of filters, one filter per lane: taps [width0][width1] go to
 * spectrum[half][length0]. map->line, ->spectrum (rows) and ->scratch are used. */
static void filter_spectrum(const map_state *map, const map_layer *layer, const int width[2], const lanes *taps,
                            clanes *spectrum)
{
    const adatom_frame *x = &layer->frame[0], *y = &layer->frame[1];
    memset(spectrum, 0, (size_t)layer->half * (size_t)x->length * sizeof *spectrum);
    for (int i = 0; i < width[0]; i++) {
        memset(map->line, 0, (size_t)y->length * sizeof *map->line);
        for (int j = 0; j < width[1]; j++) {
            map->line[((y->centre - j) % y->length + y->length) % y->length].re += taps[i * width[1] + j];
        }
        transform_run(layer->transform[1], signal_of(map->line, 1), signal_of(map->line, 1), map->scratch);
        const int row = ((x->centre - i) % x->length + x->length) % x->length;
        for (int k = 0; k < layer->half; k++) {
            clanes *value = &spectrum[k * x->length + row];
            *value = clanes_add(*value, map->line[k]);
        }
    }
    for (int k = 0; k < layer->half; k++) {
        const signal column = signal_of(spectrum + k * x->length, 1);
        transform_run(layer->transform[0], column, column, map->scratch);
    }
}

/* Taps of LANES filters of one input (hidden layer), or of one filter of LANES inputs (output layer),
 * divided by the size of the transforms. */
static void gather_taps(const map_state *map, int l, const float *weights, int fixed, int block, bool over_outputs,
                        lanes *taps)
{
    const map_layer *layer = &map->layers[l];
    const int *width = map->network->layers[l].width;
    const int area = width[0] * width[1], count = over_outputs ? layer->outputs : layer->inputs;
    const float scale = 1.0f / ((float)layer->frame[0].length * (float)layer->frame[1].length);
    for (int tap = 0; tap < area; tap++) {
        taps[tap] = lanes_zero();
    }
    for (int lane = 0; lane < LANES && block * LANES + lane < count; lane++) {
        const int other = block * LANES + lane;
        const int filter = over_outputs ? other : fixed, input = over_outputs ? fixed : other;
        const float *w = weights + map->network->filter_offset[l] + (size_t)((filter * layer->inputs + input) * area);
        for (int tap = 0; tap < area; tap++) {
            taps[tap][lane] = w[tap] * scale;
        }
    }
}

static void prepare_hidden(const map_state *map, int l, const float *weights)
{
    clanes *spectrum = map->filter_plane;
    const map_layer *layer = &map->layers[l];
    const size_t frequencies = (size_t)layer->half * (size_t)layer->frame[0].length;
    for (int input = 0; input < layer->inputs; input++) {
        for (int block = 0; block < layer->out_blocks; block++) {
            gather_taps(map, l, weights, input, block, true, map->taps);
            filter_spectrum(map, layer, map->network->layers[l].width, map->taps, spectrum);
            const int rest = layer->outputs - block * LANES, count = rest < LANES ? rest : LANES;
            for (size_t f = 0; f < frequencies; f++) {
                float *to = layer->filters + (f * (size_t)layer->inputs + (size_t)input) * 2 * (size_t)layer->outputs +
                            block * LANES;
                memcpy(to, &spectrum[f].re, (size_t)count * sizeof(float));
                memcpy(to + layer->outputs, &spectrum[f].im, (size_t)count * sizeof(float));
            }
        }
    }
}

static void prepare_output(const map_state *map, int l, const float *weights)
{
    clanes *spectrum = map->filter_plane;
    const map_layer *layer = &map->layers[l];
    const size_t frequencies = (size_t)layer->half * (size_t)layer->frame[0].length;
    for (int filter = 0; filter < layer->outputs; filter++) {
        for (int block = 0; block < layer->in_blocks; block++) {
            gather_taps(map, l, weights, filter, block, false, map->taps);
            filter_spectrum(map, layer, map->network->layers[l].width, map->taps, spectrum);
            for (size_t f = 0; f < frequencies; f++) {
                layer->output_filters[((size_t)filter * frequencies + f) * (size_t)layer->in_blocks + (size_t)block] =
                    spectrum[f];
            }
        }
    }
}

static void prepare_bias(const map_state *map, int l, const float *weights)
{
    const map_layer *layer = &map->layers[l];
    for (int filter = 0; filter < layer->outputs; filter++) {
        layer->bias[filter / LANES][filter % LANES] = weights[map->network->bias_offset[l] + (size_t)filter];
    }
}

static void map_prepare(void *state, const float *weights)
{
    map_state *map = state;
    const size_t stamp_count =
        (size_t)(map->network->input_channels * map->stamp_size[0] * map->stamp_size[1] * map->first_blocks);
    memset(map->stamp, 0, stamp_count * sizeof(lanes));
    for (int channel = 0; channel < map->network->input_channels; channel++) {
        fold_stamp(map, weights, channel);
    }
    fold_bias(map, weights);
    for (int l = 1; l < map->network->layer_count; l++) {
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
