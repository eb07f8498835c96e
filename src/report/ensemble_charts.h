/* adatom: the pictures of ensembles: success, energies, histograms. */
#ifndef ADATOM_REPORT_ENSEMBLE_CHARTS_H
#define ADATOM_REPORT_ENSEMBLE_CHARTS_H

#include "report/ensemble_view.h"
#include "report/plot.h"

enum { ADATOM_CHART_WIDTH = 1080, ADATOM_CHART_HEIGHT = 400 };

/* The colour of the ensemble at that place of the list. */
adatom_color adatom_ensemble_color(size_t place);

typedef struct adatom_success_chart {
    const adatom_ensemble_views *views;
    adatom_axis axis;
} adatom_success_chart;

/* An adatom_picture_draw with an adatom_success_chart: shares with their bands, n50 marked. */
void adatom_success_draw(cairo_t *cairo, const void *chart);
/* With adatom_ensemble_views: mean best energies, with the range of the agents for a single one. */
void adatom_course_draw(cairo_t *cairo, const void *views);
/* With an adatom_ensemble_view: in how many agents each of the lowest structures was found. */
void adatom_found_draw(cairo_t *cairo, const void *view);
double adatom_found_height(const adatom_ensemble_view *view);

/* How many isomers are shown, as in Fig. 5 of J. Chem. Phys. 151, 054111 (2019). */
enum { ADATOM_ISOMER_ROWS = 30 };

typedef struct adatom_isomers_chart {
    const adatom_ensemble_views *views;
    const adatom_isomers *isomers; /* of these views */
} adatom_isomers_chart;

/* With an adatom_isomers_chart: the share of agents that built each of the lowest isomers, a column
 * of bars for each ensemble, and how often. */
void adatom_isomers_draw(cairo_t *cairo, const void *chart);
double adatom_isomers_height(const adatom_isomers_chart *chart);

#endif
