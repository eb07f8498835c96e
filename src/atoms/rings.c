/* Rings are searched in the crystal, not in the cell: a node is an atom in a certain image of the
 * cell. So a path that comes back to another image of its start closes no ring. */
#include "adatom/bonds.h"

#include "base/error.h"
#include "base/memory.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A node of the crystal's bond network: an atom and the image of the cell that it is in. */
typedef struct node {
    int atom;
    int shift[3];
} node;

typedef struct ring {
    int size;
    node nodes[ADATOM_RING_SIZE_MAX];
} ring;

typedef struct visited_node {
    node node;
    int depth;
} visited_node;

typedef struct ring_search {
    size_t *first; /* [atom_count + 1] */
    node *bonded;  /* the atoms bound to atom i: bonded[first[i]] .. bonded[first[i + 1] - 1] */
    visited_node *visited;
    size_t visited_count, visited_capacity;
    size_t *table; /* hash table: index in visited + 1, 0 where empty */
    size_t table_size;
    ring path; /* the ring being walked; path.nodes[0] is the atom whose two bonds it joins */
    ring *rings;
    size_t ring_count, ring_capacity;
} ring_search;

static const size_t most_rings = (size_t)1 << 22;

static node moved_node(const node *from, const node *by)
{
    node moved = *by;
    for (int k = 0; k < 3; k++) {
        moved.shift[k] += from->shift[k];
    }
    return moved;
}

static bool same_node(const node *a, const node *b)
{
    return a->atom == b->atom && a->shift[0] == b->shift[0] && a->shift[1] == b->shift[1] &&
           a->shift[2] == b->shift[2];
}

