#include "nn/dense.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/activation.h"
#include "nn/dense_kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- shapes */

static adatom_status check_sizes(int layer_count, const int *sizes)
{
    if (layer_count < 1 || layer_count > ADATOM_DENSE_LAYERS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "a dense network of %d layers, expected 1 to %d",
                           layer_count, ADATOM_DENSE_LAYERS_MAX);
    }
    for (int l = 0; l <= layer_count; l++) {
        if (sizes[l] < 1 || sizes[l] > ADATOM_DENSE_SIZE_MAX) {
            return adatom_fail(ADATOM_INVALID_INPUT, "a layer of %d neurons, expected 1 to %d",
                               sizes[l], ADATOM_DENSE_SIZE_MAX);
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_dense_create(int layer_count, const int *sizes,
                                  const adatom_activation *activations, adatom_dense *out)
{
    ADATOM_TRY(check_sizes(layer_count, sizes));
    adatom_dense dense = {.layer_count = layer_count};
    for (int l = 0; l < layer_count; l++) {
        adatom_dense_layer *layer = &dense.layers[l];
        *layer = (adatom_dense_layer){.inputs = sizes[l],
                                      .outputs = sizes[l + 1],
                                      .activation = activations[l],
                                      .weights = dense.weight_count};
        layer->biases = layer->weights + (size_t)layer->inputs * (size_t)layer->outputs;
        dense.weight_count = layer->biases + (size_t)layer->outputs;
    }
    *out = dense;
    return ADATOM_OK;
}

int adatom_dense_inputs(const adatom_dense *dense)
{
    return dense->layers[0].inputs;
}

int adatom_dense_outputs(const adatom_dense *dense)
{
    return dense->layers[dense->layer_count - 1].outputs;
}

void adatom_dense_initialize(const adatom_dense *dense, adatom_random *random, double *weights)
{
    for (int l = 0; l < dense->layer_count; l++) {
        const adatom_dense_layer *layer = &dense->layers[l];
        const double fan = layer->activation == ADATOM_ACTIVATION_RELU
                               ? layer->inputs
                               : layer->inputs + layer->outputs;
        const double limit = sqrt(6.0 / fan);
        for (size_t i = layer->weights; i < layer->biases; i++) {
            weights[i] = limit * (2 * adatom_random_uniform(random) - 1);
        }
        memset(weights + layer->biases, 0, sizeof(double) * (size_t)layer->outputs);
    }
}

/* ---- the workspace */

/* Of one layer; each array is [samples][outputs]. */
typedef struct layer_work {
    double *values;         /* y */
    double *slopes;         /* h'(a) */
    double *curvatures;     /* h''(a) */
    double *input_tangents; /* da along the direction */
    double *tangents;       /* dy along the direction */
} layer_work;

struct adatom_dense_work {
    const adatom_dense_kernels *kernels;
    int samples, layer_count;
    layer_work layers[ADATOM_DENSE_LAYERS_MAX];
    /* [samples][widest layer]: derivatives of S with respect to a, da and, below, y and dy */
    double *argument_factors, *tangent_argument_factors, *value_factors, *tangent_value_factors;
};

static adatom_status allocate_layers(const adatom_dense *dense, adatom_dense_work *work)
{
    size_t widest = (size_t)adatom_dense_inputs(dense);
    const size_t samples = (size_t)work->samples;
    for (int l = 0; l < dense->layer_count; l++) {
        const size_t size = samples * (size_t)dense->layers[l].outputs;
        layer_work *layer = &work->layers[l];
        double **const arrays[] = {&layer->values, &layer->slopes, &layer->curvatures,
                                   &layer->input_tangents, &layer->tangents};
        for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
            ADATOM_TRY(adatom_allocate_aligned(size, sizeof(double), arrays[i]));
        }
        widest =
            (size_t)dense->layers[l].outputs > widest ? (size_t)dense->layers[l].outputs : widest;
    }
    double **const arrays[] = {&work->argument_factors, &work->tangent_argument_factors,
                               &work->value_factors, &work->tangent_value_factors};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        ADATOM_TRY(adatom_allocate_aligned(samples * widest, sizeof(double), arrays[i]));
    }
    return ADATOM_OK;
}

adatom_status adatom_dense_work_create(const adatom_dense *dense, int samples,
                                       adatom_dense_work **out)
{
    adatom_dense_work *work;
    ADATOM_TRY(adatom_allocate(1, sizeof *work, &work));
    work->kernels = adatom_dense_kernels_chosen();
    work->samples = samples;
    work->layer_count = dense->layer_count;
    const adatom_status status = allocate_layers(dense, work);
    if (status != ADATOM_OK) {
        adatom_dense_work_free(work);
        return status;
    }
    *out = work;
    return ADATOM_OK;
}

void adatom_dense_work_free(adatom_dense_work *work)
{
    if (work == NULL) {
        return;
    }
    for (int l = 0; l < work->layer_count; l++) {
        free(work->layers[l].values);
        free(work->layers[l].slopes);
        free(work->layers[l].curvatures);
        free(work->layers[l].input_tangents);
        free(work->layers[l].tangents);
    }
    free(work->argument_factors);
    free(work->tangent_argument_factors);
    free(work->value_factors);
    free(work->tangent_value_factors);
    free(work);
}

/* ---- forward */

static size_t layer_size(const adatom_dense_layer *layer, int count)
{
    return (size_t)count * (size_t)layer->outputs;
}

