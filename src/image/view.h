/* adatom: atoms as points of an image: the whole grid, or the surroundings of one pixel, turned. */
#ifndef ADATOM_IMAGE_VIEW_H
#define ADATOM_IMAGE_VIEW_H

#include "base/random.h"
#include "image/grid.h"
#include "nn/network.h"

/* An atom on the grid. */
typedef struct adatom_image_atom {
    int channel;
    double place[3]; /* pixel coordinates where it is */
    double pixel[3]; /* integers: where the image shows it */
} adatom_image_atom;

typedef struct adatom_point_list {
    adatom_point *points;
    size_t count, capacity;
} adatom_point_list;

void adatom_point_list_clear(adatom_point_list *list);

/* A linear map of pixel steps: out_k = sum_i in_i matrix[i][k]. */
typedef struct adatom_turn {
    double matrix[3][3];
    bool regrid; /* turn the places and round, rather than pixels onto pixels */
} adatom_turn;

enum { ADATOM_TURNS_MAX = 47 };

adatom_turn adatom_turn_identity(void);
/* Turns by angle (radians) about the grid's normal, after mirroring where asked. */
adatom_turn adatom_turn_by_angle(const adatom_grid *grid, double angle, bool mirrored);
/* Turns by angle about an axis, a unit vector in the grid's axes, after mirroring (in a plane that
 * holds the axis) where asked. */
adatom_turn adatom_turn_about(const adatom_grid *grid, const double axis[3], double angle,
                              bool mirrored);
/* A turn in space, all as likely if the three numbers are uniform in [0, 1) (Shoemake, Graphics
 * Gems III (1992), 124), after inversion where asked. */
adatom_turn adatom_turn_in_space(const adatom_grid *grid, const double uniform[3], bool mirrored);

typedef enum adatom_turn_axes {
    ADATOM_TURN_AXES_AUTO,   /* the normal of the cell's two periodic directions, its one periodic
                                direction, else all axes */
    ADATOM_TURN_AXES_NORMAL, /* the grid's normal */
    ADATOM_TURN_AXES_ALL
} adatom_turn_axes;

/* The axis that turns are about, a unit vector in the grid's axes; false if all are. In a plane it
 * is the normal whatever is asked for. */
bool adatom_turn_axis(const adatom_grid *grid, adatom_turn_axes axes, double axis[3]);

/* The turns other than the identity that map the grid's pixels onto pixels and leave the axis
 * (NULL: none) as it is; mirrored ones only where asked. Returns how many. */
int adatom_turn_exact(const adatom_grid *grid, const double *axis, bool mirrored,
                      adatom_turn turns[ADATOM_TURNS_MAX]);

/* Makes an atom from a position in Å. */
adatom_image_atom adatom_image_atom_at(const adatom_grid *grid, int channel,
                                       const double position[3]);
/* An atom on a pixel of the grid. */
adatom_image_atom adatom_image_atom_on(int channel, const int pixel[3]);

/* Appends what an atom adds to the image of the whole grid, periodic copies included: points no
 * more than reach pixels outside the grid; along the grid's periodic directions one stands for all.
 */
adatom_status adatom_view_whole(const adatom_grid *grid, const adatom_image_atom *atom,
                                const int reach[3], adatom_point_list *list);

/* Appends the atoms and their periodic copies seen from the centre pixel, turned: points at most
 * reach pixels from it along each direction, counted from it. */
adatom_status adatom_view_around(const adatom_grid *grid, const adatom_image_atom *atoms,
                                 size_t atom_count, const int centre[3], const adatom_turn *turn,
                                 const int reach[3], adatom_point_list *list);

#endif
