#include "sample/sampling.h"

#include <math.h>
#include <string.h>

int64_t adatom_sampling_interval(double force, double alpha, int64_t longest)
{
    if (force > alpha) {
        return 1;
    }
    const double interval = floor(alpha / force); /* infinite without a force */
    return interval < (double)longest ? (int64_t)interval : longest;
}

void adatom_sampling_start(adatom_sampling *sampling, const adatom_sample_options *options)
{
    memset(sampling, 0, sizeof *sampling);
    sampling->rule = (adatom_sampling_rule)options->sampling_rule;
    sampling->every = options->sampling_every;
    sampling->alpha = options->sampling_alpha;
    sampling->longest = options->sampling_longest;
    if (sampling->rule == ADATOM_SAMPLING_FORCE) {
        sampling->atom_count = (size_t)options->sampling_atoms.count;
        for (size_t i = 0; i < sampling->atom_count; i++) {
            sampling->atoms[i] = (size_t)options->sampling_atoms.values[i];
        }
    }
}

static double force_on(const adatom_dynamics *dynamics, size_t atom)
{
    const double *force = dynamics->forces[atom];
    return sqrt(force[0] * force[0] + force[1] * force[1] + force[2] * force[2]);
}

static double largest_force(const adatom_dynamics *dynamics)
{
    double largest = 0;
    for (size_t i = 0; i < dynamics->structure->atom_count; i++) {
        largest = dynamics->motion->fixed[i] ? largest : fmax(largest, force_on(dynamics, i));
    }
    return largest;
}

static int64_t next_interval(const adatom_sampling *sampling, double force)
{
    return adatom_sampling_interval(force, sampling->alpha, sampling->longest);
}

static bool take_for_all(adatom_sampling *sampling, const adatom_dynamics *dynamics, int64_t step)
{
    if (step < sampling->due[0]) {
        return false;
    }
    sampling->due[0] = step + (sampling->rule == ADATOM_SAMPLING_STEPS
                                   ? sampling->every
                                   : next_interval(sampling, largest_force(dynamics)));
    return true;
}

bool adatom_sampling_take(adatom_sampling *sampling, const adatom_dynamics *dynamics, int64_t step)
{
    if (sampling->atom_count == 0) {
        return take_for_all(sampling, dynamics, step);
    }
    sampling->sampled_count = 0;
    for (size_t i = 0; i < sampling->atom_count; i++) {
        const size_t atom = sampling->atoms[i];
        if (step >= sampling->due[i]) {
            sampling->due[i] = step + next_interval(sampling, force_on(dynamics, atom));
            sampling->sampled[sampling->sampled_count++] = atom;
        }
    }
    return sampling->sampled_count > 0;
}
