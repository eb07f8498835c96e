#include "search/agent.h"

#include "base/error.h"
#include "search/stop.h"

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

/* -- how many atoms, where their number varies */

/* That of a build that explores it, or -1 where the agent decides. */
static int draw_count(adatom_agent *agent, bool greedy)
{
    const adatom_problem *problem = agent->problem;
    adatom_random *random = &agent->random[ADATOM_STREAM_POLICY];
    if (greedy || !problem->varies ||
        !(adatom_random_uniform(random) < agent->policy.epsilon_stop)) {
        return -1;
    }
    const int counts = problem->step_count - problem->least_count + 1;
    return problem->least_count + (int)adatom_random_below(random, (uint64_t)counts);
}

/* Fills agent->actions with what is allowed after the first `step` actions. A build of a wanted
 * number of atoms stops there, and before only where there is no place for another atom. */
static int find_actions(adatom_agent *agent, const int *actions, int step, int wanted)
{
    int count = adatom_builder_actions(agent->builder, agent->actions);
    if (!adatom_builder_may_stop(agent->builder)) {
        return count;
    }
    if (wanted >= 0 && step >= wanted) {
        count = 0;
    }
    if (wanted < 0 || count == 0) {
        agent->actions[count++] = adatom_stop_after(agent->problem, actions, step);
    }
    return count;
}

static adatom_status place(adatom_agent *agent, int action)
{
    const adatom_placement at = adatom_problem_placement(agent->problem, action);
    const adatom_image_atom atom = adatom_image_atom_on(at.species, at.pixel);
    adatom_builder_place(agent->builder, at);
    return show_atom(agent, &atom);
}

adatom_status adatom_agent_build(adatom_agent *agent, bool greedy, const int *watch_steps,
                                 int watch_count, adatom_build_watcher *watcher, void *context,
                                 int *actions, int *count)
{
    adatom_random *random = &agent->random[ADATOM_STREAM_POLICY];
    const int wanted = draw_count(agent, greedy);
    int step, watched = 0;
    ADATOM_TRY(start_build(agent));
    for (step = 0; step < agent->problem->step_count; step++) {
        const int allowed = find_actions(agent, actions, step, wanted);
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
        if (adatom_stop_is(agent->problem, actions[step])) {
            adatom_stop_fill(agent->problem, actions, step);
            step++;
            break;
        }
        ADATOM_TRY(place(agent, actions[step]));
    }
    *count = step;
    return ADATOM_OK;
}

adatom_status adatom_agent_look(adatom_agent *agent, const int *actions, int count, float *q,
                                uint8_t *allowed)
{
    ADATOM_TRY(start_build(agent));
    for (int step = 0; step < count; step++) {
        ADATOM_TRY(place(agent, actions[step]));
    }
    adatom_map_evaluate(agent->map, q);
    adatom_builder_mask(agent->builder, allowed);
    return ADATOM_OK;
}

bool adatom_agent_could_build(adatom_agent *agent, const int *actions)
{
    const int placed = adatom_stop_atoms(agent->problem, actions, agent->problem->step_count);
    adatom_builder_reset(agent->builder);
    for (int step = 0; step < placed; step++) {
        const adatom_placement at = adatom_problem_placement(agent->problem, actions[step]);
        if (!adatom_builder_is_open(agent->builder, at)) {
            return false;
        }
        adatom_builder_place(agent->builder, at);
    }
    return true;
}
