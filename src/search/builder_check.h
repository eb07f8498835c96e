/* adatom: what is wrong with a search before its first atom is placed. */
#ifndef ADATOM_SEARCH_BUILDER_CHECK_H
#define ADATOM_SEARCH_BUILDER_CHECK_H

#include "search/rules.h"

/* INVALID_INPUT if two atoms of the template (or an atom and its image) are nearer than c1 allows;
 * the line names them. */
adatom_status adatom_builder_check_template(const adatom_problem *problem,
                                            const adatom_rules *rules);
/* INVALID_INPUT if the grid cannot hold the atoms: fewer open points than atoms, an atom too near
 * to its own periodic image, or more atoms than discs or balls of diameter c1 * radius fit in.
 * c1 is the least of all pairs. */
adatom_status adatom_builder_check_room(const adatom_problem *problem, double c1,
                                        const int *open_points);

/* INVALID_INPUT if `factor` times the mean of two covalent radii spans more points, copies of them
 * included, than can be marked in reasonable time: the cell is far too small for it. */
adatom_status adatom_builder_check_reach(const adatom_problem *problem, double factor);

#endif
