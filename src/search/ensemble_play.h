/* adatom: one agent of an ensemble. */
#ifndef ADATOM_SEARCH_ENSEMBLE_PLAY_H
#define ADATOM_SEARCH_ENSEMBLE_PLAY_H

#include "adatom/ensemble.h"

/* run.yaml of the ensemble. */
adatom_status adatom_ensemble_search_options(const char *folder, adatom_search_options *options);

/* The section stop as text; an agent that has ended under other limits may go on. */
enum { ADATOM_LIMITS_SIZE = 512 };
adatom_status adatom_ensemble_limits(const adatom_search_options *options,
                                     char limits[ADATOM_LIMITS_SIZE]);

/* Starts agent `agent` (from 1), or lets it go on from its checkpoint, in this process, with the
 * what may change on resume of options, those of the ensemble. Waits while another
 * process still has its run folder. */
adatom_status adatom_ensemble_play(const char *folder, int agent,
                                   const adatom_search_options *options,
                                   const adatom_search_callbacks *callbacks,
                                   adatom_search_state *state);

#endif
