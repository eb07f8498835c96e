/* The page of a training: its learning curve. */
#include "adatom/report.h"

#include "adatom/version.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"
#include "io/text_file.h"
#include "report/plot.h"
#include "report/sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 9, CURVE_SIZE_MAX = 1 << 30 };

/* The columns of the file, in their order. */
enum { EPOCH = 1, ENERGY = 3, FORCES, VALIDATION_ENERGY, VALIDATION_FORCES };

typedef struct learning_curve {
    bool plain; /* one error in the unit of the data, and its mean absolute value */
    size_t count, capacity;
    double (*rows)[COLUMNS];
} learning_curve;

/* ---- the file */

static bool read_row(const char *line, double row[COLUMNS])
{
    for (int c = 0; c < COLUMNS; c++) {
        char *end;
        row[c] = strtod(line, &end);
        if (end == line || (c + 1 < COLUMNS && *end != ',')) {
            return false;
        }
        line = end + 1;
    }
    return true;
}

static adatom_status read_curve(const char *path, learning_curve *out)
{
    char *text;
    size_t length;
    ADATOM_TRY(adatom_text_file_read(path, CURVE_SIZE_MAX, &text, &length));
    adatom_status status = ADATOM_OK;
    const char *const plain = "member,epoch,loss,error,";
    out->plain = strncmp(text, plain, strlen(plain)) == 0;
    const char *line = strchr(text, '\n'); /* after the names of the columns */
    while (status == ADATOM_OK && line != NULL && line[1] != '\0') {
        status = adatom_grow(&out->rows, &out->capacity, out->count + 1, sizeof *out->rows);
        if (status == ADATOM_OK && !read_row(line + 1, out->rows[out->count++])) {
            status = adatom_fail(ADATOM_INVALID_INPUT, "%s:%zu: expected %d numbers", path,
                                 out->count + 1, COLUMNS);
        }
        line = strchr(line + 1, '\n');
    }
    free(text);
    return status;
}

/* ---- a picture */

/* Two columns of the curve, in thousandths, by their decimal logarithms. */
typedef struct learning_plot {
    const learning_curve *curve;
    int train, validation;
    double scale;
    const char *name;
    adatom_plot_frame frame;
} learning_plot;

static double height_of(const learning_plot *plot, size_t row, int column)
{
    return log10(plot->scale * plot->curve->rows[row][column]);
}

/* False if no error is positive. */
static bool plan(learning_plot *plot)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t r = 0; r < plot->curve->count; r++) {
        for (int k = 0; k < 2; k++) {
            const double y = height_of(plot, r, k == 0 ? plot->train : plot->validation);
            low = isfinite(y) ? fmin(low, y) : low;
            high = isfinite(y) ? fmax(high, y) : high;
        }
    }
    plot->frame = (adatom_plot_frame){.left = 72,
                                      .top = 40,
                                      .width = 992,
                                      .height = 334,
                                      .x_min = 1,
                                      .x_max = fmax((double)plot->curve->count, 2),
                                      .y_min = low - 0.05,
                                      .y_max = high + 0.05};
    return low <= high;
}

/* Members come one after the other; a line is broken between them. */
static void draw_column(cairo_t *cairo, const learning_plot *plot, int column, adatom_color color)
{
    adatom_set_color(cairo, color, 1);
    cairo_set_line_width(cairo, 1.6);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    bool open = false;
    for (size_t r = 0; r < plot->curve->count; r++) {
        const double y = height_of(plot, r, column);
        const bool starts = plot->curve->rows[r][EPOCH] <= 1;
        if (!isfinite(y) || starts) {
            open = false;
        }
        if (isfinite(y)) {
            const double at_x = adatom_plot_x(&plot->frame, (double)r + 1);
            const double at_y = adatom_plot_y(&plot->frame, y);
            if (!open) {
                cairo_move_to(cairo, at_x, at_y);
            }
            cairo_line_to(cairo, at_x, at_y); /* one epoch alone is a dot */
            open = true;
        }
    }
    cairo_stroke(cairo);
}

static void draw(cairo_t *cairo, const void *context)
{
    const learning_plot *plot = context;
    adatom_plot_axes(cairo, &plot->frame, "epoch, of all members", plot->name, true);
    draw_column(cairo, plot, plot->train, adatom_color_explore);
    draw_column(cairo, plot, plot->validation, adatom_color_best);
    const double next = adatom_plot_legend(cairo, plot->frame.left, 22, ADATOM_MARK_LINE,
                                           adatom_color_explore, "data trained on");
    adatom_plot_legend(cairo, next, 22, ADATOM_MARK_LINE, adatom_color_best, "validation");
}

static void add_plot(adatom_page *page, learning_plot plot, const char *title)
{
    if (!plan(&plot)) {
        return;
    }
    const adatom_picture picture = {1080, 430, draw, &plot, title};
    adatom_page_print(page, "<section><h2>%s</h2>\n<figure>", title);
    adatom_page_picture(page, &picture);
    adatom_page_add(page, "</figure></section>\n");
}

/* ---- the page */

static void add_errors(adatom_page *page, const learning_curve *curve)
{
    add_plot(page,
             (learning_plot){.curve = curve,
                             .train = ENERGY,
                             .validation = VALIDATION_ENERGY,
                             .scale = 1,
                             .name = "log\u2081\u2080 of the error in the unit of the data"},
             "Root mean square error");
    add_plot(page,
             (learning_plot){.curve = curve,
                             .train = FORCES,
                             .validation = VALIDATION_FORCES,
                             .scale = 1,
                             .name = "log\u2081\u2080 of the error in the unit of the data"},
             "Mean absolute error");
}

static void add_energies_and_forces(adatom_page *page, const learning_curve *curve)
{
    add_plot(page,
             (learning_plot){.curve = curve,
                             .train = ENERGY,
                             .validation = VALIDATION_ENERGY,
                             .scale = 1000,
                             .name = "log\u2081\u2080 of the error in meV/atom"},
             "Energy");
    add_plot(page,
             (learning_plot){.curve = curve,
                             .train = FORCES,
                             .validation = VALIDATION_FORCES,
                             .scale = 1,
                             .name = "log\u2081\u2080 of the error in eV/\u00c5"},
             "Forces");
}

static void write_page(adatom_page *page, const learning_curve *curve)
{
    adatom_page_add(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<title>Learning curve \u00b7 adatom</title>\n<style>\n");
    for (int i = 0; adatom_report_style[i] != NULL; i++) {
        adatom_page_add(page, adatom_report_style[i]);
    }
    adatom_page_add(page, "</style>\n</head>\n<body>\n<main>\n<h1>Learning curve</h1>\n");
    (curve->plain ? add_errors : add_energies_and_forces)(page, curve);
    adatom_page_print(page,
                      "<p>Errors after each epoch.</p>\n"
                      "<footer>Written by adatom %s.</footer>\n</main>\n</body>\n</html>\n",
                      ADATOM_VERSION);
}

adatom_status adatom_report_learning(const char *curve, const char *page)
{
    learning_curve read = {0};
    adatom_page written = {0};
    adatom_plain_numbers numbers = adatom_plain_numbers_begin();
    adatom_status status = read_curve(curve, &read);
    if (status == ADATOM_OK) {
        write_page(&written, &read);
        status = written.status;
    }
    if (status == ADATOM_OK) {
        status = adatom_text_file_write(page, written.text, written.length);
    }
    adatom_plain_numbers_end(&numbers);
    adatom_page_clear(&written);
    free(read.rows);
    return status;
}
