#include "ensemble/structures.h"

#include "adatom/symmetry.h"
#include "atoms/pieces.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/database.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Å; structures that were relaxed for a few steps only are not quite symmetric. */
static const double symmetry_tolerance = 0.1;

/* One row of one agent's database. */
typedef struct candidate {
    adatom_structure *structure;
    double energy;
    double rank; /* the lower the better */
    int64_t episode;
    int agent;
    bool lowest; /* of its agent */
} candidate;

typedef struct candidates {
    size_t count, capacity;
    candidate *list;
} candidates;

static void clear_candidates(candidates *all)
{
    for (size_t i = 0; i < all->count; i++) {
        adatom_structure_free(all->list[i].structure);
    }
    free(all->list);
}

static void free_rows(adatom_database_best *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        adatom_structure_free(rows[i].structure);
    }
    free(rows);
}

/* Of an agent at work the database may be locked, or not there yet: it has no rows then. */
static adatom_status read_database(const char *folder, int agent, const adatom_members *members,
                                   size_t limit, adatom_database_best **rows, size_t *count)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE], note[ADATOM_ENSEMBLE_NOTE_SIZE];
    struct stat found;
    *rows = NULL;
    *count = 0;
    ADATOM_TRY(adatom_ensemble_agent_path(folder, agent, "candidates.db", path));
    if (stat(path, &found) != 0) {
        return ADATOM_OK;
    }
    const adatom_status status =
        members != NULL && members->has_property
            ? adatom_database_foremost(path, "episode", "property",
                                       members->options.target_maximise, limit, rows, count)
            : adatom_database_lowest(path, "episode", limit, rows, count);
    return adatom_ensemble_standing(folder, agent, NULL, note) == ADATOM_AGENT_OPEN &&
                   status != ADATOM_OUT_OF_MEMORY
               ? ADATOM_OK
               : status;
}

static adatom_status take_rows(const char *folder, int agent, const adatom_members *members,
                               candidates *all)
{
    const bool highest = members->has_property && members->options.target_maximise;
    adatom_database_best *rows;
    size_t count;
    ADATOM_TRY(read_database(folder, agent, members, ADATOM_LOWEST_OF_AGENT, &rows, &count));
    const adatom_status status =
        adatom_grow(&all->list, &all->capacity, all->count + count, sizeof *all->list);
    for (size_t i = 0; status == ADATOM_OK && i < count; i++) {
        all->list[all->count++] = (candidate){.structure = rows[i].structure,
                                              .energy = rows[i].energy,
                                              .rank = highest ? -rows[i].rank : rows[i].rank,
                                              .episode = (int64_t)rows[i].value,
                                              .agent = agent,
                                              .lowest = i == 0};
        rows[i].structure = NULL;
    }
    free_rows(rows, count);
    return status;
}

/* By energy or property; what has the same by agent and episode. */
static int compare_candidates(const void *a, const void *b)
{
    const candidate *first = a, *second = b;
    if (first->rank != second->rank) {
        return first->rank < second->rank ? -1 : 1;
    }
    if (first->agent != second->agent) {
        return first->agent - second->agent;
    }
    return (first->episode > second->episode) - (first->episode < second->episode);
}

static void count_build(adatom_found_structure *found, const candidate *build)
{
    found->builds++;
    found->best_of += build->lowest;
    found->agents += found->found_by[build->agent] == 0;
    found->found_by[build->agent] = 1;
}

static adatom_status describe(adatom_found_structure *found)
{
    adatom_structure_formula(found->structure, found->formula, sizeof found->formula);
    ADATOM_TRY(
        adatom_structure_pieces_formula(found->structure, found->pieces, sizeof found->pieces));
    if (adatom_structure_symmetry(found->structure, symmetry_tolerance, found->symmetry,
                                  sizeof found->symmetry) != ADATOM_OK) {
        found->symmetry[0] = '\0';
    }
    return ADATOM_OK;
}

