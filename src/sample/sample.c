/* A start structure's runs: dynamics with restarts, or a relaxation. */
#include "adatom/sample.h"

#include "base/error.h"
#include "base/memory.h"
#include "sample/fire.h"
#include "sample/motion.h"
#include "sample/sampling.h"
#include "sample/thermostat.h"

#include <stdlib.h>

typedef struct trajectory {
    const adatom_sample_options *options;
    const adatom_sample_callbacks *callbacks;
    adatom_dynamics *dynamics;
    adatom_thermostat thermostat;
    adatom_sampling sampling;
    adatom_random random;
    int64_t restart, step;
} trajectory;

static adatom_sample_state state_of(const trajectory *run)
{
    const adatom_dynamics *dynamics = run->dynamics;
    return (adatom_sample_state){
        .structure = dynamics->structure,
        .energy = dynamics->energy,
        .forces = (const double(*)[3])dynamics->forces,
        .restart = run->restart,
        .step = run->step,
        .time = (double)run->step * run->thermostat.time_step,
        .temperature = adatom_dynamics_temperature(dynamics),
        .velocities = (const double(*)[3])dynamics->velocities,
        .conserved_energy = dynamics->energy + adatom_dynamics_kinetic_energy(dynamics) +
                            adatom_thermostat_energy(&run->thermostat, dynamics),
        .tracked_count = run->sampling.sampled_count,
        .tracked_atoms = run->sampling.sampled,
    };
}

static adatom_status give_frame(const adatom_sample_callbacks *callbacks,
                                const adatom_sample_state *state)
{
    return callbacks->frame(callbacks->context, state);
}

/* Shows the step, keeps it if it is due, and asks whether to go on. The start of a restart is the
 * end of the run before, moved, and is not kept. */
static adatom_status note_step(trajectory *run)
{
    const adatom_sample_callbacks *callbacks = run->callbacks;
    const bool due = adatom_sampling_take(&run->sampling, run->dynamics, run->step);
    const adatom_sample_state state = state_of(run);
    if (due && (run->step > 0 || run->restart == 0)) {
        ADATOM_TRY(give_frame(callbacks, &state));
    }
    if (callbacks->progress != NULL) {
        callbacks->progress(callbacks->context, &state);
    }
    if (callbacks->stop != NULL && callbacks->stop(callbacks->context)) {
        return adatom_fail(ADATOM_INTERRUPTED, "stopped on request");
    }
    return ADATOM_OK;
}

static adatom_status run_once(trajectory *run)
{
    const adatom_sample_options *options = run->options;
    if (run->restart > 0 && options->restart_translate) {
        adatom_dynamics_translate(run->dynamics, &run->random);
    }
    adatom_dynamics_heat(run->dynamics, &run->random, options->dynamics_temperature,
                         options->dynamics_exact_temperature);
    adatom_thermostat_start(&run->thermostat, options);
    adatom_sampling_start(&run->sampling, options);
    run->step = 0;
    ADATOM_TRY(note_step(run));
    while (run->step < options->run_steps) {
        ADATOM_TRY(adatom_thermostat_step(&run->thermostat, run->dynamics, &run->random));
        run->step++;
        ADATOM_TRY(note_step(run));
    }
    return ADATOM_OK;
}

static adatom_status run_dynamics(const adatom_sample_options *options, adatom_evaluator *evaluator,
                                  const adatom_structure *start, const adatom_motion *motion,
                                  uint64_t stream, const adatom_sample_callbacks *callbacks)
{
    trajectory run = {.options = options, .callbacks = callbacks};
    adatom_random_seed(&run.random, (uint64_t)options->run_seed, stream);
    ADATOM_TRY(adatom_dynamics_create(
        evaluator, start, motion, options->run_method != ADATOM_SAMPLE_LANGEVIN, &run.dynamics));
    adatom_status status = ADATOM_OK;
    while (status == ADATOM_OK && run.restart <= options->restart_count) {
        status = run_once(&run);
        run.restart++;
    }
    adatom_dynamics_free(run.dynamics);
    return status;
}

