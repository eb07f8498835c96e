/* adatom: what an atom looks like in the image, and how wide filters are in pixels. */
#ifndef ADATOM_IMAGE_KERNEL_H
#define ADATOM_IMAGE_KERNEL_H

#include "image/grid.h"
#include "nn/network.h"

typedef enum adatom_image_kind { ADATOM_IMAGE_ONE_HOT, ADATOM_IMAGE_GAUSSIAN } adatom_image_kind;

typedef struct adatom_image_options {
    adatom_image_kind kind;
    double width; /* of the Gaussian, Å; λ in J. Chem. Phys. 153, 044107 (2020), Eq. 1 */
    int size;     /* of the Gaussian's kernel, pixels, odd */
    double bias;  /* of every pixel */
} adatom_image_options;

/* The kernel for `channels` kinds of atoms on the pixels of the grid; distances are Cartesian, so a
 * Gaussian is round also where pixels are not square. Clear it with adatom_image_kernel_clear. */
adatom_status adatom_image_kernel_make(const adatom_grid *grid, const adatom_image_options *options,
                                       int channels, adatom_kernel *kernel);
void adatom_image_kernel_clear(adatom_kernel *kernel);

/* The odd number of pixels nearest to a width in Å along direction 0, 1 or 2, at least 1; 1 across
 * a plane. */
int adatom_image_filter_pixels(const adatom_grid *grid, double width, int direction);

#endif
