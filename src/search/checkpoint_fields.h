/* adatom: names and layout of a checkpoint, for the one that writes and the one that reads it. */
#ifndef ADATOM_SEARCH_CHECKPOINT_FIELDS_H
#define ADATOM_SEARCH_CHECKPOINT_FIELDS_H

#define ADATOM_CHECKPOINT_FORMAT "adatom search checkpoint 1"

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

enum { ADATOM_CHECKPOINT_COUNTER_COUNT = 6, ADATOM_CHECKPOINT_NUMBER_COUNT = 6 };

#endif
