#include "search/agent.h"

#include "base/error.h"
#include "nn/input.h"
#include "search/reward.h"

#include <math.h>
#include <string.h>

/* The atoms there before a step follow those of the template. */
static size_t recall_state(adatom_agent *agent, const adatom_replay_step *step)
{
    const int32_t *actions = adatom_replay_actions(agent->replay, (size_t)step->slot);
    size_t count = agent->problem->seen_count;
    for (int i = 0; i < step->step; i++) {
        const adatom_placement at = adatom_problem_placement(agent->problem, actions[i]);
        agent->atoms[count++] = adatom_image_atom_on(at.species, at.pixel);
    }
    return count;
}

static adatom_status add_samples(adatom_agent *agent, const adatom_replay_step *step, double reward)
{
    const size_t atom_count = recall_state(agent, step);
    const int32_t action = adatom_replay_actions(agent->replay, (size_t)step->slot)[step->step];
    const adatom_placement at = adatom_problem_placement(agent->problem, action);
    const size_t first = agent->samples.sample_count;
    ADATOM_TRY(adatom_augmented_add(&agent->samples, &agent->augment, agent->atoms, atom_count,
                                    at.pixel, &agent->random[ADATOM_STREAM_AUGMENT]));
    for (size_t i = first; i < agent->samples.sample_count; i++) {
        agent->targets[i] = reward;
        agent->species[i] = at.species;
    }
    return ADATOM_OK;
}

static adatom_status draw_batch(adatom_agent *agent)
{
    const size_t count = adatom_replay_batch(agent->replay, agent->batch,
                                             &agent->random[ADATOM_STREAM_REPLAY], agent->steps);
    for (size_t i = 0; i < count; i++) {
        agent->energies[i] = agent->steps[i].property;
    }
    adatom_reward_scale(agent->energies, count, agent->reward_window, agent->rewards);
    if (agent->credit != NULL) {
        adatom_credit_mix(agent->credit, agent->replay, agent->steps, count, agent->rewards);
    }
    adatom_augmented_start(&agent->samples);
    for (size_t i = 0; i < count; i++) {
        ADATOM_TRY(add_samples(agent, &agent->steps[i], agent->rewards[i]));
    }
    return adatom_augmented_finish(&agent->samples);
}

/* Biases begin with 0, and stay there without a gradient. */
static void hold_biases(const adatom_network *network, float *gradient)
{
    for (int l = 0; l < network->layer_count; l++) {
        memset(gradient + network->bias_offset[l], 0,
               (size_t)network->layers[l].filters * sizeof *gradient);
    }
}

adatom_status adatom_agent_train(adatom_agent *agent, double *loss)
{
    double sum = 0;
    int done = 0;
    for (int update = 0; update < agent->updates; update++) {
        double cost;
        ADATOM_TRY(draw_batch(agent));
        if (agent->samples.sample_count == 0) { /* not one atom could be placed so far */
            break;
        }
        agent->cost.sample_count = agent->samples.sample_count;
        agent->cost.species = agent->species;
        agent->cost.targets = agent->targets;
        adatom_trainer_gradient(agent->trainer, agent->weights, agent->samples.samples,
                                (int)agent->samples.sample_count, adatom_cost_of_sample,
                                &agent->cost, agent->gradient, &cost);
        cost += adatom_input_regularize(agent->network, agent->weights, agent->gradient);
        if (!agent->has_biases) {
            hold_biases(agent->network, agent->gradient);
        }
        adatom_adam_update(agent->adam, agent->gradient, agent->weights);
        adatom_input_follow(agent->network, agent->gradient, agent->weights);
        sum += cost;
        done++;
    }
    *loss = done > 0 ? sum / done : NAN;
    return ADATOM_OK;
}
