/* adatom: gradients from the output layer's input back to the first filters. */
#ifndef ADATOM_NN_LANES_TRAINER_BACKWARD_H
#define ADATOM_NN_LANES_TRAINER_BACKWARD_H

#include "nn/lanes/trainer_forward.h"

/* Row (output, slab and column) of the gradient of a layer's activations, in real space, to line.
 */
static void gradient_row(trainer_state *trainer, int level, int output, int row,
                         thread_scratch *thread)
{
    if (level == trainer->spectral_count - 1) {
        const int *in = trainer->last_in;
        memcpy(thread->line,
               trainer->last_gradient + (size_t)(output * in[0] * in[1] + row) * (size_t)in[2],
               (size_t)in[2] * sizeof *thread->line);
        return;
    }
    const spectral_layer *next = &trainer->spectral[level + 1];
    const int place = output * next->sheet + place_in_sheet(next, next->in, row);
    clanes *from = trainer->from + (size_t)place * (size_t)next->row;
    transform_run(next->transform[2], signal_exchanged(signal_of(from, 1)),
                  signal_exchanged(signal_of(thread->line, 1)), thread->scratch);
}

/* Through the leaky ReLU, and on to the spectrum of the row. */
static void backward_row(void *state, int row, int thread_index)
{
    trainer_state *trainer = state;
    const int level = trainer->level;
    const spectral_layer *layer = &trainer->spectral[level];
    thread_scratch *thread = &trainer->threads[thread_index];
    const int rows = layer->out[0] * layer->out[1], output = row / rows;
    gradient_row(trainer, level, output, row % rows, thread);
    const lanes leak = lanes_set(trainer->network->leak);
    const uint16_t *positive = layer->positive + 2 * (size_t)row * (size_t)layer->out[2];
    lanes sum = lanes_zero();
    for (int z = 0; z < layer->out[2]; z++) {
        clanes *g = &thread->line[z];
        g->re = lanes_leaky_gradient(g->re, leak, positive[2 * z]);
        g->im = lanes_leaky_gradient(g->im, leak, positive[2 * z + 1]);
        sum += g->re + g->im;
    }
    trainer->bias_rows[row] = lanes_sum(sum);
    clear_line(thread->line, layer->out[2], layer->length[2]);
    const int place = output * layer->sheet + place_in_sheet(layer, layer->out, row % rows);
    clanes *to = trainer->to + (size_t)place * (size_t)layer->row;
    transform_run(layer->transform[2], signal_of(thread->line, 1), signal_of(to, 1),
                  thread->scratch);
}

static void add_bias_gradient(trainer_state *trainer)
{
    const spectral_layer *layer = &trainer->spectral[trainer->level];
    const int rows = layer->out[0] * layer->out[1];
    float *to = trainer->gradient + trainer->network->bias_offset[trainer->level];
    for (int output = 0; output < layer->outputs; output++) {
        for (int row = 0; row < rows; row++) {
            to[output] += trainer->bias_rows[output * rows + row];
        }
    }
}

/* Sheet `place` of the output gradients of all channels, to spectra. */
static void load_gradient_sheet(const trainer_state *trainer, const spectral_layer *layer,
                                int place, int step, clanes *outputs, clanes *scratch)
{
    const size_t channel = (size_t)layer->sheet * (size_t)layer->row;
    for (int output = 0; output < layer->outputs; output++) {
        clanes *sheet = outputs + (size_t)output * (size_t)layer->sheet;
        load_sheet(layer, trainer->to + (size_t)output * channel + place, layer->out, step, sheet);
        sheet_forward(layer, sheet, layer->out[0], scratch);
    }
}

static void load_input_sheet(const spectral_layer *layer, int place, int step, clanes *inputs)
{
    const size_t channel = (size_t)layer->sheet * (size_t)layer->row;
    for (int input = 0; input < layer->inputs; input++) {
        load_sheet(layer, layer->input + (size_t)input * channel + place, layer->length, step,
                   inputs + (size_t)input * (size_t)layer->sheet);
    }
}

static void store_input_sheet(const trainer_state *trainer, const spectral_layer *layer, int place,
                              clanes *inputs, clanes *scratch)
{
    const size_t channel = (size_t)layer->sheet * (size_t)layer->row;
    for (int input = 0; input < layer->inputs; input++) {
        clanes *sheet = inputs + (size_t)input * (size_t)layer->sheet;
        sheet_back(layer, sheet, layer->in[0], scratch);
        store_sheet(layer, sheet, layer->in, trainer->to + (size_t)input * channel + place);
    }
}

/* Gradients of the filters and of the input at all frequencies of sheet k and of its mirror image.
 */
static void backward_frequencies(const trainer_state *trainer, spectral_layer *layer, int k,
                                 bool partner, thread_scratch *thread)
{
    const channel_sum sum = outputs_to_inputs(layer, false),
                      mirrored = outputs_to_inputs(layer, true);
    for (int place = 0; place < layer->sheet; place++) {
        const int other = mirrored_place(layer, place);
        const size_t offset = filters_at(layer, k, place);
        clanes *inputs = thread->inputs[0] + place, *mirrored_inputs = thread->inputs[1] + other;
        const clanes *outputs = thread->outputs[0] + place,
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

static void backward_sheet(trainer_state *trainer, spectral_layer *layer, int k,
                           thread_scratch *thread)
{
    const int places[2] = {k, mirrored_sheet(layer, k)}, steps[2] = {1, -1};
    const int count = places[0] == places[1] ? 1 : 2;
    for (int i = 0; i < count; i++) {
        load_gradient_sheet(trainer, layer, places[i], steps[i], thread->outputs[i],
                            thread->scratch);
        load_input_sheet(layer, places[i], steps[i], thread->inputs[i]);
    }
    backward_frequencies(trainer, layer, k, count == 2, thread);
    for (int i = 0; i < count && (trainer->level > 0 || trainer->input.trained); i++) {
        store_input_sheet(trainer, layer, places[i], thread->inputs[i], thread->scratch);
    }
}

static void backward_sheets(void *state, int item, int thread_index)
{
    trainer_state *trainer = state;
    spectral_layer *layer = &trainer->spectral[trainer->level];
    for (int k = item * COLUMNS; k < (item + 1) * COLUMNS && k < layer->columns; k++) {
        backward_sheet(trainer, layer, k, &trainer->threads[thread_index]);
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
        adatom_team_run(trainer->team, layer->outputs * layer->out[0] * layer->out[1], backward_row,
                        trainer);
        add_bias_gradient(trainer);
        adatom_team_run(trainer->team, column_items(layer), backward_sheets, trainer);
        turn = 1 - turn;
    }
    trainer->from = trainer->work[1 - turn];
}

#endif
