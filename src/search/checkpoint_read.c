#include "search/checkpoint.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/hdf5_file.h"
#include "search/checkpoint_fields.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EPISODES_MOST = 1 << 30 };

static adatom_status get_vector(adatom_hdf5_reader *reader, const char *name, adatom_hdf5_type type,
                                size_t count, void *values)
{
    return adatom_hdf5_get(reader, name, type, 1, &count, values);
}

static adatom_status check_format(adatom_hdf5_reader *reader, const char *path)
{
    char *format = NULL;
    bool known = false;
    if (adatom_hdf5_has(reader, "/format") &&
        adatom_hdf5_get_text(reader, "/format", &format) == ADATOM_OK) {
        known = strcmp(format, ADATOM_CHECKPOINT_FORMAT) == 0;
    }
    free(format);
    return known ? ADATOM_OK
                 : adatom_fail(ADATOM_INVALID_INPUT, "%s: is no checkpoint of a search", path);
}

static adatom_status open_checkpoint(const char *path, adatom_hdf5_reader **out)
{
    adatom_hdf5_reader *reader;
    ADATOM_TRY(adatom_hdf5_open(path, &reader));
    const adatom_status status = check_format(reader, path);
    if (status != ADATOM_OK) {
        adatom_hdf5_close(reader);
        return status;
    }
    *out = reader;
    return ADATOM_OK;
}

adatom_status adatom_checkpoint_options(const char *path, char **text)
{
    adatom_hdf5_reader *reader;
    ADATOM_TRY(open_checkpoint(path, &reader));
    const adatom_status status = adatom_hdf5_get_text(reader, "/run/options", text);
    adatom_hdf5_close(reader);
    return status;
}

static adatom_status get_counters(adatom_hdf5_reader *reader, adatom_run *run)
{
    int64_t counters[ADATOM_CHECKPOINT_COUNTER_COUNT];
    double numbers[ADATOM_CHECKPOINT_NUMBER_COUNT];
    ADATOM_TRY(get_vector(reader, "/run/counters", ADATOM_HDF5_INT64,
                          ADATOM_CHECKPOINT_COUNTER_COUNT, counters));
    ADATOM_TRY(get_vector(reader, "/run/numbers", ADATOM_HDF5_DOUBLE,
                          ADATOM_CHECKPOINT_NUMBER_COUNT, numbers));
    for (int i = 0; i < ADATOM_CHECKPOINT_COUNTER_COUNT; i++) {
        if (counters[i] < 0) {
            return adatom_fail(ADATOM_INVALID_INPUT, "counter %d is negative", i);
        }
    }
#define SET_COUNTER(index, field) run->field = counters[index];
#define SET_NUMBER(index, field) run->field = numbers[index];
    ADATOM_CHECKPOINT_COUNTERS(SET_COUNTER)
    ADATOM_CHECKPOINT_NUMBERS(SET_NUMBER)
#undef SET_COUNTER
#undef SET_NUMBER
    return ADATOM_OK;
}

/* The best structure of the buffer; in a checkpoint of an earlier version it says which elements
 * the best structure has. */
static adatom_status structure_of_buffer(const adatom_run *run, adatom_structure **out)
{
    const adatom_replay *replay = run->agent->replay;
    if (replay->slot_count == 0 ||
        replay->slots[replay->best].step_count != run->problem->step_count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the best episode is not in the replay buffer");
    }
    return adatom_problem_structure(run->problem, adatom_replay_actions(replay, replay->best),
                                    run->problem->step_count, out);
}

static adatom_status check_elements(const adatom_structure *structure)
{
    for (size_t a = 0; a < structure->atom_count; a++) {
        if (adatom_element_symbol(structure->atomic_numbers[a]) == NULL) {
            return adatom_fail(ADATOM_INVALID_INPUT, "atom %zu of the best structure is damaged",
                               a + 1);
        }
    }
    return ADATOM_OK;
}

