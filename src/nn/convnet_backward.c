/* From the slopes of the outputs to those of weights and images. */
#include "nn/convnet_run.h"

#include <string.h>

/* Weights [N / 16][K][16] as [K / 16][N][16], for inputs first .. first + 15; beyond K zeros. */
static void turn_block(size_t inputs, size_t blocks, size_t first, const float *weights,
                       float *turned)
{
    const size_t count = inputs - first < ADATOM_CONV_BLOCK ? inputs - first : ADATOM_CONV_BLOCK;
    memset(turned, 0, blocks * ADATOM_CONV_BLOCK * ADATOM_CONV_BLOCK * sizeof *turned);
    for (size_t b = 0; b < blocks; b++) {
        const float *from = weights + (b * inputs + first) * ADATOM_CONV_BLOCK;
        float *to = turned + b * ADATOM_CONV_BLOCK * ADATOM_CONV_BLOCK;
        for (size_t k = 0; k < count; k++) {
            for (size_t o = 0; o < ADATOM_CONV_BLOCK; o++) {
                to[o * ADATOM_CONV_BLOCK + k] = from[k * ADATOM_CONV_BLOCK + o];
            }
        }
    }
}

/* Slopes of a layer before its activation, and their sums as the gradient of the biases. */
static void differentiate(const adatom_convnet_run *run, const adatom_convnet_layer *layer,
                          size_t rows, adatom_conv_table values, adatom_conv_table slopes,
                          float *biases)
{
    for (size_t b = 0; b < layer->blocks; b++) {
        run->kernels->differentiate(layer->activation, rows, values.values + b * values.stride,
                                    slopes.values + b * slopes.stride,
                                    biases + b * ADATOM_CONV_BLOCK);
    }
}

/* ---- dense layers */

/* The gradient of one block of outputs. */
static void weigh_dense(void *context, int item, int thread)
{
    const adatom_convnet_run *run = context;
    const adatom_convnet_layer *layer = &run->network->layers[run->layer];
    (void)thread;
    const size_t block = (size_t)item, rows = (size_t)run->count;
    const adatom_conv_table all = run->dense_slopes[run->layer + 1];
    const adatom_conv_table slopes = {all.values + block * all.stride, all.stride};
    const size_t skipped = block * layer->inputs * ADATOM_CONV_BLOCK;
    run->kernels->add_products(rows, layer->inputs, 1, run->dense[run->layer], slopes,
                               run->gradient + layer->weights_at + skipped);
}

/* The slopes of one block of inputs. */
static void descend_dense(void *context, int item, int thread)
{
    const adatom_convnet_run *run = context;
    const adatom_convnet_layer *layer = &run->network->layers[run->layer];
    float *turned = run->threads[thread].turned;
    const adatom_conv_table in = run->dense_slopes[run->layer];
    const adatom_conv_table part = {in.values + (size_t)item * in.stride, in.stride};
    turn_block(layer->inputs, layer->blocks, (size_t)item * ADATOM_CONV_BLOCK,
               run->weights + layer->weights_at, turned);
    run->kernels->multiply((size_t)run->count, layer->blocks * ADATOM_CONV_BLOCK, 1,
                           run->dense_slopes[run->layer + 1], turned, NULL, part);
}

static void backward_dense(adatom_convnet_run *run)
{
    for (int l = run->network->layer_count - 1; l >= run->convolutions; l--) {
        const adatom_convnet_layer *layer = &run->network->layers[l];
        const adatom_conv_table slopes = run->dense_slopes[l + 1];
        run->layer = l;
        if (layer->kind == ADATOM_CONVNET_SUM) {
            memcpy(run->dense_slopes[l].values, slopes.values,
                   layer->blocks * slopes.stride * sizeof(float));
            continue;
        }
        const size_t work = adatom_convnet_dense_work(run, layer);
        differentiate(run, layer, (size_t)run->count, run->dense[l + 1], slopes,
                      run->gradient + layer->biases_at);
        adatom_convnet_share(run, (int)layer->blocks, work, weigh_dense);
        adatom_convnet_share(run, (int)(layer->inputs / ADATOM_CONV_BLOCK), work, descend_dense);
    }
}

/* ---- convolutions */

static void turn_layer(void *context, int item, int thread)
{
    const adatom_convnet_run *run = context;
    const adatom_convnet_layer *layer = &run->network->layers[item];
    const size_t step = layer->blocks * ADATOM_CONV_BLOCK * ADATOM_CONV_BLOCK;
    (void)thread;
    for (size_t k = 0; k < layer->inputs; k += ADATOM_CONV_BLOCK) {
        turn_block(layer->inputs, layer->blocks, k, run->weights + layer->weights_at,
                   run->turned[item] + k / ADATOM_CONV_BLOCK * step);
    }
    if (run->tilings[item].count > 0) {
        adatom_convnet_tile_turned(run, item);
    }
}

