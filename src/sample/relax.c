/* L-BFGS (Nocedal, Math. Comput. 35, 773 (1980); Nocedal and Wright, Numerical Optimization, ch. 7)
 * without a line search: each evaluation is a step in which no atom moves far. A step may raise the
 * energy a little, as long as it stays below one of the last few (Grippo, Lampariello and Lucidi,
 * SIAM J. Numer. Anal. 23, 707 (1986)); from bad starts this gets lower than strict descent does. A
 * step that ends higher is taken back, but what it taught about the curvature is kept, and the next
 * one is shorter. The best positions are kept apart. */
#include "adatom/relax.h"

#include "base/error.h"
#include "base/memory.h"
#include "sample/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORY = 20, ENERGIES = 5 }; /* steps and energies remembered */

/* Curvature assumed in directions of which nothing is known, eV/Å^2: that of a stiff bond. Scaling
 * by the newest step instead, as is usual, is slower here: its curvature is often the largest. */
static const double unknown_curvature = 70;

/* What a step taught: how the gradient changed along it. */
typedef struct curvature_pair {
    double *step;     /* [size], Å */
    double *change;   /* [size], eV/Å */
    double curvature; /* step . change, eV */
} curvature_pair;

typedef struct relaxation {
    adatom_evaluator *evaluator;
    int evaluations; /* failed ones included */
    const adatom_relax_options *options;
    adatom_structure *trial;
    size_t size;                    /* coordinates: 3 * atom_count */
    double *positions;              /* where the next step starts, Å */
    double *gradient;               /* there, eV/Å; zero where atoms may not move */
    double last_energies[ENERGIES]; /* of the last starts of steps, eV */
    int steps_taken;
    double *trial_gradient;
    double *forces, *trial_forces; /* as computed, in both places */
    double *direction;
    curvature_pair pairs[HISTORY]; /* a ring buffer, the newest at (pair_count - 1) % HISTORY */
    size_t pair_count, pairs_forgotten;
    double trust_radius; /* longest move of an atom in the next step, Å */
} relaxation;

adatom_relax_options adatom_relax_options_default(void)
{
    return (adatom_relax_options){.steps = 15, .force_tolerance = 0.05, .max_step = 0.2};
}

static adatom_status check_options(const adatom_relax_options *options)
{
    if (options->steps < 1) {
        return adatom_fail(ADATOM_INVALID_INPUT, "relaxation: %d steps are not at least 1",
                           options->steps);
    }
    if (!(options->max_step > 0) || !isfinite(options->max_step)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "relaxation: max_step %g Å is not above 0",
                           options->max_step);
    }
    if (!(options->force_tolerance >= 0)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "relaxation: force_tolerance %g is below 0",
                           options->force_tolerance);
    }
    const double *normal = options->normal;
    if (normal != NULL && !(fabs(adatom_dot_product(normal, normal, 3) - 1) < 1e-6)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "relaxation: normal is not a unit vector");
    }
    return ADATOM_OK;
}

static adatom_status allocate_relaxation(relaxation *run, const adatom_structure *structure)
{
    run->size = 3 * structure->atom_count;
    ADATOM_TRY(adatom_structure_copy(structure, &run->trial));
    ADATOM_TRY(adatom_allocate(run->size, sizeof(double), &run->positions));
    ADATOM_TRY(adatom_allocate(run->size, sizeof(double), &run->gradient));
    ADATOM_TRY(adatom_allocate(run->size, sizeof(double), &run->trial_gradient));
    ADATOM_TRY(adatom_allocate(run->size, sizeof(double), &run->forces));
    ADATOM_TRY(adatom_allocate(run->size, sizeof(double), &run->trial_forces));
    ADATOM_TRY(adatom_allocate(run->size, sizeof(double), &run->direction));
    for (int i = 0; i < HISTORY && i < run->options->steps; i++) {
        ADATOM_TRY(adatom_allocate(run->size, sizeof(double), &run->pairs[i].step));
        ADATOM_TRY(adatom_allocate(run->size, sizeof(double), &run->pairs[i].change));
    }
    return ADATOM_OK;
}