static adatom_status read_best(adatom_hdf5_reader *reader, size_t count, adatom_run *run)
{
    const adatom_structure *start = run->problem->start;
    const size_t most = start->atom_count + (size_t)run->problem->step_count;
    if (count > most) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the best structure has too many atoms");
    }
    ADATOM_TRY(adatom_structure_create(count, &run->best));
    memcpy(run->best->cell, start->cell, sizeof start->cell);
    memcpy(run->best->periodic, start->periodic, sizeof start->periodic);
    ADATOM_TRY(
        get_vector(reader, "/best/numbers", ADATOM_HDF5_INT32, count, run->best->atomic_numbers));
    return check_elements(run->best);
}

static adatom_status get_best(adatom_hdf5_reader *reader, adatom_run *run)
{
    size_t dims[2];
    ADATOM_TRY(adatom_hdf5_shape(reader, "/best/positions", 2, dims));
    if (dims[0] == 0) {
        return ADATOM_OK;
    }
    ADATOM_TRY(adatom_hdf5_has(reader, "/best/numbers") ? read_best(reader, dims[0], run)
                                                        : structure_of_buffer(run, &run->best));
    const size_t expected[2] = {run->best->atom_count, 3};
    run->state.atom_count = run->best->atom_count;
    return adatom_hdf5_get(reader, "/best/positions", ADATOM_HDF5_DOUBLE, 2, expected,
                           run->best->positions);
}

/* In a checkpoint of an earlier version the property is the energy. */
static adatom_status get_properties(adatom_hdf5_reader *reader, adatom_run *run)
{
    double values[3] = {run->state.best_energy, run->state.energy, run->state.best_energy};
    if (adatom_hdf5_has(reader, "/run/properties")) {
        ADATOM_TRY(get_vector(reader, "/run/properties", ADATOM_HDF5_DOUBLE, 3, values));
    }
    run->best_value = values[0];
    run->state.property = values[1];
    run->state.best_property = values[2];
    return ADATOM_OK;
}

static adatom_status get_agent(adatom_hdf5_reader *reader, adatom_agent *agent)
{
    const size_t count = agent->network->weight_count, trained = agent->adam->count;
    const size_t random_dims[2] = {ADATOM_STREAM_COUNT, 4};
    uint64_t random[ADATOM_STREAM_COUNT][4];
    ADATOM_TRY(get_vector(reader, "/agent/weights", ADATOM_HDF5_FLOAT, count, agent->weights));
    ADATOM_TRY(
        get_vector(reader, "/agent/adam_mean", ADATOM_HDF5_FLOAT, trained, agent->adam->mean));
    ADATOM_TRY(get_vector(reader, "/agent/adam_variance", ADATOM_HDF5_FLOAT, trained,
                          agent->adam->variance));
    ADATOM_TRY(
        adatom_hdf5_get(reader, "/agent/random", ADATOM_HDF5_UINT64, 2, random_dims, random));
    for (int stream = 0; stream < ADATOM_STREAM_COUNT; stream++) {
        memcpy(agent->random[stream].state, random[stream], sizeof random[stream]);
    }
    return ADATOM_OK;
}

static adatom_status check_actions(const adatom_problem *problem, const int32_t *actions,
                                   size_t count)
{
    const int64_t limit = (int64_t)problem->map_count * adatom_problem_pixels(problem);
    for (size_t i = 0; i < count; i++) {
        if (actions[i] < 0 || actions[i] >= limit) {
            return adatom_fail(ADATOM_INVALID_INPUT, "action %d is outside the grid", actions[i]);
        }
    }
    return ADATOM_OK;
}

