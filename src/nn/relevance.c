#include "nn/relevance.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/input.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The cone of all that one output depends on: what each layer is given, and the relevance of that.
 */
typedef struct cone {
    const adatom_network *network;
    const float *weights;
    int size[ADATOM_LAYERS_MAX + 1][3];
    double *input[ADATOM_LAYERS_MAX + 1];     /* [channels][pixels] of each layer; last: output */
    double *relevance[ADATOM_LAYERS_MAX + 1]; /* of the same; [0]: by the input, before it is
                                                 multiplied with it */
    float *kernels;                           /* of the points */
    double *waves;         /* [channels][2][pixels]: power form, sums of points */
    adatom_affine *affine; /* [input_channels] */
} cone;

static int channels_of(const adatom_network *network, int level)
{
    return level == 0 ? network->input_channels : network->layers[level - 1].filters;
}

static size_t count_of(const cone *c, int level)
{
    return (size_t)channels_of(c->network, level) * adatom_width_area(c->size[level]);
}

static void cone_free(cone *c)
{
    for (int level = 0; level <= c->network->layer_count; level++) {
        free(c->input[level]);
        free(c->relevance[level]);
    }
    free(c->kernels);
    free(c->waves);
    free(c->affine);
}

static adatom_status cone_allocate(cone *c)
{
    const adatom_network *network = c->network;
    const int layers = network->layer_count;
    for (int axis = 0; axis < 3; axis++) {
        c->size[layers][axis] = 1;
        for (int l = layers - 1; l >= 0; l--) {
            c->size[l][axis] = c->size[l + 1][axis] + network->layers[l].width[axis] - 1;
        }
    }
    for (int level = 0; level <= layers; level++) {
        const size_t count = count_of(c, level);
        ADATOM_TRY(adatom_allocate(count, sizeof(double), &c->input[level]));
        ADATOM_TRY(adatom_allocate(count, sizeof(double), &c->relevance[level]));
    }
    const size_t area = adatom_width_area(network->kernel.width);
    ADATOM_TRY(adatom_allocate((size_t)network->point_kinds * area, sizeof(float), &c->kernels));
    ADATOM_TRY(adatom_allocate(2 * count_of(c, 0), sizeof(double), &c->waves));
    return adatom_allocate((size_t)network->input_channels, sizeof *c->affine, &c->affine);
}

/* -- the image */

/* Calls for each value of a kernel around a point that lies in the image: adds factor * value to
 * the image, or returns the sum of value * image. */
static double walk(const cone *c, const float *values, const adatom_point *point, double factor,
                   double *image)
{
    const int *width = c->network->kernel.width, *size = c->size[0];
    const int middle[3] = {point->x + size[0] / 2, point->y + size[1] / 2, point->z + size[2] / 2};
    const int area = (int)adatom_width_area(width);
    double sum = 0;
    for (int tap = 0; tap < area; tap++) {
        const int at[3] = {middle[0] + tap / (width[1] * width[2]) - width[0] / 2,
                           middle[1] + tap / width[2] % width[1] - width[1] / 2,
                           middle[2] + tap % width[2] - width[2] / 2};
        if (at[0] >= 0 && at[0] < size[0] && at[1] >= 0 && at[1] < size[1] && at[2] >= 0 &&
            at[2] < size[2]) {
            double *pixel =
                image + ((size_t)at[0] * (size_t)size[1] + (size_t)at[1]) * (size_t)size[2] + at[2];
            sum += (double)values[tap] * *pixel;
            *pixel += factor * (double)values[tap];
        }
    }
    return sum;
}

/* Basis kernels of a channel of the power form: real part, then imaginary. */
static const float *wave_kernel(const cone *c, int channel, int part)
{
    return c->network->kernel.values +
           (size_t)(2 * channel + part) * adatom_width_area(c->network->kernel.width);
}