static void release_relaxation(relaxation *run)
{
    adatom_structure_free(run->trial);
    free(run->positions);
    free(run->gradient);
    free(run->trial_gradient);
    free(run->forces);
    free(run->trial_forces);
    free(run->direction);
    for (int i = 0; i < HISTORY; i++) {
        free(run->pairs[i].step);
        free(run->pairs[i].change);
    }
}

/* The energy and gradient at the trial positions, once more where the evaluator fails. */
static adatom_status compute_trial(relaxation *run, double *energy, double *gradient)
{
    adatom_status status;
    int left = run->options->retries;
    do {
        run->evaluations++;
        status =
            adatom_evaluator_compute(run->evaluator, run->trial, energy, (double(*)[3])gradient);
    } while (status == ADATOM_EVALUATION_FAILED && left-- > 0);
    return status;
}

/* The energy and its gradient at the trial positions, without what the constraints forbid. */
static adatom_status evaluate_trial(relaxation *run, double *energy, double *gradient)
{
    const adatom_relax_options *options = run->options;
    ADATOM_TRY(compute_trial(run, energy, gradient));
    memcpy(run->trial_forces, gradient, run->size * sizeof(double));
    for (size_t atom = 0; atom < run->trial->atom_count; atom++) {
        double *force = gradient + 3 * atom;
        const bool fixed = options->fixed != NULL && options->fixed[atom];
        const double along =
            options->normal != NULL ? adatom_dot_product(force, options->normal, 3) : 0;
        for (int x = 0; x < 3; x++) {
            const double allowed =
                options->normal != NULL ? force[x] - along * options->normal[x] : force[x];
            force[x] = fixed ? 0 : -allowed;
        }
    }
    return ADATOM_OK;
}

static curvature_pair *pair_at(relaxation *run, size_t age)
{
    return &run->pairs[(run->pair_count - 1 - age) % HISTORY];
}

static size_t pairs_known(const relaxation *run)
{
    const size_t count = run->pair_count - run->pairs_forgotten;
    return count < HISTORY ? count : HISTORY;
}

/* direction = -H gradient by the two loops of L-BFGS. */
static void find_direction(relaxation *run)
{
    const size_t size = run->size, known = pairs_known(run);
    double weights[HISTORY];
    double *direction = run->direction;
    for (size_t i = 0; i < size; i++) {
        direction[i] = -run->gradient[i];
    }
    for (size_t age = 0; age < known; age++) {
        const curvature_pair *pair = pair_at(run, age);
        weights[age] = adatom_dot_product(pair->step, direction, size) / pair->curvature;
        for (size_t i = 0; i < size; i++) {
            direction[i] -= weights[age] * pair->change[i];
        }
    }
    for (size_t i = 0; i < size; i++) {
        direction[i] /= unknown_curvature;
    }
    for (size_t age = known; age-- > 0;) {
        const curvature_pair *pair = pair_at(run, age);
        const double correction =
            weights[age] - adatom_dot_product(pair->change, direction, size) / pair->curvature;
        for (size_t i = 0; i < size; i++) {
            direction[i] += correction * pair->step[i];
        }
    }
}

/* Shortens each atom's move to the trust radius, so that a few atoms under strong forces do not
 * hold back the others; returns the length of the longest move. */
static double limit_direction(relaxation *run)
{
    double longest = 0;
    for (size_t i = 0; i < run->size; i += 3) {
        double *move = run->direction + i;
        const double length = sqrt(adatom_dot_product(move, move, 3));
        const double factor = length > run->trust_radius ? run->trust_radius / length : 1;
        for (int x = 0; x < 3; x++) {
            move[x] *= factor;
        }
        longest = fmax(longest, length * factor);
    }
    return longest;
}

/* Keeps what the step along `direction` showed, if the energy curves upwards along it. */
static void learn_curvature(relaxation *run)
{
    curvature_pair *pair = &run->pairs[run->pair_count % HISTORY];
    for (size_t i = 0; i < run->size; i++) {
        pair->step[i] = run->direction[i];
        pair->change[i] = run->trial_gradient[i] - run->gradient[i];
    }
    pair->curvature = adatom_dot_product(pair->step, pair->change, run->size);
    const double steps = adatom_dot_product(pair->step, pair->step, run->size);
    const double changes = adatom_dot_product(pair->change, pair->change, run->size);
    if (pair->curvature > 1e-3 * sqrt(steps * changes) && changes > 0) {
        run->pair_count++;
    }
}

