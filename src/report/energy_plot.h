/* adatom: energy against episode. */
#ifndef ADATOM_REPORT_ENERGY_PLOT_H
#define ADATOM_REPORT_ENERGY_PLOT_H

#include "report/plot.h"
#include "io/run_log.h"

typedef struct adatom_energy_plot {
    const adatom_run_log *log;
    double best;    /* eV; the zero of the axis */
    double divisor; /* atoms, or 1 where their number is not known */
    bool has_target;
    double target; /* eV */
    size_t above;  /* episodes above the axis */
    adatom_plot_frame frame;
    double width, height;
} adatom_energy_plot;

/* False if no episode has an energy. atom_count 0: not known. */
bool adatom_energy_plot_plan(const adatom_run_log *log, size_t atom_count, bool has_target,
                             double target, adatom_energy_plot *out);
/* An adatom_picture_draw. */
void adatom_energy_plot_draw(cairo_t *cairo, const void *plot);

/* Energy of a row on the axis. */
double adatom_energy_plot_relative(const adatom_energy_plot *plot, double energy);

#endif
