/* adatom: all pairs of atoms nearer than a cutoff, periodic images included. */
#ifndef ADATOM_ATOMS_NEIGHBORS_H
#define ADATOM_ATOMS_NEIGHBORS_H

#include "adatom/structure.h"

/* One neighbour of an atom: the atom `index` moved by `shift` lattice vectors. */
typedef struct adatom_neighbor {
    size_t index;
    int shift[3];
    double vector[3]; /* from the atom to the neighbour, Å */
    double distance;  /* Å */
} adatom_neighbor;

/* Neighbours of atom i are neighbors[first[i]] .. neighbors[first[i + 1] - 1]. A full list: each
 * pair stands at both atoms. An atom is a neighbour of its own images, not of itself. */
typedef struct adatom_neighbor_list {
    size_t atom_count;
    size_t *first; /* [atom_count + 1] */
    adatom_neighbor *neighbors;
} adatom_neighbor_list;

/* Works for any cell: skewed, smaller than the cutoff, periodic in 0 to 3 directions, atoms outside
 * the cell. Fails with INVALID_INPUT on a singular cell along periodic directions. */
adatom_status adatom_neighbor_list_create(const adatom_structure *structure, double cutoff_radius,
                                          adatom_neighbor_list **out);
void adatom_neighbor_list_free(adatom_neighbor_list *list);

#endif
