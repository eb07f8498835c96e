#include "nn/dense_float.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/dense_float_kernels.h"

#include <stdlib.h>
#include <string.h>

/* Rows of a product that one thread takes at once, and multiplications that are worth a thread. */
enum { ROWS_TOGETHER = 16, WORTH_A_THREAD = 1 << 20 };

/* Of one layer: where its weights, [inputs][stride], and biases, [stride], start in the padded
 * array; values and slopes are [samples][stride], transposed is [stride][stride below]. */
typedef struct float_layer {
    size_t inputs, outputs, stride;
    adatom_activation activation;
    size_t weights, biases;
    float *values, *slopes, *transposed;
} float_layer;

struct adatom_dense_float {
    const adatom_dense_float_kernels *kernels;
    adatom_team *team;
    adatom_dense dense;
    size_t input_stride, count;
    float *inputs;         /* [samples][input_stride] */
    float *factors[2];     /* [samples][widest], of the layer at hand and of that below */
    float *output_factors; /* [samples][output stride] */
    float_layer layers[ADATOM_DENSE_LAYERS_MAX];
};

/* ---- shapes and memory */

static size_t padded(size_t count)
{
    return (count + ADATOM_FLOAT_PAD - 1) / ADATOM_FLOAT_PAD * ADATOM_FLOAT_PAD;
}

static adatom_status allocate(adatom_dense_float *net, size_t samples)
{
    size_t below = net->input_stride, widest = below;
    for (int l = 0; l < net->dense.layer_count; l++) {
        float_layer *layer = &net->layers[l];
        const adatom_dense_layer *shape = &net->dense.layers[l];
        *layer = (float_layer){.inputs = (size_t)shape->inputs,
                               .outputs = (size_t)shape->outputs,
                               .stride = padded((size_t)shape->outputs),
                               .activation = shape->activation,
                               .weights = net->count};
        layer->biases = layer->weights + layer->inputs * layer->stride;
        net->count = layer->biases + layer->stride;
        const size_t size = samples * layer->stride;
        ADATOM_TRY(adatom_allocate_aligned(size, sizeof(float), &layer->values));
        ADATOM_TRY(adatom_allocate_aligned(size, sizeof(float), &layer->slopes));
        ADATOM_TRY(
            adatom_allocate_aligned(layer->stride * below, sizeof(float), &layer->transposed));
        below = layer->stride;
        widest = below > widest ? below : widest;
    }
    ADATOM_TRY(adatom_allocate_aligned(samples * below, sizeof(float), &net->output_factors));
    ADATOM_TRY(adatom_allocate_aligned(samples * widest, sizeof(float), &net->factors[0]));
    ADATOM_TRY(adatom_allocate_aligned(samples * widest, sizeof(float), &net->factors[1]));
    return adatom_allocate_aligned(samples * net->input_stride, sizeof(float), &net->inputs);
}

adatom_status adatom_dense_float_create(const adatom_dense *dense, int samples, adatom_team *team,
                                        adatom_dense_float **out)
{
    adatom_dense_float *net;
    ADATOM_TRY(adatom_allocate(1, sizeof *net, &net));
    net->kernels = adatom_dense_float_kernels_chosen();
    net->team = team;
    net->dense = *dense;
    net->input_stride = padded((size_t)adatom_dense_inputs(dense));
    const adatom_status status = allocate(net, (size_t)samples);
    if (status != ADATOM_OK) {
        adatom_dense_float_free(net);
        return status;
    }
    *out = net;
    return ADATOM_OK;
}

void adatom_dense_float_free(adatom_dense_float *net)
{
    if (net == NULL) {
        return;
    }
    for (int l = 0; l < net->dense.layer_count; l++) {
        free(net->layers[l].values);
        free(net->layers[l].slopes);
        free(net->layers[l].transposed);
    }
    free(net->output_factors);
    free(net->factors[0]);
    free(net->factors[1]);
    free(net->inputs);
    free(net);
}

size_t adatom_dense_float_count(const adatom_dense_float *net)
{
    return net->count;
}

size_t adatom_dense_float_input_stride(const adatom_dense_float *net)
{
    return net->input_stride;
}

size_t adatom_dense_float_output_stride(const adatom_dense_float *net)
{
    return net->layers[net->dense.layer_count - 1].stride;
}

float *adatom_dense_float_inputs(adatom_dense_float *net)
{
    return net->inputs;
}

float *adatom_dense_float_slopes(adatom_dense_float *net)
{
    return net->output_factors;
}

/* Weights and, as a row more, biases. */
void adatom_dense_float_pack(const adatom_dense_float *net, const double *weights, float *packed)
{
    memset(packed, 0, net->count * sizeof *packed);
    for (int l = 0; l < net->dense.layer_count; l++) {
        const float_layer *layer = &net->layers[l];
        const double *from = weights + net->dense.layers[l].weights;
        for (size_t i = 0; i <= layer->inputs; i++) {
            for (size_t o = 0; o < layer->outputs; o++) {
                packed[layer->weights + i * layer->stride + o] =
                    (float)from[i * layer->outputs + o];
            }
        }
    }
}

