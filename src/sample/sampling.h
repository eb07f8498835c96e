/* adatom: which steps of a trajectory are kept. */
#ifndef ADATOM_SAMPLE_SAMPLING_H
#define ADATOM_SAMPLE_SAMPLING_H

#include "adatom/sample.h"
#include "sample/dynamics.h"

typedef struct adatom_sampling {
    adatom_sampling_rule rule;
    int64_t every;
    double alpha; /* eV/Å */
    int64_t longest;
    size_t atom_count; /* tracked, each with its own interval; 0: one interval */
    size_t atoms[ADATOM_NUMBERS_MAX];
    int64_t due[ADATOM_NUMBERS_MAX]; /* the next step; the first entry without tracked atoms */
    size_t sampled_count;
    size_t sampled[ADATOM_NUMBERS_MAX]; /* the atoms that the last step was kept for */
} adatom_sampling;

/* 1 for a force above alpha (both eV/Å), else floor(alpha / force), at most longest: Kocer, Mason
 * and Erturk, J. Chem. Phys. 150, 154102 (2019), section II.C, after Pukrittayakamee et al., J.
 * Chem. Phys. 130, 134101 (2009). */
int64_t adatom_sampling_interval(double force, double alpha, int64_t longest);

/* The first step, number 0, is due. The options have been checked. */
void adatom_sampling_start(adatom_sampling *sampling, const adatom_sample_options *options);
/* Whether the step is kept; sets what is due next by the forces at the step. */
bool adatom_sampling_take(adatom_sampling *sampling, const adatom_dynamics *dynamics, int64_t step);

#endif
