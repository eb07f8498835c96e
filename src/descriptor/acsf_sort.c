/* Symmetry functions sorted by centre and neighbours; what they share is computed once. */
#include "base/error.h"
#include "base/memory.h"
#include "descriptor/acsf.h"

#include <math.h>
#include <stdlib.h>

adatom_status adatom_acsf_add(adatom_acsf *acsf, const adatom_acsf_function *function)
{
    ADATOM_TRY(
        adatom_grow(&acsf->functions, &acsf->capacity, acsf->function_count + 1, sizeof *function));
    acsf->functions[acsf->function_count++] = *function;
    acsf->cutoff = fmax(acsf->cutoff, function->cutoff);
    return ADATOM_OK;
}

void adatom_acsf_free(void *state)
{
    adatom_acsf *acsf = state;
    if (acsf == NULL) {
        return;
    }
    for (int s = 0; s < ADATOM_ELEMENT_COUNT; s++) {
        adatom_acsf_center *center = &acsf->centers[s];
        free(center->factors);
        free(center->angles);
        free(center->pair_value);
        free(center->pair_factor);
        free(center->first_pair);
        free(center->triples);
        free(center->first_triple);
    }
    free(acsf->functions);
    free(acsf);
}

static bool is_triple(const adatom_acsf_function *function)
{
    return function->second >= 0;
}

/* The place of the function's factor, added if it is new. */
static int factor_of(adatom_acsf_center *center, const adatom_acsf_function *function)
{
    const adatom_acsf_factor wanted = {.type = function->type == ADATOM_ACSF_G3 ? ADATOM_ACSF_G3
                                                                                : ADATOM_ACSF_G2,
                                       .eta = function->eta,
                                       .shift = function->shift,
                                       .cutoff = function->cutoff};
    int at = 0;
    for (; at < center->factor_count; at++) {
        const adatom_acsf_factor *known = &center->factors[at];
        if (known->type == wanted.type && known->eta == wanted.eta &&
            known->shift == wanted.shift && known->cutoff == wanted.cutoff) {
            break;
        }
    }
    if (at == center->factor_count) {
        center->factors[center->factor_count++] = wanted;
    }
    center->factors[at].narrow = center->factors[at].narrow || function->type == ADATOM_ACSF_G4;
    return at;
}

static int angle_of(adatom_acsf_center *center, const adatom_acsf_function *function)
{
    for (int at = 0; at < center->angle_count; at++) {
        if (center->angles[at].lambda == function->lambda &&
            center->angles[at].zeta == function->zeta) {
            return at;
        }
    }
    const bool whole = function->zeta == floor(function->zeta);
    center->angles[center->angle_count] =
        (adatom_acsf_angle){.lambda = function->lambda,
                            .zeta = function->zeta,
                            .scale = exp2(1 - function->zeta),
                            .power = whole ? (int)function->zeta : 0};
    return center->angle_count++;
}

/* The group of the types of two neighbours, in any order. */
static int pair_of_types(const adatom_acsf *acsf, const adatom_acsf_function *function)
{
    const int a = function->first, b = function->second;
    return (a < b ? a : b) * acsf->species_count + (a < b ? b : a);
}

static adatom_status allocate_center(const adatom_acsf *acsf, adatom_acsf_center *center)
{
    const size_t most = acsf->function_count, species = (size_t)acsf->species_count;
    ADATOM_TRY(adatom_allocate(most, sizeof *center->factors, &center->factors));
    ADATOM_TRY(adatom_allocate(most, sizeof *center->angles, &center->angles));
    ADATOM_TRY(adatom_allocate(most, sizeof *center->pair_value, &center->pair_value));
    ADATOM_TRY(adatom_allocate(most, sizeof *center->pair_factor, &center->pair_factor));
    ADATOM_TRY(adatom_allocate(most, sizeof *center->triples, &center->triples));
    ADATOM_TRY(adatom_allocate(species + 1, sizeof(int), &center->first_pair));
    return adatom_allocate(species * species + 1, sizeof(int), &center->first_triple);
}

/* Puts those functions of the centre that belong to the group behind those before. */
static void place_group(adatom_acsf *acsf, int s, bool triples, int group, int *placed)
{
    adatom_acsf_center *center = &acsf->centers[s];
    int value = 0;
    for (size_t f = 0; f < acsf->function_count; f++) {
        const adatom_acsf_function *function = &acsf->functions[f];
        if (function->center != s) {
            continue;
        }
        const int own = is_triple(function) ? pair_of_types(acsf, function) : function->first;
        if (is_triple(function) == triples && own == group) {
            if (triples) {
                center->triples[*placed] =
                    (adatom_acsf_triple){.value = value,
                                         .factor = factor_of(center, function),
                                         .angle = angle_of(center, function),
                                         .narrow = function->type == ADATOM_ACSF_G4,
                                         .cutoff = function->cutoff};
            } else {
                center->pair_value[*placed] = value;
                center->pair_factor[*placed] = factor_of(center, function);
            }
            (*placed)++;
        }
        value++;
    }
    center->value_count = value;
}

/* Those with the same angle one after the other, in the order in which they were: an angle is then
 * computed once. */
static void sort_by_angle(adatom_acsf_triple *triples, int count)
{
    for (int i = 1; i < count; i++) {
        const adatom_acsf_triple moved = triples[i];
        int at = i;
        for (; at > 0 && triples[at - 1].angle > moved.angle; at--) {
            triples[at] = triples[at - 1];
        }
        triples[at] = moved;
    }
}

adatom_status adatom_acsf_sort(adatom_acsf *acsf)
{
    for (int s = 0; s < acsf->species_count; s++) {
        adatom_acsf_center *center = &acsf->centers[s];
        ADATOM_TRY(allocate_center(acsf, center));
        int placed = 0;
        for (int group = 0; group < acsf->species_count; group++) {
            place_group(acsf, s, false, group, &placed);
            center->first_pair[group + 1] = placed;
        }
        placed = 0;
        for (int group = 0; group < acsf->species_count * acsf->species_count; group++) {
            const int first = placed;
            place_group(acsf, s, true, group, &placed);
            sort_by_angle(center->triples + first, placed - first);
            center->first_triple[group + 1] = placed;
        }
    }
    return ADATOM_OK;
}
