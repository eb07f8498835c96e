/* adatom: gradients of a batch of patches in the frequency domain. */
#ifndef ADATOM_NN_LANES_TRAINER_H
#define ADATOM_NN_LANES_TRAINER_H

#include "nn/lanes/trainer_state.h"

#include "nn/lanes/trainer_channels.h"
#include "nn/lanes/trainer_filters.h"
#include "nn/lanes/trainer_forward.h"
#include "nn/lanes/trainer_output.h"
#include "nn/lanes/trainer_backward.h"
#include "nn/lanes/trainer_image.h"

static void prepare_filters(trainer_state *trainer)
{
    for (int l = 0; l < trainer->spectral_count; l++) {
        spectral_layer *layer = &trainer->spectral[l];
        const size_t count =
            2 * (size_t)layer->sheet * (size_t)layer->columns * (size_t)layer->pair_row;
        memset(layer->gradient, 0, count * sizeof *layer->gradient);
        trainer->level = l;
        adatom_team_run(trainer->team, layer->pair_row / LANES, filters_to_spectrum, trainer);
    }
}

static void collect_gradients(trainer_state *trainer)
{
    for (int l = 0; l < trainer->spectral_count; l++) {
        trainer->level = l;
        adatom_team_run(trainer->team, trainer->spectral[l].pair_row / LANES,
                        gradient_from_spectrum, trainer);
    }
}

static void trainer_gradient(void *state, const float *weights, const adatom_sample *samples,
                             int sample_count, adatom_sample_cost *cost_of_sample, void *context,
                             float *gradient, double *cost)
{
    trainer_state *trainer = state;
    trainer->weights = weights;
    trainer->gradient = gradient;
    trainer->samples = samples;
    trainer->sample_count = sample_count;
    trainer->cost_of_sample = cost_of_sample;
    trainer->cost_context = context;
    memset(gradient, 0, trainer->network->weight_count * sizeof *gradient);
    prepare_filters(trainer);
    prepare_image(trainer);
    *cost = 0;
    for (trainer->group_start = 0; trainer->group_start < sample_count;
         trainer->group_start += GROUP) {
        forward_group(trainer);
        *cost += output_group(trainer);
        backward_group(trainer);
        image_gradient_of_group(trainer);
    }
    collect_gradients(trainer);
    if (trainer->input.trained) {
        adatom_input_gradient(trainer->network, weights, &trainer->input.total, gradient);
    }
}

#endif
