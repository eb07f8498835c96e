/* adatom: the network that the options of a search describe. */
#ifndef ADATOM_SEARCH_NETWORK_OPTIONS_H
#define ADATOM_SEARCH_NETWORK_OPTIONS_H

#include "nn/network.h"
#include "search/problem.h"

/* Hidden convolutions and the output convolution on the grid of the problem, image kernel included.
 */
adatom_status adatom_search_network(const adatom_problem *problem,
                                    const adatom_search_options *options, adatom_network **out);

#endif
