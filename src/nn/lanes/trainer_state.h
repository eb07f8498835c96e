/* adatom: memory of the training kernels.
 *
 * A group of 2 * LANES samples is trained at once: one lane holds two real samples as the parts of
 * a complex number, which a convolution with real filters does not mix. Each sample is a patch that
 * just holds the receptive field of the trained output, so that all convolutions are "valid" ones
 * and a transform as long as the input suffices. The output layer, whose output is a few pixels,
 * works in real space; the layers before it in the frequency domain. */
#ifndef ADATOM_NN_LANES_TRAINER_STATE_H
#define ADATOM_NN_LANES_TRAINER_STATE_H

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "nn/lanes/transform.h"
#include "nn/input.h"
#include "nn/trainer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    GROUP = 2 * LANES,
    COLUMNS = 4 /* neighbouring frequencies k that one thread takes at a time: they share pages */
};

/* A convolution done in the frequency domain. */
typedef struct spectral_layer {
    int inputs, outputs, pairs;
    int pair_row;      /* pairs, padded to a multiple of LANES; pair = output * inputs + input */
    int width[3];      /* of the filters: slabs, columns, rows */
    int in[3], out[3]; /* size of input and output */
    int length[3];     /* of the transforms, >= in */
    int sheet;         /* length0 * length1: what one frequency k of the rows has in all rows */
    int row;           /* complex vectors from one row to the next, odd to spread over the cache */
    adatom_transform *transform[3];
    int columns;        /* frequencies k that are kept: length2 / 2 + 1 */
    float *filters;     /* [columns][sheet][re, im][pair_row] */
    float *gradient;    /* the same, sum over the samples */
    clanes *input;      /* spectrum of the input [inputs][sheet][row] */
    uint16_t *positive; /* signs of the output [outputs][out0][out1][out2][re, im] */
    int *pair_input,
        *pair_output; /* [pair_row], sheet of a pair's input and output: channel * sheet */
} spectral_layer;

/* What one thread works on. */
typedef struct thread_scratch {
    clanes *inputs[2], *outputs[2]; /* a sheet and its mirror image, [channels][sheet] */
    clanes *line, *scratch;         /* a line or a sheet, two lines */
    clanes *plane;                  /* [filter width0][filter width1][length2] */
    float *sums;                    /* [pixels of the patch], for dense images */
} thread_scratch;

/* What one sample of a group adds to adatom_input_sums. */
typedef struct image_sums {
    double *sum, *square;                     /* [input_channels], of the raw image */
    double *gradient, *product;               /* [input_channels] */
    float *seen_gradient, *seen_image, *seen; /* [point_kinds][area] */
} image_sums;

/* Of a trained image; without one all is NULL. */
typedef struct image_weights {
    bool trained;
    bool *has_imaginary_part; /* [input_channels] of a dense image: not all 0 */
    adatom_affine *affine;    /* [input_channels], the normalization of the batch */
    float *gradients;         /* [GROUP][input channels][patch] */
    image_sums of_sample[GROUP];
    adatom_input_sums total;
    double *doubles; /* memory of the sums */
    float *floats;
} image_weights;

typedef struct trainer_state {
    const adatom_network *network;
    adatom_axes axes;
    adatom_team *team;
    int spectral_count; /* layers in the frequency domain: layer_count - 1 */
    spectral_layer spectral[ADATOM_LAYERS_MAX];
    int patch[3];                           /* size of the image of a sample */
    int last_inputs, last_in[3];            /* of the output layer */
    int outputs, out[3];                    /* of the network, per sample */
    size_t output_count;                    /* outputs * out0 * out1 * out2 */
    float *images;                          /* [GROUP][input channels][patch], raw */
    float *kernel;                          /* [point_kinds][area] */
    image_weights input;                    /* where the image is trained */
    clanes *last_input, *last_gradient;     /* [last_inputs][last_in] */
    clanes *output;                         /* [outputs][out], values then gradients */
    float *sample_output, *sample_gradient; /* [GROUP][output_count] */
    clanes *work[2];                        /* [channels][sheet][row] of one layer, by turns */
    float *bias_rows;                       /* [channels][rows], bias gradients of a layer */
    thread_scratch *threads;                /* [team size] */
    /* of the current call */
    const float *weights;
    float *gradient;
    const adatom_sample *samples;
    int sample_count, group_start;
    adatom_sample_cost *cost_of_sample;
    void *cost_context;
    double sample_costs[GROUP];
    int level;         /* layer that the running loop works on */
    clanes *from, *to; /* work arrays of the running loop */
} trainer_state;

