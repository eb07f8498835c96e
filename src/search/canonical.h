/* adatom: the one structure that is evaluated for all builds that mean the same.
 *
 * Builds that put the same elements on the same pixels in another order, or whose atoms a
 * translation by whole pixels leads into each other, have one energy. It is always that of their
 * canonical structure, to the last bit, whether or not it was computed before. */
#ifndef ADATOM_SEARCH_CANONICAL_H
#define ADATOM_SEARCH_CANONICAL_H

#include "search/problem.h"

#include <stdint.h>

typedef struct adatom_canonical {
    const adatom_problem *problem;
    bool moves;        /* translations lead to the same structure */
    size_t atoms_most; /* of the largest build */
    size_t atom_count; /* of the latest build */
    size_t first;      /* atoms of the template that stand where they are, and are not in the key */
    size_t count;      /* atoms on pixels, the others */
    size_t key_length; /* those of the largest build */
    int elements[ADATOM_ELEMENT_COUNT], element_count; /* of atoms on pixels, in canonical order */
    size_t anchor_count;                               /* atoms of the rarest element there is */
    int anchor_rank;                                   /* which one that is */
    int (*pixels)[3];                                  /* [count], as built */
    int *ranks;                                        /* [count], as built: index into elements */
    size_t *slot_of;             /* [count]: sorted atom -> its place in the structure */
    uint64_t *sorted, *trial;    /* [count]: code << 32 | atom as built */
    int32_t *key;                /* [key_length], of the latest build; -1 where it has no atom */
    size_t *built_atom;          /* [atoms_most]: atom of the structure -> atom as built */
    adatom_structure *structure; /* what is to be evaluated for the latest build */
} adatom_canonical;

/* Translations count as the same where options say so and no atom is tied to its place: none of the
 * template's, or these too stand on pixels and no relaxation holds them. The problem must outlive
 * it. */
adatom_status adatom_canonical_create(const adatom_problem *problem,
                                      const adatom_search_options *options, adatom_canonical **out);
void adatom_canonical_free(adatom_canonical *canonical);

/* Sets key, structure and built_atom for a whole build. */
void adatom_canonical_take(adatom_canonical *canonical, const int *actions);

#endif
