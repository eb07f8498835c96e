#include "search/checkpoint_image.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/input.h"
#include "search/image_options.h"

#include <stdlib.h>

static adatom_status put_rings(adatom_hdf5_writer *writer, const adatom_image_options *image)
{
    double rings[ADATOM_BASIS_MAX][3];
    const size_t dims[2] = {(size_t)image->ring_count, 3};
    for (int k = 0; k < image->ring_count; k++) {
        rings[k][0] = image->rings[k].width;
        rings[k][1] = image->rings[k].radius;
        rings[k][2] = image->rings[k].order;
    }
    return adatom_hdf5_put(writer, "/image/rings", ADATOM_HDF5_DOUBLE, 2, dims, rings);
}

static adatom_status put_elements(adatom_hdf5_writer *writer, const adatom_problem *problem)
{
    int32_t elements[ADATOM_ELEMENT_COUNT];
    const size_t count = (size_t)problem->channel_count;
    for (size_t i = 0; i < count; i++) {
        elements[i] = problem->channels[i];
    }
    return adatom_hdf5_put(writer, "/image/elements", ADATOM_HDF5_INT32, 1, &count, elements);
}

static adatom_status put_trained(adatom_hdf5_writer *writer, const adatom_network *network,
                                 const float *weights)
{
    const size_t kinds = (size_t)network->point_kinds, channels = (size_t)network->input_channels;
    const size_t of_coefficients[2] = {kinds, (size_t)network->kernel.basis_count},
                 of_normalization[2] = {4, channels};
    float *values;
    if (network->kernel.form == ADATOM_KERNEL_EXPANDED) {
        ADATOM_TRY(adatom_hdf5_put(writer, "/image/coefficients", ADATOM_HDF5_FLOAT, 2,
                                   of_coefficients, weights + network->coefficient_offset));
    }
    ADATOM_TRY(adatom_allocate(4 * channels, sizeof *values, &values));
    const size_t offsets[4] = {network->scale_offset, network->shift_offset, network->mean_offset,
                               network->variance_offset};
    for (size_t i = 0; i < 4 * channels; i++) {
        values[i] = weights[offsets[i / channels] + i % channels];
    }
    const adatom_status status = adatom_hdf5_put(writer, "/image/normalization", ADATOM_HDF5_FLOAT,
                                                 2, of_normalization, values);
    free(values);
    return status;
}

static adatom_status put_kernel(adatom_hdf5_writer *writer, const adatom_network *network,
                                const float *weights)
{
    const int *width = network->kernel.width;
    const size_t dims[4] = {(size_t)network->point_kinds, (size_t)width[0], (size_t)width[1],
                            (size_t)width[2]};
    float *values;
    ADATOM_TRY(adatom_allocate(dims[0] * adatom_width_area(width), sizeof *values, &values));
    adatom_input_kernel(network, weights, values);
    const adatom_status status =
        adatom_hdf5_put(writer, "/image/kernel", ADATOM_HDF5_FLOAT, 4, dims, values);
    free(values);
    return status;
}

adatom_status adatom_checkpoint_put_image(adatom_hdf5_writer *writer, const adatom_run *run)
{
    const adatom_network *network = run->agent->network;
    const float *weights = run->agent->weights;
    adatom_image_options image;
    ADATOM_TRY(adatom_search_image(run->problem, &run->options, &image));
    const int32_t kind = image.kind;
    const double bias = image.bias;
    const size_t one = 1;
    ADATOM_TRY(adatom_hdf5_put(writer, "/image/kind", ADATOM_HDF5_INT32, 1, &one, &kind));
    ADATOM_TRY(adatom_hdf5_put(writer, "/image/bias", ADATOM_HDF5_DOUBLE, 1, &one, &bias));
    ADATOM_TRY(put_elements(writer, run->problem));
    ADATOM_TRY(put_rings(writer, &image));
    if (!adatom_input_is_dense(network)) {
        ADATOM_TRY(put_kernel(writer, network, weights));
    }
    return adatom_input_is_trained(network) ? put_trained(writer, network, weights) : ADATOM_OK;
}
