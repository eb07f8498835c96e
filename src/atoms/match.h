/* adatom: how near two structures are, whatever the order of equal atoms and how they are turned.
 */
#ifndef ADATOM_ATOMS_MATCH_H
#define ADATOM_ATOMS_MATCH_H

#include "adatom/reconstruct.h"

/* The cheapest assignment of rows to columns, costs[count][count] (Kuhn, Nav. Res. Logist. Q. 2, 83
 * (1955), by shortest augmenting paths): column_of[row]. */
adatom_status adatom_assign(size_t count, const double *costs, size_t *column_of);

/* The proper rotation that brings points nearest to the targets, [count][3] both, about the origin
 * (Kabsch, Acta Cryst. A32, 922 (1976), by quaternions: Horn, J. Opt. Soc. Am. A 4, 629 (1987)). A
 * point p goes to rotation p. */
void adatom_superimpose(size_t count, const double (*points)[3], const double (*targets)[3],
                        double rotation[3][3]);

#endif
