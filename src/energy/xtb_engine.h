/* adatom: libxtb's objects, kept from one structure to the next. */
#ifndef ADATOM_ENERGY_XTB_ENGINE_H
#define ADATOM_ENERGY_XTB_ENGINE_H

#include "adatom/evaluator.h"
#include "energy/xtb_cell.h"

typedef struct adatom_xtb_settings {
    int method;                    /* 0, 1, 2: GFN0-, GFN1-, GFN2-xTB */
    int charge;                    /* e */
    int unpaired;                  /* electrons; -1: as few as possible */
    double electronic_temperature; /* K */
    double accuracy;               /* factor on the library's tolerances */
    int max_iterations;            /* of the self-consistent charges */
} adatom_xtb_settings;

typedef struct adatom_xtb_engine adatom_xtb_engine;

/* UNSUPPORTED if this build has no libxtb; INVALID_INPUT if the parameters of GFN0 are not found.
 */
adatom_status adatom_xtb_engine_create(const adatom_xtb_settings *settings,
                                       adatom_xtb_engine **out);
void adatom_xtb_engine_free(adatom_xtb_engine *engine);

/* One calculation: energy, forces and virial as far as they are wanted; the result does not depend
 * on those before. unpaired goes with this structure's electrons. EVALUATION_FAILED holds what the
 * library says; the engine can be used on. */
adatom_status adatom_xtb_engine_compute(adatom_xtb_engine *engine,
                                        const adatom_structure *structure,
                                        const adatom_xtb_cell *cell, const double (*positions)[3],
                                        int unpaired, adatom_properties *properties);

#endif
