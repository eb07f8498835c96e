/* adatom: maps of an image that is not a sum over points (nn/input.h): the sums that it is made of
 * are kept, and a new point changes the image around itself. The first layer then works in the
 * frequency domain as the others do. */
#ifndef ADATOM_NN_LANES_MAP_IMAGE_H
#define ADATOM_NN_LANES_MAP_IMAGE_H

#include "nn/lanes/map_state.h"

/* Where value `tap` of a kernel around a pixel falls along an axis; -1 outside of the image. */
LANES_INLINE int pixel_under_tap(const map_state *map, int axis, int at, int tap)
{
    return first_place(map, axis,
                       at + map->first_margin[axis] + tap - map->network->kernel.width[axis] / 2);
}

/* What is done with the row of the image under each row of a kernel. */
typedef void kernel_row_action(map_state *map, int channel, int part, const float *values,
                               size_t row, int at);

static void add_kernel_row(map_state *map, int channel, int part, const float *values, size_t row,
                           int at)
{
    float *sums = map->image_sums + (size_t)(2 * channel + part) * map->image_pixels + row;
    for (int k = 0; k < map->network->kernel.width[2]; k++) {
        const int z = pixel_under_tap(map, 2, at, k);
        if (z >= 0) {
            sums[z] += values[k];
        }
    }
}

/* The image where the sums have changed. */
static void square_row(map_state *map, int channel, int part, const float *values, size_t row,
                       int at)
{
    (void)part;
    (void)values;
    const float *re = map->image_sums + (size_t)(2 * channel) * map->image_pixels + row,
                *im = re + map->image_pixels;
    const adatom_affine affine = map->affine[channel];
    float *image =
        (float *)(map->first + row * (size_t)map->first_blocks + channel / LANES) + channel % LANES;
    const size_t step = (size_t)map->first_blocks * LANES;
    for (int k = 0; k < map->network->kernel.width[2]; k++) {
        const int z = pixel_under_tap(map, 2, at, k);
        if (z >= 0) {
            image[(size_t)z * step] =
                (re[z] * re[z] + im[z] * im[z]) * affine.factor + affine.addend;
        }
    }
}

static void walk_rows(map_state *map, int channel, int part, const int at[3],
                      kernel_row_action *do_row)
{
    const int *width = map->network->kernel.width, *size = map->first_size;
    const float *values =
        map->network->kernel.values + (size_t)(2 * channel + part) * adatom_width_area(width);
    for (int i = 0; i < width[0]; i++) {
        const int x = pixel_under_tap(map, 0, at[0], i);
        for (int j = 0; j < width[1] && x >= 0; j++) {
            const int y = pixel_under_tap(map, 1, at[1], j);
            if (y >= 0) {
                do_row(map, channel, part, values + (i * width[1] + j) * width[2],
                       ((size_t)x * (size_t)size[1] + (size_t)y) * (size_t)size[2], at[2]);
            }
        }
    }
}

static void add_to_image(map_state *map, int kind, const int at[3])
{
    const int basis = map->network->kernel.basis_count;
    for (int channel = kind * basis; channel < (kind + 1) * basis; channel++) {
        walk_rows(map, channel, 0, at, add_kernel_row);
        walk_rows(map, channel, 1, at, add_kernel_row);
        walk_rows(map, channel, 0, at, square_row);
    }
}

static void map_clear(void *state)
{
    map_state *map = state;
    for (size_t i = 0; i < map->first_count; i++) {
        map->first[i] = map->first_bias[i % (size_t)map->first_blocks];
    }
    if (map->dense) {
        const size_t count = 2 * (size_t)map->network->input_channels * map->image_pixels;
        memset(map->image_sums, 0, count * sizeof *map->image_sums);
    }
}

static void map_add(void *state, int channel, const int at[3])
{
    map_state *map = state;
    if (map->dense) {
        add_to_image(map, channel, at);
    } else {
        add_stamp(map, channel, at);
    }
}

#endif
