#include "search/evaluation.h"

#include "adatom/relax.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "search/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where the atoms' shares begin. */
static size_t first_share(const adatom_evaluation *evaluation)
{
    return 1 + (evaluation->relaxes ? 6 * evaluation->canonical->atoms_most : 0);
}

static size_t value_length(const adatom_evaluation *evaluation)
{
    return first_share(evaluation) + (evaluation->splits ? evaluation->canonical->atoms_most : 0) +
           (evaluation->asks ? 1 : 0);
}

double adatom_evaluation_number(const adatom_evaluation *evaluation)
{
    return evaluation->asks ? evaluation->value[value_length(evaluation) - 1] : 0;
}

void adatom_evaluation_shares(const adatom_evaluation *evaluation, double *shares)
{
    const adatom_canonical *canonical = evaluation->canonical;
    const size_t there = evaluation->problem->start->atom_count;
    const double *first = evaluation->value + first_share(evaluation);
    for (size_t a = 0; a < canonical->atom_count; a++) {
        if (canonical->built_atom[a] >= there) {
            shares[canonical->built_atom[a] - there] = first[a];
        }
    }
}

/* -- opening */

static adatom_status open_all(adatom_evaluation *evaluation)
{
    const adatom_search_options *options = evaluation->options;
    ADATOM_TRY(adatom_property_read(evaluation->problem, options, &evaluation->property));
    evaluation->asks = evaluation->property.kind == ADATOM_PROPERTY_NAMED;
    ADATOM_TRY(adatom_evaluator_create(options->run_evaluator, &evaluation->evaluator));
    ADATOM_TRY(adatom_canonical_create(evaluation->problem, options, &evaluation->canonical));
    const adatom_canonical *canonical = evaluation->canonical;
    const size_t length = value_length(evaluation);
    ADATOM_TRY(adatom_allocate(length, sizeof *evaluation->value, &evaluation->value));
    ADATOM_TRY(
        adatom_allocate(canonical->atoms_most, sizeof *evaluation->forces, &evaluation->forces));
    return options->evaluation_cache
               ? adatom_cache_create(canonical->key_length, length,
                                     (size_t)options->evaluation_cache_size, &evaluation->cache)
               : ADATOM_OK;
}

adatom_status adatom_evaluation_create(const adatom_problem *problem,
                                       const adatom_search_options *options,
                                       adatom_evaluation **out)
{
    adatom_evaluation *evaluation;
    ADATOM_TRY(adatom_allocate(1, sizeof *evaluation, &evaluation));
    evaluation->problem = problem;
    evaluation->options = options;
    evaluation->relaxes = options->relax_steps > 0;
    evaluation->splits = options->training_credit > 0;
    const adatom_status status = open_all(evaluation);
    if (status != ADATOM_OK) {
        adatom_evaluation_free(evaluation);
        return status;
    }
    *out = evaluation;
    return ADATOM_OK;
}

void adatom_evaluation_free(adatom_evaluation *evaluation)
{
    if (evaluation == NULL) {
        return;
    }
    adatom_cache_free(evaluation->cache);
    adatom_canonical_free(evaluation->canonical);
    adatom_evaluator_free(evaluation->evaluator);
    free(evaluation->value);
    free(evaluation->forces);
    free(evaluation);
}

/* -- one structure */

static void keep_relaxed(adatom_evaluation *evaluation, const adatom_structure *relaxed)
{
    const size_t count = relaxed->atom_count;
    const adatom_structure *start = evaluation->canonical->structure;
    double *moved = evaluation->value + 1;
    double *forces = moved + 3 * evaluation->canonical->atoms_most;
    for (size_t a = 0; a < count; a++) {
        for (size_t k = 0; k < 3; k++) {
            moved[3 * a + k] = relaxed->positions[a][k] - start->positions[a][k];
            forces[3 * a + k] = evaluation->forces[a][k];
        }
    }
}

/* Energy, shares and number of a structure as it stands. */
static adatom_status measure(adatom_evaluation *evaluation, const adatom_structure *structure)
{
    adatom_properties found = {0};
    if (evaluation->splits) {
        found.energies = evaluation->value + first_share(evaluation);
    }
    ADATOM_TRY(adatom_evaluator_compute_properties(evaluation->evaluator, structure, &found));
    if (evaluation->splits && !found.has_energies) {
        return adatom_fail(ADATOM_UNSUPPORTED,
                           "training.credit: the evaluator does not split the energy among atoms");
    }
    evaluation->value[0] = found.energy;
    return evaluation->asks
               ? adatom_evaluator_number(evaluation->evaluator, evaluation->property.name,
                                         &evaluation->value[value_length(evaluation) - 1])
               : ADATOM_OK;
}

