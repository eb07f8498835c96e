/* adatom: how near atoms may and must be to each other, for each pair of elements.
 *
 * J. Chem. Phys. 151, 054111 (2019), Methods, "Search policy": c1 and c2, times the mean of the two
 * covalent radii. Pairs may have factors of their own. */
#ifndef ADATOM_SEARCH_RULES_H
#define ADATOM_SEARCH_RULES_H

#include "search/problem.h"

typedef struct adatom_rules {
    double c1, c2; /* of pairs without a factor of their own */
    const adatom_element_numbers *c1_pairs, *c2_pairs;
    double c1_least, c1_largest, c2_largest; /* of all pairs */
    bool wants_near[ADATOM_PARTS_MAX];       /* some c2 of the species is not 0 */
} adatom_rules;

/* INVALID_INPUT names the option. The options must outlive the rules. */
adatom_status adatom_rules_read(const adatom_problem *problem, const adatom_search_options *options,
                                adatom_rules *rules);

/* Of two elements, in either order. A c2 of 0: no distance of theirs is near enough. */
double adatom_rules_c1(const adatom_rules *rules, int first, int second);
double adatom_rules_c2(const adatom_rules *rules, int first, int second);

#endif
