#include "search/replay.h"

#include "base/error.h"
#include "base/memory.h"
#include "search/replay_table.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

adatom_status adatom_replay_create(int steps_most, size_t capacity, adatom_replay **out)
{
    adatom_replay *replay;
    ADATOM_TRY(adatom_allocate(1, sizeof *replay, &replay));
    replay->steps_most = steps_most;
    replay->capacity = capacity == 1 ? 2 : capacity; /* the best and the latest */
    *out = replay;
    return ADATOM_OK;
}

void adatom_replay_free(adatom_replay *replay)
{
    if (replay == NULL) {
        return;
    }
    free(replay->slots);
    free(replay->actions);
    free(replay->entries);
    free(replay->table);
    free(replay);
}

const int32_t *adatom_replay_actions(const adatom_replay *replay, size_t slot)
{
    return replay->actions + slot * (size_t)replay->steps_most;
}

static bool is_better(const adatom_replay *replay, size_t slot, size_t than)
{
    const adatom_replay_episode *a = &replay->slots[slot], *b = &replay->slots[than];
    return a->property != b->property ? a->property < b->property : a->number < b->number;
}

/* -- making room */

/* Entries that the slot owned look for their next best owner among the other slots. */
static void find_new_owners(adatom_replay *replay, size_t leaving)
{
    for (size_t slot = 0; slot < replay->slot_count; slot++) {
        const int32_t *actions = adatom_replay_actions(replay, slot);
        uint64_t state = 0;
        for (int step = 0; slot != leaving && step < replay->slots[slot].step_count; step++) {
            const size_t index =
                adatom_replay_find(replay, adatom_replay_key(state, actions[step]));
            adatom_replay_entry *entry = index == SIZE_MAX ? NULL : &replay->entries[index];
            const bool orphan =
                entry != NULL && (entry->slot == (int32_t)leaving || entry->batch == UINT32_MAX);
            if (orphan &&
                (entry->slot == (int32_t)leaving || is_better(replay, slot, (size_t)entry->slot))) {
                entry->slot = (int32_t)slot;
                entry->step = step;
                entry->batch = UINT32_MAX; /* still looking for a better one */
            }
            state = adatom_replay_state_with(state, actions[step]);
        }
    }
}

static void drop_orphans(adatom_replay *replay, size_t leaving)
{
    const int32_t *actions = adatom_replay_actions(replay, leaving);
    uint64_t state = 0;
    for (int step = 0; step < replay->slots[leaving].step_count; step++) {
        const size_t index = adatom_replay_find(replay, adatom_replay_key(state, actions[step]));
        if (index != SIZE_MAX && replay->entries[index].slot == (int32_t)leaving) {
            adatom_replay_remove(replay, index);
        } else if (index != SIZE_MAX && replay->entries[index].batch == UINT32_MAX) {
            replay->entries[index].batch = 0;
        }
        state = adatom_replay_state_with(state, actions[step]);
    }
}

static size_t oldest_but_best(const adatom_replay *replay)
{
    size_t oldest = replay->best == 0 ? 1 : 0;
    for (size_t slot = 0; slot < replay->slot_count; slot++) {
        if (slot != replay->best && replay->slots[slot].number < replay->slots[oldest].number) {
            oldest = slot;
        }
    }
    return oldest;
}

/* The slot for the next episode: a new one, or the oldest but the best. */
static adatom_status take_slot(adatom_replay *replay, size_t *slot)
{
    if (replay->capacity == 0 || replay->slot_count < replay->capacity) {
        const size_t count = replay->slot_count + 1, steps = (size_t)replay->steps_most;
        if (count > INT32_MAX) {
            return adatom_fail(ADATOM_UNSUPPORTED,
                               "replay buffer: too many episodes, limit training.buffer");
        }
        ADATOM_TRY(
            adatom_grow(&replay->slots, &replay->slot_capacity, count, sizeof *replay->slots));
        ADATOM_TRY(adatom_grow(&replay->actions, &replay->action_capacity, count * steps,
                               sizeof *replay->actions));
        *slot = replay->slot_count++;
        return ADATOM_OK;
    }
    *slot = oldest_but_best(replay);
    find_new_owners(replay, *slot);
    drop_orphans(replay, *slot);
    return ADATOM_OK;
}

/* -- adding */

static adatom_status add_entries(adatom_replay *replay, size_t slot)
{
    const int32_t *actions = adatom_replay_actions(replay, slot);
    uint64_t state = 0;
    for (int step = 0; step < replay->slots[slot].step_count; step++) {
        const uint64_t key = adatom_replay_key(state, actions[step]);
        const size_t index = adatom_replay_find(replay, key);
        const adatom_replay_entry entry = {.key = key, .slot = (int32_t)slot, .step = step};
        if (index == SIZE_MAX) {
            ADATOM_TRY(adatom_replay_insert(replay, &entry));
        } else if (is_better(replay, slot, (size_t)replay->entries[index].slot)) {
            replay->entries[index].slot = (int32_t)slot;
            replay->entries[index].step = step;
        }
        state = adatom_replay_state_with(state, actions[step]);
    }
    return ADATOM_OK;
}

adatom_status adatom_replay_add(adatom_replay *replay, const adatom_replay_episode *episode,
                                const int32_t *actions)
{
    size_t slot = 0;
    ADATOM_TRY(take_slot(replay, &slot));
    replay->slots[slot] = *episode;
    memcpy(replay->actions + slot * (size_t)replay->steps_most, actions,
           (size_t)episode->step_count * sizeof *actions);
    replay->latest = slot;
    if (replay->slot_count == 1 || is_better(replay, slot, replay->best)) {
        replay->best = slot;
    }
    return add_entries(replay, slot);
}

