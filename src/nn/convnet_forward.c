/* From images to outputs. */
#include "nn/convnet_run.h"

#include <string.h>

enum { DENSE_BLOCKS = 4 }; /* of outputs that are one item of work */

int adatom_convnet_slots(int count)
{
    const int fewest = 8, most = 32;
    const int wanted = count / 4 < fewest ? fewest : count / 4 > most ? most : count / 4;
    const int images = (count + wanted - 1) / wanted;
    return (count + images - 1) / images;
}

static void activate_rows(const adatom_convnet_run *run, const adatom_convnet_layer *layer,
                          size_t first_block, size_t blocks, size_t rows, adatom_conv_table table)
{
    for (size_t b = first_block; b < first_block + blocks; b++) {
        run->kernels->activate(layer->activation, rows, table.values + b * table.stride);
    }
}

/* ---- convolutions */

/* One line along the last direction: shifted, channels last. */
static void copy_line(const adatom_convnet *network, const float *image, size_t from, int shift,
                      float *to)
{
    const size_t places = adatom_convnet_places(network), channels = (size_t)network->channels;
    const int length = network->size[2];
    for (size_t c = 0; c < channels; c++) {
        const float *line = image + c * places + from;
        for (int z = 0; z < length; z++) {
            const int at = z + shift;
            to[(size_t)z * channels + c] = line[at >= length ? at - length : at];
        }
    }
}

/* The image as it is in `copy`: shifted by half along the directions whose bit is set. */
static void place_copy(const adatom_convnet *network, const float *image, int copy, float *to)
{
    const int *size = network->size;
    const int shift[3] = {(copy & 1) != 0 ? size[0] / 2 : 0, (copy & 2) != 0 ? size[1] / 2 : 0,
                          (copy & 4) != 0 ? size[2] / 2 : 0};
    const size_t length = (size_t)size[2];
    for (int x = 0; x < size[0]; x++) {
        for (int y = 0; y < size[1]; y++) {
            const size_t line = (size_t)((x + shift[0]) % size[0]) * (size_t)size[1] +
                                (size_t)((y + shift[1]) % size[1]);
            copy_line(network, image, line * length, shift[2], to);
            to += length * (size_t)network->channels;
        }
    }
}

static void fill_images(adatom_convnet_run *run, int first, int images, int thread,
                        adatom_convnet_values *values)
{
    const adatom_convnet *network = run->network;
    const size_t count = adatom_convnet_places(network) * (size_t)network->channels;
    float *image = run->threads[thread].image, *to = values->image;
    for (int i = 0; i < images; i++) {
        run->fill(run->context, first + i, thread, image);
        for (int copy = 0; copy < network->copy_count; copy++, to += count) {
            place_copy(network, image, copy, to);
        }
    }
}

static void convolve_patches(const adatom_convnet_run *run, int l, int images, int thread,
                             adatom_convnet_values *values)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const size_t rows = adatom_convnet_out_rows(run, l, images);
    const adatom_conv_table patches = run->threads[thread].patches, out = values->layers[l];
    for (size_t first = 0; first < rows; first += ADATOM_CONVNET_ROWS) {
        const size_t count =
            rows - first < ADATOM_CONVNET_ROWS ? rows - first : ADATOM_CONVNET_ROWS;
        adatom_convnet_gather(run, l, values, first, count, patches);
        const adatom_conv_table part = adatom_conv_table_row(out, first);
        run->kernels->multiply(count, layer->inputs, layer->blocks, patches,
                               run->weights + layer->weights_at, run->weights + layer->biases_at,
                               part);
        activate_rows(run, layer, 0, layer->blocks, count, part);
    }
}

static void convolve(const adatom_convnet_run *run, int l, int images, int thread,
                     adatom_convnet_values *values)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    if (run->tilings[l].count == 0) {
        convolve_patches(run, l, images, thread, values);
        return;
    }
    adatom_convnet_convolve_tiles(run, l, images, thread, values);
    if (layer->activation == ADATOM_CONVNET_TANH ||
        layer->activation == ADATOM_CONVNET_SQUAREPLUS) {
        activate_rows(run, layer, 0, layer->blocks, adatom_convnet_out_rows(run, l, images),
                      values->layers[l]);
    }
}

/* The sums of each image, in double precision. */
static void sum_places(const adatom_convnet_run *run, int first, int images,
                       const adatom_convnet_values *values)
{
    const int last = run->convolutions - 1;
    const adatom_convnet_layer *layer = &run->network->layers[last];
    const size_t places = adatom_convnet_product(layer->out_size);
    const adatom_conv_table out = run->dense[run->convolutions], in = values->layers[last];
    for (size_t b = 0; b < layer->blocks; b++) {
        for (size_t i = 0; i < (size_t)images; i++) {
            const float *from = in.values + b * in.stride + i * places * ADATOM_CONV_BLOCK;
            double sums[ADATOM_CONV_BLOCK] = {0};
            for (size_t k = 0; k < places * ADATOM_CONV_BLOCK; k++) {
                sums[k % ADATOM_CONV_BLOCK] += (double)from[k];
            }
            for (size_t o = 0; o < ADATOM_CONV_BLOCK; o++) {
                out.values[b * out.stride + ((size_t)first + i) * ADATOM_CONV_BLOCK + o] =
                    (float)sums[o];
            }
        }
    }
}

