#include "report/snapshots.h"

#include "adatom/structure.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/hdf5_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SNAPSHOTS_MAX = 100, GRID_MAX = 8192, SPECIES_MAX = 16, ATOMS_MAX = 1000000 };
static const size_t q_limit = 100 * 1000 * 1000; /* values */

static adatom_status read_grid(adatom_hdf5_reader *reader, adatom_run_grid *out)
{
    adatom_run_grid grid = {.known = true};
    int32_t shape[3], dimensions;
    uint8_t periodic[3];
    ADATOM_TRY(adatom_hdf5_get(reader, "/grid/dimensions", ADATOM_HDF5_INT32, 1, (size_t[]){1},
                               &dimensions));
    ADATOM_TRY(adatom_hdf5_get(reader, "/grid/shape", ADATOM_HDF5_INT32, 1, (size_t[]){3}, shape));
    ADATOM_TRY(
        adatom_hdf5_get(reader, "/grid/origin", ADATOM_HDF5_DOUBLE, 1, (size_t[]){3}, grid.origin));
    ADATOM_TRY(adatom_hdf5_get(reader, "/grid/vectors", ADATOM_HDF5_DOUBLE, 2, (size_t[]){3, 3},
                               grid.vectors));
    ADATOM_TRY(
        adatom_hdf5_get(reader, "/grid/periodic", ADATOM_HDF5_UINT8, 1, (size_t[]){3}, periodic));
    grid.dimensions = dimensions == 3 ? 3 : 2;
    for (int i = 0; i < 3; i++) {
        grid.shape[i] = shape[i];
        grid.periodic[i] = periodic[i] != 0;
        if (shape[i] < 1 || shape[i] > GRID_MAX) {
            return adatom_fail(ADATOM_INVALID_INPUT, "checkpoint: a grid of %d x %d x %d points",
                               shape[0], shape[1], shape[2]);
        }
    }
    const double *a = grid.vectors[0], *b = grid.vectors[1];
    const double area = hypot(hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2]),
                              a[0] * b[1] - a[1] * b[0]);
    if (!(area > 1e-12 && area < 1e12) ||
        !isfinite(grid.origin[0] + grid.origin[1] + grid.origin[2])) {
        return adatom_fail(ADATOM_INVALID_INPUT, "checkpoint: the grid spans no plane");
    }
    *out = grid;
    return ADATOM_OK;
}

static void clear_snapshot(adatom_snapshot *snapshot)
{
    free(snapshot->q);
    free(snapshot->allowed);
    free(snapshot->positions);
    free(snapshot->numbers);
    *snapshot = (adatom_snapshot){0};
}

/* The name of a data set of snapshot `place`. */
typedef struct part_name {
    char text[64];
} part_name;

static part_name name_part(int place, const char *part)
{
    part_name name;
    (void)snprintf(name.text, sizeof name.text, "/snapshots/%02d/%s", place, part);
    return name;
}

static adatom_status read_atoms(adatom_hdf5_reader *reader, int place, adatom_snapshot *snapshot)
{
    size_t shape[2];
    const part_name positions = name_part(place, "positions");
    ADATOM_TRY(adatom_hdf5_shape(reader, positions.text, 2, shape));
    if (shape[0] > ATOMS_MAX || shape[1] != 3) {
        return adatom_fail(ADATOM_INVALID_INPUT, "checkpoint: %s has a wrong shape",
                           positions.text);
    }
    snapshot->atom_count = shape[0];
    ADATOM_TRY(adatom_allocate(shape[0], sizeof *snapshot->positions, &snapshot->positions));
    ADATOM_TRY(adatom_allocate(shape[0], sizeof *snapshot->numbers, &snapshot->numbers));
    ADATOM_TRY(
        adatom_hdf5_get(reader, positions.text, ADATOM_HDF5_DOUBLE, 2, shape, snapshot->positions));
    return adatom_hdf5_get(reader, name_part(place, "numbers").text, ADATOM_HDF5_INT32, 1, shape,
                           snapshot->numbers);
}

static adatom_status read_maps(adatom_hdf5_reader *reader, int place, const adatom_run_grid *grid,
                               adatom_snapshot *snapshot)
{
    size_t shape[5];
    const part_name q = name_part(place, "q");
    ADATOM_TRY(adatom_hdf5_shape(reader, q.text, 5, shape));
    if (shape[0] != ADATOM_SNAPSHOT_STEPS || shape[1] < 1 || shape[1] > SPECIES_MAX ||
        shape[2] != (size_t)grid->shape[0] || shape[3] != (size_t)grid->shape[1] ||
        shape[4] != (size_t)grid->shape[2]) {
        return adatom_fail(ADATOM_INVALID_INPUT, "checkpoint: %s has a wrong shape", q.text);
    }
    const size_t values = shape[0] * shape[1] * shape[2] * shape[3] * shape[4];
    if (values > q_limit) {
        return adatom_fail(ADATOM_INVALID_INPUT, "checkpoint: %s is too large to be drawn", q.text);
    }
    snapshot->species_count = (int)shape[1];
    ADATOM_TRY(adatom_allocate(values, sizeof *snapshot->q, &snapshot->q));
    ADATOM_TRY(adatom_allocate(values, sizeof *snapshot->allowed, &snapshot->allowed));
    ADATOM_TRY(adatom_hdf5_get(reader, q.text, ADATOM_HDF5_FLOAT, 5, shape, snapshot->q));
    return adatom_hdf5_get(reader, name_part(place, "allowed").text, ADATOM_HDF5_UINT8, 5, shape,
                           snapshot->allowed);
}

