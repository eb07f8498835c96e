/* adatom: Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1) for weights in single precision: mean,
 * decay, moments and step in one pass over the arrays. */
#ifndef ADATOM_NN_ADAM_FLOAT_H
#define ADATOM_NN_ADAM_FLOAT_H

#include "adatom/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct adatom_adam_float {
    size_t count;
    float *mean, *variance; /* [count], the running moments; with step all that a resume needs */
    int64_t step;
} adatom_adam_float;

/* What a step over all weights has in common. */
typedef struct adatom_adam_float_step {
    float rate, epsilon; /* with the corrections of the moments' beginning */
    float scale, decay;  /* the gradient is scale * gradient + decay * weight */
} adatom_adam_float_step;

adatom_status adatom_adam_float_create(size_t count, adatom_adam_float **out);
void adatom_adam_float_free(adatom_adam_float *adam);
/* beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8. */
void adatom_adam_float_update(adatom_adam_float *adam, double rate, double scale, double decay,
                              const float *gradient, float *weights);

#endif
