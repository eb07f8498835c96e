#include "nn/dense_single.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/activation.h"
#include "nn/dense_kernels.h"

#include <stdlib.h>
#include <string.h>

struct adatom_dense_single {
    const adatom_dense_kernels *kernels;
    int layer_count;
    adatom_dense_single_layer layers[ADATOM_DENSE_LAYERS_MAX];
    double *means, *inputs; /* [inputs, padded] */
    double *factors[2];     /* [widest layer, padded]: derivatives with respect to values */
};

static size_t padded(int count)
{
    return ((size_t)count + ADATOM_DENSE_SINGLE_PAD - 1) / ADATOM_DENSE_SINGLE_PAD *
           ADATOM_DENSE_SINGLE_PAD;
}

/* The matrix times the factor of each input and one of all, both ways round. */
static void copy_weights(const double *weights, const double *biases, const double *factors,
                         double factor, adatom_dense_single_layer *to)
{
    for (size_t o = 0; o < (size_t)to->outputs; o++) {
        for (size_t k = 0; k < (size_t)to->inputs; k++) {
            const double weight =
                weights[k * (size_t)to->outputs + o] * factor * (factors != NULL ? factors[k] : 1);
            to->matrix[k * to->output_stride + o] = weight;
            to->transposed[o * to->input_stride + k] = weight;
        }
        to->biases[o] = biases[o] * factor;
    }
}

static adatom_status prepare_layer(const adatom_dense_layer *from, adatom_dense_single_layer *to)
{
    to->inputs = from->inputs;
    to->outputs = from->outputs;
    to->activation = from->activation;
    to->input_stride = padded(from->inputs);
    to->output_stride = padded(from->outputs);
    const struct {
        double **array;
        size_t count;
    } arrays[] = {{&to->matrix, (size_t)to->inputs * to->output_stride},
                  {&to->transposed, (size_t)to->outputs * to->input_stride},
                  {&to->biases, to->output_stride},
                  {&to->values, to->output_stride},
                  {&to->slopes, to->output_stride},
                  {&to->curvatures, to->output_stride}};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        ADATOM_TRY(adatom_allocate_aligned(arrays[i].count, sizeof(double), arrays[i].array));
    }
    return ADATOM_OK;
}

static adatom_status fill_single(const adatom_dense *dense, const double *weights,
                                 const double *means, const double *factors, double factor,
                                 adatom_dense_single *single)
{
    size_t widest = 0;
    for (int l = 0; l < dense->layer_count; l++) {
        const adatom_dense_layer *from = &dense->layers[l];
        adatom_dense_single_layer *to = &single->layers[l];
        ADATOM_TRY(prepare_layer(from, to));
        const bool linear_last =
            l == dense->layer_count - 1 && from->activation == ADATOM_ACTIVATION_LINEAR;
        copy_weights(weights + from->weights, weights + from->biases, l == 0 ? factors : NULL,
                     linear_last ? factor : 1, to);
        widest = to->input_stride > widest ? to->input_stride : widest;
    }
    ADATOM_TRY(
        adatom_allocate_aligned(single->layers[0].input_stride, sizeof(double), &single->means));
    memcpy(single->means, means, sizeof(double) * (size_t)single->layers[0].inputs);
    ADATOM_TRY(
        adatom_allocate_aligned(single->layers[0].input_stride, sizeof(double), &single->inputs));
    for (int i = 0; i < 2; i++) {
        ADATOM_TRY(adatom_allocate_aligned(widest, sizeof(double), &single->factors[i]));
    }
    return ADATOM_OK;
}

adatom_status adatom_dense_single_create(const adatom_dense *dense, const double *weights,
                                         const double *means, const double *factors, double factor,
                                         adatom_dense_single **out)
{
    const adatom_dense_layer *last = &dense->layers[dense->layer_count - 1];
    if (last->outputs != 1 || last->activation != ADATOM_ACTIVATION_LINEAR) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the network does not end in one linear output");
    }
    adatom_dense_single *single;
    ADATOM_TRY(adatom_allocate(1, sizeof *single, &single));
    single->kernels = adatom_dense_kernels_chosen();
    single->layer_count = dense->layer_count;
    const adatom_status status = fill_single(dense, weights, means, factors, factor, single);
    if (status != ADATOM_OK) {
        adatom_dense_single_free(single);
        return status;
    }
    *out = single;
    return ADATOM_OK;
}

void adatom_dense_single_free(adatom_dense_single *single)
{
    if (single == NULL) {
        return;
    }
    for (int l = 0; l < single->layer_count; l++) {
        adatom_dense_single_layer *layer = &single->layers[l];
        free(layer->matrix);
        free(layer->transposed);
        free(layer->biases);
        free(layer->values);
        free(layer->slopes);
        free(layer->curvatures);
    }
    free(single->means);
    free(single->inputs);
    free(single->factors[0]);
    free(single->factors[1]);
    free(single);
}

/* dS/dinputs from the last layer, whose derivative is its row of weights, down. */
static void go_back(adatom_dense_single *single, double *gradient)
{
    const int last = single->layer_count - 1;
    const double *factors = single->layers[last].transposed;
    for (int l = last - 1; l >= 0; l--) {
        double *below = single->factors[l % 2];
        single->kernels->single_backward(&single->layers[l], factors, below);
        factors = below;
    }
    memcpy(gradient, factors, sizeof(double) * (size_t)single->layers[0].inputs);
}

double adatom_dense_single_compute(adatom_dense_single *single, const double *inputs,
                                   double *gradient)
{
    const int last = single->layer_count - 1;
    for (int i = 0; i < single->layers[0].inputs; i++) {
        single->inputs[i] = inputs[i] - single->means[i];
    }
    const double *below = single->inputs;
    for (int l = 0; l < last; l++) {
        adatom_dense_single_layer *layer = &single->layers[l];
        single->kernels->single_forward(layer, below);
        if (layer->activation != ADATOM_ACTIVATION_TANH) {
            adatom_activation_apply(layer->activation, layer->output_stride, layer->values,
                                    layer->slopes, layer->curvatures);
        }
        below = layer->values;
    }
    if (gradient != NULL) {
        go_back(single, gradient);
    }
    return single->kernels->single_output(&single->layers[last], below);
}
