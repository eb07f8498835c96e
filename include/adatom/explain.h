/* adatom: what an agent expects of the places for the next atom, and which atoms that is due to.
 *
 * Units: Å. */
#ifndef ADATOM_EXPLAIN_H
#define ADATOM_EXPLAIN_H

#include "adatom/options.h"
#include "adatom/structure.h"

#include <stdint.h>

/* What is asked. All zero: the best build of the run before its last atom, the greedy action. */
typedef struct adatom_explain_question {
    const adatom_structure *structure; /* the template and some of the atoms to place; NULL: a build
                                          of the run */
    bool has_step;                     /* without a structure: */
    int step;                          /* atoms of the best build that are there */
    int element;     /* atomic number of the action's atom; 0: the greedy action */
    double place[3]; /* where it goes, Å; the nearest grid point is taken */
} adatom_explain_question;

typedef struct adatom_explanation {
    adatom_structure *structure; /* before the action: the template, then the placed atoms */
    size_t template_count;
    int species_count;             /* that have a map */
    int species[ADATOM_PARTS_MAX]; /* atomic numbers */
    int dimensions, shape[3];      /* of the grid */
    double origin[3];              /* of grid point (0, 0, 0), Å */
    double vectors[3][3];          /* from point to point, Å */
    bool periodic[3];
    float *q;         /* [species][x][y][z] */
    uint8_t *allowed; /* the same shape: 1 where an atom may be placed */
    int action[4];    /* species, x, y, z */
    bool greedy;      /* it is the allowed action with the highest Q-value */
    double value;     /* its Q-value */
    bool may_stop;    /* the number of atoms varies, and the build could end here: */
    double stop;      /* the Q-value of that */
    /* J. Chem. Phys. 151, 054111 (2019), Eq. 3: they sum to value. Atoms that are not in the image
     * have none. */
    double *relevance; /* [atom_count], periodic copies included */
    double empty;      /* of the image's constant: of there being no atom */
    double biases;     /* of the network's biases */
} adatom_explanation;

/* path is a run folder or its checkpoint. INVALID_INPUT if the structure or the place does not
 * belong to its problem, or no place is allowed. Free with adatom_explanation_free. */
ADATOM_API adatom_status adatom_explain(const char *path, const adatom_explain_question *question,
                                        adatom_explanation **out);
ADATOM_API void adatom_explanation_free(adatom_explanation *explanation);

#endif
