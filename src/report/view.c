#include "report/view.h"

#include <math.h>
#include <string.h>

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* False for a vector that is (nearly) zero. */
static bool normalize(double vector[3])
{
    const double length = sqrt(dot(vector, vector));
    if (!(length > 1e-9)) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        vector[i] /= length;
    }
    return true;
}

adatom_view adatom_view_from_vectors(const double first[3], const double second[3])
{
    adatom_view view;
    memcpy(view.right, first, sizeof view.right);
    bool plane = normalize(view.right);
    cross(first, second, view.toward);
    plane = plane && normalize(view.toward);
    if (!plane) {
        return (adatom_view){{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    }
    cross(view.toward, view.right, view.up);
    return view;
}

/* From the side and a little from above: what stands on a surface, and all of a cluster, is seen.
 */
static adatom_view view_from_side(const adatom_view *above)
{
    const double aside = 0.28, down = 0.3; /* radians */
    adatom_view view;
    double away[3];
    for (int k = 0; k < 3; k++) {
        view.right[k] = cos(aside) * above->right[k] + sin(aside) * above->up[k];
        away[k] = cos(aside) * above->up[k] - sin(aside) * above->right[k];
        view.up[k] = cos(down) * above->toward[k] + sin(down) * away[k];
    }
    cross(view.right, view.up, view.toward);
    return view;
}

adatom_view adatom_view_choose(const adatom_run_grid *grid, const double cell[3][3])
{
    if (grid->known && grid->dimensions == 3) {
        const adatom_view above = adatom_view_from_vectors(grid->vectors[0], grid->vectors[1]);
        return view_from_side(&above);
    }
    return grid->known ? adatom_view_from_vectors(grid->vectors[0], grid->vectors[1])
                       : adatom_view_from_vectors(cell[0], cell[1]);
}

adatom_view_point adatom_view_project(const adatom_view *view, const double position[3])
{
    return (adatom_view_point){dot(view->right, position), dot(view->up, position),
                               dot(view->toward, position)};
}

adatom_view_box adatom_view_box_empty(void)
{
    return (adatom_view_box){HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL};
}

void adatom_view_box_include(adatom_view_box *box, adatom_view_point point, double margin)
{
    box->x_min = fmin(box->x_min, point.x - margin);
    box->x_max = fmax(box->x_max, point.x + margin);
    box->y_min = fmin(box->y_min, point.y - margin);
    box->y_max = fmax(box->y_max, point.y + margin);
}

void adatom_view_set(cairo_t *cairo, const adatom_view_box *box, double width)
{
    const double scale = width / (box->x_max - box->x_min);
    cairo_scale(cairo, scale, -scale);
    cairo_translate(cairo, -box->x_min, -box->y_max);
}

static void draw_outlined(cairo_t *cairo, adatom_view_point center, double radius,
                          adatom_color outline, double opacity)
{
    cairo_new_path(cairo);
    cairo_arc(cairo, center.x, center.y, radius, 0, 2 * M_PI);
    cairo_fill_preserve(cairo);
    cairo_set_line_width(cairo, 0.08 * radius);
    adatom_set_color(cairo, outline, opacity);
    cairo_stroke(cairo);
}

void adatom_draw_ball(cairo_t *cairo, adatom_view_point center, double radius, int atomic_number,
                      double haze)
{
    const adatom_color white = {1, 1, 1}, black = {0, 0, 0};
    const adatom_color color =
        adatom_color_mix(adatom_color_element(atomic_number), adatom_color_pale, haze);
    const adatom_color light = adatom_color_mix(color, white, 0.55);
    const adatom_color dark = adatom_color_mix(color, black, 0.35);
    cairo_pattern_t *shade = cairo_pattern_create_radial(
        center.x - 0.35 * radius, center.y + 0.38 * radius, 0.05 * radius, center.x - 0.1 * radius,
        center.y + 0.1 * radius, 1.15 * radius);
    cairo_pattern_add_color_stop_rgb(shade, 0, light.red, light.green, light.blue);
    cairo_pattern_add_color_stop_rgb(shade, 0.45, color.red, color.green, color.blue);
    cairo_pattern_add_color_stop_rgb(shade, 1, dark.red, dark.green, dark.blue);
    cairo_set_source(cairo, shade);
    cairo_pattern_destroy(shade);
    draw_outlined(cairo, center, radius, adatom_color_mix(color, black, 0.55 - 0.3 * haze), 1);
}

void adatom_draw_colored_disk(cairo_t *cairo, adatom_view_point center, double radius,
                              adatom_color color, double opacity)
{
    adatom_set_color(cairo, color, opacity);
    draw_outlined(cairo, center, radius, adatom_color_muted, opacity);
}

void adatom_draw_disk(cairo_t *cairo, adatom_view_point center, double radius, int atomic_number,
                      double opacity)
{
    const adatom_color white = {1, 1, 1}, black = {0, 0, 0};
    const adatom_color color = adatom_color_element(atomic_number);
    adatom_set_color(cairo, color, opacity);
    draw_outlined(cairo, center, radius, adatom_color_mix(color, black, 0.5), opacity);
    if (opacity < 0.5) {
        return;
    }
    adatom_set_color(cairo, adatom_color_mix(color, white, 0.6), opacity);
    cairo_arc(cairo, center.x - 0.33 * radius, center.y + 0.36 * radius, 0.26 * radius, 0,
              2 * M_PI);
    cairo_fill(cairo);
}

void adatom_draw_template_mark(cairo_t *cairo, adatom_view_point center, double radius,
                               double opacity)
{
    const double width = fmin(0.3 * radius, 0.11);
    cairo_new_path(cairo);
    cairo_arc(cairo, center.x, center.y, 1.04 * radius + 0.5 * width, 0, 2 * M_PI);
    cairo_set_line_width(cairo, width);
    adatom_set_color(cairo, adatom_color_template, opacity);
    cairo_stroke(cairo);
}
