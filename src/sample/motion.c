#include "sample/motion.h"

#include "base/error.h"
#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static adatom_status check_indices(const char *name, const adatom_numbers *numbers,
                                   size_t atom_count)
{
    for (int i = 0; i < numbers->count; i++) {
        const double value = numbers->values[i];
        if (!(value >= 0 && value < (double)atom_count) || value != floor(value)) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "%s: %g is not the index of an atom, a whole number from 0 to %zu",
                               name, value, atom_count - 1);
        }
    }
    return ADATOM_OK;
}

static adatom_status set_fixed(const adatom_sample_options *options, size_t atom_count,
                               adatom_motion *motion)
{
    const adatom_numbers *single = &options->system_fixed, *ranges = &options->system_fixed_ranges;
    ADATOM_TRY(check_indices("system.fixed", single, atom_count));
    ADATOM_TRY(check_indices("system.fixed_ranges", ranges, atom_count));
    for (int i = 0; i < single->count; i++) {
        motion->fixed[(size_t)single->values[i]] = true;
    }
    for (int i = 0; i + 1 < ranges->count; i += 2) {
        const size_t last = (size_t)ranges->values[i + 1];
        for (size_t atom = (size_t)ranges->values[i]; atom <= last; atom++) {
            motion->fixed[atom] = true;
        }
    }
    for (size_t atom = 0; atom < atom_count; atom++) {
        motion->mobile_count += !motion->fixed[atom];
    }
    if (motion->mobile_count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "system.fixed: no atom is left that may move");
    }
    return ADATOM_OK;
}

static adatom_status set_normal(const adatom_numbers *normal, adatom_motion *motion)
{
    if (normal->count == 0) {
        return ADATOM_OK;
    }
    const double *vector = normal->values;
    const double length = normal->count == 3 ? hypot(hypot(vector[0], vector[1]), vector[2]) : 0;
    if (!(length > 0)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "system.normal: expected three numbers that are not all 0");
    }
    motion->planar = true;
    for (int x = 0; x < 3; x++) {
        motion->normal[x] = vector[x] / length;
    }
    return ADATOM_OK;
}

static adatom_status check_method(const adatom_sample_options *options)
{
    const int method = options->run_method;
    const bool relaxes = method == ADATOM_SAMPLE_FIRE || method == ADATOM_SAMPLE_LBFGS;
    if (relaxes && options->restart_count > 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "restart.count: a relaxation has no restarts; expected 0");
    }
    if (relaxes && options->run_steps > INT32_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "steps: expected at most %" PRId32 " for a relaxation", INT32_MAX);
    }
    if (method == ADATOM_SAMPLE_NOSE_HOOVER && !(options->dynamics_temperature > 0)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "dynamics.temperature: a Nosé-Hoover chain needs one above 0");
    }
    return ADATOM_OK;
}

adatom_status adatom_motion_make(const adatom_sample_options *options,
                                 const adatom_structure *structure, adatom_motion *motion)
{
    memset(motion, 0, sizeof *motion);
    ADATOM_TRY(check_method(options));
    if (structure->atom_count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "expected at least one atom");
    }
    ADATOM_TRY(check_indices("sampling.atoms", &options->sampling_atoms, structure->atom_count));
    ADATOM_TRY(adatom_allocate(structure->atom_count, sizeof(bool), &motion->fixed));
    ADATOM_TRY(set_normal(&options->system_normal, motion));
    return set_fixed(options, structure->atom_count, motion);
}

void adatom_motion_clear(adatom_motion *motion)
{
    free(motion->fixed);
    memset(motion, 0, sizeof *motion);
}
