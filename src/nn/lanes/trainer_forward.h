/* adatom: from the points of a group of samples to the input of the output layer. */
#ifndef ADATOM_NN_LANES_TRAINER_FORWARD_H
#define ADATOM_NN_LANES_TRAINER_FORWARD_H

#include "nn/lanes/trainer_channels.h"

/* A kernel around a point, cut at the edge of the patch. */
typedef struct stamp_box {
    int corner[2];        /* pixel of the kernel's first value, may lie outside */
    int first[2], end[2]; /* values of the kernel that lie inside */
} stamp_box;

static stamp_box box_of_point(const trainer_state *trainer, adatom_point point)
{
    const int at[2] = {point.x, point.y};
    stamp_box box;
    for (int axis = 0; axis < 2; axis++) {
        const int width = trainer->network->kernel.width[axis], size = trainer->patch[axis];
        const int corner = at[axis] + size / 2 - width / 2;
        box.corner[axis] = corner;
        box.first[axis] = corner < 0 ? -corner : 0;
        box.end[axis] = corner + width > size ? size - corner : width;
    }
    return box;
}

/* Whether adding the size of a patch to the coordinates cannot overflow, whoever chose them. */
LANES_INLINE bool point_is_near(adatom_point point)
{
    const int farthest = 2 * ADATOM_FILTER_WIDTH_MAX * ADATOM_LAYERS_MAX;
    return abs(point.x) <= farthest && abs(point.y) <= farthest;
}

static void stamp_point(const trainer_state *trainer, adatom_point point, float *image)
{
    const int *width = trainer->network->kernel.width, n1 = trainer->patch[1];
    const stamp_box box = box_of_point(trainer, point);
    const float *values = trainer->kernel + (size_t)point.channel * (size_t)(width[0] * width[1]);
    float *plane = image + (size_t)point.channel * (size_t)(trainer->patch[0] * n1);
    for (int i = box.first[0]; i < box.end[0]; i++) {
        float *row = plane + (box.corner[0] + i) * n1 + box.corner[1];
        for (int j = box.first[1]; j < box.end[1]; j++) {
            row[j] += values[i * width[1] + j];
        }
    }
}

static void draw_image(void *state, int index, int thread_index)
{
    (void)thread_index;
    const trainer_state *trainer = state;
    const size_t size =
        (size_t)(trainer->network->input_channels * trainer->patch[0] * trainer->patch[1]);
    float *image = trainer->images + (size_t)index * size;
    const int sample_index = trainer->group_start + index;
    if (sample_index >= trainer->sample_count) {
        memset(image, 0, size * sizeof *image);
        return;
    }
    for (size_t i = 0; i < size; i++) {
        image[i] = trainer->network->kernel.bias; /* 0 where the image is trained */
    }
    const adatom_sample *sample = &trainer->samples[sample_index];
    for (size_t i = 0; i < sample->point_count; i++) {
        if (point_is_near(sample->points[i])) {
            stamp_point(trainer, sample->points[i], image);
        }
    }
}

/* Row (channel, x) of all samples of the group to lanes. */
static void gather_row(const trainer_state *trainer, int row, clanes *line)
{
    const int n1 = trainer->patch[1];
    const size_t size = (size_t)(trainer->network->input_channels * trainer->patch[0] * n1);
    const float *first = trainer->images + (size_t)row * (size_t)n1;
    for (int y = 0; y < n1; y++) {
        const float *pixel = first + y;
        for (int lane = 0; lane < LANES; lane++) {
            line[y].re[lane] = pixel[(size_t)lane * size];
            line[y].im[lane] = pixel[(size_t)(LANES + lane) * size];
        }
    }
}

/* Where a real row goes: into the input spectrum of layer `level`, or the input of the output
 * layer. The line is used up. */
static void put_row(trainer_state *trainer, int level, int channel, int x, clanes *line,
                    thread_scratch *thread)
{
    if (level == trainer->spectral_count) {
        memcpy(trainer->last_input +
                   (size_t)(channel * trainer->last_in[0] + x) * (size_t)trainer->last_in[1],
               line, (size_t)trainer->last_in[1] * sizeof *line);
        return;
    }
    spectral_layer *layer = &trainer->spectral[level];
    clear_line(line, layer->in[1], layer->length[1]);
    clanes *to = layer->input + (size_t)(channel * layer->length[0] + x) * (size_t)layer->row;
    transform_run(layer->transform[1], signal_of(line, 1), signal_of(to, 1), thread->scratch);
}

/* The raw image normalized. */
static void normalize_row(const trainer_state *trainer, int channel, clanes *line)
{
    const adatom_affine affine = trainer->input.affine[channel];
    const lanes factor = lanes_set(affine.factor), addend = lanes_set(affine.addend);
    for (int y = 0; y < trainer->patch[1]; y++) {
        line[y].re = line[y].re * factor + addend;
        line[y].im = line[y].im * factor + addend;
    }
}

