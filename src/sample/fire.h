/* adatom: relaxation by FIRE. */
#ifndef ADATOM_SAMPLE_FIRE_H
#define ADATOM_SAMPLE_FIRE_H

#include "adatom/relax.h"

typedef struct adatom_fire_callbacks {
    void *context;
    /* After each evaluation; true ends the relaxation as INTERRUPTED. */
    bool (*stop)(void *context, const adatom_structure *structure, double energy, int evaluations);
} adatom_fire_callbacks;

/* As adatom_relax, by FIRE (Bitzek et al., Phys. Rev. Lett. 97, 170201 (2006)) with the paper's
 * parameters, semi-implicit Euler steps and a limit on the longest move. callbacks may be NULL. */
adatom_status adatom_fire(adatom_evaluator *evaluator, adatom_structure *structure,
                          const adatom_relax_options *options,
                          const adatom_fire_callbacks *callbacks, adatom_relax_result *result);

#endif
