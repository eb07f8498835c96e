/* Predicted against true values, over the distribution of what was trained on; for a trajectory,
 * both against time with their difference below (Ryczko et al. 2018, Figs. 4, 6 and 7). */
#include "adatom/report.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"
#include "io/text_file.h"
#include "report/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE_SIZE_MAX = 1 << 30, BINS = 60, NAME_SIZE = 64, POINTS_MAX = 20000 };

typedef struct prediction_row {
    double x, known, predicted; /* NaN where there is none */
    bool trained;
} prediction_row;

typedef struct prediction_plot {
    size_t count, capacity;
    prediction_row *rows;
    char first[NAME_SIZE], unit[NAME_SIZE]; /* of the first column; "eV/atom" */
    double low, high;
} prediction_plot;

/* ---- the table */

static const char *read_cell(const char *at, double *out)
{
    char *end;
    *out = strtod(at, &end);
    if (end == at) {
        *out = NAN;
    }
    return end;
}

/* "test,1.2,1.3", or a number in place of the set. */
static adatom_status read_row(const char *line, const char *path, size_t number,
                              prediction_row *out)
{
    const char *at = strchr(line, ',');
    prediction_row row = {.trained = strncmp(line, "train,", 6) == 0};
    read_cell(line, &row.x);
    if (at != NULL) {
        at = read_cell(at + 1, &row.known);
    }
    if (at == NULL || *at != ',') {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s:%zu: expected three columns", path, number);
    }
    read_cell(at + 1, &row.predicted);
    *out = row;
    return ADATOM_OK;
}

/* "set,true_eV_per_atom,predicted" */
static void read_names(const char *line, prediction_plot *plot)
{
    snprintf(plot->first, sizeof plot->first, "%.*s", (int)strcspn(line, ",\n"), line);
    const char *unit = strstr(line, "true_");
    if (unit != NULL) {
        snprintf(plot->unit, sizeof plot->unit, "%.*s", (int)strcspn(unit + 5, ",\n"), unit + 5);
    }
    char *per = strstr(plot->unit, "_per_atom");
    if (per != NULL) {
        memcpy(per, "/atom", sizeof "/atom");
    }
}

static adatom_status read_rows(const char *text, const char *path, prediction_plot *plot)
{
    read_names(text, plot);
    for (const char *line = strchr(text, '\n'); line != NULL && line[1] != '\0';
         line = strchr(line + 1, '\n')) {
        ADATOM_TRY(adatom_grow(&plot->rows, &plot->capacity, plot->count + 1, sizeof *plot->rows));
        ADATOM_TRY(read_row(line + 1, path, plot->count + 2, &plot->rows[plot->count]));
        plot->count++;
    }
    plot->low = INFINITY;
    plot->high = -INFINITY;
    for (size_t r = 0; r < plot->count; r++) {
        plot->low = fmin(plot->low, fmin(plot->rows[r].known, plot->rows[r].predicted));
        plot->high = fmax(plot->high, fmax(plot->rows[r].known, plot->rows[r].predicted));
    }
    if (!(plot->high >= plot->low) || !isfinite(plot->high - plot->low)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: there is nothing to draw", path);
    }
    const double margin = fmax(0.04 * (plot->high - plot->low), 1e-12 * fabs(plot->high) + 1e-12);
    plot->low -= margin;
    plot->high += margin;
    return ADATOM_OK;
}

/* ---- predicted against true */

static void draw_distribution(cairo_t *cairo, const prediction_plot *plot,
                              const adatom_plot_frame *frame)
{
    size_t bins[BINS] = {0}, most = 0;
    for (size_t r = 0; r < plot->count; r++) {
        const double share = (plot->rows[r].known - plot->low) / (plot->high - plot->low);
        if (plot->rows[r].trained && share >= 0 && share < 1) {
            const size_t bin = (size_t)(share * BINS);
            most = ++bins[bin] > most ? bins[bin] : most;
        }
    }
    adatom_set_color(cairo, adatom_color_mix(adatom_color_pale, adatom_color_build, 0.35), 1);
    const double width = frame->width / BINS;
    for (int b = 0; b < BINS && most > 0; b++) {
        const double height = 0.55 * frame->height * (double)bins[b] / (double)most;
        cairo_rectangle(cairo, frame->left + b * width, frame->top + frame->height - height, width,
                        height);
    }
    cairo_fill(cairo);
}

static void draw_points(cairo_t *cairo, const prediction_plot *plot, const adatom_plot_frame *frame,
                        bool against_x)
{
    const size_t step = plot->count / POINTS_MAX + 1;
    adatom_set_color(cairo, adatom_color_best, 0.7);
    for (size_t r = 0; r < plot->count; r += step) {
        const prediction_row *row = &plot->rows[r];
        if (!row->trained && isfinite(row->known) && isfinite(row->predicted)) {
            cairo_arc(
                cairo, adatom_plot_x(frame, against_x ? row->x : row->known),
                adatom_plot_y(frame, against_x ? row->predicted - row->known : row->predicted), 2,
                0, 6.2832);
            cairo_fill(cairo);
        }
    }
}

