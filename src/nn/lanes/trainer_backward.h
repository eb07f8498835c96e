/* adatom: gradients from the output layer's input back to the first filters. */
#ifndef ADATOM_NN_LANES_TRAINER_BACKWARD_H
#define ADATOM_NN_LANES_TRAINER_BACKWARD_H

#include "nn/lanes/trainer_state.h"

/* Row (output, x) of the gradient of a layer's activations, in real space, to line. */
static void gradient_row(trainer_state *trainer, int level, int output, int x,
                         thread_scratch *thread)
{
    if (level == trainer->spectral_count - 1) {
        memcpy(thread->line,
               trainer->last_gradient +
                   (size_t)(output * trainer->last_in[0] + x) * (size_t)trainer->last_in[1],
               (size_t)trainer->last_in[1] * sizeof *thread->line);
        return;
    }
    const spectral_layer *next = &trainer->spectral[level + 1];
    clanes *from = trainer->from + (size_t)(output * next->length[0] + x) * (size_t)next->row;
    transform_run(next->transform[1], signal_exchanged(signal_of(from, 1)),
                  signal_exchanged(signal_of(thread->line, 1)), thread->scratch);
}

/* Through the leaky ReLU, and on to the spectrum along y. */
static void backward_row(void *state, int row, int thread_index)
{
    trainer_state *trainer = state;
    const int level = trainer->level;
    const spectral_layer *layer = &trainer->spectral[level];
    thread_scratch *thread = &trainer->threads[thread_index];
    const int output = row / layer->out[0], x = row % layer->out[0];
    gradient_row(trainer, level, output, x, thread);
    const lanes leak = lanes_set(trainer->network->leak);
    const uint16_t *positive = layer->positive + 2 * (size_t)row * (size_t)layer->out[1];
    lanes sum = lanes_zero();
    for (int y = 0; y < layer->out[1]; y++) {
        clanes *g = &thread->line[y];
        g->re = lanes_leaky_gradient(g->re, leak, positive[2 * y]);
        g->im = lanes_leaky_gradient(g->im, leak, positive[2 * y + 1]);
        sum += g->re + g->im;
    }
    trainer->bias_rows[row] = lanes_sum(sum);
    clear_line(thread->line, layer->out[1], layer->length[1]);
    clanes *to = trainer->to + (size_t)(output * layer->length[0] + x) * (size_t)layer->row;
    transform_run(layer->transform[1], signal_of(thread->line, 1), signal_of(to, 1),
                  thread->scratch);
}

static void add_bias_gradient(trainer_state *trainer)
{
    const spectral_layer *layer = &trainer->spectral[trainer->level];
    float *to = trainer->gradient + trainer->network->bias_offset[trainer->level];
    for (int output = 0; output < layer->outputs; output++) {
        for (int x = 0; x < layer->out[0]; x++) {
            to[output] += trainer->bias_rows[output * layer->out[0] + x];
        }
    }
}

/* Adds input * conj(gradient), summed over the samples, to the spectra of the filters' gradients.
 */
static void add_filter_gradient(const spectral_layer *layer, const clanes *inputs,
                                const clanes *outputs, float *gradient)
{
    for (int first = 0; first < layer->pairs; first += LANES) {
        lanes re[LANES], im[LANES];
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) {
            const clanes a = inputs[layer->pair_input[first + i]],
                         g = outputs[layer->pair_output[first + i]];
            re[i] = a.re * g.re + a.im * g.im;
            im[i] = a.im * g.re - a.re * g.im;
        }
        *(lanes *)(gradient + first) += lanes_sums(re);
        *(lanes *)(gradient + layer->pair_row + first) += lanes_sums(im);
    }
}

/* Inputs i .. i + count - 1 at one frequency: sum over the outputs of gradient * filter. */
LANES_INLINE void convolve(const spectral_layer *layer, const clanes *outputs, const float *filters,
                           int first, clanes *inputs, const int count)
{
    const int length = layer->length[0];
    clanes sum[5];
#pragma GCC unroll 5
    for (int i = 0; i < count; i++) {
        sum[i] = (clanes){lanes_zero(), lanes_zero()};
    }
    for (int output = 0; output < layer->outputs; output++) {
        const clanes g = outputs[output * length];
        const float *re = filters + output * layer->inputs + first, *im = re + layer->pair_row;
#pragma GCC unroll 5
        for (int i = 0; i < count; i++) {
            sum[i].re += g.re * re[i];
            sum[i].re -= g.im * im[i];
            sum[i].im += g.im * re[i];
            sum[i].im += g.re * im[i];
        }
    }
#pragma GCC unroll 5
    for (int i = 0; i < count; i++) {
        inputs[(first + i) * length] = sum[i];
    }
}

