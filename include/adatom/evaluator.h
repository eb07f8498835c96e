/* adatom: energies and forces from an energy program, through one interface.
 *
 * Units: eV and Å. */
#ifndef ADATOM_EVALUATOR_H
#define ADATOM_EVALUATOR_H

#include "adatom/structure.h"

typedef struct adatom_evaluator adatom_evaluator;

/* Opens an evaluator. spec is "kind:key=value,key=value" or "kind:value", such as
 * "kim:Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC", "lj:epsilon=1,sigma=1,cutoff=2.5" or
 * "command:python3 engine.py" (docs/evaluators.md).
 * INVALID_INPUT names the known kinds, or the package that holds the models. */
ADATOM_API adatom_status adatom_evaluator_create(const char *spec, adatom_evaluator **out);
ADATOM_API void adatom_evaluator_free(adatom_evaluator *evaluator);

/* Potential energy in eV and, where forces is not NULL, forces [atom_count][3] in eV/Å.
 * EVALUATION_FAILED when the program fails or the result is not finite; INVALID_INPUT when the
 * evaluator does not know an element of the structure. One evaluator serves one thread at a time.
 */
ADATOM_API adatom_status adatom_evaluator_compute(adatom_evaluator *evaluator,
                                                  const adatom_structure *structure, double *energy,
                                                  double (*forces)[3]);

/* All that can be asked of an evaluation. Arrays are the caller's; NULL: not wanted. */
typedef struct adatom_properties {
    double energy;       /* eV */
    double (*forces)[3]; /* [atom_count][3], eV/Å, or NULL */
    double *energies;    /* [atom_count], eV: the atoms' shares of the energy, or NULL */
    double (*virial)[3]; /* [3][3], eV: -dE/d(strain), symmetric; or NULL */
    /* Whether the evaluator gave them; not every one can. */
    bool has_energies, has_virial;
} adatom_properties;

/* As adatom_evaluator_compute. Forces must come where they are wanted; an evaluator that has no
 * energies of atoms or no virial says so in has_energies and has_virial. */
ADATOM_API adatom_status adatom_evaluator_compute_properties(adatom_evaluator *evaluator,
                                                             const adatom_structure *structure,
                                                             adatom_properties *properties);

/* The stress -virial / volume in eV/Å^3, positive under tension. False, and nothing is written,
 * where the lattice vectors span no volume or nothing is periodic. */
ADATOM_API bool adatom_stress_from_virial(const adatom_structure *structure,
                                          const double virial[3][3], double stress[3][3]);

/* A further number that the program gave with the latest energy of adatom_evaluator_compute, by its
 * name: one of the comment line of extended XYZ (command), or of the text in JSON that ends an
 * answer (ipi), or what a plug-in has. EVALUATION_FAILED if there is none, or it is not finite. */
ADATOM_API adatom_status adatom_evaluator_number(adatom_evaluator *evaluator, const char *name,
                                                 double *value);

/* Where an evaluator waits for others, as ipi does for clients, it asks stop now and then; true
 * ends the evaluation as INTERRUPTED if nobody works on it yet. NULL: it waits. */
ADATOM_API void adatom_evaluator_watch(adatom_evaluator *evaluator, bool (*stop)(void *context),
                                       void *context);

/* Whether it can compute only structures of the same atoms, those of the first one: so it is with
 * an energy program that was started for them. */
ADATOM_API bool adatom_evaluator_has_fixed_atoms(const adatom_evaluator *evaluator);

/* ---- many structures at once */

enum { ADATOM_JOB_MESSAGE_SIZE = 512 };

/* One structure to evaluate. */
typedef struct adatom_evaluator_job {
    const adatom_structure *structure;
    double (*forces)[3]; /* [atom_count][3], eV/Å, or NULL where they are not wanted */
    double *energies;    /* [atom_count], eV, or NULL, as in adatom_properties */
    double (*virial)[3]; /* [3][3], eV, or NULL */
    /* The answer. energy and forces are valid if status is OK. */
    adatom_status status; /* INTERRUPTED if it was not begun, since the work was stopped */
    double energy;        /* eV */
    bool has_forces, has_energies, has_virial;
    int attempts;
    double seconds;                        /* of all attempts */
    char message[ADATOM_JOB_MESSAGE_SIZE]; /* what went wrong, "" if nothing did */
} adatom_evaluator_job;

typedef struct adatom_evaluator_pool_options {
    int retries;          /* further attempts after EVALUATION_FAILED and IO_FAILED */
    bool stop_on_failure; /* no job is begun after one has failed */
    bool forces_optional; /* a job is done without forces if the evaluator gives none */
    /* They may be NULL. They are called by one thread at a time, whichever it is. */
    void *context;
    bool (*stop)(void *context); /* true: no further job is begun */
    void (*progress)(void *context, size_t finished, size_t failed); /* failed ones included */
    /* As soon as the job has its answer for good, well or not. */
    void (*done)(void *context, const adatom_evaluator_job *job);
} adatom_evaluator_pool_options;

/* Several instances of one evaluator, each with a thread and, where the kind has one, a process of
 * its own. */
typedef struct adatom_evaluator_pool adatom_evaluator_pool;

/* Opens the evaluator. workers: how many jobs may be worked on at once, 0 for as many as there are
 * cores. Further instances are opened when there is work for them. A kind that spreads a batch
 * itself (ipi) has one instance; one whose instances would wait for each other (xtb) has each in a
 * process, as "process:SPEC". */
ADATOM_API adatom_status adatom_evaluator_pool_create(const char *spec, int workers,
                                                      adatom_evaluator_pool **out);
ADATOM_API void adatom_evaluator_pool_free(adatom_evaluator_pool *pool);
/* At first: no retries, all jobs are done. */
ADATOM_API void adatom_evaluator_pool_configure(adatom_evaluator_pool *pool,
                                                const adatom_evaluator_pool_options *options);
/* How many instances there may be. */
ADATOM_API int adatom_evaluator_pool_workers(const adatom_evaluator_pool *pool);
/* Evaluates all jobs; what they give does not depend on the number of workers. A job that fails
 * does not end the others, and OK is returned also then; INTERRUPTED if jobs were not begun. One
 * call at a time. */
ADATOM_API adatom_status adatom_evaluator_pool_compute(adatom_evaluator_pool *pool,
                                                       adatom_evaluator_job *jobs, size_t count);

/* The text that describes all kinds, one line each: "kim:MODEL   portable models of the KIM API".
 */
ADATOM_API const char *adatom_evaluator_kinds(void);

#endif
