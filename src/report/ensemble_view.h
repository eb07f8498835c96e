/* adatom: all of an ensemble that a report shows. */
#ifndef ADATOM_REPORT_ENSEMBLE_VIEW_H
#define ADATOM_REPORT_ENSEMBLE_VIEW_H

#include "ensemble/energy_course.h"
#include "ensemble/isomers.h"
#include "ensemble/structures.h"

typedef struct adatom_ensemble_view {
    const char *folder, *label;
    adatom_members members;
    size_t successes;
    adatom_success_curve curves[ADATOM_AXIS_COUNT];
    adatom_median medians[ADATOM_AXIS_COUNT];
    adatom_energy_course course;
    adatom_found_structures found;
    size_t atom_count; /* of the structures; 0 if there are none */
} adatom_ensemble_view;

/* label may be NULL: then it is the last part of the folder's name. */
adatom_status adatom_ensemble_view_read(const char *folder, const char *label,
                                        adatom_ensemble_view *out);
void adatom_ensemble_view_clear(adatom_ensemble_view *view);

/* How many of the structures a histogram shows. */
enum { ADATOM_HISTOGRAM_BARS = 15 };

/* All views of a report, for the pictures. */
typedef struct adatom_ensemble_views {
    size_t count;
    adatom_ensemble_view *list;
} adatom_ensemble_views;

/* What all of them found, structures with the same bonds together; it points into the views. */
adatom_status adatom_ensemble_views_isomers(const adatom_ensemble_views *views,
                                            adatom_isomers *out);

#endif