static bool is_sound(const adatom_snapshot *snapshot, const adatom_run_grid *grid,
                     size_t template_count)
{
    for (int k = 0; k < ADATOM_SNAPSHOT_STEPS; k++) {
        const int *action = snapshot->action[k];
        if (snapshot->steps[k] < 0 ||
            template_count + (size_t)snapshot->steps[k] > snapshot->atom_count || action[0] < 0 ||
            action[0] >= snapshot->species_count || action[1] < 0 || action[1] >= grid->shape[0] ||
            action[2] < 0 || action[2] >= grid->shape[1] || action[3] < 0 ||
            action[3] >= grid->shape[2]) {
            return false;
        }
    }
    for (size_t i = 0; i < snapshot->atom_count; i++) {
        const double *position = snapshot->positions[i];
        if (!isfinite(position[0] + position[1] + position[2]) ||
            adatom_element_symbol(snapshot->numbers[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static adatom_status read_snapshot(adatom_hdf5_reader *reader, int place,
                                   const adatom_snapshots *run, adatom_snapshot *snapshot)
{
    int32_t steps[ADATOM_SNAPSHOT_STEPS], action[ADATOM_SNAPSHOT_STEPS][4];
    ADATOM_TRY(adatom_hdf5_get(reader, name_part(place, "episode").text, ADATOM_HDF5_INT64, 1,
                               (size_t[]){1}, &snapshot->episode));
    ADATOM_TRY(adatom_hdf5_get(reader, name_part(place, "steps").text, ADATOM_HDF5_INT32, 1,
                               (size_t[]){ADATOM_SNAPSHOT_STEPS}, steps));
    ADATOM_TRY(adatom_hdf5_get(reader, name_part(place, "action").text, ADATOM_HDF5_INT32, 2,
                               (size_t[]){ADATOM_SNAPSHOT_STEPS, 4}, action));
    for (int k = 0; k < ADATOM_SNAPSHOT_STEPS; k++) {
        snapshot->steps[k] = steps[k];
        for (int i = 0; i < 4; i++) {
            snapshot->action[k][i] = action[k][i];
        }
    }
    ADATOM_TRY(read_maps(reader, place, &run->grid, snapshot));
    ADATOM_TRY(read_atoms(reader, place, snapshot));
    if (!is_sound(snapshot, &run->grid, run->template_count)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "checkpoint: snapshot %02d does not fit the grid or its atoms", place);
    }
    return ADATOM_OK;
}

static int compare_episodes(const void *first, const void *second)
{
    const int64_t a = ((const adatom_snapshot *)first)->episode;
    const int64_t b = ((const adatom_snapshot *)second)->episode;
    return (a > b) - (a < b);
}

static adatom_status read_all(adatom_hdf5_reader *reader, adatom_snapshots *out)
{
    ADATOM_TRY(read_grid(reader, &out->grid));
    int32_t template_count = 0;
    ADATOM_TRY(adatom_hdf5_get(reader, "/run/template_count", ADATOM_HDF5_INT32, 1, (size_t[]){1},
                               &template_count));
    out->template_count = template_count > 0 ? (size_t)template_count : 0;
    for (int place = 0; place < SNAPSHOTS_MAX; place++) {
        if (!adatom_hdf5_has(reader, name_part(place, "episode").text)) {
            break;
        }
        ADATOM_TRY(
            adatom_grow(&out->snapshots, &out->capacity, out->count + 1, sizeof *out->snapshots));
        adatom_snapshot *snapshot = &out->snapshots[out->count];
        const adatom_status status = read_snapshot(reader, place, out, snapshot);
        if (status != ADATOM_OK) {
            clear_snapshot(snapshot);
            return status;
        }
        out->count++;
    }
    return ADATOM_OK;
}

adatom_status adatom_snapshots_read(const char *path, adatom_snapshots *out)
{
    adatom_hdf5_reader *reader = NULL;
    *out = (adatom_snapshots){0};
    ADATOM_TRY(adatom_hdf5_open(path, &reader));
    const adatom_status status = read_all(reader, out);
    adatom_hdf5_close(reader);
    if (out->count > 1) {
        qsort(out->snapshots, out->count, sizeof *out->snapshots, compare_episodes);
    }
    return status;
}

void adatom_snapshots_clear(adatom_snapshots *snapshots)
{
    for (size_t i = 0; i < snapshots->count; i++) {
        clear_snapshot(&snapshots->snapshots[i]);
    }
    free(snapshots->snapshots);
    *snapshots = (adatom_snapshots){0};
}