static void clear_line(clanes *line, int from, int to)
{
    for (int i = from; i < to; i++) {
        line[i] = (clanes){lanes_zero(), lanes_zero()};
    }
}

/* Asks for the element of the next sheet (step 1, or -1 on the mirrored side) before it is needed:
 * sheets are strided, which the processor does not foresee. */
LANES_INLINE void prefetch_next(const clanes *element, int step)
{
    __builtin_prefetch(element + step);
    __builtin_prefetch((const char *)(element + step) + sizeof(lanes));
}

LANES_INLINE int column_items(const spectral_layer *layer)
{
    return (layer->columns + COLUMNS - 1) / COLUMNS;
}

static void spectral_layer_free(spectral_layer *layer)
{
    for (int axis = 0; axis < 3; axis++) {
        adatom_transform_free(layer->transform[axis]);
    }
    void *const memory[] = {layer->filters,  layer->gradient,   layer->input,
                            layer->positive, layer->pair_input, layer->pair_output};
    for (size_t i = 0; i < sizeof memory / sizeof memory[0]; i++) {
        free(memory[i]);
    }
}

static void image_weights_free(image_weights *input)
{
    free(input->has_imaginary_part);
    free(input->affine);
    free(input->gradients);
    free(input->doubles);
    free(input->floats);
}

static void trainer_free(void *state)
{
    trainer_state *trainer = state;
    if (trainer == NULL) {
        return;
    }
    for (int l = 0; l < ADATOM_LAYERS_MAX; l++) {
        spectral_layer_free(&trainer->spectral[l]);
    }
    for (int t = 0; trainer->threads != NULL && t < adatom_team_size(trainer->team); t++) {
        thread_scratch *thread = &trainer->threads[t];
        for (int i = 0; i < 2; i++) {
            free(thread->inputs[i]);
            free(thread->outputs[i]);
        }
        free(thread->sums);
        free(thread->line);
        free(thread->scratch);
        free(thread->plane);
    }
    void *const memory[] = {trainer->images,  trainer->last_input,    trainer->last_gradient,
                            trainer->output,  trainer->sample_output, trainer->sample_gradient,
                            trainer->work[0], trainer->work[1],       trainer->bias_rows,
                            trainer->threads};
    for (size_t i = 0; i < sizeof memory / sizeof memory[0]; i++) {
        free(memory[i]);
    }
    image_weights_free(&trainer->input);
    free(trainer->kernel);
    free(trainer);
}

/* Columns, then slabs, of a sheet to spectra; slabs from `filled` on are 0. */
LANES_INLINE void sheet_forward(const spectral_layer *layer, clanes *sheet, int filled,
                                clanes *scratch)
{
    const int slabs = layer->length[0], columns = layer->length[1];
    for (int x = 0; x < filled; x++) {
        const signal column = signal_of(sheet + x * columns, 1);
        transform_run(layer->transform[1], column, column, scratch);
    }
    for (int y = 0; y < columns && slabs > 1; y++) {
        const signal slab = signal_of(sheet + y, columns);
        transform_run(layer->transform[0], slab, slab, scratch);
    }
}

