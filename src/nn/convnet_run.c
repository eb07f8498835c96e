/* The memory of a computation by a convolutional network. */
#include "nn/convnet_run.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

static size_t blocks_of_inputs(const adatom_convnet_layer *layer)
{
    return (layer->inputs + ADATOM_CONV_BLOCK - 1) / ADATOM_CONV_BLOCK;
}

/* Images of a slot when the batch has `count`, the most for any smaller batch. */
static int slot_images(int count)
{
    int most = 1;
    for (int n = 1; n <= count; n++) {
        const int slots = adatom_convnet_slots(n), images = (n + slots - 1) / slots;
        most = images > most ? images : most;
    }
    return most;
}

static int most_slots(int count)
{
    int most = 1;
    for (int n = 1; n <= count; n++) {
        const int slots = adatom_convnet_slots(n);
        most = slots > most ? slots : most;
    }
    return most;
}

static adatom_status create_values(const adatom_convnet_run *run, int images,
                                   adatom_convnet_values *values)
{
    ADATOM_TRY(adatom_allocate_aligned(adatom_convnet_in_rows(run, 0, images) *
                                           (size_t)run->network->channels,
                                       sizeof(float), &values->image));
    for (int l = 0; l < run->convolutions; l++) {
        const size_t rows = adatom_convnet_out_rows(run, l, images);
        values->layers[l].stride = rows * ADATOM_CONV_BLOCK;
        ADATOM_TRY(adatom_allocate_aligned(run->network->layers[l].blocks,
                                           values->layers[l].stride * sizeof(float),
                                           &values->layers[l].values));
    }
    return ADATOM_OK;
}

/* Floats of the largest table of slopes. */
static size_t largest_slopes(const adatom_convnet_run *run, int images)
{
    size_t most = 0;
    for (int l = 0; l < run->convolutions; l++) {
        const adatom_convnet_layer *layer = &run->network->layers[l];
        const size_t in = adatom_convnet_in_rows(run, l, images) * layer->in_columns;
        const size_t out =
            adatom_convnet_out_rows(run, l, images) * layer->blocks * ADATOM_CONV_BLOCK;
        most = in > most ? in : most;
        most = out > most ? out : most;
    }
    return most;
}

static adatom_status create_patches(size_t blocks, adatom_conv_table *out)
{
    out->stride = (size_t)ADATOM_CONVNET_ROWS * ADATOM_CONV_BLOCK;
    return adatom_allocate_aligned(blocks, out->stride * sizeof(float), &out->values);
}

static adatom_status create_thread(const adatom_convnet_run *run, int images,
                                   adatom_convnet_thread *thread)
{
    const adatom_convnet *network = run->network;
    size_t blocks = 1, turned = 1, point_products = 1;
    for (int l = 0; l < network->layer_count; l++) {
        const adatom_convnet_layer *layer = &network->layers[l];
        const size_t count = layer->blocks * ADATOM_CONV_BLOCK * ADATOM_CONV_BLOCK;
        if (l < run->convolutions) {
            const size_t inputs = blocks_of_inputs(layer);
            if (!adatom_convnet_is_tiled(network, l)) {
                blocks = inputs > blocks ? inputs : blocks;
            } else {
                const size_t all = layer->in_columns * layer->blocks * ADATOM_CONV_BLOCK;
                point_products = all > point_products ? all : point_products;
            }
        }
        turned = count > turned ? count : turned;
    }
    ADATOM_TRY(adatom_allocate(adatom_convnet_places(network) * (size_t)network->channels,
                               sizeof(float), &thread->image));
    ADATOM_TRY(create_patches(blocks, &thread->patches));
    for (int k = 0; k < 2; k++) {
        ADATOM_TRY(adatom_convnet_tiles_create(network, &thread->tiles[k]));
    }
    if (!run->training) {
        return ADATOM_OK;
    }
    ADATOM_TRY(create_patches(blocks, &thread->slopes));
    for (int k = 0; k < 2; k++) {
        ADATOM_TRY(adatom_allocate_aligned(largest_slopes(run, images), sizeof(float),
                                           &thread->gradients[k]));
    }
    ADATOM_TRY(adatom_allocate_aligned(point_products, ADATOM_CONV_POINTS * sizeof(float),
                                       &thread->point_products));
    return adatom_allocate_aligned(turned, sizeof(float), &thread->turned);
}

/* Tables whose rows are the images of the batch. */
static adatom_status create_dense(adatom_convnet_run *run)
{
    const adatom_convnet *network = run->network;
    const size_t stride = (size_t)run->batch * ADATOM_CONV_BLOCK;
    for (int l = run->convolutions; l <= network->layer_count; l++) {
        const adatom_convnet_layer *above = &network->layers[l];
        size_t blocks = network->layers[l - 1].blocks;
        if (l == run->convolutions && above->kind == ADATOM_CONVNET_DENSE) {
            blocks = blocks_of_inputs(above);
        }
        adatom_conv_table *tables[2] = {&run->dense[l], &run->dense_slopes[l]};
        for (int k = 0; k < (run->training ? 2 : 1); k++) {
            tables[k]->stride = stride;
            ADATOM_TRY(adatom_allocate_aligned(blocks, stride * sizeof(float), &tables[k]->values));
        }
    }
    return ADATOM_OK;
}

