/* adatom: molecular dynamics and relaxation that give structures with energies and forces.
 *
 * Units: fs, Å, eV, K, u; velocities in Å/fs. docs/sample.md defines the methods. */
#ifndef ADATOM_SAMPLE_H
#define ADATOM_SAMPLE_H

#include "adatom/evaluator.h"
#include "adatom/options.h"
#include "adatom/structure.h"

typedef struct adatom_sample_options {
#include "adatom/option_members.def"
#include "adatom/sample_options.def"
#include "adatom/option_end.def"
} adatom_sample_options;

/* The values of run_method and of sampling_rule, in the order of the table's names. */
typedef enum adatom_sample_method {
    ADATOM_SAMPLE_NVE,
    ADATOM_SAMPLE_LANGEVIN,
    ADATOM_SAMPLE_NOSE_HOOVER,
    ADATOM_SAMPLE_FIRE,
    ADATOM_SAMPLE_LBFGS
} adatom_sample_method;
typedef enum adatom_sampling_rule {
    ADATOM_SAMPLING_STEPS,
    ADATOM_SAMPLING_FORCE
} adatom_sampling_rule;

ADATOM_API adatom_sample_options adatom_sample_options_default(void);
/* The table of the fields. */
ADATOM_API const adatom_option_table *adatom_sample_option_table(void);

/* Where a run stands; what is pointed to belongs to the run and holds until the callback returns.
 */
typedef struct adatom_sample_state {
    const adatom_structure *structure;
    double energy;                 /* eV, potential */
    const double (*forces)[3];     /* [atom_count][3], eV/Å, as the evaluator gave them */
    int64_t restart;               /* 0 for the first run from a structure */
    int64_t step;                  /* of this run; for a relaxation: force evaluations */
    double time;                   /* fs, of this run */
    double temperature;            /* K, of the velocities */
    const double (*velocities)[3]; /* [atom_count][3], Å/fs; NULL in a relaxation */
    double conserved_energy; /* eV: constant along a run but for the error of the time step; with
                                Langevin's thermostat the total energy, which is not */
    bool converged;          /* of a relaxation that is over */
    size_t tracked_count;    /* of sampling_atoms, those that this step was sampled for */
    const size_t *tracked_atoms; /* [tracked_count] */
} adatom_sample_state;

typedef struct adatom_sample_callbacks {
    void *context;
    /* For each sampled step; another status than OK ends the run with it. */
    adatom_status (*frame)(void *context, const adatom_sample_state *state);
    /* After every step; may be NULL. Without L-BFGS, which shows its end only. */
    void (*progress)(void *context, const adatom_sample_state *state);
    /* Asked after every step; true ends the run as INTERRUPTED; may be NULL. */
    bool (*stop)(void *context);
} adatom_sample_callbacks;

/* Runs all of a start structure: the first run and its restarts, or the relaxation, of which the
 * lowest structure is the one frame. stream tells the start structures of one seed apart.
 * INVALID_INPUT names the option that does not fit the structure. */
ADATOM_API adatom_status adatom_sample_run(const adatom_sample_options *options,
                                           adatom_evaluator *evaluator,
                                           const adatom_structure *start, uint64_t stream,
                                           const adatom_sample_callbacks *callbacks);

#endif
