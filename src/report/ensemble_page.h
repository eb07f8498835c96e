/* adatom: the page that shows one or several ensembles. */
#ifndef ADATOM_REPORT_ENSEMBLE_PAGE_H
#define ADATOM_REPORT_ENSEMBLE_PAGE_H

#include "report/ensemble_charts.h"
#include "report/sections.h"

/* A picture over the whole width, ADATOM_CHART_WIDTH. */
void adatom_ensemble_page_chart(adatom_page *page, adatom_picture_draw *draw, const void *context,
                                double height, const char *description);

void adatom_ensemble_page_head(adatom_page *page, const adatom_ensemble_views *views);
void adatom_ensemble_page_success(adatom_page *page, const adatom_ensemble_views *views);
/* Log-rank tests of each pair; nothing for a single ensemble. */
void adatom_ensemble_page_tests(adatom_page *page, const adatom_ensemble_views *views);
void adatom_ensemble_page_energy(adatom_page *page, const adatom_ensemble_views *views);
/* Of one ensemble its structures, of several the isomers, which are those of the views. */
void adatom_ensemble_page_structures(adatom_page *page, const adatom_ensemble_views *views,
                                     const adatom_isomers *isomers);
void adatom_ensemble_page_agents(adatom_page *page, const adatom_ensemble_views *views);

/* The test of the ensembles at two places of the list along an axis. */
adatom_status adatom_ensemble_compare(const adatom_ensemble_views *views, size_t first,
                                      size_t second, adatom_axis axis, adatom_log_rank *out);

#endif
