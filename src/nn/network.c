#include "nn/network.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/input.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static adatom_status check_width(const char *what, const int width[3])
{
    for (int axis = 0; axis < 3; axis++) {
        const bool flat = axis == 2 && width[axis] == 0;
        if (!flat &&
            (width[axis] < 1 || width[axis] > ADATOM_FILTER_WIDTH_MAX || width[axis] % 2 == 0)) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "%s: width %d, expected an odd number up to %d", what, width[axis],
                               ADATOM_FILTER_WIDTH_MAX);
        }
    }
    return ADATOM_OK;
}

static adatom_status check_channels(const char *what, int channels)
{
    if (channels < 1 || channels > ADATOM_CHANNELS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %d, expected 1 to %d", what, channels,
                           ADATOM_CHANNELS_MAX);
    }
    return ADATOM_OK;
}

/* How many kernels there are for each kind of points. */
static adatom_status check_basis(int point_kinds, const adatom_kernel *kernel)
{
    const int count = kernel->basis_count > 0 ? kernel->basis_count : 1;
    const bool fixed = kernel->form == ADATOM_KERNEL_FIXED;
    if (count > (fixed ? 1 : ADATOM_BASIS_MAX)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "kernels of the image: %d, expected at most %d",
                           count, fixed ? 1 : ADATOM_BASIS_MAX);
    }
    const bool dense = kernel->form == ADATOM_KERNEL_POWER;
    return check_channels("channels of the image", dense ? point_kinds * count : point_kinds);
}

static adatom_status check_shape(int point_kinds, const adatom_layer *layers, int layer_count,
                                 const adatom_kernel *kernel)
{
    ADATOM_TRY(check_channels("input channels", point_kinds));
    ADATOM_TRY(check_basis(point_kinds, kernel));
    if (layer_count < 1 || layer_count > ADATOM_LAYERS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "convolutions: %d, expected 1 to %d", layer_count,
                           ADATOM_LAYERS_MAX);
    }
    for (int l = 0; l < layer_count; l++) {
        ADATOM_TRY(check_channels("filters of a convolution", layers[l].filters));
        ADATOM_TRY(check_width("filters of a convolution", layers[l].width));
    }
    return check_width("kernel of the image", kernel->width);
}

size_t adatom_width_area(const int width[3])
{
    return (size_t)width[0] * (size_t)width[1] * (size_t)width[2];
}

/* Weights stand layer by layer: w[filter][input][kx][ky][kz], then b[filter]. */
static void place_weights(adatom_network *network)
{
    size_t offset = 0;
    for (int l = 0; l < network->layer_count; l++) {
        const adatom_layer *layer = &network->layers[l];
        network->filter_offset[l] = offset;
        offset += (size_t)layer->filters * (size_t)adatom_network_inputs(network, l) *
                  adatom_width_area(layer->width);
        network->bias_offset[l] = offset;
        offset += (size_t)layer->filters;
    }
    adatom_input_place(network, offset);
}

/* Whether a value of the kernel lies outside its middle part of width[0] x width[1] x width[2]. */
static bool is_outside(const adatom_kernel *kernel, int index, const int width[3])
{
    for (int axis = 2; axis >= 0; axis--) {
        const int at = index % kernel->width[axis];
        if (abs(at - kernel->width[axis] / 2) > width[axis] / 2) {
            return true;
        }
        index /= kernel->width[axis];
    }
    return false;
}

/* Largest absolute value of the kernel outside its middle part. */
static float largest_outside(const adatom_kernel *kernel, int planes, const int width[3])
{
    float largest = 0;
    const int area = (int)adatom_width_area(kernel->width);
    for (int i = 0; i < planes * area; i++) {
        if (is_outside(kernel, i % area, width) && fabsf(kernel->values[i]) > largest) {
            largest = fabsf(kernel->values[i]);
        }
    }
    return largest;
}

/* Cuts the rim of the kernel as far as it is below the rounding of float: a Gaussian's tail costs
 * time and changes nothing. */
static void trim_kernel(adatom_kernel *kernel, int planes)
{
    int width[3] = {-1, -1, -1};
    const float negligible = 5e-8f * largest_outside(kernel, planes, width);
    memcpy(width, kernel->width, sizeof width);
    for (int axis = 0; axis < 3; axis++) {
        int narrower[3] = {width[0], width[1], width[2]};
        for (narrower[axis] -= 2; narrower[axis] >= 1; narrower[axis] -= 2) {
            if (largest_outside(kernel, planes, narrower) > negligible) {
                break;
            }
            width[axis] = narrower[axis];
        }
    }
    const int area = (int)adatom_width_area(kernel->width);
    float *to = kernel->values;
    for (int i = 0; i < planes * area; i++) {
        if (!is_outside(kernel, i % area, width)) {
            *to++ = kernel->values[i];
        }
    }
    memcpy(kernel->width, width, sizeof width);
}

