#include "sample/thermostat.h"

#include "base/error.h"
#include "sample/units.h"

#include <math.h>
#include <string.h>

void adatom_thermostat_start(adatom_thermostat *thermostat, const adatom_sample_options *options)
{
    memset(thermostat, 0, sizeof *thermostat);
    thermostat->method = (adatom_sample_method)options->run_method;
    thermostat->time_step = options->dynamics_time_step;
    thermostat->temperature = options->dynamics_temperature;
    thermostat->friction = options->dynamics_friction;
    thermostat->time_constant = options->dynamics_time_constant;
    thermostat->chain_length = (int)options->dynamics_chain;
}

static adatom_status take_verlet_step(adatom_dynamics *dynamics, double time)
{
    adatom_dynamics_kick(dynamics, time / 2);
    adatom_dynamics_drift(dynamics, time);
    ADATOM_TRY(adatom_dynamics_evaluate(dynamics));
    adatom_dynamics_kick(dynamics, time / 2);
    return ADATOM_OK;
}

static adatom_status take_langevin_step(const adatom_thermostat *thermostat,
                                        adatom_dynamics *dynamics, adatom_random *random)
{
    const double time = thermostat->time_step;
    const double keep = exp(-thermostat->friction * time);
    const double weight = sqrt(-expm1(-2 * thermostat->friction * time));
    adatom_dynamics_kick(dynamics, time / 2);
    adatom_dynamics_drift(dynamics, time / 2);
    adatom_dynamics_mix(dynamics, random, thermostat->temperature, keep, weight);
    adatom_dynamics_drift(dynamics, time / 2);
    ADATOM_TRY(adatom_dynamics_evaluate(dynamics));
    adatom_dynamics_kick(dynamics, time / 2);
    return ADATOM_OK;
}

/* Mass of a link of the chain, eV fs^2. */
static double link_mass(const adatom_thermostat *thermostat, size_t freedom, int link)
{
    const double share = link == 0 ? (double)freedom : 1;
    return share * ADATOM_BOLTZMANN * thermostat->temperature * thermostat->time_constant *
           thermostat->time_constant;
}

/* What drives a link: twice the kinetic energy before it, beyond that of the temperature; 1/fs^2.
 */
static double link_force(const adatom_thermostat *thermostat, size_t freedom, double kinetic_energy,
                         int link)
{
    const double thermal = ADATOM_BOLTZMANN * thermostat->temperature;
    double excess = 2 * kinetic_energy - (double)freedom * thermal;
    if (link > 0) {
        const double before = thermostat->velocities[link - 1];
        excess = link_mass(thermostat, freedom, link - 1) * before * before - thermal;
    }
    return excess / link_mass(thermostat, freedom, link);
}

/* Accelerates a link for a quarter of the time, while the next link slows it down. */
static void push_link(adatom_thermostat *thermostat, size_t freedom, double kinetic_energy,
                      int link, double time)
{
    const bool last = link == thermostat->chain_length - 1;
    const double slowing = last ? 1 : exp(-thermostat->velocities[link + 1] * time / 8);
    const double force = link_force(thermostat, freedom, kinetic_energy, link);
    double *velocity = &thermostat->velocities[link];
    *velocity = (*velocity * slowing + force * time / 4) * slowing;
}

/* Moves the chain for half of the time; returns the factor that it puts on the atoms' velocities,
 * which had that kinetic energy. */
static double move_chain(adatom_thermostat *thermostat, size_t freedom, double kinetic_energy,
                         double time)
{
    const int length = thermostat->chain_length;
    for (int link = length - 1; link >= 0; link--) {
        push_link(thermostat, freedom, kinetic_energy, link, time);
    }
    const double factor = exp(-thermostat->velocities[0] * time / 2);
    for (int link = 0; link < length; link++) {
        thermostat->positions[link] += thermostat->velocities[link] * time / 2;
    }
    for (int link = 0; link < length; link++) {
        push_link(thermostat, freedom, kinetic_energy * factor * factor, link, time);
    }
    return factor;
}

static void apply_chain(adatom_thermostat *thermostat, adatom_dynamics *dynamics)
{
    const double outer = 1 / (2 - cbrt(2));
    const double weights[3] = {outer, 1 - 2 * outer, outer};
    double factor = 1;
    const double kinetic_energy = adatom_dynamics_kinetic_energy(dynamics);
    for (int k = 0; k < 3; k++) {
        factor *= move_chain(thermostat, dynamics->degrees_of_freedom,
                             kinetic_energy * factor * factor, weights[k] * thermostat->time_step);
    }
    for (size_t i = 0; i < dynamics->structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            dynamics->velocities[i][x] *= factor;
        }
    }
}

adatom_status adatom_thermostat_step(adatom_thermostat *thermostat, adatom_dynamics *dynamics,
                                     adatom_random *random)
{
    if (thermostat->method == ADATOM_SAMPLE_LANGEVIN) {
        return take_langevin_step(thermostat, dynamics, random);
    }
    if (thermostat->method == ADATOM_SAMPLE_NVE) {
        return take_verlet_step(dynamics, thermostat->time_step);
    }
    apply_chain(thermostat, dynamics);
    ADATOM_TRY(take_verlet_step(dynamics, thermostat->time_step));
    apply_chain(thermostat, dynamics);
    return ADATOM_OK;
}

double adatom_thermostat_energy(const adatom_thermostat *thermostat,
                                const adatom_dynamics *dynamics)
{
    if (thermostat->method != ADATOM_SAMPLE_NOSE_HOOVER) {
        return 0;
    }
    const double thermal = ADATOM_BOLTZMANN * thermostat->temperature;
    const size_t freedom = dynamics->degrees_of_freedom;
    double energy = 0;
    for (int link = 0; link < thermostat->chain_length; link++) {
        const double velocity = thermostat->velocities[link];
        energy += link_mass(thermostat, freedom, link) * velocity * velocity / 2;
        energy += (link == 0 ? (double)freedom : 1) * thermal * thermostat->positions[link];
    }
    return energy;
}
