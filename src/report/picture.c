#include "report/picture.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/text_file.h"

#include <cairo-svg.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of an SVG that may well be smaller as PNG. */
static const size_t svg_limit = 150000;
static const double raster_scale = 2;

typedef struct picture_bytes {
    unsigned char *bytes;
    size_t length, capacity;
} picture_bytes;

static cairo_status_t collect(void *closure, const unsigned char *bytes, unsigned length)
{
    picture_bytes *collected = closure;
    if (adatom_grow(&collected->bytes, &collected->capacity, collected->length + length, 1) !=
        ADATOM_OK) {
        return CAIRO_STATUS_NO_MEMORY;
    }
    memcpy(collected->bytes + collected->length, bytes, length);
    collected->length += length;
    return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t draw_on(cairo_surface_t *surface, const adatom_picture *picture, double scale)
{
    cairo_t *cairo = cairo_create(surface);
    cairo_scale(cairo, scale, scale);
    picture->draw(cairo, picture->context);
    cairo_status_t status = cairo_status(cairo);
    cairo_destroy(cairo);
    return status;
}

static cairo_status_t make_svg(const adatom_picture *picture, picture_bytes *out)
{
    cairo_surface_t *surface =
        cairo_svg_surface_create_for_stream(collect, out, picture->width, picture->height);
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
    cairo_status_t status = draw_on(surface, picture, 1);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS) {
        status = cairo_surface_status(surface);
    }
    cairo_surface_destroy(surface);
    return status;
}

static cairo_status_t make_png(const adatom_picture *picture, picture_bytes *out)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(picture->width * raster_scale + 0.5),
                                   (int)(picture->height * raster_scale + 0.5));
    cairo_t *paper = cairo_create(surface);
    cairo_set_source_rgb(paper, 1, 1, 1);
    cairo_paint(paper);
    cairo_destroy(paper);
    cairo_status_t status = draw_on(surface, picture, raster_scale);
    if (status == CAIRO_STATUS_SUCCESS) {
        status = cairo_surface_write_to_png_stream(surface, collect, out);
    }
    cairo_surface_destroy(surface);
    return status;
}

static void add_image(adatom_page *page, const adatom_picture *picture, const char *type,
                      const picture_bytes *image)
{
    adatom_page_print(page, "<img width=\"%.0f\" height=\"%.0f\" alt=\"", picture->width,
                      picture->height);
    adatom_page_escape(page, picture->description);
    adatom_page_print(page, "\" src=\"data:image/%s;base64,", type);
    adatom_page_base64(page, image->bytes, image->length);
    adatom_page_add(page, "\">");
}

static cairo_status_t make_smaller(const adatom_picture *picture, picture_bytes *out,
                                   const char **type)
{
    picture_bytes png = {0};
    cairo_status_t status = make_svg(picture, out);
    *type = "svg+xml";
    if (status != CAIRO_STATUS_SUCCESS || out->length < svg_limit) {
        return status;
    }
    status = make_png(picture, &png);
    if (status == CAIRO_STATUS_SUCCESS && png.length < out->length) {
        free(out->bytes);
        *out = png;
        *type = "png";
    } else {
        free(png.bytes);
    }
    return status;
}

void adatom_page_picture(adatom_page *page, const adatom_picture *picture)
{
    if (page->status != ADATOM_OK) {
        return;
    }
    picture_bytes image = {0};
    const char *type = NULL;
    const cairo_status_t status = make_smaller(picture, &image, &type);
    if (status == CAIRO_STATUS_SUCCESS) {
        add_image(page, picture, type, &image);
    } else {
        page->status =
            adatom_fail(status == CAIRO_STATUS_NO_MEMORY ? ADATOM_OUT_OF_MEMORY : ADATOM_IO_FAILED,
                        "report: cannot draw a picture: %s", cairo_status_to_string(status));
    }
    free(image.bytes);
}

adatom_status adatom_picture_write(const adatom_picture *picture, const char *path)
{
    const char *ending = strrchr(path, '.');
    const bool svg = ending != NULL && strcmp(ending, ".svg") == 0;
    if (!svg && (ending == NULL || strcmp(ending, ".png") != 0)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: expected a name that ends in .svg or .png",
                           path);
    }
    picture_bytes image = {0};
    const cairo_status_t drawn = svg ? make_svg(picture, &image) : make_png(picture, &image);
    const adatom_status status =
        drawn == CAIRO_STATUS_SUCCESS
            ? adatom_text_file_write(path, image.bytes, image.length)
            : adatom_fail(drawn == CAIRO_STATUS_NO_MEMORY ? ADATOM_OUT_OF_MEMORY : ADATOM_IO_FAILED,
                          "%s: cannot draw the picture: %s", path, cairo_status_to_string(drawn));
    free(image.bytes);
    return status;
}

void adatom_set_color(cairo_t *cairo, adatom_color color, double opacity)
{
    cairo_set_source_rgba(cairo, color.red, color.green, color.blue, opacity);
}

double adatom_text_width(cairo_t *cairo, double size, const char *text)
{
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, size);
    cairo_text_extents_t extents;
    cairo_text_extents(cairo, text, &extents);
    return extents.x_advance;
}

void adatom_draw_text(cairo_t *cairo, double x, double y, double align, double size,
                      const char *text)
{
    cairo_move_to(cairo, x - align * adatom_text_width(cairo, size, text), y);
    cairo_show_text(cairo, text);
}