/* The evaluation that a relaxation ends with need not be that of the structure it leads to. */
static adatom_status measure_relaxed(adatom_evaluation *evaluation, const adatom_structure *relaxed,
                                     int *evaluations)
{
    if (!evaluation->asks && !evaluation->splits) {
        return ADATOM_OK;
    }
    ++*evaluations;
    return measure(evaluation, relaxed);
}

/* In a plane the atoms stay in it. */
static adatom_status relax_build(adatom_evaluation *evaluation, int *evaluations)
{
    const adatom_search_options *options = evaluation->options;
    const adatom_structure *start = evaluation->canonical->structure;
    adatom_structure *relaxed;
    bool *fixed;
    ADATOM_TRY(adatom_allocate(start->atom_count, sizeof *fixed, &fixed));
    for (size_t a = 0; a < evaluation->problem->start->atom_count; a++) {
        fixed[a] = !options->relax_template;
    }
    adatom_relax_options relax = adatom_relax_options_default();
    relax.steps = (int)options->relax_steps;
    relax.force_tolerance = options->relax_force_tolerance;
    relax.max_step = options->relax_max_step;
    relax.fixed = fixed;
    const adatom_grid *grid = &evaluation->problem->grid;
    relax.normal = grid->dimensions == 2 ? grid->normal : NULL;
    relax.forces = evaluation->forces;
    relax.retries = (int)options->evaluation_retries;
    adatom_relax_result result = {.evaluations = 1 + relax.retries}; /* if the first one fails */
    adatom_status status = adatom_structure_copy(start, &relaxed);
    if (status == ADATOM_OK) {
        status = adatom_relax(evaluation->evaluator, relaxed, &relax, &result);
        *evaluations += result.evaluations;
        if (status == ADATOM_OK) {
            evaluation->value[0] = result.energy;
            keep_relaxed(evaluation, relaxed);
            status = measure_relaxed(evaluation, relaxed, evaluations);
        }
        adatom_structure_free(relaxed);
    }
    free(fixed);
    return status;
}

static adatom_status try_once(adatom_evaluation *evaluation, int *evaluations)
{
    if (evaluation->relaxes) {
        return relax_build(evaluation, evaluations);
    }
    ++*evaluations;
    return measure(evaluation, evaluation->canonical->structure);
}

static adatom_status compute(adatom_evaluation *evaluation, adatom_evaluation_cost *cost)
{
    const double started = adatom_clock();
    memset(evaluation->value, 0, value_length(evaluation) * sizeof *evaluation->value);
    adatom_status status = try_once(evaluation, &cost->evaluations);
    /* A relaxation repeats its evaluations itself. */
    for (int64_t left = evaluation->relaxes ? 0 : evaluation->options->evaluation_retries;
         left > 0 && status == ADATOM_EVALUATION_FAILED; left--) {
        status = try_once(evaluation, &cost->evaluations);
    }
    cost->seconds = adatom_clock() - started;
    return status;
}

/* What the relaxation did to the canonical structure, done to the build. */
static void move_built(const adatom_evaluation *evaluation, adatom_structure *built,
                       double (*forces)[3])
{
    const adatom_canonical *canonical = evaluation->canonical;
    const size_t count = canonical->atom_count;
    const double *moved = evaluation->value + 1, *force = moved + 3 * canonical->atoms_most;
    for (size_t a = 0; a < count; a++) {
        const size_t atom = canonical->built_atom[a];
        for (size_t k = 0; k < 3; k++) {
            built->positions[atom][k] += moved[3 * a + k];
            forces[atom][k] = force[3 * a + k];
        }
    }
}

adatom_status adatom_evaluation_find(adatom_evaluation *evaluation, const int *actions,
                                     adatom_structure *built, double (*forces)[3], double *energy,
                                     adatom_evaluation_cost *cost)
{
    adatom_cache *cache = evaluation->cache;
    *cost = (adatom_evaluation_cost){.cached = false};
    adatom_canonical_take(evaluation->canonical, actions);
    const int32_t *key = evaluation->canonical->key;
    const double *known = cache != NULL ? adatom_cache_find(cache, key) : NULL;
    if (known != NULL) {
        cost->cached = true;
        memcpy(evaluation->value, known, value_length(evaluation) * sizeof *known);
    } else {
        ADATOM_TRY(compute(evaluation, cost));
        if (cache != NULL) {
            ADATOM_TRY(adatom_cache_add(cache, key, evaluation->value));
        }
    }
    if (evaluation->relaxes) {
        move_built(evaluation, built, forces);
    }
    *energy = evaluation->value[0];
    return ADATOM_OK;
}
