/* adatom: gradients of a cost of a few output pixels, over a batch of patches. */
#ifndef ADATOM_NN_TRAINER_H
#define ADATOM_NN_TRAINER_H

#include "nn/network.h"

#include "base/threads.h"

typedef struct adatom_trainer adatom_trainer;

/* The points around the centre pixel of a sample; x, y and z count from that pixel. Points out of
 * the network's reach are ignored. */
typedef struct adatom_sample {
    const adatom_point *points;
    size_t point_count;
} adatom_sample;

/* The cost of one sample: output and its gradient d cost / d output are
 * [outputs][size[0]][size[1]][size[2]], the centre pixel in the middle. Returns the cost. Is called
 * from several threads. */
typedef double adatom_sample_cost(void *context, int sample, const float *output, float *gradient);

/* size[0] x size[1] x size[2] output pixels per sample, all odd. The network and the team must
 * outlive it.
 */
adatom_status adatom_trainer_create(const adatom_network *network, const int size[3],
                                    adatom_team *team, adatom_trainer **out);
/* The same with the kernels of a given instruction set (nn/isa.h). */
struct adatom_isa;
adatom_status adatom_trainer_create_on(const struct adatom_isa *isa, const adatom_network *network,
                                       const int size[3], adatom_team *team, adatom_trainer **out);
void adatom_trainer_free(adatom_trainer *trainer);
/* gradient [weight_count] = sum over the samples of d cost / d weight; *cost their sum. The result
 * does not depend on the number of threads. */
void adatom_trainer_gradient(adatom_trainer *trainer, const float *weights,
                             const adatom_sample *samples, int sample_count,
                             adatom_sample_cost *cost_of_sample, void *context, float *gradient,
                             double *cost);

#endif
