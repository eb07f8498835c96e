#include "search/punishment.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

adatom_status adatom_punishment_create(const adatom_problem *problem,
                                       const adatom_search_options *options,
                                       adatom_punishment **out)
{
    adatom_punishment *punishment = NULL;
    if (options->punishment_amplitude > 0) {
        ADATOM_TRY(adatom_allocate(1, sizeof *punishment, &punishment));
        punishment->problem = problem;
        punishment->amplitude = options->punishment_amplitude;
        punishment->sigma = options->punishment_sigma;
        punishment->tolerance = options->punishment_tolerance;
        punishment->repeats = options->punishment_repeats;
        punishment->start = options->punishment_start;
    }
    *out = punishment;
    return ADATOM_OK;
}

void adatom_punishment_free(adatom_punishment *punishment)
{
    if (punishment == NULL) {
        return;
    }
    for (size_t m = 0; m < punishment->count; m++) {
        free(punishment->punished[m].actions);
        adatom_bag_of_bonds_free(punishment->punished[m].bag);
    }
    free(punishment->punished);
    free(punishment->lengths);
    free(punishment);
}

static adatom_status bag_of(const adatom_punishment *punishment, const int32_t *actions,
                            int step_count, adatom_bag_of_bonds **out)
{
    adatom_structure *structure;
    ADATOM_TRY(adatom_problem_structure(punishment->problem, actions, step_count, &structure));
    const adatom_status status = adatom_bag_of_bonds_create(structure, out);
    adatom_structure_free(structure);
    return status;
}

static double length_of(const adatom_bag_of_bonds *bag)
{
    const adatom_bag_of_bonds nothing = {0};
    return adatom_bag_of_bonds_distance(bag, &nothing);
}

static double term(const adatom_punishment *punishment, const adatom_bag_of_bonds *bag, size_t m)
{
    const double distance = adatom_bag_of_bonds_distance(bag, punishment->punished[m].bag);
    const double ratio = distance / punishment->sigma;
    return punishment->amplitude * exp(-0.5 * ratio * ratio);
}

adatom_status adatom_punishment_apply(const adatom_punishment *punishment, const int32_t *actions,
                                      int step_count, double *value)
{
    if (punishment->count == 0) {
        return ADATOM_OK;
    }
    adatom_bag_of_bonds *bag;
    ADATOM_TRY(bag_of(punishment, actions, step_count, &bag));
    for (size_t m = 0; m < punishment->count; m++) { /* in the order in which they came */
        *value += term(punishment, bag, m);
    }
    adatom_bag_of_bonds_free(bag);
    return ADATOM_OK;
}

adatom_status adatom_punishment_add(adatom_punishment *punishment, const int32_t *actions,
                                    int step_count)
{
    adatom_punished added = {.step_count = step_count};
    const size_t bytes = (size_t)step_count * sizeof *actions;
    ADATOM_TRY(adatom_grow(&punishment->punished, &punishment->capacity, punishment->count + 1,
                           sizeof added));
    ADATOM_TRY(adatom_allocate(bytes, 1, &added.actions));
    memcpy(added.actions, actions, bytes);
    const adatom_status status = bag_of(punishment, actions, step_count, &added.bag);
    if (status != ADATOM_OK) {
        free(added.actions);
        return status;
    }
    punishment->punished[punishment->count++] = added;
    return ADATOM_OK;
}

/* -- the buffer */

/* Keeps how long the slot's bag is: bags can be no nearer than their lengths are. */
static adatom_status note_length(adatom_punishment *punishment, const adatom_replay *replay,
                                 size_t slot, bool whole)
{
    ADATOM_TRY(adatom_grow(&punishment->lengths, &punishment->length_capacity, slot + 1,
                           sizeof *punishment->lengths));
    punishment->lengths[slot] = -1;
    if (whole) {
        adatom_bag_of_bonds *bag;
        ADATOM_TRY(bag_of(punishment, adatom_replay_actions(replay, slot),
                          replay->slots[slot].step_count, &bag));
        punishment->lengths[slot] = length_of(bag);
        adatom_bag_of_bonds_free(bag);
    }
    return ADATOM_OK;
}

