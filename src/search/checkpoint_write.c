#include "search/checkpoint.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/hdf5_file.h"
#include "search/checkpoint_fields.h"
#include "search/checkpoint_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static adatom_status put_vector(adatom_hdf5_writer *writer, const char *name, adatom_hdf5_type type,
                                size_t count, const void *values)
{
    return adatom_hdf5_put(writer, name, type, 1, &count, values);
}

static adatom_status put_run(adatom_hdf5_writer *writer, const adatom_run *run)
{
    int64_t counters[ADATOM_CHECKPOINT_COUNTER_COUNT];
    double numbers[ADATOM_CHECKPOINT_NUMBER_COUNT];
#define TAKE_COUNTER(index, field) counters[index] = run->field;
#define TAKE_NUMBER(index, field) numbers[index] = run->field;
    ADATOM_CHECKPOINT_COUNTERS(TAKE_COUNTER)
    ADATOM_CHECKPOINT_NUMBERS(TAKE_NUMBER)
#undef TAKE_COUNTER
#undef TAKE_NUMBER
    const int32_t template_count = (int32_t)run->problem->start->atom_count;
    char *text;
    ADATOM_TRY(adatom_hdf5_put_text(writer, "/format", ADATOM_CHECKPOINT_FORMAT));
    ADATOM_TRY(adatom_folder_options_text(&run->options, &text));
    const adatom_status status = adatom_hdf5_put_text(writer, "/run/options", text);
    free(text);
    ADATOM_TRY(status);
    ADATOM_TRY(put_vector(writer, "/run/template_count", ADATOM_HDF5_INT32, 1, &template_count));
    ADATOM_TRY(put_vector(writer, "/run/counters", ADATOM_HDF5_INT64,
                          ADATOM_CHECKPOINT_COUNTER_COUNT, counters));
    ADATOM_TRY(put_vector(writer, "/run/numbers", ADATOM_HDF5_DOUBLE,
                          ADATOM_CHECKPOINT_NUMBER_COUNT, numbers));
    const double properties[3] = {run->best_value, run->state.property, run->state.best_property};
    ADATOM_TRY(put_vector(writer, "/run/properties", ADATOM_HDF5_DOUBLE, 3, properties));
    ADATOM_TRY(put_vector(writer, "/best/numbers", ADATOM_HDF5_INT32,
                          run->best != NULL ? run->best->atom_count : 0,
                          run->best != NULL ? run->best->atomic_numbers : NULL));
    const size_t best_dims[2] = {run->best != NULL ? run->best->atom_count : 0, 3};
    return adatom_hdf5_put(writer, "/best/positions", ADATOM_HDF5_DOUBLE, 2, best_dims,
                           run->best != NULL ? run->best->positions[0] : NULL);
}

static adatom_status put_agent(adatom_hdf5_writer *writer, const adatom_agent *agent)
{
    const size_t count = agent->network->weight_count, trained = agent->adam->count;
    const size_t random_dims[2] = {ADATOM_STREAM_COUNT, 4};
    uint64_t random[ADATOM_STREAM_COUNT][4];
    for (int stream = 0; stream < ADATOM_STREAM_COUNT; stream++) {
        memcpy(random[stream], agent->random[stream].state, sizeof random[stream]);
    }
    ADATOM_TRY(put_vector(writer, "/agent/weights", ADATOM_HDF5_FLOAT, count, agent->weights));
    ADATOM_TRY(
        put_vector(writer, "/agent/adam_mean", ADATOM_HDF5_FLOAT, trained, agent->adam->mean));
    ADATOM_TRY(put_vector(writer, "/agent/adam_variance", ADATOM_HDF5_FLOAT, trained,
                          agent->adam->variance));
    return adatom_hdf5_put(writer, "/agent/random", ADATOM_HDF5_UINT64, 2, random_dims, random);
}

/* What another search must know of the network to take its weights. */
static adatom_status put_shapes(adatom_hdf5_writer *writer, const adatom_agent *agent)
{
    const adatom_network *network = agent->network;
    const size_t dims[2] = {(size_t)network->layer_count, 4};
    int32_t layers[ADATOM_LAYERS_MAX][4];
    for (int l = 0; l < network->layer_count; l++) {
        layers[l][0] = network->layers[l].filters;
        for (int i = 0; i < 3; i++) {
            layers[l][1 + i] = network->layers[l].width[i];
        }
    }
    ADATOM_TRY(put_vector(writer, "/agent/channels", ADATOM_HDF5_INT32,
                          (size_t)agent->problem->channel_count, agent->problem->channels));
    return adatom_hdf5_put(writer, "/agent/layers", ADATOM_HDF5_INT32, 2, dims, layers);
}

