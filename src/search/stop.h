/* adatom: ending a build before all atoms are placed, where their number may vary.
 *
 * Stopping is an action like placing an atom. It has a map of Q-values of its own, behind those of
 * the species, and stands at the pixel of the atom that was placed last. A build of fewer atoms
 * than system.place ends with it; where it stands in an array of actions, the build ends. */
#ifndef ADATOM_SEARCH_STOP_H
#define ADATOM_SEARCH_STOP_H

#include "search/problem.h"

bool adatom_stop_is(const adatom_problem *problem, int action);

/* Atoms that the first `count` actions place: as many, or those before a stop. */
int adatom_stop_atoms(const adatom_problem *problem, const int *actions, int count);
/* Actions of a whole build, a stop among them. */
int adatom_stop_length(const adatom_problem *problem, const int *actions);
/* The first `count` actions are a whole build. */
bool adatom_stop_is_whole(const adatom_problem *problem, const int *actions, int count);

/* The action of stopping after the first `count` actions, all of atoms, at least one. */
int adatom_stop_after(const adatom_problem *problem, const int *actions, int count);
/* Fills actions [step_count] from place `count` on with the stop, if there is room for one. */
void adatom_stop_fill(const adatom_problem *problem, int *actions, int count);

#endif
