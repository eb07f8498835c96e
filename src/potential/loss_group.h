/* adatom: the loss of one group of atoms. */
#ifndef ADATOM_POTENTIAL_LOSS_GROUP_H
#define ADATOM_POTENTIAL_LOSS_GROUP_H

#include "potential/loss.h"

/* What the loss of a group is made with; const. */
typedef struct adatom_loss_shape {
    const adatom_potential *potential;
    size_t weight_count, *offsets; /* [elements] */
    /* What a squared error of a target counts, in units of energy_factor, before it is divided by
     * the number of targets: of an energy per atom, of a force component. */
    double energy_weight, force_weight;
} adatom_loss_shape;

/* What one thread needs for the largest group of a dataset. */
typedef struct adatom_group_scratch {
    size_t element_count;
    adatom_dense_work **networks; /* [elements] */
    double *slopes;               /* [inputs], dE/dinput */
    double *directions;           /* [inputs] */
    double *forces;               /* [atoms * 3]: those predicted, then their errors */
    double *factors;              /* [atoms] */
    double *ones, *zeros;         /* [atoms] */
} adatom_group_scratch;

adatom_status adatom_group_scratch_create(const adatom_loss_shape *shape,
                                          const adatom_dataset *dataset,
                                          adatom_group_scratch **out);
void adatom_group_scratch_free(adatom_group_scratch *scratch);

/* How much each squared error counts: the weights of the shape over the number of targets. */
typedef struct adatom_target_weights {
    double energy, force;
} adatom_target_weights;

/* Adds the errors of the group, and where gradient is not NULL the gradient of the loss,
 * [weight_count]. */
void adatom_group_gradient(const adatom_loss_shape *shape, adatom_group_scratch *scratch,
                           const adatom_training_group *group, adatom_target_weights counts,
                           const double *weights, double *gradient, adatom_training_errors *errors);

/* Number of targets, each of which is a row. */
size_t adatom_group_targets(const adatom_training_group *group);
/* Residuals, whose squares sum to the loss of the group, and rows[target][weight_count], their
 * derivatives; rows must be all 0. */
void adatom_group_rows(const adatom_loss_shape *shape, adatom_group_scratch *scratch,
                       const adatom_training_group *group, adatom_target_weights counts,
                       const double *weights, double *residuals, double *rows);

#endif
