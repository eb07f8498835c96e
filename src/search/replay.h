/* adatom: the episodes of a run, and the steps of them that a batch is drawn from.
 *
 * J. Chem. Phys. 151, 054111 (2019), Methods, "Neural network training": a batch holds all steps of
 * the best and of the latest episode, the rest is drawn from the whole buffer; a state-action pair
 * that occurs several times counts once, with its best property. The state is the set of placed
 * atoms, whatever their order. */
#ifndef ADATOM_SEARCH_REPLAY_H
#define ADATOM_SEARCH_REPLAY_H

#include "adatom/status.h"
#include "base/random.h"

#include <stddef.h>
#include <stdint.h>

typedef struct adatom_replay_episode {
    int64_t number;
    double property; /* the lower the better; INFINITY where there is none */
    int step_count;  /* fewer than the build has if it got stuck */
} adatom_replay_episode;

/* A state-action pair and the best episode in which it occurs. */
typedef struct adatom_replay_entry {
    uint64_t key;
    int32_t slot, step;
    uint32_t batch; /* the last batch that took it */
} adatom_replay_entry;

typedef struct adatom_replay {
    int steps_most;    /* of an episode */
    size_t capacity;   /* episodes; 0: no limit */
    size_t slot_count; /* episodes that are there */
    size_t slot_capacity, action_capacity;
    adatom_replay_episode *slots; /* [slot_count] */
    int32_t *actions;             /* [slot_count][steps_most] */
    size_t best, latest;          /* slots */
    size_t entry_count, entry_capacity;
    adatom_replay_entry *entries; /* [entry_count] */
    size_t table_size;            /* a power of two */
    int32_t *table;               /* [table_size], index into entries + 1, 0 where empty */
    uint32_t batch;
} adatom_replay;

/* One step of a batch: the state is the first `step` actions of the slot. */
typedef struct adatom_replay_step {
    int slot, step;
    double property; /* the best of this state-action pair */
} adatom_replay_step;

/* capacity in episodes, 0 for no limit; the best and the latest are always kept. */
adatom_status adatom_replay_create(int steps_most, size_t capacity, adatom_replay **out);
void adatom_replay_free(adatom_replay *replay);

adatom_status adatom_replay_add(adatom_replay *replay, const adatom_replay_episode *episode,
                                const int32_t *actions);
const int32_t *adatom_replay_actions(const adatom_replay *replay, size_t slot);

/* Adds to the property of each slot, added [slot_count], and finds anew which episode is the best,
 * and the best one of each state-action pair. */
void adatom_replay_revalue(adatom_replay *replay, const double *added);

/* Most steps that a batch of the wanted size can have. */
size_t adatom_replay_batch_most(const adatom_replay *replay, size_t wanted);
/* Fills steps [adatom_replay_batch_most]; returns how many, each pair once: all steps of the best
 * and the latest episode, others up to `wanted` in all, as far as there are any. */
size_t adatom_replay_batch(adatom_replay *replay, size_t wanted, adatom_random *random,
                           adatom_replay_step *steps);

/* For checkpoints: makes the table, finds best and latest. INVALID_INPUT if slots or entries do not
 * fit together. The action numbers themselves must have been checked. */
adatom_status adatom_replay_restore(adatom_replay *replay);

#endif
