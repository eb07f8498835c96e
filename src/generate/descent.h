/* adatom: lowers the loss of ADATOM_POOLED_LANES structures at once, from where they stand to the
 * bottom of the valley. Lanes do not touch each other. */
#ifndef ADATOM_GENERATE_DESCENT_H
#define ADATOM_GENERATE_DESCENT_H

#include "adatom/reconstruct.h"
#include "generate/global.h"

typedef enum adatom_descent_method {
    ADATOM_DESCENT_LEVENBERG, /* as the names of optimizer.method */
    ADATOM_DESCENT_LBFGS,
    ADATOM_DESCENT_ADAM
} adatom_descent_method;

typedef struct adatom_descent {
    const adatom_global *fingerprint;
    const adatom_reconstruct_options *options;
    adatom_global_work *work;
    adatom_pooled_loss loss;
    size_t count;      /* 3 atoms */
    double *positions; /* [count][lanes]: from where to descend; afterwards the best */
    double *losses;    /* [lanes]: mean absolute differences there */
    double steps;      /* of all lanes, so far */
    bool idle[ADATOM_POOLED_LANES];
    /* Scratch */
    double *trial, *step, *gradient, *trial_gradient; /* [count][lanes] */
    double *mean, *variance;                          /* of Adam */
    double *steps_kept, *changes_kept;                /* of L-BFGS, [pairs][count][lanes] */
    double *factor;                                   /* [count][count][lanes], of Levenberg */
    double *objectives, *trial_losses;                /* [lanes] */
    adatom_pooled_normal now, next;
} adatom_descent;

/* Everything given must outlive the descent; target[columns][lanes] may be filled later. */
adatom_status adatom_descent_create(const adatom_global *fingerprint,
                                    const adatom_reconstruct_options *options,
                                    double minimum_distance, const double *target,
                                    adatom_descent **out);
void adatom_descent_free(adatom_descent *descent);
/* One descent; ends early where a lane's loss is below verdict.solved. */
adatom_status adatom_descent_run(adatom_descent *descent);

/* As adatom_descent_run, each for its method. */
adatom_status adatom_descend_levenberg(adatom_descent *descent);
adatom_status adatom_descend_lbfgs(adatom_descent *descent);
adatom_status adatom_descend_adam(adatom_descent *descent);
/* Is any lane's loss below verdict.solved? */
bool adatom_descent_solved(const adatom_descent *descent, const double *losses);

enum { ADATOM_DESCENT_PAIRS = 12 };

#endif
