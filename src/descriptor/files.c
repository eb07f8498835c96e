/* Descriptors of all frames of a file, as tables in files. */
#include "adatom/descriptor.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "io/hdf5_file.h"
#include "io/npy.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIR_COLUMNS = 5 }; /* row of the centre, row of the neighbour, shift */

/* The tables of all frames, as they go into files. */
typedef struct tables {
    const adatom_describe_options *options;
    const adatom_frames *frames;
    adatom_descriptor *descriptor;
    size_t rows, columns;
    double *values;      /* [rows][columns] */
    int64_t *first_atom; /* [frames + 1]: first row of each frame, where rows are atoms */
    int32_t *numbers;    /* [atoms]: atomic numbers */
    size_t block_count, block_capacity, pair_capacity;
    double (*gradients)[3];         /* [block_count][columns][3] */
    int64_t (*pairs)[PAIR_COLUMNS]; /* [block_count] */
} tables;

adatom_describe_options adatom_describe_options_default(void)
{
    return (adatom_describe_options){.spec = NULL, .threads = 1};
}

/* ---- preparation */

static size_t list_elements(const adatom_frames *frames, int *species)
{
    bool seen[ADATOM_ELEMENT_COUNT + 1] = {false};
    for (size_t f = 0; f < frames->count; f++) {
        const adatom_structure *structure = frames->frames[f].structure;
        for (size_t i = 0; i < structure->atom_count; i++) {
            if (structure->atomic_numbers[i] > 0 &&
                structure->atomic_numbers[i] <= ADATOM_ELEMENT_COUNT) {
                seen[structure->atomic_numbers[i]] = true;
            }
        }
    }
    size_t count = 0;
    for (int z = 1; z <= ADATOM_ELEMENT_COUNT; z++) {
        if (seen[z]) {
            species[count++] = z;
        }
    }
    return count;
}

static adatom_status prepare(tables *all)
{
    const adatom_frames *frames = all->frames;
    int species[ADATOM_ELEMENT_COUNT];
    const size_t species_count = list_elements(frames, species);
    ADATOM_TRY(
        adatom_descriptor_create(all->options->spec, species, species_count, &all->descriptor));
    ADATOM_TRY(adatom_allocate(frames->count + 1, sizeof *all->first_atom, &all->first_atom));
    for (size_t f = 0; f < frames->count; f++) {
        const size_t atoms = frames->frames[f].structure->atom_count;
        all->first_atom[f + 1] = all->first_atom[f] + (int64_t)atoms;
        if (atoms == 0 && all->options->pool_count > 0) {
            return adatom_fail(ADATOM_INVALID_INPUT, "structure %zu has no atoms to pool", f + 1);
        }
    }
    const size_t atoms = (size_t)all->first_atom[frames->count];
    const size_t width = adatom_descriptor_count_max(all->descriptor);
    const size_t pools = (size_t)all->options->pool_count;
    all->rows = pools > 0 ? frames->count : atoms;
    all->columns = pools > 0 ? pools * width : width;
    if (all->columns > 0 && all->rows > SIZE_MAX / all->columns) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory for %zu rows", all->rows);
    }
    ADATOM_TRY(adatom_allocate(all->rows * all->columns, sizeof *all->values, &all->values));
    ADATOM_TRY(adatom_allocate(atoms, sizeof *all->numbers, &all->numbers));
    for (size_t f = 0; f < frames->count; f++) {
        const adatom_structure *structure = frames->frames[f].structure;
        for (size_t i = 0; i < structure->atom_count; i++) {
            all->numbers[(size_t)all->first_atom[f] + i] = structure->atomic_numbers[i];
        }
    }
    return ADATOM_OK;
}

static void release(tables *all)
{
    adatom_descriptor_free(all->descriptor);
    free(all->values);
    free(all->first_atom);
    free(all->numbers);
    free(all->gradients);
    free(all->pairs);
}

/* ---- frame by frame */

static adatom_status pool_frame(tables *all, size_t f)
{
    const adatom_structure *structure = all->frames->frames[f].structure;
    const size_t width = adatom_descriptor_count_max(all->descriptor);
    double *values;
    ADATOM_TRY(adatom_allocate(structure->atom_count * width, sizeof *values, &values));
    const adatom_status status =
        adatom_descriptor_describe(all->descriptor, structure, all->options->threads, values);
    for (int p = 0; p < all->options->pool_count && status == ADATOM_OK; p++) {
        adatom_descriptor_pool(all->options->pools[p], values, structure->atom_count, width,
                               all->values + f * all->columns + (size_t)p * width);
    }
    free(values);
    return status;
}

static adatom_status add_blocks(tables *all, size_t f, const adatom_descriptor_jacobian *jacobian)
{
    const size_t before = all->block_count, count = jacobian->block_count;
    ADATOM_TRY(adatom_grow(&all->pairs, &all->pair_capacity, before + count, sizeof *all->pairs));
    ADATOM_TRY(adatom_grow(&all->gradients, &all->block_capacity, (before + count) * all->columns,
                           sizeof *all->gradients));
    memcpy(all->gradients + before * all->columns, jacobian->blocks,
           count * all->columns * sizeof *all->gradients);
    for (size_t b = 0; b < count; b++) {
        int64_t *pair = all->pairs[before + b];
        pair[0] = all->first_atom[f] + jacobian->center[b];
        pair[1] = all->first_atom[f] + jacobian->neighbor[b];
        for (int k = 0; k < 3; k++) {
            pair[2 + k] = jacobian->shift[b][k];
        }
    }
    all->block_count += count;
    return ADATOM_OK;
}

