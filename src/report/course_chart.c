#include "base/memory.h"
#include "report/energy_range.h"
#include "report/ensemble_charts.h"

#include <math.h>
#include <stdlib.h>

/* Energies are shown per atom, above the lowest of all; another property as far from the best. */
typedef struct course_plan {
    adatom_plot_frame frame;
    double best, divisor;
    bool is_property, highest; /* the higher the better */
} course_plan;

static double relative(const course_plan *plan, double energy)
{
    const double worse = plan->highest ? plan->best - energy : energy - plan->best;
    return worse / plan->divisor;
}

static void choose_range(const adatom_ensemble_views *views, course_plan *plan)
{
    double top = 0;
    for (size_t i = 0; i < views->count; i++) {
        const adatom_energy_course *course = &views->list[i].course;
        double *values = NULL;
        size_t count = 0;
        if (adatom_allocate(course->count, sizeof *values, &values) == ADATOM_OK) {
            for (size_t k = 0; k < course->count; k++) {
                if (course->points[k].agents > 0) {
                    values[count++] = relative(plan, course->points[k].mean);
                }
            }
        }
        top = fmax(top, adatom_energy_range(values, count));
        free(values);
    }
    plan->frame.y_max = top > 0 ? top : 1;
    plan->frame.y_min = -0.04 * plan->frame.y_max;
}

static course_plan make_plan(const adatom_ensemble_views *views)
{
    course_plan plan = {.frame = {.left = 72,
                                  .top = 40,
                                  .width = ADATOM_CHART_WIDTH - 88,
                                  .height = ADATOM_CHART_HEIGHT - 96},
                        .best = NAN,
                        .divisor = 1,
                        .is_property = views->list[0].members.has_property,
                        .highest = views->list[0].found.highest};
    for (size_t i = 0; i < views->count; i++) {
        const adatom_ensemble_view *view = &views->list[i];
        for (size_t k = 0; k < view->course.count; k++) {
            const adatom_course_point *point = &view->course.points[k];
            if (point->agents > 0) {
                plan.best =
                    plan.highest ? fmax(plan.best, point->highest) : fmin(plan.best, point->lowest);
            }
            plan.frame.x_max = fmax(plan.frame.x_max, (double)view->course.points[k].episode);
        }
        plan.divisor =
            view->atom_count > 0 && !plan.is_property ? (double)view->atom_count : plan.divisor;
    }
    plan.best = isfinite(plan.best) ? plan.best : 0;
    plan.frame.x_max = plan.frame.x_max > 0 ? plan.frame.x_max : 1;
    choose_range(views, &plan);
    return plan;
}

/* Twice the standard error to both sides. */
static void draw_errors(cairo_t *cairo, const course_plan *plan, const adatom_energy_course *course,
                        adatom_color color)
{
    cairo_new_path(cairo);
    for (int side = 1; side >= -1; side -= 2) {
        for (size_t step = 0; step < course->count; step++) {
            const size_t k = side > 0 ? step : course->count - 1 - step;
            const adatom_course_point *point = &course->points[k];
            if (point->agents > 1) {
                const double energy = point->mean + side * 1.96 * point->standard_error;
                cairo_line_to(cairo, adatom_plot_x(&plan->frame, (double)point->episode),
                              adatom_plot_y(&plan->frame, relative(plan, energy)));
            }
        }
    }
    adatom_set_color(cairo, color, 0.16);
    cairo_fill(cairo);
}

static void draw_mean(cairo_t *cairo, const course_plan *plan, const adatom_energy_course *course,
                      adatom_color color)
{
    cairo_new_path(cairo);
    for (size_t k = 0; k < course->count; k++) {
        const adatom_course_point *point = &course->points[k];
        if (point->agents > 0) {
            cairo_line_to(cairo, adatom_plot_x(&plan->frame, (double)point->episode),
                          adatom_plot_y(&plan->frame, relative(plan, point->mean)));
        }
    }
    cairo_set_line_width(cairo, 2.2);
    adatom_set_color(cairo, color, 1);
    cairo_stroke(cairo);
}

void adatom_course_draw(cairo_t *cairo, const void *context)
{
    const adatom_ensemble_views *views = context;
    const course_plan plan = make_plan(views);
    double legend = plan.frame.left;
    adatom_plot_axes(cairo, &plan.frame, "episodes",
                     plan.is_property   ? "property, distance from the best"
                     : plan.divisor > 1 ? "energy above the lowest (eV/atom)"
                                        : "energy above the lowest (eV)",
                     true);
    for (size_t i = 0; i < views->count; i++) {
        legend = adatom_plot_legend(cairo, legend, 18, ADATOM_MARK_LINE, adatom_ensemble_color(i),
                                    views->list[i].label);
    }
    cairo_save(cairo);
    cairo_rectangle(cairo, plan.frame.left, plan.frame.top - 3, plan.frame.width + 4,
                    plan.frame.height + 3);
    cairo_clip(cairo);
    for (size_t i = 0; i < views->count; i++) {
        draw_errors(cairo, &plan, &views->list[i].course, adatom_ensemble_color(i));
        draw_mean(cairo, &plan, &views->list[i].course, adatom_ensemble_color(i));
    }
    cairo_restore(cairo);
}
