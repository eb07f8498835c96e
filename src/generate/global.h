/* adatom: the fingerprint of a structure: its atoms' descriptors, pooled or one after the other,
 * and how it changes with the positions, for ADATOM_POOLED_LANES structures at once.
 *
 * Columns: group of atoms (all, those of an element, or each atom), pool, value; the last fastest.
 */
#ifndef ADATOM_GENERATE_GLOBAL_H
#define ADATOM_GENERATE_GLOBAL_H

#include "generate/pooled.h"
#include "generate/strain.h"

typedef struct adatom_global {
    adatom_descriptor *descriptor;
    int pool_count;
    adatom_pooling pools[ADATOM_POOL_COUNT_MAX];
    adatom_structure *structure; /* elements and cell; its positions do not count */
    size_t value_count;          /* of an atom */
    size_t group_count;
    size_t *group_of; /* [atoms] */
    size_t columns;
    bool free_cell;
    adatom_strain strain; /* with free_cell */
    size_t variables;     /* 3 atoms: the positions; with free_cell 9 more, see strain.h */
    adatom_pooled *fast;  /* or NULL */
} adatom_global;

/* How it is made, and of what; pool_count 0: a row for each atom. */
typedef struct adatom_global_kind {
    const char *descriptor;
    int pool_count;
    adatom_pooling pools[ADATOM_POOL_COUNT_MAX];
    bool by_element;
    bool free_cell; /* the cell is a variable */
} adatom_global_kind;

/* "max,min", or "none". INVALID_INPUT says what was expected. */
adatom_status adatom_global_pools(const char *text, adatom_global_kind *kind);
adatom_status adatom_global_create(const adatom_global_kind *kind,
                                   const adatom_structure *structure, adatom_global **out);
void adatom_global_free(adatom_global *fingerprint);
/* Is any pool a mean? */
bool adatom_global_has_mean(const adatom_global *fingerprint);
/* values[columns] of a structure of the same atoms. */
adatom_status adatom_global_values(const adatom_global *fingerprint,
                                   const adatom_structure *structure, double *values);

/* The structure that a lane's variables [variables][lanes] mean; `out` is one of the same atoms. */
void adatom_global_place(const adatom_global *fingerprint, const double *variables, int lane,
                         adatom_structure *out);

typedef struct adatom_global_work adatom_global_work;
adatom_status adatom_global_work_create(const adatom_global *fingerprint, adatom_global_work **out);
void adatom_global_work_free(adatom_global_work *work);

/* As adatom_pooled_evaluate and adatom_pooled_normal_equations, for any descriptor and cell, and in
 * all variables. Lanes whose `idle` is true may be passed over: what they get is not defined. */
adatom_status adatom_global_evaluate(const adatom_global *fingerprint, adatom_global_work *work,
                                     const bool *idle, const double *positions,
                                     const adatom_pooled_loss *loss, double *losses,
                                     double *gradient);
adatom_status adatom_global_normal(const adatom_global *fingerprint, adatom_global_work *work,
                                   const bool *idle, const double *positions,
                                   const adatom_pooled_loss *loss, adatom_pooled_normal *normal);

#endif
