/* adatom: Adam (Kingma and Ba, arXiv:1412.6980), in the order of operations that ends their section
 * 2, as TensorFlow has it: epsilon is added to the root of the uncorrected second moment. */
#ifndef ADATOM_NN_ADAM_H
#define ADATOM_NN_ADAM_H

#include "adatom/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct adatom_adam {
    size_t count;
    float *mean, *variance; /* [count], the running moments */
    int64_t step;
    double learning_rate, beta1, beta2, epsilon;
} adatom_adam;

adatom_status adatom_adam_create(size_t count, adatom_adam **out);
void adatom_adam_free(adatom_adam *adam);
void adatom_adam_update(adatom_adam *adam, const float *gradient, float *weights);

#endif