/* And back; only the first `wanted` slabs are. */
LANES_INLINE void sheet_back(const spectral_layer *layer, clanes *sheet, int wanted,
                             clanes *scratch)
{
    const int slabs = layer->length[0], columns = layer->length[1];
    for (int y = 0; y < columns && slabs > 1; y++) {
        const signal slab = signal_exchanged(signal_of(sheet + y, columns));
        transform_run(layer->transform[0], slab, slab, scratch);
    }
    for (int x = 0; x < wanted; x++) {
        const signal column = signal_exchanged(signal_of(sheet + x * columns, 1));
        transform_run(layer->transform[1], column, column, scratch);
    }
}

/* Row (slab, column) number `row` of the layer's output, counted slab by slab, in its sheet. */
LANES_INLINE int place_in_sheet(const spectral_layer *layer, const int size[3], int row)
{
    return row / size[1] * layer->length[1] + row % size[1];
}

static adatom_status create_pair_tables(spectral_layer *layer)
{
    ADATOM_TRY(adatom_allocate((size_t)layer->pair_row, sizeof(int), &layer->pair_input));
    ADATOM_TRY(adatom_allocate((size_t)layer->pair_row, sizeof(int), &layer->pair_output));
    for (int pair = 0; pair < layer->pairs; pair++) {
        layer->pair_input[pair] = pair % layer->inputs * layer->sheet;
        layer->pair_output[pair] = pair / layer->inputs * layer->sheet;
    }
    return ADATOM_OK;
}

static adatom_status create_spectral_layer(const adatom_network *network, int l,
                                           spectral_layer *layer)
{
    layer->inputs = adatom_network_inputs(network, l);
    layer->outputs = network->layers[l].filters;
    layer->pairs = layer->inputs * layer->outputs;
    layer->pair_row = (layer->pairs + LANES - 1) / LANES * LANES;
    for (int axis = 0; axis < 3; axis++) {
        layer->width[axis] = network->layers[l].width[axis];
        layer->in[axis] = layer->out[axis] + layer->width[axis] - 1;
        layer->length[axis] = adatom_transform_good_length(layer->in[axis]);
        ADATOM_TRY(adatom_transform_create(layer->length[axis], &layer->transform[axis]));
    }
    layer->sheet = layer->length[0] * layer->length[1];
    layer->row = layer->length[2] | 1;
    layer->columns = layer->length[2] / 2 + 1;
    const size_t sheet = (size_t)layer->sheet;
    const size_t filter_count = 2 * sheet * (size_t)layer->columns * (size_t)layer->pair_row;
    const size_t pixels = (size_t)layer->outputs * adatom_width_area(layer->out);
    ADATOM_TRY(adatom_allocate_aligned(filter_count, sizeof(float), &layer->filters));
    ADATOM_TRY(adatom_allocate_aligned(filter_count, sizeof(float), &layer->gradient));
    ADATOM_TRY(adatom_allocate_aligned((size_t)layer->inputs * sheet * (size_t)layer->row,
                                       sizeof(clanes), &layer->input));
    ADATOM_TRY(adatom_allocate_aligned(2 * pixels, sizeof(uint16_t), &layer->positive));
    return create_pair_tables(layer);
}

/* Sizes from the output back to the patch. */
static adatom_status create_layers(trainer_state *trainer)
{
    const adatom_network *network = trainer->network;
    int size[3] = {trainer->out[0], trainer->out[1], trainer->out[2]};
    for (int axis = 0; axis < 3; axis++) {
        size[axis] += network->layers[network->layer_count - 1].width[axis] - 1;
        trainer->last_in[axis] = size[axis];
    }
    trainer->last_inputs = adatom_network_inputs(network, network->layer_count - 1);
    trainer->spectral_count = network->layer_count - 1;
    for (int l = trainer->spectral_count - 1; l >= 0; l--) {
        spectral_layer *layer = &trainer->spectral[l];
        memcpy(layer->out, size, sizeof size);
        ADATOM_TRY(create_spectral_layer(network, l, layer));
        memcpy(size, layer->in, sizeof size);
    }
    memcpy(trainer->patch, size, sizeof size);
    return ADATOM_OK;
}

