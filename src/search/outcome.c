#include "search/outcome.h"

#include "base/error.h"
#include "base/memory.h"
#include "search/snap.h"
#include "search/stop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The actions that put each placed atom on the grid point nearest to where it is now. */
static bool snap(const adatom_problem *problem, const adatom_structure *structure,
                 const int *actions, int *snapped)
{
    const int placed = adatom_stop_atoms(problem, actions, problem->step_count);
    for (int i = 0; i < placed; i++) {
        const double *position = structure->positions[problem->start->atom_count + (size_t)i];
        adatom_placement at = {.species = adatom_problem_placement(problem, actions[i]).species};
        (void)adatom_snap(problem, position, at.pixel);
        if (!adatom_grid_holds(&problem->grid, at.pixel)) {
            return false;
        }
        snapped[i] = adatom_problem_action(problem, at);
    }
    adatom_stop_fill(problem, snapped, placed);
    return true;
}

static adatom_status learn_relaxed(adatom_agent *agent, const adatom_structure *structure,
                                   int *actions)
{
    const size_t count = (size_t)agent->problem->step_count;
    int *snapped;
    ADATOM_TRY(adatom_allocate(count, sizeof *snapped, &snapped));
    if (snap(agent->problem, structure, actions, snapped) &&
        adatom_agent_could_build(agent, snapped)) {
        memcpy(actions, snapped, count * sizeof *snapped);
    }
    free(snapped);
    return ADATOM_OK;
}

void adatom_outcome_clear(adatom_outcome *outcome)
{
    adatom_structure_free(outcome->structure);
    free(outcome->forces);
    *outcome = adatom_outcome_none();
}

adatom_outcome adatom_outcome_none(void)
{
    return (adatom_outcome){.energy = INFINITY, .property = NAN, .value = INFINITY};
}

static adatom_status evaluate(adatom_agent *agent, adatom_evaluation *evaluation, int *actions,
                              adatom_outcome *found)
{
    const adatom_problem *problem = agent->problem;
    ADATOM_TRY(adatom_problem_structure(problem, actions, problem->step_count, &found->structure));
    if (evaluation->relaxes) {
        ADATOM_TRY(
            adatom_allocate(found->structure->atom_count, sizeof *found->forces, &found->forces));
    }
    const adatom_status status = adatom_evaluation_find(
        evaluation, actions, found->structure, found->forces, &found->energy, &found->cost);
    if (status == ADATOM_EVALUATION_FAILED) {
        free(found->forces);
        found->forces = NULL;
        return ADATOM_OK;
    }
    ADATOM_TRY(status);
    ADATOM_TRY(adatom_property_find(&evaluation->property, found->structure, found->energy,
                                    adatom_evaluation_number(evaluation), &found->property,
                                    &found->value));
    return evaluation->relaxes ? learn_relaxed(agent, found->structure, actions) : ADATOM_OK;
}

adatom_status adatom_outcome_find(adatom_agent *agent, adatom_evaluation *evaluation, int *actions,
                                  adatom_outcome *outcome)
{
    adatom_outcome found = adatom_outcome_none();
    const adatom_status status = evaluate(agent, evaluation, actions, &found);
    if (status != ADATOM_OK) {
        adatom_outcome_clear(&found);
        return status;
    }
    *outcome = found;
    return ADATOM_OK;
}

adatom_status adatom_outcome_check_elements(adatom_agent *agent, adatom_evaluator *evaluator)
{
    if (adatom_evaluator_has_fixed_atoms(evaluator)) {
        if (agent->problem->varies) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "system.place_least: this evaluator computes structures of one "
                               "number of atoms only");
        }
        return ADATOM_OK; /* the probe has fewer atoms than the structures to come */
    }
    const adatom_problem *problem = agent->problem;
    int actions[ADATOM_PARTS_MAX], count = 0;
    adatom_builder_reset(agent->builder);
    for (int s = 0; s < problem->species_count; s++) {
        const int first = s * adatom_problem_pixels(problem);
        const int allowed = adatom_builder_actions(agent->builder, agent->actions);
        int chosen = -1; /* the last one: far from the first, where templates often stand */
        for (int i = 0; i < allowed; i++) {
            const bool of_species = agent->actions[i] >= first &&
                                    agent->actions[i] < first + adatom_problem_pixels(problem);
            chosen = of_species ? agent->actions[i] : chosen;
        }
        if (chosen >= 0) {
            adatom_builder_place(agent->builder, adatom_problem_placement(problem, chosen));
            actions[count++] = chosen;
        }
    }
    adatom_structure *probe;
    double energy;
    ADATOM_TRY(adatom_problem_structure(problem, actions, count, &probe));
    const adatom_status status = adatom_evaluator_compute(evaluator, probe, &energy, NULL);
    adatom_structure_free(probe);
    return status == ADATOM_EVALUATION_FAILED ? ADATOM_OK : status;
}
