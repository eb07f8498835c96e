/* Convolutions by tiles. */
#include "nn/convnet_tiles.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/convnet_run.h"

#include <stdlib.h>
#include <string.h>

enum {
    NARROWEST = 3,
    WIDEST = 5,
    FEWEST_PLACES = 16,
    POINT_COST = 2, /* a multiplication at a point, with its share of the transforms, over one of a
                       tap */
    GAP = ADATOM_CONV_BLOCK /* floats between two points, so that they are not in the same set of
                               the cache */
};

static size_t side_of(const adatom_convnet_layer *layer)
{
    return (size_t)(ADATOM_CONV_TILE - layer->width + 1);
}

static size_t tiles_along(const adatom_convnet_layer *layer, int d)
{
    return ((size_t)layer->out_size[d] + side_of(layer) - 1) / side_of(layer);
}

bool adatom_convnet_is_tiled(const adatom_convnet *network, int l)
{
    const adatom_convnet_layer *layer = &network->layers[l];
    if (network->dimensions != 2 || l == 0 || layer->kind != ADATOM_CONVNET_CONVOLUTION ||
        layer->stride != 1 || layer->width < NARROWEST || layer->width > WIDEST) {
        return false;
    }
    const size_t places = adatom_convnet_product(layer->out_size);
    const size_t tiles = tiles_along(layer, 0) * tiles_along(layer, 1);
    return places >= FEWEST_PLACES &&
           tiles * ADATOM_CONV_POINTS * POINT_COST <= places * layer->taps;
}

/* What is at (x, y) of a plane. */
static int32_t place_at(const adatom_convnet_layer *layer, int x, int y)
{
    const int *size = layer->in_size;
    if (layer->periodic) {
        return ((x % size[0] + size[0]) % size[0]) * size[1] + (y % size[1] + size[1]) % size[1];
    }
    return x < 0 || y < 0 || x >= size[0] || y >= size[1] ? -1 : x * size[1] + y;
}

/* Places of `side` x `side` for each tile, where the first starts at -before; those beyond the
 * plane are nowhere if `inside`. */