static adatom_status describe_frame(tables *all, size_t f)
{
    const adatom_structure *structure = all->frames->frames[f].structure;
    double *values = all->values + (size_t)all->first_atom[f] * all->columns;
    if (!all->options->gradients) {
        return adatom_descriptor_describe(all->descriptor, structure, all->options->threads,
                                          values);
    }
    adatom_descriptor_jacobian *jacobian;
    ADATOM_TRY(adatom_descriptor_jacobian_create(all->descriptor, structure, all->options->threads,
                                                 values, &jacobian));
    const adatom_status status = add_blocks(all, f, jacobian);
    adatom_descriptor_jacobian_free(jacobian);
    return status;
}

/* ---- files */

static bool ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path), size = strlen(ending);
    return length >= size && strcmp(path + length - size, ending) == 0;
}

/* "OUT.npy" and "gradients" give "OUT.gradients.npy". */
static adatom_status name_beside(const char *path, const char *part, char **out)
{
    const size_t stem = strlen(path) - (ends_in(path, ".npy") ? 4 : 0);
    const size_t size = stem + strlen(part) + 6;
    ADATOM_TRY(adatom_allocate(size, 1, out));
    snprintf(*out, size, "%.*s.%s.npy", (int)stem, path, part);
    return ADATOM_OK;
}

static adatom_status write_beside(const char *path, const char *part, adatom_npy_type type,
                                  int rank, const size_t *dims, const void *values)
{
    char *name;
    ADATOM_TRY(name_beside(path, part, &name));
    const adatom_status status = adatom_npy_write(name, type, rank, dims, values);
    free(name);
    return status;
}

static adatom_status write_numpy(const tables *all, const char *path)
{
    const size_t table[2] = {all->rows, all->columns};
    const size_t blocks[3] = {all->block_count, all->columns, 3};
    const size_t pairs[2] = {all->block_count, PAIR_COLUMNS};
    if (all->options->gradients) {
        ADATOM_TRY(write_beside(path, "gradients", ADATOM_NPY_DOUBLE, 3, blocks, all->gradients));
        ADATOM_TRY(write_beside(path, "pairs", ADATOM_NPY_INT64, 2, pairs, all->pairs));
    }
    return adatom_npy_write(path, ADATOM_NPY_DOUBLE, 2, table, all->values);
}

static adatom_status put_all(const tables *all, adatom_hdf5_writer *writer)
{
    const size_t table[2] = {all->rows, all->columns};
    const size_t blocks[3] = {all->block_count, all->columns, 3};
    const size_t pairs[2] = {all->block_count, PAIR_COLUMNS};
    const size_t starts = all->frames->count + 1, atoms = (size_t)all->first_atom[starts - 1];
    ADATOM_TRY(adatom_hdf5_put_text(writer, "descriptor", adatom_descriptor_spec(all->descriptor)));
    ADATOM_TRY(adatom_hdf5_put(writer, "values", ADATOM_HDF5_DOUBLE, 2, table, all->values));
    ADATOM_TRY(
        adatom_hdf5_put(writer, "first_atom", ADATOM_HDF5_INT64, 1, &starts, all->first_atom));
    ADATOM_TRY(
        adatom_hdf5_put(writer, "atomic_numbers", ADATOM_HDF5_INT32, 1, &atoms, all->numbers));
    if (!all->options->gradients) {
        return ADATOM_OK;
    }
    ADATOM_TRY(adatom_hdf5_put(writer, "gradients", ADATOM_HDF5_DOUBLE, 3, blocks, all->gradients));
    return adatom_hdf5_put(writer, "pairs", ADATOM_HDF5_INT64, 2, pairs, all->pairs);
}

static adatom_status write_hdf5(const tables *all, const char *path)
{
    adatom_hdf5_writer *writer;
    ADATOM_TRY(adatom_hdf5_create(path, &writer));
    const adatom_status status = put_all(all, writer);
    if (status != ADATOM_OK) {
        adatom_hdf5_abandon(writer);
        return status;
    }
    return adatom_hdf5_commit(writer);
}

static adatom_status describe(tables *all, const char *path)
{
    ADATOM_TRY(prepare(all));
    for (size_t f = 0; f < all->frames->count; f++) {
        const adatom_status status =
            all->options->pool_count > 0 ? pool_frame(all, f) : describe_frame(all, f);
        if (status != ADATOM_OK) {
            return adatom_fail_in(status, "structure %zu", f + 1);
        }
    }
    return ends_in(path, ".h5") ? write_hdf5(all, path) : write_numpy(all, path);
}

adatom_status adatom_describe_frames(const adatom_describe_options *options,
                                     const adatom_frames *frames, const char *path,
                                     adatom_describe_summary *summary)
{
    if (options->gradients && options->pool_count > 0) {
        return adatom_fail(ADATOM_UNSUPPORTED, "gradients are for atoms, not for pools of them");
    }
    adatom_describe_options resolved = *options;
    resolved.threads = options->threads > 0 ? options->threads : adatom_available_cores();
    tables all = {.options = &resolved, .frames = frames};
    const adatom_status status = describe(&all, path);
    if (status == ADATOM_OK && summary != NULL) {
        *summary = (adatom_describe_summary){all.rows, all.columns, all.block_count};
    }
    release(&all);
    return status;
}
