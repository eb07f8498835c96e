/* Shapes and first weights of convolutional networks. */
#include "nn/convnet.h"

#include "base/error.h"
#include "base/random.h"
#include "nn/conv_kernels.h"
#include "nn/convnet_private.h"

#include <math.h>
#include <string.h>

static const size_t places_max = (size_t)1 << 31, weights_max = (size_t)1 << 31;

size_t adatom_convnet_product(const int size[3])
{
    return (size_t)size[0] * (size_t)size[1] * (size_t)size[2];
}

size_t adatom_convnet_places(const adatom_convnet *network)
{
    return adatom_convnet_product(network->size);
}

int adatom_convnet_outputs(const adatom_convnet *network)
{
    return network->layers[network->layer_count - 1].outputs;
}

int adatom_convnet_width(const adatom_convnet *network, const adatom_convnet_layer *layer, int d)
{
    return d < network->dimensions ? layer->width : 1;
}

int adatom_convnet_stride(const adatom_convnet *network, const adatom_convnet_layer *layer, int d)
{
    return d < network->dimensions ? layer->stride : 1;
}

int adatom_convnet_before(const adatom_convnet *network, const adatom_convnet_layer *layer, int d)
{
    const int width = adatom_convnet_width(network, layer, d);
    const int needed = (layer->out_size[d] - 1) * adatom_convnet_stride(network, layer, d) + width;
    const int beyond = needed - layer->in_size[d];
    return layer->periodic ? (width - 1) / 2 : beyond > 0 ? beyond / 2 : 0;
}

static adatom_status check_layer(const adatom_convnet *network, int l)
{
    const adatom_convnet_layer *layer = &network->layers[l];
    const bool convolution = layer->kind == ADATOM_CONVNET_CONVOLUTION;
    if (convolution && l > 0 && layer[-1].kind != ADATOM_CONVNET_CONVOLUTION) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "layer %d: a convolution must be before dense layers and sums", l + 1);
    }
    if (layer->kind == ADATOM_CONVNET_SUM && network->copies) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "layer %d: shifted copies end in a dense layer, not in a sum", l + 1);
    }
    if (l == 0 && !convolution) {
        return adatom_fail(ADATOM_INVALID_INPUT, "layer 1: expected a convolution");
    }
    for (int d = 0; convolution && layer->periodic && d < network->dimensions; d++) {
        if (layer->in_size[d] % layer->stride != 0) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "layer %d: the stride %d does not divide the periodic size %d",
                               l + 1, layer->stride, layer->in_size[d]);
        }
    }
    return ADATOM_OK;
}

static size_t blocks_of(int channels)
{
    return ((size_t)channels + ADATOM_CONV_BLOCK - 1) / ADATOM_CONV_BLOCK;
}

static void resolve_size(const adatom_convnet *network, adatom_convnet_layer *layer)
{
    for (int d = 0; d < 3; d++) {
        const int stride = adatom_convnet_stride(network, layer, d);
        layer->out_size[d] = layer->kind == ADATOM_CONVNET_CONVOLUTION
                                 ? (layer->in_size[d] + stride - 1) / stride
                                 : 1;
    }
}

