#include "search/seeds.h"

#include "adatom/extxyz.h"
#include "atoms/cell.h"
#include "base/error.h"
#include "base/memory.h"
#include "search/snap.h"
#include "search/stop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Å: atoms of the template are where they were, others in the plane; lattice vectors the same. */
static const double same_place = 0.3, same_cell = 0.01;

typedef struct reading {
    const adatom_problem *problem;
    double cell[3][3], inverse[3][3];
    bool *taken; /* [atoms of the structure], by the template */
} reading;

static adatom_status check_cell(const adatom_structure *start, const adatom_structure *seed)
{
    for (int i = 0; i < 3; i++) {
        double apart = 0;
        for (int k = 0; k < 3; k++) {
            apart = fmax(apart, fabs(start->cell[i][k] - seed->cell[i][k]));
        }
        if (start->periodic[i] != seed->periodic[i] || (start->periodic[i] && apart > same_cell)) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "lattice vector %d is not that of the search, or not periodic as "
                               "there",
                               i + 1);
        }
    }
    return ADATOM_OK;
}

/* Of two places, whole periods left out; only the short ones are exact. */
static double distance(const reading *r, const double a[3], const double b[3])
{
    double vector[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]}, moved[3];
    memcpy(moved, vector, sizeof moved);
    for (int i = 0; i < 3; i++) {
        double fraction = 0;
        for (int k = 0; k < 3; k++) {
            fraction += vector[k] * r->inverse[k][i];
        }
        for (int k = 0; r->problem->start->periodic[i] && k < 3; k++) {
            moved[k] -= round(fraction) * r->cell[i][k];
        }
    }
    return sqrt(moved[0] * moved[0] + moved[1] * moved[1] + moved[2] * moved[2]);
}

static adatom_status take_template(const reading *r, const adatom_structure *seed)
{
    const adatom_structure *start = r->problem->start;
    for (size_t a = 0; a < start->atom_count; a++) {
        size_t nearest = SIZE_MAX;
        double least = same_place;
        for (size_t i = 0; i < seed->atom_count; i++) {
            const double apart = distance(r, start->positions[a], seed->positions[i]);
            if (!r->taken[i] && seed->atomic_numbers[i] == start->atomic_numbers[a] &&
                apart < least) {
                nearest = i;
                least = apart;
            }
        }
        if (nearest == SIZE_MAX) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "no %s within %.1f Å of atom %zu of the template",
                               adatom_element_symbol(start->atomic_numbers[a]), same_place, a + 1);
        }
        r->taken[nearest] = true;
    }
    return ADATOM_OK;
}

static adatom_status place_atom(const reading *r, const adatom_structure *seed, size_t atom,
                                int left[ADATOM_PARTS_MAX], int *action)
{
    const adatom_problem *problem = r->problem;
    const char *symbol = adatom_element_symbol(seed->atomic_numbers[atom]);
    adatom_placement at = {.species = 0};
    while (at.species < problem->species_count &&
           problem->species[at.species] != seed->atomic_numbers[atom]) {
        at.species++;
    }
    if (at.species == problem->species_count || left[at.species]-- == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "atom %zu (%s) is one more than system.place and the template have",
                           atom + 1, symbol);
    }
    const double off = adatom_snap(problem, seed->positions[atom], at.pixel);
    if (!adatom_grid_holds(&problem->grid, at.pixel) || off > same_place) {
        return adatom_fail(ADATOM_INVALID_INPUT, "atom %zu (%s) is not on the grid", atom + 1,
                           symbol);
    }
    *action = adatom_problem_action(problem, at);
    return ADATOM_OK;
}

static adatom_status place_atoms(const reading *r, const adatom_structure *seed, int *actions,
                                 int *placed)
{
    const adatom_problem *problem = r->problem;
    int left[ADATOM_PARTS_MAX], count = 0;
    memcpy(left, problem->amounts, sizeof left);
    for (size_t i = 0; i < seed->atom_count; i++) {
        if (!r->taken[i]) {
            ADATOM_TRY(place_atom(r, seed, i, left, &actions[count]));
            count++;
        }
    }
    *placed = count;
    return ADATOM_OK;
}

/* Ends a build of fewer atoms than there may be. */
static adatom_status make_whole(adatom_agent *agent, int *actions, int count)
{
    const adatom_problem *problem = agent->problem;
    int counts[ADATOM_PARTS_MAX] = {0};
    if (count < problem->least_count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%d atoms beside the template, %s has %d", count,
                           problem->varies ? "system.place_least" : "system.place",
                           problem->least_count);
    }
    for (int i = 0; i < count; i++) {
        counts[adatom_problem_placement(problem, actions[i]).species]++;
    }
    for (int s = 0; s < problem->species_count; s++) {
        if (counts[s] < problem->least[s]) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%d atoms of %s, expected %d at least",
                               counts[s], adatom_element_symbol(problem->species[s]),
                               problem->least[s]);
        }
    }
    adatom_stop_fill(problem, actions, count);
    return adatom_agent_could_build(agent, actions)
               ? ADATOM_OK
               : adatom_fail(ADATOM_INVALID_INPUT,
                             "on the grid its atoms are nearer to each other than policy.c1 "
                             "allows, or outside of where they may be placed");
}

adatom_status adatom_seed_part(adatom_agent *agent, const adatom_structure *structure, int *actions,
                               int *count)
{
    reading r = {.problem = agent->problem};
    const adatom_structure *start = agent->problem->start;
    ADATOM_TRY(adatom_cell_complete(start->cell, start->periodic, r.cell));
    ADATOM_TRY(adatom_cell_invert(r.cell, r.inverse));
    ADATOM_TRY(check_cell(start, structure));
    ADATOM_TRY(adatom_allocate(structure->atom_count, sizeof *r.taken, &r.taken));
    adatom_status status = take_template(&r, structure);
    if (status == ADATOM_OK) {
        status = place_atoms(&r, structure, actions, count);
    }
    free(r.taken);
    return status;
}

static adatom_status read_seeds(adatom_agent *agent, const char *path, const adatom_frames *frames,
                                adatom_seeds *seeds)
{
    const size_t steps = (size_t)agent->problem->step_count;
    ADATOM_TRY(adatom_allocate(frames->count * steps, sizeof *seeds->actions, &seeds->actions));
    for (size_t i = 0; i < frames->count; i++) {
        int count = 0, *actions = seeds->actions + i * steps;
        adatom_status status =
            adatom_seed_part(agent, frames->frames[i].structure, actions, &count);
        status = status == ADATOM_OK ? make_whole(agent, actions, count) : status;
        if (status != ADATOM_OK) {
            return adatom_fail_in(status, "start.structures: %s, structure %zu", path, i + 1);
        }
    }
    seeds->count = frames->count;
    return ADATOM_OK;
}

adatom_status adatom_seeds_read(adatom_agent *agent, const adatom_search_options *options,
                                adatom_seeds *seeds)
{
    adatom_seeds read = {0};
    if (options->start_structures[0] != '\0') {
        adatom_frames frames;
        ADATOM_TRY(adatom_extxyz_read(options->start_structures, &frames));
        const adatom_status status = read_seeds(agent, options->start_structures, &frames, &read);
        adatom_frames_clear(&frames);
        if (status != ADATOM_OK) {
            adatom_seeds_clear(&read);
            return status;
        }
    }
    *seeds = read;
    return ADATOM_OK;
}

void adatom_seeds_clear(adatom_seeds *seeds)
{
    free(seeds->actions);
    *seeds = (adatom_seeds){0};
}
