/* adatom: L-BFGS for a loss over all samples (Nocedal, Math. Comput. 35, 773 (1980)), with a line
 * search for the strong Wolfe conditions (Nocedal and Wright, Numerical Optimization, 2nd ed.,
 * algorithms 3.5 and 3.6). */
#ifndef ADATOM_NN_LBFGS_H
#define ADATOM_NN_LBFGS_H

#include "adatom/status.h"

#include <stdbool.h>
#include <stddef.h>

/* The loss and its gradient, [count], at the weights. */
typedef adatom_status adatom_loss_gradient(void *context, const double *weights, double *loss,
                                           double *gradient);

typedef struct adatom_lbfgs {
    size_t count;
    int memory; /* pairs kept at most */
    int pairs;  /* kept now; with steps and changes all that a resume needs besides the weights */
    double *steps, *changes; /* [memory][count]: of the weights and of the gradient, oldest first */
    /* Scratch */
    double *gradient, *direction, *trial, *trial_gradient; /* [count] */
    double *factors;                                       /* [memory] */
    bool has_gradient;                                     /* of the weights as they are */
    double loss;
} adatom_lbfgs;

adatom_status adatom_lbfgs_create(size_t count, int memory, adatom_lbfgs **out);
void adatom_lbfgs_free(adatom_lbfgs *lbfgs);
/* One iteration: *weights move, *loss is that of the new ones. *moved is false where no step lowers
 * the loss any more. The weights must not be changed between iterations. */
adatom_status adatom_lbfgs_step(adatom_lbfgs *lbfgs, adatom_loss_gradient *evaluate, void *context,
                                double *weights, double *loss, bool *moved);

#endif
