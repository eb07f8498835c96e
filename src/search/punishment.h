/* adatom: structures that were built again and again lose their reward.
 *
 * J. Chem. Phys. 151, 054111 (2019), Eq. 4: P + sum_m A exp(-d(s, s_m)^2 / 2 sigma^2), m over the
 * structures to be punished, d the distance of the bags of bonds. A structure is punished from its
 * repeats-th build on. Each one that is added changes the properties of all episodes of the replay
 * buffer, as if it had been punished from the start: the agent would go on learning the same from
 * its old successes otherwise. */
#ifndef ADATOM_SEARCH_PUNISHMENT_H
#define ADATOM_SEARCH_PUNISHMENT_H

#include "adatom/bonds.h"
#include "search/problem.h"
#include "search/replay.h"

typedef struct adatom_punished {
    int32_t *actions; /* [step_count] */
    int step_count;
    adatom_bag_of_bonds *bag;
} adatom_punished;

typedef struct adatom_punishment {
    const adatom_problem *problem;
    double amplitude, sigma, tolerance;
    int64_t repeats, start;
    adatom_punished *punished; /* [count] */
    size_t count, capacity;
    double *lengths; /* [slots of the replay buffer], of their bags; -1: no whole structure */
    size_t length_capacity;
} adatom_punishment;

/* *out becomes NULL where options ask for no punishment. The problem must outlive it. */
adatom_status adatom_punishment_create(const adatom_problem *problem,
                                       const adatom_search_options *options,
                                       adatom_punishment **out);
void adatom_punishment_free(adatom_punishment *punishment);

/* Adds Eq. 4 to the value of a whole build. */
adatom_status adatom_punishment_apply(const adatom_punishment *punishment, const int32_t *actions,
                                      int step_count, double *value);

/* After the latest episode has come into the buffer: punishes its structure from now on if it was
 * built often enough. `whole` if it has a structure. */
adatom_status adatom_punishment_watch(adatom_punishment *punishment, adatom_replay *replay,
                                      bool whole);

/* For checkpoints: punishes a build, without a change of the buffer. */
adatom_status adatom_punishment_add(adatom_punishment *punishment, const int32_t *actions,
                                    int step_count);
/* Once the buffer was read. */
adatom_status adatom_punishment_restore(adatom_punishment *punishment, const adatom_replay *replay);

#endif
