#include "sample/fire.h"

#include "base/error.h"
#include "base/memory.h"
#include "sample/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The paper's parameters; times for a mass of 1, Å / sqrt(eV). */
enum { PATIENCE = 5 };
static const double growth = 1.1, cut = 0.5, first_mixing = 0.1, mixing_decay = 0.99;
static const double first_time_step = 0.1, longest_time_step = 1;

typedef struct fire {
    adatom_evaluator *evaluator;
    const adatom_relax_options *options;
    adatom_structure *structure;
    size_t size;        /* coordinates: 3 * atom_count */
    double *forces;     /* [size], eV/Å; zero where atoms may not move */
    double *raw_forces; /* [size], as computed */
    double *velocity;   /* [size] */
    double energy;      /* eV */
    double time_step, mixing;
    int downhill_steps; /* since the last one uphill */
} fire;

static adatom_status evaluate(fire *run)
{
    const adatom_relax_options *options = run->options;
    const double *normal = options->normal;
    ADATOM_TRY(adatom_evaluator_compute(run->evaluator, run->structure, &run->energy,
                                        (double(*)[3])run->forces));
    memcpy(run->raw_forces, run->forces, run->size * sizeof(double));
    for (size_t atom = 0; atom < run->structure->atom_count; atom++) {
        double *force = run->forces + 3 * atom;
        const bool fixed = options->fixed != NULL && options->fixed[atom];
        const double along = normal != NULL ? adatom_dot_product(force, normal, 3) : 0;
        for (int x = 0; x < 3; x++) {
            force[x] = fixed ? 0 : normal != NULL ? force[x] - along * normal[x] : force[x];
        }
    }
    return ADATOM_OK;
}

/* Turns the velocity towards the force where it goes downhill, stops where it does not. */
static void steer(fire *run)
{
    const double power = adatom_dot_product(run->forces, run->velocity, run->size);
    if (power > 0) {
        const double speed = sqrt(adatom_dot_product(run->velocity, run->velocity, run->size));
        const double force = sqrt(adatom_dot_product(run->forces, run->forces, run->size));
        for (size_t i = 0; i < run->size; i++) {
            run->velocity[i] =
                (1 - run->mixing) * run->velocity[i] + run->mixing * speed / force * run->forces[i];
        }
        if (++run->downhill_steps > PATIENCE) {
            run->time_step = fmin(run->time_step * growth, longest_time_step);
            run->mixing *= mixing_decay;
        }
    } else if (power < 0) {
        memset(run->velocity, 0, run->size * sizeof(double));
        run->time_step *= cut;
        run->mixing = first_mixing;
        run->downhill_steps = 0;
    }
}

static void move(fire *run)
{
    for (size_t i = 0; i < run->size; i++) {
        run->velocity[i] += run->time_step * run->forces[i];
    }
    const double length = run->time_step * adatom_longest_vector(run->velocity, run->size);
    const double factor = length > run->options->max_step ? run->options->max_step / length : 1;
    double *positions = &run->structure->positions[0][0];
    for (size_t i = 0; i < run->size; i++) {
        positions[i] += factor * run->time_step * run->velocity[i];
    }
}

static void keep_best(const fire *run, adatom_structure *best, adatom_relax_result *result)
{
    if (result->evaluations > 1 && run->energy > result->energy) {
        return;
    }
    memcpy(best->positions, run->structure->positions, run->size * sizeof(double));
    if (run->options->forces != NULL) {
        memcpy(run->options->forces, run->raw_forces, run->size * sizeof(double));
    }
    result->energy = run->energy;
    result->max_force = adatom_longest_vector(run->forces, run->size);
    result->converged = result->max_force <= run->options->force_tolerance;
}

static adatom_status descend(fire *run, const adatom_fire_callbacks *callbacks,
                             adatom_structure *best, adatom_relax_result *result)
{
    ADATOM_TRY(evaluate(run));
    result->evaluations = 1;
    keep_best(run, best, result);
    while (!result->converged && result->evaluations < run->options->steps) {
        if (callbacks != NULL &&
            callbacks->stop(callbacks->context, run->structure, run->energy, result->evaluations)) {
            return adatom_fail(ADATOM_INTERRUPTED, "stopped on request");
        }
        steer(run);
        move(run);
        result->evaluations++;
        if (evaluate(run) != ADATOM_OK) {
            return ADATOM_OK; /* the best so far is the result */
        }
        keep_best(run, best, result);
    }
    return ADATOM_OK;
}

static adatom_status allocate(fire *run, const adatom_structure *structure)
{
    run->size = 3 * structure->atom_count;
    ADATOM_TRY(adatom_structure_copy(structure, &run->structure));
    ADATOM_TRY(adatom_allocate(run->size, sizeof(double), &run->forces));
    ADATOM_TRY(adatom_allocate(run->size, sizeof(double), &run->raw_forces));
    return adatom_allocate(run->size, sizeof(double), &run->velocity);
}

adatom_status adatom_fire(adatom_evaluator *evaluator, adatom_structure *structure,
                          const adatom_relax_options *options,
                          const adatom_fire_callbacks *callbacks, adatom_relax_result *result)
{
    fire run = {.evaluator = evaluator,
                .options = options,
                .time_step = first_time_step,
                .mixing = first_mixing};
    adatom_relax_result found = {.converged = false};
    adatom_status status = allocate(&run, structure);
    if (status == ADATOM_OK) {
        status = descend(&run, callbacks, structure, &found);
    }
    if (status == ADATOM_OK) {
        *result = found;
    }
    adatom_structure_free(run.structure);
    free(run.forces);
    free(run.raw_forces);
    free(run.velocity);
    return status;
}
