/* adatom: gradients from the output layer's input back to the first filters. */
#ifndef ADATOM_NN_LANES_TRAINER_BACKWARD_H
#define ADATOM_NN_LANES_TRAINER_BACKWARD_H

#include "nn/lanes/trainer_channels.h"

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

/* Column `place` of the output gradients of all channels, to spectra. */
static void load_gradient_column(const trainer_state *trainer, const spectral_layer *layer,
                                 int place, int step, clanes *outputs, clanes *scratch)
{
    const int length = layer->length[0];
    for (int output = 0; output < layer->outputs; output++) {
        clanes *column = outputs + (size_t)output * (size_t)length;
        const clanes *from =
            trainer->to + (size_t)output * (size_t)length * (size_t)layer->row + place;
        for (int x = 0; x < layer->out[0]; x++) {
            prefetch_next(&from[(size_t)x * (size_t)layer->row], step);
            column[x] = from[(size_t)x * (size_t)layer->row];
        }
        clear_line(column, layer->out[0], length);
        transform_run(layer->transform[0], signal_of(column, 1), signal_of(column, 1), scratch);
    }
}

static void load_input_column(const spectral_layer *layer, int place, int step, clanes *inputs)
{
    const int length = layer->length[0];
    for (int input = 0; input < layer->inputs; input++) {
        const clanes *spectrum =
            layer->input + (size_t)input * (size_t)length * (size_t)layer->row + place;
        for (int kx = 0; kx < length; kx++) {
            prefetch_next(&spectrum[(size_t)kx * (size_t)layer->row], step);
            inputs[input * length + kx] = spectrum[(size_t)kx * (size_t)layer->row];
        }
    }
}

static void store_input_column(const trainer_state *trainer, const spectral_layer *layer, int place,
                               clanes *inputs, clanes *scratch)
{
    const int length = layer->length[0];
    for (int input = 0; input < layer->inputs; input++) {
        clanes *column = inputs + (size_t)input * (size_t)length;
        const signal s = signal_exchanged(signal_of(column, 1));
        transform_run(layer->transform[0], s, s, scratch);
        clanes *to = trainer->to + (size_t)input * (size_t)length * (size_t)layer->row + place;
        for (int x = 0; x < layer->in[0]; x++) {
            to[(size_t)x * (size_t)layer->row] = column[x];
        }
    }
}

/* Gradients of the filters and of the input at all frequencies of column k and of its mirror image.
 */
static void backward_frequencies(const trainer_state *trainer, spectral_layer *layer, int k,
                                 bool partner, thread_scratch *thread)
{
    const channel_sum sum = outputs_to_inputs(layer, false),
                      mirrored = outputs_to_inputs(layer, true);
    for (int kx = 0; kx < layer->length[0]; kx++) {
        const int other = mirrored_kx(layer, kx);
        const size_t offset = filters_at(layer, k, kx);
        clanes *inputs = thread->inputs[0] + kx, *mirrored_inputs = thread->inputs[1] + other;
        const clanes *outputs = thread->outputs[0] + kx,
                     *mirrored_outputs = thread->outputs[1] + other;
        if (partner) {
            add_filter_gradient(layer, inputs, outputs, mirrored_inputs, mirrored_outputs,
                                layer->gradient + offset, true);
        } else {
            add_filter_gradient(layer, inputs, outputs, NULL, NULL, layer->gradient + offset,
                                false);
        }
        if (trainer->level > 0 || trainer->input.trained) {
            sum_channels(&sum, layer->filters + offset, outputs, inputs);
            if (partner) {
                sum_channels(&mirrored, layer->filters + offset, mirrored_outputs, mirrored_inputs);
            }
        }
    }
}

static void backward_column(trainer_state *trainer, spectral_layer *layer, int k,
                            thread_scratch *thread)
{
    const int places[2] = {k, mirrored_column(layer, k)}, steps[2] = {1, -1};
    const int count = places[0] == places[1] ? 1 : 2;
    for (int i = 0; i < count; i++) {
        load_gradient_column(trainer, layer, places[i], steps[i], thread->outputs[i],
                             thread->scratch);
        load_input_column(layer, places[i], steps[i], thread->inputs[i]);
    }
    backward_frequencies(trainer, layer, k, count == 2, thread);
    for (int i = 0; i < count && (trainer->level > 0 || trainer->input.trained); i++) {
        store_input_column(trainer, layer, places[i], thread->inputs[i], thread->scratch);
    }
}

static void backward_columns(void *state, int item, int thread_index)
{
    trainer_state *trainer = state;
    spectral_layer *layer = &trainer->spectral[trainer->level];
    for (int k = item * COLUMNS; k < (item + 1) * COLUMNS && k < layer->columns; k++) {
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
    trainer->from = trainer->work[1 - turn];
}

#endif
