#include "nn/trainer.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/isa.h"

#include <stdlib.h>

struct adatom_trainer {
    const adatom_isa *isa;
    adatom_network network; /* in the order of the axes */
    void *kernels;
};

adatom_status adatom_trainer_create(const adatom_network *network, const int size[3],
                                    adatom_team *team, adatom_trainer **out)
{
    return adatom_trainer_create_on(adatom_isa_chosen(), network, size, team, out);
}

adatom_status adatom_trainer_create_on(const adatom_isa *isa, const adatom_network *network,
                                       const int size[3], adatom_team *team, adatom_trainer **out)
{
    for (int axis = 0; axis < 3; axis++) {
        if (size[axis] < 1 || size[axis] % 2 == 0 || size[axis] > 255) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "trained output of %d x %d x %d pixels, expected odd numbers up to "
                               "255",
                               size[0], size[1], size[2]);
        }
    }
    adatom_trainer *trainer = NULL;
    ADATOM_TRY(adatom_allocate(1, sizeof *trainer, &trainer));
    trainer->isa = isa;
    const adatom_axes axes = adatom_axes_of(network, size);
    int laid[3];
    adatom_axes_lay(&axes, size, laid);
    trainer->network = adatom_axes_lay_network(&axes, network);
    const adatom_status status =
        isa->trainer_create(&trainer->network, &axes, laid, team, &trainer->kernels);
    if (status != ADATOM_OK) {
        free(trainer);
        return status;
    }
    *out = trainer;
    return ADATOM_OK;
}

void adatom_trainer_free(adatom_trainer *trainer)
{
    if (trainer != NULL) {
        trainer->isa->trainer_free(trainer->kernels);
        free(trainer);
    }
}

void adatom_trainer_gradient(adatom_trainer *trainer, const float *weights,
                             const adatom_sample *samples, int sample_count,
                             adatom_sample_cost *cost_of_sample, void *context, float *gradient,
                             double *cost)
{
    trainer->isa->trainer_gradient(trainer->kernels, weights, samples, sample_count, cost_of_sample,
                                   context, gradient, cost);
}
