#include "image/kernel.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static void fill_gaussian(const adatom_grid *grid, double width, const int size[3], float *values)
{
    for (int i = 0; i < size[0]; i++) {
        for (int j = 0; j < size[1]; j++) {
            for (int k = 0; k < size[2]; k++) {
                const double step[3] = {i - size[0] / 2, j - size[1] / 2, k - size[2] / 2};
                const double r = adatom_grid_length(grid, step);
                *values++ = (float)exp(-0.5 * r * r / (width * width));
            }
        }
    }
}

adatom_status adatom_image_kernel_make(const adatom_grid *grid, const adatom_image_options *options,
                                       int channels, adatom_kernel *kernel)
{
    const int size = options->kind == ADATOM_IMAGE_ONE_HOT ? 1 : options->size;
    if (size < 1 || size % 2 == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "image.size: %d, expected an odd number of pixels",
                           size);
    }
    adatom_kernel made = {.width = {size, size, grid->dimensions == 3 ? size : 1},
                          .bias = (float)options->bias};
    const size_t area = adatom_width_area(made.width);
    ADATOM_TRY(adatom_allocate((size_t)channels * area, sizeof *made.values, &made.values));
    for (int c = 0; c < channels; c++) {
        if (options->kind == ADATOM_IMAGE_ONE_HOT) {
            made.values[c] = 1;
        } else {
            fill_gaussian(grid, options->width, made.width, made.values + (size_t)c * area);
        }
    }
    *kernel = made;
    return ADATOM_OK;
}

void adatom_image_kernel_clear(adatom_kernel *kernel)
{
    free(kernel->values);
    *kernel = (adatom_kernel){0};
}

int adatom_image_filter_pixels(const adatom_grid *grid, double width, int direction)
{
    if (direction >= grid->dimensions) {
        return 1;
    }
    const double *step = grid->pixel[direction];
    const double half = round((width / hypot(hypot(step[0], step[1]), step[2]) - 1) / 2);
    return half > 0 ? 2 * (int)fmin(half, 1e6) + 1 : 1;
}
