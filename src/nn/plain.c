#include "nn/plain.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/plain_input.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Everything is a "valid" convolution of an image that is large enough: for a patch the image is
 * the receptive field of the output, for a map it is the grid with its periodic images or the empty
 * space around it. One forward pass keeps the activations of all layers. */
typedef struct pass {
    int size[ADATOM_LAYERS_MAX + 1][3];        /* of the input of each layer; last: of the output */
    double *activation[ADATOM_LAYERS_MAX + 1]; /* [channels][size0][size1][size2] */
    double *gradient[ADATOM_LAYERS_MAX + 1];   /* of the cost by the sum before the activation */
} pass;

static int channels_of(const adatom_network *network, int level)
{
    return level == 0 ? network->input_channels : network->layers[level - 1].filters;
}

static size_t level_count(const adatom_network *network, const pass *p, int level)
{
    return (size_t)channels_of(network, level) * adatom_width_area(p->size[level]);
}

static void pass_free(const adatom_network *network, pass *p)
{
    for (int level = 0; level <= network->layer_count; level++) {
        free(p->activation[level]);
        free(p->gradient[level]);
    }
}

static adatom_status pass_create(const adatom_network *network, const int output_size[3], pass *p)
{
    memset(p, 0, sizeof *p);
    for (int axis = 0; axis < 3; axis++) {
        p->size[network->layer_count][axis] = output_size[axis];
        for (int l = network->layer_count - 1; l >= 0; l--) {
            p->size[l][axis] = p->size[l + 1][axis] + network->layers[l].width[axis] - 1;
        }
    }
    for (int level = 0; level <= network->layer_count; level++) {
        const size_t count = level_count(network, p, level);
        adatom_status status = adatom_allocate(count, sizeof(double), &p->activation[level]);
        if (status == ADATOM_OK) {
            status = adatom_allocate(count, sizeof(double), &p->gradient[level]);
        }
        if (status != ADATOM_OK) {
            pass_free(network, p);
            return status;
        }
    }
    return ADATOM_OK;
}

/* Where pixel (x, y, z) of a channel stands in the activations of a level. */
static size_t pixel_of(const pass *p, int level, int channel, int x, int y, int z)
{
    const int *size = p->size[level];
    return (((size_t)channel * (size_t)size[0] + (size_t)x) * (size_t)size[1] + (size_t)y) *
               (size_t)size[2] +
           (size_t)z;
}

static double activate(const adatom_network *network, int layer, double sum)
{
    if (layer == network->layer_count - 1) {
        return tanh(sum);
    }
    return sum > 0 ? sum : network->leak * sum;
}

/* d activation / d sum, from the activation. */
static double slope(const adatom_network *network, int layer, double activation)
{
    if (layer == network->layer_count - 1) {
        const double derivative = 1.0 - activation * activation;
        return derivative > network->tanh_floor ? derivative : network->tanh_floor;
    }
    return activation > 0 ? 1.0 : network->leak;
}

static double filter_sum(const adatom_network *network, const float *weights, const pass *p,
                         int layer, int filter, const int at[3])
{
    const int *width = network->layers[layer].width, inputs = channels_of(network, layer);
    const float *w = weights + network->filter_offset[layer] +
                     (size_t)filter * (size_t)inputs * adatom_width_area(width);
    double sum = weights[network->bias_offset[layer] + (size_t)filter];
    for (int input = 0; input < inputs; input++) {
        for (int i = 0; i < width[0]; i++) {
            for (int j = 0; j < width[1]; j++) {
                const double *row =
                    p->activation[layer] + pixel_of(p, layer, input, at[0] + i, at[1] + j, at[2]);
                for (int k = 0; k < width[2]; k++) {
                    sum += (double)*w++ * row[k];
                }
            }
        }
    }
    return sum;
}

/* The next pixel [x][y][z]; false behind the last. */
static bool next_pixel(const int size[3], int at[3])
{
    for (int axis = 2; axis >= 0; axis--) {
        if (++at[axis] < size[axis]) {
            return true;
        }
        at[axis] = 0;
    }
    return false;
}

static void forward(const adatom_network *network, const float *weights, pass *p)
{
    for (int l = 0; l < network->layer_count; l++) {
        double *out = p->activation[l + 1];
        for (int filter = 0; filter < network->layers[l].filters; filter++) {
            int at[3] = {0, 0, 0};
            do {
                *out++ = activate(network, l, filter_sum(network, weights, p, l, filter, at));
            } while (next_pixel(p->size[l + 1], at));
        }
    }
}