typedef struct trainer_sizes {
    size_t work, column, line, plane, bias_rows;
} trainer_sizes;

LANES_INLINE size_t at_least(size_t a, size_t b)
{
    return a > b ? a : b;
}

static trainer_sizes largest_work(const trainer_state *trainer)
{
    trainer_sizes sizes = {
        .work = 1, .column = 1, .line = (size_t)trainer->patch[2], .plane = 1, .bias_rows = 1};
    for (int l = 0; l < trainer->spectral_count; l++) {
        const spectral_layer *layer = &trainer->spectral[l];
        const size_t channels = at_least((size_t)layer->inputs, (size_t)layer->outputs);
        const size_t sheet = (size_t)layer->sheet, length = (size_t)layer->length[2];
        sizes.work = at_least(sizes.work, channels * sheet * (size_t)layer->row);
        sizes.column = at_least(sizes.column, channels * sheet);
        sizes.line = at_least(sizes.line, at_least(sheet, length));
        sizes.plane = at_least(sizes.plane, (size_t)(layer->width[0] * layer->width[1]) * length);
        sizes.bias_rows = at_least(sizes.bias_rows, (size_t)layer->outputs *
                                                        (size_t)(layer->out[0] * layer->out[1]));
    }
    return sizes;
}

static adatom_status create_threads(trainer_state *trainer, const trainer_sizes *sizes)
{
    const size_t size = (size_t)adatom_team_size(trainer->team);
    ADATOM_TRY(adatom_allocate(size, sizeof *trainer->threads, &trainer->threads));
    for (size_t t = 0; t < size; t++) {
        thread_scratch *thread = &trainer->threads[t];
        for (int i = 0; i < 2; i++) {
            ADATOM_TRY(adatom_allocate_aligned(sizes->column, sizeof(clanes), &thread->inputs[i]));
            ADATOM_TRY(adatom_allocate_aligned(sizes->column, sizeof(clanes), &thread->outputs[i]));
        }
        ADATOM_TRY(adatom_allocate_aligned(adatom_width_area(trainer->patch), sizeof(float),
                                           &thread->sums));
        ADATOM_TRY(adatom_allocate_aligned(sizes->line, sizeof(clanes), &thread->line));
        ADATOM_TRY(adatom_allocate_aligned(2 * sizes->line, sizeof(clanes), &thread->scratch));
        ADATOM_TRY(adatom_allocate_aligned(sizes->plane, sizeof(clanes), &thread->plane));
    }
    return ADATOM_OK;
}

/* One piece of memory each for all sums in double and in single precision. */
static adatom_status create_image_sums(const adatom_network *network, image_weights *input)
{
    const size_t channels = (size_t)network->input_channels;
    const size_t seen =
        adatom_input_is_dense(network)
            ? 0
            : (size_t)network->point_kinds * adatom_width_area(network->kernel.width);
    ADATOM_TRY(
        adatom_allocate(4 * channels * (GROUP + 1) + 3 * seen, sizeof(double), &input->doubles));
    ADATOM_TRY(adatom_allocate(3 * seen * GROUP, sizeof(float), &input->floats));
    double *values = input->doubles;
    for (size_t s = 0; s < GROUP; s++) {
        float *places = input->floats + 3 * seen * s;
        input->of_sample[s] =
            (image_sums){values, values + channels, values + 2 * channels, values + 3 * channels,
                         places, places + seen,     places + 2 * seen};
        values += 4 * channels;
    }
    input->total = (adatom_input_sums){0,
                                       values,
                                       values + channels,
                                       values + 2 * channels,
                                       values + 3 * channels,
                                       values + 4 * channels,
                                       values + 4 * channels + seen,
                                       values + 4 * channels + 2 * seen};
    return ADATOM_OK;
}

