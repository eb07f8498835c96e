/* adatom: how far a potential is from its targets, and the derivatives of that with respect to all
 * weights.
 *
 * With errors in units of the targets' own spread,
 *
 *   loss = energy * <(dE / atoms)^2> / <(E / atoms)^2> + forces * <dF^2> / <F^2>,
 *
 * or <dE_i^2> / <E_i^2> over atoms that have energies of their own as targets. */
#ifndef ADATOM_POTENTIAL_LOSS_H
#define ADATOM_POTENTIAL_LOSS_H

#include "potential/dataset.h"

/* Groups of a dataset, by index. */
typedef struct adatom_group_list {
    size_t count;
    const size_t *indices;
} adatom_group_list;

/* Sums of squares, in units of the targets. */
typedef struct adatom_training_errors {
    double energy_squares, force_squares; /* per atom of a structure, or of atoms' own energies */
    size_t energies, force_components;
    double loss;
} adatom_training_errors;

typedef struct adatom_loss adatom_loss;

/* energy and forces are the weights of the loss; the spreads are those of dataset `scale`. */
adatom_status adatom_loss_create(const adatom_potential *potential, const adatom_dataset *dataset,
                                 const adatom_dataset *scale, double energy, double forces,
                                 adatom_team *team, adatom_loss **out);
void adatom_loss_free(adatom_loss *loss);

/* Of all elements: the weights of element t start at adatom_loss_offset(loss, t). */
size_t adatom_loss_weight_count(const adatom_loss *loss);
size_t adatom_loss_offset(const adatom_loss *loss, size_t element);

/* The calls give the same for any number of threads. */
adatom_status adatom_loss_errors(adatom_loss *loss, adatom_group_list list, const double *weights,
                                 adatom_training_errors *errors);
/* gradient, [weight_count], is overwritten. */
adatom_status adatom_loss_gradient_of(adatom_loss *loss, adatom_group_list list,
                                      const double *weights, double *gradient,
                                      adatom_training_errors *errors);
/* For Levenberg-Marquardt: loss = sum of squared residuals; their normal equations are added. */
adatom_status adatom_loss_equations(adatom_loss *loss, adatom_group_list list,
                                    const double *weights, double *squares, double *products,
                                    double *sum);

#endif
