/* adatom: for people who write an evaluator. A back-end is one file that ends in one const
 * adatom_evaluator_kind, and one line in src/energy/kinds.h. */
#ifndef ADATOM_SYS_EVALUATOR_H
#define ADATOM_SYS_EVALUATOR_H

#include "adatom/structure.h"

/* Keeps the line for adatom_error_message() and returns status. */
ADATOM_API adatom_status adatom_sys_fail(adatom_status status, const char *format, ...) ADATOM_PRINTF(2, 3);

/* One "key=value" of the spec; a bare value has the key "". */
typedef struct adatom_spec_argument {
    const char *key, *value;
} adatom_spec_argument;

typedef struct adatom_evaluator_kind {
    const char *name;        /* what stands before the colon */
    const char *usage;       /* "MODEL" or "epsilon=E,sigma=S": what stands after it */
    const char *description; /* one line for people */
    /* Makes the back-end's state. Unknown keys are INVALID_INPUT. */
    adatom_status (*create)(const adatom_spec_argument *arguments, size_t count, void **state);
    void (*free)(void *state);
    /* forces may be NULL. Sees finite positions and at least one atom. */
    adatom_status (*compute)(void *state, const adatom_structure *structure, double *energy,
                             double (*forces)[3]);
} adatom_evaluator_kind;

#endif
