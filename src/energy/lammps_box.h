/* adatom: a cell as LAMMPS wants it: the first vector along x, the second in the plane of x and y,
 * right-handed, little skewed. The periodic vectors come first; the directions without periodicity
 * stand at right angles to them and are so long that all atoms are inside. */
#ifndef ADATOM_ENERGY_LAMMPS_BOX_H
#define ADATOM_ENERGY_LAMMPS_BOX_H

#include "adatom/structure.h"
#include "energy/lammps_protocol.h"

typedef struct adatom_lammps_frame {
    double axes[3][3];    /* the axes of LAMMPS, unit vectors: rotated = axes . vector */
    double vectors[3][3]; /* rows are the vectors of the box along those axes, lower triangular */
    int periodic_count;   /* the first so many directions are periodic */
    bool skewed;
    adatom_lammps_box box; /* Å */
} adatom_lammps_frame;

/* positions, [atom_count][3], are those of the structure in the frame, within the box. The frame
 * depends on the structure alone. INVALID_INPUT for cells that are singular, very thin or huge. */
adatom_status adatom_lammps_frame_make(const adatom_structure *structure,
                                       adatom_lammps_frame *frame, double (*positions)[3]);

/* Turns a vector of the frame, such as a force, back; in place. */
void adatom_lammps_frame_turn_back(const adatom_lammps_frame *frame, double vector[3]);
/* The same with a symmetric matrix, such as a virial. */
void adatom_lammps_frame_turn_matrix_back(const adatom_lammps_frame *frame, double matrix[3][3]);

#endif
