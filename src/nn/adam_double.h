/* adatom: Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1) for weights in double precision. */
#ifndef ADATOM_NN_ADAM_DOUBLE_H
#define ADATOM_NN_ADAM_DOUBLE_H

#include "adatom/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct adatom_adam_double {
    size_t count;
    double *mean, *variance; /* [count], the running moments; with step all that a resume needs */
    int64_t step;
    double learning_rate, beta1, beta2, epsilon; /* 1e-3, 0.9, 0.999, 1e-8 */
} adatom_adam_double;

adatom_status adatom_adam_double_create(size_t count, adatom_adam_double **out);
void adatom_adam_double_free(adatom_adam_double *adam);
void adatom_adam_double_update(adatom_adam_double *adam, const double *gradient, double *weights);

#endif