/* After a step that raised the energy: where the parabola through both energies and the slope at
 * the start has its minimum, as a fraction of the step. */
static double parabola_minimum(double slope, double rise)
{
    const double fraction = -slope / (2 * (rise - slope));
    return fmin(fmax(fraction, 0.1), 0.5);
}

/* Sets the direction downhill; forgets the history if it leads uphill, which rounding can do. */
static double find_step(relaxation *run, double *slope)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        find_direction(run);
        const double length = limit_direction(run);
        *slope = adatom_dot_product(run->direction, run->gradient, run->size);
        if (*slope < 0) {
            return length;
        }
        run->pairs_forgotten = run->pair_count;
    }
    return 0;
}

/* The next step starts from the trial positions. */
static void accept_trial(relaxation *run, double energy)
{
    memcpy(run->positions, run->trial->positions, run->size * sizeof(double));
    double *old_gradient = run->gradient;
    run->gradient = run->trial_gradient;
    run->trial_gradient = old_gradient;
    double *old_forces = run->forces;
    run->forces = run->trial_forces;
    run->trial_forces = old_forces;
    run->last_energies[run->steps_taken++ % ENERGIES] = energy;
    run->trust_radius = fmin(2 * run->trust_radius, run->options->max_step);
}

static double highest_of_last(const relaxation *run)
{
    double highest = run->last_energies[0];
    for (int i = 1; i < ENERGIES && i < run->steps_taken; i++) {
        highest = fmax(highest, run->last_energies[i]);
    }
    return highest;
}

static adatom_status take_step(relaxation *run, double *energy)
{
    double slope = 0, trial_energy = 0;
    const double length = find_step(run, &slope);
    double *end = &run->trial->positions[0][0];
    for (size_t i = 0; i < run->size; i++) {
        end[i] = run->positions[i] + run->direction[i];
    }
    ADATOM_TRY(evaluate_trial(run, &trial_energy, run->trial_gradient));
    learn_curvature(run);
    if (trial_energy <= highest_of_last(run)) {
        accept_trial(run, trial_energy);
    } else {
        const double start_energy = run->last_energies[(run->steps_taken - 1) % ENERGIES];
        run->trust_radius = length * parabola_minimum(slope, trial_energy - start_energy);
    }
    *energy = trial_energy;
    return ADATOM_OK;
}

/* Keeps the positions where the last step started, if they are the best so far. */
static void keep_best(const relaxation *run, double energy, adatom_structure *best,
                      adatom_relax_result *result)
{
    if (energy > result->energy) {
        return;
    }
    memcpy(best->positions, run->positions, run->size * sizeof(double));
    if (run->options->forces != NULL) {
        memcpy(run->options->forces, run->forces, run->size * sizeof(double));
    }
    result->energy = energy;
    result->max_force = adatom_longest_vector(run->gradient, run->size);
    result->converged = result->max_force <= run->options->force_tolerance;
}

static adatom_status descend(relaxation *run, adatom_structure *best, adatom_relax_result *result)
{
    double energy = 0;
    ADATOM_TRY(evaluate_trial(run, &energy, run->trial_gradient));
    result->evaluations = run->evaluations;
    run->trust_radius = run->options->max_step;
    accept_trial(run, energy);
    result->energy = energy;
    keep_best(run, energy, best, result);
    for (int steps = 1; !result->converged && steps < run->options->steps; steps++) {
        const adatom_status status = take_step(run, &energy);
        result->evaluations = run->evaluations;
        if (status != ADATOM_OK) { /* the best so far is the result */
            return status == ADATOM_INTERRUPTED ? status : ADATOM_OK;
        }
        keep_best(run, energy, best, result);
    }
    return ADATOM_OK;
}

adatom_status adatom_relax(adatom_evaluator *evaluator, adatom_structure *structure,
                           const adatom_relax_options *options, adatom_relax_result *result)
{
    ADATOM_TRY(check_options(options));
    relaxation run = {.evaluator = evaluator, .options = options};
    adatom_relax_result found = {.converged = false};
    adatom_status status = allocate_relaxation(&run, structure);
    if (status == ADATOM_OK) {
        status = descend(&run, structure, &found);
    }
    if (status == ADATOM_OK) {
        *result = found;
    }
    release_relaxation(&run);
    return status;
}
