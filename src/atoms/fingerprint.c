#include "atoms/fingerprint.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double bond_tolerance = 0.2; /* Å */
static const double bag_tolerance = 0.05;

static uint64_t scramble(uint64_t value)
{
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

/* Weisfeiler-Lehman: atoms start with their element; in each round an atom's label takes in those
 * of its neighbours, whatever their order. Equal graphs have equal sums of labels. */
adatom_status adatom_bond_signature(const adatom_structure *structure,
                                    const adatom_bond_graph *graph, uint64_t *out)
{
    enum { ROUNDS = 8 };
    const size_t count = structure->atom_count;
    uint64_t *labels = NULL;
    ADATOM_TRY(adatom_allocate(2 * count, sizeof *labels, &labels));
    uint64_t *gathered = labels + count;
    for (size_t i = 0; i < count; i++) {
        labels[i] = scramble((uint64_t)structure->atomic_numbers[i] + 1000);
    }
    for (int round = 0; round < ROUNDS; round++) {
        memset(gathered, 0, count * sizeof *gathered);
        for (size_t b = 0; b < graph->bond_count; b++) {
            const adatom_bond *bond = &graph->bonds[b];
            gathered[bond->first] += scramble(labels[bond->second] + 1);
            gathered[bond->second] += scramble(labels[bond->first] + 1);
        }
        for (size_t i = 0; i < count; i++) {
            labels[i] = scramble(3 * labels[i] + gathered[i]);
        }
    }
    uint64_t sum = count;
    for (size_t i = 0; i < count; i++) {
        sum += scramble(labels[i]);
    }
    free(labels);
    *out = sum;
    return ADATOM_OK;
}

static adatom_status find_graph(const adatom_structure *structure, adatom_fingerprint *found)
{
    adatom_bond_graph *graph;
    ADATOM_TRY(adatom_bond_graph_create(structure, bond_tolerance, &graph));
    adatom_status status = adatom_bond_graph_rings(graph, found->rings);
    if (status == ADATOM_OK) {
        status = adatom_bond_signature(structure, graph, &found->bonds);
    }
    adatom_bond_graph_free(graph);
    return status;
}

adatom_status adatom_fingerprint_create(const adatom_structure *structure, adatom_fingerprint *out)
{
    adatom_fingerprint found = {.bonds = 0};
    ADATOM_TRY(find_graph(structure, &found));
    ADATOM_TRY(adatom_bag_of_bonds_create(structure, &found.bag));
    for (size_t i = 0; i < found.bag->count; i++) {
        found.norm += found.bag->values[i] * found.bag->values[i];
    }
    found.norm = sqrt(found.norm);
    *out = found;
    return ADATOM_OK;
}

void adatom_fingerprint_clear(adatom_fingerprint *fingerprint)
{
    adatom_bag_of_bonds_free(fingerprint->bag);
    *fingerprint = (adatom_fingerprint){.bonds = 0};
}

bool adatom_fingerprint_same(const adatom_fingerprint *first, const adatom_fingerprint *second)
{
    return first->bonds == second->bonds &&
           memcmp(first->rings, second->rings, sizeof first->rings) == 0 &&
           adatom_bag_of_bonds_distance(first->bag, second->bag) <=
               bag_tolerance * fmax(first->norm, second->norm);
}
