#include "search/agent.h"

#include "base/error.h"

static adatom_status show_atom(adatom_agent *agent, const adatom_image_atom *atom)
{
    int reach[3];
    for (int i = 0; i < 3; i++) {
        reach[i] = adatom_network_reach(agent->network, i);
    }
    agent->points.count = 0;
    ADATOM_TRY(adatom_view_whole(&agent->problem->grid, atom, reach, &agent->points));
    for (size_t i = 0; i < agent->points.count; i++) {
        adatom_map_add(agent->map, agent->points.points[i]);
    }
    return ADATOM_OK;
}

static adatom_status start_build(adatom_agent *agent)
{
    adatom_builder_reset(agent->builder);
    adatom_map_prepare(agent->map, agent->weights);
    for (size_t a = 0; a < agent->problem->seen_count; a++) {
        ADATOM_TRY(show_atom(agent, &agent->problem->seen[a]));
    }
    return ADATOM_OK;
}

adatom_status adatom_agent_build(adatom_agent *agent, bool greedy, const int *watch_steps,
                                 int watch_count, adatom_build_watcher *watcher, void *context,
                                 int *actions, int *count)
{
    adatom_random *random = &agent->random[ADATOM_STREAM_POLICY];
    int step, watched = 0;
    ADATOM_TRY(start_build(agent));
    for (step = 0; step < agent->problem->step_count; step++) {
        const int allowed = adatom_builder_actions(agent->builder, agent->actions);
        if (allowed == 0) {
            break;
        }
        const adatom_choice choice = adatom_policy_draw(&agent->policy, greedy, random);
        const bool watch = watched < watch_count && watch_steps[watched] == step;
        if (choice != ADATOM_CHOICE_ANY || watch) {
            adatom_map_evaluate(agent->map, agent->q);
        }
        actions[step] =
            adatom_policy_choose(&agent->policy, choice, agent->q, agent->actions, allowed, random);
        if (watch) {
            adatom_builder_mask(agent->builder, agent->mask);
            watcher(context, step, agent->q, agent->mask, actions[step]);
            watched++;
        }
        const adatom_placement at = adatom_problem_placement(agent->problem, actions[step]);
        adatom_builder_place(agent->builder, at);
        const adatom_image_atom atom = adatom_image_atom_on(at.species, at.pixel);
        ADATOM_TRY(show_atom(agent, &atom));
    }
    *count = step;
    return ADATOM_OK;
}

adatom_status adatom_agent_look(adatom_agent *agent, const int *actions, int count, float *q,
                                uint8_t *allowed)
{
    ADATOM_TRY(start_build(agent));
    for (int step = 0; step < count; step++) {
        const adatom_placement at = adatom_problem_placement(agent->problem, actions[step]);
        const adatom_image_atom atom = adatom_image_atom_on(at.species, at.pixel);
        adatom_builder_place(agent->builder, at);
        ADATOM_TRY(show_atom(agent, &atom));
    }
    adatom_map_evaluate(agent->map, q);
    adatom_builder_mask(agent->builder, allowed);
    return ADATOM_OK;
}

bool adatom_agent_could_build(adatom_agent *agent, const int *actions)
{
    adatom_builder_reset(agent->builder);
    for (int step = 0; step < agent->problem->step_count; step++) {
        const adatom_placement at = adatom_problem_placement(agent->problem, actions[step]);
        if (!adatom_builder_is_open(agent->builder, at)) {
            return false;
        }
        adatom_builder_place(agent->builder, at);
    }
    return true;
}
