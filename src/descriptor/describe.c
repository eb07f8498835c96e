/* Descriptors of all atoms of a structure: neighbour lists, threads, sums in a fixed order. */
#include "adatom/descriptor.h"
#include "atoms/neighbors.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What one thread works with. */
typedef struct helper {
    adatom_descriptor_workspace *workspace;
    double *values; /* [count_max], where the caller wants none */
    adatom_status status;
} helper;

typedef struct sweep {
    const adatom_descriptor *descriptor;
    size_t columns;
    adatom_neighbor_list *list;
    size_t pair_count;
    int *types;           /* [atom_count] */
    int *neighbor_types;  /* [pair_count], in the order of the list */
    double (*vectors)[3]; /* [pair_count] */
    int thread_count;
    helper *helpers;                      /* [thread_count] */
    double *values;                       /* [atom_count][columns], or NULL */
    const double *slopes;                 /* of descriptor_forces, or NULL */
    double (*pair_forces)[3];             /* [pair_count], with slopes */
    adatom_descriptor_jacobian *jacobian; /* or NULL */
} sweep;

/* ---- preparation */

static adatom_status find_types(sweep *all, const adatom_structure *structure)
{
    for (size_t i = 0; i < structure->atom_count; i++) {
        const int number = structure->atomic_numbers[i];
        all->types[i] = adatom_descriptor_type(all->descriptor, number);
        if (all->types[i] < 0) {
            const char *symbol = adatom_element_symbol(number);
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "atom %zu is %s, which is not among the species of the descriptor",
                               i + 1, symbol != NULL ? symbol : "no element");
        }
    }
    return ADATOM_OK;
}

static adatom_status prepare(sweep *all, const adatom_structure *structure)
{
    const size_t atoms = structure->atom_count;
    all->columns = adatom_descriptor_count_max(all->descriptor);
    ADATOM_TRY(adatom_allocate(atoms, sizeof *all->types, &all->types));
    ADATOM_TRY(find_types(all, structure));
    ADATOM_TRY(adatom_neighbor_list_create(structure, adatom_descriptor_cutoff(all->descriptor),
                                           &all->list));
    all->pair_count = all->list->first[atoms];
    ADATOM_TRY(adatom_allocate(all->pair_count, sizeof *all->vectors, &all->vectors));
    ADATOM_TRY(adatom_allocate(all->pair_count, sizeof *all->neighbor_types, &all->neighbor_types));
    for (size_t p = 0; p < all->pair_count; p++) {
        const adatom_neighbor *neighbor = &all->list->neighbors[p];
        memcpy(all->vectors[p], neighbor->vector, sizeof all->vectors[p]);
        all->neighbor_types[p] = all->types[neighbor->index];
        if (neighbor->distance == 0) {
            return adatom_fail(ADATOM_INVALID_INPUT, "two atoms are at the same place, one is %zu",
                               neighbor->index + 1);
        }
    }
    return ADATOM_OK;
}

static adatom_status prepare_helpers(sweep *all, int threads)
{
    const size_t atoms = all->list->atom_count;
    all->thread_count = threads > 0 && (size_t)threads > atoms ? (int)atoms : threads;
    all->thread_count = all->thread_count < 1 ? 1 : all->thread_count;
    ADATOM_TRY(adatom_allocate((size_t)all->thread_count, sizeof *all->helpers, &all->helpers));
    for (int t = 0; t < all->thread_count; t++) {
        ADATOM_TRY(adatom_descriptor_workspace_create(all->descriptor, &all->helpers[t].workspace));
        ADATOM_TRY(adatom_allocate(all->columns, sizeof(double), &all->helpers[t].values));
    }
    return ADATOM_OK;
}

static void release(sweep *all)
{
    for (int t = 0; all->helpers != NULL && t < all->thread_count; t++) {
        adatom_descriptor_workspace_free(all->helpers[t].workspace);
        free(all->helpers[t].values);
    }
    adatom_neighbor_list_free(all->list);
    free(all->types);
    free(all->neighbor_types);
    free(all->vectors);
    free(all->helpers);
    free(all->pair_forces);
}

