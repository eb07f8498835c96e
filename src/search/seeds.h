/* adatom: structures of one's own that the agent starts to learn from. */
#ifndef ADATOM_SEARCH_SEEDS_H
#define ADATOM_SEARCH_SEEDS_H

#include "search/agent.h"

/* Each is an episode that is not built but given. */
typedef struct adatom_seeds {
    size_t count;
    int *actions; /* [count][step_count] */
} adatom_seeds;

/* Reads the structures of options->start_structures (none without): the template's atoms, which are
 * known by element and place, and as many others as are to be placed, in the order of the file,
 * each on its nearest grid point. INVALID_INPUT says which structure does not fit, and why. */
adatom_status adatom_seeds_read(adatom_agent *agent, const adatom_search_options *options,
                                adatom_seeds *seeds);
/* One structure in the same way; it may hold fewer atoms. actions [step_count]. */
adatom_status adatom_seed_part(adatom_agent *agent, const adatom_structure *structure, int *actions,
                               int *count);
void adatom_seeds_clear(adatom_seeds *seeds);

#endif
