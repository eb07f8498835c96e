#include "report/energy_plot.h"

#include "base/memory.h"
#include "report/energy_range.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

double adatom_energy_plot_relative(const adatom_energy_plot *plot, double energy)
{
    return (energy - plot->best) / plot->divisor;
}

/* Fills y_max and y_min of the frame. */
static void choose_y_range(adatom_energy_plot *plot)
{
    const adatom_run_log *log = plot->log;
    double *values = NULL;
    size_t count = 0;
    if (adatom_allocate(log->count, sizeof *values, &values) == ADATOM_OK) {
        for (size_t i = 0; i < log->count; i++) {
            if (!log->rows[i].failed) {
                values[count++] = adatom_energy_plot_relative(plot, log->rows[i].energy);
            }
        }
    }
    plot->frame.y_max = adatom_energy_range(values, count);
    free(values);
    plot->frame.y_min = -0.05 * plot->frame.y_max;
    const double target = adatom_energy_plot_relative(plot, plot->target);
    if (plot->has_target && target < 0 && -target < plot->frame.y_max) {
        plot->frame.y_min = 1.15 * target;
    }
    if (plot->has_target && target > plot->frame.y_max && target < 3 * plot->frame.y_max) {
        plot->frame.y_max = 1.1 * target;
    }
}

bool adatom_energy_plot_plan(const adatom_run_log *log, size_t atom_count, bool has_target,
                             double target, adatom_energy_plot *out)
{
    const adatom_run_log_row *best = adatom_run_log_best(log);
    if (best == NULL) {
        return false;
    }
    adatom_energy_plot plot = {.log = log,
                               .best = best->energy,
                               .has_target = has_target,
                               .target = target,
                               .width = 1080,
                               .height = 430};
    plot.divisor = atom_count > 0 ? (double)atom_count : 1;
    plot.frame = (adatom_plot_frame){.left = 72, .top = 40, .width = 992, .height = 334};
    plot.frame.x_min = (double)log->rows[0].episode;
    plot.frame.x_max = fmax((double)log->rows[log->count - 1].episode, plot.frame.x_min + 1);
    choose_y_range(&plot);
    for (size_t i = 0; i < log->count; i++) {
        const double y = adatom_energy_plot_relative(&plot, log->rows[i].energy);
        plot.above += !log->rows[i].failed && y > plot.frame.y_max;
    }
    *out = plot;
    return true;
}

/* Which places of the frame hold a dot already: what lies under another dot is left out. */
typedef struct dot_places {
    unsigned char *taken;
    int columns, rows;
} dot_places;

enum { DOT_PLACE = 3 /* pixels */ };

static bool take_place(dot_places *places, const adatom_plot_frame *frame, double x, double y)
{
    const int column = (int)((x - frame->left) / DOT_PLACE);
    const int row = (int)((y - frame->top) / DOT_PLACE);
    if (places->taken == NULL || column < 0 || column >= places->columns || row < 0 ||
        row >= places->rows) {
        return true;
    }
    unsigned char *taken = &places->taken[(size_t)row * (size_t)places->columns + (size_t)column];
    const bool free_place = *taken == 0;
    *taken = 1;
    return free_place;
}

/* Dots that cover each other are made small, and lines go on top of them. */
static bool is_crowded(const adatom_energy_plot *plot)
{
    return plot->log->count > 4000;
}

/* Dots of the greedy or of the other episodes, as one path. */
static void draw_dots(cairo_t *cairo, const adatom_energy_plot *plot, bool greedy)
{
    const adatom_plot_frame *frame = &plot->frame;
    dot_places places = {.columns = (int)frame->width / DOT_PLACE + 1,
                         .rows = (int)frame->height / DOT_PLACE + 1};
    if (adatom_allocate((size_t)places.columns * (size_t)places.rows, 1, &places.taken) !=
        ADATOM_OK) {
        places.taken = NULL;
    }
    for (size_t i = 0; i < plot->log->count; i++) {
        const adatom_run_log_row *row = &plot->log->rows[i];
        const double value = adatom_energy_plot_relative(plot, row->energy);
        if (row->failed || row->greedy != greedy || value > frame->y_max) {
            continue;
        }
        const double x = adatom_plot_x(frame, (double)row->episode);
        const double y = adatom_plot_y(frame, value);
        if (take_place(&places, frame, x, y)) {
            cairo_move_to(cairo, x, y);
            cairo_line_to(cairo, x, y);
        }
    }
    free(places.taken);
    const double size = is_crowded(plot) ? 2.6 : 4.6;
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(cairo, greedy ? size + 0.6 : size);
    adatom_set_color(cairo, greedy ? adatom_color_greedy : adatom_color_explore,
                     is_crowded(plot) ? 0.7 : 1);
    cairo_stroke(cairo);
}