static bool fire_stops(void *context, const adatom_structure *structure, double energy,
                       int evaluations)
{
    const adatom_sample_callbacks *callbacks = context;
    const adatom_sample_state state = {
        .structure = structure, .energy = energy, .step = evaluations};
    if (callbacks->progress != NULL) {
        callbacks->progress(callbacks->context, &state);
    }
    return callbacks->stop != NULL && callbacks->stop(callbacks->context);
}

static adatom_status give_relaxed(const adatom_structure *structure, const double (*forces)[3],
                                  const adatom_relax_result *result,
                                  const adatom_sample_callbacks *callbacks)
{
    const adatom_sample_state state = {.structure = structure,
                                       .energy = result->energy,
                                       .forces = forces,
                                       .step = result->evaluations,
                                       .conserved_energy = result->energy,
                                       .converged = result->converged};
    ADATOM_TRY(give_frame(callbacks, &state));
    if (callbacks->progress != NULL) {
        callbacks->progress(callbacks->context, &state);
    }
    return ADATOM_OK;
}

/* forces, [atom_count][3], are those at the end. */
static adatom_status relax_by_method(const adatom_sample_options *options,
                                     adatom_evaluator *evaluator, adatom_structure *structure,
                                     const adatom_motion *motion, double (*forces)[3],
                                     const adatom_sample_callbacks *callbacks,
                                     adatom_relax_result *result)
{
    const adatom_relax_options relax = {.steps = (int)options->run_steps,
                                        .force_tolerance = options->relax_force_tolerance,
                                        .max_step = options->relax_max_step,
                                        .fixed = motion->fixed,
                                        .normal = motion->planar ? motion->normal : NULL,
                                        .forces = forces};
    const adatom_fire_callbacks watch = {(void *)(uintptr_t)callbacks, fire_stops};
    return options->run_method == ADATOM_SAMPLE_FIRE
               ? adatom_fire(evaluator, structure, &relax, &watch, result)
               : adatom_relax(evaluator, structure, &relax, result);
}

static adatom_status run_relaxation(const adatom_sample_options *options,
                                    adatom_evaluator *evaluator, const adatom_structure *start,
                                    const adatom_motion *motion,
                                    const adatom_sample_callbacks *callbacks)
{
    adatom_structure *structure = NULL;
    double(*forces)[3] = NULL;
    adatom_relax_result result;
    adatom_status status;
    ADATOM_TRY_ELSE(status, end, adatom_structure_copy(start, &structure));
    ADATOM_TRY_ELSE(status, end, adatom_allocate(start->atom_count, sizeof *forces, &forces));
    ADATOM_TRY_ELSE(
        status, end,
        relax_by_method(options, evaluator, structure, motion, forces, callbacks, &result));
    ADATOM_TRY_ELSE(status, end,
                    give_relaxed(structure, (const double(*)[3])forces, &result, callbacks));
    if (callbacks->stop != NULL && callbacks->stop(callbacks->context)) {
        status = adatom_fail(ADATOM_INTERRUPTED, "stopped on request");
    }
end:
    free(forces);
    adatom_structure_free(structure);
    return status;
}

adatom_status adatom_sample_run(const adatom_sample_options *options, adatom_evaluator *evaluator,
                                const adatom_structure *start, uint64_t stream,
                                const adatom_sample_callbacks *callbacks)
{
    adatom_motion motion;
    const bool relaxes =
        options->run_method == ADATOM_SAMPLE_FIRE || options->run_method == ADATOM_SAMPLE_LBFGS;
    adatom_status status = adatom_motion_make(options, start, &motion);
    if (status == ADATOM_OK) {
        status = relaxes ? run_relaxation(options, evaluator, start, &motion, callbacks)
                         : run_dynamics(options, evaluator, start, &motion, stream, callbacks);
    }
    adatom_motion_clear(&motion);
    return status;
}