static void draw_waves(cone *c, const adatom_point *points, size_t count)
{
    const adatom_network *network = c->network;
    const size_t pixels = adatom_width_area(c->size[0]);
    for (int channel = 0; channel < network->input_channels; channel++) {
        double *wave = c->waves + 2 * (size_t)channel * pixels;
        for (size_t p = 0; p < count; p++) {
            if (points[p].channel == channel / network->kernel.basis_count) {
                (void)walk(c, wave_kernel(c, channel, 0), &points[p], 1, wave);
                (void)walk(c, wave_kernel(c, channel, 1), &points[p], 1, wave + pixels);
            }
        }
        for (size_t i = 0; i < pixels; i++) {
            c->input[0][(size_t)channel * pixels + i] =
                wave[i] * wave[i] + wave[pixels + i] * wave[pixels + i];
        }
    }
}

static void draw_image(cone *c, const adatom_point *points, size_t count)
{
    const adatom_network *network = c->network;
    const size_t area = adatom_width_area(network->kernel.width),
                 pixels = adatom_width_area(c->size[0]);
    adatom_input_average(network, c->weights, c->affine);
    if (adatom_input_is_dense(network)) {
        draw_waves(c, points, count);
    } else {
        adatom_input_kernel(network, c->weights, c->kernels);
        for (size_t p = 0; p < count; p++) {
            const size_t kind = (size_t)points[p].channel;
            (void)walk(c, c->kernels + kind * area, &points[p], 1, c->input[0] + kind * pixels);
        }
    }
    for (size_t i = 0; i < count_of(c, 0); i++) {
        const adatom_affine *affine = &c->affine[i / pixels];
        c->input[0][i] = (double)affine->factor * c->input[0][i] + (double)affine->addend;
    }
}

/* -- layers */

/* One neuron of a layer: filter and place. */
typedef struct neuron {
    int layer, filter, at[3];
} neuron;

/* Its sum over x_i w_ij, or, with `share`, share * w_ij added to the relevance of its inputs. */
static double walk_inputs(cone *c, const neuron *n, double share)
{
    const adatom_network *network = c->network;
    const int *width = network->layers[n->layer].width, *size = c->size[n->layer];
    const int inputs = channels_of(network, n->layer);
    const float *w = c->weights + network->filter_offset[n->layer] +
                     (size_t)n->filter * (size_t)inputs * adatom_width_area(width);
    double sum = 0;
    for (int row = 0; row < inputs * width[0] * width[1]; row++) {
        const int input = row / (width[0] * width[1]);
        const int x = n->at[0] + row / width[1] % width[0], y = n->at[1] + row % width[1];
        const size_t first =
            (((size_t)input * (size_t)size[0] + (size_t)x) * (size_t)size[1] + (size_t)y) *
                (size_t)size[2] +
            (size_t)n->at[2];
        for (int k = 0; k < width[2]; k++, w++) {
            sum += (double)*w * c->input[n->layer][first + (size_t)k];
            c->relevance[n->layer][first + (size_t)k] += share * (double)*w;
        }
    }
    return sum;
}

static double bias_of(const cone *c, const neuron *n)
{
    return (double)c->weights[c->network->bias_offset[n->layer] + (size_t)n->filter];
}

/* Neuron number `index` of a layer, as its outputs stand one after the other. */
static neuron neuron_of(const cone *c, int layer, size_t index)
{
    const int *size = c->size[layer + 1];
    neuron n = {.layer = layer};
    n.at[2] = (int)(index % (size_t)size[2]);
    n.at[1] = (int)(index / (size_t)size[2] % (size_t)size[1]);
    n.at[0] = (int)(index / ((size_t)size[1] * (size_t)size[2]) % (size_t)size[0]);
    n.filter = (int)(index / adatom_width_area(size));
    return n;
}

static void forward(cone *c)
{
    for (int l = 0; l < c->network->layer_count; l++) {
        const bool last = l == c->network->layer_count - 1;
        for (size_t i = 0; i < count_of(c, l + 1); i++) {
            const neuron n = neuron_of(c, l, i);
            const double sum = walk_inputs(c, &n, 0) + bias_of(c, &n);
            c->input[l + 1][i] = last ? tanh(sum) : sum > 0 ? sum : c->network->leak * sum;
        }
    }
}

