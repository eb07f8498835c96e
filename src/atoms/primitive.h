/* adatom: the smallest cell of a crystal. */
#ifndef ADATOM_ATOMS_PRIMITIVE_H
#define ADATOM_ATOMS_PRIMITIVE_H

#include "adatom/structure.h"

/* The structure in its smallest cell, of the three shortest lattice vectors, where translations
 * hold to `tolerance`, Å; periodic in three directions. Free with adatom_structure_free. */
adatom_status adatom_structure_primitive(const adatom_structure *structure, double tolerance,
                                         adatom_structure **out);

#endif
