/* Principal components (Fung et al. 2022, Fig. 6) and distributions of the property. */
#include "report/generation.h"
#include "report/plot.h"

#include <math.h>
#include <stdio.h>

enum { ACROSS = 3, PITCH = 360, PANEL_HEIGHT = 340, BAND = 44, BINS = 70, SHOWN = 300 };
enum { TOLERANCE = 5 }; /* column of fingerprints.csv */

static size_t panels(const adatom_generation *g)
{
    return g->fingerprints.count;
}

static double height(const adatom_generation *g)
{
    return BAND + PANEL_HEIGHT * ceil((double)panels(g) / ACROSS);
}

double adatom_components_height(const adatom_generation *g)
{
    return height(g);
}

double adatom_properties_height(const adatom_generation *g)
{
    return height(g);
}

static adatom_plot_frame place_panel(size_t panel)
{
    return (adatom_plot_frame){.left = 74 + PITCH * (double)(panel % ACROSS),
                               .top = BAND + 30 + PANEL_HEIGHT * (double)(panel / ACROSS),
                               .width = PITCH - 96,
                               .height = PANEL_HEIGHT - 90};
}

static void draw_title(cairo_t *cairo, const adatom_generation *g, size_t panel,
                       const adatom_plot_frame *frame)
{
    char text[64];
    snprintf(text, sizeof text, "target %g", g->fingerprints.rows[panel][ADATOM_GENERATION_TARGET]);
    adatom_set_color(cairo, adatom_color_ink, 1);
    adatom_draw_text(cairo, frame->left + 2, frame->top - 8, 0, 14, text);
}

static bool is_of(const adatom_generation *g, size_t row, size_t panel)
{
    return g->draws.rows[row][ADATOM_GENERATION_TARGET] ==
           g->fingerprints.rows[panel][ADATOM_GENERATION_TARGET];
}

static bool is_data(const adatom_generation *g, size_t row)
{
    return isnan(g->draws.rows[row][ADATOM_GENERATION_TARGET]);
}

/* ---- colours of the property: violet, green, orange; lightness rises */

static adatom_color property_color(const adatom_generation *g, double value)
{
    static const adatom_color stops[] = {
        {0.24, 0.10, 0.43}, {0.13, 0.47, 0.58}, {0.45, 0.72, 0.30}, {0.98, 0.72, 0.12}};
    const double share = (value - g->lowest) / (g->highest - g->lowest);
    const double at = 3 * fmin(fmax(share, 0), 1);
    const int below = at < 3 ? (int)at : 2;
    return adatom_color_mix(stops[below], stops[below + 1], at - below);
}

static void draw_color_bar(cairo_t *cairo, const adatom_generation *g, double left)
{
    enum { STEPS = 60 };
    char text[64];
    const double width = 180, top = 12;
    for (int i = 0; i < STEPS; i++) {
        const double value = g->lowest + (g->highest - g->lowest) * (i + 0.5) / STEPS;
        adatom_set_color(cairo, property_color(g, value), 1);
        cairo_rectangle(cairo, left + width * i / STEPS, top, width / STEPS + 0.6, 12);
        cairo_fill(cairo);
    }
    adatom_set_color(cairo, adatom_color_muted, 1);
    snprintf(text, sizeof text, "%.3g", g->lowest);
    adatom_draw_text(cairo, left - 6, top + 11, 1, 12.5, text);
    snprintf(text, sizeof text, "%.3g  property, by the surrogate", g->highest);
    adatom_draw_text(cairo, left + width + 6, top + 11, 0, 12.5, text);
}

/* ---- principal components */

/* The same limits for all panels. */
static void find_limits(const adatom_generation *g, adatom_plot_frame *frame)
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (size_t r = 0; r < g->draws.count; r++) {
        for (int a = 0; a < 2; a++) {
            const double value = g->draws.rows[r][ADATOM_GENERATION_FIRST + a];
            low[a] = isfinite(value) ? fmin(low[a], value) : low[a];
            high[a] = isfinite(value) ? fmax(high[a], value) : high[a];
        }
    }
    for (int a = 0; a < 2; a++) {
        const double margin = 0.05 * (high[a] - low[a]) + 1e-9;
        low[a] -= margin;
        high[a] += margin;
    }
    frame->x_min = low[0];
    frame->x_max = high[0];
    frame->y_min = low[1];
    frame->y_max = high[1];
}

