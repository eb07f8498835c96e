#include "image/kernel.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

/* One value of a ring's real part (part 0) or imaginary part (part 1) at a step in pixels. The
 * angle is that in the plane. */
static float ring_value(const adatom_grid *grid, const adatom_ring *ring, int part,
                        const double step[3])
{
    double vector[3];
    const double r = adatom_grid_length(grid, step), from_ring = r - ring->radius;
    const double radial = exp(-0.5 * from_ring * from_ring / (ring->width * ring->width));
    if (ring->order == 0) {
        return part == 0 ? (float)radial : 0;
    }
    if (r == 0) {
        return 0; /* no direction: what a turn leaves as it is */
    }
    adatom_grid_vector(grid, step, vector);
    const double angle = ring->order * atan2(vector[1], vector[0]);
    return (float)(radial * (part == 0 ? cos(angle) : sin(angle)));
}

static float *fill_ring(const adatom_grid *grid, const adatom_ring *ring, int part,
                        const int width[3], float *values)
{
    for (int i = 0; i < width[0]; i++) {
        for (int j = 0; j < width[1]; j++) {
            for (int k = 0; k < width[2]; k++) {
                const double step[3] = {i - width[0] / 2, j - width[1] / 2, k - width[2] / 2};
                *values++ = ring_value(grid, ring, part, step);
            }
        }
    }
    return values;
}

static adatom_status check_rings(const adatom_grid *grid, const adatom_image_options *options,
                                 int kinds)
{
    if (options->size < 1 || options->size % 2 == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "image.size: %d, expected an odd number of pixels",
                           options->size);
    }
    if (options->kind == ADATOM_IMAGE_ANGULAR && grid->dimensions != 2) {
        return adatom_fail(
            ADATOM_UNSUPPORTED,
            "image.kind: angular has harmonics of the circle, which need a grid in a "
            "plane");
    }
    if (options->kind == ADATOM_IMAGE_GAUSSIAN && options->ring_count != 1 &&
        options->ring_count != kinds) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "image.widths: %d numbers, expected one for each of the %d elements",
                           options->ring_count, kinds);
    }
    return ADATOM_OK;
}

static adatom_kernel empty_kernel(const adatom_grid *grid, const adatom_image_options *options)
{
    const int size = options->kind == ADATOM_IMAGE_ONE_HOT ? 1 : options->size;
    adatom_kernel kernel = {.width = {size, size, grid->dimensions == 3 ? size : 1},
                            .basis_count = 1};
    if (options->kind == ADATOM_IMAGE_ONE_HOT || options->kind == ADATOM_IMAGE_GAUSSIAN) {
        kernel.bias = (float)options->bias;
        return kernel;
    }
    kernel.form =
        options->kind == ADATOM_IMAGE_ANGULAR ? ADATOM_KERNEL_POWER : ADATOM_KERNEL_EXPANDED;
    kernel.basis_count = options->ring_count;
    kernel.l1 = (float)options->l1;
    kernel.momentum = (float)options->momentum;
    kernel.epsilon = (float)options->epsilon;
    for (int k = 0; k < options->ring_count; k++) {
        kernel.start[k][0] = (float)options->start[k][0];
        kernel.start[k][1] = (float)options->start[k][1];
    }
    return kernel;
}

static void fill_kernel(const adatom_grid *grid, const adatom_image_options *options, int kinds,
                        const adatom_kernel *kernel)
{
    const int parts = kernel->form == ADATOM_KERNEL_POWER ? 2 : 1;
    float *to = kernel->values;
    for (int kind = 0; kind < kinds; kind++) {
        for (int k = 0; k < kernel->basis_count; k++) {
            const bool own = options->kind == ADATOM_IMAGE_GAUSSIAN && options->ring_count > 1;
            for (int part = 0; part < parts; part++) {
                to = fill_ring(grid, &options->rings[own ? kind : k], part, kernel->width, to);
            }
        }
    }
}

adatom_status adatom_image_kernel_make(const adatom_grid *grid, const adatom_image_options *options,
                                       int kinds, adatom_kernel *kernel)
{
    ADATOM_TRY(check_rings(grid, options, kinds));
    adatom_kernel made = empty_kernel(grid, options);
    const size_t parts = made.form == ADATOM_KERNEL_POWER ? 2 : 1;
    const size_t planes = (size_t)kinds * (size_t)made.basis_count * parts;
    ADATOM_TRY(
        adatom_allocate(planes * adatom_width_area(made.width), sizeof *made.values, &made.values));
    if (options->kind == ADATOM_IMAGE_ONE_HOT) {
        for (int kind = 0; kind < kinds; kind++) {
            made.values[kind] = 1;
        }
    } else {
        fill_kernel(grid, options, kinds, &made);
    }
    *kernel = made;
    return ADATOM_OK;
}

void adatom_image_kernel_clear(adatom_kernel *kernel)
{
    free(kernel->values);
    *kernel = (adatom_kernel){0};
}

static double pixel_length(const adatom_grid *grid, int direction)
{
    const double *step = grid->pixel[direction];
    return hypot(hypot(step[0], step[1]), step[2]);
}

double adatom_image_spacing(const adatom_grid *grid)
{
    double sum = 0;
    for (int i = 0; i < grid->dimensions; i++) {
        sum += pixel_length(grid, i);
    }
    return sum / grid->dimensions;
}

int adatom_image_filter_pixels(const adatom_grid *grid, double width, int direction)
{
    if (direction >= grid->dimensions) {
        return 1;
    }
    const double half = round((width / pixel_length(grid, direction) - 1) / 2);
    return half > 0 ? 2 * (int)fmin(half, 1e6) + 1 : 1;
}
