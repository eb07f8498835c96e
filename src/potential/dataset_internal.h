/* adatom: what the making of a dataset shares. */
#ifndef ADATOM_POTENTIAL_DATASET_INTERNAL_H
#define ADATOM_POTENTIAL_DATASET_INTERNAL_H

#include "potential/dataset.h"

/* An atom of a frame that becomes a row. */
typedef struct adatom_drawn_atom {
    size_t frame, atom;
} adatom_drawn_atom;

/* The frames as they are described: all values, one row of count_max per atom. */
typedef struct adatom_described {
    const adatom_dataset_request *request;
    adatom_potential *potential;
    size_t columns;
    double **values; /* [frames], [atoms][columns] each */
} adatom_described;

/* The type of an atom; the elements are known. */
int adatom_described_type(const adatom_described *described, adatom_drawn_atom atom);

/* Sets offsets, energy_factor, means and factors of the potential from the atoms drawn, or, with
 * atoms NULL, from all frames. */
adatom_status adatom_dataset_fit_scales(const adatom_described *described,
                                        const adatom_drawn_atom *atoms, size_t count);

/* Fills *group with the atoms (in any order): inputs, and targets where they are atoms' energies.
 */
adatom_status adatom_group_fill(const adatom_described *described, const adatom_drawn_atom *atoms,
                                size_t count, adatom_training_group *group);
/* Adds energy and forces of a frame whose atoms the group was filled with. rows[atom] is the row of
 * each atom. */
adatom_status adatom_group_add_forces(const adatom_described *described, size_t frame,
                                      const size_t *rows, adatom_training_group *group);
void adatom_group_clear(adatom_training_group *group);

#endif
