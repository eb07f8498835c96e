/* adatom: the point group of a molecule. */
#ifndef ADATOM_ATOMS_POINT_GROUP_H
#define ADATOM_ATOMS_POINT_GROUP_H

#include "adatom/structure.h"

/* Writes Schoenflies's symbol, axes up to eightfold; periodic directions are not looked at.
 * UNSUPPORTED for more than 200 atoms. */
adatom_status adatom_point_group(const adatom_structure *structure, double tolerance, char *text,
                                 size_t size);

#endif