static adatom_status create_layers(adatom_convnet_run *run)
{
    for (int l = 0; l < run->convolutions; l++) {
        const adatom_convnet_layer *layer = &run->network->layers[l];
        if (adatom_convnet_is_tiled(run->network, l)) {
            ADATOM_TRY(
                adatom_convnet_tiling_create(run->network, l, run->training, &run->tilings[l]));
        } else {
            ADATOM_TRY(l > 0 ? adatom_convnet_sources(run->network, layer, &run->sources[l])
                             : adatom_convnet_numbers(run->network, &run->sources[l]));
        }
        if (run->training) {
            const size_t count = layer->blocks * ADATOM_CONV_BLOCK * ADATOM_CONV_BLOCK;
            ADATOM_TRY(adatom_allocate_aligned(blocks_of_inputs(layer), count * sizeof(float),
                                               &run->turned[l]));
        }
        run->gradient_count = layer->biases_at + layer->blocks * ADATOM_CONV_BLOCK;
    }
    return ADATOM_OK;
}

void adatom_convnet_share(adatom_convnet_run *run, int items, size_t work, adatom_team_item *body)
{
    const size_t worth_waking = 100000;
    if (work >= worth_waking) {
        adatom_team_run(run->team, items, body, run);
        return;
    }
    for (int item = 0; item < items; item++) {
        body(run, item, 0);
    }
}

static adatom_status fill(adatom_convnet_run *run)
{
    const int images = slot_images(run->batch), slots = most_slots(run->batch);
    const int threads = adatom_team_size(run->team);
    while (run->network->layers[run->convolutions].kind == ADATOM_CONVNET_CONVOLUTION) {
        run->convolutions++;
    }
    ADATOM_TRY(create_layers(run));
    run->value_count = run->training ? slots : threads;
    ADATOM_TRY(adatom_allocate((size_t)run->value_count, sizeof *run->values, &run->values));
    for (int v = 0; v < run->value_count; v++) {
        ADATOM_TRY(create_values(run, images, &run->values[v]));
    }
    ADATOM_TRY(adatom_allocate((size_t)threads, sizeof *run->threads, &run->threads));
    for (int t = 0; t < threads; t++) {
        ADATOM_TRY(create_thread(run, images, &run->threads[t]));
    }
    if (run->training) {
        ADATOM_TRY(adatom_allocate((size_t)slots, run->gradient_count * sizeof(float),
                                   &run->slot_gradients));
    }
    return create_dense(run);
}

adatom_status adatom_convnet_run_create(const adatom_convnet *network, int batch, bool training,
                                        adatom_team *team, adatom_convnet_run **out)
{
    adatom_convnet_run *run;
    ADATOM_TRY(adatom_allocate(1, sizeof *run, &run));
    run->network = network;
    run->kernels = adatom_conv_kernels_chosen();
    run->team = team;
    run->training = training;
    run->batch = batch;
    const adatom_status status = fill(run);
    if (status != ADATOM_OK) {
        adatom_convnet_run_free(run);
        return status;
    }
    *out = run;
    return ADATOM_OK;
}

static void free_values(adatom_convnet_values *values)
{
    free(values->image);
    for (int l = 0; l < ADATOM_CONVNET_LAYERS_MAX; l++) {
        free(values->layers[l].values);
    }
}

static void free_thread(adatom_convnet_thread *thread)
{
    free(thread->image);
    free(thread->patches.values);
    free(thread->slopes.values);
    free(thread->gradients[0]);
    free(thread->gradients[1]);
    free(thread->turned);
    free(thread->tiles[0]);
    free(thread->tiles[1]);
    free(thread->point_products);
}

void adatom_convnet_run_free(adatom_convnet_run *run)
{
    if (run == NULL) {
        return;
    }
    for (int v = 0; run->values != NULL && v < run->value_count; v++) {
        free_values(&run->values[v]);
    }
    for (int t = 0; run->threads != NULL && t < adatom_team_size(run->team); t++) {
        free_thread(&run->threads[t]);
    }
    for (int l = 0; l <= ADATOM_CONVNET_LAYERS_MAX; l++) {
        free(run->dense[l].values);
        free(run->dense_slopes[l].values);
    }
    for (int l = 0; l < ADATOM_CONVNET_LAYERS_MAX; l++) {
        free(run->sources[l]);
        free(run->turned[l]);
        adatom_convnet_tiling_clear(&run->tilings[l]);
    }
    free(run->values);
    free(run->threads);
    free(run->slot_gradients);
    free(run);
}