static adatom_status put_episodes(adatom_hdf5_writer *writer, const adatom_replay *replay,
                                  int64_t *numbers, double *properties, int32_t *step_counts)
{
    for (size_t i = 0; i < replay->slot_count; i++) {
        numbers[i] = replay->slots[i].number;
        properties[i] = replay->slots[i].property;
        step_counts[i] = replay->slots[i].step_count;
    }
    ADATOM_TRY(
        put_vector(writer, "/replay/numbers", ADATOM_HDF5_INT64, replay->slot_count, numbers));
    ADATOM_TRY(put_vector(writer, "/replay/properties", ADATOM_HDF5_DOUBLE, replay->slot_count,
                          properties));
    return put_vector(writer, "/replay/step_counts", ADATOM_HDF5_INT32, replay->slot_count,
                      step_counts);
}

static adatom_status put_entries(adatom_hdf5_writer *writer, const adatom_replay *replay)
{
    const size_t dims[2] = {replay->entry_count, 2};
    int32_t(*entries)[2];
    ADATOM_TRY(adatom_allocate(replay->entry_count, sizeof *entries, &entries));
    for (size_t i = 0; i < replay->entry_count; i++) {
        entries[i][0] = replay->entries[i].slot;
        entries[i][1] = replay->entries[i].step;
    }
    const adatom_status status =
        adatom_hdf5_put(writer, "/replay/entries", ADATOM_HDF5_INT32, 2, dims, entries);
    free(entries);
    return status;
}

static adatom_status put_replay(adatom_hdf5_writer *writer, const adatom_replay *replay)
{
    const size_t action_dims[2] = {replay->slot_count, (size_t)replay->steps_most};
    int64_t *numbers = NULL;
    double *properties = NULL;
    int32_t *step_counts = NULL;
    adatom_status status;
    ADATOM_TRY_ELSE(status, done, adatom_allocate(replay->slot_count, sizeof *numbers, &numbers));
    ADATOM_TRY_ELSE(status, done,
                    adatom_allocate(replay->slot_count, sizeof *properties, &properties));
    ADATOM_TRY_ELSE(status, done,
                    adatom_allocate(replay->slot_count, sizeof *step_counts, &step_counts));
    ADATOM_TRY_ELSE(status, done, put_episodes(writer, replay, numbers, properties, step_counts));
    ADATOM_TRY_ELSE(status, done,
                    adatom_hdf5_put(writer, "/replay/actions", ADATOM_HDF5_INT32, 2, action_dims,
                                    replay->actions));
    status = put_entries(writer, replay);
done:
    free(numbers);
    free(properties);
    free(step_counts);
    return status;
}

static adatom_status put_grid(adatom_hdf5_writer *writer, const adatom_grid *grid)
{
    const int32_t shape[3] = {grid->shape[0], grid->shape[1], grid->shape[2]};
    const uint8_t periodic[3] = {grid->periodic[0], grid->periodic[1], grid->periodic[2]};
    const int32_t dimensions = grid->dimensions;
    const size_t vector_dims[2] = {3, 3};
    ADATOM_TRY(put_vector(writer, "/grid/dimensions", ADATOM_HDF5_INT32, 1, &dimensions));
    ADATOM_TRY(put_vector(writer, "/grid/shape", ADATOM_HDF5_INT32, 3, shape));
    ADATOM_TRY(put_vector(writer, "/grid/origin", ADATOM_HDF5_DOUBLE, 3, grid->origin));
    ADATOM_TRY(adatom_hdf5_put(writer, "/grid/vectors", ADATOM_HDF5_DOUBLE, 2, vector_dims,
                               grid->vectors));
    return put_vector(writer, "/grid/periodic", ADATOM_HDF5_UINT8, 3, periodic);
}

static adatom_status put_snapshot_structure(adatom_hdf5_writer *writer, const char *group,
                                            const adatom_problem *problem,
                                            const adatom_snapshot *snapshot)
{
    char name[64];
    adatom_structure *built;
    ADATOM_TRY(adatom_problem_structure(problem, snapshot->actions, problem->step_count, &built));
    const size_t dims[2] = {built->atom_count, 3};
    snprintf(name, sizeof name, "%s/positions", group);
    adatom_status status =
        adatom_hdf5_put(writer, name, ADATOM_HDF5_DOUBLE, 2, dims, built->positions);
    if (status == ADATOM_OK) {
        snprintf(name, sizeof name, "%s/numbers", group);
        status =
            put_vector(writer, name, ADATOM_HDF5_INT32, built->atom_count, built->atomic_numbers);
    }
    adatom_structure_free(built);
    return status;
}