static adatom_status add_new(candidate *build, size_t agents, adatom_fingerprint *fingerprint,
                             adatom_found_structures *found)
{
    unsigned char *found_by;
    ADATOM_TRY(adatom_grow(&found->list, &found->capacity, found->count + 1, sizeof *found->list));
    ADATOM_TRY(adatom_allocate(agents + 1, 1, &found_by));
    adatom_found_structure *now = &found->list[found->count++];
    *now = (adatom_found_structure){.structure = build->structure,
                                    .energy = build->energy,
                                    .property = found->highest ? -build->rank : build->rank,
                                    .agent = build->agent,
                                    .episode = build->episode,
                                    .fingerprint = *fingerprint,
                                    .found_by = found_by};
    build->structure = NULL;
    *fingerprint = (adatom_fingerprint){.bonds = 0};
    return describe(now);
}

/* *place becomes that of the structure in the list, or SIZE_MAX if it has none. */
static adatom_status find_place(candidate *build, size_t agents, adatom_found_structures *found,
                                size_t *place)
{
    adatom_fingerprint fingerprint;
    *place = SIZE_MAX;
    if (adatom_fingerprint_create(build->structure, &fingerprint) != ADATOM_OK) {
        return ADATOM_OK; /* two atoms in one place: no structure to speak of */
    }
    adatom_status status = ADATOM_OK;
    for (size_t i = 0; i < found->count && *place == SIZE_MAX; i++) {
        *place = adatom_fingerprint_same(&found->list[i].fingerprint, &fingerprint) ? i : SIZE_MAX;
    }
    if (*place == SIZE_MAX && found->count < ADATOM_STRUCTURES_MAX) {
        *place = found->count;
        status = add_new(build, agents, &fingerprint, found);
    }
    adatom_fingerprint_clear(&fingerprint);
    return status;
}

/* A structure from the cache has the energy of the first build to the last bit: what follows it in
 * the order is the same structure. */
static bool is_repeated(const candidate *before, const candidate *now)
{
    return now->energy == before->energy && now->rank == before->rank &&
           now->agent == before->agent;
}

static adatom_status sort_in(candidates *all, size_t agents, adatom_found_structures *found)
{
    size_t place = SIZE_MAX;
    if (all->count > 0) {
        qsort(all->list, all->count, sizeof *all->list, compare_candidates);
    }
    found->looked_at = all->count;
    for (size_t i = 0; i < all->count; i++) {
        candidate *now = &all->list[i];
        if (i == 0 || !is_repeated(now - 1, now)) {
            ADATOM_TRY(find_place(now, agents, found, &place));
        }
        if (place != SIZE_MAX) {
            count_build(&found->list[place], now);
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_found_structures_read(const char *folder, const adatom_members *members,
                                           adatom_found_structures *out)
{
    candidates all = {.count = 0};
    adatom_found_structures found = {.has_property = members->has_property,
                                     .highest =
                                         members->has_property && members->options.target_maximise};
    adatom_status status = ADATOM_OK;
    for (size_t i = 0; status == ADATOM_OK && i < members->count; i++) {
        status = take_rows(folder, members->members[i].agent, members, &all);
    }
    if (status == ADATOM_OK) {
        status = sort_in(&all, members->count, &found);
    }
    clear_candidates(&all);
    if (status != ADATOM_OK) {
        adatom_found_structures_clear(&found);
        return status;
    }
    *out = found;
    return ADATOM_OK;
}

void adatom_found_structures_clear(adatom_found_structures *found)
{
    for (size_t i = 0; i < found->count; i++) {
        adatom_structure_free(found->list[i].structure);
        adatom_fingerprint_clear(&found->list[i].fingerprint);
        free(found->list[i].found_by);
    }
    free(found->list);
    *found = (adatom_found_structures){.count = 0};
}

adatom_status adatom_member_first_build(const char *folder, int agent,
                                        const adatom_fingerprint *target, int64_t *episode)
{
    adatom_database_best *rows;
    size_t count;
    *episode = 0;
    ADATOM_TRY(read_database(folder, agent, NULL, SIZE_MAX, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const int64_t now = (int64_t)rows[i].value;
        adatom_fingerprint fingerprint;
        if ((*episode > 0 && now > *episode) ||
            adatom_fingerprint_create(rows[i].structure, &fingerprint) != ADATOM_OK) {
            continue;
        }
        *episode = adatom_fingerprint_same(&fingerprint, target) ? now : *episode;
        adatom_fingerprint_clear(&fingerprint);
    }
    free_rows(rows, count);
    return ADATOM_OK;
}