static void give_planes_depth(adatom_network *network)
{
    for (int l = 0; l < network->layer_count; l++) {
        network->layers[l].width[2] += network->layers[l].width[2] == 0;
    }
    network->kernel.width[2] += network->kernel.width[2] == 0;
}

adatom_status adatom_network_create(int point_kinds, const adatom_layer *layers, int layer_count,
                                    const adatom_kernel *kernel, float leak, float tanh_floor,
                                    adatom_network **out)
{
    adatom_network *network;
    ADATOM_TRY(check_shape(point_kinds, layers, layer_count, kernel));
    ADATOM_TRY(adatom_allocate(1, sizeof *network, &network));
    network->kernel = *kernel;
    network->kernel.basis_count = kernel->basis_count > 0 ? kernel->basis_count : 1;
    network->point_kinds = point_kinds;
    network->input_channels =
        point_kinds * (adatom_input_is_dense(network) ? network->kernel.basis_count : 1);
    network->layer_count = layer_count;
    memcpy(network->layers, layers, (size_t)layer_count * sizeof *layers);
    network->leak = leak;
    network->tanh_floor = tanh_floor;
    give_planes_depth(network);
    const size_t planes = adatom_kernel_planes(&network->kernel, point_kinds),
                 count = planes * adatom_width_area(network->kernel.width);
    const adatom_status status = adatom_allocate(count, sizeof(float), &network->kernel.values);
    if (status != ADATOM_OK) {
        free(network);
        return status;
    }
    memcpy(network->kernel.values, kernel->values, count * sizeof(float));
    trim_kernel(&network->kernel, (int)planes);
    place_weights(network);
    *out = network;
    return ADATOM_OK;
}

void adatom_network_free(adatom_network *network)
{
    if (network != NULL) {
        free(network->kernel.values);
        free(network);
    }
}

int adatom_network_inputs(const adatom_network *network, int layer)
{
    return layer == 0 ? network->input_channels : network->layers[layer - 1].filters;
}

int adatom_network_outputs(const adatom_network *network)
{
    return network->layers[network->layer_count - 1].filters;
}

int adatom_network_reach(const adatom_network *network, int axis)
{
    int reach = network->kernel.width[axis] / 2;
    for (int l = 0; l < network->layer_count; l++) {
        reach += network->layers[l].width[axis] / 2;
    }
    return reach;
}

void adatom_network_initialize(const adatom_network *network, adatom_random *random, float *weights)
{
    memset(weights, 0, network->weight_count * sizeof *weights);
    for (int l = 0; l < network->layer_count; l++) {
        const adatom_layer *layer = &network->layers[l];
        const int area = (int)adatom_width_area(layer->width);
        const int fans = area * (adatom_network_inputs(network, l) + layer->filters);
        const double limit = sqrt(6.0 / fans);
        for (size_t i = network->filter_offset[l]; i < network->bias_offset[l]; i++) {
            weights[i] = (float)(limit * (2.0 * adatom_random_uniform(random) - 1.0));
        }
    }
    adatom_input_initialize(network, random, weights);
}

adatom_axes adatom_axes_of(const adatom_network *network, const int shape[3])
{
    bool plane = shape[2] == 1 && network->kernel.width[2] == 1;
    for (int l = 0; l < network->layer_count; l++) {
        plane = plane && network->layers[l].width[2] == 1;
    }
    return plane ? (adatom_axes){{2, 0, 1}} : (adatom_axes){{0, 1, 2}};
}

void adatom_axes_lay(const adatom_axes *axes, const int natural[3], int laid[3])
{
    for (int axis = 0; axis < 3; axis++) {
        laid[axis] = natural[axes->order[axis]];
    }
}

adatom_network adatom_axes_lay_network(const adatom_axes *axes, const adatom_network *network)
{
    adatom_network laid = *network;
    adatom_axes_lay(axes, network->kernel.width, laid.kernel.width);
    for (int l = 0; l < network->layer_count; l++) {
        adatom_axes_lay(axes, network->layers[l].width, laid.layers[l].width);
    }
    return laid;
}
