/* adatom: memory of the map kernels, and the points that are added to it. */
#ifndef ADATOM_NN_LANES_MAP_STATE_H
#define ADATOM_NN_LANES_MAP_STATE_H

#include "base/error.h"
#include "base/memory.h"
#include "nn/frame.h"
#include "nn/input.h"
#include "nn/lanes/transform.h"
#include "nn/network.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { STAMP_BLOCK = 8 };

typedef struct map_layer {
    adatom_frame frame[3];
    adatom_transform *transform[3];
    int inputs, outputs, in_blocks, out_blocks; /* blocks of LANES channels */
    int half;                                   /* frequencies k of a real row */
    int lines; /* frequencies of slabs and columns together: length0 * length1 */
    /* Spectra are [slab][column][re, im][frequency k][channel], without gaps: floats from one row
     * to the next are 2 * pitch. */
    size_t in_pitch, out_pitch;
    /* Hidden layers: [lines][half][re, im][inputs][outputs]; output layer:
     * [outputs][lines][half][in_blocks] complex lanes. */
    float *filters;
    clanes *output_filters;
    lanes *bias; /* [out_blocks] */
} map_layer;

typedef struct map_state {
    const adatom_network *network;
    int shape[3];
    bool periodic[3];
    bool dense;                          /* `first` is the image, not layer 0 */
    int first_layer;                     /* that works in the frequency domain: 0 or 1 */
    map_layer layers[ADATOM_LAYERS_MAX]; /* first_layer .. layer_count - 1 are used */
    int first_size[3], first_margin[3], first_blocks;
    size_t first_count;
    lanes *first;      /* [first_size0][first_size1][first_size2][first_blocks], sums of layer 0 */
    lanes *first_bias; /* [first_blocks], the same without points */
    size_t image_pixels; /* of a dense image: first_size multiplied */
    float *image_sums;   /* [input_channels][re, im][image_pixels], of the kernels of points */
    int stamp_size[3];
    float *kernel;         /* [point_kinds][area], normalized */
    adatom_affine *affine; /* [input_channels], the normalization */
    lanes *stamp;          /* [point_kinds][stamp_size0][stamp_size1][stamp_size2][first_blocks] */
    /* scratch */
    lanes *real;              /* activations of one layer, [slab][column][row][block] */
    float *spectrum, *result; /* of one layer's input and output */
    clanes *line, *scratch;
    lanes *taps;          /* one block of filters */
    float *padded_kernel; /* [kernel width0][kernel width1][kernel width2 + zeros] */
    clanes *filter_rows;  /* its rows transformed, [half][lines]; 0 between the filters */
    clanes *filter_plane; /* and its spectrum, [half][lines] */
    clanes *output_plane; /* spectrum of an output map, [line][block of k] */
    float *output_rows;   /* the same, [k][block of rows][re, im][lanes] */
} map_state;

LANES_INLINE int blocks_of(int channels)
{
    return (channels + LANES - 1) / LANES;
}

/* How many of the channels stand in a block. */
LANES_INLINE int lanes_in_block(int channels, int block)
{
    const int rest = channels - block * LANES;
    return rest < LANES ? rest : LANES;
}

/* Floats of one row of frequencies and channels, with room for what the last vector reads behind
 * it. */
LANES_INLINE size_t pitch_of(int half, int channels)
{
    return ((size_t)half * (size_t)channels + 2 * LANES - 1) / LANES * LANES;
}

static void map_free(void *state)
{
    map_state *map = state;
    if (map == NULL) {
        return;
    }
    for (int l = 0; l < ADATOM_LAYERS_MAX; l++) {
        for (int axis = 0; axis < 3; axis++) {
            adatom_transform_free(map->layers[l].transform[axis]);
        }
        free(map->layers[l].filters);
        free(map->layers[l].output_filters);
        free(map->layers[l].bias);
    }
    void *const memory[] = {map->first,         map->first_bias,   map->stamp,
                            map->real,          map->spectrum,     map->result,
                            map->line,          map->scratch,      map->taps,
                            map->padded_kernel, map->filter_plane, map->filter_rows,
                            map->output_plane,  map->output_rows,  map->kernel,
                            map->affine,        map->image_sums};
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
    layer->half = layer->frame[2].length / 2 + 1;
    layer->lines = layer->frame[0].length * layer->frame[1].length;
    layer->in_pitch = pitch_of(layer->half, layer->inputs);
    layer->out_pitch = pitch_of(layer->half, layer->outputs);
    for (int axis = 0; axis < 3; axis++) {
        ADATOM_TRY(adatom_transform_create(layer->frame[axis].length, &layer->transform[axis]));
    }
    const size_t frequencies = (size_t)layer->half * (size_t)layer->lines;
    if (l == map->network->layer_count - 1) {
        ADATOM_TRY(
            adatom_allocate_aligned(frequencies * (size_t)(layer->outputs * layer->in_blocks),
                                    sizeof(clanes), &layer->output_filters));
    } else {
        /* the last vector load may reach beyond the last filter */
        const size_t count = 2 * frequencies * (size_t)(layer->inputs * layer->outputs) + LANES;
        ADATOM_TRY(adatom_allocate_aligned(count, sizeof(float), &layer->filters));
    }
    return adatom_allocate_aligned((size_t)layer->out_blocks, sizeof(lanes), &layer->bias);
}

