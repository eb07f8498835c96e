#include "report/plot.h"

#include <math.h>
#include <stdio.h>

double adatom_plot_x(const adatom_plot_frame *frame, double x)
{
    return frame->left + frame->width * (x - frame->x_min) / (frame->x_max - frame->x_min);
}

double adatom_plot_y(const adatom_plot_frame *frame, double y)
{
    return frame->top + frame->height * (frame->y_max - y) / (frame->y_max - frame->y_min);
}

double adatom_plot_step(double range, int aim)
{
    if (!(range > 0) || !isfinite(range)) {
        return 1;
    }
    const double power = pow(10, floor(log10(range / aim)));
    const double factors[] = {1, 2, 2.5, 5, 10};
    for (int i = 0; i < 5; i++) {
        if (factors[i] * power * aim >= range * 0.999) {
            return factors[i] * power;
        }
    }
    return 10 * power;
}

/* As many decimals as the step has. */
static void tick_text(double value, double step, char *text, size_t size)
{
    int decimals = 0;
    for (double s = step; decimals < 6 && fabs(s - nearbyint(s)) > 1e-6 * s; s *= 10) {
        decimals++;
    }
    const double shown = fabs(value) < 1e-9 * step ? 0 : value;
    (void)snprintf(text, size, "%.*f", decimals, shown);
}

static void draw_x_axis(cairo_t *cairo, const adatom_plot_frame *frame, const char *name,
                        bool whole)
{
    const int aim = frame->width < 450 ? (int)fmax(frame->width / 45, 2) : 10;
    double step = adatom_plot_step(frame->x_max - frame->x_min, aim);
    step = whole && step < 1 ? 1 : step;
    step = whole ? ceil(step) : step;
    const double bottom = frame->top + frame->height;
    for (double k = ceil(frame->x_min / step); k * step <= frame->x_max * (1 + 1e-12); k++) {
        const double x = adatom_plot_x(frame, k * step);
        char text[48];
        tick_text(k * step, step, text, sizeof text);
        adatom_set_color(cairo, adatom_color_muted, 1);
        cairo_set_line_width(cairo, 1);
        cairo_move_to(cairo, x, bottom);
        cairo_line_to(cairo, x, bottom + 5);
        cairo_stroke(cairo);
        adatom_draw_text(cairo, x, bottom + 19, 0.5, 12.5, text);
    }
    adatom_draw_text(cairo, frame->left + frame->width / 2, bottom + 40, 0.5, 13.5, name);
}

void adatom_plot_y_axis(cairo_t *cairo, const adatom_plot_frame *frame, const char *name)
{
    const double step = adatom_plot_step(frame->y_max - frame->y_min, 6);
    for (double k = ceil(frame->y_min / step - 1e-9); k * step <= frame->y_max + 1e-9 * step; k++) {
        const double y = adatom_plot_y(frame, k * step);
        char text[48];
        tick_text(k * step, step, text, sizeof text);
        adatom_set_color(cairo, adatom_color_line, 1);
        cairo_set_line_width(cairo, 1);
        cairo_move_to(cairo, frame->left, y);
        cairo_line_to(cairo, frame->left + frame->width, y);
        cairo_stroke(cairo);
        adatom_set_color(cairo, adatom_color_muted, 1);
        adatom_draw_text(cairo, frame->left - 8, y + 4.5, 1, 12.5, text);
    }
    cairo_save(cairo);
    cairo_translate(cairo, frame->left - 54, frame->top + frame->height / 2);
    cairo_rotate(cairo, -M_PI / 2);
    adatom_draw_text(cairo, 0, 0, 0.5, 13.5, name);
    cairo_restore(cairo);
}

void adatom_plot_axes(cairo_t *cairo, const adatom_plot_frame *frame, const char *x_name,
                      const char *y_name, bool whole_x)
{
    adatom_plot_y_axis(cairo, frame, y_name);
    draw_x_axis(cairo, frame, x_name, whole_x);
    adatom_set_color(cairo, adatom_color_muted, 1);
    cairo_set_line_width(cairo, 1);
    cairo_move_to(cairo, frame->left, frame->top);
    cairo_line_to(cairo, frame->left, frame->top + frame->height);
    cairo_line_to(cairo, frame->left + frame->width, frame->top + frame->height);
    cairo_stroke(cairo);
}

static void draw_line_mark(cairo_t *cairo, bool dashed, double x, double y)
{
    const double dashes[] = {7, 4};
    cairo_set_line_width(cairo, 2.2);
    cairo_set_dash(cairo, dashes, dashed ? 2 : 0, 0);
    cairo_move_to(cairo, x - 11, y);
    cairo_line_to(cairo, x + 11, y);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
}

void adatom_plot_draw_mark(cairo_t *cairo, adatom_plot_mark mark, adatom_color color, double x,
                           double y)
{
    adatom_set_color(cairo, color, 1);
    cairo_new_path(cairo);
    switch (mark) {
    case ADATOM_MARK_LINE:
    case ADATOM_MARK_DASHES:
        draw_line_mark(cairo, mark == ADATOM_MARK_DASHES, x, y);
        return;
    case ADATOM_MARK_DOT:
        cairo_arc(cairo, x, y, 3.2, 0, 2 * M_PI);
        break;
    case ADATOM_MARK_TRIANGLE:
        cairo_move_to(cairo, x, y - 4);
        cairo_line_to(cairo, x + 3.4, y + 2.4);
        cairo_line_to(cairo, x - 3.4, y + 2.4);
        cairo_close_path(cairo);
        break;
    case ADATOM_MARK_SQUARE:
        cairo_rectangle(cairo, x - 6, y - 6, 12, 12);
        break;
    }
    cairo_fill(cairo);
}

double adatom_plot_legend(cairo_t *cairo, double x, double y, adatom_plot_mark mark,
                          adatom_color color, const char *text)
{
    const bool wide = mark == ADATOM_MARK_LINE || mark == ADATOM_MARK_DASHES;
    const double half = wide ? 11 : 6;
    adatom_plot_draw_mark(cairo, mark, color, x + half, y - 4.5);
    adatom_set_color(cairo, adatom_color_ink, 1);
    adatom_draw_text(cairo, x + 2 * half + 6, y, 0, 13, text);
    return x + 2 * half + 6 + adatom_text_width(cairo, 13, text) + 24;
}
