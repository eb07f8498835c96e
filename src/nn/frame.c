#include "nn/frame.h"

#include "nn/transform_plan.h"

#include <math.h>

int adatom_frame_first_margin(const adatom_network *network, int axis, bool periodic)
{
    int margin = 0;
    for (int l = 1; l < network->layer_count && !periodic; l++) {
        margin += network->layers[l].width[axis] / 2;
    }
    return margin;
}

int adatom_frame_first_size(const adatom_network *network, int axis, int shape, bool periodic)
{
    return shape + 2 * adatom_frame_first_margin(network, axis, periodic);
}

static adatom_frame torus_frame(int shape, int width)
{
    return (adatom_frame){
        .in = shape, .out = shape, .length = shape, .source = shape, .centre = width / 2};
}

static adatom_frame halo_frame(int shape, int width)
{
    const int in = shape + width - 1;
    return (adatom_frame){.in = in,
                          .out = shape,
                          .length = adatom_transform_good_length(in),
                          .source = shape,
                          .halo = width / 2};
}

static adatom_frame empty_frame(int in, int width)
{
    return (adatom_frame){
        .in = in, .out = in - width + 1, .length = adatom_transform_good_length(in), .source = in};
}

/* Transforms along both directions of one layer, forth and back. */
static double cost_of_frames(const adatom_frame *x, const adatom_frame *y)
{
    const double rows = (x->source + x->out) / 2.0 * adatom_transform_cost(y->length);
    const double columns = 2.0 * (y->length / 2 + 1) * adatom_transform_cost(x->length);
    const double products = 90.0 * (y->length / 2 + 1) * x->length;
    return rows + columns + products;
}

static int frame_choices(int source, int width, bool periodic, adatom_frame choices[2])
{
    if (!periodic) {
        choices[0] = empty_frame(source, width);
        return 1;
    }
    choices[0] = halo_frame(source, width);
    choices[1] = torus_frame(source, width);
    return isinf(adatom_transform_cost(source)) ? 1 : 2;
}

void adatom_frames_choose(const adatom_network *network, const int shape[3], const bool periodic[3],
                          adatom_frame frames[ADATOM_LAYERS_MAX][2])
{
    int source[2];
    for (int axis = 0; axis < 2; axis++) {
        source[axis] = adatom_frame_first_size(network, axis, shape[axis], periodic[axis]);
    }
    for (int l = 1; l < network->layer_count; l++) {
        const int *width = network->layers[l].width;
        adatom_frame x[2], y[2];
        const int x_count = frame_choices(source[0], width[0], periodic[0], x);
        const int y_count = frame_choices(source[1], width[1], periodic[1], y);
        double best = INFINITY;
        for (int i = 0; i < x_count; i++) {
            for (int j = 0; j < y_count; j++) {
                const double cost = cost_of_frames(&x[i], &y[j]);
                if (cost < best) {
                    best = cost;
                    frames[l][0] = x[i];
                    frames[l][1] = y[j];
                }
            }
        }
        source[0] = frames[l][0].out;
        source[1] = frames[l][1].out;
    }
}
