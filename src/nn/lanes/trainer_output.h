/* adatom: the output layer in training: a few pixels, in real space. */
#ifndef ADATOM_NN_LANES_TRAINER_OUTPUT_H
#define ADATOM_NN_LANES_TRAINER_OUTPUT_H

#include "nn/lanes/trainer_state.h"

#include <math.h>

LANES_INLINE const float *last_filter(const trainer_state *trainer, int output, int input)
{
    const int l = trainer->network->layer_count - 1;
    const int *width = trainer->network->layers[l].width;
    return trainer->weights + trainer->network->filter_offset[l] +
           (size_t)(output * trainer->last_inputs + input) * adatom_width_area(width);
}

/* Where the input of tap number `tap` of a filter starts within a channel. */
LANES_INLINE int tap_offset(const trainer_state *trainer, const int width[3], int tap)
{
    const int line = tap / width[2], i = line / width[1], j = line % width[1], k = tap % width[2];
    return (i * trainer->last_in[1] + j) * trainer->last_in[2] + k;
}

/* Adds what one tap of a filter, applied to one input, gives to an output. */
LANES_INLINE void add_tap(const trainer_state *trainer, const clanes *input, float tap,
                          clanes *output)
{
    const int *in = trainer->last_in, *out = trainer->out;
    for (int u = 0; u < out[0]; u++) {
        for (int v = 0; v < out[1]; v++) {
            const clanes *row = input + (u * in[1] + v) * in[2];
            clanes *sums = output + (u * out[1] + v) * out[2];
            for (int w = 0; w < out[2]; w++) {
                sums[w].re += row[w].re * tap;
                sums[w].im += row[w].im * tap;
            }
        }
    }
}

static void output_forward(void *state, int output, int thread_index)
{
    (void)thread_index;
    trainer_state *trainer = state;
    const int l = trainer->network->layer_count - 1, pixels = (int)adatom_width_area(trainer->out);
    const int *width = trainer->network->layers[l].width;
    const lanes bias =
        lanes_set(trainer->weights[trainer->network->bias_offset[l] + (size_t)output]);
    clanes *sums = trainer->output + (size_t)output * (size_t)pixels;
    for (int p = 0; p < pixels; p++) {
        sums[p] = (clanes){bias, bias};
    }
    for (int input = 0; input < trainer->last_inputs; input++) {
        const float *filter = last_filter(trainer, output, input);
        const clanes *channel =
            trainer->last_input + (size_t)input * adatom_width_area(trainer->last_in);
        for (int tap = 0; tap < (int)adatom_width_area(width); tap++) {
            add_tap(trainer, channel + tap_offset(trainer, width, tap), filter[tap], sums);
        }
    }
}

/* tanh, cost and the gradient of the sums, for one sample. */
static void cost_of_one(void *state, int index, int thread_index)
{
    (void)thread_index;
    trainer_state *trainer = state;
    const size_t count = trainer->output_count;
    float *output = trainer->sample_output + (size_t)index * count;
    float *gradient = trainer->sample_gradient + (size_t)index * count;
    const int lane = index % LANES, part = index / LANES;
    if (trainer->group_start + index >= trainer->sample_count) {
        memset(gradient, 0, count * sizeof *gradient);
        trainer->sample_costs[index] = 0;
        return;
    }
    for (size_t p = 0; p < count; p++) {
        const clanes *sum = &trainer->output[p];
        output[p] = tanhf(part == 0 ? sum->re[lane] : sum->im[lane]);
    }
    trainer->sample_costs[index] = trainer->cost_of_sample(
        trainer->cost_context, trainer->group_start + index, output, gradient);
    for (size_t p = 0; p < count; p++) {
        const float slope = 1.0f - output[p] * output[p],
                    floor_slope = trainer->network->tanh_floor;
        gradient[p] *= slope > floor_slope ? slope : floor_slope;
    }
}