static size_t hash_node(const node *n)
{
    uint64_t hash = (uint32_t)n->atom;
    for (int k = 0; k < 3; k++) {
        hash = (hash ^ (uint32_t)n->shift[k]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return (size_t)hash;
}

/* Where the node stands in the table, or the empty place where it belongs. */
static size_t *find_place(const ring_search *search, const node *n)
{
    size_t place = hash_node(n) & (search->table_size - 1);
    while (search->table[place] != 0 &&
           !same_node(&search->visited[search->table[place] - 1].node, n)) {
        place = (place + 1) & (search->table_size - 1);
    }
    return &search->table[place];
}

/* The number of bonds from the start of the search to the node; -1 if it was not reached. */
static int depth_of(const ring_search *search, const node *n)
{
    const size_t place = *find_place(search, n);
    return place != 0 ? search->visited[place - 1].depth : -1;
}

static adatom_status enlarge_table(ring_search *search)
{
    const size_t size = search->table_size == 0 ? 256 : 2 * search->table_size;
    size_t *table;
    ADATOM_TRY(adatom_allocate(size, sizeof *table, &table));
    free(search->table);
    search->table = table;
    search->table_size = size;
    for (size_t i = 0; i < search->visited_count; i++) {
        *find_place(search, &search->visited[i].node) = i + 1;
    }
    return ADATOM_OK;
}

/* Adds the node if it was not reached before. */
static adatom_status visit(ring_search *search, const node *n, int depth)
{
    if (search->table_size < 2 * (search->visited_count + 1)) {
        ADATOM_TRY(enlarge_table(search));
    }
    size_t *place = find_place(search, n);
    if (*place != 0) {
        return ADATOM_OK;
    }
    ADATOM_TRY(adatom_grow(&search->visited, &search->visited_capacity, search->visited_count + 1,
                           sizeof *search->visited));
    search->visited[search->visited_count++] = (visited_node){*n, depth};
    *place = search->visited_count;
    return ADATOM_OK;
}

static void forget_visited(ring_search *search)
{
    for (size_t i = search->visited_count; i-- > 0;) { /* backwards keeps the probing intact */
        *find_place(search, &search->visited[i].node) = 0;
    }
    search->visited_count = 0;
}

/* True if one of the nodes from `target` up to `end` has not been reached. */
static bool is_target_left(const ring_search *search, size_t target, size_t end)
{
    for (; target < end; target++) {
        if (depth_of(search, &search->bonded[target]) < 0) {
            return true;
        }
    }
    return false;
}

/* Breadth-first search from the node `start` around `avoided`, until the targets are reached or are
 * too far away for a ring. */
static adatom_status search_from(ring_search *search, size_t start, size_t end, const node *avoided)
{
    forget_visited(search);
    ADATOM_TRY(visit(search, &search->bonded[start], 0));
    int depth = 0;
    for (size_t next = 0; next < search->visited_count; next++) {
        const visited_node from = search->visited[next];
        if (from.depth > depth) {
            depth = from.depth;
            if (depth > ADATOM_RING_SIZE_MAX - 3 || !is_target_left(search, start + 1, end)) {
                break;
            }
        }
        const size_t atom = (size_t)from.node.atom;
        for (size_t b = search->first[atom]; b < search->first[atom + 1]; b++) {
            const node reached = moved_node(&from.node, &search->bonded[b]);
            if (!same_node(&reached, avoided)) {
                ADATOM_TRY(visit(search, &reached, from.depth + 1));
            }
        }
    }
    return ADATOM_OK;
}

static int compare_nodes(const node *a, const node *b)
{
    const int left[4] = {a->atom, a->shift[0], a->shift[1], a->shift[2]};
    const int right[4] = {b->atom, b->shift[0], b->shift[1], b->shift[2]};
    for (int k = 0; k < 4; k++) {
        if (left[k] != right[k]) {
            return left[k] < right[k] ? -1 : 1;
        }
    }
    return 0;
}

static int compare_rings(const void *left, const void *right)
{
    const ring *a = left, *b = right;
    if (a->size != b->size) {
        return a->size < b->size ? -1 : 1;
    }
    for (int i = 0; i < a->size; i++) {
        const int order = compare_nodes(&a->nodes[i], &b->nodes[i]);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

/* The ring read from node `start` on, forwards or backwards, moved so that this node is in the
 * home cell. */
static ring read_ring(const ring *original, int start, int direction)
{
    ring result = {.size = original->size};
    for (int i = 0; i < original->size; i++) {
        const int place = (start + (direction > 0 ? i : original->size - i)) % original->size;
        result.nodes[i] = original->nodes[place];
        for (int k = 0; k < 3; k++) {
            result.nodes[i].shift[k] -= original->nodes[start].shift[k];
        }
    }
    return result;
}

/* The same text for a ring wherever the walk began: the least of its readings. */
static ring canonical_ring(const ring *original)
{
    ring least = read_ring(original, 0, 1);
    for (int start = 0; start < original->size; start++) {
        for (int direction = -1; direction <= 1; direction += 2) {
            const ring reading = read_ring(original, start, direction);
            if (compare_rings(&reading, &least) < 0) {
                least = reading;
            }
        }
    }
    return least;
}

static adatom_status keep_ring(ring_search *search)
{
    if (search->ring_count >= most_rings) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the bonds close more than %zu rings", most_rings);
    }
    ADATOM_TRY(adatom_grow(&search->rings, &search->ring_capacity, search->ring_count + 1,
                           sizeof *search->rings));
    search->rings[search->ring_count++] = canonical_ring(&search->path);
    return ADATOM_OK;
}

/* Walks all shortest ways from the last node of the path, `depth` bonds from the start of the
 * search, back to that start. */
static adatom_status walk_back(ring_search *search, int depth)
{
    if (depth == 0) {
        return keep_ring(search);
    }
    const node from = search->path.nodes[search->path.size - 1];
    const size_t atom = (size_t)from.atom;
    for (size_t b = search->first[atom]; b < search->first[atom + 1]; b++) {
        const node reached = moved_node(&from, &search->bonded[b]);
        if (depth_of(search, &reached) == depth - 1) {
            search->path.nodes[search->path.size++] = reached;
            ADATOM_TRY(walk_back(search, depth - 1));
            search->path.size--;
        }
    }
    return ADATOM_OK;
}

static adatom_status find_rings_at(ring_search *search, size_t atom)
{
    const node home = {(int)atom, {0, 0, 0}};
    const size_t end = search->first[atom + 1];
    for (size_t start = search->first[atom]; start + 1 < end; start++) {
        ADATOM_TRY(search_from(search, start, end, &home));
        for (size_t target = start + 1; target < end; target++) {
            const int depth = depth_of(search, &search->bonded[target]);
            if (depth < 0 || depth > ADATOM_RING_SIZE_MAX - 2) {
                continue;
            }
            search->path.nodes[0] = home;
            search->path.nodes[1] = search->bonded[target];
            search->path.size = 2;
            ADATOM_TRY(walk_back(search, depth));
        }
    }
    return ADATOM_OK;
}

/* Lists the bonds of each atom. */
static adatom_status sort_bonds(ring_search *search, const adatom_bond_graph *graph)
{
    ADATOM_TRY(adatom_allocate(graph->atom_count + 2, sizeof *search->first, &search->first));
    ADATOM_TRY(adatom_allocate(2 * graph->bond_count, sizeof *search->bonded, &search->bonded));
    for (size_t b = 0; b < graph->bond_count; b++) {
        search->first[graph->bonds[b].first + 2]++;
        search->first[graph->bonds[b].second + 2]++;
    }
    for (size_t i = 2; i < graph->atom_count + 2; i++) {
        search->first[i] += search->first[i - 1];
    }
    for (size_t b = 0; b < graph->bond_count; b++) {
        const adatom_bond *bond = &graph->bonds[b];
        node *forward = &search->bonded[search->first[bond->first + 1]++];
        node *backward = &search->bonded[search->first[bond->second + 1]++];
        forward->atom = (int)bond->second;
        backward->atom = (int)bond->first;
        for (int k = 0; k < 3; k++) {
            forward->shift[k] = bond->shift[k];
            backward->shift[k] = -bond->shift[k];
        }
    }
    return ADATOM_OK;
}

static adatom_status find_rings(ring_search *search, const adatom_bond_graph *graph)
{
    ADATOM_TRY(sort_bonds(search, graph));
    ADATOM_TRY(enlarge_table(search));
    for (size_t atom = 0; atom < graph->atom_count; atom++) {
        ADATOM_TRY(find_rings_at(search, atom));
    }
    return ADATOM_OK;
}

static void count_rings(ring_search *search, size_t rings[ADATOM_RING_SIZE_MAX + 1])
{
    if (search->ring_count > 0) {
        qsort(search->rings, search->ring_count, sizeof *search->rings, compare_rings);
    }
    memset(rings, 0, (ADATOM_RING_SIZE_MAX + 1) * sizeof *rings);
    for (size_t i = 0; i < search->ring_count; i++) {
        const ring *current = &search->rings[i];
        if (i == 0 || compare_rings(current, current - 1) != 0) {
            rings[current->size]++;
        }
    }
}

adatom_status adatom_bond_graph_rings(const adatom_bond_graph *graph,
                                      size_t rings[ADATOM_RING_SIZE_MAX + 1])
{
    if (graph->atom_count > INT_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%zu atoms are too many", graph->atom_count);
    }
    ring_search search = {.first = NULL};
    const adatom_status status = find_rings(&search, graph);
    if (status == ADATOM_OK) {
        count_rings(&search, rings);
    }
    free(search.first);
    free(search.bonded);
    free(search.visited);
    free(search.table);
    free(search.rings);
    return status;
}
