#include "search/replay_table.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

/* Finalizer of splitmix64: any two inputs differ in about half of the bits of the output. */
static uint64_t mix(uint64_t z)
{
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t adatom_replay_state_with(uint64_t state, int32_t action)
{
    return state + mix((uint64_t)action);
}

uint64_t adatom_replay_key(uint64_t state, int32_t action)
{
    return mix(state ^ mix(~(uint64_t)action));
}

static size_t home(const adatom_replay *replay, uint64_t key)
{
    return (size_t)key & (replay->table_size - 1);
}

/* The place in the table where the key is, or the empty one where it would be. */
static size_t probe(const adatom_replay *replay, uint64_t key)
{
    size_t place = home(replay, key);
    while (replay->table[place] != 0 && replay->entries[replay->table[place] - 1].key != key) {
        place = (place + 1) & (replay->table_size - 1);
    }
    return place;
}

size_t adatom_replay_find(const adatom_replay *replay, uint64_t key)
{
    if (replay->table_size == 0) {
        return SIZE_MAX;
    }
    const int32_t found = replay->table[probe(replay, key)];
    return found == 0 ? SIZE_MAX : (size_t)found - 1;
}

adatom_status adatom_replay_rebuild_table(adatom_replay *replay)
{
    size_t size = 1024;
    while (size < 4 * (replay->entry_count + 1)) {
        size *= 2;
    }
    int32_t *table;
    ADATOM_TRY(adatom_allocate(size, sizeof *table, &table));
    free(replay->table);
    replay->table = table;
    replay->table_size = size;
    for (size_t i = 0; i < replay->entry_count; i++) {
        const size_t place = probe(replay, replay->entries[i].key);
        if (table[place] != 0) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "replay buffer: a state-action pair stands twice");
        }
        table[place] = (int32_t)(i + 1);
    }
    return ADATOM_OK;
}

adatom_status adatom_replay_insert(adatom_replay *replay, const adatom_replay_entry *entry)
{
    if (replay->entry_count >= INT32_MAX - 1) {
        return adatom_fail(ADATOM_UNSUPPORTED,
                           "replay buffer: more than %d different steps, limit training.buffer",
                           INT32_MAX - 1);
    }
    if (2 * (replay->entry_count + 1) > replay->table_size) {
        ADATOM_TRY(adatom_replay_rebuild_table(replay));
    }
    ADATOM_TRY(adatom_grow(&replay->entries, &replay->entry_capacity, replay->entry_count + 1,
                           sizeof *replay->entries));
    replay->table[probe(replay, entry->key)] = (int32_t)(replay->entry_count + 1);
    replay->entries[replay->entry_count++] = *entry;
    return ADATOM_OK;
}

/* Closes the gap at a place of the table by moving later ones of its cluster up. */
static void close_gap(adatom_replay *replay, size_t gap)
{
    const size_t mask = replay->table_size - 1;
    replay->table[gap] = 0;
    for (size_t place = (gap + 1) & mask; replay->table[place] != 0; place = (place + 1) & mask) {
        const size_t wanted = home(replay, replay->entries[replay->table[place] - 1].key);
        if (((place - wanted) & mask) >= ((place - gap) & mask)) {
            replay->table[gap] = replay->table[place];
            replay->table[place] = 0;
            gap = place;
        }
    }
}

void adatom_replay_remove(adatom_replay *replay, size_t index)
{
    close_gap(replay, probe(replay, replay->entries[index].key));
    const size_t last = replay->entry_count - 1;
    if (index != last) {
        replay->table[probe(replay, replay->entries[last].key)] = (int32_t)(index + 1);
        replay->entries[index] = replay->entries[last];
    }
    replay->entry_count--;
}