typedef struct map_sizes {
    size_t real, spectrum, line, taps, plane, output;
} map_sizes;

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static map_sizes largest_buffers(const map_state *map)
{
    map_sizes sizes = {.real = map->first_count, .spectrum = 1, .line = 1, .plane = 1, .output = 1};
    sizes.taps = adatom_width_area(map->network->layers[0].width);
    for (int l = map->first_layer; l < map->network->layer_count; l++) {
        const map_layer *layer = &map->layers[l];
        const adatom_frame *frame = layer->frame;
        const size_t lines = (size_t)layer->lines, half = (size_t)layer->half;
        const size_t rows = (size_t)frame[0].out * (size_t)frame[1].out;
        const size_t blocks =
            (size_t)(layer->in_blocks > layer->out_blocks ? layer->in_blocks : layer->out_blocks);
        sizes.real = larger(sizes.real, (rows + 1) * (size_t)frame[2].out * blocks);
        sizes.spectrum =
            larger(sizes.spectrum, 2 * lines * larger(layer->in_pitch, layer->out_pitch));
        for (int axis = 0; axis < 3; axis++) {
            sizes.line = larger(sizes.line, (size_t)frame[axis].length);
        }
        sizes.plane = larger(sizes.plane, half * lines);
        sizes.output = larger(sizes.output, larger(lines * (half + LANES) / LANES,
                                                   (half + 1) * (rows + 2 * LANES) / LANES) +
                                                LANES);
        sizes.taps = larger(sizes.taps, adatom_width_area(map->network->layers[l].width));
    }
    return sizes;
}

static adatom_status create_map_buffers(map_state *map)
{
    const map_sizes sizes = largest_buffers(map);
    const int *kernel = map->network->kernel.width, *width = map->network->layers[0].width;
    const size_t padded_count = (size_t)kernel[0] * (size_t)kernel[1] *
                                (size_t)(kernel[2] + 2 * width[2] + 2 * STAMP_BLOCK);
    const size_t kinds = map->dense ? 0 : (size_t)map->network->point_kinds;
    const size_t stamp_count =
        kinds * adatom_width_area(map->stamp_size) * (size_t)map->first_blocks;
    const size_t kernel_count = kinds * adatom_width_area(map->network->kernel.width);
    const size_t sum_count =
        map->dense ? 2 * (size_t)map->network->input_channels * map->image_pixels : 0;
    ADATOM_TRY(adatom_allocate_aligned(sum_count, sizeof(float), &map->image_sums));
    ADATOM_TRY(adatom_allocate(kernel_count, sizeof(float), &map->kernel));
    ADATOM_TRY(
        adatom_allocate((size_t)map->network->input_channels, sizeof(adatom_affine), &map->affine));
    ADATOM_TRY(adatom_allocate_aligned(map->first_count, sizeof(lanes), &map->first));
    ADATOM_TRY(adatom_allocate_aligned((size_t)map->first_blocks, sizeof(lanes), &map->first_bias));
    ADATOM_TRY(adatom_allocate_aligned(stamp_count, sizeof(lanes), &map->stamp));
    ADATOM_TRY(adatom_allocate_aligned(sizes.real, sizeof(lanes), &map->real));
    ADATOM_TRY(adatom_allocate_aligned(sizes.spectrum, sizeof(float), &map->spectrum));
    ADATOM_TRY(adatom_allocate_aligned(sizes.spectrum, sizeof(float), &map->result));
    ADATOM_TRY(adatom_allocate_aligned(sizes.line, sizeof(clanes), &map->line));
    ADATOM_TRY(adatom_allocate_aligned(padded_count, sizeof(float), &map->padded_kernel));
    ADATOM_TRY(adatom_allocate_aligned(sizes.taps, sizeof(lanes), &map->taps));
    ADATOM_TRY(adatom_allocate_aligned(sizes.plane, sizeof(clanes), &map->filter_plane));
    ADATOM_TRY(adatom_allocate_aligned(sizes.plane, sizeof(clanes), &map->filter_rows));
    ADATOM_TRY(adatom_allocate_aligned(sizes.output, sizeof(clanes), &map->output_plane));
    ADATOM_TRY(adatom_allocate_aligned(2 * LANES * sizes.output, sizeof(float), &map->output_rows));
    return adatom_allocate_aligned(2 * sizes.line, sizeof(clanes), &map->scratch);
}