static void image_row(void *state, int row, int thread_index)
{
    trainer_state *trainer = state;
    thread_scratch *thread = &trainer->threads[thread_index];
    gather_row(trainer, row, thread->line);
    if (trainer->input.trained) {
        normalize_row(trainer, row / trainer->patch[0], thread->line);
    }
    put_row(trainer, 0, row / trainer->patch[0], row % trainer->patch[0], thread->line, thread);
}

/* All frequencies of column k (0 .. columns - 1) or of its mirror image. */
static void correlate_column(const spectral_layer *layer, int k, bool mirrored,
                             const clanes *inputs, clanes *outputs)
{
    const channel_sum sum = inputs_to_outputs(layer, mirrored);
    for (int kx = 0; kx < layer->length[0]; kx++) {
        const int at = mirrored ? mirrored_kx(layer, kx) : kx;
        sum_channels(&sum, layer->filters + filters_at(layer, k, kx), inputs + at, outputs + at);
    }
}

static void forward_column(trainer_state *trainer, spectral_layer *layer, int k, bool mirrored,
                           thread_scratch *thread)
{
    const int length = layer->length[0], place = mirrored ? mirrored_column(layer, k) : k;
    clanes *inputs = thread->inputs[0], *outputs = thread->outputs[0];
    for (int input = 0; input < layer->inputs; input++) {
        clanes *column = inputs + (size_t)input * (size_t)length;
        clanes *spectrum =
            layer->input + (size_t)input * (size_t)length * (size_t)layer->row + place;
        for (int x = 0; x < layer->in[0]; x++) {
            prefetch_next(&spectrum[(size_t)x * (size_t)layer->row], mirrored ? -1 : 1);
            column[x] = spectrum[(size_t)x * (size_t)layer->row];
        }
        clear_line(column, layer->in[0], length);
        transform_run(layer->transform[0], signal_of(column, 1), signal_of(column, 1),
                      thread->scratch);
        for (int x = 0; x < length; x++) {
            spectrum[(size_t)x * (size_t)layer->row] = column[x];
        }
    }
    correlate_column(layer, k, mirrored, inputs, outputs);
    for (int output = 0; output < layer->outputs; output++) {
        const signal column =
            signal_exchanged(signal_of(outputs + (size_t)output * (size_t)length, 1));
        transform_run(layer->transform[0], column, column, thread->scratch);
        clanes *to = trainer->to + (size_t)output * (size_t)length * (size_t)layer->row + place;
        for (int x = 0; x < layer->out[0]; x++) {
            to[(size_t)x * (size_t)layer->row] = outputs[output * length + x];
        }
    }
}

static void forward_columns(void *state, int item, int thread_index)
{
    trainer_state *trainer = state;
    spectral_layer *layer = &trainer->spectral[trainer->level];
    thread_scratch *thread = &trainer->threads[thread_index];
    for (int k = item * COLUMNS; k < (item + 1) * COLUMNS && k < layer->columns; k++) {
        forward_column(trainer, layer, k, false, thread);
        if (mirrored_column(layer, k) != k) {
            forward_column(trainer, layer, k, true, thread);
        }
    }
}

/* Row (output, x) of a layer back to real space, bias and leaky ReLU, on to the next layer. */
static void forward_row(void *state, int row, int thread_index)
{
    trainer_state *trainer = state;
    const int level = trainer->level;
    spectral_layer *layer = &trainer->spectral[level];
    thread_scratch *thread = &trainer->threads[thread_index];
    const int output = row / layer->out[0], x = row % layer->out[0];
    clanes *from = trainer->to + (size_t)(output * layer->length[0] + x) * (size_t)layer->row;
    transform_run(layer->transform[1], signal_exchanged(signal_of(from, 1)),
                  signal_exchanged(signal_of(thread->line, 1)), thread->scratch);
    const lanes bias =
        lanes_set(trainer->weights[trainer->network->bias_offset[level] + (size_t)output]);
    const lanes leak = lanes_set(trainer->network->leak);
    uint16_t *positive = layer->positive + 2 * (size_t)row * (size_t)layer->out[1];
    for (int y = 0; y < layer->out[1]; y++) {
        thread->line[y].re = lanes_leaky(thread->line[y].re + bias, leak, &positive[2 * y]);
        thread->line[y].im = lanes_leaky(thread->line[y].im + bias, leak, &positive[2 * y + 1]);
    }
    put_row(trainer, level + 1, output, x, thread->line, thread);
}

static void forward_group(trainer_state *trainer)
{
    adatom_team_run(trainer->team, GROUP, draw_image, trainer);
    adatom_team_run(trainer->team, trainer->network->input_channels * trainer->patch[0], image_row,
                    trainer);
    trainer->to = trainer->work[0];
    for (int l = 0; l < trainer->spectral_count; l++) {
        const spectral_layer *layer = &trainer->spectral[l];
        trainer->level = l;
        adatom_team_run(trainer->team, column_items(layer), forward_columns, trainer);
        adatom_team_run(trainer->team, layer->outputs * layer->out[0], forward_row, trainer);
    }
}

#endif
