#include "descriptor/acsf_kernel.h"

#include "base/error.h"
#include "base/instruction_set.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static const adatom_acsf_isa *const kernels[] = {ADATOM_KERNELS(adatom_acsf)};

const adatom_acsf_isa *adatom_acsf_isa_available(int index)
{
    const int set = adatom_instruction_set_available(index);
    return set >= 0 ? kernels[set] : NULL;
}

static const adatom_acsf_isa *chosen_isa(void)
{
    return kernels[adatom_instruction_set_chosen()];
}

void adatom_acsf_lanes_free(adatom_acsf_lanes *lanes)
{
    if (lanes == NULL) {
        return;
    }
    free(lanes->first);
    free(lanes->place);
    free(lanes->geometry);
    free(lanes->factors);
    free(lanes->forces);
    free(lanes->across);
    free(lanes->sums);
    free(lanes);
}

static adatom_status allocate_fixed(adatom_acsf_lanes *lanes)
{
    size_t values = 1;
    lanes->widest = 1;
    for (int s = 0; s < lanes->acsf->species_count; s++) {
        const adatom_acsf_center *center = &lanes->acsf->centers[s];
        const size_t factors = (size_t)center->factor_count, count = (size_t)center->value_count;
        lanes->widest = factors > lanes->widest ? factors : lanes->widest;
        values = count > values ? count : values;
    }
    ADATOM_TRY(adatom_allocate_aligned(values * 8, sizeof *lanes->sums, &lanes->sums));
    ADATOM_TRY(adatom_allocate_aligned(lanes->widest * 16, sizeof *lanes->across, &lanes->across));
    return adatom_allocate((size_t)lanes->acsf->species_count + 1, sizeof *lanes->first,
                           &lanes->first);
}

adatom_status adatom_acsf_lanes_create(const adatom_acsf *acsf, adatom_acsf_lanes **out)
{
    adatom_acsf_lanes *lanes;
    ADATOM_TRY(adatom_allocate(1, sizeof *lanes, &lanes));
    lanes->acsf = acsf;
    lanes->isa = chosen_isa();
    const adatom_status status = allocate_fixed(lanes);
    if (status != ADATOM_OK) {
        adatom_acsf_lanes_free(lanes);
        return status;
    }
    *out = lanes;
    return ADATOM_OK;
}

static adatom_status replace(size_t count, double **array)
{
    double *larger;
    ADATOM_TRY(adatom_allocate_aligned(count, sizeof *larger, &larger));
    free(*array);
    *array = larger;
    return ADATOM_OK;
}

/* Room for so many neighbours, and for reading a register's width beyond the last. */
static adatom_status reserve(adatom_acsf_lanes *lanes, size_t count)
{
    const size_t slots = (count + 16) / 8 * 8;
    if (slots <= lanes->capacity) {
        return ADATOM_OK;
    }
    size_t *place;
    ADATOM_TRY(replace(5 * slots, &lanes->geometry));
    ADATOM_TRY(replace(lanes->widest * 2 * slots, &lanes->factors));
    ADATOM_TRY(replace(3 * slots, &lanes->forces));
    ADATOM_TRY(adatom_allocate(slots, sizeof *place, &place));
    free(lanes->place);
    lanes->place = place;
    lanes->capacity = slots;
    return ADATOM_OK;
}

/* Fills a slot with a unit vector, r and 1 / r. */
static void fill_slot(adatom_acsf_lanes *lanes, size_t slot, const double vector[3], double r)
{
    for (size_t x = 0; x < 3; x++) {
        lanes->geometry[x * lanes->capacity + slot] = vector[x] / r;
    }
    lanes->geometry[3 * lanes->capacity + slot] = r;
    lanes->geometry[4 * lanes->capacity + slot] = 1 / r;
}

adatom_status adatom_acsf_lanes_place(adatom_acsf_lanes *lanes,
                                      const adatom_environment *environment)
{
    const double cutoff = lanes->acsf->cutoff, beyond[3] = {0, 0, 2 * cutoff};
    ADATOM_TRY(reserve(lanes, environment->count));
    size_t slot = 0;
    for (int s = 0; s < lanes->acsf->species_count; s++) {
        lanes->first[s] = slot;
        for (size_t j = 0; j < environment->count; j++) {
            const double *v = environment->vectors[j];
            const double r = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
            if (environment->types[j] == s && r < cutoff) {
                fill_slot(lanes, slot, v, r);
                lanes->place[slot++] = j;
            }
        }
    }
    lanes->first[lanes->acsf->species_count] = lanes->count = slot;
    while (slot < lanes->count + 8) {
        fill_slot(lanes, slot++, beyond, 2 * cutoff);
    }
    return ADATOM_OK;
}
