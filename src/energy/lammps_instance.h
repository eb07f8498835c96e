/* adatom: one LAMMPS with a potential and atoms, in a child process that is started when it is
 * needed and again after LAMMPS has ended it. */
#ifndef ADATOM_ENERGY_LAMMPS_INSTANCE_H
#define ADATOM_ENERGY_LAMMPS_INSTANCE_H

#include "adatom/evaluator.h"
#include "energy/child.h"
#include "energy/lammps_box.h"
#include "energy/lammps_script.h"

typedef struct adatom_lammps_units {
    const char *name;
    double length, energy; /* in Å and eV */
    double mass;           /* in u */
} adatom_lammps_units;

typedef struct adatom_lammps_instance {
    const adatom_lammps_script *script;
    double time_limit; /* s */
    adatom_child *process;
    const adatom_lammps_units *units;
    char unit_name[32]; /* as LAMMPS tells it */
    /* What the atoms in LAMMPS were made for; they serve all structures alike. */
    bool has_atoms, skewed;
    bool has_computes; /* for the virial and the energies of atoms */
    int periodic_count;
    size_t atom_count;
    int *types; /* [atom_count] */
    size_t type_capacity;
    char *request; /* what is sent with the positions */
    size_t request_capacity;
} adatom_lammps_instance;

/* The potential and atoms of the given types, [atom_count], at the positions (Å). Nothing is done
 * where LAMMPS has such atoms in such a frame already. INVALID_INPUT with file, line and LAMMPS's
 * own words where LAMMPS does not take a line of the script. */
adatom_status adatom_lammps_instance_set(adatom_lammps_instance *instance,
                                         const adatom_lammps_frame *frame, size_t atom_count,
                                         const int *types, const double (*positions)[3]);

/* The properties that are not NULL, of the atoms that were set and in the frame. */
adatom_status adatom_lammps_instance_compute(adatom_lammps_instance *instance,
                                             const adatom_lammps_frame *frame,
                                             const double (*positions)[3],
                                             adatom_properties *properties);

/* Ends the process; the next call starts another. */
void adatom_lammps_instance_stop(adatom_lammps_instance *instance);
void adatom_lammps_instance_clear(adatom_lammps_instance *instance);

#endif
