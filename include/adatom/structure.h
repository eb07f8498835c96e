/* adatom: atoms in a cell.
 *
 * Units: Å. The rows of a cell are the lattice vectors; positions are [atom][x, y, z], Cartesian.
 */
#ifndef ADATOM_STRUCTURE_H
#define ADATOM_STRUCTURE_H

#include "adatom/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct adatom_structure {
    size_t atom_count;
    int *atomic_numbers;    /* [atom_count], 1 .. ADATOM_ELEMENT_COUNT */
    double (*positions)[3]; /* [atom_count][3], Å */
    double cell[3][3];      /* rows are lattice vectors, Å; a zero row where there is none */
    bool periodic[3];       /* along each lattice vector */
} adatom_structure;

enum { ADATOM_ELEMENT_COUNT = 118 };

/* A structure of atom_count atoms, all zero. */
ADATOM_API adatom_status adatom_structure_create(size_t atom_count, adatom_structure **out);
ADATOM_API adatom_status adatom_structure_copy(const adatom_structure *structure,
                                               adatom_structure **out);
ADATOM_API void adatom_structure_free(adatom_structure *structure);

/* "C" for 6; NULL outside 1 .. ADATOM_ELEMENT_COUNT. */
ADATOM_API const char *adatom_element_symbol(int atomic_number);
/* 6 for "C"; 0 if there is no such element. */
ADATOM_API int adatom_element_number(const char *symbol);
/* Covalent radius in Å (Cordero et al., Dalton Trans. 2008, 2832); 0.2 Å where none is known. */
ADATOM_API double adatom_element_covalent_radius(int atomic_number);
/* Standard atomic weight in u (IUPAC 2016), or the mass of the longest-lived isotope where there is
 * none; 0 for what is no element. */
ADATOM_API double adatom_element_mass(int atomic_number);

/* The formula in Hill order, such as "C3H4O2"; written to text, cut at size. */
ADATOM_API void adatom_structure_formula(const adatom_structure *structure, char *text,
                                         size_t size);

#endif
