#include "report/ensemble_charts.h"

#include <math.h>
#include <stdio.h>

enum { ROW_HEIGHT = 24, TOP = 26, NAME_WIDTH = 330 };

static size_t count_bars(const adatom_ensemble_view *view)
{
    return view->found.count < ADATOM_HISTOGRAM_BARS ? view->found.count : ADATOM_HISTOGRAM_BARS;
}

double adatom_found_height(const adatom_ensemble_view *view)
{
    return TOP + ROW_HEIGHT * (double)count_bars(view) + 12;
}

static void draw_name(cairo_t *cairo, const adatom_ensemble_view *view, size_t place, double y)
{
    const adatom_found_structure *now = &view->found.list[place];
    const double above = (now->energy - view->found.list[0].energy) /
                         (double)(now->structure->atom_count > 0 ? now->structure->atom_count : 1);
    char text[256];
    snprintf(text, sizeof text, "%zu  %s  %s", place + 1, now->pieces, now->symmetry);
    adatom_set_color(cairo, adatom_color_ink, 1);
    adatom_draw_text(cairo, 4, y, 0, 13, text);
    if (view->found.has_property) {
        snprintf(text, sizeof text, "%.4g", now->property);
    } else {
        snprintf(text, sizeof text, place == 0 ? "lowest" : "+%.3f eV/atom", above);
    }
    adatom_set_color(cairo, adatom_color_muted, 1);
    adatom_draw_text(cairo, NAME_WIDTH - 8, y, 1, 12.5, text);
}

/* One bar: agents that found the structure, of which darker those that found nothing lower. */
static void draw_bar(cairo_t *cairo, const adatom_found_structure *now, double scale, double y)
{
    char text[48];
    const double width = scale * (double)now->agents, best = scale * (double)now->best_of;
    adatom_set_color(cairo, adatom_color_explore, 1);
    cairo_rectangle(cairo, NAME_WIDTH, y - 13, width, ROW_HEIGHT - 7);
    cairo_fill(cairo);
    adatom_set_color(cairo, adatom_color_best, 1);
    cairo_rectangle(cairo, NAME_WIDTH, y - 13, fmin(best, width), ROW_HEIGHT - 7);
    cairo_fill(cairo);
    snprintf(text, sizeof text, "%zu", now->agents);
    adatom_set_color(cairo, adatom_color_ink, 1);
    adatom_draw_text(cairo, NAME_WIDTH + width + 6, y, 0, 12.5, text);
}

void adatom_found_draw(cairo_t *cairo, const void *context)
{
    const adatom_ensemble_view *view = context;
    const double agents = view->members.count > 0 ? (double)view->members.count : 1;
    const double scale = (ADATOM_CHART_WIDTH - NAME_WIDTH - 60) / agents;
    double legend = NAME_WIDTH;
    legend = adatom_plot_legend(cairo, legend, 14, ADATOM_MARK_SQUARE, adatom_color_best,
                                view->found.has_property ? "agents whose best structure it is"
                                                         : "agents whose lowest structure it is");
    (void)adatom_plot_legend(cairo, legend, 14, ADATOM_MARK_SQUARE, adatom_color_explore,
                             "others that found it");
    for (size_t i = 0; i < count_bars(view); i++) {
        const double y = TOP + ROW_HEIGHT * (double)(i + 1) - 6;
        draw_name(cairo, view, i, y);
        draw_bar(cairo, &view->found.list[i], scale, y);
    }
}