static adatom_status create_map_parts(map_state *map)
{
    adatom_frame frames[ADATOM_LAYERS_MAX][3];
    adatom_frames_choose(map->network, map->shape, map->periodic, frames);
    for (int l = map->first_layer; l < map->network->layer_count; l++) {
        memcpy(map->layers[l].frame, frames[l], sizeof frames[l]);
        ADATOM_TRY(create_map_layer(map, l));
    }
    return create_map_buffers(map);
}

static adatom_status map_create(const adatom_network *network, const int shape[3],
                                const bool periodic[3], void **out)
{
    map_state *map = NULL;
    ADATOM_TRY(adatom_allocate(1, sizeof *map, &map));
    map->network = network;
    map->dense = adatom_input_is_dense(network);
    map->first_layer = adatom_frame_first_layer(network);
    map->first_blocks =
        blocks_of(map->dense ? network->input_channels : network->layers[0].filters);
    map->image_pixels = 1;
    memcpy(map->shape, shape, sizeof map->shape);
    memcpy(map->periodic, periodic, sizeof map->periodic);
    for (int axis = 0; axis < 3; axis++) {
        map->first_size[axis] = adatom_frame_first_size(network, axis, shape[axis], periodic[axis]);
        map->first_margin[axis] = adatom_frame_first_margin(network, axis, periodic[axis]);
        map->image_pixels *= (size_t)map->first_size[axis];
        map->stamp_size[axis] = network->kernel.width[axis] + network->layers[0].width[axis] - 1;
    }
    map->first_count = map->image_pixels * (size_t)map->first_blocks;
    const adatom_status status = create_map_parts(map);
    if (status != ADATOM_OK) {
        map_free(map);
        return status;
    }
    *out = map;
    return ADATOM_OK;
}

/* Where pixel `at` lies on layer 0 along a direction, wrapped; -1 if it is not on it. */
LANES_INLINE int first_place(const map_state *map, int axis, int at)
{
    const int size = map->first_size[axis];
    if (map->periodic[axis]) {
        return (at % size + size) % size;
    }
    return at >= 0 && at < size ? at : -1;
}

/* Adds the stamp's row to a row of layer 0, wrapped or cut at the ends. */
static void add_stamp_row(map_state *map, const lanes *stamp, lanes *row, int z0)
{
    const int size = map->first_size[2], blocks = map->first_blocks;
    int z = map->periodic[2] ? (z0 % size + size) % size : z0;
    for (int j = 0; j < map->stamp_size[2]; j++) {
        if (z >= 0 && z < size) {
            for (int block = 0; block < blocks; block++) {
                row[z * blocks + block] += stamp[j * blocks + block];
            }
        }
        z++;
        if (map->periodic[2] && z == size) {
            z = 0;
        }
    }
}

static void add_stamp(map_state *map, int channel, const int at[3])
{
    const int *size = map->stamp_size;
    const size_t stamp_row = (size_t)(size[2] * map->first_blocks),
                 row = (size_t)(map->first_size[2] * map->first_blocks);
    const lanes *stamp = map->stamp + (size_t)channel * (size_t)(size[0] * size[1]) * stamp_row;
    int from[3];
    for (int axis = 0; axis < 3; axis++) {
        from[axis] = at[axis] + map->first_margin[axis] - size[axis] / 2;
    }
    for (int i = 0; i < size[0]; i++) {
        const int x = first_place(map, 0, from[0] + i);
        for (int j = 0; j < size[1] && x >= 0; j++) {
            const int y = first_place(map, 1, from[1] + j);
            if (y >= 0) {
                add_stamp_row(map, stamp + (size_t)(i * size[1] + j) * stamp_row,
                              map->first +
                                  ((size_t)x * (size_t)map->first_size[1] + (size_t)y) * row,
                              from[2]);
            }
        }
    }
}

#endif
