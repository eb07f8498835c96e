/* adatom: from space to the plane of a drawing. */
#ifndef ADATOM_REPORT_VIEW_H
#define ADATOM_REPORT_VIEW_H

#include "report/picture.h"
#include "report/snapshots.h"

/* Unit vectors; toward points to the reader. */
typedef struct adatom_view {
    double right[3], up[3], toward[3];
} adatom_view;

/* A place on the drawing, Å: x to the right, y up, height towards the reader. */
typedef struct adatom_view_point {
    double x, y, height;
} adatom_view_point;

/* The plane that two vectors span, the first pointing right. Vectors that span no plane give the xy
 * plane. */
adatom_view adatom_view_from_vectors(const double first[3], const double second[3]);
/* The plane of the grid; of the first two lattice vectors if it is not known. A grid in space is
 * seen from the side, the normal of its first two directions pointing up. */
adatom_view adatom_view_choose(const adatom_run_grid *grid, const double cell[3][3]);
adatom_view_point adatom_view_project(const adatom_view *view, const double position[3]);

/* A rectangle of the drawing, Å. */
typedef struct adatom_view_box {
    double x_min, x_max, y_min, y_max;
} adatom_view_box;

adatom_view_box adatom_view_box_empty(void);
void adatom_view_box_include(adatom_view_box *box, adatom_view_point point, double margin);

/* Makes cairo draw in Å with y up, the box filling width. */
void adatom_view_set(cairo_t *cairo, const adatom_view_box *box, double width);

/* A shaded ball of an element; haze 0 .. 1 pales what is far away. */
void adatom_draw_ball(cairo_t *cairo, adatom_view_point center, double radius, int atomic_number,
                      double haze);
/* A disk of an element: for periodic images (faded by opacity) and for atoms on a map, where
 * shading would only make the picture large. */
void adatom_draw_disk(cairo_t *cairo, adatom_view_point center, double radius, int atomic_number,
                      double opacity);
/* The same in a colour that stands for something. */
void adatom_draw_colored_disk(cairo_t *cairo, adatom_view_point center, double radius,
                              adatom_color color, double opacity);
/* The ring that marks an atom of the template. */
void adatom_draw_template_mark(cairo_t *cairo, adatom_view_point center, double radius,
                               double opacity);

#endif
