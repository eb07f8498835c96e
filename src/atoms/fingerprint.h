/* adatom: when two structures count as the same. */
#ifndef ADATOM_ATOMS_FINGERPRINT_H
#define ADATOM_ATOMS_FINGERPRINT_H

#include "adatom/bonds.h"

#include <stdint.h>

/* A number that is equal for equal bond graphs, however the atoms are numbered. Graphs in which all
 * atoms look alike over eight bonds, such as two ways to give each atom three neighbours, may share
 * it. */
adatom_status adatom_bond_signature(const adatom_structure *structure,
                                    const adatom_bond_graph *graph, uint64_t *out);

typedef struct adatom_fingerprint {
    uint64_t bonds;
    size_t rings[ADATOM_RING_SIZE_MAX + 1];
    adatom_bag_of_bonds *bag;
    double norm; /* of the bag, 1/Å */
} adatom_fingerprint;

/* Bonds reach 0.2 Å beyond the covalent radii. INVALID_INPUT if two atoms are in one place. */
adatom_status adatom_fingerprint_create(const adatom_structure *structure, adatom_fingerprint *out);
void adatom_fingerprint_clear(adatom_fingerprint *fingerprint);

/* The same bond graph and rings, and bags of bonds that differ by less than 5 % of their length:
 * moved, turned, mirrored and slightly strained copies are the same, conformers are not. */
bool adatom_fingerprint_same(const adatom_fingerprint *first, const adatom_fingerprint *second);

#endif
