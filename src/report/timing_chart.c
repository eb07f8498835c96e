#include "report/charts.h"

#include <math.h>
#include <stdio.h>

const char *const adatom_phase_names[ADATOM_PHASE_COUNT] = {"build", "evaluate", "train"};

adatom_color adatom_phase_color(int phase)
{
    return phase == ADATOM_PHASE_BUILD      ? adatom_color_build
           : phase == ADATOM_PHASE_EVALUATE ? adatom_color_evaluate
                                            : adatom_color_train;
}

adatom_timing_sums adatom_timing_sum(const adatom_run_log *log)
{
    adatom_timing_sums sums = {0};
    for (size_t i = 0; i < log->count; i++) {
        for (int phase = 0; phase < ADATOM_PHASE_COUNT; phase++) {
            sums.seconds[phase] += log->rows[i].seconds[phase];
            sums.total += log->rows[i].seconds[phase];
        }
    }
    return sums;
}

void adatom_timing_draw_total(cairo_t *cairo, const void *context)
{
    const adatom_timing_chart *chart = context;
    const adatom_timing_sums sums = adatom_timing_sum(chart->log);
    const adatom_color white = {1, 1, 1};
    double x = 0;
    for (int phase = 0; phase < ADATOM_PHASE_COUNT && sums.total > 0; phase++) {
        const double share = sums.seconds[phase] / sums.total;
        const double width = share * chart->width;
        adatom_set_color(cairo, adatom_phase_color(phase), 1);
        cairo_rectangle(cairo, x, 0, fmax(width - 1.5, 0.5), chart->height);
        cairo_fill(cairo);
        char text[64];
        (void)snprintf(text, sizeof text, "%s %.0f %%", adatom_phase_names[phase], 100 * share);
        if (adatom_text_width(cairo, 13, text) + 14 < width) {
            adatom_set_color(cairo, phase == ADATOM_PHASE_EVALUATE ? adatom_color_ink : white, 1);
            adatom_draw_text(cairo, x + width / 2, chart->height / 2 + 4.5, 0.5, 13, text);
        }
        x += width;
    }
}

enum { COLUMN_LIMIT = 64 };

/* Mean seconds per episode in equal parts of the run. */
typedef struct timing_columns {
    int count;
    double means[COLUMN_LIMIT][ADATOM_PHASE_COUNT];
    double tallest;
} timing_columns;

static timing_columns gather_columns(const adatom_run_log *log)
{
    timing_columns columns = {.count = log->count < COLUMN_LIMIT ? (int)log->count : COLUMN_LIMIT};
    for (int c = 0; c < columns.count; c++) {
        const size_t from = log->count * (size_t)c / (size_t)columns.count;
        const size_t to = log->count * ((size_t)c + 1) / (size_t)columns.count;
        double sum = 0;
        for (int phase = 0; phase < ADATOM_PHASE_COUNT; phase++) {
            for (size_t i = from; i < to; i++) {
                columns.means[c][phase] += log->rows[i].seconds[phase] / (double)(to - from);
            }
            sum += columns.means[c][phase];
        }
        columns.tallest = fmax(columns.tallest, sum);
    }
    return columns;
}

static void draw_column(cairo_t *cairo, const adatom_plot_frame *frame, const double *means,
                        double unit, double left, double right)
{
    double base = 0;
    for (int phase = 0; phase < ADATOM_PHASE_COUNT; phase++) {
        const double top = base + means[phase] * unit;
        const double y = adatom_plot_y(frame, top);
        adatom_set_color(cairo, adatom_phase_color(phase), 1);
        cairo_rectangle(cairo, left, y, right - left, adatom_plot_y(frame, base) - y);
        cairo_fill(cairo);
        base = top;
    }
}

void adatom_timing_draw_course(cairo_t *cairo, const void *context)
{
    const adatom_timing_chart *chart = context;
    const timing_columns columns = gather_columns(chart->log);
    const double unit = columns.tallest < 1 ? 1000 : 1;
    adatom_plot_frame frame = {
        .left = 72, .top = 34, .width = chart->width - 88, .height = chart->height - 88};
    frame.x_min = (double)chart->log->rows[0].episode;
    frame.x_max = fmax((double)chart->log->rows[chart->log->count - 1].episode, frame.x_min + 1);
    frame.y_max = columns.tallest > 0 ? 1.06 * columns.tallest * unit : 1;
    adatom_plot_axes(cairo, &frame, "episode", unit > 1 ? "ms per episode" : "s per episode", true);
    for (int c = 0; c < columns.count; c++) {
        const double left = frame.left + frame.width * c / columns.count;
        const double right = frame.left + frame.width * (c + 1) / columns.count;
        draw_column(cairo, &frame, columns.means[c], unit, left + 0.8, right - 0.8);
    }
    double x = frame.left;
    for (int phase = 0; phase < ADATOM_PHASE_COUNT; phase++) {
        x = adatom_plot_legend(cairo, x, 16, ADATOM_MARK_SQUARE, adatom_phase_color(phase),
                               adatom_phase_names[phase]);
    }
}