static void convolve_all(const spectral_layer *layer, const clanes *outputs, const float *filters,
                         clanes *inputs)
{
    int first = 0;
    for (; first + 5 <= layer->inputs; first += 5) {
        convolve(layer, outputs, filters, first, inputs, 5);
    }
    for (; first + 2 <= layer->inputs; first += 2) {
        convolve(layer, outputs, filters, first, inputs, 2);
    }
    if (first < layer->inputs) {
        convolve(layer, outputs, filters, first, inputs, 1);
    }
}

/* Column k of the output gradients of all channels, to spectra: thread->outputs. */
static void load_gradient_column(const trainer_state *trainer, const spectral_layer *layer, int k,
                                 thread_scratch *thread)
{
    const int length = layer->length[0];
    for (int output = 0; output < layer->outputs; output++) {
        clanes *column = thread->outputs + (size_t)output * (size_t)length;
        const clanes *from = trainer->to + (size_t)output * (size_t)length * (size_t)layer->row + k;
        for (int x = 0; x < layer->out[0]; x++) {
            prefetch_next(&from[(size_t)x * (size_t)layer->row]);
            column[x] = from[(size_t)x * (size_t)layer->row];
        }
        clear_line(column, layer->out[0], length);
        transform_run(layer->transform[0], signal_of(column, 1), signal_of(column, 1),
                      thread->scratch);
    }
}

static void store_input_column(const trainer_state *trainer, const spectral_layer *layer, int k,
                               thread_scratch *thread)
{
    const int length = layer->length[0];
    for (int input = 0; input < layer->inputs; input++) {
        clanes *column = thread->inputs + (size_t)input * (size_t)length;
        const signal s = signal_exchanged(signal_of(column, 1));
        transform_run(layer->transform[0], s, s, thread->scratch);
        clanes *to = trainer->to + (size_t)input * (size_t)length * (size_t)layer->row + k;
        for (int x = 0; x < layer->in[0]; x++) {
            to[(size_t)x * (size_t)layer->row] = column[x];
        }
    }
}

static void backward_column(trainer_state *trainer, spectral_layer *layer, int k,
                            thread_scratch *thread)
{
    const int length = layer->length[0];
    const size_t filter_size = 2 * (size_t)layer->pair_row;
    load_gradient_column(trainer, layer, k, thread);
    for (int input = 0; input < layer->inputs; input++) {
        const clanes *spectrum =
            layer->input + (size_t)input * (size_t)length * (size_t)layer->row + k;
        for (int kx = 0; kx < length; kx++) {
            prefetch_next(&spectrum[(size_t)kx * (size_t)layer->row]);
            thread->inputs[input * length + kx] = spectrum[(size_t)kx * (size_t)layer->row];
        }
    }
    for (int kx = 0; kx < length; kx++) {
        const size_t offset = ((size_t)k * (size_t)length + (size_t)kx) * filter_size;
        add_filter_gradient(layer, thread->inputs + kx, thread->outputs + kx,
                            layer->gradient + offset);
        if (trainer->level > 0) {
            convolve_all(layer, thread->outputs + kx, layer->filters + offset, thread->inputs + kx);
        }
    }
    if (trainer->level > 0) {
        store_input_column(trainer, layer, k, thread);
    }
}

static void backward_columns(void *state, int item, int thread_index)
{
    trainer_state *trainer = state;
    spectral_layer *layer = &trainer->spectral[trainer->level];
    for (int k = item * COLUMNS; k < (item + 1) * COLUMNS && k < layer->length[1]; k++) {
        backward_column(trainer, layer, k, &trainer->threads[thread_index]);
    }
}

static void backward_group(trainer_state *trainer)
{
    int turn = 0;
    for (int l = trainer->spectral_count - 1; l >= 0; l--) {
        const spectral_layer *layer = &trainer->spectral[l];
        trainer->level = l;
        trainer->from = trainer->work[1 - turn];
        trainer->to = trainer->work[turn];
        adatom_team_run(trainer->team, layer->outputs * layer->out[0], backward_row, trainer);
        add_bias_gradient(trainer);
        adatom_team_run(trainer->team, column_items(layer), backward_columns, trainer);
        turn = 1 - turn;
    }
}

#endif
