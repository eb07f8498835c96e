/* adatom: a search by one reinforcement-learning agent (ASLA; J. Chem. Phys. 151, 054111 (2019)).
 *
 * Units: eV, Å, s. */
#ifndef ADATOM_SEARCH_H
#define ADATOM_SEARCH_H

#include "adatom/options.h"
#include "adatom/structure.h"

typedef struct adatom_search_options {
#include "adatom/option_members.def"
#include "adatom/search_options.def"
#include "adatom/option_end.def"
} adatom_search_options;

/* The settings of the pristine graphene of the paper, with a Gaussian image. */
ADATOM_API adatom_search_options adatom_search_options_default(void);
/* The table of the fields. */
ADATOM_API const adatom_option_table *adatom_search_option_table(void);

typedef enum adatom_search_end {
    ADATOM_SEARCH_RUNNING,
    ADATOM_SEARCH_ENERGY_REACHED,
    ADATOM_SEARCH_EPISODES,
    ADATOM_SEARCH_EVALUATIONS,
    ADATOM_SEARCH_HOURS,
    ADATOM_SEARCH_INTERRUPTED
} adatom_search_end;

typedef struct adatom_search_state {
    adatom_search_end end;
    int64_t episode;       /* episodes done */
    int64_t episode_limit; /* 0: none */
    int64_t evaluations;
    int64_t best_episode;
    double energy;                  /* of the latest episode, eV; NaN if its evaluation failed */
    double best_energy;             /* eV, of the structure with the best property */
    double property, best_property; /* as energy and best_energy; see reward.property */
    size_t atom_count;
    double seconds; /* wall time, all sessions of the run together */
    double seconds_build, seconds_evaluate, seconds_train; /* sums over the run */
    size_t network_weights;
    int grid_shape[3];
} adatom_search_state;

typedef struct adatom_search_callbacks {
    void *context;
    /* After every episode; may be NULL. */
    void (*progress)(void *context, const adatom_search_state *state);
    /* Asked after every episode; true ends the run in good order; may be NULL. */
    bool (*stop)(void *context);
} adatom_search_callbacks;

/* Runs a search in a new folder: run.yaml, log.csv, best.extxyz, candidates.db, checkpoint.h5.
 * INVALID_INPUT if the folder already holds a run; INTERRUPTED (with *state filled) if
 * callbacks.stop said so; OK otherwise, with the reason in state->end. */
ADATOM_API adatom_status adatom_search_run(const adatom_search_options *options, const char *folder,
                                           const adatom_search_callbacks *callbacks,
                                           adatom_search_state *state);

/* Goes on exactly where the checkpoint of the folder left off. overrides ("stop.episodes=5000") may
 * change only stop.*, threads and checkpoint_seconds. */
ADATOM_API adatom_status adatom_search_resume(const char *folder, const char *const *overrides,
                                              size_t override_count,
                                              const adatom_search_callbacks *callbacks,
                                              adatom_search_state *state);

#endif
