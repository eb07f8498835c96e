/* adatom: a grid in a cell, a plane or all of space, on which atoms are placed and images are
 * drawn.
 *
 * Pixels are steps along lattice vectors of the cell, so they may be skewed and of unequal length.
 * A pixel is named by (x, y, z), steps along the first, the second and the third of them. A plane
 * is a grid of depth 1: z is always 0, and the third step is 1 Å along its normal. */
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
    int dimensions;      /* 2: a plane, 3: space */
    adatom_plane plane;  /* with 3 the order of the directions: the third comes last */
    int shape[3];        /* points along the directions; all 0: from the spacing */
    double spacing;      /* aimed distance of neighbouring points, Å */
    double height;       /* fractional coordinate of the plane along the third lattice vector */
    double region[3][2]; /* from, to along each direction, fractional, in [0, 1] */
    adatom_padding padding;
} adatom_grid_options;

typedef struct adatom_grid {
    int dimensions;       /* 2 or 3 */
    int shape[3];         /* 1 along the third direction of a plane */
    bool periodic[3];     /* the image is periodic: pixel shape[i] is pixel 0 */
    double origin[3];     /* centre of pixel (0, 0, 0), Å */
    double vectors[3][3]; /* one pixel along each direction, Å */
    double normal[3];     /* unit vector perpendicular to the first two directions */
    double axes[3]
               [3]; /* unit vectors: along vectors[0], perpendicular to it in the plane, normal */
    double axes_origin[3]; /* centre of pixel (0, 0, 0) in axes, from the corner of the cell, Å */
    double pixel[3][3];    /* pixel[i][k]: vectors[i] along axes[k], Å; 0 where k > i */
    double inverse[3][3];  /* of pixel: steps_i = sum_k place_k inverse[k][i]; 0 where i > k */
    int directions[3];     /* lattice vectors: first and second of the plane, the third */
    double repeat[3];      /* pixels per lattice vector along each direction */
    bool images[3];        /* the image shows periodic copies of atoms along the direction */
    bool cell_periodic[3]; /* along directions[i], for distances */
    double lattice[3][3];  /* lattice vector directions[i], Å */
} adatom_grid;

/* The whole ab plane at half height, spacing 0.2 Å. */
adatom_grid_options adatom_grid_options_default(void);

/* Lays the grid into the cell. Along a periodic direction that is wholly covered pixel i stands at
 * the fraction i / shape, elsewhere in the middle of the i-th of `shape` equal parts of the region.
 * INVALID_INPUT if the cell has no such plane, or on sizes out of range. */
adatom_status adatom_grid_lay(const double cell[3][3], const bool periodic[3],
                              const adatom_grid_options *options, adatom_grid *grid);

/* Points of the grid. */
int adatom_grid_pixels(const adatom_grid *grid);
/* Pixel (x, y, z) is number (x * shape[1] + y) * shape[2] + z. */
int adatom_grid_index(const adatom_grid *grid, const int pixel[3]);
void adatom_grid_pixel_at(const adatom_grid *grid, int index, int pixel[3]);
/* Whether the image has an end along a direction: not for the third one of a plane. */
bool adatom_grid_has_edge(const adatom_grid *grid, int direction);

/* Centre of a pixel, Å; the pixel may lie outside the grid. */
void adatom_grid_position(const adatom_grid *grid, const int pixel[3], double position[3]);
/* Pixel coordinates of a position (projected along the normal onto a plane), not rounded, not
 * wrapped. */
void adatom_grid_coordinates(const adatom_grid *grid, const double position[3],
                             double coordinates[3]);
/* Pixel nearest to pixel coordinates in Cartesian distance, also on skewed pixels; not wrapped. */
void adatom_grid_round(const adatom_grid *grid, const double coordinates[3], double nearest[3]);
/* Nearest pixel, wrapped into the grid along periodic directions; elsewhere it may lie outside.
 */
void adatom_grid_nearest(const adatom_grid *grid, const double coordinates[3], int pixel[3]);
bool adatom_grid_holds(const adatom_grid *grid, const int pixel[3]);
/* Distance of the position from the plane z = 0 along the normal, with sign, Å. */
double adatom_grid_elevation(const adatom_grid *grid, const double position[3]);
/* A step in pixels as a vector along axes, Å. */
void adatom_grid_vector(const adatom_grid *grid, const double step[3], double vector[3]);
/* Its length, Å. */
double adatom_grid_length(const adatom_grid *grid, const double step[3]);
/* The shortest vector in Å, in axes, that leads from pixel a to pixel b or one of its copies along
 * the periodic directions. */
void adatom_grid_displacement(const adatom_grid *grid, const int a[3], const int b[3],
                              double vector[3]);
/* Largest |x|, |y| and |z| of the steps no longer than radius: the box that holds a ball, pixels; 0
 * along the normal of a plane. */
void adatom_grid_ball_box(const adatom_grid *grid, double radius, double box[3]);

#endif
