/* adatom: the memory of a fingerprint of any descriptor, and what is computed in it, one lane after
 * the other. */
#ifndef ADATOM_GENERATE_GLOBAL_WORK_H
#define ADATOM_GENERATE_GLOBAL_WORK_H

#include "generate/global.h"

struct adatom_global_work {
    adatom_pooled_work *fast;    /* or NULL; the others are for what is not fast */
    adatom_structure *structure; /* of the lane in work */
    double matrix[3][3];         /* its strain.h F */
    double *values;              /* [atoms][values] */
    double *pooled;              /* [columns] */
    size_t *chosen;              /* [columns]: the atom that it came from, but for means */
    double *residuals;           /* [columns] */
    size_t *group_sizes;         /* [groups] */
    double *squares, *products;  /* [variables][variables], [variables] */
    /* Rows of the Jacobian that are in work */
    size_t row_capacity, row_count;
    double *rows;          /* [rows][variables] */
    double *row_residuals; /* [rows] */
    /* Pairs that are too near */
    size_t near_count, near_capacity;
    struct adatom_near *near;
};

/* A pair that is too near, as the centre and as the neighbour. */
typedef struct adatom_near {
    size_t atoms[2];
    double unit[3], vector[3];
    double depth; /* minimum - distance, Å */
} adatom_near;

/* values[atoms][value_count] to pooled[columns]. */
void adatom_global_pool(const adatom_global *fingerprint, const double *values, double *pooled,
                        size_t *chosen);
/* Does a column have parts of several atoms? */
bool adatom_global_sums(const adatom_global *fingerprint);
/* The first column of an atom's group and a pool. */
size_t adatom_global_column(const adatom_global *fingerprint, size_t atom, int pool);
/* The share of an atom's value in the column; 0: none. */
double adatom_global_share(const adatom_global *fingerprint, const adatom_global_work *work,
                           size_t atom, int pool, size_t column);

/* Values, residuals and pairs that are too near of a lane; *loss is the mean absolute difference.
 */
adatom_status adatom_global_take(const adatom_global *fingerprint, adatom_global_work *work,
                                 const double *positions, int lane, const adatom_pooled_loss *loss,
                                 double *difference, adatom_descriptor_jacobian **jacobian);
/* The normal equations of that lane. */
adatom_status adatom_global_normal_lane(const adatom_global *fingerprint, adatom_global_work *work,
                                        int lane, const adatom_pooled_loss *loss,
                                        const adatom_descriptor_jacobian *jacobian,
                                        adatom_pooled_normal *normal);

#endif