/* Eq. 3 for one layer. That of the first layer is left by weight alone: what an image value is made
 * of is told apart later. */
static void hand_back(cone *c, int layer, double tau, adatom_relevance *total)
{
    for (size_t i = 0; i < count_of(c, layer + 1); i++) {
        const double given = c->relevance[layer + 1][i];
        if (fpclassify(given) == FP_ZERO) {
            continue;
        }
        const neuron n = neuron_of(c, layer, i);
        const double bias = bias_of(c, &n), sum = walk_inputs(c, &n, 0) + bias;
        const double divisor = sum + (sum < 0 ? -tau : tau);
        if (fpclassify(divisor) == FP_ZERO) { /* nothing speaks for it or against it */
            total->lost += given;
            continue;
        }
        (void)walk_inputs(c, &n, given / divisor);
        total->biases += given * bias / divisor;
        total->lost += given * (divisor - sum) / divisor;
    }
    for (size_t i = 0; layer > 0 && i < count_of(c, layer); i++) {
        c->relevance[layer][i] *= c->input[layer][i];
    }
}

/* -- points */

/* Of one point in one channel of the power form: each pixel's |sum|^2 is shared by the projections
 * of its terms on the sum. */
static double wave_share(cone *c, const adatom_point *point, int channel)
{
    const size_t pixels = adatom_width_area(c->size[0]);
    double *wave = c->waves + 2 * (size_t)channel * pixels;
    return walk(c, wave_kernel(c, channel, 0), point, 0, wave) +
           walk(c, wave_kernel(c, channel, 1), point, 0, wave + pixels);
}

/* From here on waves hold what pixels are worth times their sums. */
static void weigh_waves(cone *c)
{
    const size_t pixels = adatom_width_area(c->size[0]);
    for (size_t i = 0; i < count_of(c, 0); i++) {
        double *wave = c->waves + 2 * (i / pixels) * pixels + i % pixels;
        wave[0] *= c->relevance[0][i];
        wave[pixels] *= c->relevance[0][i];
    }
}

static double share_of(cone *c, const adatom_point *point)
{
    const adatom_network *network = c->network;
    const size_t pixels = adatom_width_area(c->size[0]), kind = (size_t)point->channel;
    if (!adatom_input_is_dense(network)) {
        const float *kernel = c->kernels + kind * adatom_width_area(network->kernel.width);
        return (double)c->affine[kind].factor *
               walk(c, kernel, point, 0, c->relevance[0] + kind * pixels);
    }
    double share = 0;
    const int basis = network->kernel.basis_count;
    for (int channel = point->channel * basis; channel < (point->channel + 1) * basis; channel++) {
        share += (double)c->affine[channel].factor * wave_share(c, point, channel);
    }
    return share;
}

static double background(const cone *c)
{
    const size_t pixels = adatom_width_area(c->size[0]);
    double sum = 0;
    for (size_t i = 0; i < count_of(c, 0); i++) {
        sum += (double)c->affine[i / pixels].addend * c->relevance[0][i];
    }
    return sum;
}

adatom_status adatom_network_relevance(const adatom_network *network, const float *weights,
                                       const adatom_point *points, size_t point_count, int output,
                                       double tau, double *per_point, adatom_relevance *total)
{
    cone c = {.network = network, .weights = weights};
    const adatom_status status = cone_allocate(&c);
    if (status == ADATOM_OK) {
        const int layers = network->layer_count;
        adatom_relevance found = {0};
        draw_image(&c, points, point_count);
        forward(&c);
        for (int l = 0; l < layers; l++) {
            memset(c.relevance[l], 0, count_of(&c, l) * sizeof(double));
        }
        found.output = c.input[layers][output];
        c.relevance[layers][output] = found.output;
        for (int l = layers - 1; l >= 0; l--) {
            hand_back(&c, l, tau, &found);
        }
        weigh_waves(&c);
        for (size_t p = 0; p < point_count; p++) {
            per_point[p] = share_of(&c, &points[p]);
        }
        found.background = background(&c);
        *total = found;
    }
    cone_free(&c);
    return status;
}