/* Channels of order 0 have no imaginary part, which saves half of their drawing. */
static adatom_status find_imaginary_parts(const adatom_network *network, image_weights *input)
{
    const size_t area = adatom_width_area(network->kernel.width);
    ADATOM_TRY(
        adatom_allocate((size_t)network->input_channels, sizeof(bool), &input->has_imaginary_part));
    for (size_t c = 0; c < (size_t)network->input_channels; c++) {
        const float *values = network->kernel.values + (2 * c + 1) * area;
        for (size_t i = 0; i < area; i++) {
            input->has_imaginary_part[c] = input->has_imaginary_part[c] || values[i] != 0;
        }
    }
    return ADATOM_OK;
}

static adatom_status create_image_weights(trainer_state *trainer, size_t image)
{
    const adatom_network *network = trainer->network;
    image_weights *input = &trainer->input;
    ADATOM_TRY(
        adatom_allocate((size_t)network->point_kinds * adatom_width_area(network->kernel.width),
                        sizeof(float), &trainer->kernel));
    input->trained = adatom_input_is_trained(network);
    if (!input->trained) {
        return ADATOM_OK;
    }
    ADATOM_TRY(
        adatom_allocate((size_t)network->input_channels, sizeof *input->affine, &input->affine));
    ADATOM_TRY(adatom_allocate_aligned(GROUP * image, sizeof(float), &input->gradients));
    if (adatom_input_is_dense(network)) {
        ADATOM_TRY(find_imaginary_parts(network, input));
    }
    return create_image_sums(network, input);
}

static adatom_status create_trainer_buffers(trainer_state *trainer)
{
    const trainer_sizes sizes = largest_work(trainer);
    const size_t image =
        (size_t)trainer->network->input_channels * adatom_width_area(trainer->patch);
    const size_t last = (size_t)trainer->last_inputs * adatom_width_area(trainer->last_in);
    ADATOM_TRY(adatom_allocate_aligned(GROUP * image, sizeof(float), &trainer->images));
    ADATOM_TRY(adatom_allocate_aligned(last, sizeof(clanes), &trainer->last_input));
    ADATOM_TRY(adatom_allocate_aligned(last, sizeof(clanes), &trainer->last_gradient));
    ADATOM_TRY(adatom_allocate_aligned(trainer->output_count, sizeof(clanes), &trainer->output));
    ADATOM_TRY(adatom_allocate_aligned(GROUP * trainer->output_count, sizeof(float),
                                       &trainer->sample_output));
    ADATOM_TRY(adatom_allocate_aligned(GROUP * trainer->output_count, sizeof(float),
                                       &trainer->sample_gradient));
    ADATOM_TRY(adatom_allocate_aligned(sizes.work, sizeof(clanes), &trainer->work[0]));
    ADATOM_TRY(adatom_allocate_aligned(sizes.work, sizeof(clanes), &trainer->work[1]));
    ADATOM_TRY(adatom_allocate_aligned(sizes.bias_rows, sizeof(float), &trainer->bias_rows));
    ADATOM_TRY(create_image_weights(trainer, image));
    return create_threads(trainer, &sizes);
}

static adatom_status trainer_create(const adatom_network *network, const adatom_axes *axes,
                                    const int size[3], adatom_team *team, void **out)
{
    trainer_state *trainer = NULL;
    ADATOM_TRY(adatom_allocate(1, sizeof *trainer, &trainer));
    trainer->network = network;
    trainer->axes = *axes;
    trainer->team = team;
    memcpy(trainer->out, size, sizeof trainer->out);
    trainer->outputs = adatom_network_outputs(network);
    trainer->output_count = (size_t)trainer->outputs * adatom_width_area(size);
    adatom_status status = create_layers(trainer);
    if (status == ADATOM_OK) {
        status = create_trainer_buffers(trainer);
    }
    if (status != ADATOM_OK) {
        trainer_free(trainer);
        return status;
    }
    *out = trainer;
    return ADATOM_OK;
}

#endif
