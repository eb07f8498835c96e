/* adatom: where the programs are that run as children, such as adatom-lammps. */
#ifndef ADATOM_ENERGY_CHILD_PROGRAM_H
#define ADATOM_ENERGY_CHILD_PROGRAM_H

#include "adatom/status.h"

#include <stddef.h>

enum { ADATOM_CHILD_PATH_MAX = 4096 };

/* In the folder that the environment variable ADATOM_LIBEXEC names; else where it is installed
 * relative to this library, beside this library, or where it was to be installed. UNSUPPORTED says
 * what the program is for and what it needs, as in "lammps:FILE runs in it". */
adatom_status adatom_child_find_program(const char *name, const char *need, char *path,
                                        size_t size);

#endif
