/* adatom: an agent that starts with what another one has learned.
 *
 * J. Chem. Phys. 151, 054111 (2019), section III: a Q-value depends on the surroundings of its
 * place alone, so weights serve any cell, size of grid and stoichiometry, as long as a pixel means
 * the same. */
#ifndef ADATOM_SEARCH_TRANSFER_H
#define ADATOM_SEARCH_TRANSFER_H

#include "search/agent.h"

/* Takes the weights from the checkpoint options->run_transfer (or from that of the run in this
 * folder), channel by channel and map by map for the same elements; channels of elements of the
 * template that the other agent did not know stay as they are. Nothing else is taken: optimizer,
 * replay buffer and random numbers are new. Nothing is done without the option. INVALID_INPUT says
 * what does not fit. */
adatom_status adatom_transfer(adatom_agent *agent, const adatom_search_options *options);

#endif
