#include "nn/adam_float.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/dense_float_kernels.h"

#include <math.h>
#include <stdlib.h>

adatom_status adatom_adam_float_create(size_t count, adatom_adam_float **out)
{
    adatom_adam_float *adam;
    ADATOM_TRY(adatom_allocate(1, sizeof *adam, &adam));
    adam->count = count;
    adatom_status status = adatom_allocate_aligned(count, sizeof(float), &adam->mean);
    if (status == ADATOM_OK) {
        status = adatom_allocate_aligned(count, sizeof(float), &adam->variance);
    }
    if (status != ADATOM_OK) {
        adatom_adam_float_free(adam);
        return status;
    }
    *out = adam;
    return ADATOM_OK;
}

void adatom_adam_float_free(adatom_adam_float *adam)
{
    if (adam != NULL) {
        free(adam->mean);
        free(adam->variance);
        free(adam);
    }
}

void adatom_adam_float_update(adatom_adam_float *adam, double rate, double scale, double decay,
                              const float *gradient, float *weights)
{
    adam->step++;
    const double correction1 = 1 - pow(0.9, (double)adam->step);
    const double correction2 = sqrt(1 - pow(0.999, (double)adam->step));
    const adatom_adam_float_step step = {.rate = (float)(rate * correction2 / correction1),
                                         .epsilon = (float)(1e-8 * correction2),
                                         .scale = (float)scale,
                                         .decay = (float)decay};
    adatom_dense_float_kernels_chosen()->adam(&step, adam->count, gradient, adam->mean,
                                              adam->variance, weights);
}
