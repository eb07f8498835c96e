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

/* Whether it can compute only structures of the same atoms, those of the first one: so it is with
 * an energy program that was started for them. */
ADATOM_API bool adatom_evaluator_has_fixed_atoms(const adatom_evaluator *evaluator);

/* The text that describes all kinds, one line each: "kim:MODEL   portable models of the KIM API".
 */
ADATOM_API const char *adatom_evaluator_kinds(void);

#endif
