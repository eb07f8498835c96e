#include "sample/dynamics.h"

#include "base/error.h"
#include "base/memory.h"
#include "sample/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

void adatom_motion_project(const adatom_motion *motion, double vector[3])
{
    if (motion->planar) {
        const double along = dot(vector, motion->normal);
        for (int x = 0; x < 3; x++) {
            vector[x] -= along * motion->normal[x];
        }
    }
}

static bool has_free_momentum(const adatom_dynamics *dynamics)
{
    return dynamics->motion->mobile_count == dynamics->structure->atom_count;
}

static adatom_status fill_dynamics(adatom_dynamics *dynamics, const adatom_structure *structure)
{
    const size_t count = structure->atom_count;
    ADATOM_TRY(adatom_structure_copy(structure, &dynamics->structure));
    ADATOM_TRY(adatom_allocate(count, sizeof(double), &dynamics->masses));
    ADATOM_TRY(adatom_allocate(count, sizeof(double[3]), &dynamics->velocities));
    ADATOM_TRY(adatom_allocate(count, sizeof(double[3]), &dynamics->forces));
    for (size_t i = 0; i < count; i++) {
        dynamics->masses[i] = adatom_element_mass(structure->atomic_numbers[i]);
    }
    return adatom_dynamics_evaluate(dynamics);
}

adatom_status adatom_dynamics_create(adatom_evaluator *evaluator, const adatom_structure *structure,
                                     const adatom_motion *motion, bool conserves_momentum,
                                     adatom_dynamics **out)
{
    adatom_dynamics *dynamics = NULL;
    ADATOM_TRY(adatom_allocate(1, sizeof *dynamics, &dynamics));
    dynamics->evaluator = evaluator;
    dynamics->motion = motion;
    const adatom_status status = fill_dynamics(dynamics, structure);
    if (status != ADATOM_OK) {
        adatom_dynamics_free(dynamics);
        return status;
    }
    const size_t directions = motion->planar ? 2 : 3;
    dynamics->degrees_of_freedom = directions * motion->mobile_count;
    if (conserves_momentum && has_free_momentum(dynamics)) {
        dynamics->degrees_of_freedom -= directions;
    }
    *out = dynamics;
    return ADATOM_OK;
}

void adatom_dynamics_free(adatom_dynamics *dynamics)
{
    if (dynamics == NULL) {
        return;
    }
    adatom_structure_free(dynamics->structure);
    free(dynamics->masses);
    free(dynamics->velocities);
    free(dynamics->forces);
    free(dynamics);
}

adatom_status adatom_dynamics_evaluate(adatom_dynamics *dynamics)
{
    return adatom_evaluator_compute(dynamics->evaluator, dynamics->structure, &dynamics->energy,
                                    dynamics->forces);
}

void adatom_dynamics_kick(adatom_dynamics *dynamics, double time)
{
    for (size_t i = 0; i < dynamics->structure->atom_count; i++) {
        if (dynamics->motion->fixed[i]) {
            continue;
        }
        double force[3];
        memcpy(force, dynamics->forces[i], sizeof force);
        adatom_motion_project(dynamics->motion, force);
        for (int x = 0; x < 3; x++) {
            dynamics->velocities[i][x] += time * ADATOM_EV_PER_U / dynamics->masses[i] * force[x];
        }
    }
}

void adatom_dynamics_drift(adatom_dynamics *dynamics, double time)
{
    for (size_t i = 0; i < dynamics->structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            dynamics->structure->positions[i][x] += time * dynamics->velocities[i][x];
        }
    }
}

double adatom_dynamics_kinetic_energy(const adatom_dynamics *dynamics)
{
    double sum = 0;
    for (size_t i = 0; i < dynamics->structure->atom_count; i++) {
        sum += dynamics->masses[i] * dot(dynamics->velocities[i], dynamics->velocities[i]);
    }
    return sum / (2 * ADATOM_EV_PER_U);
}

double adatom_dynamics_temperature(const adatom_dynamics *dynamics)
{
    const double freedom = (double)dynamics->degrees_of_freedom;
    return freedom > 0 ? 2 * adatom_dynamics_kinetic_energy(dynamics) / (freedom * ADATOM_BOLTZMANN)
                       : 0;
}

void adatom_dynamics_mix(adatom_dynamics *dynamics, adatom_random *random, double temperature,
                         double keep, double weight)
{
    for (size_t i = 0; i < dynamics->structure->atom_count; i++) {
        if (dynamics->motion->fixed[i]) {
            continue;
        }
        const double spread =
            sqrt(ADATOM_BOLTZMANN * temperature * ADATOM_EV_PER_U / dynamics->masses[i]);
        double drawn[3];
        for (int x = 0; x < 3; x++) {
            drawn[x] = spread * adatom_random_normal(random);
        }
        adatom_motion_project(dynamics->motion, drawn);
        for (int x = 0; x < 3; x++) {
            double *velocity = &dynamics->velocities[i][x];
            *velocity = keep * *velocity + weight * drawn[x];
        }
    }
}

static void remove_momentum(adatom_dynamics *dynamics)
{
    double momentum[3] = {0, 0, 0}, mass = 0;
    for (size_t i = 0; i < dynamics->structure->atom_count; i++) {
        mass += dynamics->masses[i];
        for (int x = 0; x < 3; x++) {
            momentum[x] += dynamics->masses[i] * dynamics->velocities[i][x];
        }
    }
    for (size_t i = 0; i < dynamics->structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            dynamics->velocities[i][x] -= momentum[x] / mass;
        }
    }
}

void adatom_dynamics_heat(adatom_dynamics *dynamics, adatom_random *random, double temperature,
                          bool exact)
{
    adatom_dynamics_mix(dynamics, random, temperature, 0, 1);
    if (has_free_momentum(dynamics)) {
        remove_momentum(dynamics);
    }
    const double drawn = adatom_dynamics_temperature(dynamics);
    const double factor = exact && drawn > 0 ? sqrt(temperature / drawn) : 1;
    for (size_t i = 0; i < dynamics->structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            dynamics->velocities[i][x] *= factor;
        }
    }
}

void adatom_dynamics_translate(adatom_dynamics *dynamics, adatom_random *random)
{
    adatom_structure *structure = dynamics->structure;
    const adatom_motion *motion = dynamics->motion;
    double shift[3] = {0, 0, 0};
    for (int k = 0; k < 3; k++) {
        const double *vector = structure->cell[k];
        const double part = adatom_random_uniform(random) - 0.5;
        const double along = motion->planar ? fabs(dot(vector, motion->normal)) : 0;
        if (structure->periodic[k] && along <= 1e-9 * sqrt(dot(vector, vector))) {
            for (int x = 0; x < 3; x++) {
                shift[x] += part * vector[x];
            }
        }
    }
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            structure->positions[i][x] += shift[x];
        }
    }
}
