/* adatom: for people who write an evaluator. A back-end is one file that ends in one const
 * adatom_evaluator_kind, and one line in src/energy/kinds.h that names and describes it. */
#ifndef ADATOM_SYS_EVALUATOR_H
#define ADATOM_SYS_EVALUATOR_H

#include "adatom/structure.h"

/* Keeps the line for adatom_error_message() and returns status. */
ADATOM_API adatom_status adatom_sys_fail(adatom_status status, const char *format, ...)
    ADATOM_PRINTF(2, 3);

/* Returns from the calling function if the call failed. */
#define ADATOM_SYS_TRY(call)                                                                       \
    do {                                                                                           \
        const adatom_status adatom_sys_status_ = (call);                                           \
        if (adatom_sys_status_ != ADATOM_OK) {                                                     \
            return adatom_sys_status_;                                                             \
        }                                                                                          \
    } while (0)

/* count * size zeroed bytes in *out; free with free(). */
ADATOM_API adatom_status adatom_sys_allocate(size_t count, size_t size, void *out);
/* Grows *array (elements of `size` bytes) to at least `needed` elements and updates *capacity. */
ADATOM_API adatom_status adatom_sys_grow(void *array, size_t *capacity, size_t needed, size_t size);

/* One "key=value" of the spec; a bare value has the key "". */
typedef struct adatom_spec_argument {
    const char *key, *value;
} adatom_spec_argument;

/* The argument's value as a number from minimum to maximum; INVALID_INPUT otherwise. */
ADATOM_API adatom_status adatom_sys_number(const adatom_spec_argument *argument, double minimum,
                                           double maximum, double *out);

typedef struct adatom_evaluator_kind {
    /* Makes the back-end's state. Unknown keys are INVALID_INPUT. */
    adatom_status (*create)(const adatom_spec_argument *arguments, size_t count, void **state);
    void (*free)(void *state);
    /* forces may be NULL; otherwise all of [atom_count][3] is written. Sees at least one atom,
     * known elements, finite positions and lattice vectors below 1e9 Å. */
    adatom_status (*compute)(void *state, const adatom_structure *structure, double *energy,
                             double (*forces)[3]);
    /* All that stands after the colon is one bare value, "=" and "," and all. */
    bool whole_text;
    /* Only structures of the same atoms can be computed, those of the first one. */
    bool fixed_atoms;
} adatom_evaluator_kind;

#endif