static adatom_status get_slots(adatom_hdf5_reader *reader, adatom_replay *replay, size_t count,
                               int64_t *numbers, double *properties, int32_t *step_counts)
{
    ADATOM_TRY(get_vector(reader, "/replay/numbers", ADATOM_HDF5_INT64, count, numbers));
    ADATOM_TRY(get_vector(reader, "/replay/properties", ADATOM_HDF5_DOUBLE, count, properties));
    ADATOM_TRY(get_vector(reader, "/replay/step_counts", ADATOM_HDF5_INT32, count, step_counts));
    for (size_t i = 0; i < count; i++) {
        if (step_counts[i] < 0 || step_counts[i] > replay->steps_most || isnan(properties[i])) {
            return adatom_fail(ADATOM_INVALID_INPUT, "episode %lld of the replay buffer is damaged",
                               (long long)numbers[i]);
        }
        replay->slots[i] = (adatom_replay_episode){
            .number = numbers[i], .property = properties[i], .step_count = step_counts[i]};
    }
    return ADATOM_OK;
}

static adatom_status get_episodes(adatom_hdf5_reader *reader, const adatom_problem *problem,
                                  adatom_replay *replay)
{
    size_t count;
    int64_t *numbers = NULL;
    double *properties = NULL;
    int32_t *step_counts = NULL;
    adatom_status status;
    ADATOM_TRY(adatom_hdf5_shape(reader, "/replay/numbers", 1, &count));
    if (count > EPISODES_MOST) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%zu episodes in the replay buffer", count);
    }
    const size_t steps = (size_t)replay->steps_most, dims[2] = {count, steps};
    ADATOM_TRY_ELSE(
        status, done,
        adatom_grow(&replay->slots, &replay->slot_capacity, count, sizeof *replay->slots));
    ADATOM_TRY_ELSE(status, done,
                    adatom_grow(&replay->actions, &replay->action_capacity, count * steps,
                                sizeof *replay->actions));
    ADATOM_TRY_ELSE(status, done, adatom_allocate(count, sizeof *numbers, &numbers));
    ADATOM_TRY_ELSE(status, done, adatom_allocate(count, sizeof *properties, &properties));
    ADATOM_TRY_ELSE(status, done, adatom_allocate(count, sizeof *step_counts, &step_counts));
    ADATOM_TRY_ELSE(status, done,
                    get_slots(reader, replay, count, numbers, properties, step_counts));
    ADATOM_TRY_ELSE(
        status, done,
        adatom_hdf5_get(reader, "/replay/actions", ADATOM_HDF5_INT32, 2, dims, replay->actions));
    ADATOM_TRY_ELSE(status, done, check_actions(problem, replay->actions, count * steps));
    replay->slot_count = count;
done:
    free(numbers);
    free(properties);
    free(step_counts);
    return status;
}

static adatom_status get_entries(adatom_hdf5_reader *reader, adatom_replay *replay)
{
    size_t dims[2];
    int32_t(*entries)[2];
    ADATOM_TRY(adatom_hdf5_shape(reader, "/replay/entries", 2, dims));
    if (dims[0] > replay->slot_count * (size_t)replay->steps_most || dims[0] >= INT32_MAX ||
        dims[1] != 2) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%zu steps in the replay buffer, more than its episodes have", dims[0]);
    }
    ADATOM_TRY(adatom_allocate(dims[0], sizeof *entries, &entries));
    adatom_status status =
        adatom_hdf5_get(reader, "/replay/entries", ADATOM_HDF5_INT32, 2, dims, entries);
    if (status == ADATOM_OK) {
        status = adatom_grow(&replay->entries, &replay->entry_capacity, dims[0],
                             sizeof *replay->entries);
    }
    for (size_t i = 0; status == ADATOM_OK && i < dims[0]; i++) {
        replay->entries[i] = (adatom_replay_entry){.slot = entries[i][0], .step = entries[i][1]};
        replay->entry_count = i + 1;
    }
    free(entries);
    return status;
}

static adatom_status get_replay(adatom_hdf5_reader *reader, const adatom_problem *problem,
                                adatom_replay *replay)
{
    ADATOM_TRY(get_episodes(reader, problem, replay));
    ADATOM_TRY(get_entries(reader, replay));
    return adatom_replay_restore(replay);
}

