#include "search/agent.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/footprint.h"
#include "search/network_options.h"
#include "search/property.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Memory that is promised but not there ends a process without a word, so what cannot fit is
 * refused before it is asked for. */
static adatom_status check_memory(const adatom_agent *agent, int threads)
{
    const adatom_grid *grid = &agent->problem->grid;
    const double needed = adatom_map_bytes(agent->network, grid->shape, grid->periodic) +
                          adatom_trainer_bytes(agent->network, agent->cost.size, threads);
    const double there = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (there > 0 && needed > there) {
        char depth[32] = "";
        if (grid->dimensions == 3) {
            (void)snprintf(depth, sizeof depth, " x %d", grid->shape[2]);
        }
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "network: a grid of %d x %d%s points and %zu weights take %.1f GB of "
                           "memory, this machine has %.1f GB",
                           grid->shape[0], grid->shape[1], depth, agent->network->weight_count,
                           1e-9 * needed, 1e-9 * there);
    }
    return ADATOM_OK;
}

static adatom_status make_engine(adatom_agent *agent, const adatom_search_options *options,
                                 adatom_team *team)
{
    const adatom_problem *problem = agent->problem;
    ADATOM_TRY(adatom_search_network(problem, options, &agent->network));
    ADATOM_TRY(adatom_cost_make(&problem->grid, (adatom_spillover)options->training_spillover,
                                options->training_spillover_radius, options->training_eta,
                                problem->map_count, &agent->cost));
    ADATOM_TRY(check_memory(agent, adatom_team_size(team)));
    ADATOM_TRY(adatom_map_create(agent->network, problem->grid.shape, problem->grid.periodic,
                                 &agent->map));
    ADATOM_TRY(adatom_trainer_create(agent->network, agent->cost.size, team, &agent->trainer));
    const size_t count = agent->network->weight_count;
    ADATOM_TRY(adatom_adam_create(agent->network->trained_count, &agent->adam));
    agent->adam->learning_rate = options->training_learning_rate;
    agent->adam->beta1 = options->training_beta1;
    agent->adam->beta2 = options->training_beta2;
    agent->adam->epsilon = options->training_epsilon;
    ADATOM_TRY(adatom_allocate_aligned(count, sizeof(float), &agent->weights));
    ADATOM_TRY(adatom_allocate_aligned(count, sizeof(float), &agent->gradient));
    adatom_network_initialize(agent->network, &agent->random[ADATOM_STREAM_WEIGHTS],
                              agent->weights);
    return ADATOM_OK;
}

static adatom_status make_memory(adatom_agent *agent, const adatom_search_options *options)
{
    const adatom_problem *problem = agent->problem;
    const size_t maps = (size_t)problem->map_count * (size_t)adatom_problem_pixels(problem);
    ADATOM_TRY(adatom_replay_create(problem->step_count, (size_t)options->training_buffer,
                                    &agent->replay));
    const size_t most = adatom_replay_batch_most(agent->replay, agent->batch);
    const size_t samples = most * adatom_augment_per_step(&agent->augment);
    ADATOM_TRY(adatom_allocate_aligned(maps, sizeof *agent->q, &agent->q));
    ADATOM_TRY(adatom_allocate(maps, sizeof *agent->mask, &agent->mask));
    ADATOM_TRY(adatom_allocate(maps + 1, sizeof *agent->actions, &agent->actions));
    ADATOM_TRY(adatom_allocate(problem->seen_count + (size_t)problem->step_count,
                               sizeof *agent->atoms, &agent->atoms));
    ADATOM_TRY(adatom_allocate(most, sizeof *agent->steps, &agent->steps));
    ADATOM_TRY(adatom_allocate(most, sizeof *agent->energies, &agent->energies));
    ADATOM_TRY(adatom_allocate(most, sizeof *agent->rewards, &agent->rewards));
    ADATOM_TRY(adatom_allocate(samples, sizeof *agent->targets, &agent->targets));
    return adatom_allocate(samples, sizeof *agent->species, &agent->species);
}

