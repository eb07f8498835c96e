/* adatom: the network by plain loops: slow, obvious, the reference that the fast kernels are held
 * against. */
#ifndef ADATOM_NN_PLAIN_H
#define ADATOM_NN_PLAIN_H

#include "nn/network.h"
#include "nn/trainer.h"

#include <stdbool.h>

/* As adatom_map_evaluate for the points given. */
adatom_status adatom_plain_map(const adatom_network *network, const float *weights,
                               const int shape[3], const bool periodic[3],
                               const adatom_point *points, size_t point_count, float *q);
/* As adatom_trainer_gradient, in double precision inside. */
adatom_status adatom_plain_gradient(const adatom_network *network, const float *weights,
                                    const int size[3], const adatom_sample *samples,
                                    int sample_count, adatom_sample_cost *cost_of_sample,
                                    void *context, float *gradient, double *cost);

#endif
