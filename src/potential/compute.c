/* Whole structures: the neighbours of the atoms, the centres in blocks, and the sums. */
#include "adatom/potential.h"

#include "atoms/neighbors.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "potential/model.h"

#include <stdlib.h>
#include <string.h>

/* A block's share of the forces waits until it is added in the order of the atoms. */
enum { BLOCK_ATOMS = 4096, ITEM_ATOMS = 16 };

/* Of one thread: its workspace, and the environment of the centre that it works on. */
typedef struct thread_state {
    adatom_potential_workspace *workspace;
    double (*vectors)[3];
    int *types;
    size_t vector_capacity, type_capacity;
    adatom_status status;
} thread_state;

struct adatom_potential_engine {
    const adatom_potential *potential;
    adatom_team *team;
    int thread_count;
    thread_state *threads; /* [thread_count] */
    double (*pair_forces)[3];
    size_t pair_capacity;
    double *energies; /* of a block */
};

static adatom_status fill_engine(adatom_potential_engine *engine, int threads)
{
    ADATOM_TRY(adatom_team_create(threads, &engine->team));
    ADATOM_TRY(adatom_allocate((size_t)threads, sizeof *engine->threads, &engine->threads));
    engine->thread_count = threads;
    for (int t = 0; t < threads; t++) {
        ADATOM_TRY(
            adatom_potential_workspace_create(engine->potential, &engine->threads[t].workspace));
    }
    return adatom_allocate(BLOCK_ATOMS, sizeof *engine->energies, &engine->energies);
}

adatom_status adatom_potential_engine_create(const adatom_potential *potential, int threads,
                                             adatom_potential_engine **out)
{
    adatom_potential_engine *engine;
    ADATOM_TRY(adatom_allocate(1, sizeof *engine, &engine));
    engine->potential = potential;
    const adatom_status status = fill_engine(engine, threads);
    if (status != ADATOM_OK) {
        adatom_potential_engine_free(engine);
        return status;
    }
    *out = engine;
    return ADATOM_OK;
}

void adatom_potential_engine_free(adatom_potential_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    for (int t = 0; t < engine->thread_count; t++) {
        adatom_potential_workspace_free(engine->threads[t].workspace);
        free(engine->threads[t].vectors);
        free(engine->threads[t].types);
    }
    free(engine->threads);
    adatom_team_free(engine->team);
    free(engine->pair_forces);
    free(engine->energies);
    free(engine);
}

/* ---- a block of centres */

typedef struct block {
    adatom_potential_engine *engine;
    const adatom_neighbor_list *list;
    const int *types; /* [atom_count] */
    int member;
    bool with_forces;
    size_t first, end; /* atoms */
} block;

static adatom_status compute_center(const block *todo, thread_state *state, size_t atom)
{
    const adatom_neighbor_list *list = todo->list;
    const size_t first = list->first[atom], count = list->first[atom + 1] - first;
    ADATOM_TRY(
        adatom_grow(&state->vectors, &state->vector_capacity, count + 1, sizeof *state->vectors));
    ADATOM_TRY(adatom_grow(&state->types, &state->type_capacity, count + 1, sizeof *state->types));
    for (size_t n = 0; n < count; n++) {
        const adatom_neighbor *neighbor = &list->neighbors[first + n];
        memcpy(state->vectors[n], neighbor->vector, sizeof neighbor->vector);
        state->types[n] = todo->types[neighbor->index];
    }
    const adatom_environment environment = {.type = todo->types[atom],
                                            .count = count,
                                            .vectors = (const double(*)[3])state->vectors,
                                            .types = state->types};
    adatom_potential_engine *engine = todo->engine;
    double(*forces)[3] =
        todo->with_forces ? engine->pair_forces + (first - list->first[todo->first]) : NULL;
    return adatom_potential_center(engine->potential, state->workspace, &environment, todo->member,
                                   &engine->energies[atom - todo->first], forces);
}

static void compute_item(void *context, int item, int thread)
{
    const block *todo = context;
    thread_state *state = &todo->engine->threads[thread];
    const size_t first = todo->first + (size_t)item * ITEM_ATOMS;
    const size_t end = first + ITEM_ATOMS < todo->end ? first + ITEM_ATOMS : todo->end;
    for (size_t atom = first; atom < end && state->status == ADATOM_OK; atom++) {
        state->status = compute_center(todo, state, atom);
    }
}

