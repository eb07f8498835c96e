#include "nn/input.h"

#include <math.h>
#include <string.h>

bool adatom_input_is_trained(const adatom_network *network)
{
    return network->kernel.form != ADATOM_KERNEL_FIXED;
}

bool adatom_input_is_dense(const adatom_network *network)
{
    return network->kernel.form == ADATOM_KERNEL_POWER;
}

size_t adatom_kernel_planes(const adatom_kernel *kernel, int point_kinds)
{
    const size_t parts = kernel->form == ADATOM_KERNEL_POWER ? 2 : 1;
    return (size_t)point_kinds * (size_t)kernel->basis_count * parts;
}

void adatom_input_place(adatom_network *network, size_t offset)
{
    const size_t channels = (size_t)network->input_channels;
    network->trained_count = network->weight_count = offset;
    if (!adatom_input_is_trained(network)) {
        return;
    }
    network->coefficient_offset = offset;
    if (network->kernel.form == ADATOM_KERNEL_EXPANDED) {
        offset += (size_t)network->point_kinds * (size_t)network->kernel.basis_count;
    }
    network->scale_offset = offset;
    network->shift_offset = offset + channels;
    network->trained_count = offset + 2 * channels;
    network->mean_offset = network->trained_count;
    network->variance_offset = network->mean_offset + channels;
    network->share_offset = network->variance_offset + channels;
    network->weight_count = network->share_offset + 1;
}

void adatom_input_initialize(const adatom_network *network, adatom_random *random, float *weights)
{
    if (!adatom_input_is_trained(network)) {
        return;
    }
    const size_t basis = (size_t)network->kernel.basis_count;
    for (size_t i = network->coefficient_offset; i < network->scale_offset; i++) {
        const float *start = network->kernel.start[(i - network->coefficient_offset) % basis];
        weights[i] =
            start[0] + (float)((double)(start[1] - start[0]) * adatom_random_uniform(random));
    }
    for (int channel = 0; channel < network->input_channels; channel++) {
        weights[network->scale_offset + (size_t)channel] = 1;
        weights[network->variance_offset + (size_t)channel] = 1;
    }
}

void adatom_input_kernel(const adatom_network *network, const float *weights, float *values)
{
    const adatom_kernel *kernel = &network->kernel;
    const size_t area = adatom_width_area(kernel->width), basis = (size_t)kernel->basis_count;
    if (kernel->form == ADATOM_KERNEL_FIXED) {
        memcpy(values, kernel->values, (size_t)network->point_kinds * area * sizeof *values);
        return;
    }
    memset(values, 0, (size_t)network->point_kinds * area * sizeof *values);
    for (size_t plane = 0; plane < (size_t)network->point_kinds * basis; plane++) {
        const float coefficient = weights[network->coefficient_offset + plane];
        const float *from = kernel->values + plane * area;
        float *to = values + plane / basis * area;
        for (size_t u = 0; u < area; u++) {
            to[u] += coefficient * from[u];
        }
    }
}

static adatom_affine affine_of(const adatom_network *network, const float *weights, size_t channel,
                               double mean, double variance)
{
    const double factor = (double)weights[network->scale_offset + channel] /
                          sqrt(variance + (double)network->kernel.epsilon);
    const double shift = (double)weights[network->shift_offset + channel];
    return (adatom_affine){(float)factor, (float)(shift - factor * mean)};
}

void adatom_input_average(const adatom_network *network, const float *weights,
                          adatom_affine *channels)
{
    for (size_t c = 0; c < (size_t)network->input_channels; c++) {
        channels[c] = (adatom_affine){1, network->kernel.bias};
        if (adatom_input_is_trained(network)) {
            channels[c] = affine_of(network, weights, c, (double)weights[network->mean_offset + c],
                                    (double)weights[network->variance_offset + c]);
        }
    }
}

void adatom_input_normalize(const adatom_network *network, const float *weights,
                            const double *means, const double *variances, adatom_affine *channels)
{
    for (size_t c = 0; c < (size_t)network->input_channels; c++) {
        channels[c] = affine_of(network, weights, c, means[c], variances[c]);
    }
}

/* d cost / d coefficient = sum_u basis[u] d cost / d kernel[u], and the kernel's gradient is that
 * of the raw image seen from the points. With x = (raw - mean) / deviation the latter is factor (G
 * - mean(G) - x mean(G x)). */
static void coefficient_gradients(const adatom_network *network, size_t kind, double factor,
                                  double deviation, double product, const adatom_input_sums *sums,
                                  float *gradient)
{
    const size_t area = adatom_width_area(network->kernel.width);
    const size_t basis = (size_t)network->kernel.basis_count;
    const double *seen_gradient = sums->seen_gradient + kind * area,
                 *seen_image = sums->seen_image + kind * area, *seen = sums->seen + kind * area;
    const double mean_gradient = sums->gradient[kind] / sums->count,
                 mean_product = product / sums->count;
    for (size_t k = 0; k < basis; k++) {
        const float *values = network->kernel.values + (kind * basis + k) * area;
        double sum = 0;
        for (size_t u = 0; u < area; u++) {
            const double image = (seen_image[u] - sums->means[kind] * seen[u]) / deviation;
            sum += (double)values[u] *
                   (seen_gradient[u] - mean_gradient * seen[u] - mean_product * image);
        }
        gradient[network->coefficient_offset + kind * basis + k] = (float)(factor * sum);
    }
}

void adatom_input_gradient(const adatom_network *network, const float *weights,
                           const adatom_input_sums *sums, float *gradient)
{
    for (size_t c = 0; c < (size_t)network->input_channels; c++) {
        const double deviation = sqrt(sums->variances[c] + (double)network->kernel.epsilon);
        const double product = (sums->product[c] - sums->means[c] * sums->gradient[c]) / deviation;
        gradient[network->scale_offset + c] = (float)product;
        gradient[network->shift_offset + c] = (float)sums->gradient[c];
        gradient[network->mean_offset + c] = (float)sums->means[c];
        gradient[network->variance_offset + c] = (float)sums->variances[c];
        if (network->kernel.form == ADATOM_KERNEL_EXPANDED) {
            const double scale = (double)weights[network->scale_offset + c];
            coefficient_gradients(network, c, scale / deviation, deviation, product, sums,
                                  gradient);
        }
    }
    gradient[network->share_offset] = 0;
}

double adatom_input_regularize(const adatom_network *network, const float *weights, float *gradient)
{
    double cost = 0;
    if (!adatom_input_is_trained(network)) {
        return cost;
    }
    const float l1 = network->kernel.l1;
    for (size_t i = network->coefficient_offset; i < network->scale_offset; i++) {
        cost += (double)(l1 * fabsf(weights[i]));
        gradient[i] += weights[i] > 0 ? l1 : weights[i] < 0 ? -l1 : 0;
    }
    return cost;
}

void adatom_input_follow(const adatom_network *network, const float *gradient, float *weights)
{
    if (!adatom_input_is_trained(network)) {
        return;
    }
    const float momentum = network->kernel.momentum;
    float *share = &weights[network->share_offset];
    *share = momentum * *share + (1 - momentum);
    const float part = *share > 0 ? (1 - momentum) / *share : 0;
    for (size_t i = network->mean_offset; i < network->share_offset; i++) {
        weights[i] += part * (gradient[i] - weights[i]);
    }
}
