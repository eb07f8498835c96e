/* Images of all frames of a file, as one table in a file. */
#include "adatom/image.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "io/hdf5_file.h"
#include "io/npy.h"
#include "predict/image_spec.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct gallery {
    const adatom_frames *frames;
    adatom_potential_image image;
    int size[3];
    size_t pixels; /* of an image, all channels */
    float *images; /* [frame][pixels] */
} gallery;

static adatom_status find_size(gallery *all)
{
    for (size_t f = 0; f < all->frames->count; f++) {
        int size[3];
        const adatom_status status =
            adatom_potential_image_size(&all->image, all->frames->frames[f].structure, size);
        if (status != ADATOM_OK) {
            return adatom_fail_in(status, "structure %zu", f + 1);
        }
        if (f > 0 && memcmp(size, all->size, sizeof size) != 0) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "structure %zu has %d x %d x %d pixels, structure 1 %d x %d x %d",
                               f + 1, size[0], size[1], size[2], all->size[0], all->size[1],
                               all->size[2]);
        }
        memcpy(all->size, size, sizeof size);
    }
    all->pixels = (size_t)adatom_potential_image_channels(&all->image) * (size_t)all->size[0] *
                  (size_t)all->size[1] * (size_t)all->size[2];
    return ADATOM_OK;
}

static void draw(void *context, int item, int thread)
{
    const gallery *all = context;
    (void)thread;
    adatom_potential_image_draw(&all->image, all->frames->frames[item].structure, all->size,
                                all->images + (size_t)item * all->pixels);
}

static adatom_status draw_all(gallery *all, int threads)
{
    if (all->frames->count > INT32_MAX ||
        (all->pixels > 0 && all->frames->count > SIZE_MAX / all->pixels)) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory for %zu images",
                           all->frames->count);
    }
    ADATOM_TRY(
        adatom_allocate(all->frames->count * all->pixels, sizeof *all->images, &all->images));
    adatom_team *team;
    ADATOM_TRY(adatom_team_create(threads > 0 ? threads : adatom_available_cores(), &team));
    adatom_team_run(team, (int)all->frames->count, draw, all);
    adatom_team_free(team);
    return ADATOM_OK;
}

static adatom_status put_all(const gallery *all, int rank, const size_t *dims,
                             adatom_hdf5_writer *writer)
{
    char *spec;
    ADATOM_TRY(adatom_image_spec_print(&all->image, &spec));
    const adatom_status status = adatom_hdf5_put_text(writer, "image", spec);
    free(spec);
    ADATOM_TRY(status);
    return adatom_hdf5_put(writer, "images", ADATOM_HDF5_FLOAT, rank, dims, all->images);
}

static adatom_status write_images(const gallery *all, const char *path)
{
    const size_t dims[5] = {all->frames->count,
                            (size_t)adatom_potential_image_channels(&all->image),
                            (size_t)all->size[0], (size_t)all->size[1], (size_t)all->size[2]};
    const int rank = 2 + all->image.dimensions;
    const size_t length = strlen(path);
    if (length < 3 || strcmp(path + length - 3, ".h5") != 0) {
        return adatom_npy_write(path, ADATOM_NPY_FLOAT, rank, dims, all->images);
    }
    adatom_hdf5_writer *writer;
    ADATOM_TRY(adatom_hdf5_create(path, &writer));
    const adatom_status status = put_all(all, rank, dims, writer);
    if (status != ADATOM_OK) {
        adatom_hdf5_abandon(writer);
        return status;
    }
    return adatom_hdf5_commit(writer);
}

adatom_status adatom_describe_images(const char *spec, const adatom_frames *frames, int threads,
                                     const char *path, adatom_image_summary *summary)
{
    gallery all = {.frames = frames};
    ADATOM_TRY(adatom_image_spec_read(spec, frames, &all.image));
    ADATOM_TRY(find_size(&all));
    adatom_status status = draw_all(&all, threads);
    if (status == ADATOM_OK) {
        status = write_images(&all, path);
    }
    free(all.images);
    if (status == ADATOM_OK && summary != NULL) {
        summary->channels = adatom_potential_image_channels(&all.image);
        memcpy(summary->size, all.size, sizeof all.size);
    }
    return status;
}
