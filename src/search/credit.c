#include "search/credit.h"

#include "base/error.h"
#include "base/memory.h"
#include "search/property.h"

#include <math.h>
#include <stdlib.h>

adatom_status adatom_credit_create(const adatom_problem *problem,
                                   const adatom_search_options *options, adatom_credit **out)
{
    *out = NULL;
    if (options->training_credit == 0) {
        return ADATOM_OK;
    }
    adatom_property property;
    ADATOM_TRY(adatom_property_read(problem, options, &property));
    if (!adatom_property_is_energy(&property)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "training.credit: expected 0 where the reward is not the energy");
    }
    if (problem->varies) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "training.credit: expected 0 where the number of atoms varies");
    }
    if (options->reward_delta_e == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "training.credit: reward.delta_e is 0, expected a window of rewards");
    }
    adatom_credit *credit;
    ADATOM_TRY(adatom_allocate(1, sizeof *credit, &credit));
    credit->problem = problem;
    credit->weight = options->training_credit;
    credit->window = options->reward_delta_e;
    *out = credit;
    return ADATOM_OK;
}

void adatom_credit_free(adatom_credit *credit)
{
    if (credit != NULL) {
        free(credit->shares);
        free(credit);
    }
}

static double *shares_of(const adatom_credit *credit, size_t slot)
{
    return credit->shares + slot * (size_t)credit->problem->step_count;
}

adatom_status adatom_credit_reserve(adatom_credit *credit, size_t slots)
{
    return adatom_grow(&credit->shares, &credit->capacity,
                       slots * (size_t)credit->problem->step_count, sizeof *credit->shares);
}

adatom_status adatom_credit_keep(adatom_credit *credit, size_t slot, const double *shares)
{
    ADATOM_TRY(adatom_credit_reserve(credit, slot + 1));
    double *kept = shares_of(credit, slot);
    for (int step = 0; step < credit->problem->step_count; step++) {
        kept[step] = shares != NULL ? shares[step] : NAN;
    }
    return ADATOM_OK;
}

static int species_of(const adatom_credit *credit, const adatom_replay *replay, size_t slot,
                      int step)
{
    const int32_t action = adatom_replay_actions(replay, slot)[step];
    return adatom_problem_placement(credit->problem, action).species;
}

/* The mean share of each element's atoms in the best episode; NAN where it has none. */
static void find_references(const adatom_credit *credit, const adatom_replay *replay,
                            double *references)
{
    int counts[ADATOM_PARTS_MAX] = {0};
    for (int s = 0; s < credit->problem->species_count; s++) {
        references[s] = 0;
    }
    const size_t best = replay->best;
    for (int step = 0; step < replay->slots[best].step_count; step++) {
        const int species = species_of(credit, replay, best, step);
        references[species] += shares_of(credit, best)[step];
        counts[species]++;
    }
    for (int s = 0; s < credit->problem->species_count; s++) {
        references[s] /= counts[s]; /* 0 / 0 is NAN */
    }
}

void adatom_credit_mix(const adatom_credit *credit, const adatom_replay *replay,
                       const adatom_replay_step *steps, size_t count, double *rewards)
{
    if (replay->slot_count == 0) {
        return;
    }
    double references[ADATOM_PARTS_MAX];
    find_references(credit, replay, references);
    for (size_t i = 0; i < count; i++) {
        const size_t slot = (size_t)steps[i].slot;
        const double share = shares_of(credit, slot)[steps[i].step];
        const double reference = references[species_of(credit, replay, slot, steps[i].step)];
        const double own = 1 - 2 * (share - reference) / credit->window;
        if (isfinite(own)) {
            rewards[i] += credit->weight * (fmax(-1, fmin(1, own)) - rewards[i]);
        }
    }
}
