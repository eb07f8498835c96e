#include "report/ensemble_charts.h"

#include <math.h>

adatom_color adatom_ensemble_color(size_t place)
{
    static const adatom_color colors[] = {
        {0.07, 0.35, 0.62}, {0.85, 0.42, 0.05}, {0.10, 0.55, 0.33}, {0.66, 0.16, 0.40},
        {0.42, 0.34, 0.68}, {0.45, 0.36, 0.20}, {0.00, 0.58, 0.64}, {0.35, 0.40, 0.46},
    };
    return colors[place % (sizeof colors / sizeof colors[0])];
}

static const char *const axis_titles[ADATOM_AXIS_COUNT] = {"episodes", "energy evaluations",
                                                           "CPU hours"};

static double last_time(const adatom_success_curve *curve)
{
    return curve->points[curve->count - 1].time;
}

/* With more ensembles than this, bands hide each other: the intervals of n50 are shown alone. */
enum { BANDS_MAX = 3, LEGEND_ROW = 5 };

static adatom_plot_frame plan(const adatom_success_chart *chart)
{
    adatom_plot_frame frame = {.left = 72,
                               .top = chart->views->count > LEGEND_ROW ? 58 : 40,
                               .width = ADATOM_CHART_WIDTH - 88,
                               .y_max = 100};
    frame.height = ADATOM_CHART_HEIGHT - 56 - frame.top;
    for (size_t i = 0; i < chart->views->count; i++) {
        frame.x_max = fmax(frame.x_max, last_time(&chart->views->list[i].curves[chart->axis]));
    }
    frame.x_max = frame.x_max > 0 ? frame.x_max : 1;
    return frame;
}

typedef enum band_side { BAND_SHARE, BAND_LOWER, BAND_UPPER } band_side;

static double height_of(const adatom_success_point *point, band_side side)
{
    return 100 * (side == BAND_SHARE   ? point->share
                  : side == BAND_LOWER ? point->lower
                                       : point->upper);
}

/* Steps from left to right: a value holds until the next point. */
static void trace(cairo_t *cairo, const adatom_plot_frame *frame, const adatom_success_curve *curve,
                  band_side side)
{
    for (size_t i = 0; i < curve->count; i++) {
        const double x = adatom_plot_x(frame, curve->points[i].time);
        if (i > 0) {
            cairo_line_to(cairo, x, adatom_plot_y(frame, height_of(&curve->points[i - 1], side)));
        }
        cairo_line_to(cairo, x, adatom_plot_y(frame, height_of(&curve->points[i], side)));
    }
}

static void trace_back(cairo_t *cairo, const adatom_plot_frame *frame,
                       const adatom_success_curve *curve, band_side side)
{
    for (size_t i = curve->count; i-- > 0;) {
        const double x = adatom_plot_x(frame, curve->points[i].time);
        cairo_line_to(cairo, x, adatom_plot_y(frame, height_of(&curve->points[i], side)));
        if (i > 0) {
            cairo_line_to(cairo, x, adatom_plot_y(frame, height_of(&curve->points[i - 1], side)));
        }
    }
}

static void draw_band(cairo_t *cairo, const adatom_plot_frame *frame,
                      const adatom_success_curve *curve, adatom_color color)
{
    cairo_new_path(cairo);
    trace(cairo, frame, curve, BAND_UPPER);
    trace_back(cairo, frame, curve, BAND_LOWER);
    cairo_close_path(cairo);
    adatom_set_color(cairo, color, 0.14);
    cairo_fill(cairo);
}

static void draw_share(cairo_t *cairo, const adatom_plot_frame *frame,
                       const adatom_success_curve *curve, adatom_color color)
{
    cairo_new_path(cairo);
    trace(cairo, frame, curve, BAND_SHARE);
    cairo_set_line_width(cairo, 2.4);
    adatom_set_color(cairo, color, 1);
    cairo_stroke(cairo);
}

static void draw_median(cairo_t *cairo, const adatom_plot_frame *frame, double time,
                        adatom_color color)
{
    const double dashes[] = {4, 4};
    if (!isfinite(time)) {
        return;
    }
    const double x = adatom_plot_x(frame, time);
    cairo_set_line_width(cairo, 1.4);
    cairo_set_dash(cairo, dashes, 2, 0);
    cairo_move_to(cairo, x, adatom_plot_y(frame, 50));
    cairo_line_to(cairo, x, adatom_plot_y(frame, 0));
    adatom_set_color(cairo, color, 0.8);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
}

/* n50 and its interval, each ensemble on a line of its own around one half; an interval without an
 * end goes on to the border. */
static void draw_interval(cairo_t *cairo, const adatom_plot_frame *frame,
                          const adatom_median *median, double line, adatom_color color)
{
    const double y = adatom_plot_y(frame, 50) + 8 * line, end = frame->left + frame->width;
    const double left = isfinite(median->lower) ? adatom_plot_x(frame, median->lower) : end;
    const double right = isfinite(median->upper) ? adatom_plot_x(frame, median->upper) : end;
    cairo_set_line_width(cairo, 2);
    cairo_move_to(cairo, left, y);
    cairo_line_to(cairo, right, y);
    adatom_set_color(cairo, color, 0.55);
    cairo_stroke(cairo);
    if (isfinite(median->value)) {
        adatom_plot_draw_mark(cairo, ADATOM_MARK_DOT, color, adatom_plot_x(frame, median->value),
                              y);
    }
}

/* One row of labels, or two. */
static void draw_legend(cairo_t *cairo, const adatom_plot_frame *frame,
                        const adatom_ensemble_views *views)
{
    const size_t row = views->count > LEGEND_ROW ? (views->count + 1) / 2 : views->count;
    double legend = frame->left;
    for (size_t i = 0; i < views->count; i++) {
        legend = i == row ? frame->left : legend;
        legend = adatom_plot_legend(cairo, legend, i < row ? 18 : 38, ADATOM_MARK_LINE,
                                    adatom_ensemble_color(i), views->list[i].label);
    }
}

static void draw_half(cairo_t *cairo, const adatom_plot_frame *frame)
{
    const double y = adatom_plot_y(frame, 50);
    cairo_set_line_width(cairo, 1);
    cairo_move_to(cairo, frame->left, y);
    cairo_line_to(cairo, frame->left + frame->width, y);
    adatom_set_color(cairo, adatom_color_muted, 0.6);
    cairo_stroke(cairo);
}

void adatom_success_draw(cairo_t *cairo, const void *context)
{
    const adatom_success_chart *chart = context;
    const adatom_plot_frame frame = plan(chart);
    const size_t count = chart->views->count;
    adatom_plot_axes(cairo, &frame, axis_titles[chart->axis], "agents that succeeded (%)",
                     chart->axis != ADATOM_AXIS_CPU_HOURS);
    draw_half(cairo, &frame);
    draw_legend(cairo, &frame, chart->views);
    for (size_t i = 0; i < count && count <= BANDS_MAX; i++) {
        draw_band(cairo, &frame, &chart->views->list[i].curves[chart->axis],
                  adatom_ensemble_color(i));
        draw_median(cairo, &frame, chart->views->list[i].medians[chart->axis].value,
                    adatom_ensemble_color(i));
    }
    for (size_t i = 0; i < count; i++) {
        draw_share(cairo, &frame, &chart->views->list[i].curves[chart->axis],
                   adatom_ensemble_color(i));
    }
    for (size_t i = 0; i < count && count > BANDS_MAX; i++) {
        draw_interval(cairo, &frame, &chart->views->list[i].medians[chart->axis],
                      (double)i - 0.5 * (double)(count - 1), adatom_ensemble_color(i));
    }
}