/* All places, copies and channels of an image become one row. */
static void lay_out(const adatom_convnet_run *run, int first, int images,
                    const adatom_convnet_values *values)
{
    const int last = run->convolutions - 1;
    const adatom_convnet_layer *layer = &run->network->layers[last];
    const size_t places =
        adatom_convnet_product(layer->out_size) * (size_t)run->network->copy_count;
    const adatom_conv_table out = run->dense[run->convolutions], in = values->layers[last];
    for (size_t i = 0; i < (size_t)images; i++) {
        for (size_t p = 0; p < places; p++) {
            for (size_t b = 0; b < layer->blocks; b++) {
                memcpy(out.values + (p * layer->blocks + b) * out.stride +
                           ((size_t)first + i) * ADATOM_CONV_BLOCK,
                       in.values + b * in.stride + (i * places + p) * ADATOM_CONV_BLOCK,
                       ADATOM_CONV_BLOCK * sizeof(float));
            }
        }
    }
}

static void tile_filters(void *context, int item, int thread)
{
    const adatom_convnet_run *run = context;
    (void)thread;
    if (run->tilings[item].count > 0) {
        adatom_convnet_tile_filters(run, item);
    }
}

static void forward_slot(void *context, int slot, int thread)
{
    adatom_convnet_run *run = context;
    const int first = slot * run->slot_images;
    const int left = run->count - first;
    const int images = left < run->slot_images ? left : run->slot_images;
    adatom_convnet_values *values = &run->values[run->training ? slot : thread];
    fill_images(run, first, images, thread, values);
    for (int l = 0; l < run->convolutions; l++) {
        convolve(run, l, images, thread, values);
    }
    if (run->network->layers[run->convolutions].kind == ADATOM_CONVNET_SUM) {
        sum_places(run, first, images, values);
    } else {
        lay_out(run, first, images, values);
    }
}

/* ---- dense layers */

static void multiply_dense(void *context, int item, int thread)
{
    const adatom_convnet_run *run = context;
    const adatom_convnet_layer *layer = &run->network->layers[run->layer];
    (void)thread;
    const size_t block = (size_t)item * DENSE_BLOCKS;
    const size_t left = layer->blocks - block;
    const size_t blocks = left < DENSE_BLOCKS ? left : DENSE_BLOCKS;
    const adatom_conv_table out = run->dense[run->layer + 1];
    const adatom_conv_table part = {out.values + block * out.stride, out.stride};
    run->kernels->multiply((size_t)run->count, layer->inputs, blocks, run->dense[run->layer],
                           run->weights + layer->weights_at +
                               block * layer->inputs * ADATOM_CONV_BLOCK,
                           run->weights + layer->biases_at + block * ADATOM_CONV_BLOCK, part);
    activate_rows(run, layer, block, blocks, (size_t)run->count, out);
}

static void forward_dense(adatom_convnet_run *run)
{
    for (int l = run->convolutions; l < run->network->layer_count; l++) {
        const adatom_convnet_layer *layer = &run->network->layers[l];
        run->layer = l;
        if (layer->kind == ADATOM_CONVNET_DENSE) {
            adatom_convnet_share(run, (int)((layer->blocks + DENSE_BLOCKS - 1) / DENSE_BLOCKS),
                                 adatom_convnet_dense_work(run, layer), multiply_dense);
        } else { /* a sum over one place; that of the convolutions is done */
            const adatom_conv_table in = run->dense[l], out = run->dense[l + 1];
            memcpy(out.values, in.values, layer->blocks * in.stride * sizeof(float));
        }
    }
}

void adatom_convnet_forward(adatom_convnet_run *run, const float *weights, int count,
                            adatom_convnet_image *image, void *context, float *outputs)
{
    run->weights = weights;
    run->fill = image;
    run->context = context;
    run->count = count;
    run->slots = adatom_convnet_slots(count);
    run->slot_images = (count + run->slots - 1) / run->slots;
    adatom_convnet_share(run, run->convolutions, run->gradient_count, tile_filters);
    adatom_team_run(run->team, run->slots, forward_slot, run);
    forward_dense(run);
    const adatom_conv_table out = run->dense[run->network->layer_count];
    const int columns = adatom_convnet_outputs(run->network);
    for (int i = 0; i < count; i++) {
        for (int o = 0; o < columns; o++) {
            outputs[i * columns + o] =
                out.values[(size_t)(o / ADATOM_CONV_BLOCK) * out.stride +
                           (size_t)i * ADATOM_CONV_BLOCK + (size_t)(o % ADATOM_CONV_BLOCK)];
        }
    }
}
