/* adatom: a cell as a variable. Beside the positions of the atoms in a reference cell stand nine
 * numbers s, so that with F = 1 + s / length, rows times columns, the cell is reference F and the
 * positions are places F. All are of the order of Å, and atoms move along with the cell.
 *
 * Units: Å. Variables are in lanes: number k of lane l at [k * ADATOM_POOLED_LANES + l]. */
#ifndef ADATOM_GENERATE_STRAIN_H
#define ADATOM_GENERATE_STRAIN_H

#include "adatom/structure.h"

enum { ADATOM_STRAIN_COUNT = 9 };

typedef struct adatom_strain {
    double reference[3][3];
    double length; /* cube root of the reference's volume, Å */
    size_t atom_count;
} adatom_strain;

/* INVALID_INPUT if the structure is not periodic in three directions. */
adatom_status adatom_strain_create(const adatom_structure *structure, adatom_strain *strain);
/* What the lane's variables mean: cell and positions. */
void adatom_strain_apply(const adatom_strain *strain, const double *variables, int lane,
                         adatom_structure *out);
/* F of a lane. */
void adatom_strain_matrix(const adatom_strain *strain, const double *variables, int lane,
                          double matrix[3][3]);
/* Brings the volume back to between half and twice that of the reference, and a cell that is turned
 * inside out to the reference itself: there is nothing to be found beyond, but neighbours without
 * end or none at all. */
void adatom_strain_guard(const adatom_strain *strain, double *variables, int lane);
/* From derivatives in the positions, row[3 atoms], and the virial sum_ij r_ij (x) d/dr_ij behind
 * them, row[9], to those in the variables; matrix is F. */
adatom_status adatom_strain_rows(const adatom_strain *strain, const double matrix[3][3],
                                 size_t row_count, double *rows);

#endif
