#include "search/cache.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_TABLE_SIZE = 64 };

adatom_status adatom_cache_create(size_t key_length, size_t value_length, size_t capacity,
                                  adatom_cache **out)
{
    adatom_cache *cache;
    ADATOM_TRY(adatom_allocate(1, sizeof *cache, &cache));
    cache->key_length = key_length;
    cache->value_length = value_length;
    cache->capacity = capacity < 1 ? 1 : capacity > INT32_MAX ? INT32_MAX : capacity;
    *out = cache;
    return ADATOM_OK;
}

void adatom_cache_free(adatom_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    free(cache->keys);
    free(cache->values);
    free(cache->table);
    free(cache);
}

/* -- the table: open addressing, one place after the other */

static const int32_t *key_of(const adatom_cache *cache, size_t entry)
{
    return cache->keys + entry * cache->key_length;
}

static bool same_key(const adatom_cache *cache, const int32_t *a, const int32_t *b)
{
    return memcmp(a, b, cache->key_length * sizeof *a) == 0;
}

/* Where the search for a key starts. */
static size_t home_of(const adatom_cache *cache, const int32_t *key)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < cache->key_length; i++) {
        hash = (hash ^ (uint32_t)key[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return (size_t)hash & (cache->table_size - 1);
}

/* The place of the key in the table, or the empty place where it would stand. */
static size_t place_of(const adatom_cache *cache, const int32_t *key)
{
    size_t place = home_of(cache, key);
    while (cache->table[place] != 0 &&
           !same_key(cache, key_of(cache, (size_t)cache->table[place] - 1), key)) {
        place = (place + 1) & (cache->table_size - 1);
    }
    return place;
}

static void enter(adatom_cache *cache, size_t entry)
{
    cache->table[place_of(cache, key_of(cache, entry))] = (int32_t)entry + 1;
}

/* Those that stand behind a gap only because the place was taken move up. */
static void leave(adatom_cache *cache, size_t entry)
{
    const size_t mask = cache->table_size - 1;
    size_t gap = place_of(cache, key_of(cache, entry));
    cache->table[gap] = 0;
    for (size_t place = (gap + 1) & mask; cache->table[place] != 0; place = (place + 1) & mask) {
        const size_t home = home_of(cache, key_of(cache, (size_t)cache->table[place] - 1));
        if (((place - home) & mask) >= ((place - gap) & mask)) {
            cache->table[gap] = cache->table[place];
            cache->table[place] = 0;
            gap = place;
        }
    }
}

/* At least twice as many places as entries. */
static adatom_status make_table(adatom_cache *cache, size_t count)
{
    size_t size = cache->table_size > 0 ? cache->table_size : FIRST_TABLE_SIZE;
    while (size < 2 * count) {
        size *= 2;
    }
    if (size == cache->table_size) {
        return ADATOM_OK;
    }
    int32_t *table;
    ADATOM_TRY(adatom_allocate(size, sizeof *table, &table));
    free(cache->table);
    cache->table = table;
    cache->table_size = size;
    for (size_t entry = 0; entry < cache->count; entry++) {
        enter(cache, entry);
    }
    return ADATOM_OK;
}

/* -- entries */

const double *adatom_cache_find(const adatom_cache *cache, const int32_t *key)
{
    if (cache->count == 0) {
        return NULL;
    }
    const int32_t found = cache->table[place_of(cache, key)];
    return found == 0 ? NULL : cache->values + ((size_t)found - 1) * cache->value_length;
}

adatom_status adatom_cache_reserve(adatom_cache *cache, size_t count)
{
    if (count > cache->capacity) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%zu structures in the cache, expected at most %zu", count,
                           cache->capacity);
    }
    ADATOM_TRY(adatom_grow(&cache->keys, &cache->key_capacity, count * cache->key_length,
                           sizeof *cache->keys));
    return adatom_grow(&cache->values, &cache->value_capacity, count * cache->value_length,
                       sizeof *cache->values);
}

adatom_status adatom_cache_add(adatom_cache *cache, const int32_t *key, const double *value)
{
    const size_t entry = cache->next;
    if (entry == cache->count) {
        ADATOM_TRY(adatom_cache_reserve(cache, cache->count + 1));
        ADATOM_TRY(make_table(cache, cache->count + 1));
        cache->count++;
    } else {
        leave(cache, entry);
    }
    memcpy(cache->keys + entry * cache->key_length, key, cache->key_length * sizeof *key);
    memcpy(cache->values + entry * cache->value_length, value, cache->value_length * sizeof *value);
    enter(cache, entry);
    cache->next = (entry + 1) % cache->capacity;
    return ADATOM_OK;
}

adatom_status adatom_cache_restore(adatom_cache *cache, size_t count, size_t next)
{
    const bool fits = count == cache->capacity ? next < count : next == count;
    bool sound = true;
    for (size_t i = 0; i < count * cache->value_length; i++) {
        sound = sound && isfinite(cache->values[i]);
    }
    if (!fits || !sound) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the cache of evaluated structures is damaged");
    }
    free(cache->table);
    cache->table = NULL;
    cache->table_size = 0;
    cache->count = count;
    cache->next = next;
    return make_table(cache, count);
}
