/* adatom: for people who write an evaluator. A back-end is one file that ends in one const
 * adatom_evaluator_kind, and one line in src/energy/kinds.h that names and describes it; or it is a
 * shared object that is loaded at run time, as "plugin:FILE.so", and ends in ADATOM_PLUGIN = {...};
 */
#ifndef ADATOM_SYS_EVALUATOR_H
#define ADATOM_SYS_EVALUATOR_H

#include "adatom/evaluator.h"

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

/* What a kind that spreads a batch itself asks and tells, from one thread; no member is NULL. */
typedef struct adatom_batch_watch {
    void *context;
    bool (*stop)(void *context); /* true: no further job is to be begun */
    void (*progress)(void *context, size_t finished, size_t failed); /* of this batch */
    /* The job has its answer; need not be told of each. */
    void (*answered)(void *context, adatom_evaluator_job *job);
} adatom_batch_watch;

typedef struct adatom_evaluator_kind {
    /* Makes the back-end's state. Unknown keys are INVALID_INPUT. */
    adatom_status (*create)(const adatom_spec_argument *arguments, size_t count, void **state);
    void (*free)(void *state);
    /* forces may be NULL; otherwise all of [atom_count][3] is written. Sees at least one atom,
     * known elements, finite positions and lattice vectors below 1e9 Å. Not called where there is
     * compute_properties; adatom's own kinds have one of the two, plug-ins always this one. */
    adatom_status (*compute)(void *state, const adatom_structure *structure, double *energy,
                             double (*forces)[3]);
    /* All that stands after the colon is one bare value, "=" and "," and all. */
    bool whole_text;
    /* Only structures of the same atoms can be computed, those of the first one. */
    bool fixed_atoms;
    /* Several instances in several threads would wait for each other: each gets a process. */
    bool one_at_a_time;
    /* NULL, or: works on many jobs at once and fills in their answers. Jobs that are not begun
     * become INTERRUPTED. The status of the call is not OK only if nothing more can be done. */
    adatom_status (*compute_many)(void *state, adatom_evaluator_job *const *jobs, size_t count,
                                  const adatom_batch_watch *watch);
    /* NULL, or: the number of that name that belongs to the latest energy of compute; false if
     * there is none. */
    bool (*number)(void *state, const char *name, double *value);
    /* NULL, or: the kind that stands behind this one and says how it may be used. */
    const struct adatom_evaluator_kind *(*behind)(const void *state);
    /* NULL, or, instead of compute: the energy, and forces, energies of atoms and virial where they
     * are wanted (not NULL) and can be had; has_energies and has_virial are false when it is
     * called. */
    adatom_status (*compute_properties)(void *state, const adatom_structure *structure,
                                        adatom_properties *properties);
} adatom_evaluator_kind;

/* ---- evaluators that are loaded at run time */

/* Grows with every change of what a plug-in and adatom say to each other. */
enum { ADATOM_PLUGIN_ABI = 3 };

/* ADATOM_PLUGIN = {.create = create, .free = destroy, .compute = compute};
 * The functions that it may call are those above; instances in several threads must not share
 * anything that is written to, unless one_at_a_time is set. */
#define ADATOM_PLUGIN                                                                              \
    extern const int adatom_plugin_abi;                                                            \
    extern const adatom_evaluator_kind adatom_plugin;                                              \
    __attribute__((visibility("default"))) const int adatom_plugin_abi = ADATOM_PLUGIN_ABI;        \
    __attribute__((visibility("default"))) const adatom_evaluator_kind adatom_plugin

#endif
