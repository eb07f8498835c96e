/* adatom: the distinct structures of a run, lowest energy first, and what they are in words. */
#ifndef ADATOM_REPORT_SPECIMENS_H
#define ADATOM_REPORT_SPECIMENS_H

#include "adatom/bonds.h"
#include "adatom/structure.h"

#include <stdint.h>

typedef struct adatom_specimen {
    adatom_structure *structure; /* wrapped into the cell along periodic directions */
    double energy;               /* eV */
    bool has_energy;
    int64_t episode; /* -1: not known */
    adatom_bond_graph *graph;
    size_t rings[ADATOM_RING_SIZE_MAX + 1];
    size_t pieces;           /* parts without a bond between them */
    uint64_t bond_signature; /* equal for equal bond graphs */
} adatom_specimen;

/* Takes the structure over, in any case. */
adatom_status adatom_specimen_create(adatom_structure *structure, bool has_energy, double energy,
                                     int64_t episode, adatom_specimen *out);
void adatom_specimen_clear(adatom_specimen *specimen);

/* The same bond graph, or energies that differ by rounding only. */
bool adatom_specimen_same(const adatom_specimen *first, const adatom_specimen *second);

/* "honeycomb: every atom has three neighbours, all 12 rings are hexagons". */
void adatom_specimen_describe(const adatom_specimen *specimen, char *text, size_t size);

typedef struct adatom_specimens {
    size_t count, capacity;
    adatom_specimen *specimens;
    size_t looked_at; /* structures that they were picked from */
} adatom_specimens;

enum { ADATOM_SPECIMENS_MAX = 9 };

/* The distinct ones among the lowest in the database, at most ADATOM_SPECIMENS_MAX. INVALID_INPUT
 * if there is no database, or nothing in it. */
adatom_status adatom_specimens_read(const char *path, adatom_specimens *out);
void adatom_specimens_clear(adatom_specimens *specimens);

#endif
