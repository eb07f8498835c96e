#include "ensemble/isomers.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A structure and the ensemble that found it. */
typedef struct entry {
    const adatom_found_structure *found;
    size_t source;
} entry;

static bool have_same_bonds(const adatom_found_structure *first,
                            const adatom_found_structure *second)
{
    return first->fingerprint.bonds == second->fingerprint.bonds &&
           memcmp(first->fingerprint.rings, second->fingerprint.rings,
                  sizeof first->fingerprint.rings) == 0;
}

/* Equal bonds side by side, the lowest energy first. */
static int compare_bonds(const void *a, const void *b)
{
    const adatom_found_structure *first = ((const entry *)a)->found,
                                 *second = ((const entry *)b)->found;
    if (first->fingerprint.bonds != second->fingerprint.bonds) {
        return first->fingerprint.bonds < second->fingerprint.bonds ? -1 : 1;
    }
    const int rings = memcmp(first->fingerprint.rings, second->fingerprint.rings,
                             sizeof first->fingerprint.rings);
    return rings != 0 ? rings : (first->energy > second->energy) - (first->energy < second->energy);
}

static int compare_energies(const void *a, const void *b)
{
    const double first = ((const adatom_isomer *)a)->lowest->energy;
    const double second = ((const adatom_isomer *)b)->lowest->energy;
    return (first > second) - (first < second);
}

static size_t count_structures(const adatom_isomer_source *sources, size_t source_count)
{
    size_t count = 0;
    for (size_t s = 0; s < source_count; s++) {
        count += sources[s].found->count;
    }
    return count;
}

static void list_structures(const adatom_isomer_source *sources, size_t source_count,
                            entry *entries)
{
    for (size_t s = 0; s < source_count; s++) {
        for (size_t i = 0; i < sources[s].found->count; i++) {
            *entries++ = (entry){.found = &sources[s].found->list[i], .source = s};
        }
    }
}

/* Agents of one ensemble that built any of the structures. */
static adatom_status count_agents(const entry *entries, size_t count, size_t source, size_t agents,
                                  size_t *out)
{
    unsigned char *any;
    ADATOM_TRY(adatom_allocate(agents + 1, 1, &any));
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 1; entries[i].source == source && k <= agents; k++) {
            *out += any[k] == 0 && entries[i].found->found_by[k] != 0;
            any[k] |= entries[i].found->found_by[k];
        }
    }
    free(any);
    return ADATOM_OK;
}

/* The first entry is the lowest. */
static adatom_status fill(const entry *entries, size_t count, const adatom_isomer_source *sources,
                          size_t source_count, adatom_isomer *isomer)
{
    isomer->lowest = entries[0].found;
    isomer->structures = count;
    for (size_t s = 0; s < source_count; s++) {
        ADATOM_TRY(count_agents(entries, count, s, sources[s].agents, &isomer->shares[s].agents));
    }
    for (size_t i = 0; i < count; i++) {
        isomer->shares[entries[i].source].builds += entries[i].found->builds;
    }
    return ADATOM_OK;
}

static adatom_status gather(entry *entries, size_t count, const adatom_isomer_source *sources,
                            adatom_isomers *isomers)
{
    size_t next;
    qsort(entries, count, sizeof *entries, compare_bonds);
    for (size_t i = 0; i < count; i = next) {
        adatom_isomer *isomer = &isomers->list[isomers->count];
        for (next = i + 1; next < count && have_same_bonds(entries[i].found, entries[next].found);
             next++) {
        }
        isomer->shares = isomers->shares + isomers->count * isomers->source_count;
        ADATOM_TRY(fill(entries + i, next - i, sources, isomers->source_count, isomer));
        isomers->count++;
    }
    qsort(isomers->list, isomers->count, sizeof *isomers->list, compare_energies);
    return ADATOM_OK;
}

adatom_status adatom_isomers_create(const adatom_isomer_source *sources, size_t source_count,
                                    adatom_isomers *out)
{
    const size_t count = count_structures(sources, source_count);
    adatom_isomers isomers = {.source_count = source_count};
    entry *entries = NULL;
    if (count == 0) {
        *out = isomers;
        return ADATOM_OK;
    }
    adatom_status status = adatom_allocate(count, sizeof *entries, &entries);
    if (status == ADATOM_OK) {
        status = adatom_allocate(count, sizeof *isomers.list, &isomers.list);
    }
    if (status == ADATOM_OK) {
        status = adatom_allocate(count * source_count, sizeof *isomers.shares, &isomers.shares);
    }
    if (status == ADATOM_OK) {
        list_structures(sources, source_count, entries);
        status = gather(entries, count, sources, &isomers);
    }
    free(entries);
    if (status != ADATOM_OK) {
        adatom_isomers_clear(&isomers);
        return status;
    }
    *out = isomers;
    return ADATOM_OK;
}

void adatom_isomers_clear(adatom_isomers *isomers)
{
    free(isomers->list);
    free(isomers->shares);
    *isomers = (adatom_isomers){.count = 0};
}
