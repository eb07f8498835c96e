#include "nn/frame.h"

#include "nn/input.h"
#include "nn/transform_plan.h"

#include <math.h>
#include <string.h>

int adatom_frame_first_layer(const adatom_network *network)
{
    return adatom_input_is_dense(network) ? 0 : 1;
}

int adatom_frame_first_margin(const adatom_network *network, int axis, bool periodic)
{
    int margin = 0;
    for (int l = adatom_frame_first_layer(network); l < network->layer_count && !periodic; l++) {
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

/* Transforms along all directions of one layer, forth and back: rows, columns, slabs. */
static double cost_of_frames(const adatom_frame frame[3])
{
    const adatom_frame *slab = &frame[0], *column = &frame[1], *row = &frame[2];
    const double half = row->length / 2 + 1;
    const double rows = (slab->source * column->source + slab->out * column->out) / 2.0 *
                        adatom_transform_cost(row->length);
    const double columns =
        (slab->source + slab->out) * half * adatom_transform_cost(column->length);
    const double slabs = 2.0 * column->length * half * adatom_transform_cost(slab->length);
    const double products = 90.0 * half * column->length * slab->length;
    return rows + columns + slabs + products;
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
                          adatom_frame frames[ADATOM_LAYERS_MAX][3])
{
    int source[3];
    for (int axis = 0; axis < 3; axis++) {
        source[axis] = adatom_frame_first_size(network, axis, shape[axis], periodic[axis]);
    }
    for (int l = adatom_frame_first_layer(network); l < network->layer_count; l++) {
        adatom_frame choices[3][2];
        int counts[3];
        for (int axis = 0; axis < 3; axis++) {
            counts[axis] = frame_choices(source[axis], network->layers[l].width[axis],
                                         periodic[axis], choices[axis]);
        }
        double best = INFINITY;
        for (int choice = 0; choice < counts[0] * counts[1] * counts[2]; choice++) {
            const adatom_frame frame[3] = {choices[0][choice / counts[2] / counts[1]],
                                           choices[1][choice / counts[2] % counts[1]],
                                           choices[2][choice % counts[2]]};
            const double cost = cost_of_frames(frame);
            if (cost < best) {
                best = cost;
                memcpy(frames[l], frame, sizeof frame);
            }
        }
        for (int axis = 0; axis < 3; axis++) {
            source[axis] = frames[l][axis].out;
        }
    }
}