static void draw_point(cairo_t *cairo, const adatom_generation *g, size_t row, bool drawn,
                       const adatom_plot_frame *frame)
{
    const double *values = g->draws.rows[row];
    if (!isfinite(values[ADATOM_GENERATION_FIRST])) {
        return;
    }
    const double x = adatom_plot_x(frame, values[ADATOM_GENERATION_FIRST]);
    const double y = adatom_plot_y(frame, values[ADATOM_GENERATION_SECOND]);
    const adatom_color color = property_color(g, values[ADATOM_GENERATION_PREDICTED]);
    if (drawn) {
        cairo_rectangle(cairo, x - 2.6, y - 2.6, 5.2, 5.2);
        adatom_set_color(cairo, color, 1);
        cairo_fill_preserve(cairo);
        adatom_set_color(cairo, adatom_color_ink, 1);
        cairo_set_line_width(cairo, 0.6);
        cairo_stroke(cairo);
    } else {
        adatom_set_color(cairo, color, 0.45);
        cairo_arc(cairo, x, y, 2.2, 0, 2 * M_PI);
        cairo_fill(cairo);
    }
}

static void draw_component_panel(cairo_t *cairo, const adatom_generation *g, size_t panel)
{
    adatom_plot_frame frame = place_panel(panel);
    find_limits(g, &frame);
    adatom_plot_axes(cairo, &frame, "first component", "second component", false);
    draw_title(cairo, g, panel, &frame);
    cairo_save(cairo);
    cairo_rectangle(cairo, frame.left, frame.top, frame.width, frame.height);
    cairo_clip(cairo);
    for (size_t r = 0; r < g->draws.count; r++) {
        if (is_data(g, r)) {
            draw_point(cairo, g, r, false, &frame);
        }
    }
    size_t shown = 0;
    for (size_t r = 0; r < g->draws.count && shown < SHOWN; r++) {
        if (is_of(g, r, panel)) {
            draw_point(cairo, g, r, true, &frame);
            shown++;
        }
    }
    cairo_restore(cairo);
}

void adatom_components_draw(cairo_t *cairo, const void *context)
{
    const adatom_generation *g = context;
    const double next =
        adatom_plot_legend(cairo, 74, 22, ADATOM_MARK_DOT, adatom_color_muted, "data");
    adatom_plot_legend(cairo, next, 22, ADATOM_MARK_SQUARE, adatom_color_muted, "drawn");
    draw_color_bar(cairo, g, 420);
    for (size_t panel = 0; panel < panels(g); panel++) {
        draw_component_panel(cairo, g, panel);
    }
}

/* ---- distributions of the property */

static const adatom_color on_target = {0.99, 0.91, 0.72};

typedef struct property_bins {
    double counts[BINS];
    double total, tallest;
} property_bins;

static void count_in(const adatom_generation *g, double value, property_bins *bins)
{
    const double share = (value - g->lowest) / (g->highest - g->lowest);
    if (isfinite(share)) {
        bins->total++;
        if (share >= 0 && share < 1) {
            bins->counts[(int)(share * BINS)]++;
        }
    }
}

/* Counts become shares. */
static void finish(property_bins *bins)
{
    for (int b = 0; b < BINS && bins->total > 0; b++) {
        bins->counts[b] /= bins->total;
        bins->tallest = fmax(bins->tallest, bins->counts[b]);
    }
}

static property_bins bins_of_draws(const adatom_generation *g, size_t panel, bool data)
{
    property_bins bins = {.tallest = 0};
    for (size_t r = 0; r < g->draws.count; r++) {
        if (data ? is_data(g, r) : is_of(g, r, panel)) {
            count_in(g, g->draws.rows[r][ADATOM_GENERATION_PREDICTED], &bins);
        }
    }
    finish(&bins);
    return bins;
}