/* ---- the sweep over the centres */

static void compute_center(void *context, int item, int thread);

static adatom_status run(sweep *all)
{
    adatom_team *team;
    ADATOM_TRY(adatom_team_create(all->thread_count, &team));
    adatom_team_run(team, (int)all->list->atom_count, compute_center, all);
    adatom_team_free(team);
    for (int t = 0; t < all->thread_count; t++) {
        ADATOM_TRY(all->helpers[t].status);
    }
    return ADATOM_OK;
}

/* The blocks of centre i: its own, minus the sum of the others, and those of its neighbours, with
 * rows of count values widened to the columns. */
static void place_blocks(const sweep *all, const adatom_environment *environment, helper *with,
                         size_t i)
{
    adatom_descriptor_jacobian *jacobian = all->jacobian;
    const size_t first = all->list->first[i] + i, columns = all->columns;
    const size_t count = adatom_descriptor_count(all->descriptor, environment->type);
    double(*own)[3] = jacobian->blocks + first * columns;
    double(*others)[3] = own + columns;
    adatom_descriptor_gradients(all->descriptor, with->workspace, environment, others);
    for (size_t j = environment->count; count < columns && j-- > 0;) {
        memmove(others + j * columns, others + j * count, count * sizeof *others);
        memset(others + j * columns + count, 0, (columns - count) * sizeof *others);
    }
    for (size_t j = 0; j < environment->count; j++) {
        for (size_t v = 0; v < count; v++) {
            for (int x = 0; x < 3; x++) {
                own[v][x] -= others[j * columns + v][x];
            }
        }
    }
    jacobian->center[first] = jacobian->neighbor[first] = (int)i;
    for (size_t j = 0; j < environment->count; j++) {
        const adatom_neighbor *neighbor = &all->list->neighbors[all->list->first[i] + j];
        jacobian->center[first + 1 + j] = (int)i;
        jacobian->neighbor[first + 1 + j] = (int)neighbor->index;
        memcpy(jacobian->shift[first + 1 + j], neighbor->shift, sizeof neighbor->shift);
        memcpy(jacobian->vector[first + 1 + j], neighbor->vector, sizeof neighbor->vector);
    }
}

static void compute_center(void *context, int item, int thread)
{
    const sweep *all = context;
    const size_t i = (size_t)item, first = all->list->first[i];
    helper *with = &all->helpers[thread];
    const adatom_environment environment = {.type = all->types[i],
                                            .count = all->list->first[i + 1] - first,
                                            .vectors = (const double(*)[3])all->vectors + first,
                                            .types = all->neighbor_types + first};
    double *values = all->values != NULL ? all->values + i * all->columns : with->values;
    const adatom_status status =
        adatom_descriptor_values(all->descriptor, with->workspace, &environment, values);
    if (status != ADATOM_OK) {
        with->status = status;
        return;
    }
    const size_t count = adatom_descriptor_count(all->descriptor, environment.type);
    memset(values + count, 0, (all->columns - count) * sizeof *values);
    if (all->slopes != NULL) {
        adatom_descriptor_contract(all->descriptor, with->workspace, &environment,
                                   all->slopes + i * all->columns, all->pair_forces + first);
    }
    if (all->jacobian != NULL) {
        place_blocks(all, &environment, with, i);
    }
}

/* ---- what is asked for */

adatom_status adatom_descriptor_describe(const adatom_descriptor *descriptor,
                                         const adatom_structure *structure, int threads,
                                         double *values)
{
    sweep all = {.descriptor = descriptor, .values = values};
    adatom_status status = prepare(&all, structure);
    if (status == ADATOM_OK) {
        status = prepare_helpers(&all, threads);
    }
    if (status == ADATOM_OK) {
        status = run(&all);
    }
    release(&all);
    return status;
}

