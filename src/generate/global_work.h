/* adatom: the memory of a fingerprint of any descriptor. */
#ifndef ADATOM_GENERATE_GLOBAL_WORK_H
#define ADATOM_GENERATE_GLOBAL_WORK_H

#include "generate/global.h"

struct adatom_global_work {
    adatom_pooled_work *fast; /* or NULL; the others are for what is not fast */
    adatom_structure *structure;
    double *values;    /* [atoms][values] */
    double *pooled;    /* [columns] */
    size_t *chosen;    /* [columns]: the atom that it came from, for largest and smallest */
    double *residuals; /* [columns] */
    double *rows;      /* [columns][3 atoms]: the Jacobian */
    double *squares, *products;
    size_t *group_sizes; /* [groups] */
};

/* values[atoms][value_count] to pooled[columns]. */
void adatom_global_pool(const adatom_global *fingerprint, const double *values, double *pooled,
                        size_t *chosen);

#endif