void adatom_dense_float_unpack(const adatom_dense_float *net, const float *packed, double *weights)
{
    for (int l = 0; l < net->dense.layer_count; l++) {
        const float_layer *layer = &net->layers[l];
        double *to = weights + net->dense.layers[l].weights;
        for (size_t i = 0; i <= layer->inputs; i++) {
            for (size_t o = 0; o < layer->outputs; o++) {
                to[i * layer->outputs + o] = (double)packed[layer->weights + i * layer->stride + o];
            }
        }
    }
}

/* ---- products, shared among the threads where that is worth it */

typedef struct shared_product {
    const adatom_dense_float_kernels *kernels;
    const adatom_float_product *product;
    size_t rows;
} shared_product;

static void multiply_some(void *context, int item, int thread)
{
    const shared_product *shared = context;
    (void)thread;
    const size_t begin = (size_t)item * ROWS_TOGETHER, end = begin + ROWS_TOGETHER;
    shared->kernels->multiply(shared->product, begin, end < shared->rows ? end : shared->rows);
}

static void multiply(const adatom_dense_float *net, size_t rows,
                     const adatom_float_product *product)
{
    if (net->team == NULL || rows * product->columns * product->depth < WORTH_A_THREAD) {
        net->kernels->multiply(product, 0, rows);
        return;
    }
    shared_product shared = {net->kernels, product, rows};
    adatom_team_run(net->team, (int)((rows + ROWS_TOGETHER - 1) / ROWS_TOGETHER), multiply_some,
                    &shared);
}

const float *adatom_dense_float_forward(adatom_dense_float *net, const float *packed, int count)
{
    const float *below = net->inputs;
    size_t stride = net->input_stride;
    for (int l = 0; l < net->dense.layer_count; l++) {
        const float_layer *layer = &net->layers[l];
        const adatom_float_product product = {.columns = layer->stride,
                                              .depth = layer->inputs,
                                              .left = below,
                                              .left_row = stride,
                                              .left_column = 1,
                                              .right = packed + layer->weights,
                                              .right_stride = layer->stride,
                                              .start = packed + layer->biases,
                                              .out = layer->values,
                                              .out_stride = layer->stride};
        multiply(net, (size_t)count, &product);
        net->kernels->activate(layer->activation, (size_t)count * layer->stride, layer->values,
                               layer->slopes);
        below = layer->values;
        stride = layer->stride;
    }
    return below;
}

/* ---- backward */

static void weight_gradient(const adatom_dense_float *net, const float_layer *layer, int count,
                            const float *below, size_t stride, const float *factors,
                            float *gradient)
{
    const adatom_float_product product = {.columns = layer->stride,
                                          .depth = (size_t)count,
                                          .left = below,
                                          .left_row = 1,
                                          .left_column = stride,
                                          .right = factors,
                                          .right_stride = layer->stride,
                                          .out = gradient + layer->weights,
                                          .out_stride = layer->stride};
    multiply(net, layer->inputs, &product);
    net->kernels->sum_rows((size_t)count, layer->stride, factors, gradient + layer->biases);
}

static void pass_down(const adatom_dense_float *net, const float_layer *layer, const float *packed,
                      int count, size_t stride, const float *factors, float *below)
{
    net->kernels->transpose(layer->inputs, layer->outputs, packed + layer->weights, layer->stride,
                            layer->transposed, stride);
    const adatom_float_product product = {.columns = stride,
                                          .depth = layer->outputs,
                                          .left = factors,
                                          .left_row = layer->stride,
                                          .left_column = 1,
                                          .right = layer->transposed,
                                          .right_stride = stride,
                                          .out = below,
                                          .out_stride = stride};
    multiply(net, (size_t)count, &product);
}

const float *adatom_dense_float_backward(adatom_dense_float *net, const float *packed, int count,
                                         float *gradient, bool inputs)
{
    float *factors = net->output_factors;
    for (int l = net->dense.layer_count - 1; l >= 0; l--) {
        const float_layer *layer = &net->layers[l];
        const float *below = l > 0 ? net->layers[l - 1].values : net->inputs;
        const size_t stride = l > 0 ? net->layers[l - 1].stride : net->input_stride;
        if (layer->activation != ADATOM_ACTIVATION_LINEAR) {
            net->kernels->scale((size_t)count * layer->stride, layer->slopes, factors);
        }
        if (gradient != NULL) {
            weight_gradient(net, layer, count, below, stride, factors, gradient);
        }
        float *next = net->factors[l % 2];
        if (l > 0 || inputs) {
            pass_down(net, layer, packed, count, stride, factors, next);
        }
        factors = next;
    }
    return inputs ? factors : NULL;
}
