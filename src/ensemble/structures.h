/* adatom: the distinct structures that the agents of an ensemble found. */
#ifndef ADATOM_ENSEMBLE_STRUCTURES_H
#define ADATOM_ENSEMBLE_STRUCTURES_H

#include "atoms/fingerprint.h"
#include "ensemble/members.h"

enum { ADATOM_STRUCTURES_MAX = 500, ADATOM_LOWEST_OF_AGENT = 500, ADATOM_STRUCTURE_NAME_SIZE = 96 };

typedef struct adatom_found_structure {
    adatom_structure *structure; /* of the lowest energy */
    double energy;               /* eV, the lowest, or that of the best property */
    double property;             /* in its own unit; the energy where that is searched for */
    int agent;                   /* that found it so */
    int64_t episode;             /* in which */
    size_t agents;               /* that found it */
    size_t builds;               /* how often it was built */
    size_t best_of;              /* agents whose lowest structure it is */
    char formula[ADATOM_STRUCTURE_NAME_SIZE];
    char
        pieces[ADATOM_STRUCTURE_NAME_SIZE]; /* "CO2 + C2H4": formulae of what bonds hold together */
    char symmetry[ADATOM_STRUCTURE_NAME_SIZE]; /* "" if not known */
    adatom_fingerprint fingerprint;
    unsigned char *found_by; /* [number of agents + 1]: 1 for those that found it */
} adatom_found_structure;

/* Lowest energy first, or the best property where something else is searched for. */
typedef struct adatom_found_structures {
    size_t count, capacity;
    adatom_found_structure *list;
    bool has_property, highest; /* searched for, and the higher the better */
    size_t looked_at;           /* rows of the agents' databases */
} adatom_found_structures;

/* The distinct ones among the ADATOM_LOWEST_OF_AGENT lowest of each agent, at most
 * ADATOM_STRUCTURES_MAX. */
adatom_status adatom_found_structures_read(const char *folder, const adatom_members *members,
                                           adatom_found_structures *out);
void adatom_found_structures_clear(adatom_found_structures *found);

/* The first episode in which the agent built the structure of the fingerprint; 0: none. */
adatom_status adatom_member_first_build(const char *folder, int agent,
                                        const adatom_fingerprint *target, int64_t *episode);

#endif