static adatom_status take_policy(adatom_agent *agent, const adatom_search_options *options)
{
    agent->policy = (adatom_policy){.epsilon_0 = options->policy_epsilon_0,
                                    .epsilon_nu = options->policy_epsilon_nu,
                                    .nu = options->policy_nu,
                                    .epsilon_stop = options->policy_epsilon_stop};
    if (options->policy_epsilon_0 + options->policy_epsilon_nu > 1) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "policy: epsilon_0 + epsilon_nu = %g, expected at most 1",
                           options->policy_epsilon_0 + options->policy_epsilon_nu);
    }
    return ADATOM_OK;
}

static adatom_status prepare(adatom_agent *agent, const adatom_search_options *options,
                             adatom_team *team)
{
    const adatom_problem *problem = agent->problem;
    ADATOM_TRY(take_policy(agent, options));
    ADATOM_TRY(adatom_builder_create(problem, options, &agent->builder));
    ADATOM_TRY(make_engine(agent, options, team));
    int reach[3];
    for (int i = 0; i < 3; i++) {
        reach[i] = adatom_network_reach(agent->network, i) + agent->cost.size[i] / 2;
    }
    agent->augment = adatom_augment_make(
        &problem->grid, (int)options->training_rotations, options->training_rotation_angles == 1,
        (adatom_turn_axes)options->training_rotation_axes, options->training_reflections, reach);
    agent->batch = (size_t)options->training_batch;
    agent->updates = (int)options->training_updates;
    agent->has_biases = options->network_biases;
    const double atoms = (double)problem->start->atom_count + problem->step_count;
    adatom_property property;
    ADATOM_TRY(adatom_property_read(problem, options, &property));
    agent->reward_window = adatom_property_window(&property, options, atoms);
    ADATOM_TRY(adatom_punishment_create(problem, options, &agent->punishment));
    ADATOM_TRY(adatom_credit_create(problem, options, &agent->credit));
    return make_memory(agent, options);
}

adatom_status adatom_agent_create(const adatom_problem *problem,
                                  const adatom_search_options *options, adatom_team *team,
                                  adatom_agent **out)
{
    adatom_agent *agent;
    ADATOM_TRY(adatom_allocate(1, sizeof *agent, &agent));
    agent->problem = problem;
    for (int stream = 0; stream < ADATOM_STREAM_COUNT; stream++) {
        adatom_random_seed(&agent->random[stream], (uint64_t)options->run_seed, (uint64_t)stream);
    }
    const adatom_status status = prepare(agent, options, team);
    if (status != ADATOM_OK) {
        adatom_agent_free(agent);
        return status;
    }
    memcpy(agent->atoms, problem->seen, problem->seen_count * sizeof *agent->atoms);
    *out = agent;
    return ADATOM_OK;
}

void adatom_agent_free(adatom_agent *agent)
{
    if (agent == NULL) {
        return;
    }
    adatom_builder_free(agent->builder);
    adatom_map_free(agent->map);
    adatom_trainer_free(agent->trainer);
    adatom_network_free(agent->network);
    adatom_adam_free(agent->adam);
    adatom_replay_free(agent->replay);
    adatom_punishment_free(agent->punishment);
    adatom_credit_free(agent->credit);
    adatom_cost_clear(&agent->cost);
    adatom_point_list_clear(&agent->points);
    adatom_augmented_clear(&agent->samples);
    free(agent->weights);
    free(agent->gradient);
    free(agent->q);
    free(agent->mask);
    free(agent->actions);
    free(agent->atoms);
    free(agent->steps);
    free(agent->energies);
    free(agent->rewards);
    free(agent->targets);
    free(agent->species);
    free(agent);
}

adatom_status adatom_agent_remember(adatom_agent *agent, int64_t episode, double value,
                                    const int *actions, int count)
{
    adatom_replay_episode kept = {.number = episode, .property = value, .step_count = count};
    if (agent->punishment == NULL) {
        return adatom_replay_add(agent->replay, &kept, actions);
    }
    const bool whole = isfinite(value);
    if (whole) {
        ADATOM_TRY(adatom_punishment_apply(agent->punishment, actions, count, &kept.property));
    }
    ADATOM_TRY(adatom_replay_add(agent->replay, &kept, actions));
    return adatom_punishment_watch(agent->punishment, agent->replay, whole);
}

adatom_status adatom_agent_credit(adatom_agent *agent, const double *shares)
{
    return agent->credit != NULL ? adatom_credit_keep(agent->credit, agent->replay->latest, shares)
                                 : ADATOM_OK;
}
