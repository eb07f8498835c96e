/* adatom: moving atoms downhill in energy. */
#ifndef ADATOM_RELAX_H
#define ADATOM_RELAX_H

#include "adatom/evaluator.h"

typedef struct adatom_relax_options {
    int steps;              /* force evaluations at most; >= 1; default 15 */
    double force_tolerance; /* stop when no free force is larger, eV/Å; default 0.05 */
    double max_step;        /* longest move of an atom per step, Å; default 0.2 */
    const bool *fixed;      /* [atom_count] or NULL: atoms that do not move */
    const double *normal;   /* [3] unit vector or NULL: atoms move only perpendicular to it */
    double (*forces)[3];    /* [atom_count][3] or NULL: result, all forces there, eV/Å */
    int retries;            /* of each evaluation that fails, beyond the steps; default 0 */
} adatom_relax_options;

typedef struct adatom_relax_result {
    double energy;    /* eV, the lowest one seen; the structure is the one it belongs to */
    double max_force; /* eV/Å, there */
    int evaluations;
    bool converged;
} adatom_relax_result;

ADATOM_API adatom_relax_options adatom_relax_options_default(void);

/* Relaxes the positions in place by L-BFGS with limited steps (Nocedal, Math. Comput. 35, 773
 * (1980)); keeps the best positions seen. On failure of an evaluation after the first, the best so
 * far is the result and converged is false; an INTERRUPTED one ends the relaxation as such. */
ADATOM_API adatom_status adatom_relax(adatom_evaluator *evaluator, adatom_structure *structure,
                                      const adatom_relax_options *options,
                                      adatom_relax_result *result);

#endif
