/* Silicon with Stillinger and Weber's potential, which is smooth, as the tests of dynamics need it.
 */
#ifndef ADATOM_TESTS_SILICON_H
#define ADATOM_TESTS_SILICON_H

#include "../energy/energies.h"

#include "sample/dynamics.h"
#include "sample/thermostat.h"
#include "sample/units.h"

#include <stdlib.h>

typedef struct silicon {
    adatom_evaluator *evaluator;
    adatom_motion motion;
    bool fixed[64];
    adatom_dynamics *dynamics;
    adatom_random random;
} silicon;

static inline adatom_evaluator *open_silicon(void)
{
    return open_evaluator("kim:SW_StillingerWeber_1985_Si");
}

/* 64 atoms, of which some may be fixed. normal may be NULL. */
static inline void start_silicon(silicon *system, size_t fixed_count, const double *normal,
                                 bool conserves_momentum)
{
    memset(system, 0, sizeof *system);
    system->evaluator = open_silicon();
    adatom_structure *crystal = make_diamond(14, 5.431, 2);
    assert_int_equal(crystal->atom_count, 64);
    for (size_t i = 0; i < fixed_count; i++) {
        system->fixed[7 * i % 64] = true;
    }
    system->motion = (adatom_motion){.fixed = system->fixed, .mobile_count = 64 - fixed_count};
    if (normal != NULL) {
        system->motion.planar = true;
        memcpy(system->motion.normal, normal, sizeof(double[3]));
    }
    assert_int_equal(adatom_dynamics_create(system->evaluator, crystal, &system->motion,
                                            conserves_momentum, &system->dynamics),
                     ADATOM_OK);
    adatom_random_seed(&system->random, 7, 0);
    adatom_structure_free(crystal);
}

static inline void end_silicon(silicon *system)
{
    adatom_dynamics_free(system->dynamics);
    adatom_evaluator_free(system->evaluator);
}

static inline adatom_thermostat make_thermostat(adatom_sample_method method, double time_step,
                                                double temperature)
{
    return (adatom_thermostat){.method = method,
                               .time_step = time_step,
                               .temperature = temperature,
                               .friction = 0.02,
                               .time_constant = 20,
                               .chain_length = 3};
}

static inline void take_steps(silicon *system, adatom_thermostat *thermostat, int count)
{
    for (int i = 0; i < count; i++) {
        assert_int_equal(adatom_thermostat_step(thermostat, system->dynamics, &system->random),
                         ADATOM_OK);
    }
}

static inline double conserved_energy(const silicon *system, const adatom_thermostat *thermostat)
{
    return system->dynamics->energy + adatom_dynamics_kinetic_energy(system->dynamics) +
           adatom_thermostat_energy(thermostat, system->dynamics);
}

#endif
