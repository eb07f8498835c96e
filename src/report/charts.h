/* adatom: the small charts of the report: phase timings and histograms. */
#ifndef ADATOM_REPORT_CHARTS_H
#define ADATOM_REPORT_CHARTS_H

#include "report/plot.h"
#include "io/run_log.h"
#include "report/specimens.h"

typedef struct adatom_timing_chart {
    const adatom_run_log *log;
    double width, height;
} adatom_timing_chart;

/* Both are an adatom_picture_draw with an adatom_timing_chart: one stacked bar of all seconds, and
 * the mean seconds per episode in the course of the run. */
void adatom_timing_draw_total(cairo_t *cairo, const void *chart);
void adatom_timing_draw_course(cairo_t *cairo, const void *chart);

typedef struct adatom_timing_sums {
    double seconds[ADATOM_PHASE_COUNT];
    double total;
} adatom_timing_sums;

adatom_timing_sums adatom_timing_sum(const adatom_run_log *log);
extern const char *const adatom_phase_names[ADATOM_PHASE_COUNT];
adatom_color adatom_phase_color(int phase);

/* Coordination numbers and ring sizes of a specimen; an adatom_picture_draw of the given size with
 * the specimen as context. */
enum { ADATOM_HISTOGRAM_WIDTH = 300, ADATOM_HISTOGRAM_HEIGHT = 92 };
void adatom_histograms_draw(cairo_t *cairo, const void *specimen);

#endif
