#include "search/snapshots.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static size_t map_size(const adatom_problem *problem)
{
    return (size_t)problem->species_count * (size_t)adatom_problem_pixels(problem);
}

static void clear(adatom_snapshot *snapshot)
{
    free(snapshot->q);
    free(snapshot->allowed);
    free(snapshot->actions);
    *snapshot = (adatom_snapshot){0};
}

adatom_status adatom_snapshot_allocate(const adatom_problem *problem, adatom_snapshot *snapshot)
{
    const size_t values = ADATOM_SNAPSHOT_STEPS * map_size(problem);
    ADATOM_TRY(adatom_allocate(values, sizeof *snapshot->q, &snapshot->q));
    ADATOM_TRY(adatom_allocate(values, sizeof *snapshot->allowed, &snapshot->allowed));
    return adatom_allocate((size_t)problem->step_count, sizeof *snapshot->actions,
                           &snapshot->actions);
}

adatom_status adatom_snapshots_create(const adatom_problem *problem, int limit,
                                      adatom_snapshots **out)
{
    adatom_snapshots *snapshots;
    ADATOM_TRY(adatom_allocate(1, sizeof *snapshots, &snapshots));
    snapshots->problem = problem;
    snapshots->limit = limit < ADATOM_SNAPSHOTS_MAX ? limit : ADATOM_SNAPSHOTS_MAX;
    const int last = problem->least_count - 1; /* that every build has */
    const int steps[ADATOM_SNAPSHOT_STEPS] = {0, last / 2, last};
    for (int k = 0; k < ADATOM_SNAPSHOT_STEPS && limit > 0; k++) {
        if (k == 0 || steps[k] != steps[k - 1]) {
            snapshots->watch[snapshots->watch_count++] = steps[k];
        }
    }
    adatom_status status = ADATOM_OK;
    if (limit > 0) {
        status = adatom_snapshot_allocate(problem, &snapshots->current);
    }
    if (status != ADATOM_OK) {
        adatom_snapshots_free(snapshots);
        return status;
    }
    for (int k = 0; k < ADATOM_SNAPSHOT_STEPS; k++) {
        snapshots->current.steps[k] = steps[k];
    }
    *out = snapshots;
    return ADATOM_OK;
}

void adatom_snapshots_free(adatom_snapshots *snapshots)
{
    if (snapshots == NULL) {
        return;
    }
    for (int i = 0; i < snapshots->count; i++) {
        clear(&snapshots->kept[i]);
    }
    clear(&snapshots->best);
    clear(&snapshots->current);
    free(snapshots);
}

void adatom_snapshots_watch(void *context, int step, const float *q, const uint8_t *allowed,
                            int action)
{
    adatom_snapshots *snapshots = context;
    adatom_snapshot *current = &snapshots->current;
    const size_t size = map_size(snapshots->problem);
    const adatom_placement at = adatom_problem_placement(snapshots->problem, action);
    const int32_t placed[4] = {at.species, at.pixel[0], at.pixel[1], at.pixel[2]};
    for (int k = 0; k < ADATOM_SNAPSHOT_STEPS; k++) {
        if (current->steps[k] == step) {
            memcpy(current->q + (size_t)k * size, q, size * sizeof *q);
            memcpy(current->allowed + (size_t)k * size, allowed, size);
            memcpy(current->placed[k], placed, sizeof placed);
        }
    }
}

/* Copies over a snapshot that has memory already or gets it now. */
static adatom_status copy(const adatom_problem *problem, const adatom_snapshot *from,
                          adatom_snapshot *to)
{
    if (to->q == NULL) {
        const adatom_status status = adatom_snapshot_allocate(problem, to);
        if (status != ADATOM_OK) {
            clear(to);
            return status;
        }
    }
    const size_t values = ADATOM_SNAPSHOT_STEPS * map_size(problem);
    memcpy(to->q, from->q, values * sizeof *to->q);
    memcpy(to->allowed, from->allowed, values);
    memcpy(to->actions, from->actions, (size_t)problem->step_count * sizeof *to->actions);
    memcpy(to->steps, from->steps, sizeof to->steps);
    memcpy(to->placed, from->placed, sizeof to->placed);
    to->episode = from->episode;
    to->energy = from->energy;
    return ADATOM_OK;
}

static bool is_power_of_two(int64_t number)
{
    return (number & (number - 1)) == 0;
}

static adatom_status keep(adatom_snapshots *snapshots)
{
    if (snapshots->count == snapshots->limit) {
        const int leaving = snapshots->limit > 1 ? 1 : 0;
        adatom_snapshot freed = snapshots->kept[leaving];
        for (int i = leaving; i + 1 < snapshots->count; i++) {
            snapshots->kept[i] = snapshots->kept[i + 1];
        }
        snapshots->count--;
        snapshots->kept[snapshots->count] = freed; /* its memory serves the next */
    }
    ADATOM_TRY(copy(snapshots->problem, &snapshots->current, &snapshots->kept[snapshots->count]));
    snapshots->count++;
    return ADATOM_OK;
}

adatom_status adatom_snapshots_offer(adatom_snapshots *snapshots, int64_t episode, double energy,
                                     const int *actions, bool regular, bool best)
{
    if (snapshots->limit == 0) {
        return ADATOM_OK;
    }
    snapshots->current.episode = episode;
    snapshots->current.energy = energy;
    memcpy(snapshots->current.actions, actions,
           (size_t)snapshots->problem->step_count * sizeof *snapshots->current.actions);
    if (regular) {
        snapshots->builds++;
        if (is_power_of_two(snapshots->builds)) {
            ADATOM_TRY(keep(snapshots));
        }
    }
    return best ? copy(snapshots->problem, &snapshots->current, &snapshots->best) : ADATOM_OK;
}