static adatom_status put_snapshot(adatom_hdf5_writer *writer, int index,
                                  const adatom_problem *problem, const adatom_snapshot *snapshot)
{
    char group[32];
    snprintf(group, sizeof group, "/snapshots/%02d", index);
    const adatom_snapshot_sizes sizes = adatom_snapshot_sizes_of(problem);
    char name[64];
#define PUT_ARRAY(array, type, rank, dims, values)                                                 \
    snprintf(name, sizeof name, "%s/" array, group);                                               \
    ADATOM_TRY(adatom_hdf5_put(writer, name, ADATOM_HDF5_##type, rank, dims, values));
    ADATOM_SNAPSHOT_ARRAYS(PUT_ARRAY)
#undef PUT_ARRAY
    return put_snapshot_structure(writer, group, problem, snapshot);
}

/* In order of episodes, the best last. */
static adatom_status put_snapshots(adatom_hdf5_writer *writer, const adatom_snapshots *snapshots)
{
    const uint8_t has_best = snapshots->best.episode > 0;
    for (int i = 0; i < snapshots->count; i++) {
        ADATOM_TRY(put_snapshot(writer, i, snapshots->problem, &snapshots->kept[i]));
    }
    ADATOM_TRY(put_vector(writer, "/run/last_snapshot_is_best", ADATOM_HDF5_UINT8, 1, &has_best));
    return has_best ? put_snapshot(writer, snapshots->count, snapshots->problem, &snapshots->best)
                    : ADATOM_OK;
}

static adatom_status put_cache(adatom_hdf5_writer *writer, const adatom_cache *cache)
{
    if (cache == NULL) {
        return ADATOM_OK;
    }
    const int64_t next = (int64_t)cache->next;
    const size_t keys[2] = {cache->count, cache->key_length};
    const size_t values[2] = {cache->count, cache->value_length};
    ADATOM_TRY(put_vector(writer, "/cache/next", ADATOM_HDF5_INT64, 1, &next));
    ADATOM_TRY(adatom_hdf5_put(writer, "/cache/keys", ADATOM_HDF5_INT32, 2, keys, cache->keys));
    return adatom_hdf5_put(writer, "/cache/values", ADATOM_HDF5_DOUBLE, 2, values, cache->values);
}

/* The builds that are punished, in the order in which they came. */
static adatom_status put_punished(adatom_hdf5_writer *writer, const adatom_punishment *punishment)
{
    if (punishment == NULL) {
        return ADATOM_OK;
    }
    const size_t count = punishment->count, steps = (size_t)punishment->problem->step_count;
    const size_t dims[2] = {count, steps + 1};
    int32_t *rows; /* each the number of steps, then these */
    ADATOM_TRY(adatom_allocate(count * (steps + 1), sizeof *rows, &rows));
    for (size_t m = 0; m < count; m++) {
        const adatom_punished *punished = &punishment->punished[m];
        rows[m * (steps + 1)] = punished->step_count;
        memcpy(rows + m * (steps + 1) + 1, punished->actions,
               (size_t)punished->step_count * sizeof *rows);
    }
    const adatom_status status =
        adatom_hdf5_put(writer, "/punishment/builds", ADATOM_HDF5_INT32, 2, dims, rows);
    free(rows);
    return status;
}

static adatom_status put_credit(adatom_hdf5_writer *writer, const adatom_agent *agent)
{
    const size_t dims[2] = {agent->replay->slot_count, (size_t)agent->problem->step_count};
    return agent->credit == NULL ? ADATOM_OK
                                 : adatom_hdf5_put(writer, "/replay/shares", ADATOM_HDF5_DOUBLE, 2,
                                                   dims, agent->credit->shares);
}

/* So that the file that they are from need not be there any more. */
static adatom_status put_seeds(adatom_hdf5_writer *writer, const adatom_run *run)
{
    const size_t dims[2] = {run->seeds.count, (size_t)run->problem->step_count};
    return dims[0] == 0 ? ADATOM_OK
                        : adatom_hdf5_put(writer, "/start/actions", ADATOM_HDF5_INT32, 2, dims,
                                          run->seeds.actions);
}

static adatom_status put_all(adatom_hdf5_writer *writer, const adatom_run *run)
{
    ADATOM_TRY(put_run(writer, run));
    ADATOM_TRY(put_agent(writer, run->agent));
    ADATOM_TRY(put_shapes(writer, run->agent));
    ADATOM_TRY(put_replay(writer, run->agent->replay));
    ADATOM_TRY(put_credit(writer, run->agent));
    ADATOM_TRY(put_seeds(writer, run));
    ADATOM_TRY(put_punished(writer, run->agent->punishment));
    ADATOM_TRY(put_cache(writer, run->evaluation->cache));
    ADATOM_TRY(put_grid(writer, &run->problem->grid));
    ADATOM_TRY(adatom_checkpoint_put_image(writer, run));
    return put_snapshots(writer, run->snapshots);
}

adatom_status adatom_checkpoint_write(adatom_run *run)
{
    char path[ADATOM_PATH_SIZE];
    adatom_hdf5_writer *writer;
    ADATOM_TRY(adatom_run_files_flush(&run->files));
    ADATOM_TRY(adatom_folder_path(run->folder, ADATOM_RUN_CHECKPOINT, path));
    ADATOM_TRY(adatom_hdf5_create(path, &writer));
    const adatom_status status = put_all(writer, run);
    if (status != ADATOM_OK) {
        adatom_hdf5_abandon(writer);
        return status;
    }
    ADATOM_TRY(adatom_hdf5_commit(writer));
    run->checkpoint_episode = run->state.episode;
    run->checkpoint_at = adatom_clock();
    return ADATOM_OK;
}
