/* adatom: the name of a structure's symmetry. */
#ifndef ADATOM_SYMMETRY_H
#define ADATOM_SYMMETRY_H

#include "adatom/structure.h"

/* Writes the symmetry to text, cut at size: for a structure that is periodic in at least one
 * direction the space group, such as "P6/mmm (191)", directions that are not periodic counting as
 * empty space; for a molecule the point group in Schoenflies's notation, such as "D2h". Positions
 * may be off by tolerance, Å. UNSUPPORTED where the build has no spglib and the structure is
 * periodic, or the molecule has more than 200 atoms. */
ADATOM_API adatom_status adatom_structure_symmetry(const adatom_structure *structure,
                                                   double tolerance, char *text, size_t size);

#endif
