/* adatom: the search for structures with given fingerprints: many starts, and from each many hops.
 */
#ifndef ADATOM_GENERATE_INVERT_H
#define ADATOM_GENERATE_INVERT_H

#include "adatom/reconstruct.h"
#include "base/threads.h"
#include "generate/global.h"

/* One target and how it came out. */
typedef struct adatom_inversion {
    const adatom_global *fingerprint;
    const double *target; /* [columns] */
    uint64_t stream;      /* tells the targets of one seed apart */
    /* Results */
    adatom_structure *structure; /* the caller's to free */
    double loss;                 /* mean absolute difference; INFINITY where none was found */
    double iterations;
    double shortest; /* Å; INFINITY for one atom */
} adatom_inversion;

/* The distance that options->system_minimum_distance means for these atoms, Å. */
double adatom_inversion_minimum(const adatom_reconstruct_options *options,
                                const adatom_structure *structure);
/* The shortest distance between two atoms, images included; INFINITY where there is none within the
 * reach, Å. */
adatom_status adatom_shortest_distance(const adatom_structure *structure, double reach,
                                       double *shortest);

/* The atoms and the cell of system.*, at no positions. */
adatom_status adatom_reconstruct_structure(const adatom_reconstruct_options *options,
                                           adatom_structure **out);

/* Fills the results of all; what they are does not depend on the team. stop may be NULL; asked
 * between descents, true ends the work as INTERRUPTED. */
adatom_status adatom_invert(const adatom_reconstruct_options *options, adatom_team *team,
                            adatom_inversion *inversions, size_t count, bool (*stop)(void *context),
                            void *context);

#endif