/* Sums in the order of the list: pair by pair, the neighbour gets -dE/dr, the centre the other. */
static void sum_forces(const sweep *all, double (*forces)[3], double virial[3][3])
{
    const adatom_neighbor_list *list = all->list;
    double sums[3][3] = {{0}};
    memset(forces, 0, list->atom_count * sizeof *forces);
    for (size_t i = 0; i < list->atom_count; i++) {
        for (size_t p = list->first[i]; p < list->first[i + 1]; p++) {
            const double *slope = all->pair_forces[p];
            for (int x = 0; x < 3; x++) {
                forces[list->neighbors[p].index][x] -= slope[x];
                forces[i][x] += slope[x];
                for (int y = 0; y < 3; y++) {
                    sums[x][y] -=
                        0.5 * (all->vectors[p][x] * slope[y] + all->vectors[p][y] * slope[x]);
                }
            }
        }
    }
    if (virial != NULL) {
        memcpy(virial, sums, sizeof sums);
    }
}

adatom_status adatom_descriptor_forces(const adatom_descriptor *descriptor,
                                       const adatom_structure *structure, const double *slopes,
                                       int threads, double (*forces)[3], double virial[3][3])
{
    sweep all = {.descriptor = descriptor, .slopes = slopes};
    adatom_status status = prepare(&all, structure);
    if (status == ADATOM_OK) {
        status = prepare_helpers(&all, threads);
    }
    if (status == ADATOM_OK) {
        status = adatom_allocate(all.pair_count, sizeof *all.pair_forces, &all.pair_forces);
    }
    if (status == ADATOM_OK) {
        status = run(&all);
    }
    if (status == ADATOM_OK) {
        sum_forces(&all, forces, virial);
    }
    release(&all);
    return status;
}

static adatom_status allocate_jacobian(sweep *all)
{
    adatom_descriptor_jacobian *jacobian = all->jacobian;
    const size_t count = all->list->atom_count + all->pair_count;
    jacobian->block_count = count;
    jacobian->column_count = all->columns;
    if (all->columns > 0 && count > SIZE_MAX / all->columns) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory for %zu blocks", count);
    }
    ADATOM_TRY(adatom_allocate(count, sizeof *jacobian->center, &jacobian->center));
    ADATOM_TRY(adatom_allocate(count, sizeof *jacobian->neighbor, &jacobian->neighbor));
    ADATOM_TRY(adatom_allocate(count, sizeof *jacobian->shift, &jacobian->shift));
    ADATOM_TRY(adatom_allocate(count, sizeof *jacobian->vector, &jacobian->vector));
    return adatom_allocate(count * all->columns, sizeof *jacobian->blocks, &jacobian->blocks);
}

adatom_status adatom_descriptor_jacobian_create(const adatom_descriptor *descriptor,
                                                const adatom_structure *structure, int threads,
                                                double *values, adatom_descriptor_jacobian **out)
{
    sweep all = {.descriptor = descriptor, .values = values};
    ADATOM_TRY(adatom_allocate(1, sizeof *all.jacobian, &all.jacobian));
    adatom_status status = prepare(&all, structure);
    if (status == ADATOM_OK) {
        status = prepare_helpers(&all, threads);
    }
    if (status == ADATOM_OK) {
        status = allocate_jacobian(&all);
    }
    if (status == ADATOM_OK) {
        status = run(&all);
    }
    if (status == ADATOM_OK) {
        *out = all.jacobian;
    } else {
        adatom_descriptor_jacobian_free(all.jacobian);
    }
    release(&all);
    return status;
}

void adatom_descriptor_jacobian_free(adatom_descriptor_jacobian *jacobian)
{
    if (jacobian == NULL) {
        return;
    }
    free(jacobian->center);
    free(jacobian->neighbor);
    free(jacobian->shift);
    free(jacobian->vector);
    free(jacobian->blocks);
    free(jacobian);
}
