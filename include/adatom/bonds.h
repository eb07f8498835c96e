/* adatom: who is bound to whom, and the rings that bonds close. */
#ifndef ADATOM_BONDS_H
#define ADATOM_BONDS_H

#include "adatom/structure.h"

/* One bond; the second atom is the image in the cell `shift` away. Each bond is listed once, also a
 * bond of an atom to its own image. */
typedef struct adatom_bond {
    size_t first, second;
    int shift[3];
    double length; /* Å */
} adatom_bond;

typedef struct adatom_bond_graph {
    size_t atom_count;
    size_t bond_count;
    adatom_bond *bonds;
    int *coordination; /* [atom_count], number of bonds of each atom */
} adatom_bond_graph;

enum { ADATOM_RING_SIZE_MAX = 12 };

/* Two atoms are bound if they are nearer than the sum of their covalent radii + tolerance (Å;
 * 0.2 in J. Chem. Phys. 151, 054111 (2019)). Periodic images count. */
ADATOM_API adatom_status adatom_bond_graph_create(const adatom_structure *structure,
                                                  double tolerance, adatom_bond_graph **out);
ADATOM_API void adatom_bond_graph_free(adatom_bond_graph *graph);

/* Counts the rings by size, per cell: rings[s] rings of s atoms, 3 <= s <= ADATOM_RING_SIZE_MAX.
 * A ring is a shortest closed path through two bonds of an atom (King, Nature 213, 1112 (1967))
 * that closes on itself in space, not on a periodic image. */
ADATOM_API adatom_status adatom_bond_graph_rings(const adatom_bond_graph *graph,
                                                 size_t rings[ADATOM_RING_SIZE_MAX + 1]);

#endif
