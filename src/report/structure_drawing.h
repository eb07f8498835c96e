/* adatom: a structure drawn with atoms, bonds and cell. */
#ifndef ADATOM_REPORT_STRUCTURE_DRAWING_H
#define ADATOM_REPORT_STRUCTURE_DRAWING_H

#include "report/specimens.h"
#include "report/view.h"

typedef struct adatom_structure_drawing {
    const adatom_specimen *specimen;
    adatom_view view;
    adatom_view_box box;
    double lowest, highest; /* atom towards the reader, Å */
    size_t template_count;  /* the first atoms, marked */
    size_t *order;          /* atoms from the farthest to the nearest */
    double width, height;   /* of the picture, CSS pixels */
} adatom_structure_drawing;

/* The specimen must outlive the drawing. The picture fits into the limits (CSS
 * pixels). */
adatom_status adatom_structure_drawing_create(const adatom_specimen *specimen,
                                              const adatom_run_grid *grid, size_t template_count,
                                              double width_limit, double height_limit,
                                              adatom_structure_drawing *out);
void adatom_structure_drawing_clear(adatom_structure_drawing *drawing);
/* An adatom_picture_draw. */
void adatom_structure_drawing_draw(cairo_t *cairo, const void *drawing);

#endif