/* -- other properties */

static void find_best(adatom_replay *replay)
{
    for (size_t slot = 0; slot < replay->slot_count; slot++) {
        if (slot == 0 || is_better(replay, slot, replay->best)) {
            replay->best = slot;
        }
    }
}

/* Entries of the slot become its own where it is better than their owners. */
static void claim_entries(adatom_replay *replay, size_t slot)
{
    const int32_t *actions = adatom_replay_actions(replay, slot);
    uint64_t state = 0;
    for (int step = 0; step < replay->slots[slot].step_count; step++) {
        const size_t index = adatom_replay_find(replay, adatom_replay_key(state, actions[step]));
        adatom_replay_entry *entry = index == SIZE_MAX ? NULL : &replay->entries[index];
        if (entry != NULL && is_better(replay, slot, (size_t)entry->slot)) {
            entry->slot = (int32_t)slot;
            entry->step = step;
        }
        state = adatom_replay_state_with(state, actions[step]);
    }
}

void adatom_replay_revalue(adatom_replay *replay, const double *added)
{
    for (size_t slot = 0; slot < replay->slot_count; slot++) {
        replay->slots[slot].property += added[slot];
    }
    for (size_t slot = 0; slot < replay->slot_count; slot++) {
        claim_entries(replay, slot);
    }
    find_best(replay);
}

/* -- batches */

size_t adatom_replay_batch_most(const adatom_replay *replay, size_t wanted)
{
    const size_t both = 2 * (size_t)replay->steps_most;
    return wanted > both ? wanted : both;
}

static adatom_replay_step take_entry(adatom_replay *replay, size_t index)
{
    adatom_replay_entry *entry = &replay->entries[index];
    entry->batch = replay->batch;
    return (adatom_replay_step){
        .slot = entry->slot, .step = entry->step, .property = replay->slots[entry->slot].property};
}

static size_t take_episode(adatom_replay *replay, size_t slot, adatom_replay_step *steps)
{
    const int32_t *actions = adatom_replay_actions(replay, slot);
    size_t count = 0;
    uint64_t state = 0;
    for (int step = 0; step < replay->slots[slot].step_count; step++) {
        const size_t index = adatom_replay_find(replay, adatom_replay_key(state, actions[step]));
        if (replay->entries[index].batch != replay->batch) {
            steps[count++] = take_entry(replay, index);
        }
        state = adatom_replay_state_with(state, actions[step]);
    }
    return count;
}

static void start_batch(adatom_replay *replay)
{
    replay->batch++;
    if (replay->batch >= UINT32_MAX - 1) {
        for (size_t i = 0; i < replay->entry_count; i++) {
            replay->entries[i].batch = 0;
        }
        replay->batch = 1;
    }
}

size_t adatom_replay_batch(adatom_replay *replay, size_t wanted, adatom_random *random,
                           adatom_replay_step *steps)
{
    if (replay->slot_count == 0) {
        return 0;
    }
    start_batch(replay);
    size_t count = take_episode(replay, replay->best, steps);
    count += take_episode(replay, replay->latest, steps + count);
    if (replay->entry_count <= wanted) {
        for (size_t i = 0; i < replay->entry_count; i++) {
            if (replay->entries[i].batch != replay->batch) {
                steps[count++] = take_entry(replay, i);
            }
        }
        return count;
    }
    while (count < wanted) {
        const size_t index = (size_t)adatom_random_below(random, replay->entry_count);
        if (replay->entries[index].batch != replay->batch) {
            steps[count++] = take_entry(replay, index);
        }
    }
    return count;
}

/* -- checkpoints */

static bool entry_fits(const adatom_replay *replay, adatom_replay_entry *entry)
{
    if (entry->slot < 0 || (size_t)entry->slot >= replay->slot_count || entry->step < 0 ||
        entry->step >= replay->slots[entry->slot].step_count) {
        return false;
    }
    const int32_t *actions = adatom_replay_actions(replay, (size_t)entry->slot);
    uint64_t state = 0;
    for (int step = 0; step < entry->step; step++) {
        state = adatom_replay_state_with(state, actions[step]);
    }
    entry->key = adatom_replay_key(state, actions[entry->step]);
    entry->batch = 0;
    return true;
}

/* Every step that is stored must have its entry, or a batch would look for it in vain. */
static bool all_steps_found(const adatom_replay *replay)
{
    for (size_t slot = 0; slot < replay->slot_count; slot++) {
        const int32_t *actions = adatom_replay_actions(replay, slot);
        uint64_t state = 0;
        for (int step = 0; step < replay->slots[slot].step_count; step++) {
            if (adatom_replay_find(replay, adatom_replay_key(state, actions[step])) == SIZE_MAX) {
                return false;
            }
            state = adatom_replay_state_with(state, actions[step]);
        }
    }
    return true;
}

adatom_status adatom_replay_restore(adatom_replay *replay)
{
    for (size_t i = 0; i < replay->entry_count; i++) {
        if (!entry_fits(replay, &replay->entries[i])) {
            return adatom_fail(ADATOM_INVALID_INPUT, "replay buffer: a step that no episode has");
        }
    }
    ADATOM_TRY(adatom_replay_rebuild_table(replay));
    if (!all_steps_found(replay)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "replay buffer: a step of an episode is missing");
    }
    find_best(replay);
    for (size_t slot = 0; slot < replay->slot_count; slot++) {
        if (slot == 0 || replay->slots[slot].number > replay->slots[replay->latest].number) {
            replay->latest = slot;
        }
    }
    if (replay->capacity > 0 && replay->slot_count > replay->capacity) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "replay buffer: more episodes than training.buffer");
    }
    return ADATOM_OK;
}
