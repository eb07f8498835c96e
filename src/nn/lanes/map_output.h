/* adatom: the output layer of the map kernels. Its few maps are single signals, so that from the
 * products on the lanes hold neighbouring columns, then neighbouring rows, instead of channels. */
#ifndef ADATOM_NN_LANES_MAP_OUTPUT_H
#define ADATOM_NN_LANES_MAP_OUTPUT_H

#include "nn/lanes/map_hidden.h"

LANES_INLINE float *lane_of(lanes *vectors, int index)
{
    return (float *)vectors + index;
}

/* Sums over the inputs of input * filter for LANES frequencies k of one line. The filters are 0 in
 * the lanes behind the last input, where the spectrum holds the next frequency. */
static clanes output_products(const map_layer *layer, const float *input, const clanes *filters,
                              int k)
{
    lanes re[LANES], im[LANES];
    for (int i = 0; i < LANES; i++) {
        re[i] = im[i] = lanes_zero();
        for (int block = 0; block < layer->in_blocks && k + i < layer->half; block++) {
            const clanes a =
                get_channels(input + (k + i) * layer->inputs + block * LANES, layer->in_pitch);
            const clanes w = filters[(size_t)((k + i) * layer->in_blocks + block)];
            re[i] += a.re * w.re - a.im * w.im;
            im[i] += a.re * w.im + a.im * w.re;
        }
    }
    return (clanes){lanes_sums(re), lanes_sums(im)};
}

/* Spectra of the output map, lanes over k: output_plane[line][block of k]. */
static void output_spectrum(const map_state *map, const map_layer *layer, int filter)
{
    const int lines = layer->lines, k_blocks = blocks_of(layer->half);
    const size_t row_size = (size_t)layer->half * (size_t)layer->in_blocks;
    for (int line = 0; line < lines; line++) {
        const float *input = map->spectrum + 2 * (size_t)line * layer->in_pitch;
        const clanes *filters = layer->output_filters + (size_t)(filter * lines + line) * row_size;
        for (int block = 0; block < k_blocks; block++) {
            map->output_plane[line * k_blocks + block] =
                output_products(layer, input, filters, block * LANES);
        }
    }
}

/* Slabs and columns back, LANES frequencies k at once. */
static void output_lines_back(const map_state *map, const map_layer *layer)
{
    const int k_blocks = blocks_of(layer->half), slabs = layer->frame[0].length,
              columns = layer->frame[1].length, slab = columns * k_blocks;
    for (int i = 0; i < slab && slabs > 1; i++) {
        const signal line = signal_exchanged(signal_of(map->output_plane + i, slab));
        transform_run(layer->transform[0], line, line, map->scratch);
    }
    for (int x = 0; x < layer->frame[0].out; x++) {
        for (int block = 0; block < k_blocks; block++) {
            clanes *first = map->output_plane + x * slab + block;
            const signal column = signal_exchanged(signal_of(first, k_blocks));
            transform_run(layer->transform[1], column, column, map->scratch);
        }
    }
}

/* From lanes over k to lanes over rows: output_rows[k][block of rows]. */
static void turn_output_lanes(const map_state *map, const map_layer *layer)
{
    const int k_blocks = blocks_of(layer->half), rows = layer->frame[0].out * layer->frame[1].out,
              row_blocks = blocks_of(rows);
    for (int row = 0; row < rows; row++) {
        clanes *line = map->output_plane + line_of_output(layer, row) * k_blocks;
        for (int k = 0; k < layer->half; k++) {
            clanes *from = &line[k / LANES];
            float *to = map->output_rows + 2 * LANES * (k * row_blocks + row / LANES) + row % LANES;
            to[0] = *lane_of(&from->re, k % LANES);
            to[LANES] = *lane_of(&from->im, k % LANES);
        }
    }
}

static void store_output_rows(const map_state *map, const lanes *values, int block, float *q)
{
    const int rows = map->shape[0] * map->shape[1], rest = rows - block * LANES,
              count = rest < LANES ? rest : LANES;
    for (int z = 0; z < map->shape[2]; z++) {
        for (int i = 0; i < count; i++) {
            q[(block * LANES + i) * map->shape[2] + z] = values[z][i];
        }
    }
}

/* Rows back, two blocks of LANES rows as the parts of one complex signal, and the tanh. */
static void output_rows_back(const map_state *map, const map_layer *layer, lanes bias, float *q)
{
    const int row_blocks = blocks_of(layer->frame[0].out * layer->frame[1].out),
              out = layer->frame[2].out;
    for (int block = 0; block < row_blocks; block += 2) {
        const bool second = block + 1 < row_blocks;
        const float *a = map->output_rows + 2 * LANES * block;
        join_row_pair(layer, a, second ? a + 2 * LANES : a, LANES, 2 * LANES * row_blocks,
                      map->line);
        const signal line = signal_exchanged(signal_of(map->line, 1));
        transform_run(layer->transform[2], line, line, map->scratch);
        for (int z = 0; z < out; z++) {
            map->real[z] = lanes_tanh(map->line[z].re + bias);
            map->real[out + z] = lanes_tanh(map->line[z].im + bias);
        }
        store_output_rows(map, map->real, block, q);
        if (second) {
            store_output_rows(map, map->real + out, block + 1, q);
        }
    }
}

static void output_layer(const map_state *map, float *q)
{
    const map_layer *layer = &map->layers[map->network->layer_count - 1];
    rows_to_spectra(map, layer);
    lines_forward(map, layer);
    for (int filter = 0; filter < layer->outputs; filter++) {
        const lanes bias = lanes_set(layer->bias[filter / LANES][filter % LANES]);
        output_spectrum(map, layer, filter);
        output_lines_back(map, layer);
        turn_output_lanes(map, layer);
        output_rows_back(map, layer, bias, q + (size_t)filter * adatom_width_area(map->shape));
    }
}

/* A network of one convolution: its sums are the output before the tanh. */
static void output_without_hidden(const map_state *map, float *q)
{
    const int outputs = adatom_network_outputs(map->network),
              pixels = (int)adatom_width_area(map->shape);
    for (int pixel = 0; pixel < pixels; pixel++) {
        for (int block = 0; block < map->first_blocks; block++) {
            const lanes value = lanes_tanh(map->first[pixel * map->first_blocks + block]);
            for (int i = 0; i < LANES && block * LANES + i < outputs; i++) {
                q[(block * LANES + i) * pixels + pixel] = value[i];
            }
        }
    }
}

#endif
