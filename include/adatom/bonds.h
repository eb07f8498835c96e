/* adatom: who is bound to whom, the rings that bonds close, and how unlike two structures are. */
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

/* A bag of bonds (Hansen et al., J. Phys. Chem. Lett. 6, 2326 (2015)): one bag of numbers for each
 * pair of elements, Z_i Z_j / r_ij in 1/Å for each pair of atoms, bound or not; in a bag the
 * largest first. Along periodic directions a pair counts once, at its shortest distance, and an
 * atom with its own images not at all. The same for moved, turned, mirrored and renumbered atoms.
 */
typedef struct adatom_bag_of_bonds {
    size_t count;   /* pairs of atoms */
    int *elements;  /* [count]: 1000 * the smaller + the larger atomic number, rising */
    double *values; /* [count], falling among equal elements */
} adatom_bag_of_bonds;

/* INVALID_INPUT if two atoms are in the same place, or the cell is singular. */
ADATOM_API adatom_status adatom_bag_of_bonds_create(const adatom_structure *structure,
                                                    adatom_bag_of_bonds **out);
ADATOM_API void adatom_bag_of_bonds_free(adatom_bag_of_bonds *bag);

/* Euclidean distance of two bags of bonds, 1/Å; where one has fewer pairs of two elements, the rest
 * counts as zeros. */
ADATOM_API double adatom_bag_of_bonds_distance(const adatom_bag_of_bonds *a,
                                               const adatom_bag_of_bonds *b);

#endif