static adatom_status get_snapshot(adatom_hdf5_reader *reader, int index,
                                  const adatom_problem *problem, adatom_snapshot *snapshot)
{
    char group[32];
    snprintf(group, sizeof group, "/snapshots/%02d", index);
    ADATOM_TRY(adatom_snapshot_allocate(problem, snapshot));
    const adatom_snapshot_sizes sizes = adatom_snapshot_sizes_of(problem);
    char name[64];
#define GET_ARRAY(array, type, rank, dims, values)                                                 \
    snprintf(name, sizeof name, "%s/" array, group);                                               \
    ADATOM_TRY(adatom_hdf5_get(reader, name, ADATOM_HDF5_##type, rank, dims, values));
    ADATOM_SNAPSHOT_ARRAYS(GET_ARRAY)
#undef GET_ARRAY
    return check_actions(problem, snapshot->actions, sizes.built);
}

static bool has_snapshot(adatom_hdf5_reader *reader, int index)
{
    char name[64];
    snprintf(name, sizeof name, "/snapshots/%02d/episode", index);
    return index <= ADATOM_SNAPSHOTS_MAX && adatom_hdf5_has(reader, name);
}

static adatom_status get_snapshots(adatom_hdf5_reader *reader, adatom_snapshots *snapshots)
{
    uint8_t has_best;
    int count = 0;
    ADATOM_TRY(get_vector(reader, "/run/last_snapshot_is_best", ADATOM_HDF5_UINT8, 1, &has_best));
    while (has_snapshot(reader, count)) {
        count++;
    }
    const int regular = has_best ? count - 1 : count;
    if (regular < 0 || regular > snapshots->limit) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%d snapshots, expected at most %d", regular,
                           snapshots->limit);
    }
    for (int i = 0; i < regular; i++) {
        snapshots->count = i + 1; /* so that its memory is freed also if reading fails */
        ADATOM_TRY(get_snapshot(reader, i, snapshots->problem, &snapshots->kept[i]));
    }
    return has_best ? get_snapshot(reader, regular, snapshots->problem, &snapshots->best)
                    : ADATOM_OK;
}

/* Checkpoints of earlier versions have none. */
static adatom_status get_cache(adatom_hdf5_reader *reader, adatom_cache *cache)
{
    if (cache == NULL || !adatom_hdf5_has(reader, "/cache/keys")) {
        return ADATOM_OK;
    }
    int64_t next;
    size_t dims[2];
    ADATOM_TRY(get_vector(reader, "/cache/next", ADATOM_HDF5_INT64, 1, &next));
    ADATOM_TRY(adatom_hdf5_shape(reader, "/cache/keys", 2, dims));
    const size_t keys[2] = {dims[0], cache->key_length}, values[2] = {dims[0], cache->value_length};
    ADATOM_TRY(adatom_cache_reserve(cache, dims[0]));
    ADATOM_TRY(adatom_hdf5_get(reader, "/cache/keys", ADATOM_HDF5_INT32, 2, keys, cache->keys));
    ADATOM_TRY(
        adatom_hdf5_get(reader, "/cache/values", ADATOM_HDF5_DOUBLE, 2, values, cache->values));
    return adatom_cache_restore(cache, dims[0], (size_t)next);
}

static adatom_status take_punished(adatom_agent *agent, const int32_t *rows, size_t count)
{
    const size_t steps = (size_t)agent->problem->step_count;
    for (size_t m = 0; m < count; m++) {
        const int32_t *row = rows + m * (steps + 1);
        if (row[0] < 1 || (size_t)row[0] > steps) {
            return adatom_fail(ADATOM_INVALID_INPUT, "punished structure %zu is damaged", m + 1);
        }
        ADATOM_TRY(check_actions(agent->problem, row + 1, (size_t)row[0]));
        ADATOM_TRY(adatom_punishment_add(agent->punishment, row + 1, row[0]));
    }
    return adatom_punishment_restore(agent->punishment, agent->replay);
}