const double *adatom_dense_forward(const adatom_dense *dense, const double *weights,
                                   adatom_dense_work *work, int count, const double *inputs)
{
    const double *below = inputs;
    for (int l = 0; l < dense->layer_count; l++) {
        const adatom_dense_layer *layer = &dense->layers[l];
        layer_work *at = &work->layers[l];
        work->kernels->multiply(count, layer->inputs, layer->outputs, below,
                                weights + layer->weights, weights + layer->biases, at->values);
        adatom_activation_apply(layer->activation, layer_size(layer, count), at->values, at->slopes,
                                at->curvatures);
        below = at->values;
    }
    return below;
}

const double *adatom_dense_tangent(const adatom_dense *dense, const double *weights,
                                   adatom_dense_work *work, int count, const double *inputs,
                                   const double *directions)
{
    (void)inputs;
    const double *below = directions;
    for (int l = 0; l < dense->layer_count; l++) {
        const adatom_dense_layer *layer = &dense->layers[l];
        layer_work *at = &work->layers[l];
        work->kernels->multiply(count, layer->inputs, layer->outputs, below,
                                weights + layer->weights, NULL, at->input_tangents);
        const size_t size = layer_size(layer, count);
        for (size_t i = 0; i < size; i++) {
            at->tangents[i] = at->slopes[i] * at->input_tangents[i];
        }
        below = at->tangents;
    }
    return below;
}

/* ---- backward */

/* Adds the products of a layer's inputs with the derivatives of its arguments. */
static void add_weight_gradient(const adatom_dense_layer *layer, const adatom_dense_work *work,
                                int count, const double *below, const double *factors,
                                bool with_biases, const adatom_dense_gradient *gradient)
{
    const int together = gradient->stride == 0 ? count : 1;
    const size_t outputs = (size_t)layer->outputs;
    for (int s = 0; s < count; s += together) {
        double *row = gradient->weights + (size_t)s * gradient->stride;
        const double *factor = factors + (size_t)s * outputs;
        work->kernels->add_products(together, layer->inputs, layer->outputs,
                                    below + (size_t)s * (size_t)layer->inputs, factor,
                                    row + layer->weights);
        for (size_t i = 0; with_biases && i < (size_t)together * outputs; i++) {
            row[layer->biases + i % outputs] += factor[i];
        }
    }
}

/* dS/dx of the layer l, where it is wanted: below the first layer only for the caller. */
static void pass_down(const adatom_dense *dense, const double *weights,
                      const adatom_dense_work *work, int l, int count, const double *factors,
                      double *below, double *input_gradient)
{
    const adatom_dense_layer *layer = &dense->layers[l];
    double *out = l > 0 ? below : input_gradient;
    if (out != NULL) {
        work->kernels->multiply_transposed(count, layer->inputs, layer->outputs, factors,
                                           weights + layer->weights, out);
    }
}

void adatom_dense_backward(const adatom_dense *dense, const double *weights,
                           adatom_dense_work *work, int count, const double *inputs,
                           const double *output_factors, const adatom_dense_gradient *gradient)
{
    const double *factors = output_factors;
    for (int l = dense->layer_count - 1; l >= 0; l--) {
        const adatom_dense_layer *layer = &dense->layers[l];
        const size_t size = layer_size(layer, count);
        for (size_t i = 0; i < size; i++) {
            work->argument_factors[i] = factors[i] * work->layers[l].slopes[i];
        }
        if (gradient->weights != NULL) {
            add_weight_gradient(layer, work, count, l > 0 ? work->layers[l - 1].values : inputs,
                                work->argument_factors, true, gradient);
        }
        pass_down(dense, weights, work, l, count, work->argument_factors, work->value_factors,
                  gradient->inputs);
        factors = work->value_factors;
    }
}

/* With ȧ = ẋ W and ẏ = h'(a) ȧ: dS/da = dS/dy h' + dS/dẏ h'' ȧ, dS/dȧ = dS/dẏ h'. */
static void argument_factors(const layer_work *at, size_t size, const double *value_factors,
                             const double *tangent_factors, adatom_dense_work *work)
{
    for (size_t i = 0; i < size; i++) {
        work->argument_factors[i] = value_factors[i] * at->slopes[i] +
                                    tangent_factors[i] * at->curvatures[i] * at->input_tangents[i];
        work->tangent_argument_factors[i] = tangent_factors[i] * at->slopes[i];
    }
}

void adatom_dense_backward_tangent(const adatom_dense *dense, const double *weights,
                                   adatom_dense_work *work, int count, const double *inputs,
                                   const double *directions, const double *output_factors,
                                   const double *tangent_factors,
                                   const adatom_dense_gradient *gradient)
{
    const double *value_factors = output_factors;
    for (int l = dense->layer_count - 1; l >= 0; l--) {
        const adatom_dense_layer *layer = &dense->layers[l];
        argument_factors(&work->layers[l], layer_size(layer, count), value_factors, tangent_factors,
                         work);
        if (gradient->weights != NULL) {
            add_weight_gradient(layer, work, count, l > 0 ? work->layers[l - 1].values : inputs,
                                work->argument_factors, true, gradient);
            add_weight_gradient(layer, work, count,
                                l > 0 ? work->layers[l - 1].tangents : directions,
                                work->tangent_argument_factors, false, gradient);
        }
        pass_down(dense, weights, work, l, count, work->argument_factors, work->value_factors,
                  gradient->inputs);
        pass_down(dense, weights, work, l, count, work->tangent_argument_factors,
                  work->tangent_value_factors, NULL);
        value_factors = work->value_factors;
        tangent_factors = work->tangent_value_factors;
    }
}
