/* adatom: an ensemble, many independent agents that search the same with different seeds.
 *
 * The folder of an ensemble holds run.yaml (what all agents share), ensemble.yaml, a run folder
 * agent-0001, agent-0002 ... for each agent, and what came out. Any number of processes, on any
 * machines that share the folder, may call adatom_ensemble_run at the same time: each takes agents
 * that nobody has, and takes over those whose process is gone. Units: eV, Å, s. */
#ifndef ADATOM_ENSEMBLE_H
#define ADATOM_ENSEMBLE_H

#include "adatom/search.h"

typedef struct adatom_ensemble_options {
#include "adatom/option_members.def"
#include "adatom/ensemble_options.def"
#include "adatom/option_end.def"
} adatom_ensemble_options;

ADATOM_API adatom_ensemble_options adatom_ensemble_options_default(void);
ADATOM_API const adatom_option_table *adatom_ensemble_option_table(void);

/* Whether the folder holds an ensemble. */
ADATOM_API bool adatom_ensemble_is(const char *folder);
/* ensemble.yaml of the folder. */
ADATOM_API adatom_status adatom_ensemble_read(const char *folder, adatom_ensemble_options *out);

/* Makes the folder, or extends the ensemble in it: more agents, other stop.*, threads,
 * checkpoint_seconds and target are taken over; INVALID_INPUT where anything else differs, or the
 * folder holds something else. first_seed is search->run_seed; threads 0 become 1. A target of kind
 * none becomes stop where stop.at_energy is set. */
ADATOM_API adatom_status adatom_ensemble_begin(const adatom_search_options *search,
                                               const adatom_ensemble_options *options,
                                               const char *folder);

typedef struct adatom_ensemble_state {
    int agents;         /* of the ensemble */
    int ended;          /* at a limit of stop, here or elsewhere */
    int reached;        /* of these, at stop.energy */
    int failed;         /* given up */
    int running;        /* in processes of this call */
    int64_t episodes;   /* that this call has seen done */
    double best_energy; /* eV, of the agents that this call has seen; NaN if none */
} adatom_ensemble_state;

typedef struct adatom_ensemble_callbacks {
    void *context;
    /* Several times a second; may be NULL. */
    void (*progress)(void *context, const adatom_ensemble_state *state);
    /* An agent has failed, or its process was lost and it is taken up again; may be NULL. */
    void (*trouble)(void *context, int agent, const char *what);
    /* Asked several times a second here, and after every episode in the process of an agent, which
     * is sent SIGTERM; true ends the work in good order; may be NULL. */
    bool (*stop)(void *context);
} adatom_ensemble_callbacks;

/* Runs agents in up to `jobs` processes of their own (fork) until all of the ensemble have ended.
 * retry: agents that had failed are tried again. A process that dies is replaced, and its agent
 * goes on from its checkpoint; after three deaths without a new checkpoint it counts as failed.
 * INTERRUPTED if callbacks.stop said so; OK otherwise, also where agents failed; the status of the
 * agent if that was refused for bad input. */
ADATOM_API adatom_status adatom_ensemble_run(const char *folder, int jobs, bool retry,
                                             const adatom_ensemble_callbacks *callbacks,
                                             adatom_ensemble_state *state);

/* Writes what the agents found so far, whether or not they have ended: ensemble.csv,
 * curve.csv, summary.csv, energy.csv, structures.csv and structures.extxyz (docs/ensemble.md). */
ADATOM_API adatom_status adatom_ensemble_write_results(const char *folder);

#endif