static adatom_status get_punished(adatom_hdf5_reader *reader, adatom_agent *agent)
{
    if (agent->punishment == NULL) {
        return ADATOM_OK;
    }
    size_t dims[2];
    int32_t *rows;
    ADATOM_TRY(adatom_hdf5_shape(reader, "/punishment/builds", 2, dims));
    if (dims[0] > agent->replay->slot_count + EPISODES_MOST ||
        dims[1] != (size_t)agent->problem->step_count + 1) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the punished structures are damaged");
    }
    ADATOM_TRY(adatom_allocate(dims[0] * dims[1], sizeof *rows, &rows));
    adatom_status status =
        adatom_hdf5_get(reader, "/punishment/builds", ADATOM_HDF5_INT32, 2, dims, rows);
    if (status == ADATOM_OK) {
        status = take_punished(agent, rows, dims[0]);
    }
    free(rows);
    return status;
}

static adatom_status get_credit(adatom_hdf5_reader *reader, adatom_agent *agent)
{
    const size_t dims[2] = {agent->replay->slot_count, (size_t)agent->problem->step_count};
    if (agent->credit == NULL) {
        return ADATOM_OK;
    }
    ADATOM_TRY(adatom_credit_reserve(agent->credit, dims[0]));
    return adatom_hdf5_get(reader, "/replay/shares", ADATOM_HDF5_DOUBLE, 2, dims,
                           agent->credit->shares);
}

static adatom_status get_seeds(adatom_hdf5_reader *reader, adatom_run *run)
{
    if (!adatom_hdf5_has(reader, "/start/actions")) {
        return ADATOM_OK;
    }
    size_t dims[2];
    ADATOM_TRY(adatom_hdf5_shape(reader, "/start/actions", 2, dims));
    if (dims[0] > EPISODES_MOST || dims[1] != (size_t)run->problem->step_count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the start structures are damaged");
    }
    ADATOM_TRY(adatom_allocate(dims[0] * dims[1], sizeof *run->seeds.actions, &run->seeds.actions));
    ADATOM_TRY(
        adatom_hdf5_get(reader, "/start/actions", ADATOM_HDF5_INT32, 2, dims, run->seeds.actions));
    run->seeds.count = dims[0];
    return check_actions(run->problem, run->seeds.actions, dims[0] * dims[1]);
}

static adatom_status get_all(adatom_hdf5_reader *reader, adatom_run *run)
{
    ADATOM_TRY(get_counters(reader, run));
    ADATOM_TRY(get_properties(reader, run));
    ADATOM_TRY(get_agent(reader, run->agent));
    ADATOM_TRY(get_replay(reader, run->problem, run->agent->replay));
    ADATOM_TRY(get_credit(reader, run->agent));
    ADATOM_TRY(get_punished(reader, run->agent));
    ADATOM_TRY(get_seeds(reader, run));
    ADATOM_TRY(get_best(reader, run));
    ADATOM_TRY(get_cache(reader, run->evaluation->cache));
    return get_snapshots(reader, run->snapshots);
}

adatom_status adatom_checkpoint_read(adatom_run *run)
{
    char path[ADATOM_PATH_SIZE];
    adatom_hdf5_reader *reader;
    ADATOM_TRY(adatom_folder_path(run->folder, ADATOM_RUN_CHECKPOINT, path));
    ADATOM_TRY(open_checkpoint(path, &reader));
    const adatom_status status = get_all(reader, run);
    adatom_hdf5_close(reader);
    if (status == ADATOM_INVALID_INPUT) {
        return adatom_fail_in(status, "the checkpoint in %s does not fit this run", run->folder);
    }
    ADATOM_TRY(status);
    run->checkpoint_episode = run->state.episode;
    run->seconds_before = run->state.seconds;
    return ADATOM_OK;
}
