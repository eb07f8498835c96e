/* adatom: the kernels of the network, compiled once per instruction set.
 *
 * Widths, shapes, periods and places are in the order of adatom_axes here: slab, column, row. */
#ifndef ADATOM_NN_ISA_H
#define ADATOM_NN_ISA_H

#include "nn/network.h"
#include "nn/trainer.h"

#include <stdbool.h>

typedef struct adatom_isa {
    const char *name;
    int lanes;
    adatom_status (*map_create)(const adatom_network *network, const int shape[3],
                                const bool periodic[3], void **out);
    void (*map_free)(void *map);
    void (*map_prepare)(void *map, const float *weights);
    void (*map_clear)(void *map);
    void (*map_add)(void *map, int channel, const int at[3]);
    void (*map_evaluate)(void *map, float *q);
    adatom_status (*trainer_create)(const adatom_network *network, const adatom_axes *axes,
                                    const int size[3], adatom_team *team, void **out);
    void (*trainer_free)(void *trainer);
    void (*trainer_gradient)(void *trainer, const float *weights, const adatom_sample *samples,
                             int sample_count, adatom_sample_cost *cost_of_sample, void *context,
                             float *gradient, double *cost);
} adatom_isa;

extern const adatom_isa adatom_isa_portable;
#ifdef ADATOM_X86_KERNELS
extern const adatom_isa adatom_isa_avx2;
extern const adatom_isa adatom_isa_avx512;
#endif

/* The kernels that this processor can run, fastest first; NULL beyond the last. */
const adatom_isa *adatom_isa_available(int index);
/* The fastest, or the one that the environment variable ADATOM_ISA names. */
const adatom_isa *adatom_isa_chosen(void);

#endif
