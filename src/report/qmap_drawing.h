/* adatom: the Q-values of one step as a raster, with the atoms on top (001, Fig. 2a). */
#ifndef ADATOM_REPORT_QMAP_DRAWING_H
#define ADATOM_REPORT_QMAP_DRAWING_H

#include "report/view.h"

typedef struct adatom_qmap_drawing {
    const adatom_snapshots *run;
    const adatom_snapshot *snapshot;
    int step;    /* 0 .. ADATOM_SNAPSHOT_STEPS - 1 */
    int species; /* whose map; the action is marked on the map of its species */
    adatom_view view;
    adatom_view_box box;
    double width, height; /* CSS pixels */
    /* NULL, or a number for each atom, which gives its colour; then there is no map. */
    const double *relevance;
    double largest; /* |relevance|, of the full colours */
} adatom_qmap_drawing;

adatom_qmap_drawing adatom_qmap_drawing_plan(const adatom_snapshots *run,
                                             const adatom_snapshot *snapshot, int step, int species,
                                             double width_limit, double height_limit);
/* An adatom_picture_draw. */
void adatom_qmap_drawing_draw(cairo_t *cairo, const void *drawing);
/* An adatom_picture_draw of 480 x 46: the colours of -1 .. 1; context is not used. */
void adatom_qmap_draw_scale(cairo_t *cairo, const void *context);

/* Least and largest Q-value of the allowed places; false if there are none. */
bool adatom_qmap_range(const adatom_qmap_drawing *drawing, double *least, double *largest);
/* Q-value of the chosen action. */
double adatom_qmap_chosen(const adatom_qmap_drawing *drawing);

#endif