static adatom_status list_places(const adatom_convnet_layer *layer, int side, const int before[2],
                                 bool inside, int32_t **out)
{
    const int step = (int)side_of(layer), *size = layer->out_size;
    const size_t tiles = tiles_along(layer, 0) * tiles_along(layer, 1);
    int32_t *places;
    ADATOM_TRY(adatom_allocate(tiles * (size_t)(side * side), sizeof *places, &places));
    *out = places;
    for (int x = 0; x < size[0]; x += step) {
        for (int y = 0; y < size[1]; y += step) {
            for (int p = 0; p < side * side; p++) {
                const int i = x - before[0] + p / side, j = y - before[1] + p % side;
                const bool beyond = inside && (i >= size[0] || j >= size[1]);
                *places++ = beyond ? -1 : place_at(layer, i, j);
            }
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_convnet_tiling_create(const adatom_convnet *network, int l, bool training,
                                           adatom_convnet_tiling *out)
{
    const adatom_convnet_layer *layer = &network->layers[l];
    const size_t count = ADATOM_CONV_POINTS * layer->in_columns * layer->blocks;
    int before[2], after[2], none[2] = {0};
    for (int d = 0; d < 2; d++) {
        before[d] = adatom_convnet_before(network, layer, d);
        after[d] = layer->width - 1 - before[d];
    }
    out->count = tiles_along(layer, 0) * tiles_along(layer, 1);
    ADATOM_TRY(list_places(layer, ADATOM_CONV_TILE, before, false, &out->sources));
    ADATOM_TRY(list_places(layer, (int)side_of(layer), none, true, &out->targets));
    ADATOM_TRY(adatom_allocate_aligned(count, ADATOM_CONV_BLOCK * sizeof(float), &out->filters));
    if (!training) {
        return ADATOM_OK;
    }
    ADATOM_TRY(list_places(layer, ADATOM_CONV_TILE, after, false, &out->slope_sources));
    return adatom_allocate_aligned(count, ADATOM_CONV_BLOCK * sizeof(float), &out->turned);
}

void adatom_convnet_tiling_clear(adatom_convnet_tiling *tiling)
{
    free(tiling->sources);
    free(tiling->slope_sources);
    free(tiling->targets);
    free(tiling->filters);
    free(tiling->turned);
}

/* ---- tiles of a few blocks of values */

static adatom_conv_tiles tiles_of(float *values, size_t blocks)
{
    const size_t stride = (size_t)ADATOM_CONVNET_TILES * ADATOM_CONV_BLOCK;
    return (adatom_conv_tiles){{values, stride}, blocks * stride + GAP};
}

adatom_status adatom_convnet_tiles_create(const adatom_convnet *network, float **tiles)
{
    size_t blocks = 0;
    for (int l = 1; l < network->layer_count; l++) {
        const adatom_convnet_layer *layer = &network->layers[l];
        if (adatom_convnet_is_tiled(network, l)) {
            blocks = layer->blocks > blocks ? layer->blocks : blocks;
            blocks = layer[-1].blocks > blocks ? layer[-1].blocks : blocks;
        }
    }
    if (blocks == 0) {
        return ADATOM_OK;
    }
    return adatom_allocate_aligned(ADATOM_CONV_POINTS, tiles_of(NULL, blocks).point * sizeof(float),
                                   tiles);
}

static adatom_conv_table at_point(adatom_conv_tiles tiles, size_t point)
{
    return (adatom_conv_table){tiles.table.values + point * tiles.point, tiles.table.stride};
}

/* ---- filters */

void adatom_convnet_tile_filters(const adatom_convnet_run *run, int l)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const size_t step = layer->in_columns * ADATOM_CONV_BLOCK;
    for (size_t b = 0; b < layer->blocks; b++) {
        const adatom_conv_filters filters = {
            .taps = (float *)(uintptr_t)(run->weights + layer->weights_at +
                                         b * layer->inputs * ADATOM_CONV_BLOCK),
            .points = run->tilings[l].filters + b * step,
            .tap = (ptrdiff_t)step,
            .point = layer->blocks * step};
        run->kernels->tile_filters(layer->width, layer->in_columns, filters);
    }
}

/* Of turned weights, [tap][K / 16][N][16]; the same for their products. */
static adatom_conv_filters turned_filters(const adatom_convnet_layer *layer, float *taps,
                                          float *points, size_t block)
{
    const size_t outputs = layer->blocks * ADATOM_CONV_BLOCK;
    const size_t step = layer->in_columns * outputs;
    return (adatom_conv_filters){.taps = taps + block * outputs * ADATOM_CONV_BLOCK,
                                 .points = points + block * outputs * ADATOM_CONV_BLOCK,
                                 .tap = (ptrdiff_t)step,
                                 .point = step};
}

/* Last tap first. */
void adatom_convnet_tile_turned(const adatom_convnet_run *run, int l)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const size_t outputs = layer->blocks * ADATOM_CONV_BLOCK;
    for (size_t b = 0; b < layer->in_columns / ADATOM_CONV_BLOCK; b++) {
        adatom_conv_filters filters =
            turned_filters(layer, run->turned[l], run->tilings[l].turned, b);
        filters.taps += (ptrdiff_t)(layer->taps - 1) * filters.tap;
        filters.tap = -filters.tap;
        run->kernels->tile_filters(layer->width, outputs, filters);
    }
}

/* ---- a few tiles */

/* Some tiles of a layer, in [image][copy] order, and where each has its plane. */
typedef struct tile_group {
    size_t first, count;
    const int32_t *places[ADATOM_CONVNET_TILES];
    float *bases[ADATOM_CONVNET_TILES];
} tile_group;

/* places of a tile start every `step` in `lists`; the planes in `values`. */
static void locate(const adatom_convnet_run *run, int l, const int32_t *lists, size_t step,
                   float *values, tile_group *group)
{
    const size_t tiles = run->tilings[l].count;
    const size_t plane =
        adatom_convnet_product(run->network->layers[l].in_size) * ADATOM_CONV_BLOCK;
    size_t image = group->first / tiles, tile = group->first % tiles;
    for (size_t t = 0; t < group->count; t++) {
        group->places[t] = lists + tile * step;
        group->bases[t] = values + image * plane;
        if (++tile == tiles) {
            tile = 0;
            image++;
        }
    }
}

static void tile_values(const adatom_convnet_run *run, int l, const int32_t *sources, size_t blocks,
                        adatom_conv_table from, tile_group *group, adatom_conv_tiles out)
{
    locate(run, l, sources, ADATOM_CONV_POINTS, from.values, group);
    run->kernels->tile_values(group->count, blocks, group->places, group->bases, from.stride, out);
}

static void untile_values(const adatom_convnet_run *run, int l, size_t blocks, adatom_conv_tiles in,
                          const float *biases, float leak, tile_group *group, adatom_conv_table to)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    locate(run, l, run->tilings[l].targets, side_of(layer) * side_of(layer), to.values, group);
    run->kernels->untile_values(layer->width, group->count, blocks, in, biases, leak, group->places,
                                group->bases, to.stride);
}