static adatom_status compute_block(block *todo)
{
    adatom_potential_engine *engine = todo->engine;
    if (todo->with_forces) {
        const size_t pairs = todo->list->first[todo->end] - todo->list->first[todo->first];
        ADATOM_TRY(adatom_grow(&engine->pair_forces, &engine->pair_capacity, pairs + 1,
                               sizeof *engine->pair_forces));
    }
    for (int t = 0; t < engine->thread_count; t++) {
        engine->threads[t].status = ADATOM_OK;
    }
    const size_t atoms = todo->end - todo->first;
    adatom_team_run(engine->team, (int)((atoms + ITEM_ATOMS - 1) / ITEM_ATOMS), compute_item, todo);
    for (int t = 0; t < engine->thread_count; t++) {
        if (engine->threads[t].status != ADATOM_OK) {
            return adatom_fail(engine->threads[t].status, "out of memory");
        }
    }
    return ADATOM_OK;
}

/* ---- sums */

/* The centre's energy falls by forces[n] . displacement of neighbour n; all of them together move
 * the centre the other way. */
static void add_center(const block *done, size_t atom, adatom_potential_result *result)
{
    const adatom_neighbor_list *list = done->list;
    const size_t first = list->first[atom], end = list->first[atom + 1];
    const double(*pair)[3] =
        (const double(*)[3])done->engine->pair_forces - list->first[done->first];
    for (size_t n = first; n < end; n++) {
        const adatom_neighbor *neighbor = &list->neighbors[n];
        for (int x = 0; x < 3; x++) {
            if (result->forces != NULL) {
                result->forces[neighbor->index][x] -= pair[n][x];
                result->forces[atom][x] += pair[n][x];
            }
            for (int y = 0; result->virial != NULL && y < 3; y++) {
                result->virial[x][y] -= neighbor->vector[x] * pair[n][y];
            }
        }
    }
}

static void add_block(const block *done, adatom_potential_result *result)
{
    for (size_t atom = done->first; atom < done->end; atom++) {
        const double energy = done->engine->energies[atom - done->first];
        result->energy += energy;
        if (result->energies != NULL) {
            result->energies[atom] = energy;
        }
        if (done->with_forces) {
            add_center(done, atom, result);
        }
    }
}

/* Rounding leaves the two halves apart. */
static void make_symmetric(double (*virial)[3])
{
    for (int x = 0; x < 3; x++) {
        for (int y = 0; y < x; y++) {
            virial[x][y] = virial[y][x] = (virial[x][y] + virial[y][x]) / 2;
        }
    }
}

static adatom_status compute_all(block *todo, size_t atom_count, adatom_potential_result *result)
{
    result->energy = 0;
    if (result->forces != NULL) {
        memset(result->forces, 0, atom_count * sizeof *result->forces);
    }
    if (result->virial != NULL) {
        memset(result->virial, 0, 3 * sizeof *result->virial);
    }
    for (size_t first = 0; first < atom_count; first += BLOCK_ATOMS) {
        todo->first = first;
        todo->end = first + BLOCK_ATOMS < atom_count ? first + BLOCK_ATOMS : atom_count;
        ADATOM_TRY(compute_block(todo));
        add_block(todo, result);
    }
    if (result->virial != NULL) {
        make_symmetric(result->virial);
    }
    return ADATOM_OK;
}

static adatom_status find_types(const adatom_potential *potential,
                                const adatom_structure *structure, int *types)
{
    for (size_t i = 0; i < structure->atom_count; i++) {
        types[i] = adatom_descriptor_type(potential->descriptor, structure->atomic_numbers[i]);
        if (types[i] < 0) {
            const char *symbol = adatom_element_symbol(structure->atomic_numbers[i]);
            return adatom_fail(ADATOM_INVALID_INPUT, "the potential does not know %s",
                               symbol != NULL ? symbol : "this element");
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_potential_compute(adatom_potential_engine *engine,
                                       const adatom_structure *structure, int member,
                                       adatom_potential_result *result)
{
    const adatom_potential *potential = engine->potential;
    if (member < -1 || member >= potential->member_count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "member %d of a committee of %d", member,
                           potential->member_count);
    }
    int *types;
    ADATOM_TRY(adatom_allocate(structure->atom_count, sizeof *types, &types));
    adatom_neighbor_list *list = NULL;
    adatom_status status;
    ADATOM_TRY_ELSE(status, done, find_types(potential, structure, types));
    ADATOM_TRY_ELSE(status, done,
                    adatom_neighbor_list_create(
                        structure, adatom_descriptor_cutoff(potential->descriptor), &list));
    block todo = {.engine = engine,
                  .list = list,
                  .types = types,
                  .member = member,
                  .with_forces = result->forces != NULL || result->virial != NULL};
    status = compute_all(&todo, structure->atom_count, result);
done:
    adatom_neighbor_list_free(list);
    free(types);
    return status;
}