/* Adds what one output of a layer, whose sum has gradient g, gives to the weights and the input. */
static void backward_one(const adatom_network *network, const float *weights, pass *p, int layer,
                         int filter, const int at[3], double g, double *weight_gradient)
{
    const int *width = network->layers[layer].width, inputs = channels_of(network, layer);
    size_t w =
        network->filter_offset[layer] + (size_t)filter * (size_t)inputs * adatom_width_area(width);
    weight_gradient[network->bias_offset[layer] + (size_t)filter] += g;
    for (int input = 0; input < inputs; input++) {
        for (int i = 0; i < width[0]; i++) {
            for (int j = 0; j < width[1]; j++) {
                const size_t row = pixel_of(p, layer, input, at[0] + i, at[1] + j, at[2]);
                for (int k = 0; k < width[2]; k++, w++) {
                    weight_gradient[w] += g * p->activation[layer][row + (size_t)k];
                    p->gradient[layer][row + (size_t)k] += g * (double)weights[w];
                }
            }
        }
    }
}

/* gradient[layer_count] holds d cost / d output at the start. */
static void backward(const adatom_network *network, const float *weights, pass *p,
                     double *weight_gradient)
{
    for (int l = network->layer_count - 1; l >= 0; l--) {
        memset(p->gradient[l], 0, level_count(network, p, l) * sizeof(double));
        const double *activation = p->activation[l + 1], *gradient = p->gradient[l + 1];
        for (int filter = 0; filter < network->layers[l].filters; filter++) {
            int at[3] = {0, 0, 0};
            do {
                const double g = *gradient++ * slope(network, l, *activation++);
                backward_one(network, weights, p, l, filter, at, g, weight_gradient);
            } while (next_pixel(p->size[l + 1], at));
        }
    }
}

/* The copies of a point that may lie within reach of the image, counted from its first pixel: all
 * of them along periodic directions. Returns how many; list may be NULL. */
static size_t list_copies(const adatom_network *network, const pass *p, const int shape[3],
                          const bool periodic[3], adatom_point point, adatom_point *list)
{
    int first[3] = {point.x, point.y, point.z}, copies[3], copy[3] = {0, 0, 0};
    for (int axis = 0; axis < 3; axis++) {
        const int margin = (p->size[0][axis] - shape[axis]) / 2;
        const int span = margin + network->kernel.width[axis] + shape[axis];
        const int range = periodic[axis] ? span / shape[axis] + 1 : 0;
        if (periodic[axis]) {
            first[axis] = (first[axis] % shape[axis] + shape[axis]) % shape[axis];
        }
        first[axis] += margin - range * shape[axis];
        copies[axis] = 2 * range + 1;
    }
    size_t count = 0;
    do {
        if (list != NULL) {
            list[count] =
                (adatom_point){point.channel, first[0] + copy[0] * shape[0],
                               first[1] + copy[1] * shape[1], first[2] + copy[2] * shape[2]};
        }
        count++;
    } while (next_pixel(copies, copy));
    return count;
}

/* The image of the grid and what the network sees around it, normalized by the averages. */
static adatom_status draw_map(const adatom_network *network, const float *weights,
                              const int shape[3], const bool periodic[3],
                              const adatom_point *points, size_t point_count, pass *p)
{
    const size_t pixels = adatom_width_area(p->size[0]), channels = (size_t)network->input_channels;
    size_t count = 0;
    for (size_t i = 0; i < point_count; i++) {
        count += list_copies(network, p, shape, periodic, points[i], NULL);
    }
    adatom_point *list = NULL;
    double *memory = NULL; /* two planes of scratch, the raw image, means, variances */
    ADATOM_TRY(adatom_allocate(count, sizeof *list, &list));
    const adatom_status status =
        adatom_allocate((2 + channels) * pixels + 2 * channels, sizeof *memory, &memory);
    if (status != ADATOM_OK) {
        free(list);
        return status;
    }
    count = 0;
    for (size_t i = 0; i < point_count; i++) {
        count += list_copies(network, p, shape, periodic, points[i], list + count);
    }
    double *raw = memory + 2 * pixels, *means = raw + channels * pixels,
           *variances = means + channels;
    for (size_t c = 0; c < channels && adatom_input_is_trained(network); c++) {
        means[c] = (double)weights[network->mean_offset + c];
        variances[c] = (double)weights[network->variance_offset + c];
    }
    adatom_plain_draw(network, weights, p->size[0], list, count, (const int[3]){0, 0, 0}, memory,
                      raw);
    adatom_plain_normalize(network, weights, means, variances, pixels, raw, p->activation[0]);
    free(list);
    free(memory);
    return ADATOM_OK;
}

