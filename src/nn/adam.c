#include "nn/adam.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

adatom_status adatom_adam_create(size_t count, adatom_adam **out)
{
    adatom_adam *adam;
    ADATOM_TRY(adatom_allocate(1, sizeof *adam, &adam));
    *adam = (adatom_adam){
        .count = count, .learning_rate = 1e-3, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-7};
    adatom_status status = adatom_allocate_aligned(count, sizeof(float), &adam->mean);
    if (status == ADATOM_OK) {
        status = adatom_allocate_aligned(count, sizeof(float), &adam->variance);
    }
    if (status != ADATOM_OK) {
        adatom_adam_free(adam);
        return status;
    }
    *out = adam;
    return ADATOM_OK;
}

void adatom_adam_free(adatom_adam *adam)
{
    if (adam != NULL) {
        free(adam->mean);
        free(adam->variance);
        free(adam);
    }
}

void adatom_adam_update(adatom_adam *adam, const float *restrict gradient, float *restrict weights)
{
    adam->step++;
    const double correction1 = 1.0 - pow(adam->beta1, (double)adam->step);
    const double correction2 = 1.0 - pow(adam->beta2, (double)adam->step);
    const float rate = (float)(adam->learning_rate * sqrt(correction2) / correction1);
    const float beta1 = (float)adam->beta1, beta2 = (float)adam->beta2;
    const float epsilon = (float)adam->epsilon;
    float *restrict mean = adam->mean, *restrict variance = adam->variance;
    for (size_t i = 0; i < adam->count; i++) {
        const float g = gradient[i];
        mean[i] = beta1 * mean[i] + (1.0f - beta1) * g;
        variance[i] = beta2 * variance[i] + (1.0f - beta2) * g * g;
        weights[i] -= rate * mean[i] / (sqrtf(variance[i]) + epsilon);
    }
}