static void draw_parity(cairo_t *cairo, const void *context)
{
    const prediction_plot *plot = context;
    const adatom_plot_frame frame = {.left = 80,
                                     .top = 40,
                                     .width = 480,
                                     .height = 480,
                                     .x_min = plot->low,
                                     .x_max = plot->high,
                                     .y_min = plot->low,
                                     .y_max = plot->high};
    char x_name[NAME_SIZE + 16], y_name[NAME_SIZE + 16];
    snprintf(x_name, sizeof x_name, "true, %s", plot->unit);
    snprintf(y_name, sizeof y_name, "predicted, %s", plot->unit);
    draw_distribution(cairo, plot, &frame);
    adatom_plot_axes(cairo, &frame, x_name, y_name, false);
    adatom_set_color(cairo, adatom_color_muted, 1);
    cairo_set_line_width(cairo, 1);
    cairo_move_to(cairo, frame.left, frame.top + frame.height);
    cairo_line_to(cairo, frame.left + frame.width, frame.top);
    cairo_stroke(cairo);
    draw_points(cairo, plot, &frame, false);
    const double next = adatom_plot_legend(cairo, frame.left, 22, ADATOM_MARK_DOT,
                                           adatom_color_best, "not trained on");
    adatom_plot_legend(cairo, next, 22, ADATOM_MARK_SQUARE,
                       adatom_color_mix(adatom_color_pale, adatom_color_build, 0.35),
                       "distribution of the data trained on");
}

/* ---- along a trajectory */

static void draw_line(cairo_t *cairo, const prediction_plot *plot, const adatom_plot_frame *frame,
                      bool known, adatom_color color)
{
    adatom_set_color(cairo, color, 1);
    cairo_set_line_width(cairo, 1.4);
    bool open = false;
    for (size_t r = 0; r < plot->count; r++) {
        const prediction_row *row = &plot->rows[r];
        const double y = known ? row->known : row->predicted;
        if (!isfinite(y) || !isfinite(row->x)) {
            open = false;
            continue;
        }
        (open ? cairo_line_to : cairo_move_to)(cairo, adatom_plot_x(frame, row->x),
                                               adatom_plot_y(frame, y));
        open = true;
    }
    cairo_stroke(cairo);
}

static void draw_series(cairo_t *cairo, const void *context)
{
    const prediction_plot *plot = context;
    double first = INFINITY, last = -INFINITY, worst = 0;
    for (size_t r = 0; r < plot->count; r++) {
        const prediction_row *row = &plot->rows[r];
        first = fmin(first, row->x);
        last = fmax(last, row->x);
        worst = fmax(worst, isfinite(row->known) ? fabs(row->predicted - row->known) : 0);
    }
    const bool timed = strcmp(plot->first, "time") == 0;
    const char *x_name = timed ? "time, fs" : "structure";
    last = last > first ? last : first + 1;
    const adatom_plot_frame above = {.left = 90,
                                     .top = 40,
                                     .width = 960,
                                     .height = 260,
                                     .x_min = first,
                                     .x_max = last,
                                     .y_min = plot->low,
                                     .y_max = plot->high};
    adatom_plot_frame below = above;
    below.top = 360;
    below.height = 130;
    below.y_max = worst > 0 ? 1.1 * worst : 1;
    below.y_min = -below.y_max;
    adatom_plot_axes(cairo, &above, x_name, plot->unit, !timed);
    draw_line(cairo, plot, &above, true, adatom_color_ink);
    draw_line(cairo, plot, &above, false, adatom_color_target);
    const double next =
        adatom_plot_legend(cairo, above.left, 22, ADATOM_MARK_LINE, adatom_color_ink, "true");
    adatom_plot_legend(cairo, next, 22, ADATOM_MARK_LINE, adatom_color_target, "predicted");
    char name[NAME_SIZE + 24];
    snprintf(name, sizeof name, "predicted \342\210\222 true, %s", plot->unit);
    adatom_plot_axes(cairo, &below, x_name, name, !timed);
    draw_points(cairo, plot, &below, true);
}

adatom_status adatom_report_predictions(const char *table, const char *path)
{
    prediction_plot plot = {0};
    char *text;
    size_t length;
    ADATOM_TRY(adatom_text_file_read(table, TABLE_SIZE_MAX, &text, &length));
    adatom_plain_numbers numbers = adatom_plain_numbers_begin();
    adatom_status status = read_rows(text, table, &plot);
    if (status == ADATOM_OK) {
        const bool parity = strcmp(plot.first, "set") == 0;
        const adatom_picture picture = {parity ? 600 : 1080, parity ? 580 : 550,
                                        parity ? draw_parity : draw_series, &plot,
                                        "Predicted and true values"};
        status = adatom_picture_write(&picture, path);
    }
    adatom_plain_numbers_end(&numbers);
    free(plot.rows);
    free(text);
    return status;
}
