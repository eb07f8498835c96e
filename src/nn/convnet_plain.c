/* Convolutional networks by plain loops in double precision. */
#include "nn/convnet.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/conv_kernels.h"
#include "nn/convnet_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Place (p[0], p[1], p[2]) of a size, slowest first. */
static void split_place(size_t place, const int size[3], int p[3])
{
    p[2] = (int)(place % (size_t)size[2]);
    p[1] = (int)(place / (size_t)size[2] % (size_t)size[1]);
    p[0] = (int)(place / (size_t)size[2] / (size_t)size[1]);
}

static int32_t source_of(const adatom_convnet *network, const adatom_convnet_layer *layer,
                         const int out[3], const int tap[3])
{
    size_t place = 0;
    for (int d = 0; d < 3; d++) {
        const int size = layer->in_size[d];
        int at = out[d] * adatom_convnet_stride(network, layer, d) + tap[d] -
                 adatom_convnet_before(network, layer, d);
        if (layer->periodic) {
            at = ((at % size) + size) % size;
        } else if (at < 0 || at >= size) {
            return -1;
        }
        place = place * (size_t)size + (size_t)at;
    }
    return (int32_t)place;
}

adatom_status adatom_convnet_sources(const adatom_convnet *network,
                                     const adatom_convnet_layer *layer, int32_t **out)
{
    const size_t places = adatom_convnet_product(layer->out_size);
    int widths[3];
    for (int d = 0; d < 3; d++) {
        widths[d] = adatom_convnet_width(network, layer, d);
    }
    int32_t *sources;
    ADATOM_TRY(adatom_allocate(places * layer->taps, sizeof *sources, &sources));
    for (size_t place = 0; place < places; place++) {
        int at[3], tap[3];
        split_place(place, layer->out_size, at);
        for (size_t t = 0; t < layer->taps; t++) {
            split_place(t, widths, tap);
            sources[place * layer->taps + t] = source_of(network, layer, at, tap);
        }
    }
    *out = sources;
    return ADATOM_OK;
}

static double activate(adatom_convnet_activation activation, double value)
{
    switch (activation) {
    case ADATOM_CONVNET_RELU:
        return fmax(value, 0);
    case ADATOM_CONVNET_LEAKY:
        return value > 0 ? value : 0.01 * value;
    case ADATOM_CONVNET_TANH:
        return tanh(value);
    case ADATOM_CONVNET_SQUAREPLUS:
        return (value + sqrt(value * value + 4)) / 2 - 1;
    default:
        return value;
    }
}

/* One place of a convolution, in is [place][column]; -1 as a source is zero. */
static void plain_place(const adatom_convnet_layer *layer, const double *weights,
                        const int32_t *sources, const double *in, double *out)
{
    for (size_t o = 0; o < layer->blocks * ADATOM_CONV_BLOCK; o++) {
        const size_t block = o / ADATOM_CONV_BLOCK, lane = o % ADATOM_CONV_BLOCK;
        double sum = weights[layer->biases_at + o];
        for (size_t k = 0; k < layer->inputs; k++) {
            const size_t tap = k / layer->in_columns, column = k % layer->in_columns;
            const int64_t source = sources != NULL ? sources[tap] : (int64_t)tap;
            if (source >= 0) {
                sum += in[(size_t)source * layer->in_columns + column] *
                       weights[layer->weights_at + (block * layer->inputs + k) * ADATOM_CONV_BLOCK +
                               lane];
            }
        }
        out[o] = activate(layer->activation, sum);
    }
}

static adatom_status plain_layer(const adatom_convnet *network, const adatom_convnet_layer *layer,
                                 const double *weights, const double *in, double *out)
{
    const size_t columns = layer->blocks * ADATOM_CONV_BLOCK;
    if (layer->kind == ADATOM_CONVNET_SUM) {
        memset(out, 0, columns * sizeof *out);
        for (size_t i = 0; i < layer->taps * columns; i++) {
            out[i % columns] += in[i];
        }
        return ADATOM_OK;
    }
    if (layer->kind == ADATOM_CONVNET_DENSE) {
        plain_place(layer, weights, NULL, in, out);
        return ADATOM_OK;
    }
    int32_t *sources;
    ADATOM_TRY(adatom_convnet_sources(network, layer, &sources));
    for (size_t p = 0; p < adatom_convnet_product(layer->out_size); p++) {
        plain_place(layer, weights, sources + p * layer->taps, in, out + p * columns);
    }
    free(sources);
    return ADATOM_OK;
}

/* Places of the image, shifted by half along the directions whose bit is set in `copy`. */
static void plain_copy(const adatom_convnet *network, const double *image, int copy, double *out)
{
    const size_t places = adatom_convnet_places(network), channels = (size_t)network->channels;
    for (size_t place = 0; place < places; place++) {
        int at[3];
        split_place(place, network->size, at);
        size_t from = 0;
        for (int d = 0; d < 3; d++) {
            const int shift = (copy >> d & 1) != 0 ? network->size[d] / 2 : 0;
            from = from * (size_t)network->size[d] + (size_t)((at[d] + shift) % network->size[d]);
        }
        for (size_t c = 0; c < channels; c++) {
            out[place * channels + c] = image[c * places + from];
        }
    }
}

static size_t largest_values(const adatom_convnet *network)
{
    size_t most = adatom_convnet_places(network) * (size_t)network->channels;
    for (int l = 0; l < network->layer_count; l++) {
        const adatom_convnet_layer *layer = &network->layers[l];
        const size_t count =
            adatom_convnet_product(layer->out_size) * layer->blocks * ADATOM_CONV_BLOCK;
        most = count > most ? count : most;
    }
    return most;
}

adatom_status adatom_convnet_plain(const adatom_convnet *network, const double *weights,
                                   const double *image, double *outputs)
{
    const size_t most = largest_values(network) * (size_t)network->copy_count;
    double *in, *out;
    ADATOM_TRY(adatom_allocate(2 * most, sizeof *in, &in));
    out = in + most;
    double *const whole = in;
    for (int copy = 0; copy < network->copy_count; copy++) {
        plain_copy(network, image, copy,
                   in + (size_t)copy * adatom_convnet_places(network) * (size_t)network->channels);
    }
    adatom_status status = ADATOM_OK;
    for (int l = 0; l < network->layer_count && status == ADATOM_OK; l++) {
        const adatom_convnet_layer *layer = &network->layers[l];
        const bool convolution = layer->kind == ADATOM_CONVNET_CONVOLUTION;
        const size_t in_step = adatom_convnet_product(layer->in_size) * layer->in_columns;
        const size_t out_step =
            adatom_convnet_product(layer->out_size) * layer->blocks * ADATOM_CONV_BLOCK;
        const size_t copies = convolution ? (size_t)network->copy_count : 1;
        for (size_t copy = 0; copy < copies && status == ADATOM_OK; copy++) {
            status =
                plain_layer(network, layer, weights, in + copy * in_step, out + copy * out_step);
        }
        double *swap = in;
        in = out;
        out = swap;
    }
    for (int o = 0; status == ADATOM_OK && o < adatom_convnet_outputs(network); o++) {
        outputs[o] = in[o];
    }
    free(whole);
    return status;
}
