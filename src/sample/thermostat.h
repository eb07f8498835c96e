/* adatom: one time step, at constant energy or with a thermostat. */
#ifndef ADATOM_SAMPLE_THERMOSTAT_H
#define ADATOM_SAMPLE_THERMOSTAT_H

#include "adatom/sample.h"
#include "sample/dynamics.h"

enum { ADATOM_CHAIN_MAX = 64 };

typedef struct adatom_thermostat {
    adatom_sample_method method; /* NVE, LANGEVIN or NOSE_HOOVER */
    double time_step;            /* fs */
    double temperature;          /* K */
    double friction;             /* 1/fs, of Langevin's */
    double time_constant;        /* fs, of the chain */
    int chain_length;
    double positions[ADATOM_CHAIN_MAX];  /* of the chain */
    double velocities[ADATOM_CHAIN_MAX]; /* of the chain, 1/fs */
} adatom_thermostat;

/* The chain is at rest. */
void adatom_thermostat_start(adatom_thermostat *thermostat, const adatom_sample_options *options);

/* Velocity Verlet (Swope et al., J. Chem. Phys. 76, 637 (1982)); Langevin's equation by BAOAB
 * (Leimkuhler and Matthews, J. Chem. Phys. 138, 174102 (2013)); the Nosé-Hoover chain of Martyna,
 * Tuckerman and Klein (Mol. Phys. 87, 1117 (1996)), with Suzuki's and Yoshida's three weights. */
adatom_status adatom_thermostat_step(adatom_thermostat *thermostat, adatom_dynamics *dynamics,
                                     adatom_random *random);

/* Energy of the chain, eV; with it the total energy is conserved. 0 for the other methods. */
double adatom_thermostat_energy(const adatom_thermostat *thermostat,
                                const adatom_dynamics *dynamics);

#endif
