/* adatom: axes and legends of the report's curves. */
#ifndef ADATOM_REPORT_PLOT_H
#define ADATOM_REPORT_PLOT_H

#include "report/picture.h"

/* The inside of the axes, in pixels, and what it stands for. */
typedef struct adatom_plot_frame {
    double left, top, width, height;
    double x_min, x_max, y_min, y_max;
} adatom_plot_frame;

double adatom_plot_x(const adatom_plot_frame *frame, double x);
double adatom_plot_y(const adatom_plot_frame *frame, double y);

/* The round step (1, 2, 2.5, 5 times a power of ten) that gives about `aim` ticks. */
double adatom_plot_step(double range, int aim);

/* Grid lines, ticks with numbers, and the names of the axes. whole_x: x counts something. */
void adatom_plot_axes(cairo_t *cairo, const adatom_plot_frame *frame, const char *x_name,
                      const char *y_name, bool whole_x);
/* The lines and numbers of the y axis alone. */
void adatom_plot_y_axis(cairo_t *cairo, const adatom_plot_frame *frame, const char *name);

typedef enum adatom_plot_mark {
    ADATOM_MARK_DOT,
    ADATOM_MARK_LINE,
    ADATOM_MARK_DASHES,
    ADATOM_MARK_TRIANGLE,
    ADATOM_MARK_SQUARE
} adatom_plot_mark;

void adatom_plot_draw_mark(cairo_t *cairo, adatom_plot_mark mark, adatom_color color, double x,
                           double y);
/* Writes one entry of a legend at x and returns where the next may start. */
double adatom_plot_legend(cairo_t *cairo, double x, double y, adatom_plot_mark mark,
                          adatom_color color, const char *text);

#endif
