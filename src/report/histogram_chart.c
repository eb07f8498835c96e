#include "report/charts.h"

#include <math.h>
#include <stdio.h>

enum { BINS_MAX = 13 };

/* Counts of 0 .. BINS_MAX - 1; those beyond are in the last. */
typedef struct histogram {
    size_t counts[BINS_MAX];
    int first, last; /* shown */
    size_t tallest;
} histogram;

static void choose_shown(histogram *bins, int first, int last)
{
    bins->first = first;
    bins->last = last;
    for (int i = 0; i < BINS_MAX; i++) {
        if (bins->counts[i] > 0) {
            bins->first = i < bins->first ? i : bins->first;
            bins->last = i > bins->last ? i : bins->last;
            bins->tallest = bins->counts[i] > bins->tallest ? bins->counts[i] : bins->tallest;
        }
    }
}

static histogram coordination_histogram(const adatom_specimen *specimen)
{
    histogram bins = {0};
    for (size_t i = 0; i < specimen->graph->atom_count; i++) {
        const int coordination = specimen->graph->coordination[i];
        bins.counts[coordination < BINS_MAX ? coordination : BINS_MAX - 1]++;
    }
    choose_shown(&bins, 1, 4);
    return bins;
}

static histogram ring_histogram(const adatom_specimen *specimen)
{
    histogram bins = {0};
    for (int s = 3; s <= ADATOM_RING_SIZE_MAX; s++) {
        bins.counts[s] = specimen->rings[s];
    }
    choose_shown(&bins, 4, 8);
    return bins;
}

static void draw_histogram(cairo_t *cairo, const histogram *bins, double left, double width,
                           const char *name)
{
    const double top = 16, bottom = 58;
    const int count = bins->last - bins->first + 1;
    const double pitch = fmin(width / count, 26);
    for (int i = 0; i < count; i++) {
        const size_t value = bins->counts[bins->first + i];
        const double share = bins->tallest > 0 ? (double)value / (double)bins->tallest : 0;
        const double x = left + (i + 0.5) * pitch, height = share * (bottom - top);
        char text[32];
        adatom_set_color(cairo, adatom_color_build, 1);
        cairo_rectangle(cairo, x - 0.4 * pitch, bottom - height, 0.8 * pitch, height);
        cairo_fill(cairo);
        adatom_set_color(cairo, adatom_color_ink, 1);
        (void)snprintf(text, sizeof text, "%zu", value);
        if (value > 0) {
            adatom_draw_text(cairo, x, bottom - height - 4, 0.5, 11, text);
        }
        adatom_set_color(cairo, adatom_color_muted, 1);
        (void)snprintf(text, sizeof text, "%d", bins->first + i);
        if (pitch > (bins->last < 10 ? 11 : 18) || i % 2 == 0) {
            adatom_draw_text(cairo, x, bottom + 13, 0.5, 11, text);
        }
    }
    cairo_set_line_width(cairo, 1);
    cairo_move_to(cairo, left, bottom + 0.5);
    cairo_line_to(cairo, left + pitch * count, bottom + 0.5);
    cairo_stroke(cairo);
    adatom_draw_text(cairo, left, bottom + 29, 0, 11.5, name);
}

void adatom_histograms_draw(cairo_t *cairo, const void *context)
{
    const adatom_specimen *specimen = context;
    const histogram coordination = coordination_histogram(specimen);
    const histogram rings = ring_histogram(specimen);
    draw_histogram(cairo, &coordination, 2, 138, "neighbours of an atom");
    draw_histogram(cairo, &rings, 156, 142, "atoms in a ring");
}
