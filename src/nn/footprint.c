#include "nn/footprint.h"

#include "nn/frame.h"
#include "nn/isa.h"
#include "nn/transform_plan.h"

#include <math.h>

/* Channels as the vectors that hold them have them. */
static double padded(int channels, int lanes)
{
    return ceil((double)channels / lanes) * lanes;
}

double adatom_map_bytes(const adatom_network *given, const int shape_given[3],
                        const bool periodic_given[3])
{
    const int lanes = adatom_isa_chosen()->lanes;
    adatom_frame frames[ADATOM_LAYERS_MAX][3];
    const adatom_axes axes = adatom_axes_of(given, shape_given);
    const adatom_network laid = adatom_axes_lay_network(&axes, given), *network = &laid;
    int shape[3];
    bool periodic[3];
    for (int axis = 0; axis < 3; axis++) {
        shape[axis] = shape_given[axes.order[axis]];
        periodic[axis] = periodic_given[axes.order[axis]];
    }
    adatom_frames_choose(network, shape, periodic, frames);
    double first = padded(network->layers[0].filters, lanes), filters = 0, spectrum = 0, plane = 0;
    for (int axis = 0; axis < 3; axis++) {
        first *= adatom_frame_first_size(network, axis, shape[axis], periodic[axis]);
    }
    double real = first;
    for (int l = adatom_frame_first_layer(network); l < network->layer_count; l++) {
        const adatom_frame *x = &frames[l][0], *y = &frames[l][1], *z = &frames[l][2];
        const int inputs = adatom_network_inputs(network, l), outputs = network->layers[l].filters;
        const bool last = l == network->layer_count - 1;
        const double frequencies = (double)x->length * y->length * (z->length / 2 + 1);
        filters += 2 * frequencies * outputs * (last ? padded(inputs, lanes) : inputs);
        spectrum = fmax(spectrum, 2 * frequencies * fmax(inputs, outputs));
        plane = fmax(plane, 2 * frequencies * lanes);
        real = fmax(real, (x->out * y->out + 1.0) * z->out * padded(outputs, lanes));
    }
    /* spectrum and result; filter_plane, filter_rows and what the output layer has beside them */
    return sizeof(float) * (first + real + filters + 2 * spectrum + 2 * plane + 4 * plane / lanes);
}

double adatom_trainer_bytes(const adatom_network *given, const int size_given[3], int threads)
{
    const int lanes = adatom_isa_chosen()->lanes, last = given->layer_count - 1;
    const adatom_axes axes = adatom_axes_of(given, size_given);
    const adatom_network laid = adatom_axes_lay_network(&axes, given), *network = &laid;
    int size[3], in[3], length[3];
    adatom_axes_lay(&axes, size_given, size);
    double filters = 0, inputs = 0, work = 0, column = 0;
    for (int axis = 0; axis < 3; axis++) {
        in[axis] = size[axis] + network->layers[last].width[axis] - 1;
    }
    const double last_inputs = (double)in[0] * in[1] * in[2] * adatom_network_inputs(network, last);
    for (int l = last - 1; l >= 0; l--) {
        const int channels = adatom_network_inputs(network, l),
                  outputs = network->layers[l].filters;
        for (int axis = 0; axis < 3; axis++) {
            in[axis] += network->layers[l].width[axis] - 1;
            length[axis] = adatom_transform_good_length(in[axis]);
        }
        const double sheet = (double)length[0] * length[1], frequencies = sheet * length[2];
        filters += 2.0 * sheet * (length[2] / 2 + 1) * padded(channels * outputs, lanes);
        inputs += frequencies * channels;
        work = fmax(work, frequencies * fmax(channels, outputs));
        column = fmax(column, sheet * fmax(channels, outputs));
    }
    const double images = (double)in[0] * in[1] * in[2] * network->input_channels;
    /* complex vectors: inputs and two work arrays, both sides of the output layer, columns */
    const double vectors = inputs + 2 * work + 2 * last_inputs + 4.0 * threads * column;
    return sizeof(float) * (2 * filters + 2.0 * lanes * (vectors + images));
}
