/* What the taps of a convolution see. */
#include "nn/convnet_run.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

size_t adatom_convnet_in_rows(const adatom_convnet_run *run, int layer, int images)
{
    return (size_t)(images * run->network->copy_count) *
           adatom_convnet_product(run->network->layers[layer].in_size);
}

size_t adatom_convnet_out_rows(const adatom_convnet_run *run, int layer, int images)
{
    return (size_t)(images * run->network->copy_count) *
           adatom_convnet_product(run->network->layers[layer].out_size);
}

static size_t filled_inputs(const adatom_convnet_layer *layer)
{
    return (layer->inputs + ADATOM_CONV_BLOCK - 1) / ADATOM_CONV_BLOCK * ADATOM_CONV_BLOCK;
}

adatom_status adatom_convnet_numbers(const adatom_convnet *network, int32_t **out)
{
    const adatom_convnet_layer *layer = &network->layers[0];
    const size_t places = adatom_convnet_product(layer->out_size), columns = layer->in_columns;
    const size_t filled = filled_inputs(layer);
    int32_t *sources, *numbers;
    ADATOM_TRY(adatom_convnet_sources(network, layer, &sources));
    const adatom_status status = adatom_allocate(places * filled, sizeof *numbers, &numbers);
    if (status != ADATOM_OK) {
        free(sources);
        return status;
    }
    for (size_t place = 0; place < places; place++) {
        for (size_t k = 0; k < filled; k++) {
            const size_t tap = k / columns;
            const int32_t source = k < layer->inputs ? sources[place * layer->taps + tap] : -1;
            numbers[place * filled + k] =
                source < 0 ? -1 : source * (int32_t)columns + (int32_t)(k % columns);
        }
    }
    free(sources);
    *out = numbers;
    return ADATOM_OK;
}

/* Of each row: what its taps see, and where its image starts. */
static void locate_rows(const adatom_convnet_run *run, int l, size_t first, size_t rows,
                        float *values, const int32_t **sources, float **bases)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const size_t out = adatom_convnet_product(layer->out_size);
    const size_t in = adatom_convnet_product(layer->in_size);
    const size_t list = l > 0 ? layer->taps : filled_inputs(layer);
    const size_t image_step = in * (l > 0 ? ADATOM_CONV_BLOCK : layer->in_columns);
    size_t image = first / out, place = first % out;
    for (size_t r = 0; r < rows; r++) {
        sources[r] = run->sources[l] + place * list;
        bases[r] = values + image * image_step;
        if (++place == out) {
            place = 0;
            image++;
        }
    }
}

void adatom_convnet_gather(const adatom_convnet_run *run, int l,
                           const adatom_convnet_values *values, size_t first, size_t rows,
                           adatom_conv_table patches)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const int32_t *sources[ADATOM_CONVNET_ROWS];
    float *bases[ADATOM_CONVNET_ROWS];
    if (l == 0) {
        locate_rows(run, l, first, rows, values->image, sources, bases);
        run->kernels->gather_numbers(rows, filled_inputs(layer) / ADATOM_CONV_BLOCK, sources, bases,
                                     patches);
        return;
    }
    const adatom_conv_table in = values->layers[l - 1];
    locate_rows(run, l, first, rows, in.values, sources, bases);
    run->kernels->gather(rows, layer->taps, layer->in_columns / ADATOM_CONV_BLOCK, sources, bases,
                         in.stride, patches);
}

void adatom_convnet_scatter(const adatom_convnet_run *run, int l, adatom_conv_table patches,
                            size_t first, size_t rows, float *slopes, size_t stride)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const int32_t *sources[ADATOM_CONVNET_ROWS];
    float *bases[ADATOM_CONVNET_ROWS];
    locate_rows(run, l, first, rows, slopes, sources, bases);
    if (l > 0) {
        run->kernels->scatter(rows, layer->taps, layer->in_columns / ADATOM_CONV_BLOCK, sources,
                              bases, stride, patches);
        return;
    }
    for (size_t r = 0; r < rows; r++) {
        for (size_t k = 0; k < layer->inputs; k++) {
            if (sources[r][k] >= 0) {
                bases[r][sources[r][k]] +=
                    patches.values[k / ADATOM_CONV_BLOCK * patches.stride + r * ADATOM_CONV_BLOCK +
                                   k % ADATOM_CONV_BLOCK];
            }
        }
    }
}