/* The slopes of the last convolution's values, from those of what stands above. */
static void take_slopes(const adatom_convnet_run *run, int first, int images,
                        adatom_conv_table slopes)
{
    const adatom_convnet_layer *layer = &run->network->layers[run->convolutions - 1];
    const bool sum = layer[1].kind == ADATOM_CONVNET_SUM;
    const size_t places =
        adatom_convnet_product(layer->out_size) * (size_t)run->network->copy_count;
    const adatom_conv_table in = run->dense_slopes[run->convolutions];
    for (size_t i = 0; i < (size_t)images; i++) {
        for (size_t p = 0; p < places; p++) {
            for (size_t b = 0; b < layer->blocks; b++) {
                const size_t block = sum ? b : p * layer->blocks + b;
                memcpy(slopes.values + b * slopes.stride + (i * places + p) * ADATOM_CONV_BLOCK,
                       in.values + block * in.stride + ((size_t)first + i) * ADATOM_CONV_BLOCK,
                       ADATOM_CONV_BLOCK * sizeof(float));
            }
        }
    }
}

/* The products of patches and slopes. The kernel is fastest where the table on its right has many
 * blocks: that is the patches, but for the image. */
static void add_products(const adatom_convnet_run *run, int l, size_t rows,
                         adatom_conv_table patches, adatom_conv_table slopes, float *weights)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    if (l == 0) {
        run->kernels->add_products(rows, layer->inputs, layer->blocks, patches, slopes, weights);
        return;
    }
    run->kernels->add_products(rows, layer->blocks * ADATOM_CONV_BLOCK,
                               layer->inputs / ADATOM_CONV_BLOCK, slopes, patches, weights);
}

/* Adds the products of all patches and slopes, and the slopes of the input if in is not NULL. */
static void deconvolve_patches(const adatom_convnet_run *run, int l, int images, int thread,
                               const adatom_convnet_values *values, adatom_conv_table slopes,
                               adatom_conv_table in, float *gradient)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const adatom_convnet_thread *mine = &run->threads[thread];
    const size_t rows = adatom_convnet_out_rows(run, l, images);
    const size_t in_blocks = (layer->inputs + ADATOM_CONV_BLOCK - 1) / ADATOM_CONV_BLOCK;
    memset(gradient, 0, layer->inputs * layer->blocks * ADATOM_CONV_BLOCK * sizeof *gradient);
    if (in.values != NULL) {
        memset(in.values, 0,
               adatom_convnet_in_rows(run, l, images) * layer->in_columns * sizeof(float));
    }
    for (size_t first = 0; first < rows; first += ADATOM_CONVNET_ROWS) {
        const size_t count =
            rows - first < ADATOM_CONVNET_ROWS ? rows - first : ADATOM_CONVNET_ROWS;
        const adatom_conv_table part = adatom_conv_table_row(slopes, first);
        adatom_convnet_gather(run, l, values, first, count, mine->patches);
        add_products(run, l, count, mine->patches, part, gradient);
        if (in.values != NULL) {
            run->kernels->multiply(count, layer->blocks * ADATOM_CONV_BLOCK, in_blocks, part,
                                   run->turned[l], NULL, mine->slopes);
            adatom_convnet_scatter(run, l, mine->slopes, first, count, in.values, in.stride);
        }
    }
}

/* One convolution: its gradient, and, if in is not NULL, the slopes of its input. */
static void deconvolve(const adatom_convnet_run *run, int l, int images, int thread,
                       const adatom_convnet_values *values, adatom_conv_table slopes, float *in,
                       float *gradient)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const size_t rows = adatom_convnet_out_rows(run, l, images);
    const adatom_conv_table below = {in,
                                     adatom_convnet_in_rows(run, l, images) * ADATOM_CONV_BLOCK};
    float *biases = gradient + layer->biases_at, *weights = gradient + layer->weights_at;
    memset(biases, 0, layer->blocks * ADATOM_CONV_BLOCK * sizeof *biases);
    differentiate(run, layer, rows, values->layers[l], slopes, biases);
    if (run->tilings[l].count > 0) {
        adatom_convnet_deconvolve_tiles(run, l, images, thread, values, slopes, below, weights);
    } else {
        deconvolve_patches(run, l, images, thread, values, slopes, below, weights);
    }
}

/* What the shifted copies say is put together: to[channel][place]. */
static void unite_copies(const adatom_convnet *network, const float *slopes, float *to)
{
    const int *size = network->size;
    const size_t places = adatom_convnet_places(network), channels = (size_t)network->channels;
    memset(to, 0, places * channels * sizeof *to);
    for (int copy = 0; copy < network->copy_count; copy++) {
        size_t at[3];
        for (size_t place = 0; place < places; place++) {
            at[2] = place % (size_t)size[2];
            at[1] = place / (size_t)size[2] % (size_t)size[1];
            at[0] = place / (size_t)size[2] / (size_t)size[1];
            size_t from = 0;
            for (int d = 0; d < 3; d++) {
                const size_t length = (size_t)size[d];
                from = from * length + (at[d] + ((copy >> d & 1) != 0 ? length / 2 : 0)) % length;
            }
            for (size_t c = 0; c < channels; c++) {
                to[c * places + from] += *slopes++;
            }
        }
    }
}