static property_bins bins_of_structures(const adatom_generation *g, size_t panel)
{
    property_bins bins = {.tallest = 0};
    for (size_t f = 0; f < g->frames.count; f++) {
        const adatom_frame *frame = &g->frames.frames[f];
        if (adatom_generation_info(frame, "target") ==
            g->fingerprints.rows[panel][ADATOM_GENERATION_TARGET]) {
            count_in(g, adatom_generation_info(frame, "evaluated"), &bins);
        }
    }
    finish(&bins);
    return bins;
}

static void draw_bars(cairo_t *cairo, const property_bins *bins, const adatom_plot_frame *frame,
                      adatom_color color, double opacity)
{
    const double width = frame->width / BINS;
    adatom_set_color(cairo, color, opacity);
    for (int b = 0; b < BINS; b++) {
        const double y = adatom_plot_y(frame, bins->counts[b]);
        cairo_rectangle(cairo, frame->left + b * width, y, width, frame->top + frame->height - y);
    }
    cairo_fill(cairo);
}

static void draw_steps(cairo_t *cairo, const property_bins *bins, const adatom_plot_frame *frame)
{
    const double width = frame->width / BINS;
    adatom_set_color(cairo, adatom_color_target, 1);
    cairo_set_line_width(cairo, 1.6);
    cairo_move_to(cairo, frame->left, frame->top + frame->height);
    for (int b = 0; b < BINS; b++) {
        const double y = adatom_plot_y(frame, bins->counts[b]);
        cairo_line_to(cairo, frame->left + b * width, y);
        cairo_line_to(cairo, frame->left + (b + 1) * width, y);
    }
    cairo_stroke(cairo);
}

/* What counts as on target. */
static void draw_band(cairo_t *cairo, const adatom_generation *g, size_t panel,
                      const adatom_plot_frame *frame)
{
    const double target = g->fingerprints.rows[panel][ADATOM_GENERATION_TARGET];
    const double tolerance = g->fingerprints.rows[panel][TOLERANCE];
    const double left = adatom_plot_x(frame, fmax(target - tolerance, frame->x_min));
    const double right = adatom_plot_x(frame, fmin(target + tolerance, frame->x_max));
    adatom_set_color(cairo, on_target, 1);
    cairo_rectangle(cairo, left, frame->top, fmax(right - left, 1), frame->height);
    cairo_fill(cairo);
}

static void draw_property_panel(cairo_t *cairo, const adatom_generation *g, size_t panel)
{
    const property_bins data = bins_of_draws(g, panel, true);
    const property_bins draws = bins_of_draws(g, panel, false);
    const property_bins structures = bins_of_structures(g, panel);
    adatom_plot_frame frame = place_panel(panel);
    frame.x_min = g->lowest;
    frame.x_max = g->highest;
    frame.y_max = 1.05 * fmax(fmax(data.tallest, draws.tallest), structures.tallest) + 1e-9;
    draw_band(cairo, g, panel, &frame);
    adatom_plot_axes(cairo, &frame, "property", "share", false);
    draw_title(cairo, g, panel, &frame);
    draw_bars(cairo, &data, &frame, adatom_color_muted, 0.3);
    draw_bars(cairo, &draws, &frame, adatom_color_explore, 0.75);
    if (structures.total > 0) {
        draw_steps(cairo, &structures, &frame);
    }
}

void adatom_properties_draw(cairo_t *cairo, const void *context)
{
    const adatom_generation *g = context;
    double next = adatom_plot_legend(cairo, 74, 22, ADATOM_MARK_SQUARE, adatom_color_explore,
                                     "drawn, by the surrogate");
    next = adatom_plot_legend(cairo, next, 22, ADATOM_MARK_LINE, adatom_color_target,
                              "structures, evaluated");
    next = adatom_plot_legend(cairo, next, 22, ADATOM_MARK_SQUARE,
                              adatom_color_mix(adatom_color_pale, adatom_color_muted, 0.3), "data");
    adatom_plot_legend(cairo, next, 22, ADATOM_MARK_SQUARE, on_target, "on target");
    for (size_t panel = 0; panel < panels(g); panel++) {
        draw_property_panel(cairo, g, panel);
    }
}
