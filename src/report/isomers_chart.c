#include "report/ensemble_charts.h"

#include <stdio.h>

enum { ROW_HEIGHT = 22, TOP = 44, NAME_WIDTH = 330, COLUMN_GAP = 14 };

static size_t count_rows(const adatom_isomers_chart *chart)
{
    const size_t count = chart->isomers->count;
    return count < ADATOM_ISOMER_ROWS ? count : ADATOM_ISOMER_ROWS;
}

double adatom_isomers_height(const adatom_isomers_chart *chart)
{
    return TOP + ROW_HEIGHT * (double)count_rows(chart) + 12;
}

static double column_width(const adatom_isomers_chart *chart)
{
    return (ADATOM_CHART_WIDTH - NAME_WIDTH) / (double)chart->views->count;
}

static void draw_name(cairo_t *cairo, const adatom_isomers_chart *chart, size_t row, double y)
{
    const adatom_found_structure *now = chart->isomers->list[row].lowest;
    char text[256];
    snprintf(text, sizeof text, "%zu  %s", row + 1, now->pieces);
    adatom_set_color(cairo, adatom_color_ink, 1);
    adatom_draw_text(cairo, 4, y, 0, 13, text);
    if (row == 0) {
        snprintf(text, sizeof text, "lowest");
    } else {
        snprintf(text, sizeof text, "+%.2f eV",
                 now->energy - chart->isomers->list[0].lowest->energy);
    }
    adatom_set_color(cairo, adatom_color_muted, 1);
    adatom_draw_text(cairo, NAME_WIDTH - 12, y, 1, 12.5, text);
}

/* The heads of the columns; each begins with a line of the axis. */
static void draw_column(cairo_t *cairo, const adatom_isomers_chart *chart, size_t column)
{
    const double x = NAME_WIDTH + (double)column * column_width(chart);
    cairo_save(cairo);
    cairo_rectangle(cairo, x, 0, column_width(chart) - 4, TOP);
    cairo_clip(cairo);
    adatom_set_color(cairo, adatom_ensemble_color(column), 1);
    adatom_draw_text(cairo, x, 16, 0, 13.5, chart->views->list[column].label);
    adatom_set_color(cairo, adatom_color_muted, 1);
    adatom_draw_text(cairo, x, 34, 0, 11.5, "agents, % (builds)");
    cairo_restore(cairo);
    cairo_set_line_width(cairo, 1);
    cairo_move_to(cairo, x - 0.5, TOP - 4);
    cairo_line_to(cairo, x - 0.5, adatom_isomers_height(chart) - 10);
    adatom_set_color(cairo, adatom_color_muted, 0.6);
    cairo_stroke(cairo);
}

static void draw_share(cairo_t *cairo, const adatom_isomers_chart *chart, size_t row, size_t column,
                       double y)
{
    const adatom_isomer_share *share = &chart->isomers->list[row].shares[column];
    const double agents = (double)chart->views->list[column].members.count;
    const double part = agents > 0 ? (double)share->agents / agents : 0;
    const double x = NAME_WIDTH + (double)column * column_width(chart);
    const double width = (column_width(chart) - 62 - COLUMN_GAP) * part;
    char text[48];
    if (share->agents == 0) {
        return;
    }
    adatom_set_color(cairo, adatom_ensemble_color(column), 0.85);
    cairo_rectangle(cairo, x, y - 12, width, ROW_HEIGHT - 7);
    cairo_fill(cairo);
    snprintf(text, sizeof text, "%.0f (%zu)", 100 * part, share->builds);
    adatom_set_color(cairo, adatom_color_ink, 1);
    adatom_draw_text(cairo, x + width + 5, y, 0, 11.5, text);
}

void adatom_isomers_draw(cairo_t *cairo, const void *context)
{
    const adatom_isomers_chart *chart = context;
    for (size_t row = 0; row < count_rows(chart); row++) {
        const double y = TOP + ROW_HEIGHT * (double)(row + 1) - 6;
        draw_name(cairo, chart, row, y);
        for (size_t column = 0; column < chart->views->count; column++) {
            draw_share(cairo, chart, row, column, y);
        }
    }
    for (size_t column = 0; column < chart->views->count; column++) {
        draw_column(cairo, chart, column);
    }
}
