#include "nn/plain_input.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whether value [i][j][k] of a kernel around a pixel lies in the image, and where. */
static bool pixel_under(const adatom_kernel *kernel, const int tap[3], const int size[3],
                        const int at[3], size_t *pixel)
{
    *pixel = 0;
    for (int axis = 0; axis < 3; axis++) {
        const int place = at[axis] + tap[axis] - kernel->width[axis] / 2;
        if (place < 0 || place >= size[axis]) {
            return false;
        }
        *pixel = *pixel * (size_t)size[axis] + (size_t)place;
    }
    return true;
}

/* image += factor * kernel around a pixel. Returns the sum of kernel * image then. */
static double walk_kernel(const adatom_network *network, size_t plane, const int size[3],
                          const int at[3], double factor, double *image)
{
    const adatom_kernel *kernel = &network->kernel;
    const float *value = kernel->values + plane * adatom_width_area(kernel->width);
    double seen = 0;
    int tap[3];
    for (tap[0] = 0; tap[0] < kernel->width[0]; tap[0]++) {
        for (tap[1] = 0; tap[1] < kernel->width[1]; tap[1]++) {
            for (tap[2] = 0; tap[2] < kernel->width[2]; tap[2]++, value++) {
                size_t pixel;
                if (pixel_under(kernel, tap, size, at, &pixel)) {
                    image[pixel] += factor * (double)*value;
                    seen += image[pixel] * (double)*value;
                }
            }
        }
    }
    return seen;
}

static void draw_sums(const adatom_network *network, const float *weights, const int size[3],
                      const adatom_point *point, const int at[3], double *raw)
{
    const size_t kind = (size_t)point->channel, basis = (size_t)network->kernel.basis_count;
    double *plane = raw + kind * adatom_width_area(size);
    for (size_t k = kind * basis; k < (kind + 1) * basis; k++) {
        const bool fixed = network->kernel.form == ADATOM_KERNEL_FIXED;
        (void)walk_kernel(network, k, size, at,
                          fixed ? 1 : (double)weights[network->coefficient_offset + k], plane);
    }
}

static void draw_power(const adatom_network *network, const int size[3], const adatom_point *points,
                       size_t point_count, const int origin[3], double *scratch, double *raw)
{
    const size_t pixels = adatom_width_area(size);
    for (int channel = 0; channel < network->input_channels; channel++) {
        memset(scratch, 0, 2 * pixels * sizeof *scratch);
        for (size_t i = 0; i < point_count; i++) {
            const int at[3] = {points[i].x + origin[0], points[i].y + origin[1],
                               points[i].z + origin[2]};
            if (points[i].channel == channel / network->kernel.basis_count) {
                (void)walk_kernel(network, 2 * (size_t)channel, size, at, 1, scratch);
                (void)walk_kernel(network, 2 * (size_t)channel + 1, size, at, 1, scratch + pixels);
            }
        }
        for (size_t i = 0; i < pixels; i++) {
            *raw++ = scratch[i] * scratch[i] + scratch[pixels + i] * scratch[pixels + i];
        }
    }
}

void adatom_plain_draw(const adatom_network *network, const float *weights, const int size[3],
                       const adatom_point *points, size_t point_count, const int origin[3],
                       double *scratch, double *raw)
{
    if (adatom_input_is_dense(network)) {
        draw_power(network, size, points, point_count, origin, scratch, raw);
        return;
    }
    const size_t count = (size_t)network->input_channels * adatom_width_area(size);
    for (size_t i = 0; i < count; i++) {
        raw[i] = (double)network->kernel.bias;
    }
    for (size_t i = 0; i < point_count; i++) {
        const int at[3] = {points[i].x + origin[0], points[i].y + origin[1],
                           points[i].z + origin[2]};
        draw_sums(network, weights, size, &points[i], at, raw);
    }
}

adatom_status adatom_plain_batch_create(const adatom_network *network, const int size[3],
                                        int sample_count, adatom_plain_batch *out)
{
    const size_t channels = (size_t)network->input_channels;
    const size_t count = (size_t)sample_count * channels * adatom_width_area(size);
    adatom_plain_batch batch = {.sample_count = sample_count, .size = {size[0], size[1], size[2]}};
    adatom_status status;
    ADATOM_TRY_ELSE(status, failed, adatom_allocate(count, sizeof(double), &batch.raw));
    ADATOM_TRY_ELSE(status, failed, adatom_allocate(count, sizeof(double), &batch.gradient));
    ADATOM_TRY_ELSE(status, failed, adatom_allocate(channels, sizeof(double), &batch.means));
    ADATOM_TRY_ELSE(status, failed, adatom_allocate(channels, sizeof(double), &batch.variances));
    *out = batch;
    return ADATOM_OK;
failed:
    adatom_plain_batch_clear(&batch);
    return status;
}

