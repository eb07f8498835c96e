/* adatom: the evaluations of a search: each structure once, failures as the settings say. */
#ifndef ADATOM_SEARCH_EVALUATION_H
#define ADATOM_SEARCH_EVALUATION_H

#include "adatom/evaluator.h"
#include "search/cache.h"
#include "search/canonical.h"
#include "search/property.h"

/* Choices of evaluation.on_failure. */
enum { ADATOM_ON_FAILURE_PENALISE, ADATOM_ON_FAILURE_STOP };

typedef struct adatom_evaluation {
    const adatom_problem *problem;
    const adatom_search_options *options;
    adatom_evaluator *evaluator;
    adatom_canonical *canonical;
    adatom_cache *cache; /* or NULL */
    adatom_property property;
    bool relaxes;
    bool asks;   /* for a number by name */
    bool splits; /* the energy among the atoms */
    /* Of the latest structure: the energy in eV and, where it was relaxed, for each atom of the
     * largest canonical structure how far it moved, Å, and the force at the end, eV/Å; the shares
     * of its atoms in the energy, eV; last the number that was asked for. */
    double *value;
    double (*forces)[3]; /* scratch */
} adatom_evaluation;

/* What it took to evaluate a structure. */
typedef struct adatom_evaluation_cost {
    int evaluations;
    double seconds;
    bool cached;
} adatom_evaluation_cost;

/* Opens the evaluator. Problem and options must outlive it. */
adatom_status adatom_evaluation_create(const adatom_problem *problem,
                                       const adatom_search_options *options,
                                       adatom_evaluation **out);
void adatom_evaluation_free(adatom_evaluation *evaluation);

/* The number that was asked for, of the latest structure; 0 where there is none. */
double adatom_evaluation_number(const adatom_evaluation *evaluation);

/* The shares [step_count] of the placed atoms in the energy of the latest structure, eV, in the
 * order in which they were placed; training.credit must be on. */
void adatom_evaluation_shares(const adatom_evaluation *evaluation, double *shares);

/* Evaluates a whole build; built becomes the relaxed structure where options ask for relaxation,
 * and then forces [atom_count][3] those on it. A failed evaluation is repeated as often as options
 * say; EVALUATION_FAILED if all fail; cost is set then, too. */
adatom_status adatom_evaluation_find(adatom_evaluation *evaluation, const int *actions,
                                     adatom_structure *built, double (*forces)[3], double *energy,
                                     adatom_evaluation_cost *cost);

#endif
