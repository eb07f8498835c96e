/* adatom: training of the image itself: the statistics of a batch before its groups are trained,
 * and what each group adds to the gradient of coefficients, scales and shifts (nn/input.h). */
#ifndef ADATOM_NN_LANES_TRAINER_IMAGE_H
#define ADATOM_NN_LANES_TRAINER_IMAGE_H

#include "nn/lanes/trainer_backward.h"
#include "nn/lanes/trainer_forward.h"

LANES_INLINE size_t patch_pixels(const trainer_state *trainer)
{
    return adatom_width_area(trainer->patch);
}

LANES_INLINE size_t image_size(const trainer_state *trainer)
{
    return (size_t)trainer->network->input_channels * patch_pixels(trainer);
}

static int group_size(const trainer_state *trainer)
{
    const int rest = trainer->sample_count - trainer->group_start;
    return rest < GROUP ? rest : GROUP;
}

/* Sums of a raw image and of its squares. */
static void measure_image(void *state, int index, int thread_index)
{
    trainer_state *trainer = state;
    const size_t pixels = patch_pixels(trainer);
    const image_sums *sums = &trainer->input.of_sample[index];
    draw_image(state, index, thread_index);
    const float *image = trainer->images + (size_t)index * image_size(trainer);
    for (int c = 0; c < trainer->network->input_channels; c++) {
        double sum = 0, square = 0;
        for (size_t i = 0; i < pixels; i++) {
            const double value = (double)*image++;
            sum += value;
            square += value * value;
        }
        sums->sum[c] = sum;
        sums->square[c] = square;
    }
}

/* Mean and variance of the raw images of the batch, per channel. */
static void measure_batch(trainer_state *trainer)
{
    const int channels = trainer->network->input_channels;
    adatom_input_sums *total = &trainer->input.total;
    total->count = (double)trainer->sample_count * (double)patch_pixels(trainer);
    memset(total->means, 0, (size_t)channels * sizeof *total->means);
    memset(total->variances, 0, (size_t)channels * sizeof *total->variances);
    for (trainer->group_start = 0; trainer->group_start < trainer->sample_count;
         trainer->group_start += GROUP) {
        const int count = group_size(trainer);
        adatom_team_run(trainer->team, count, measure_image, trainer);
        for (int s = 0; s < count; s++) {
            for (int c = 0; c < channels; c++) {
                total->means[c] += trainer->input.of_sample[s].sum[c];
                total->variances[c] += trainer->input.of_sample[s].square[c];
            }
        }
    }
    for (int c = 0; c < channels; c++) {
        total->means[c] /= total->count;
        const double variance =
            total->variances[c] / total->count - total->means[c] * total->means[c];
        total->variances[c] = variance > 0 ? variance : 0;
    }
}

static void prepare_image(trainer_state *trainer)
{
    const adatom_network *network = trainer->network;
    adatom_input_sums *total = &trainer->input.total;
    if (!adatom_input_is_dense(network)) {
        adatom_input_kernel(network, trainer->weights, trainer->kernel);
    }
    if (!trainer->input.trained) {
        return;
    }
    measure_batch(trainer);
    adatom_input_normalize(network, trainer->weights, total->means, total->variances,
                           trainer->input.affine);
    const size_t channels = (size_t)network->input_channels;
    memset(total->gradient, 0, channels * sizeof *total->gradient);
    memset(total->product, 0, channels * sizeof *total->product);
    if (!adatom_input_is_dense(network)) {
        const size_t seen = (size_t)network->point_kinds * adatom_width_area(network->kernel.width);
        memset(total->seen_gradient, 0, 3 * seen * sizeof *total->seen_gradient);
    }
}

/* Row (channel, slab, column) of the gradient of the normalized image, from lanes to samples. */
static void image_gradient_row(void *state, int row, int thread_index)
{
    trainer_state *trainer = state;
    const int rows = trainer->patch[0] * trainer->patch[1], length = trainer->patch[2];
    const size_t size = image_size(trainer);
    clanes *line = trainer->threads[thread_index].line;
    gradient_row(trainer, -1, row / rows, row % rows, &trainer->threads[thread_index]);
    float *first = trainer->input.gradients + (size_t)row * (size_t)length;
    for (int z = 0; z < length; z++) {
        for (int lane = 0; lane < LANES; lane++) {
            first[(size_t)lane * size + (size_t)z] = line[z].re[lane];
            first[(size_t)(LANES + lane) * size + (size_t)z] = line[z].im[lane];
        }
    }
}