adatom_status adatom_plain_map(const adatom_network *network, const float *weights,
                               const int shape[3], const bool periodic[3],
                               const adatom_point *points, size_t point_count, float *q)
{
    pass p;
    ADATOM_TRY(pass_create(network, shape, &p));
    const adatom_status status =
        draw_map(network, weights, shape, periodic, points, point_count, &p);
    if (status == ADATOM_OK) {
        forward(network, weights, &p);
        const size_t count = level_count(network, &p, network->layer_count);
        for (size_t i = 0; i < count; i++) {
            q[i] = (float)p.activation[network->layer_count][i];
        }
    }
    pass_free(network, &p);
    return status;
}

typedef struct workspace {
    pass p;
    adatom_plain_batch batch;
    double *scratch; /* two planes of the image */
    size_t output_count;
    float *output, *output_gradient; /* [output_count] */
    double *weight_gradient;         /* [weight_count] */
} workspace;

static void workspace_free(const adatom_network *network, workspace *work)
{
    pass_free(network, &work->p);
    adatom_plain_batch_clear(&work->batch);
    free(work->scratch);
    free(work->output);
    free(work->output_gradient);
    free(work->weight_gradient);
}

static adatom_status workspace_create(const adatom_network *network, const int size[3],
                                      int sample_count, workspace *work)
{
    memset(work, 0, sizeof *work);
    adatom_status status;
    ADATOM_TRY(pass_create(network, size, &work->p));
    work->output_count = level_count(network, &work->p, network->layer_count);
    ADATOM_TRY_ELSE(
        status, failed,
        adatom_plain_batch_create(network, work->p.size[0], sample_count, &work->batch));
    ADATOM_TRY_ELSE(
        status, failed,
        adatom_allocate(2 * adatom_width_area(work->p.size[0]), sizeof(double), &work->scratch));
    ADATOM_TRY_ELSE(status, failed,
                    adatom_allocate(work->output_count, sizeof(float), &work->output));
    ADATOM_TRY_ELSE(status, failed,
                    adatom_allocate(work->output_count, sizeof(float), &work->output_gradient));
    ADATOM_TRY_ELSE(status, failed,
                    adatom_allocate(network->weight_count, sizeof(double), &work->weight_gradient));
    return ADATOM_OK;
failed:
    workspace_free(network, work);
    return status;
}

static double one_sample(const adatom_network *network, const float *weights, workspace *work,
                         int index, adatom_sample_cost *cost_of_sample, void *context)
{
    pass *p = &work->p;
    adatom_plain_batch *batch = &work->batch;
    const size_t count = level_count(network, p, 0);
    adatom_plain_normalize(network, weights, batch->means, batch->variances,
                           adatom_width_area(p->size[0]), batch->raw + (size_t)index * count,
                           p->activation[0]);
    forward(network, weights, p);
    for (size_t i = 0; i < work->output_count; i++) {
        work->output[i] = (float)p->activation[network->layer_count][i];
    }
    const double cost = cost_of_sample(context, index, work->output, work->output_gradient);
    for (size_t i = 0; i < work->output_count; i++) {
        p->gradient[network->layer_count][i] = work->output_gradient[i];
    }
    backward(network, weights, p, work->weight_gradient);
    memcpy(batch->gradient + (size_t)index * count, p->gradient[0], count * sizeof(double));
    return cost;
}

adatom_status adatom_plain_gradient(const adatom_network *network, const float *weights,
                                    const int size[3], const adatom_sample *samples,
                                    int sample_count, adatom_sample_cost *cost_of_sample,
                                    void *context, float *gradient, double *cost)
{
    workspace work;
    ADATOM_TRY(workspace_create(network, size, sample_count, &work));
    adatom_plain_batch_draw(network, weights, samples, work.scratch, &work.batch);
    *cost = 0;
    for (int s = 0; s < sample_count; s++) {
        *cost += one_sample(network, weights, &work, s, cost_of_sample, context);
    }
    adatom_plain_input_gradient(network, weights, samples, &work.batch, work.weight_gradient);
    for (size_t i = 0; i < network->weight_count; i++) {
        gradient[i] = (float)work.weight_gradient[i];
    }
    workspace_free(network, &work);
    return ADATOM_OK;
}
