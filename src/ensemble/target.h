/* adatom: what counts as success in an ensemble. */
#ifndef ADATOM_ENSEMBLE_TARGET_H
#define ADATOM_ENSEMBLE_TARGET_H

#include "ensemble/structures.h"

typedef struct adatom_target {
    bool has_energy;
    double energy; /* eV, or in the unit of the property */
    bool maximise; /* the higher the better */
    bool has_structure;
    adatom_fingerprint fingerprint;
} adatom_target;

/* Reads the file where a structure is the target. */
adatom_status adatom_target_create(const adatom_ensemble_options *options, adatom_target *out);
void adatom_target_clear(adatom_target *target);

#endif
