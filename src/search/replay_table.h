/* adatom: finding the entry of a state-action pair. */
#ifndef ADATOM_SEARCH_REPLAY_TABLE_H
#define ADATOM_SEARCH_REPLAY_TABLE_H

#include "search/replay.h"

/* Adds an action to the hash of a state; the order does not matter. */
uint64_t adatom_replay_state_with(uint64_t state, int32_t action);
/* Key of an action in a state. */
uint64_t adatom_replay_key(uint64_t state, int32_t action);

/* Index of the entry, or SIZE_MAX. */
size_t adatom_replay_find(const adatom_replay *replay, uint64_t key);
/* The key must be new. */
adatom_status adatom_replay_insert(adatom_replay *replay, const adatom_replay_entry *entry);
/* Removes an entry; the last one takes its place. */
void adatom_replay_remove(adatom_replay *replay, size_t index);
/* Makes the table anew for all entries. INVALID_INPUT if a key stands twice. */
adatom_status adatom_replay_rebuild_table(adatom_replay *replay);

#endif
