/* adatom: what several ensembles found, structures with the same bonds together. */
#ifndef ADATOM_ENSEMBLE_ISOMERS_H
#define ADATOM_ENSEMBLE_ISOMERS_H

#include "ensemble/structures.h"

/* One ensemble. */
typedef struct adatom_isomer_source {
    const adatom_found_structures *found;
    size_t agents;
} adatom_isomer_source;

/* How often one ensemble came to an isomer. */
typedef struct adatom_isomer_share {
    size_t agents; /* that built it */
    size_t builds;
} adatom_isomer_share;

/* All structures with one bond graph: conformers, copies at other places of the grid. */
typedef struct adatom_isomer {
    const adatom_found_structure *lowest; /* in energy, of all ensembles */
    size_t structures;                    /* distinct ones */
    adatom_isomer_share *shares;          /* [source count] */
} adatom_isomer;

/* Lowest energy first. They point into the sources. */
typedef struct adatom_isomers {
    size_t count, source_count;
    adatom_isomer *list;
    adatom_isomer_share *shares;
} adatom_isomers;

adatom_status adatom_isomers_create(const adatom_isomer_source *sources, size_t source_count,
                                    adatom_isomers *out);
void adatom_isomers_clear(adatom_isomers *isomers);

#endif
