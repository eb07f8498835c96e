#include "adatom/bonds.h"

#include "atoms/neighbors.h"
#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double largest_radius(const adatom_structure *structure)
{
    double largest = 0;
    for (size_t i = 0; i < structure->atom_count; i++) {
        largest = fmax(largest, adatom_element_covalent_radius(structure->atomic_numbers[i]));
    }
    return largest;
}

static bool is_bound(const adatom_structure *structure, double tolerance, size_t i,
                     const adatom_neighbor *neighbor)
{
    const int *numbers = structure->atomic_numbers;
    return neighbor->distance < adatom_element_covalent_radius(numbers[i]) +
                                    adatom_element_covalent_radius(numbers[neighbor->index]) +
                                    tolerance;
}

/* Each pair stands twice in the neighbour list; true for one of the two. */
static bool is_first_mention(size_t i, const adatom_neighbor *neighbor)
{
    if (neighbor->index != i) {
        return neighbor->index > i;
    }
    for (int k = 0; k < 3; k++) {
        if (neighbor->shift[k] != 0) {
            return neighbor->shift[k] > 0;
        }
    }
    return false;
}

static adatom_status collect_bonds(const adatom_structure *structure, double tolerance,
                                   const adatom_neighbor_list *neighbors, adatom_bond_graph *graph)
{
    size_t capacity = 0;
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (size_t n = neighbors->first[i]; n < neighbors->first[i + 1]; n++) {
            const adatom_neighbor *neighbor = &neighbors->neighbors[n];
            if (!is_bound(structure, tolerance, i, neighbor)) {
                continue;
            }
            graph->coordination[i]++;
            if (!is_first_mention(i, neighbor)) {
                continue;
            }
            ADATOM_TRY(
                adatom_grow(&graph->bonds, &capacity, graph->bond_count + 1, sizeof *graph->bonds));
            adatom_bond *bond = &graph->bonds[graph->bond_count++];
            bond->first = i;
            bond->second = neighbor->index;
            memcpy(bond->shift, neighbor->shift, sizeof bond->shift);
            bond->length = neighbor->distance;
        }
    }
    return ADATOM_OK;
}

static adatom_status find_bonds(const adatom_structure *structure, double tolerance,
                                adatom_bond_graph *graph)
{
    graph->atom_count = structure->atom_count;
    ADATOM_TRY(
        adatom_allocate(graph->atom_count, sizeof *graph->coordination, &graph->coordination));
    const double longest = 2 * largest_radius(structure) + tolerance;
    if (longest <= 0 || graph->atom_count == 0) {
        return ADATOM_OK;
    }
    adatom_neighbor_list *neighbors;
    ADATOM_TRY(adatom_neighbor_list_create(structure, longest, &neighbors));
    const adatom_status status = collect_bonds(structure, tolerance, neighbors, graph);
    adatom_neighbor_list_free(neighbors);
    return status;
}

adatom_status adatom_bond_graph_create(const adatom_structure *structure, double tolerance,
                                       adatom_bond_graph **out)
{
    if (!isfinite(tolerance)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the tolerance of a bond is not finite");
    }
    adatom_bond_graph *graph;
    ADATOM_TRY(adatom_allocate(1, sizeof *graph, &graph));
    const adatom_status status = find_bonds(structure, tolerance, graph);
    if (status != ADATOM_OK) {
        adatom_bond_graph_free(graph);
        return status;
    }
    *out = graph;
    return ADATOM_OK;
}

void adatom_bond_graph_free(adatom_bond_graph *graph)
{
    if (graph == NULL) {
        return;
    }
    free(graph->bonds);
    free(graph->coordination);
    free(graph);
}
