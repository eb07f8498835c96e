#include "search/network_options.h"

#include "base/error.h"
#include "search/image_options.h"

#include <math.h>

static const double default_filters[] = {10, 10, 10};

static adatom_status take_filters(const adatom_numbers *filters, int outputs, adatom_layer *layers,
                                  int *count)
{
    const int default_count = (int)(sizeof default_filters / sizeof default_filters[0]);
    const double *values = filters->count > 0 ? filters->values : default_filters;
    const int hidden = filters->count > 0 ? filters->count : default_count;
    if (hidden + 1 > ADATOM_LAYERS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "network.filters: %d convolutions, expected at most %d", hidden,
                           ADATOM_LAYERS_MAX - 1);
    }
    for (int l = 0; l < hidden; l++) {
        if (values[l] != floor(values[l]) || values[l] < 1 || values[l] > ADATOM_CHANNELS_MAX) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "network.filters: %g, expected whole numbers from 1 to %d",
                               values[l], ADATOM_CHANNELS_MAX);
        }
        layers[l].filters = (int)values[l];
    }
    layers[hidden].filters = outputs;
    *count = hidden + 1;
    return ADATOM_OK;
}

static adatom_status take_widths(const adatom_search_options *options, const adatom_grid *grid,
                                 adatom_layer *layers, int count)
{
    const adatom_numbers *pixels = &options->network_filter_pixels;
    if (pixels->count != 0 && pixels->count != 1 && pixels->count != count) {
        return adatom_fail(
            ADATOM_INVALID_INPUT,
            "network.filter_pixels: %d numbers, expected one, or %d: one for each convolution "
            "and one for the output",
            pixels->count, count);
    }
    for (int l = 0; l < count; l++) {
        const double given = pixels->count == 0 ? 1 : pixels->values[pixels->count == 1 ? 0 : l];
        if (fmod(given, 2) != 1) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "network.filter_pixels: %g, expected odd whole numbers", given);
        }
        for (int i = 0; i < 3; i++) {
            const int nearest = adatom_image_filter_pixels(grid, options->network_filter_width, i);
            layers[l].width[i] = i < grid->dimensions && pixels->count > 0 ? (int)given : nearest;
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_search_network(const adatom_problem *problem,
                                    const adatom_search_options *options, adatom_network **out)
{
    adatom_layer layers[ADATOM_LAYERS_MAX];
    int count = 0;
    ADATOM_TRY(take_filters(&options->network_filters, problem->map_count, layers, &count));
    ADATOM_TRY(take_widths(options, &problem->grid, layers, count));
    adatom_image_options image;
    ADATOM_TRY(adatom_search_image(problem, options, &image));
    adatom_kernel kernel;
    ADATOM_TRY(adatom_image_kernel_make(&problem->grid, &image, problem->channel_count, &kernel));
    const adatom_status status = adatom_network_create(problem->channel_count, layers, count,
                                                       &kernel, (float)options->network_leak,
                                                       (float)options->network_tanh_floor, out);
    adatom_image_kernel_clear(&kernel);
    return status;
}
