/* adatom: the parts of a structure that no bond holds together. */
#ifndef ADATOM_ATOMS_PIECES_H
#define ADATOM_ATOMS_PIECES_H

#include "adatom/bonds.h"

/* piece[atom_count], may be NULL: the number of each atom's piece, from 0, in the order of their
 * first atoms. *count: how many pieces there are. */
adatom_status adatom_bond_graph_pieces(const adatom_bond_graph *graph, size_t *piece,
                                       size_t *count);

/* "CO2 + C2H4", "C3O2 + 2 H2": the formulae of the pieces, sorted, always with an end. Bonds reach
 * 0.2 Å beyond the covalent radii. */
adatom_status adatom_structure_pieces_formula(const adatom_structure *structure, char *text,
                                              size_t size);

#endif
