/* adatom: Q-maps of some builds, kept for the report (Fig. 2a of J. Chem. Phys. 151, 054111
 * (2019)). */
#ifndef ADATOM_SEARCH_SNAPSHOTS_H
#define ADATOM_SEARCH_SNAPSHOTS_H

#include "search/problem.h"

#include <stdint.h>

enum { ADATOM_SNAPSHOT_STEPS = 3, ADATOM_SNAPSHOTS_MAX = 64 };

/* The first, a middle and the last step of a build; where the number of atoms varies, of the least
 * one. */
typedef struct adatom_snapshot {
    int64_t episode;                          /* 0: nothing here */
    double energy;                            /* eV */
    int32_t steps[ADATOM_SNAPSHOT_STEPS];     /* atoms placed before the action */
    int32_t placed[ADATOM_SNAPSHOT_STEPS][4]; /* the action: species, x, y, z */
    float *q;                                 /* [3][species][x][y][z] */
    uint8_t *allowed;                         /* as q */
    int32_t *actions;                         /* [step_count], the whole build, up to a stop */
} adatom_snapshot;

typedef struct adatom_snapshots {
    const adatom_problem *problem;
    int limit; /* episodes to keep beside the best */
    int count;
    int64_t builds;                             /* offered so far; number 1, 2, 4, 8 ... are kept */
    adatom_snapshot kept[ADATOM_SNAPSHOTS_MAX]; /* [count], in order of episodes */
    adatom_snapshot best, current;
    int watch[ADATOM_SNAPSHOT_STEPS]; /* the different steps to look at */
    int watch_count;
} adatom_snapshots;

adatom_status adatom_snapshots_create(const adatom_problem *problem, int limit,
                                      adatom_snapshots **out);
void adatom_snapshots_free(adatom_snapshots *snapshots);
/* Memory for one snapshot. */
adatom_status adatom_snapshot_allocate(const adatom_problem *problem, adatom_snapshot *snapshot);

/* An adatom_build_watcher with the adatom_snapshots as its context: fills `current`. */
void adatom_snapshots_watch(void *context, int step, const float *q, const uint8_t *allowed,
                            int action);

/* After a whole build: keeps `current` if it is its turn, or as the best. When there are more than
 * the limit the second oldest goes, so that the first and the latest stay. */
adatom_status adatom_snapshots_offer(adatom_snapshots *snapshots, int64_t episode, double energy,
                                     const int *actions, bool regular, bool best);

#endif
