/* What the taps of a convolution see. */
#include "nn/convnet_run.h"

#include <math.h>
#include <string.h>

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

/* Of each row: what its taps see, and where its image starts. */
static void locate_rows(const adatom_convnet_run *run, int l, size_t first, size_t rows,
                        float *values, size_t step, const int32_t **sources, float **bases)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const size_t out = adatom_convnet_product(layer->out_size);
    const size_t in = adatom_convnet_product(layer->in_size);
    size_t image = first / out, place = first % out;
    for (size_t r = 0; r < rows; r++) {
        sources[r] = run->sources[l] + place * layer->taps;
        bases[r] = values + image * in * step;
        if (++place == out) {
            place = 0;
            image++;
        }
    }
}

/* The place of the first layer's input k in a row of patches. */
static float *patch_input(adatom_conv_table patches, size_t row, size_t k)
{
    return patches.values + k / ADATOM_CONV_BLOCK * patches.stride + row * ADATOM_CONV_BLOCK +
           k % ADATOM_CONV_BLOCK;
}

void adatom_convnet_gather(const adatom_convnet_run *run, int l,
                           const adatom_convnet_values *values, size_t first, size_t rows,
                           adatom_conv_table patches)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const int32_t *sources[ADATOM_CONVNET_ROWS];
    float *bases[ADATOM_CONVNET_ROWS];
    if (l > 0) {
        const adatom_conv_table in = values->layers[l - 1];
        locate_rows(run, l, first, rows, in.values, ADATOM_CONV_BLOCK, sources, bases);
        run->kernels->gather(rows, layer->taps, layer->in_columns / ADATOM_CONV_BLOCK, sources,
                             bases, in.stride, patches);
        return;
    }
    const size_t channels = layer->in_columns;
    locate_rows(run, l, first, rows, values->image, channels, sources, bases);
    for (size_t r = 0; r < rows; r++) {
        for (size_t k = 0; k < layer->inputs; k++) {
            const int32_t source = sources[r][k / channels];
            *patch_input(patches, r, k) =
                source < 0 ? 0 : bases[r][(size_t)source * channels + k % channels];
        }
    }
}

void adatom_convnet_scatter(const adatom_convnet_run *run, int l, adatom_conv_table patches,
                            size_t first, size_t rows, float *slopes, size_t stride)
{
    const adatom_convnet_layer *layer = &run->network->layers[l];
    const int32_t *sources[ADATOM_CONVNET_ROWS];
    float *bases[ADATOM_CONVNET_ROWS];
    if (l > 0) {
        locate_rows(run, l, first, rows, slopes, ADATOM_CONV_BLOCK, sources, bases);
        run->kernels->scatter(rows, layer->taps, layer->in_columns / ADATOM_CONV_BLOCK, sources,
                              bases, stride, patches);
        return;
    }
    const size_t channels = layer->in_columns;
    locate_rows(run, l, first, rows, slopes, channels, sources, bases);
    for (size_t r = 0; r < rows; r++) {
        for (size_t k = 0; k < layer->inputs; k++) {
            const int32_t source = sources[r][k / channels];
            if (source >= 0) {
                bases[r][(size_t)source * channels + k % channels] += *patch_input(patches, r, k);
            }
        }
    }
}

void adatom_convnet_differentiate(adatom_convnet_activation activation, size_t count,
                                  const float *restrict values, float *restrict slopes)
{
    if (activation == ADATOM_CONVNET_RELU) {
        for (size_t i = 0; i < count; i++) {
            slopes[i] = values[i] > 0 ? slopes[i] : 0;
        }
    } else if (activation == ADATOM_CONVNET_LEAKY) {
        for (size_t i = 0; i < count; i++) {
            slopes[i] *= values[i] > 0 ? 1.0f : 0.01f;
        }
    } else if (activation == ADATOM_CONVNET_TANH) {
        for (size_t i = 0; i < count; i++) {
            slopes[i] *= 1 - values[i] * values[i];
        }
    } else if (activation == ADATOM_CONVNET_SQUAREPLUS) {
        for (size_t i = 0; i < count; i++) {
            const float square = (values[i] + 1) * (values[i] + 1);
            slopes[i] *= square / (square + 1);
        }
    }
}
