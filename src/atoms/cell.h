/* adatom: the geometry of a cell. */
#ifndef ADATOM_ATOMS_CELL_H
#define ADATOM_ATOMS_CELL_H

#include "adatom/structure.h"

/* Volume |a . (b x c)| in Å^3. */
double adatom_cell_volume(const double cell[3][3]);

/* Replaces the lattice vectors of directions that are not periodic and zero (or dependent) by unit
 * vectors perpendicular to the others, so that the cell can be inverted. INVALID_INPUT if the
 * periodic ones are dependent. */
adatom_status adatom_cell_complete(const double cell[3][3], const bool periodic[3],
                                   double complete[3][3]);

/* inverse[i][k]: fractional_k = sum_i position_i inverse[i][k]. INVALID_INPUT if singular. */
adatom_status adatom_cell_invert(const double cell[3][3], double inverse[3][3]);

/* Distance of the two faces that lattice vector i joins, Å. */
double adatom_cell_height(const double cell[3][3], int i);

#endif