void adatom_plain_batch_clear(adatom_plain_batch *batch)
{
    free(batch->raw);
    free(batch->gradient);
    free(batch->means);
    free(batch->variances);
}

/* Mean of f(value) over a channel of all samples, f(x) = (x - centre)^power. */
static double channel_moment(const adatom_network *network, const adatom_plain_batch *batch,
                             int channel, double centre, int power)
{
    const size_t pixels = adatom_width_area(batch->size);
    double sum = 0;
    for (int s = 0; s < batch->sample_count; s++) {
        const size_t plane = (size_t)(s * network->input_channels + channel) * pixels;
        for (size_t i = 0; i < pixels; i++) {
            sum += pow(batch->raw[plane + i] - centre, power);
        }
    }
    return sum / ((double)batch->sample_count * (double)pixels);
}

void adatom_plain_batch_draw(const adatom_network *network, const float *weights,
                             const adatom_sample *samples, double *scratch,
                             adatom_plain_batch *batch)
{
    const int origin[3] = {batch->size[0] / 2, batch->size[1] / 2, batch->size[2] / 2};
    const size_t count = (size_t)network->input_channels * adatom_width_area(batch->size);
    for (int s = 0; s < batch->sample_count; s++) {
        adatom_plain_draw(network, weights, batch->size, samples[s].points, samples[s].point_count,
                          origin, scratch, batch->raw + (size_t)s * count);
    }
    for (int c = 0; c < network->input_channels; c++) {
        batch->means[c] = channel_moment(network, batch, c, 0, 1);
        batch->variances[c] = channel_moment(network, batch, c, batch->means[c], 2);
    }
}

void adatom_plain_normalize(const adatom_network *network, const float *weights,
                            const double *means, const double *variances, size_t pixels,
                            const double *raw, double *image)
{
    for (int c = 0; c < network->input_channels; c++) {
        for (size_t i = 0; i < pixels; i++, raw++, image++) {
            *image = *raw;
            if (adatom_input_is_trained(network)) {
                *image = (double)weights[network->scale_offset + (size_t)c] * (*raw - means[c]) /
                             sqrt(variances[c] + (double)network->kernel.epsilon) +
                         (double)weights[network->shift_offset + (size_t)c];
            }
        }
    }
}

/* The gradient of the normalized image becomes that of the raw one, in place. */
static void through_normalization(const adatom_network *network, const float *weights, int channel,
                                  const adatom_plain_batch *batch, double *weight_gradient)
{
    const size_t pixels = adatom_width_area(batch->size);
    const double count = (double)batch->sample_count * (double)pixels, mean = batch->means[channel],
                 deviation = sqrt(batch->variances[channel] + (double)network->kernel.epsilon);
    double sum = 0, product = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int s = 0; s < batch->sample_count; s++) {
            const size_t plane = (size_t)(s * network->input_channels + channel) * pixels;
            for (size_t i = plane; i < plane + pixels; i++) {
                const double x = (batch->raw[i] - mean) / deviation;
                if (pass == 0) {
                    sum += batch->gradient[i];
                    product += batch->gradient[i] * x;
                } else {
                    batch->gradient[i] = (double)weights[network->scale_offset + (size_t)channel] /
                                         deviation *
                                         (batch->gradient[i] - sum / count - x * product / count);
                }
            }
        }
    }
    weight_gradient[network->scale_offset + (size_t)channel] += product;
    weight_gradient[network->shift_offset + (size_t)channel] += sum;
    weight_gradient[network->mean_offset + (size_t)channel] = mean;
    weight_gradient[network->variance_offset + (size_t)channel] = batch->variances[channel];
}

void adatom_plain_input_gradient(const adatom_network *network, const float *weights,
                                 const adatom_sample *samples, const adatom_plain_batch *batch,
                                 double *weight_gradient)
{
    const size_t pixels = adatom_width_area(batch->size);
    const size_t basis = (size_t)network->kernel.basis_count;
    if (!adatom_input_is_trained(network)) {
        return;
    }
    for (int c = 0; c < network->input_channels; c++) {
        through_normalization(network, weights, c, batch, weight_gradient);
    }
    for (int s = 0; s < batch->sample_count && !adatom_input_is_dense(network); s++) {
        for (size_t i = 0; i < samples[s].point_count; i++) {
            const adatom_point point = samples[s].points[i];
            const int at[3] = {point.x + batch->size[0] / 2, point.y + batch->size[1] / 2,
                               point.z + batch->size[2] / 2};
            double *plane =
                batch->gradient + (size_t)(s * network->input_channels + point.channel) * pixels;
            for (size_t k = (size_t)point.channel * basis; k < ((size_t)point.channel + 1) * basis;
                 k++) {
                weight_gradient[network->coefficient_offset + k] +=
                    walk_kernel(network, k, batch->size, at, 0, plane);
            }
        }
    }
}
