/* adatom: from the points of a group of samples to the input of the output layer. */
#ifndef ADATOM_NN_LANES_TRAINER_FORWARD_H
#define ADATOM_NN_LANES_TRAINER_FORWARD_H

#include "nn/lanes/trainer_channels.h"

/* A kernel around a point, cut at the edge of the patch. */
typedef struct stamp_box {
    int corner[3];        /* pixel of the kernel's first value, may lie outside */
    int first[3], end[3]; /* values of the kernel that lie inside */
} stamp_box;

static stamp_box box_of_point(const trainer_state *trainer, adatom_point point)
{
    const int natural[3] = {point.x, point.y, point.z};
    stamp_box box;
    int at[3];
    adatom_axes_lay(&trainer->axes, natural, at);
    for (int axis = 0; axis < 3; axis++) {
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
    return abs(point.x) <= farthest && abs(point.y) <= farthest && abs(point.z) <= farthest;
}

/* Where row (i, j) of the kernel's box starts among the pixels of a patch, at its corner[2]. */
LANES_INLINE ptrdiff_t row_under(const trainer_state *trainer, const stamp_box *box, int i, int j)
{
    const int *size = trainer->patch;
    return ((ptrdiff_t)(box->corner[0] + i) * size[1] + box->corner[1] + j) * size[2] +
           box->corner[2];
}

/* Adds a kernel around a point to one channel of an image. */
static void stamp_kernel(const trainer_state *trainer, const stamp_box *at, const float *values,
                         float *pixels)
{
    const int *width = trainer->network->kernel.width;
    const stamp_box box = *at;
    for (int i = box.first[0]; i < box.end[0]; i++) {
        for (int j = box.first[1]; j < box.end[1]; j++) {
            const float *from = values + (i * width[1] + j) * width[2];
            float *row = pixels + row_under(trainer, &box, i, j);
            for (int k = box.first[2]; k < box.end[2]; k++) {
                row[k] += from[k];
            }
        }
    }
}

static void stamp_point(const trainer_state *trainer, adatom_point point, float *image)
{
    const stamp_box box = box_of_point(trainer, point);
    const size_t kind = (size_t)point.channel;
    stamp_kernel(trainer, &box,
                 trainer->kernel + kind * adatom_width_area(trainer->network->kernel.width),
                 image + kind * adatom_width_area(trainer->patch));
}

/* The sums of real or imaginary parts of one channel over its points. */
static void sum_part(const trainer_state *trainer, const adatom_sample *sample, int channel,
                     int part, float *sums)
{
    const adatom_kernel *kernel = &trainer->network->kernel;
    const float *values =
        kernel->values + (size_t)(2 * channel + part) * adatom_width_area(kernel->width);
    memset(sums, 0, adatom_width_area(trainer->patch) * sizeof *sums);
    for (size_t i = 0; i < sample->point_count; i++) {
        const adatom_point point = sample->points[i];
        if (point.channel == channel / kernel->basis_count && point_is_near(point)) {
            const stamp_box box = box_of_point(trainer, point);
            stamp_kernel(trainer, &box, values, sums);
        }
    }
}

/* Squares of the sums over the points (nn/input.h). sums [pixels]. */
static void draw_power(const trainer_state *trainer, const adatom_sample *sample, float *sums,
                       float *image)
{
    const size_t pixels = adatom_width_area(trainer->patch);
    for (int channel = 0; channel < trainer->network->input_channels; channel++, image += pixels) {
        sum_part(trainer, sample, channel, 0, image);
        const bool complex_valued = trainer->input.has_imaginary_part[channel];
        if (complex_valued) {
            sum_part(trainer, sample, channel, 1, sums);
        }
        for (size_t i = 0; i < pixels; i++) {
            image[i] =
                complex_valued ? image[i] * image[i] + sums[i] * sums[i] : image[i] * image[i];
        }
    }
}

static void draw_image(void *state, int index, int thread_index)
{
    const trainer_state *trainer = state;
    const size_t size =
        (size_t)trainer->network->input_channels * adatom_width_area(trainer->patch);
    float *image = trainer->images + (size_t)index * size;
    const int sample_index = trainer->group_start + index;
    if (sample_index >= trainer->sample_count) {
        memset(image, 0, size * sizeof *image);
        return;
    }
    if (adatom_input_is_dense(trainer->network)) {
        draw_power(trainer, &trainer->samples[sample_index], trainer->threads[thread_index].sums,
                   image);
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

/* Row (channel, slab, column) of all samples of the group to lanes. */
static void gather_row(const trainer_state *trainer, int row, clanes *line)
{
    const int length = trainer->patch[2];
    const size_t size =
        (size_t)trainer->network->input_channels * adatom_width_area(trainer->patch);
    const float *first = trainer->images + (size_t)row * (size_t)length;
    for (int z = 0; z < length; z++) {
        const float *pixel = first + z;
        for (int lane = 0; lane < LANES; lane++) {
            line[z].re[lane] = pixel[(size_t)lane * size];
            line[z].im[lane] = pixel[(size_t)(LANES + lane) * size];
        }
    }
}

/* Where a real row (slab * size1 + column) goes: into the input spectrum of layer `level`, or the
 * input of the output layer. The line is used up. */
static void put_row(trainer_state *trainer, int level, int channel, int row, clanes *line,
                    thread_scratch *thread)
{
    if (level == trainer->spectral_count) {
        const int *in = trainer->last_in;
        memcpy(trainer->last_input + (size_t)(channel * in[0] * in[1] + row) * (size_t)in[2], line,
               (size_t)in[2] * sizeof *line);
        return;
    }
    spectral_layer *layer = &trainer->spectral[level];
    clear_line(line, layer->in[2], layer->length[2]);
    const int place = channel * layer->sheet + place_in_sheet(layer, layer->in, row);
    clanes *to = layer->input + (size_t)place * (size_t)layer->row;
    transform_run(layer->transform[2], signal_of(line, 1), signal_of(to, 1), thread->scratch);
}

/* The raw image normalized. */
static void normalize_row(const trainer_state *trainer, int channel, clanes *line)
{
    const adatom_affine affine = trainer->input.affine[channel];
    const lanes factor = lanes_set(affine.factor), addend = lanes_set(affine.addend);
    for (int z = 0; z < trainer->patch[2]; z++) {
        line[z].re = line[z].re * factor + addend;
        line[z].im = line[z].im * factor + addend;
    }
}

static void image_row(void *state, int row, int thread_index)
{
    trainer_state *trainer = state;
    thread_scratch *thread = &trainer->threads[thread_index];
    const int rows = trainer->patch[0] * trainer->patch[1];
    gather_row(trainer, row, thread->line);
    if (trainer->input.trained) {
        normalize_row(trainer, row / rows, thread->line);
    }
    put_row(trainer, 0, row / rows, row % rows, thread->line, thread);
}

/* All frequencies of sheet k (0 .. columns - 1) or of its mirror image. */
static void correlate_sheet(const spectral_layer *layer, int k, bool mirrored, const clanes *inputs,
                            clanes *outputs)
{
    const channel_sum sum = inputs_to_outputs(layer, mirrored);
    for (int place = 0; place < layer->sheet; place++) {
        const int at = mirrored ? mirrored_place(layer, place) : place;
        sum_channels(&sum, layer->filters + filters_at(layer, k, place), inputs + at, outputs + at);
    }
}

/* One frequency k of the rows of an input: a sheet with zeros behind the input. */
static void load_sheet(const spectral_layer *layer, const clanes *from, const int size[3], int step,
                       clanes *sheet)
{
    for (int x = 0; x < size[0]; x++) {
        clanes *column = sheet + (size_t)x * (size_t)layer->length[1];
        const clanes *row = from + (size_t)(x * layer->length[1]) * (size_t)layer->row;
        for (int y = 0; y < size[1]; y++) {
            prefetch_next(&row[(size_t)y * (size_t)layer->row], step);
            column[y] = row[(size_t)y * (size_t)layer->row];
        }
        clear_line(column, size[1], layer->length[1]);
    }
    clear_line(sheet, size[0] * layer->length[1], layer->sheet);
}

/* The part of a sheet that is wanted, to one frequency k of the rows. */
static void store_sheet(const spectral_layer *layer, const clanes *sheet, const int size[3],
                        clanes *to)
{
    for (int x = 0; x < size[0]; x++) {
        const clanes *column = sheet + (size_t)x * (size_t)layer->length[1];
        clanes *row = to + (size_t)(x * layer->length[1]) * (size_t)layer->row;
        for (int y = 0; y < size[1]; y++) {
            row[(size_t)y * (size_t)layer->row] = column[y];
        }
    }
}

static void forward_sheet(trainer_state *trainer, spectral_layer *layer, int k, bool mirrored,
                          thread_scratch *thread)
{
    const int place = mirrored ? mirrored_sheet(layer, k) : k;
    const size_t channel = (size_t)layer->sheet * (size_t)layer->row;
    clanes *inputs = thread->inputs[0], *outputs = thread->outputs[0];
    for (int input = 0; input < layer->inputs; input++) {
        clanes *sheet = inputs + (size_t)input * (size_t)layer->sheet;
        clanes *spectrum = layer->input + (size_t)input * channel + place;
        load_sheet(layer, spectrum, layer->in, mirrored ? -1 : 1, sheet);
        sheet_forward(layer, sheet, layer->in[0], thread->scratch);
        store_sheet(layer, sheet, layer->length, spectrum);
    }
    correlate_sheet(layer, k, mirrored, inputs, outputs);
    for (int output = 0; output < layer->outputs; output++) {
        clanes *sheet = outputs + (size_t)output * (size_t)layer->sheet;
        sheet_back(layer, sheet, layer->out[0], thread->scratch);
        store_sheet(layer, sheet, layer->out, trainer->to + (size_t)output * channel + place);
    }
}

static void forward_sheets(void *state, int item, int thread_index)
{
    trainer_state *trainer = state;
    spectral_layer *layer = &trainer->spectral[trainer->level];
    thread_scratch *thread = &trainer->threads[thread_index];
    for (int k = item * COLUMNS; k < (item + 1) * COLUMNS && k < layer->columns; k++) {
        forward_sheet(trainer, layer, k, false, thread);
        if (mirrored_sheet(layer, k) != k) {
            forward_sheet(trainer, layer, k, true, thread);
        }
    }
}

/* Row (output, slab, column) of a layer back to real space, bias and leaky ReLU, on to the next
 * layer. */
static void forward_row(void *state, int row, int thread_index)
{
    trainer_state *trainer = state;
    const int level = trainer->level;
    spectral_layer *layer = &trainer->spectral[level];
    thread_scratch *thread = &trainer->threads[thread_index];
    const int rows = layer->out[0] * layer->out[1], output = row / rows;
    const int place = output * layer->sheet + place_in_sheet(layer, layer->out, row % rows);
    clanes *from = trainer->to + (size_t)place * (size_t)layer->row;
    transform_run(layer->transform[2], signal_exchanged(signal_of(from, 1)),
                  signal_exchanged(signal_of(thread->line, 1)), thread->scratch);
    const lanes bias =
        lanes_set(trainer->weights[trainer->network->bias_offset[level] + (size_t)output]);
    const lanes leak = lanes_set(trainer->network->leak);
    uint16_t *positive = layer->positive + 2 * (size_t)row * (size_t)layer->out[2];
    for (int z = 0; z < layer->out[2]; z++) {
        thread->line[z].re = lanes_leaky(thread->line[z].re + bias, leak, &positive[2 * z]);
        thread->line[z].im = lanes_leaky(thread->line[z].im + bias, leak, &positive[2 * z + 1]);
    }
    put_row(trainer, level + 1, output, row % rows, thread->line, thread);
}

static void forward_group(trainer_state *trainer)
{
    adatom_team_run(trainer->team, GROUP, draw_image, trainer);
    adatom_team_run(trainer->team,
                    trainer->network->input_channels * trainer->patch[0] * trainer->patch[1],
                    image_row, trainer);
    trainer->to = trainer->work[0];
    for (int l = 0; l < trainer->spectral_count; l++) {
        const spectral_layer *layer = &trainer->spectral[l];
        trainer->level = l;
        adatom_team_run(trainer->team, column_items(layer), forward_sheets, trainer);
        adatom_team_run(trainer->team, layer->outputs * layer->out[0] * layer->out[1], forward_row,
                        trainer);
    }
}

#endif
