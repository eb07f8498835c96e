#include "search/stop.h"

bool adatom_stop_is(const adatom_problem *problem, int action)
{
    return problem->varies && action >= problem->species_count * adatom_problem_pixels(problem);
}

int adatom_stop_atoms(const adatom_problem *problem, const int *actions, int count)
{
    int atoms = 0;
    while (atoms < count && !adatom_stop_is(problem, actions[atoms])) {
        atoms++;
    }
    return atoms;
}

int adatom_stop_length(const adatom_problem *problem, const int *actions)
{
    const int atoms = adatom_stop_atoms(problem, actions, problem->step_count);
    return atoms < problem->step_count ? atoms + 1 : atoms;
}

bool adatom_stop_is_whole(const adatom_problem *problem, const int *actions, int count)
{
    return count == problem->step_count || adatom_stop_atoms(problem, actions, count) < count;
}

int adatom_stop_after(const adatom_problem *problem, const int *actions, int count)
{
    adatom_placement at = adatom_problem_placement(problem, actions[count - 1]);
    at.species = problem->species_count;
    return adatom_problem_action(problem, at);
}

void adatom_stop_fill(const adatom_problem *problem, int *actions, int count)
{
    for (int i = count; i < problem->step_count; i++) {
        actions[i] = adatom_stop_after(problem, actions, count);
    }
}
