/* adatom: pictures drawn with cairo and kept inside the page. */
#ifndef ADATOM_REPORT_PICTURE_H
#define ADATOM_REPORT_PICTURE_H

#include "report/page.h"

#include <cairo.h>
#include <stdbool.h>

/* Draws in a space of width x height, y downwards. May be called more than once. */
typedef void adatom_picture_draw(cairo_t *cairo, const void *context);

typedef struct adatom_picture {
    double width, height; /* CSS pixels */
    adatom_picture_draw *draw;
    const void *context;
    const char *description; /* read aloud instead of the picture; escaped here */
} adatom_picture;

/* Adds <img> with the picture as a data URI: SVG, or PNG where that is much smaller. */
void adatom_page_picture(adatom_page *page, const adatom_picture *picture);

/* Writes the picture to a file whose name ends in .svg or .png; INVALID_INPUT for other names. */
adatom_status adatom_picture_write(const adatom_picture *picture, const char *path);

/* An sRGB colour, 0 .. 1. */
typedef struct adatom_color {
    double red, green, blue;
} adatom_color;

extern const adatom_color adatom_color_ink, adatom_color_muted, adatom_color_line,
    adatom_color_pale, adatom_color_explore, adatom_color_greedy, adatom_color_best,
    adatom_color_target, adatom_color_template, adatom_color_build, adatom_color_evaluate,
    adatom_color_train;

adatom_color adatom_color_mix(adatom_color from, adatom_color to, double share);
/* The colour of an element in drawings, near the usual ones (grey carbon, red oxygen ...). */
adatom_color adatom_color_element(int atomic_number);
/* Diverging map for -1 .. 1 (clamped): blue, nearly white at 0, red. Lightness falls evenly to both
 * sides (made in OKLab). */
adatom_color adatom_color_diverging(double value);

void adatom_set_color(cairo_t *cairo, adatom_color color, double opacity);
/* Writes text; align 0, 0.5, 1 puts its left end, middle or right end at x; y is the base line. */
void adatom_draw_text(cairo_t *cairo, double x, double y, double align, double size,
                      const char *text);
double adatom_text_width(cairo_t *cairo, double size, const char *text);

#endif
