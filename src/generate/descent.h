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

/* Told that a lane's descent has ended, its positions and loss being the best of it. Puts others
 * into the lane to go on from and returns true, or returns false: the lane rests. */
typedef bool adatom_descent_next(void *context, int lane);

typedef struct adatom_descent {
    const adatom_global *fingerprint;
    const adatom_reconstruct_options *options;
    adatom_global_work *work;
    adatom_pooled_loss loss;
    size_t count;       /* of variables: those of the fingerprint */
    double *positions;  /* [count][lanes]: from where to descend; afterwards the best */
    double *losses;     /* [lanes]: mean absolute differences there */
    double *objectives; /* [lanes]: what the method lowers, there */
    double *goals;      /* [lanes]: set by who asks for the descent: one of Levenberg-Marquardt that
                           will not come below in good time is given up. INFINITY at first */
    double steps;       /* of all lanes, so far */
    bool stop;          /* set by next: all lanes end at once */
    bool idle[ADATOM_POOLED_LANES];
    /* Scratch */
    double *trial, *step, *gradient, *trial_gradient; /* [count][lanes] */
    double *mean, *variance;                          /* of Adam */
    double *steps_kept, *changes_kept;                /* of L-BFGS, [pairs][count][lanes] */
    double *factor;                                   /* [count][count][lanes], of Levenberg */
    double *trial_losses;                             /* [lanes] */
    adatom_pooled_normal now, next;
} adatom_descent;

/* Everything given must outlive the descent; target[columns][lanes] may be filled later. */
adatom_status adatom_descent_create(const adatom_global *fingerprint,
                                    const adatom_reconstruct_options *options,
                                    double minimum_distance, const double *target,
                                    adatom_descent **out);
void adatom_descent_free(adatom_descent *descent);
/* Descends in all lanes, and again and again from where next puts them, until all rest. A descent
 * ends early where the loss is low enough. */
adatom_status adatom_descent_run(adatom_descent *descent, adatom_descent_next *next, void *context);

/* As adatom_descent_run: each lane goes on as soon as its own descent has ended. */
adatom_status adatom_descend_levenberg(adatom_descent *descent, adatom_descent_next *next,
                                       void *context);
/* One descent of all lanes. */
adatom_status adatom_descend_lbfgs(adatom_descent *descent);
adatom_status adatom_descend_adam(adatom_descent *descent);
/* Keeps a lane's cell, where it is a variable, within bounds. */
void adatom_descent_guard(const adatom_descent *descent, double *variables, int lane);
/* The loss below which a search ends: verdict.exact, where the method gets so far. */
double adatom_descent_enough(const adatom_reconstruct_options *options);
/* Is any lane's loss below that? */
bool adatom_descent_solved(const adatom_descent *descent, const double *losses);

enum { ADATOM_DESCENT_PAIRS = 12 };

#endif
