#include "adatom/report.h"

#include "report/qmap_drawing.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PANEL_WIDTH = 360, PANEL_HEIGHT = 420, TITLE = 26, GAP = 18, SCALE_HEIGHT = 52 };

/* The maps of all species, then the atoms by their relevance, side by side. */
typedef struct sheet {
    const adatom_explanation *explanation;
    adatom_snapshots run;
    adatom_snapshot snapshot;
    double largest; /* |relevance| of an atom */
    double panel_width, panel_height;
} sheet;

static void fill_grid(const adatom_explanation *e, adatom_run_grid *grid)
{
    grid->known = true;
    grid->dimensions = e->dimensions;
    memcpy(grid->shape, e->shape, sizeof grid->shape);
    memcpy(grid->origin, e->origin, sizeof grid->origin);
    memcpy(grid->vectors, e->vectors, sizeof grid->vectors);
    memcpy(grid->periodic, e->periodic, sizeof grid->periodic);
}

/* The drawings of the report look at the first step of a snapshot. */
static void fill_snapshot(const adatom_explanation *e, adatom_snapshot *snapshot)
{
    snapshot->steps[0] = (int)(e->structure->atom_count - e->template_count);
    snapshot->species_count = e->species_count;
    snapshot->q = e->q;
    snapshot->allowed = e->allowed;
    memcpy(snapshot->action[0], e->action, sizeof e->action);
    snapshot->atom_count = e->structure->atom_count;
    snapshot->positions = e->structure->positions;
    snapshot->numbers = e->structure->atomic_numbers;
}

static adatom_qmap_drawing panel_of(const sheet *s, int species)
{
    return adatom_qmap_drawing_plan(&s->run, &s->snapshot, 0, species, PANEL_WIDTH, PANEL_HEIGHT);
}

static void start_panel(cairo_t *cairo, const sheet *s, int index, const char *title)
{
    cairo_save(cairo);
    cairo_translate(cairo, GAP + index * (s->panel_width + GAP), 0);
    adatom_set_color(cairo, adatom_color_ink, 1);
    adatom_draw_text(cairo, 0, TITLE - 8, 0, 14, title);
    cairo_translate(cairo, 0, TITLE);
    cairo_rectangle(cairo, 0, 0, s->panel_width, s->panel_height);
    cairo_clip(cairo);
}

static void draw_map_panel(cairo_t *cairo, const sheet *s, int species)
{
    char title[96];
    const adatom_explanation *e = s->explanation;
    const char *symbol = adatom_element_symbol(e->species[species]);
    if (e->action[0] == species) {
        snprintf(title, sizeof title, "Q-values of %s; at the cross %.3f", symbol, e->value);
    } else {
        snprintf(title, sizeof title, "Q-values of %s", symbol);
    }
    const adatom_qmap_drawing drawing = panel_of(s, species);
    start_panel(cairo, s, species, title);
    adatom_qmap_drawing_draw(cairo, &drawing);
    cairo_restore(cairo);
}

static void draw_relevance_panel(cairo_t *cairo, const sheet *s)
{
    char title[96];
    snprintf(title, sizeof title, "relevance of the atoms; largest %.3f", s->largest);
    adatom_qmap_drawing drawing = panel_of(s, s->explanation->action[0]);
    drawing.relevance = s->explanation->relevance;
    drawing.largest = s->largest;
    start_panel(cairo, s, s->explanation->species_count, title);
    adatom_qmap_drawing_draw(cairo, &drawing);
    cairo_restore(cairo);
}

static void draw_sheet(cairo_t *cairo, const void *context)
{
    const sheet *s = context;
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    for (int species = 0; species < s->explanation->species_count; species++) {
        draw_map_panel(cairo, s, species);
    }
    draw_relevance_panel(cairo, s);
    cairo_translate(cairo, GAP, TITLE + s->panel_height + 8);
    adatom_qmap_draw_scale(cairo, NULL);
}

adatom_status adatom_report_explanation(const adatom_explanation *explanation, const char *path)
{
    sheet *s;
    ADATOM_TRY(adatom_allocate(1, sizeof *s, &s));
    s->explanation = explanation;
    fill_grid(explanation, &s->run.grid);
    fill_snapshot(explanation, &s->snapshot);
    s->run.template_count = explanation->template_count;
    for (size_t a = 0; a < explanation->structure->atom_count; a++) {
        s->largest = fmax(s->largest, fabs(explanation->relevance[a]));
    }
    const adatom_qmap_drawing drawing = panel_of(s, 0);
    s->panel_width = fmax(drawing.width, 250);
    s->panel_height = drawing.height;
    const int panels = explanation->species_count + 1;
    const adatom_picture picture = {.width = fmax(panels * (s->panel_width + GAP) + GAP, 500),
                                    .height = TITLE + s->panel_height + SCALE_HEIGHT,
                                    .draw = draw_sheet,
                                    .context = s};
    const adatom_status status = adatom_picture_write(&picture, path);
    free(s);
    return status;
}
