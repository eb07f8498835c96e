/* adatom: a fragment of a LAMMPS script that defines a potential. */
#ifndef ADATOM_ENERGY_LAMMPS_SCRIPT_H
#define ADATOM_ENERGY_LAMMPS_SCRIPT_H

#include "adatom/structure.h"

/* One command; lines that end in "&" are joined with the next. */
typedef struct adatom_lammps_line {
    int number;      /* in the file, from 1 */
    bool before_box; /* such as units: LAMMPS takes it only before there are atoms */
    const char *text;
} adatom_lammps_line;

typedef struct adatom_lammps_script {
    char *path, *folder, *text; /* texts of the lines */
    adatom_lammps_line *lines;
    size_t line_count, line_capacity;
    int elements[ADATOM_ELEMENT_COUNT + 1]; /* atomic numbers of the types; [0] is not used */
    int types[ADATOM_ELEMENT_COUNT + 1];    /* by atomic number; 0: the potential has none */
    int type_count;
} adatom_lammps_script;

/* Reads the file. elements says which elements the types 1, 2, ... stand for, such as "CH"; NULL:
 * as the lines "pair_coeff * * FILE C H" of the fragment name them. INVALID_INPUT with file and
 * line for commands that have no place in a fragment, since they make boxes or atoms or run
 * something.
 */
adatom_status adatom_lammps_script_read(const char *path, const char *elements,
                                        adatom_lammps_script **out);
void adatom_lammps_script_free(adatom_lammps_script *script);

#endif