/* Adds what a point sees of the gradient and of the raw image around itself. */
static void see_from_point(const trainer_state *trainer, adatom_point point, int index)
{
    const int *width = trainer->network->kernel.width;
    const stamp_box box = box_of_point(trainer, point);
    const image_sums *sums = &trainer->input.of_sample[index];
    const size_t plane = (size_t)index * image_size(trainer) +
                         (size_t)point.channel * patch_pixels(trainer),
                 area = adatom_width_area(width) * (size_t)point.channel;
    for (int line = 0; line < width[0] * width[1]; line++) {
        const int i = line / width[1], j = line % width[1];
        if (i < box.first[0] || i >= box.end[0] || j < box.first[1] || j >= box.end[1]) {
            continue;
        }
        const size_t tap = area + (size_t)(line * width[2]);
        const ptrdiff_t row = (ptrdiff_t)plane + row_under(trainer, &box, i, j);
        const float *gradient = trainer->input.gradients + row, *image = trainer->images + row;
        float *seen_gradient = sums->seen_gradient + tap, *seen_image = sums->seen_image + tap,
              *seen = sums->seen + tap;
        for (int k = box.first[2]; k < box.end[2]; k++) {
            seen_gradient[k] += gradient[k];
            seen_image[k] += image[k];
            seen[k] += 1;
        }
    }
}

/* The sums of one sample. */
static void sum_image_gradient(void *state, int index, int thread_index)
{
    (void)thread_index;
    const trainer_state *trainer = state;
    const adatom_network *network = trainer->network;
    const image_sums *sums = &trainer->input.of_sample[index];
    const size_t pixels = patch_pixels(trainer), size = image_size(trainer);
    const float *gradient = trainer->input.gradients + (size_t)index * size,
                *image = trainer->images + (size_t)index * size;
    for (int c = 0; c < network->input_channels; c++) {
        double sum = 0, product = 0;
        for (size_t i = 0; i < pixels; i++) {
            sum += (double)gradient[i];
            product += (double)gradient[i] * (double)image[i];
        }
        sums->gradient[c] = sum;
        sums->product[c] = product;
        gradient += pixels;
        image += pixels;
    }
    if (adatom_input_is_dense(network)) {
        return;
    }
    const adatom_sample *sample = &trainer->samples[trainer->group_start + index];
    const size_t seen = (size_t)network->point_kinds * adatom_width_area(network->kernel.width);
    memset(sums->seen_gradient, 0, 3 * seen * sizeof *sums->seen_gradient);
    for (size_t i = 0; i < sample->point_count; i++) {
        if (point_is_near(sample->points[i])) {
            see_from_point(trainer, sample->points[i], index);
        }
    }
}

static void image_gradient_of_group(trainer_state *trainer)
{
    const adatom_network *network = trainer->network;
    if (!trainer->input.trained) {
        return;
    }
    const int count = group_size(trainer);
    const size_t seen =
        adatom_input_is_dense(network)
            ? 0
            : 3 * (size_t)network->point_kinds * adatom_width_area(network->kernel.width);
    adatom_input_sums *total = &trainer->input.total;
    adatom_team_run(trainer->team, network->input_channels * trainer->patch[0] * trainer->patch[1],
                    image_gradient_row, trainer);
    adatom_team_run(trainer->team, count, sum_image_gradient, trainer);
    for (int s = 0; s < count; s++) {
        const image_sums *sums = &trainer->input.of_sample[s];
        for (int c = 0; c < network->input_channels; c++) {
            total->gradient[c] += sums->gradient[c];
            total->product[c] += sums->product[c];
        }
        for (size_t i = 0; i < seen; i++) { /* the three arrays stand one behind the other */
            total->seen_gradient[i] += (double)sums->seen_gradient[i];
        }
    }
}

#endif