static adatom_status resolve_layer(adatom_convnet *network, int l)
{
    adatom_convnet_layer *layer = &network->layers[l];
    const int *size = l > 0 ? layer[-1].out_size : network->size;
    memcpy(layer->in_size, size, sizeof layer->in_size);
    layer->in_columns = l > 0 ? layer[-1].blocks * ADATOM_CONV_BLOCK : (size_t)network->channels;
    ADATOM_TRY(check_layer(network, l));
    resolve_size(network, layer);
    layer->taps = adatom_convnet_product(layer->in_size);
    if (layer->kind == ADATOM_CONVNET_CONVOLUTION) {
        layer->taps = 1;
        for (int d = 0; d < network->dimensions; d++) {
            layer->taps *= (size_t)layer->width;
        }
    } else if (layer->kind == ADATOM_CONVNET_DENSE &&
               layer[-1].kind == ADATOM_CONVNET_CONVOLUTION) {
        layer->taps *= (size_t)network->copy_count;
    } else if (layer->kind == ADATOM_CONVNET_SUM) {
        layer->outputs = layer[-1].outputs;
        layer->activation = ADATOM_CONVNET_LINEAR;
    }
    layer->blocks = blocks_of(layer->outputs);
    layer->inputs = layer->taps * layer->in_columns;
    layer->weights_at = layer->biases_at = network->weight_count;
    if (layer->kind == ADATOM_CONVNET_SUM) {
        return ADATOM_OK;
    }
    const size_t outputs = layer->blocks * ADATOM_CONV_BLOCK;
    if (layer->inputs >= weights_max / outputs) {
        return adatom_fail(ADATOM_INVALID_INPUT, "layer %d: %zu inputs of %d outputs are too many",
                           l + 1, layer->inputs, layer->outputs);
    }
    layer->biases_at += layer->inputs * outputs;
    network->weight_count = layer->biases_at + outputs;
    return ADATOM_OK;
}

adatom_status adatom_convnet_resolve(adatom_convnet *network)
{
    if (adatom_convnet_places(network) * (size_t)network->channels > places_max) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the image is too large");
    }
    if (network->layer_count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "a network needs a layer");
    }
    network->copy_count = network->copies ? 1 << network->dimensions : 1;
    network->weight_count = 0;
    for (int l = 0; l < network->layer_count; l++) {
        ADATOM_TRY(resolve_layer(network, l));
        if (network->weight_count > weights_max) {
            return adatom_fail(ADATOM_INVALID_INPUT, "the network has too many weights");
        }
    }
    if (network->layers[network->layer_count - 1].kind == ADATOM_CONVNET_CONVOLUTION) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "the last layer is a convolution; expected a dense layer or a sum");
    }
    return ADATOM_OK;
}

/* Inputs that are channels, not filling. */
static bool is_input(const adatom_convnet *network, int l, size_t k)
{
    const adatom_convnet_layer *layer = &network->layers[l];
    return l == 0 || k % layer->in_columns < (size_t)layer[-1].outputs;
}

void adatom_convnet_start(const adatom_convnet *network, uint64_t seed, float *weights)
{
    enum { WEIGHT_STREAM = 11 };
    adatom_random random;
    adatom_random_seed(&random, seed, WEIGHT_STREAM);
    memset(weights, 0, network->weight_count * sizeof *weights);
    int last = network->layer_count - 1;
    while (network->layers[last].kind == ADATOM_CONVNET_SUM) {
        last--;
    }
    for (int l = 0; l <= last; l++) {
        const adatom_convnet_layer *layer = &network->layers[l];
        const size_t channels = (size_t)(l > 0 ? layer[-1].outputs : network->channels);
        const bool smooth = l > 0 && layer[-1].activation == ADATOM_CONVNET_SQUAREPLUS;
        const double gain = smooth ? 3.56 : 2.0; /* 1 / mean square of normal numbers' h(a) */
        const double scale =
            sqrt(gain / (double)(layer->taps * channels)) * (l == last ? 0.1 : 1.0);
        const size_t outputs = layer->kind == ADATOM_CONVNET_SUM ? 0 : (size_t)layer->outputs;
        for (size_t o = 0; o < outputs; o++) {
            float *column = weights + layer->weights_at +
                            o / ADATOM_CONV_BLOCK * layer->inputs * ADATOM_CONV_BLOCK +
                            o % ADATOM_CONV_BLOCK;
            for (size_t k = 0; k < layer->inputs; k++) {
                if (is_input(network, l, k)) {
                    column[k * ADATOM_CONV_BLOCK] = (float)(scale * adatom_random_normal(&random));
                }
            }
        }
    }
}
