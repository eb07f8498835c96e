/* adatom: where the program adatom-lammps is. */
#ifndef ADATOM_ENERGY_LAMMPS_PROGRAM_H
#define ADATOM_ENERGY_LAMMPS_PROGRAM_H

#include "adatom/status.h"

#include <stddef.h>

enum { ADATOM_LAMMPS_PATH_MAX = 4096 };

/* In the folder that the environment variable ADATOM_LIBEXEC names; else where it is installed
 * relative to this library, beside this library, or where it was to be installed. UNSUPPORTED names
 * the Debian package that the program is built with. */
adatom_status adatom_lammps_find_program(char *path, size_t size);

#endif
