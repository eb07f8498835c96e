/* adatom: names and layout of a checkpoint, for the one that writes and the one that reads it. */
#ifndef ADATOM_SEARCH_CHECKPOINT_FIELDS_H
#define ADATOM_SEARCH_CHECKPOINT_FIELDS_H

#include "search/snapshots.h"

#define ADATOM_CHECKPOINT_FORMAT "adatom search checkpoint 2"

/* X(index, field of adatom_run) of /run/counters, int64. */
#define ADATOM_CHECKPOINT_COUNTERS(X)                                                              \
    X(0, state.episode)                                                                            \
    X(1, state.evaluations)                                                                        \
    X(2, state.best_episode)                                                                       \
    X(3, files.log_bytes)                                                                          \
    X(4, snapshots->builds)                                                                        \
    X(5, agent->adam->step)

/* X(index, field of adatom_run) of /run/numbers, double. */
#define ADATOM_CHECKPOINT_NUMBERS(X)                                                               \
    X(0, state.energy)                                                                             \
    X(1, state.best_energy)                                                                        \
    X(2, state.seconds)                                                                            \
    X(3, state.seconds_build)                                                                      \
    X(4, state.seconds_evaluate)                                                                   \
    X(5, state.seconds_train)

/* X(name, type, rank, dimensions, field of adatom_snapshot) of /snapshots/NN; `sizes` are its
 * adatom_snapshot_sizes. */
#define ADATOM_SNAPSHOT_ARRAYS(X)                                                                  \
    X("episode", INT64, 1, &sizes.one, &snapshot->episode)                                         \
    X("energy", DOUBLE, 1, &sizes.one, &snapshot->energy)                                          \
    X("steps", INT32, 1, &sizes.map[0], snapshot->steps)                                           \
    X("q", FLOAT, 5, sizes.map, snapshot->q)                                                       \
    X("allowed", UINT8, 5, sizes.map, snapshot->allowed)                                           \
    X("action", INT32, 2, sizes.placed, snapshot->placed)                                          \
    X("actions", INT32, 1, &sizes.built, snapshot->actions)

/* Dimensions of those arrays. */
typedef struct adatom_snapshot_sizes {
    size_t one, map[5], placed[2], built;
} adatom_snapshot_sizes;

static inline adatom_snapshot_sizes adatom_snapshot_sizes_of(const adatom_problem *problem)
{
    return (adatom_snapshot_sizes){.one = 1,
                                   .map = {ADATOM_SNAPSHOT_STEPS, (size_t)problem->species_count,
                                           (size_t)problem->grid.shape[0],
                                           (size_t)problem->grid.shape[1],
                                           (size_t)problem->grid.shape[2]},
                                   .placed = {ADATOM_SNAPSHOT_STEPS, 4},
                                   .built = (size_t)problem->step_count};
}

enum { ADATOM_CHECKPOINT_COUNTER_COUNT = 6, ADATOM_CHECKPOINT_NUMBER_COUNT = 6 };

#endif
