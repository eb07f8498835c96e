#include "report/kernel_chart.h"

#include "adatom/structure.h"

#include <math.h>
#include <stdio.h>

enum { PROFILE_POINTS = 240, CURVES_MAX = 8 };

static size_t curve_count(const adatom_representation *image)
{
    const size_t count =
        image->kind == ADATOM_REPRESENTATION_ANGULAR ? image->ring_count : image->element_count;
    return count < CURVES_MAX ? count : CURVES_MAX;
}

/* How far kernels reach: four widths beyond the last ring. */
static double reach_of(const adatom_representation *image)
{
    double reach = 0.2;
    for (size_t k = 0; k < image->ring_count; k++) {
        reach = fmax(reach, image->rings[k][1] + 4 * image->rings[k][0]);
    }
    return reach;
}

/* Curves in one colour family where they are channels of one element, else that of the elements. */
static adatom_color curve_color(const adatom_representation *image, size_t curve)
{
    if (image->kind != ADATOM_REPRESENTATION_ANGULAR) {
        return adatom_color_mix(adatom_color_element(image->elements[curve]), adatom_color_ink,
                                0.35);
    }
    return adatom_color_mix(adatom_color_build, adatom_color_best,
                            (double)curve / fmax(1, (double)curve_count(image) - 1));
}

static void name_curve(const adatom_representation *image, size_t curve, char *text, size_t size)
{
    if (image->kind == ADATOM_REPRESENTATION_ANGULAR) {
        (void)snprintf(text, size, "m = %.0f", image->rings[curve][2]);
    } else {
        const char *symbol = adatom_element_symbol(image->elements[curve]);
        (void)snprintf(text, size, "%s", symbol != NULL ? symbol : "?");
    }
}

static adatom_plot_frame frame_of_profiles(const adatom_representation *image)
{
    adatom_plot_frame frame = {.left = 66,
                               .top = 30,
                               .width = ADATOM_KERNEL_CHART_WIDTH - 82,
                               .height = ADATOM_KERNEL_CHART_HEIGHT - 80,
                               .x_max = reach_of(image),
                               .y_max = 1e-3};
    for (size_t curve = 0; curve < curve_count(image); curve++) {
        for (int i = 0; i <= PROFILE_POINTS; i++) {
            const double value =
                adatom_representation_kernel(image, curve, frame.x_max * i / PROFILE_POINTS);
            frame.y_max = fmax(frame.y_max, 1.05 * value);
            frame.y_min = fmin(frame.y_min, 1.05 * value);
        }
    }
    return frame;
}

void adatom_kernel_draw_profile(cairo_t *cairo, const void *context)
{
    const adatom_representation *image = context;
    const adatom_plot_frame frame = frame_of_profiles(image);
    double x = frame.left;
    adatom_plot_axes(cairo, &frame, "distance from the atom / \u00c5", "kernel", false);
    for (size_t curve = 0; curve < curve_count(image); curve++) {
        char name[32];
        adatom_set_color(cairo, curve_color(image, curve), 1);
        cairo_set_line_width(cairo, 2);
        cairo_new_path(cairo);
        for (int i = 0; i <= PROFILE_POINTS; i++) {
            const double r = frame.x_max * i / PROFILE_POINTS;
            cairo_line_to(cairo, adatom_plot_x(&frame, r),
                          adatom_plot_y(&frame, adatom_representation_kernel(image, curve, r)));
        }
        cairo_stroke(cairo);
        name_curve(image, curve, name, sizeof name);
        x = adatom_plot_legend(cairo, x, 16, ADATOM_MARK_LINE, curve_color(image, curve), name);
    }
}

static adatom_plot_frame frame_of_bars(const adatom_representation *image)
{
    adatom_plot_frame frame = {.left = 66,
                               .top = 30,
                               .width = ADATOM_KERNEL_CHART_WIDTH - 82,
                               .height = ADATOM_KERNEL_CHART_HEIGHT - 80,
                               .x_max = (double)image->ring_count,
                               .y_max = 1e-3};
    for (size_t i = 0; i < image->element_count * image->ring_count; i++) {
        frame.y_max = fmax(frame.y_max, 1.05 * (double)image->coefficients[i]);
        frame.y_min = fmin(frame.y_min, 1.05 * (double)image->coefficients[i]);
    }
    return frame;
}

/* The coefficients of one basis kernel, elements side by side, and its width or radius below. */
static void draw_bars(cairo_t *cairo, const adatom_representation *image,
                      const adatom_plot_frame *frame, size_t ring)
{
    const double pitch = 0.8 / (double)image->element_count;
    const bool displaced = image->kind == ADATOM_REPRESENTATION_DISPLACED;
    char text[32];
    for (size_t element = 0; element < image->element_count; element++) {
        const double value = (double)image->coefficients[element * image->ring_count + ring];
        const double left = (double)ring + 0.1 + pitch * (double)element;
        const double x = adatom_plot_x(frame, left), y = adatom_plot_y(frame, 0);
        adatom_set_color(cairo, adatom_color_diverging(value < 0 ? -0.7 : 0.7), 1);
        cairo_rectangle(cairo, x, y, adatom_plot_x(frame, left + 0.9 * pitch) - x,
                        adatom_plot_y(frame, value) - y);
        cairo_fill(cairo);
    }
    adatom_set_color(cairo, adatom_color_muted, 1);
    (void)snprintf(text, sizeof text, "%.2f", image->rings[ring][displaced ? 1 : 0]);
    adatom_draw_text(cairo, adatom_plot_x(frame, (double)ring + 0.5),
                     frame->top + frame->height + 18, 0.5, 11.5, text);
}

void adatom_kernel_draw_coefficients(cairo_t *cairo, const void *context)
{
    const adatom_representation *image = context;
    const adatom_plot_frame frame = frame_of_bars(image);
    const bool displaced = image->kind == ADATOM_REPRESENTATION_DISPLACED;
    adatom_plot_y_axis(cairo, &frame, "coefficient");
    for (size_t ring = 0; ring < image->ring_count; ring++) {
        draw_bars(cairo, image, &frame, ring);
    }
    adatom_set_color(cairo, adatom_color_muted, 1);
    adatom_draw_text(cairo, frame.left + frame.width / 2, frame.top + frame.height + 40, 0.5, 13.5,
                     displaced ? "radius of the ring / \u00c5" : "width of the Gaussian / \u00c5");
}
