#include "search/augment.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

adatom_augment adatom_augment_make(const adatom_grid *grid, int copies, bool any_angle,
                                   adatom_turn_axes axes, bool reflections, const int reach[3])
{
    adatom_augment augment = {.grid = grid,
                              .copies = copies,
                              .any_angle = any_angle,
                              .reflections = reflections,
                              .reach = {reach[0], reach[1], reach[2]}};
    augment.about_axis = adatom_turn_axis(grid, axes, augment.axis);
    augment.exact_count = adatom_turn_exact(grid, augment.about_axis ? augment.axis : NULL,
                                            reflections, augment.exact);
    return augment;
}

size_t adatom_augment_per_step(const adatom_augment *augment)
{
    const bool can_turn = augment->any_angle || augment->exact_count > 0;
    return can_turn ? 1 + (size_t)augment->copies : 1;
}

static adatom_turn draw_turn(const adatom_augment *augment, adatom_random *random)
{
    if (!augment->any_angle) {
        return augment->exact[adatom_random_below(random, (uint64_t)augment->exact_count)];
    }
    double uniform[3] = {0};
    for (int i = 0; i < (augment->about_axis ? 1 : 3); i++) {
        uniform[i] = adatom_random_uniform(random);
    }
    const double angle = 6.283185307179586 * uniform[0];
    const bool mirrored = augment->reflections && adatom_random_below(random, 2) == 1;
    if (augment->grid->dimensions == 2) {
        return adatom_turn_by_angle(augment->grid, angle, mirrored);
    }
    return augment->about_axis ? adatom_turn_about(augment->grid, augment->axis, angle, mirrored)
                               : adatom_turn_in_space(augment->grid, uniform, mirrored);
}

void adatom_augmented_start(adatom_augmented *batch)
{
    batch->points.count = 0;
    batch->sample_count = 0;
}

adatom_status adatom_augmented_add(adatom_augmented *batch, const adatom_augment *augment,
                                   const adatom_image_atom *atoms, size_t atom_count,
                                   const int action[3], adatom_random *random)
{
    const size_t count = adatom_augment_per_step(augment);
    ADATOM_TRY(adatom_grow(&batch->first, &batch->first_capacity, batch->sample_count + count + 1,
                           sizeof *batch->first));
    for (size_t copy = 0; copy < count; copy++) {
        const adatom_turn turn = copy == 0 ? adatom_turn_identity() : draw_turn(augment, random);
        batch->first[batch->sample_count++] = batch->points.count;
        ADATOM_TRY(adatom_view_around(augment->grid, atoms, atom_count, action, &turn,
                                      augment->reach, &batch->points));
    }
    batch->first[batch->sample_count] = batch->points.count;
    return ADATOM_OK;
}

adatom_status adatom_augmented_finish(adatom_augmented *batch)
{
    ADATOM_TRY(adatom_grow(&batch->samples, &batch->sample_capacity, batch->sample_count,
                           sizeof *batch->samples));
    for (size_t i = 0; i < batch->sample_count; i++) {
        batch->samples[i] = (adatom_sample){.points = batch->points.points + batch->first[i],
                                            .point_count = batch->first[i + 1] - batch->first[i]};
    }
    return ADATOM_OK;
}

void adatom_augmented_clear(adatom_augmented *batch)
{
    adatom_point_list_clear(&batch->points);
    free(batch->first);
    free(batch->samples);
    *batch = (adatom_augmented){0};
}
