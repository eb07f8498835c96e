/* adatom: images of the nuclear potential (Ryczko et al. 2018, Eq. 1),
 *
 *   V(x) = sum_i Z_i exp(-|x - x_i|^2 / (2 width^2)),
 *
 * on a grid that divides the lattice vectors: pixel (i, j, k) of a grid of n is at
 * i a / n[0] + j b / n[1] + k c / n[2]. Along periodic directions the images of atoms count, along
 * the others an atom outside shows as far as it reaches. A plane leaves out z. Units: Å. */
#ifndef ADATOM_IMAGE_POTENTIAL_IMAGE_H
#define ADATOM_IMAGE_POTENTIAL_IMAGE_H

#include "adatom/structure.h"

typedef struct adatom_potential_image {
    int dimensions; /* 2: x and y, the first two lattice vectors; 3 */
    int grid[3];    /* pixels along each lattice vector; grid[0] is 0: told by the spacing */
    double spacing; /* Å; the nearest whole number of pixels is taken that is a multiple of this: */
    int multiple;   /* 0 counts as 1 */
    double width;   /* γ, Å */
    bool by_species;
    size_t species_count; /* by species: the elements that have a channel */
    int species[ADATOM_ELEMENT_COUNT];
} adatom_potential_image;

enum { ADATOM_IMAGE_SIZE_MAX = 4096, ADATOM_IMAGE_REACH_MAX = 512 };

/* One, or that of the species. */
int adatom_potential_image_channels(const adatom_potential_image *image);

/* The grid for this structure; size[2] is 1 in the plane. INVALID_INPUT if the structure cannot be
 * drawn: a lattice vector is missing or, for a plane, has a z component; an element has no channel;
 * the grid or the reach of an atom, about 6 widths, is too large. */
adatom_status adatom_potential_image_size(const adatom_potential_image *image,
                                          const adatom_structure *structure, int size[3]);

/* pixels[channel][size[0]][size[1]][size[2]], for a structure and a size of the call above. What is
 * below 1e-8 Z is left out. */
void adatom_potential_image_draw(const adatom_potential_image *image,
                                 const adatom_structure *structure, const int size[3],
                                 float *pixels);

/* forces[atom_count][3] = -dE/dposition where slopes = dE/dpixels; in the plane the z components
 * are 0. */
void adatom_potential_image_forces(const adatom_potential_image *image,
                                   const adatom_structure *structure, const int size[3],
                                   const float *slopes, double (*forces)[3]);

#endif
