/* adatom: a plane grid in a cell, on which atoms are placed and images are drawn.
 *
 * Pixels are steps along two lattice vectors of the cell, so they may be skewed and of unequal
 * length. A pixel is named by (x, y), steps along the first and the second of them. */
#ifndef ADATOM_IMAGE_GRID_H
#define ADATOM_IMAGE_GRID_H

#include "adatom/structure.h"

typedef enum adatom_plane { ADATOM_PLANE_AB, ADATOM_PLANE_AC, ADATOM_PLANE_BC } adatom_plane;

typedef enum adatom_padding {
    ADATOM_PADDING_AUTO, /* periodic where the cell is and the grid covers it, else empty space */
    ADATOM_PADDING_PERIODIC, /* as auto, but refuses a direction that cannot be periodic */
    ADATOM_PADDING_ZERO      /* empty space in all directions, periodic images are not seen */
} adatom_padding;

enum { ADATOM_GRID_POINTS_MAX = 4096, ADATOM_GRID_PIXELS_MAX = 1 << 24 };

typedef struct adatom_grid_options {
    adatom_plane plane;
    int shape[2];        /* points; 0 0: from the spacing */
    double spacing;      /* aimed distance of neighbouring points, Å */
    double height;       /* fractional coordinate of the plane along the third lattice vector */
    double region[2][2]; /* from, to along each direction, fractional, in [0, 1] */
    adatom_padding padding;
} adatom_grid_options;

typedef struct adatom_grid {
    int shape[2];
    bool periodic[2];     /* the image is periodic: pixel shape[i] is pixel 0 */
    double origin[3];     /* centre of pixel (0, 0), Å */
    double vectors[2][3]; /* one pixel along each direction, Å */
    double normal[3];     /* unit vector perpendicular to the plane */
    double axes[2][3];    /* unit vectors in the plane: along vectors[0], and perpendicular to it */
    double plane_origin[2]; /* centre of pixel (0, 0) in axes, from the corner of the cell, Å */
    double pixel[2][2];     /* pixel[i][k]: vectors[i] along axes[k], Å */
    double inverse[2][2];   /* of pixel: steps_i = sum_k plane_k inverse[k][i] */
    int directions[3];      /* lattice vectors: first and second of the plane, the third */
    double repeat[2];       /* pixels per lattice vector along each direction */
    bool images[2];         /* the image shows periodic copies of atoms along the direction */
    bool cell_periodic[3];  /* along directions[i], for distances */
    double lattice[3][3];   /* lattice vector directions[i], Å */
} adatom_grid;

/* The whole ab plane at half height, spacing 0.2 Å. */
adatom_grid_options adatom_grid_options_default(void);

/* Lays the grid into the cell. Along a periodic direction that is wholly covered pixel i stands at
 * the fraction i / shape, elsewhere in the middle of the i-th of `shape` equal parts of the region.
 * INVALID_INPUT if the cell has no such plane, or on sizes out of range. */
adatom_status adatom_grid_lay(const double cell[3][3], const bool periodic[3],
                              const adatom_grid_options *options, adatom_grid *grid);

/* Centre of a pixel, Å; the pixel may lie outside the grid. */
void adatom_grid_position(const adatom_grid *grid, int x, int y, double position[3]);
/* Pixel coordinates of a position (projected along the normal), not rounded, not wrapped. */
void adatom_grid_coordinates(const adatom_grid *grid, const double position[3],
                             double coordinates[2]);
/* Pixel nearest to pixel coordinates in the plane's Cartesian distance, also on skewed pixels; not
 * wrapped. */
void adatom_grid_round(const adatom_grid *grid, const double coordinates[2], double nearest[2]);
/* Nearest pixel, wrapped into the grid along periodic directions; elsewhere it may lie outside.
 */
void adatom_grid_nearest(const adatom_grid *grid, const double coordinates[2], int pixel[2]);
bool adatom_grid_holds(const adatom_grid *grid, const int pixel[2]);
/* Distance of the position from the plane along the normal, with sign, Å. */
double adatom_grid_elevation(const adatom_grid *grid, const double position[3]);
/* Length in Å of a step (x, y), pixels, in the plane. */
double adatom_grid_length(const adatom_grid *grid, double x, double y);
/* The shortest vector in Å, in axes, that leads from pixel a to pixel b or one of its copies along
 * the periodic directions. */
void adatom_grid_displacement(const adatom_grid *grid, const int a[2], const int b[2],
                              double vector[2]);
/* Largest |x| and |y| of the steps no longer than radius: the box that holds a disc, pixels. */
void adatom_grid_disc_box(const adatom_grid *grid, double radius, double box[2]);

#endif
