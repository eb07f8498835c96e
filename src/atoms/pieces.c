#include "atoms/pieces.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double bond_tolerance = 0.2; /* Å (J. Chem. Phys. 151, 054111 (2019)) */

enum { FORMULA_SIZE = 96 };

static size_t find_root(size_t *parent, size_t atom)
{
    while (parent[atom] != atom) {
        parent[atom] = parent[parent[atom]];
        atom = parent[atom];
    }
    return atom;
}

/* The root of each piece is its first atom. */
static void join(const adatom_bond_graph *graph, size_t *parent)
{
    for (size_t i = 0; i < graph->atom_count; i++) {
        parent[i] = i;
    }
    for (size_t b = 0; b < graph->bond_count; b++) {
        const size_t first = find_root(parent, graph->bonds[b].first);
        const size_t second = find_root(parent, graph->bonds[b].second);
        parent[first > second ? first : second] = first > second ? second : first;
    }
}

adatom_status adatom_bond_graph_pieces(const adatom_bond_graph *graph, size_t *piece, size_t *count)
{
    size_t *parent, *number;
    ADATOM_TRY(adatom_allocate(2 * graph->atom_count, sizeof *parent, &parent));
    number = parent + graph->atom_count;
    join(graph, parent);
    *count = 0;
    for (size_t i = 0; i < graph->atom_count; i++) {
        const size_t root = find_root(parent, i);
        number[i] = root == i ? (*count)++ : number[root];
        if (piece != NULL) {
            piece[i] = number[i];
        }
    }
    free(parent);
    return ADATOM_OK;
}

/* -- in words */

typedef struct pieces {
    size_t count;
    size_t *piece;                  /* [atom_count] */
    char (*formulas)[FORMULA_SIZE]; /* [count] */
} pieces;

static void clear(pieces *all)
{
    free(all->piece);
    free(all->formulas);
}

static adatom_status find_pieces(const adatom_structure *structure, pieces *all)
{
    adatom_bond_graph *graph;
    ADATOM_TRY(adatom_allocate(structure->atom_count, sizeof *all->piece, &all->piece));
    ADATOM_TRY(adatom_bond_graph_create(structure, bond_tolerance, &graph));
    const adatom_status status = adatom_bond_graph_pieces(graph, all->piece, &all->count);
    adatom_bond_graph_free(graph);
    return status;
}

/* numbers: room for the atomic numbers of one piece */
static void write_formula(const adatom_structure *structure, const pieces *all, size_t which,
                          int *numbers)
{
    adatom_structure part = {.atomic_numbers = numbers};
    for (size_t i = 0; i < structure->atom_count; i++) {
        if (all->piece[i] == which) {
            numbers[part.atom_count++] = structure->atomic_numbers[i];
        }
    }
    adatom_structure_formula(&part, all->formulas[which], FORMULA_SIZE);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static adatom_status find_formulas(const adatom_structure *structure, pieces *all)
{
    int *numbers;
    ADATOM_TRY(find_pieces(structure, all));
    ADATOM_TRY(adatom_allocate(all->count, sizeof *all->formulas, &all->formulas));
    ADATOM_TRY(adatom_allocate(structure->atom_count, sizeof *numbers, &numbers));
    for (size_t k = 0; k < all->count; k++) {
        write_formula(structure, all, k, numbers);
    }
    free(numbers);
    if (all->count > 0) {
        qsort(all->formulas, all->count, sizeof *all->formulas, compare);
    }
    return ADATOM_OK;
}

/* What does not fit is left out. */
static void join_formulas(const pieces *all, char *text, size_t size)
{
    size_t length = 0, next;
    for (size_t k = 0; k < all->count && length < size; k = next) {
        char times[32] = "";
        for (next = k + 1; next < all->count && compare(all->formulas[k], all->formulas[next]) == 0;
             next++) {
        }
        if (next - k > 1) {
            snprintf(times, sizeof times, "%zu ", next - k);
        }
        const int added = snprintf(text + length, size - length, "%s%s%s", k > 0 ? " + " : "",
                                   times, all->formulas[k]);
        length += added > 0 ? (size_t)added : 0;
    }
}

adatom_status adatom_structure_pieces_formula(const adatom_structure *structure, char *text,
                                              size_t size)
{
    pieces all = {.count = 0};
    const adatom_status status = find_formulas(structure, &all);
    if (status == ADATOM_OK && size > 0) {
        text[0] = '\0';
        join_formulas(&all, text, size);
    }
    clear(&all);
    return status;
}
