/* adatom: what the back-end lammps and its program adatom-lammps (lammps/) say to each other, as
 * child_protocol.h says how. The program greets as soon as LAMMPS is there. One that says nothing
 * and ends has met an error of LAMMPS, which ends the process; what LAMMPS printed stands in its
 * output.
 */
#ifndef ADATOM_ENERGY_LAMMPS_PROTOCOL_H
#define ADATOM_ENERGY_LAMMPS_PROTOCOL_H

#include "energy/child_protocol.h"

enum {
    ADATOM_LAMMPS_MAGIC = 0x504d4c61,
    ADATOM_LAMMPS_PROTOCOL = 2, /* grows with every change of this file */
};

enum {
    ADATOM_LAMMPS_OPEN = ADATOM_CHILD_KINDS, /* empty: a fresh LAMMPS; answer empty */
    /* one command of LAMMPS, without a zero byte; answer: the name of the units set now */
    ADATOM_LAMMPS_COMMAND,
    ADATOM_LAMMPS_ATOMS,   /* for each atom an adatom_lammps_atom; answer empty */
    ADATOM_LAMMPS_COMPUTE, /* adatom_lammps_box, positions double[n][3]; answer: potential energy,
                            * forces double[n][3], all in the units of LAMMPS */
    /* the same request, after the computes below were defined; answer: energy, forces, the virial
     * double[6] as xx yy zz xy xz yz, energies double[n] */
    ADATOM_LAMMPS_COMPUTE_ALL,
};

/* The computes of LAMMPS that COMPUTE_ALL reads. */
#define ADATOM_LAMMPS_ENERGIES "adatom_energies" /* pe/atom */
#define ADATOM_LAMMPS_PRESSURE "adatom_pressure" /* pressure NULL virial */

typedef struct adatom_lammps_atom {
    double position[3];
    int64_t type; /* from 1 */
} adatom_lammps_atom;

typedef struct adatom_lammps_box {
    double low[3], high[3];
    double xy, xz, yz;
} adatom_lammps_box;

#endif