static void give_image_slopes(const adatom_convnet_run *run, int first, int images,
                              const float *slopes)
{
    const size_t count = adatom_convnet_places(run->network) * (size_t)run->network->channels;
    for (int i = 0; i < images; i++) {
        unite_copies(run->network, slopes + (size_t)i * count * (size_t)run->network->copy_count,
                     run->image_gradient + (size_t)(first + i) * count);
    }
}

static void backward_slot(void *context, int slot, int thread)
{
    adatom_convnet_run *run = context;
    const int first = slot * run->slot_images, left = run->count - first;
    const int images = left < run->slot_images ? left : run->slot_images;
    const adatom_convnet_values *values = &run->values[slot];
    float *gradient = run->slot_gradients + (size_t)slot * run->gradient_count;
    float *above = run->threads[thread].gradients[0], *below = run->threads[thread].gradients[1];
    for (int l = run->convolutions - 1; l >= 0; l--) {
        const size_t rows = adatom_convnet_out_rows(run, l, images);
        const adatom_conv_table slopes = {above, rows * ADATOM_CONV_BLOCK};
        if (l == run->convolutions - 1) {
            take_slopes(run, first, images, slopes);
        }
        const bool descend = l > 0 || run->image_gradient != NULL;
        deconvolve(run, l, images, thread, values, slopes, descend ? below : NULL, gradient);
        float *swap = above;
        above = below;
        below = swap;
    }
    if (run->image_gradient != NULL) {
        give_image_slopes(run, first, images, above);
    }
}

/* to[count] = the sum over the slots from `first` on. */
static void add_slots(const adatom_convnet_run *run, size_t first, size_t count, float *restrict to)
{
    memset(to, 0, count * sizeof *to);
    for (int slot = 0; slot < run->slots; slot++) {
        const float *restrict from =
            run->slot_gradients + (size_t)slot * run->gradient_count + first;
        for (size_t i = 0; i < count; i++) {
            to[i] += from[i];
        }
    }
}

/* Adds up the slots' gradients of inputs first .. first + 15, and turns them. */
static void unite_block(const adatom_convnet_run *run, const adatom_convnet_layer *layer,
                        size_t first)
{
    enum { SQUARE = ADATOM_CONV_BLOCK * ADATOM_CONV_BLOCK };
    float sums[SQUARE];
    for (size_t b = 0; b < layer->blocks; b++) {
        float *to =
            run->gradient + layer->weights_at + (b * layer->inputs + first) * ADATOM_CONV_BLOCK;
        add_slots(run, layer->weights_at + first * layer->blocks * ADATOM_CONV_BLOCK + b * SQUARE,
                  SQUARE, sums);
        for (size_t i = 0; i < SQUARE; i++) {
            to[i] = sums[i % ADATOM_CONV_BLOCK * ADATOM_CONV_BLOCK + i / ADATOM_CONV_BLOCK];
        }
    }
}

static void unite_slots(void *context, int item, int thread)
{
    const adatom_convnet_run *run = context;
    const adatom_convnet_layer *layer = &run->network->layers[item];
    (void)thread;
    add_slots(run, layer->biases_at, layer->blocks * ADATOM_CONV_BLOCK,
              run->gradient + layer->biases_at);
    if (item == 0) {
        add_slots(run, layer->weights_at, layer->inputs * layer->blocks * ADATOM_CONV_BLOCK,
                  run->gradient + layer->weights_at);
        return;
    }
    for (size_t k = 0; k < layer->inputs; k += ADATOM_CONV_BLOCK) {
        unite_block(run, layer, k);
    }
}

void adatom_convnet_backward(adatom_convnet_run *run, const float *weights, const float *slopes,
                             float *gradient, float *image_gradient)
{
    const int columns = adatom_convnet_outputs(run->network), last = run->network->layer_count;
    const adatom_conv_table out = run->dense_slopes[last];
    run->weights = weights;
    run->gradient = gradient;
    run->image_gradient = image_gradient;
    memset(gradient + run->gradient_count, 0,
           (run->network->weight_count - run->gradient_count) * sizeof *gradient);
    memset(out.values, 0, run->network->layers[last - 1].blocks * out.stride * sizeof(float));
    for (int i = 0; i < run->count; i++) {
        for (int o = 0; o < columns; o++) {
            out.values[(size_t)(o / ADATOM_CONV_BLOCK) * out.stride +
                       (size_t)i * ADATOM_CONV_BLOCK + (size_t)(o % ADATOM_CONV_BLOCK)] =
                slopes[i * columns + o];
        }
    }
    adatom_convnet_share(run, run->convolutions, run->gradient_count, turn_layer);
    backward_dense(run);
    adatom_team_run(run->team, run->slots, backward_slot, run);
    adatom_convnet_share(run, run->convolutions, run->gradient_count, unite_slots);
}