/* One triangle where episodes lie above the axis. */
static void draw_outliers(cairo_t *cairo, const adatom_energy_plot *plot)
{
    double last = -HUGE_VAL;
    for (size_t i = 0; i < plot->log->count; i++) {
        const adatom_run_log_row *row = &plot->log->rows[i];
        const double x = adatom_plot_x(&plot->frame, (double)row->episode);
        if (!row->failed && x - last >= 9 &&
            adatom_energy_plot_relative(plot, row->energy) > plot->frame.y_max) {
            adatom_plot_draw_mark(cairo, ADATOM_MARK_TRIANGLE,
                                  row->greedy ? adatom_color_greedy : adatom_color_explore, x,
                                  plot->frame.top + 3);
            last = x;
        }
    }
}

static void draw_best_line(cairo_t *cairo, const adatom_energy_plot *plot)
{
    const adatom_plot_frame *frame = &plot->frame;
    double best = HUGE_VAL;
    bool started = false;
    for (size_t i = 0; i < plot->log->count; i++) {
        const adatom_run_log_row *row = &plot->log->rows[i];
        if (row->failed || row->energy >= best) {
            continue;
        }
        const double x = adatom_plot_x(frame, (double)row->episode);
        const double before = adatom_plot_y(frame, adatom_energy_plot_relative(plot, best));
        best = row->energy;
        const double y = adatom_plot_y(frame, adatom_energy_plot_relative(plot, best));
        if (started) {
            cairo_line_to(cairo, x, fmax(before, frame->top - 20));
        }
        cairo_line_to(cairo, x, fmax(y, frame->top - 20));
        started = true;
    }
    cairo_line_to(cairo, frame->left + frame->width,
                  adatom_plot_y(frame, adatom_energy_plot_relative(plot, best)));
    cairo_set_line_width(cairo, 2.2);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_BUTT);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    adatom_set_color(cairo, adatom_color_best, 1);
    cairo_stroke(cairo);
}

static bool target_is_shown(const adatom_energy_plot *plot)
{
    const double target = adatom_energy_plot_relative(plot, plot->target);
    return plot->has_target && target >= plot->frame.y_min && target <= plot->frame.y_max;
}

static void draw_target(cairo_t *cairo, const adatom_energy_plot *plot)
{
    const double dashes[] = {7, 4};
    const double y = adatom_plot_y(&plot->frame, adatom_energy_plot_relative(plot, plot->target));
    cairo_move_to(cairo, plot->frame.left, y);
    cairo_line_to(cairo, plot->frame.left + plot->frame.width, y);
    cairo_set_line_width(cairo, 1.8);
    cairo_set_dash(cairo, dashes, 2, 0);
    adatom_set_color(cairo, adatom_color_target, 1);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
}

static void draw_legend(cairo_t *cairo, const adatom_energy_plot *plot)
{
    double x = plot->frame.left;
    const double y = 18;
    x = adatom_plot_legend(cairo, x, y, ADATOM_MARK_DOT, adatom_color_explore, "episode");
    x = adatom_plot_legend(cairo, x, y, ADATOM_MARK_DOT, adatom_color_greedy, "greedy episode");
    x = adatom_plot_legend(cairo, x, y, ADATOM_MARK_LINE, adatom_color_best, "best so far");
    if (target_is_shown(plot)) {
        x = adatom_plot_legend(cairo, x, y, ADATOM_MARK_DASHES, adatom_color_target,
                               "energy to reach");
    }
    if (plot->above > 0) {
        char text[64];
        (void)snprintf(text, sizeof text, "above the axis: %zu episode%s", plot->above,
                       plot->above == 1 ? "" : "s");
        (void)adatom_plot_legend(cairo, x, y, ADATOM_MARK_TRIANGLE, adatom_color_explore, text);
    }
}

void adatom_energy_plot_draw(cairo_t *cairo, const void *context)
{
    const adatom_energy_plot *plot = context;
    const adatom_plot_frame *frame = &plot->frame;
    adatom_plot_axes(
        cairo, frame, "episode",
        plot->divisor > 1 ? "energy above the best (eV/atom)" : "energy above the best (eV)", true);
    cairo_save(cairo);
    cairo_rectangle(cairo, frame->left, frame->top - 3, frame->width + 4, frame->height + 3);
    cairo_clip(cairo);
    draw_dots(cairo, plot, false);
    if (is_crowded(plot)) {
        draw_dots(cairo, plot, true);
    }
    if (target_is_shown(plot)) {
        draw_target(cairo, plot);
    }
    draw_best_line(cairo, plot);
    if (!is_crowded(plot)) {
        draw_dots(cairo, plot, true);
    }
    draw_outliers(cairo, plot);
    cairo_restore(cairo);
    draw_legend(cairo, plot);
}
