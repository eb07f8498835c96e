#include "nn/adam_double.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

adatom_status adatom_adam_double_create(size_t count, adatom_adam_double **out)
{
    adatom_adam_double *adam;
    ADATOM_TRY(adatom_allocate(1, sizeof *adam, &adam));
    *adam = (adatom_adam_double){
        .count = count, .learning_rate = 1e-3, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8};
    adatom_status status = adatom_allocate_aligned(count, sizeof(double), &adam->mean);
    if (status == ADATOM_OK) {
        status = adatom_allocate_aligned(count, sizeof(double), &adam->variance);
    }
    if (status != ADATOM_OK) {
        adatom_adam_double_free(adam);
        return status;
    }
    *out = adam;
    return ADATOM_OK;
}

void adatom_adam_double_free(adatom_adam_double *adam)
{
    if (adam != NULL) {
        free(adam->mean);
        free(adam->variance);
        free(adam);
    }
}

void adatom_adam_double_update(adatom_adam_double *adam, const double *restrict gradient,
                               double *restrict weights)
{
    adam->step++;
    const double correction1 = 1 - pow(adam->beta1, (double)adam->step);
    const double correction2 = 1 - pow(adam->beta2, (double)adam->step);
    for (size_t i = 0; i < adam->count; i++) {
        const double g = gradient[i];
        adam->mean[i] = adam->beta1 * adam->mean[i] + (1 - adam->beta1) * g;
        adam->variance[i] = adam->beta2 * adam->variance[i] + (1 - adam->beta2) * g * g;
        weights[i] -= adam->learning_rate * (adam->mean[i] / correction1) /
                      (sqrt(adam->variance[i] / correction2) + adam->epsilon);
    }
}
