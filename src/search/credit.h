/* adatom: credit of the single atoms: part of the reward of an action is how good the atom that it
 * placed is in the finished structure.
 *
 * Where an evaluator splits the energy E into shares e_a of the atoms, the reward of placing atom a
 * is (1 - w) r(E) + w r_a, with the weight w and
 *
 *     r_a = 1 - 2 (e_a - mean share of the atoms of that element placed in the best episode) / ΔE,
 *
 * cut to [-1, 1]; ΔE is the window of rewards, in eV/atom. (Ours; w = 0 in the papers.) */
#ifndef ADATOM_SEARCH_CREDIT_H
#define ADATOM_SEARCH_CREDIT_H

#include "search/problem.h"
#include "search/replay.h"

typedef struct adatom_credit {
    const adatom_problem *problem;
    double weight;
    double window; /* eV */
    size_t capacity;
    double *shares; /* [slots of the replay buffer][step_count], eV; NAN where there are none */
} adatom_credit;

/* *out is NULL where training.credit is 0. INVALID_INPUT where the property is not the energy, or
 * reward.delta_e is 0. The problem must outlive it. */
adatom_status adatom_credit_create(const adatom_problem *problem,
                                   const adatom_search_options *options, adatom_credit **out);
void adatom_credit_free(adatom_credit *credit);

/* Room for so many slots. */
adatom_status adatom_credit_reserve(adatom_credit *credit, size_t slots);
/* Keeps the shares [step_count] of the episode in a slot; NULL: it has none. */
adatom_status adatom_credit_keep(adatom_credit *credit, size_t slot, const double *shares);

/* Mixes the credit of the atoms into rewards [count] of the steps of a batch. */
void adatom_credit_mix(const adatom_credit *credit, const adatom_replay *replay,
                       const adatom_replay_step *steps, size_t count, double *rewards);

#endif
