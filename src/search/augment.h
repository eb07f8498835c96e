/* adatom: the samples of a batch: each step as it is, and turned copies of it.
 *
 * J. Chem. Phys. 151, 054111 (2019), Methods: the batch is augmented by rotating structures on the
 * grid. What is turned here is the surroundings of the action, as far as the network sees. */
#ifndef ADATOM_SEARCH_AUGMENT_H
#define ADATOM_SEARCH_AUGMENT_H

#include "base/random.h"
#include "image/view.h"
#include "nn/trainer.h"

typedef struct adatom_augment {
    const adatom_grid *grid;
    int copies;       /* turned ones per step */
    bool any_angle;   /* else only turns that the grid maps onto itself */
    bool about_axis;  /* else about all axes */
    double axis[3];   /* of the turns, in the grid's axes */
    bool reflections; /* by any angle every second one; exact turns are all as likely */
    int reach[3];     /* pixels that a sample looks around */
    int exact_count;
    adatom_turn exact[ADATOM_TURNS_MAX];
} adatom_augment;

/* The samples of one batch and the memory of their points. */
typedef struct adatom_augmented {
    adatom_point_list points;
    size_t *first; /* [sample_count + 1] into points */
    adatom_sample *samples;
    size_t sample_count, first_capacity, sample_capacity;
} adatom_augmented;

adatom_augment adatom_augment_make(const adatom_grid *grid, int copies, bool any_angle,
                                   adatom_turn_axes axes, bool reflections, const int reach[3]);
/* Samples per step: 1 + copies, or 1 where the grid has no turn to offer. */
size_t adatom_augment_per_step(const adatom_augment *augment);

void adatom_augmented_start(adatom_augmented *batch);
/* Appends the samples of one step: what is seen from the action's pixel. */
adatom_status adatom_augmented_add(adatom_augmented *batch, const adatom_augment *augment,
                                   const adatom_image_atom *atoms, size_t atom_count,
                                   const int action[3], adatom_random *random);
/* Sets the samples' pointers once all are added. */
adatom_status adatom_augmented_finish(adatom_augmented *batch);
void adatom_augmented_clear(adatom_augmented *batch);

#endif