/* At each point the product of tiles and filters [out_blocks][in_blocks 16][16]. */
static void multiply_points(const adatom_convnet_run *run, size_t tiles, adatom_conv_tiles in,
                            size_t in_blocks, const float *filters, adatom_conv_tiles out,
                            size_t out_blocks)
{
    const size_t inputs = in_blocks * ADATOM_CONV_BLOCK;
    for (size_t p = 0; p < ADATOM_CONV_POINTS; p++) {
        run->kernels->multiply(tiles, inputs, out_blocks, at_point(in, p),
                               filters + p * inputs * out_blocks * ADATOM_CONV_BLOCK, NULL,
                               at_point(out, p));
    }
}

static float leak_of(adatom_convnet_activation activation)
{
    return activation == ADATOM_CONVNET_RELU ? 0 : activation == ADATOM_CONVNET_LEAKY ? 0.01f : 1;
}

static size_t all_tiles(const adatom_convnet_run *run, int l, int images)
{
    return (size_t)(images * run->network->copy_count) * run->tilings[l].count;
}

static size_t group_size(size_t first, size_t all)
{
    return all - first < ADATOM_CONVNET_TILES ? all - first : ADATOM_CONVNET_TILES;
}

void adatom_convnet_convolve_tiles(const adatom_convnet_run *run, int l, int images, int thread,
                                   adatom_convnet_values *values)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const adatom_convnet_thread *mine = &run->threads[thread];
    const size_t blocks = layer[-1].blocks, all = all_tiles(run, l, images);
    const adatom_conv_tiles in = tiles_of(mine->tiles[0], blocks);
    const adatom_conv_tiles out = tiles_of(mine->tiles[1], layer->blocks);
    tile_group group = {0};
    for (; group.first < all; group.first += ADATOM_CONVNET_TILES) {
        group.count = group_size(group.first, all);
        tile_values(run, l, run->tilings[l].sources, blocks, values->layers[l - 1], &group, in);
        multiply_points(run, group.count, in, blocks, run->tilings[l].filters, out, layer->blocks);
        untile_values(run, l, layer->blocks, out, run->weights + layer->biases_at,
                      leak_of(layer->activation), &group, values->layers[l]);
    }
}

/* Adds the products of values and slopes at each point. */
static void add_products(const adatom_convnet_run *run, int l, int thread,
                         const adatom_convnet_values *values, adatom_conv_table slopes,
                         tile_group *group)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const adatom_convnet_thread *mine = &run->threads[thread];
    const size_t blocks = layer[-1].blocks, outputs = layer->blocks * ADATOM_CONV_BLOCK;
    const adatom_conv_tiles in = tiles_of(mine->tiles[0], blocks);
    const adatom_conv_tiles out = tiles_of(mine->tiles[1], layer->blocks);
    tile_values(run, l, run->tilings[l].sources, blocks, values->layers[l - 1], group, in);
    locate(run, l, run->tilings[l].targets, side_of(layer) * side_of(layer), slopes.values, group);
    run->kernels->tile_slopes(layer->width, group->count, layer->blocks, group->places,
                              group->bases, slopes.stride, out);
    for (size_t p = 0; p < ADATOM_CONV_POINTS; p++) {
        run->kernels->add_products(group->count, outputs, blocks, at_point(out, p), at_point(in, p),
                                   mine->point_products + p * layer->in_columns * outputs);
    }
}

void adatom_convnet_deconvolve_tiles(const adatom_convnet_run *run, int l, int images, int thread,
                                     const adatom_convnet_values *values, adatom_conv_table slopes,
                                     adatom_conv_table below, float *gradient)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const adatom_convnet_thread *mine = &run->threads[thread];
    const size_t blocks = layer[-1].blocks, all = all_tiles(run, l, images);
    const size_t outputs = layer->blocks * ADATOM_CONV_BLOCK;
    const adatom_conv_tiles out = tiles_of(mine->tiles[1], layer->blocks);
    const adatom_conv_tiles in = tiles_of(mine->tiles[0], blocks);
    tile_group group = {0};
    memset(mine->point_products, 0,
           ADATOM_CONV_POINTS * layer->in_columns * outputs * sizeof(float));
    for (; group.first < all; group.first += ADATOM_CONVNET_TILES) {
        group.count = group_size(group.first, all);
        add_products(run, l, thread, values, slopes, &group);
        tile_values(run, l, run->tilings[l].slope_sources, layer->blocks, slopes, &group, out);
        multiply_points(run, group.count, out, layer->blocks, run->tilings[l].turned, in, blocks);
        untile_values(run, l, blocks, in, NULL, 1, &group, below);
    }
    for (size_t b = 0; b < blocks; b++) {
        run->kernels->untile_filters(layer->width, outputs,
                                     turned_filters(layer, gradient, mine->point_products, b));
    }
}
