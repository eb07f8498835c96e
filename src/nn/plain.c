#include "nn/plain.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Everything is a "valid" convolution of an image that is large enough: for a patch the image is
 * the receptive field of the output, for a map it is the grid with its periodic images or the empty
 * space around it. One forward pass keeps the activations of all layers. */
typedef struct pass {
    int size[ADATOM_LAYERS_MAX + 1][2];        /* of the input of each layer; last: of the output */
    double *activation[ADATOM_LAYERS_MAX + 1]; /* [channels][size0][size1] */
    double *gradient[ADATOM_LAYERS_MAX + 1];   /* of the cost by the sum before the activation */
} pass;

static int channels_of(const adatom_network *network, int level)
{
    return level == 0 ? network->input_channels : network->layers[level - 1].filters;
}

static size_t level_count(const adatom_network *network, const pass *p, int level)
{
    return (size_t)channels_of(network, level) * (size_t)p->size[level][0] *
           (size_t)p->size[level][1];
}

static void pass_free(const adatom_network *network, pass *p)
{
    for (int level = 0; level <= network->layer_count; level++) {
        free(p->activation[level]);
        free(p->gradient[level]);
    }
}

static adatom_status pass_create(const adatom_network *network, const int output_size[2], pass *p)
{
    memset(p, 0, sizeof *p);
    for (int axis = 0; axis < 2; axis++) {
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

static void clear_image(const adatom_network *network, pass *p)
{
    const size_t count = level_count(network, p, 0);
    for (size_t i = 0; i < count; i++) {
        p->activation[0][i] = network->kernel.bias;
    }
}

/* Puts the kernel around pixel (x, y) of the image. */
static void stamp(const adatom_network *network, pass *p, int channel, int x, int y)
{
    const adatom_kernel *kernel = &network->kernel;
    const int w0 = kernel->width[0], w1 = kernel->width[1];
    const float *values = kernel->values + (size_t)channel * (size_t)(w0 * w1);
    const int n0 = p->size[0][0], n1 = p->size[0][1];
    double *image = p->activation[0] + (size_t)channel * (size_t)n0 * (size_t)n1;
    for (int i = 0; i < w0; i++) {
        for (int j = 0; j < w1; j++) {
            const int px = x + i - w0 / 2, py = y + j - w1 / 2;
            if (px >= 0 && px < n0 && py >= 0 && py < n1) {
                image[px * n1 + py] += values[i * w1 + j];
            }
        }
    }
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
                         int layer, int filter, int x, int y)
{
    const int *width = network->layers[layer].width;
    const int inputs = channels_of(network, layer), n0 = p->size[layer][0], n1 = p->size[layer][1];
    const float *w = weights + network->filter_offset[layer] +
                     (size_t)filter * (size_t)inputs * (size_t)(width[0] * width[1]);
    double sum = weights[network->bias_offset[layer] + (size_t)filter];
    for (int input = 0; input < inputs; input++) {
        const double *image = p->activation[layer] + (size_t)input * (size_t)n0 * (size_t)n1;
        for (int i = 0; i < width[0]; i++) {
            for (int j = 0; j < width[1]; j++) {
                sum += (double)*w++ * image[(x + i) * n1 + y + j];
            }
        }
    }
    return sum;
}

static void forward(const adatom_network *network, const float *weights, pass *p)
{
    for (int l = 0; l < network->layer_count; l++) {
        double *out = p->activation[l + 1];
        for (int filter = 0; filter < network->layers[l].filters; filter++) {
            for (int x = 0; x < p->size[l + 1][0]; x++) {
                for (int y = 0; y < p->size[l + 1][1]; y++) {
                    *out++ = activate(network, l, filter_sum(network, weights, p, l, filter, x, y));
                }
            }
        }
    }
}

/* Adds what one output of a layer, whose sum has gradient g, gives to the weights and the input. */
static void backward_one(const adatom_network *network, const float *weights, pass *p, int layer,
                         int filter, int x, int y, double g, double *weight_gradient)
{
    const int *width = network->layers[layer].width;
    const int inputs = channels_of(network, layer), n0 = p->size[layer][0], n1 = p->size[layer][1];
    size_t w = network->filter_offset[layer] +
               (size_t)filter * (size_t)inputs * (size_t)(width[0] * width[1]);
    weight_gradient[network->bias_offset[layer] + (size_t)filter] += g;
    for (int input = 0; input < inputs; input++) {
        const size_t plane = (size_t)input * (size_t)n0 * (size_t)n1;
        for (int i = 0; i < width[0]; i++) {
            for (int j = 0; j < width[1]; j++, w++) {
                const size_t pixel = plane + (size_t)((x + i) * n1 + y + j);
                weight_gradient[w] += g * p->activation[layer][pixel];
                p->gradient[layer][pixel] += g * (double)weights[w];
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
            for (int x = 0; x < p->size[l + 1][0]; x++) {
                for (int y = 0; y < p->size[l + 1][1]; y++) {
                    const double g = *gradient++ * slope(network, l, *activation++);
                    backward_one(network, weights, p, l, filter, x, y, g, weight_gradient);
                }
            }
        }
    }
}

/* The images of a point that lie within reach of the image: all of them along periodic directions.
 */
static void stamp_images(const adatom_network *network, pass *p, const int shape[2],
                         const bool periodic[2], adatom_point point)
{
    int margin[2], range[2];
    for (int axis = 0; axis < 2; axis++) {
        margin[axis] = (p->size[0][axis] - shape[axis]) / 2;
        const int span = margin[axis] + network->kernel.width[axis] + shape[axis];
        range[axis] = periodic[axis] ? span / shape[axis] + 1 : 0;
    }
    const int px = periodic[0] ? (point.x % shape[0] + shape[0]) % shape[0] : point.x;
    const int py = periodic[1] ? (point.y % shape[1] + shape[1]) % shape[1] : point.y;
    for (int i = -range[0]; i <= range[0]; i++) {
        for (int j = -range[1]; j <= range[1]; j++) {
            stamp(network, p, point.channel, px + i * shape[0] + margin[0],
                  py + j * shape[1] + margin[1]);
        }
    }
}

adatom_status adatom_plain_map(const adatom_network *network, const float *weights,
                               const int shape[2], const bool periodic[2],
                               const adatom_point *points, size_t point_count, float *q)
{
    pass p;
    ADATOM_TRY(pass_create(network, shape, &p));
    clear_image(network, &p);
    for (size_t i = 0; i < point_count; i++) {
        stamp_images(network, &p, shape, periodic, points[i]);
    }
    forward(network, weights, &p);
    const size_t count = level_count(network, &p, network->layer_count);
    for (size_t i = 0; i < count; i++) {
        q[i] = (float)p.activation[network->layer_count][i];
    }
    pass_free(network, &p);
    return ADATOM_OK;
}

typedef struct workspace {
    pass p;
    size_t output_count;
    float *output, *output_gradient; /* [output_count] */
    double *weight_gradient;         /* [weight_count] */
} workspace;

static void workspace_free(const adatom_network *network, workspace *work)
{
    pass_free(network, &work->p);
    free(work->output);
    free(work->output_gradient);
    free(work->weight_gradient);
}

static adatom_status workspace_create(const adatom_network *network, const int size[2],
                                      workspace *work)
{
    memset(work, 0, sizeof *work);
    adatom_status status;
    ADATOM_TRY(pass_create(network, size, &work->p));
    work->output_count = level_count(network, &work->p, network->layer_count);
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
                         const adatom_sample *sample, int index, adatom_sample_cost *cost_of_sample,
                         void *context)
{
    pass *p = &work->p;
    clear_image(network, p);
    for (size_t i = 0; i < sample->point_count; i++) {
        const adatom_point point = sample->points[i];
        stamp(network, p, point.channel, point.x + p->size[0][0] / 2, point.y + p->size[0][1] / 2);
    }
    forward(network, weights, p);
    for (size_t i = 0; i < work->output_count; i++) {
        work->output[i] = (float)p->activation[network->layer_count][i];
    }
    const double cost = cost_of_sample(context, index, work->output, work->output_gradient);
    for (size_t i = 0; i < work->output_count; i++) {
        p->gradient[network->layer_count][i] = work->output_gradient[i];
    }
    backward(network, weights, p, work->weight_gradient);
    return cost;
}

adatom_status adatom_plain_gradient(const adatom_network *network, const float *weights,
                                    const int size[2], const adatom_sample *samples,
                                    int sample_count, adatom_sample_cost *cost_of_sample,
                                    void *context, float *gradient, double *cost)
{
    workspace work;
    ADATOM_TRY(workspace_create(network, size, &work));
    *cost = 0;
    for (int s = 0; s < sample_count; s++) {
        *cost += one_sample(network, weights, &work, &samples[s], s, cost_of_sample, context);
    }
    for (size_t i = 0; i < network->weight_count; i++) {
        gradient[i] = (float)work.weight_gradient[i];
    }
    workspace_free(network, &work);
    return ADATOM_OK;
}
