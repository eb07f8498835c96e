/* adatom: what has been evaluated before, by an exact key; the oldest entries make room.
 *
 * Which entries are there depends only on the order in which they came, so that a run that is
 * resumed finds the same ones. */
#ifndef ADATOM_SEARCH_CACHE_H
#define ADATOM_SEARCH_CACHE_H

#include "adatom/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct adatom_cache {
    size_t key_length, value_length;
    size_t capacity; /* entries at most */
    size_t count;    /* entries that are there */
    size_t next;     /* the entry that is written next: `count`, or the oldest where all are full */
    int32_t *keys;   /* [count][key_length] */
    double *values;  /* [count][value_length] */
    size_t key_capacity, value_capacity, table_size;
    int32_t *table; /* [table_size], a power of two: entry + 1, or 0 where empty */
} adatom_cache;

/* At least one entry, at most INT32_MAX of them; memory is taken as they come. */
adatom_status adatom_cache_create(size_t key_length, size_t value_length, size_t capacity,
                                  adatom_cache **out);
void adatom_cache_free(adatom_cache *cache);

/* The value [value_length] of the key [key_length], until the next call of adatom_cache_add; NULL
 * if there is none. */
const double *adatom_cache_find(const adatom_cache *cache, const int32_t *key);
/* The key must not be there. */
adatom_status adatom_cache_add(adatom_cache *cache, const int32_t *key, const double *value);

/* For checkpoints: room for `count` entries, then keys and values are filled in by the caller, then
 * adatom_cache_restore makes the table. INVALID_INPUT if they cannot be entries of this cache. */
adatom_status adatom_cache_reserve(adatom_cache *cache, size_t count);
adatom_status adatom_cache_restore(adatom_cache *cache, size_t count, size_t next);

#endif
