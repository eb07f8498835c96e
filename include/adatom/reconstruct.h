/* adatom: from a descriptor back to the structure. docs/generate.md defines the method.
 *
 * Units: Å. */
#ifndef ADATOM_RECONSTRUCT_H
#define ADATOM_RECONSTRUCT_H

#include "adatom/options.h"
#include "adatom/structure.h"

typedef struct adatom_reconstruct_options {
#include "adatom/option_members.def"
#include "adatom/reconstruct_options.def"
#include "adatom/option_end.def"
} adatom_reconstruct_options;

ADATOM_API adatom_reconstruct_options adatom_reconstruct_options_default(void);
ADATOM_API const adatom_option_table *adatom_reconstruct_option_table(void);

/* Whether there is a structure with this fingerprint. */
typedef enum adatom_verdict {
    ADATOM_VERDICT_SOLVED,
    ADATOM_VERDICT_DOUBTFUL,
    ADATOM_VERDICT_NONE /* nothing near it was found: an invalid fingerprint */
} adatom_verdict;

/* "solved", "doubtful", "no such structure" */
ADATOM_API const char *adatom_verdict_name(adatom_verdict verdict);

/* How one target came out. */
typedef struct adatom_reconstruction {
    size_t target;                     /* row of the table, or structure of the file, from 0 */
    const adatom_structure *structure; /* the best */
    double loss;                       /* mean absolute difference of the fingerprints */
    adatom_verdict verdict;
    bool has_rmsd;
    double rmsd;       /* Å, from the structure that the target was taken from */
    bool free_cell;    /* the cell was looked for, too */
    double strain;     /* with both: of the found cell against the original's; INFINITY, as rmsd,
                          where they are far apart */
    double shortest;   /* Å, the shortest distance between two atoms; INFINITY for one atom */
    double iterations; /* steps of all starts of this target */
} adatom_reconstruction;

typedef struct adatom_reconstruct_callbacks {
    void *context;
    /* For each target, in their order; what is pointed to holds until it returns. Another status
     * than OK ends the work with it. */
    adatom_status (*result)(void *context, const adatom_reconstruction *result);
    bool (*stop)(void *context); /* asked now and then; true ends the work as INTERRUPTED, after
                                    the results of the targets that are done; may be NULL */
} adatom_reconstruct_callbacks;

/* Reconstructs all targets. INVALID_INPUT names the option or the file that does not fit. */
ADATOM_API adatom_status adatom_reconstruct(const adatom_reconstruct_options *options,
                                            const adatom_reconstruct_callbacks *callbacks);

/* The smallest root mean square distance, Å, of the atoms of one structure from those of the other,
 * over exchanges of equal atoms, translations, rotations and reflections; of periodic structures,
 * which must have the same cell, over what maps the lattice onto itself. An upper bound where the
 * search misses the best; INFINITY where formulas, cells or periodicities differ. */
ADATOM_API adatom_status adatom_structure_distance(const adatom_structure *first,
                                                   const adatom_structure *second, double *rmsd);

#endif
