/* adatom: atoms that have velocities, the parts that integrators are put together from. */
#ifndef ADATOM_SAMPLE_DYNAMICS_H
#define ADATOM_SAMPLE_DYNAMICS_H

#include "adatom/evaluator.h"
#include "base/random.h"

/* What may move, and where to. */
typedef struct adatom_motion {
    bool *fixed; /* [atom_count] */
    size_t mobile_count;
    bool planar;
    double normal[3]; /* unit vector: atoms move only perpendicular to it, if planar */
} adatom_motion;

typedef struct adatom_dynamics {
    adatom_evaluator *evaluator;
    const adatom_motion *motion;
    adatom_structure *structure;
    double *masses;          /* [atom_count], u */
    double (*velocities)[3]; /* [atom_count][3], Å/fs */
    double (*forces)[3];     /* [atom_count][3], eV/Å, as the evaluator gives them */
    double energy;           /* eV, potential */
    size_t degrees_of_freedom;
} adatom_dynamics;

/* A copy of the structure at rest, evaluated. With conserves_momentum, the total momentum counts as
 * fixed at 0 where no atom is fixed, and is no degree of freedom. */
adatom_status adatom_dynamics_create(adatom_evaluator *evaluator, const adatom_structure *structure,
                                     const adatom_motion *motion, bool conserves_momentum,
                                     adatom_dynamics **out);
void adatom_dynamics_free(adatom_dynamics *dynamics);

/* Takes away the part of the vector along the normal. */
void adatom_motion_project(const adatom_motion *motion, double vector[3]);

/* Energy and forces at the positions. */
adatom_status adatom_dynamics_evaluate(adatom_dynamics *dynamics);
/* The forces change the velocities for that time, fs. */
void adatom_dynamics_kick(adatom_dynamics *dynamics, double time);
/* The velocities change the positions for that time, fs. */
void adatom_dynamics_drift(adatom_dynamics *dynamics, double time);

double adatom_dynamics_kinetic_energy(const adatom_dynamics *dynamics); /* eV */
double adatom_dynamics_temperature(const adatom_dynamics *dynamics);    /* K */

/* velocity of an atom = keep * velocity + weight * a velocity drawn at that temperature (K), for
 * all atoms that move. */
void adatom_dynamics_mix(adatom_dynamics *dynamics, adatom_random *random, double temperature,
                         double keep, double weight);
/* Velocities by Maxwell and Boltzmann, without total momentum where no atom is fixed; with exact,
 * scaled to the temperature. */
void adatom_dynamics_heat(adatom_dynamics *dynamics, adatom_random *random, double temperature,
                          bool exact);
/* Moves all atoms by a random part, within half of each way, of each periodic lattice vector that
 * the motion allows. Energy and forces stay as they are. */
void adatom_dynamics_translate(adatom_dynamics *dynamics, adatom_random *random);

#endif