adatom_status adatom_punishment_restore(adatom_punishment *punishment, const adatom_replay *replay)
{
    for (size_t slot = 0; slot < replay->slot_count; slot++) {
        ADATOM_TRY(note_length(punishment, replay, slot, isfinite(replay->slots[slot].property)));
    }
    return ADATOM_OK;
}

static bool is_punished(const adatom_punishment *punishment, const adatom_bag_of_bonds *bag)
{
    for (size_t m = 0; m < punishment->count; m++) {
        if (adatom_bag_of_bonds_distance(bag, punishment->punished[m].bag) <=
            punishment->tolerance) {
            return true;
        }
    }
    return false;
}

/* Whether the buffer has at least `repeats` builds of the structure. */
static adatom_status is_repeated(const adatom_punishment *punishment, const adatom_replay *replay,
                                 const adatom_bag_of_bonds *bag, bool *repeated)
{
    const double length = length_of(bag);
    int64_t count = 0;
    for (size_t slot = 0; slot < replay->slot_count && count < punishment->repeats; slot++) {
        if (punishment->lengths[slot] < 0 ||
            fabs(punishment->lengths[slot] - length) > punishment->tolerance) {
            continue;
        }
        adatom_bag_of_bonds *other;
        ADATOM_TRY(bag_of(punishment, adatom_replay_actions(replay, slot),
                          replay->slots[slot].step_count, &other));
        count += adatom_bag_of_bonds_distance(bag, other) <= punishment->tolerance;
        adatom_bag_of_bonds_free(other);
    }
    *repeated = count >= punishment->repeats;
    return ADATOM_OK;
}

static adatom_status find_terms(const adatom_punishment *punishment, const adatom_replay *replay,
                                double *added)
{
    for (size_t slot = 0; slot < replay->slot_count; slot++) {
        adatom_bag_of_bonds *bag;
        if (punishment->lengths[slot] < 0) {
            continue;
        }
        ADATOM_TRY(bag_of(punishment, adatom_replay_actions(replay, slot),
                          replay->slots[slot].step_count, &bag));
        added[slot] = term(punishment, bag, punishment->count - 1);
        adatom_bag_of_bonds_free(bag);
    }
    return ADATOM_OK;
}

/* The one added last, in the properties of all episodes. */
static adatom_status punish_buffer(const adatom_punishment *punishment, adatom_replay *replay)
{
    double *added;
    ADATOM_TRY(adatom_allocate(replay->slot_count, sizeof *added, &added));
    const adatom_status status = find_terms(punishment, replay, added);
    if (status == ADATOM_OK) {
        adatom_replay_revalue(replay, added);
    }
    free(added);
    return status;
}

static adatom_status watch(adatom_punishment *punishment, adatom_replay *replay, size_t slot,
                           const adatom_bag_of_bonds *bag)
{
    bool repeated = false;
    if (!is_punished(punishment, bag)) {
        ADATOM_TRY(is_repeated(punishment, replay, bag, &repeated));
    }
    if (!repeated) {
        return ADATOM_OK;
    }
    ADATOM_TRY(adatom_punishment_add(punishment, adatom_replay_actions(replay, slot),
                                     replay->slots[slot].step_count));
    return punish_buffer(punishment, replay);
}

adatom_status adatom_punishment_watch(adatom_punishment *punishment, adatom_replay *replay,
                                      bool whole)
{
    const size_t slot = replay->latest;
    adatom_bag_of_bonds *bag;
    ADATOM_TRY(note_length(punishment, replay, slot, whole));
    if (!whole || replay->slots[slot].number < punishment->start) {
        return ADATOM_OK;
    }
    ADATOM_TRY(bag_of(punishment, adatom_replay_actions(replay, slot),
                      replay->slots[slot].step_count, &bag));
    const adatom_status status = watch(punishment, replay, slot, bag);
    adatom_bag_of_bonds_free(bag);
    return status;
}
