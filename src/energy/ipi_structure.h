/* adatom: a structure as it goes over the wire of i-PI, and the answer as it comes back.
 *
 * Wire: Bohr and Hartree; lattice vectors are the columns of the cell, which is upper triangular
 * (vector 1 along x, vector 2 in the xy plane, all diagonal elements positive), as i-PI and LAMMPS
 * want it; no elements. Ours: eV, Å, any cell, elements in any order. */
#ifndef ADATOM_ENERGY_IPI_STRUCTURE_H
#define ADATOM_ENERGY_IPI_STRUCTURE_H

#include "adatom/structure.h"
#include "energy/ipi_client.h"

/* The atoms that the client was started with: elements in the client's order. */
typedef struct adatom_ipi_atoms {
    int *atomic_numbers; /* [count] */
    size_t count, capacity;
} adatom_ipi_atoms;

/* Reads "C3H4O2"; an element may come more than once, as in "Ag16Ag12O6". */
adatom_status adatom_ipi_atoms_parse(const char *text, adatom_ipi_atoms *out);
adatom_status adatom_ipi_atoms_copy(const adatom_structure *structure, adatom_ipi_atoms *out);

/* A structure on its way. The memory is kept from one structure to the next. */
typedef struct adatom_ipi_cargo {
    double axes[3][3]; /* the x, y, z of the wire in our coordinates; orthonormal */
    int *places;       /* [atom_count], where the client has the atom */
    char *message;     /* POSDATA and what belongs to it */
    size_t message_size;
    double (*forces)[3]; /* [atom_count][3], as they come back */
    size_t place_capacity, message_capacity, force_capacity;
} adatom_ipi_cargo;

/* Where the structure has no lattice vector, one of length box (Å) is sent, perpendicular to the
 * others; with box = 0 that is INVALID_INPUT, as are dependent lattice vectors and a structure
 * whose elements are not those of the client. */
adatom_status adatom_ipi_pack(adatom_ipi_cargo *cargo, const adatom_structure *structure,
                              const adatom_ipi_atoms *atoms, double box);

/* The answer in eV, eV/Å and eV; forces may be NULL. */
void adatom_ipi_unpack(const adatom_ipi_cargo *cargo, const adatom_ipi_job *job, double *energy,
                       double (*forces)[3], double virial[3][3]);

void adatom_ipi_cargo_clear(adatom_ipi_cargo *cargo);

#endif
