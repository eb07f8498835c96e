/* adatom: what an atom looks like in the image, and how wide filters are in pixels. */
#ifndef ADATOM_IMAGE_KERNEL_H
#define ADATOM_IMAGE_KERNEL_H

#include "image/grid.h"
#include "nn/network.h"

/* J. Chem. Phys. 153, 044107 (2020), sections II, III, V, VI and VII. */
typedef enum adatom_image_kind {
    ADATOM_IMAGE_ONE_HOT,
    ADATOM_IMAGE_GAUSSIAN,
    ADATOM_IMAGE_AGR,       /* trained sum of Gaussians on the atom */
    ADATOM_IMAGE_DISPLACED, /* trained sum of Gaussian rings around it */
    ADATOM_IMAGE_ANGULAR    /* power spectrum of circular harmonics */
} adatom_image_kind;

/* exp(-(r - radius)^2 / 2 width^2), of the angular kind times exp(i order angle). */
typedef struct adatom_ring {
    double width, radius; /* Å */
    int order;            /* m */
} adatom_ring;

typedef struct adatom_image_options {
    adatom_image_kind kind;
    int size;    /* of the kernel, pixels, odd; one-hot: 1 */
    double bias; /* of every pixel; one-hot and Gaussian */
    /* Gaussian: one for all kinds of atoms, or one for each; else those that each kind has. */
    int ring_count;
    adatom_ring rings[ADATOM_BASIS_MAX];
    double start[ADATOM_BASIS_MAX][2]; /* trained coefficients start uniform between these */
    double l1;                         /* beta1, Eq. 3 */
    double momentum, epsilon;          /* of the batch normalization (nn/input.h) */
} adatom_image_options;

/* The kernel for `kinds` kinds of atoms on the pixels of the grid; distances are Cartesian, so a
 * Gaussian is round also where pixels are not square. Clear it with adatom_image_kernel_clear.
 * INVALID_INPUT names the option that is wrong. */
adatom_status adatom_image_kernel_make(const adatom_grid *grid, const adatom_image_options *options,
                                       int kinds, adatom_kernel *kernel);
void adatom_image_kernel_clear(adatom_kernel *kernel);

/* Mean distance of neighbouring pixels, Å: the grid spacing. */
double adatom_image_spacing(const adatom_grid *grid);
/* The odd number of pixels nearest to a width in Å along direction 0, 1 or 2, at least 1; 1 across
 * a plane. */
int adatom_image_filter_pixels(const adatom_grid *grid, double width, int direction);

#endif