/* Gradients of the samples back to lanes, and the gradient of the output biases. */
static void spread_gradients(trainer_state *trainer)
{
    const int l = trainer->network->layer_count - 1;
    const size_t count = trainer->output_count, pixels = count / (size_t)trainer->outputs;
    for (size_t p = 0; p < count; p++) {
        clanes *to = &trainer->output[p];
        for (int lane = 0; lane < LANES; lane++) {
            to->re[lane] = trainer->sample_gradient[(size_t)lane * count + p];
            to->im[lane] = trainer->sample_gradient[(size_t)(LANES + lane) * count + p];
        }
        trainer->gradient[trainer->network->bias_offset[l] + p / pixels] +=
            lanes_sum(to->re + to->im);
    }
}

/* d cost / d tap: the input times the gradient, summed over the pixels (not yet over the lanes). */
LANES_INLINE lanes tap_gradient(const trainer_state *trainer, const clanes *input,
                                const clanes *gradient)
{
    const int *in = trainer->last_in, *out = trainer->out;
    lanes sum = lanes_zero();
    for (int u = 0; u < out[0]; u++) {
        for (int v = 0; v < out[1]; v++) {
            const clanes *a = input + (u * in[1] + v) * in[2];
            const clanes *g = gradient + (u * out[1] + v) * out[2];
            for (int w = 0; w < out[2]; w++) {
                sum += a[w].re * g[w].re + a[w].im * g[w].im;
            }
        }
    }
    return sum;
}

static void last_filter_gradient(const trainer_state *trainer, const clanes *channel,
                                 const clanes *gradient, const int width[3], float *to)
{
    const int area = (int)adatom_width_area(width);
    for (int tap = 0; tap < area; tap += LANES) {
        lanes sums[LANES];
        for (int i = 0; i < LANES; i++) {
            const int t = tap + i;
            sums[i] = t < area
                          ? tap_gradient(trainer, channel + tap_offset(trainer, width, t), gradient)
                          : lanes_zero();
        }
        const lanes result = lanes_sums(sums);
        for (int i = 0; i < LANES && tap + i < area; i++) {
            to[tap + i] += result[i];
        }
    }
}

/* Adds the gradient of one tap's output pixels to the gradient of the input. */
LANES_INLINE void spread_tap(const trainer_state *trainer, const clanes *gradient, float tap,
                             clanes *input)
{
    const int *in = trainer->last_in, *out = trainer->out;
    for (int u = 0; u < out[0]; u++) {
        for (int v = 0; v < out[1]; v++) {
            const clanes *g = gradient + (u * out[1] + v) * out[2];
            clanes *sums = input + (u * in[1] + v) * in[2];
            for (int w = 0; w < out[2]; w++) {
                sums[w].re += g[w].re * tap;
                sums[w].im += g[w].im * tap;
            }
        }
    }
}

/* All gradients that belong to one input channel of the output layer. */
static void output_backward(void *state, int input, int thread_index)
{
    (void)thread_index;
    trainer_state *trainer = state;
    const int l = trainer->network->layer_count - 1, pixels = (int)adatom_width_area(trainer->out);
    const int *width = trainer->network->layers[l].width;
    const size_t size = adatom_width_area(trainer->last_in);
    const clanes *channel = trainer->last_input + (size_t)input * size;
    clanes *channel_gradient = trainer->last_gradient + (size_t)input * size;
    clear_line(channel_gradient, 0, (int)size);
    for (int output = 0; output < trainer->outputs; output++) {
        const clanes *gradient = trainer->output + (size_t)output * (size_t)pixels;
        const float *filter = last_filter(trainer, output, input);
        last_filter_gradient(trainer, channel, gradient, width,
                             trainer->gradient + (filter - trainer->weights));
        for (int tap = 0; tap < (int)adatom_width_area(width); tap++) {
            spread_tap(trainer, gradient, filter[tap],
                       channel_gradient + tap_offset(trainer, width, tap));
        }
    }
}

static double output_group(trainer_state *trainer)
{
    adatom_team_run(trainer->team, trainer->outputs, output_forward, trainer);
    adatom_team_run(trainer->team, GROUP, cost_of_one, trainer);
    double cost = 0;
    for (int i = 0; i < GROUP; i++) {
        cost += trainer->sample_costs[i];
    }
    spread_gradients(trainer);
    adatom_team_run(trainer->team, trainer->last_inputs, output_backward, trainer);
    return cost;
}

#endif
