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

/* As adatom_structure_distance, where the cells of periodic structures may differ: bases of -1, 0
 * and 1 times the lattice vectors are compared whose scalar products are equal to the given share,
 * and positions by their fractions, in the second's cell. *strain is the root of the sum of squares
 * of the components of Green's strain between the two lattices, 0 for free structures. INFINITY
 * both where the lattices are further apart. */
adatom_status adatom_structure_compare(const adatom_structure *first,
                                       const adatom_structure *second, double tolerance,
                                       double *rmsd, double *strain);

#endif
