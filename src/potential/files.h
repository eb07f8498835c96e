/* adatom: potentials in files. */
#ifndef ADATOM_POTENTIAL_FILES_H
#define ADATOM_POTENTIAL_FILES_H

#include "potential/model.h"

#include <stdio.h>

/* The file of a trained potential, HDF5; IO_FAILED names path. The opposite is
 * adatom_potential_read. */
adatom_status adatom_potential_write(const adatom_potential *potential, const char *path);

#endif
