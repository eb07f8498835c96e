#include "base/error.h"
#include "base/memory.h"
#include "io/text_file.h"
#include "report/generation.h"
#include "report/sections.h"
#include "report/structure_drawing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096, CARDS_EACH = 6 };

/* Bytes of the page after which further drawings are left out. */
static const size_t page_limit = 6000000;

/* ---- tables */

static void add_cell(adatom_page *page, double value, int decimals)
{
    adatom_page_add(page, "<td>");
    if (isfinite(value)) {
        adatom_page_number(page, value, decimals);
    } else {
        adatom_page_add(page, "&ndash;");
    }
    adatom_page_add(page, "</td>");
}

static void add_fingerprint_table(adatom_page *page, const adatom_generation *g)
{
    adatom_section_begin(page, "fingerprints", "Fingerprints that were drawn");
    adatom_page_add(page, "<table><thead><tr><th>target</th><th>drawn</th><th>mean absolute error"
                          "</th><th>on target, %</th><th>passed the screen</th></tr></thead>"
                          "<tbody>\n");
    for (size_t t = 0; t < g->fingerprints.count; t++) {
        const double *row = g->fingerprints.rows[t];
        adatom_page_add(page, "<tr>");
        add_cell(page, row[0], 2);
        add_cell(page, row[1], 0);
        add_cell(page, row[2], 3);
        add_cell(page, 100 * row[3], 1);
        add_cell(page, row[4], 0);
        adatom_page_add(page, "</tr>\n");
    }
    adatom_page_add(page, "</tbody></table>\n<p class=\"note\">By the surrogate, of all that were "
                          "drawn, before the screen.</p>\n");
    adatom_section_end(page);
}

static void add_structure_table(adatom_page *page, const adatom_generation *g)
{
    static const int decimals[] = {2, 0, 0, 0, 0, 0, 0, 3};
    adatom_section_begin(page, "counts", "Structures that were made of them");
    adatom_page_add(page, "<table><thead><tr><th>target</th><th>structures</th><th>solved</th>"
                          "<th>doubtful</th><th>invalid</th><th>duplicates</th><th>evaluated</th>"
                          "<th>mean absolute error</th><th>on target, %</th><th>left out</th></tr>"
                          "</thead><tbody>\n");
    for (size_t t = 0; t < g->structures.count; t++) {
        const double *row = g->structures.rows[t];
        adatom_page_add(page, "<tr>");
        for (int c = 0; c < 8; c++) {
            add_cell(page, row[c], decimals[c]);
        }
        add_cell(page, 100 * row[8], 1);
        add_cell(page, row[9], 0);
        adatom_page_add(page, "</tr>\n");
    }
    adatom_page_add(page, "</tbody></table>\n<p class=\"note\">Errors and shares are of all that "
                          "were evaluated, invalid ones and duplicates included. Left out by "
                          "screen.structure: the surrogate finds their own fingerprints off "
                          "target.</p>\n");
    adatom_section_end(page);
}

/* ---- pictures */

static adatom_picture components_picture(const adatom_generation *g)
{
    return (adatom_picture){ADATOM_GENERATION_WIDTH, adatom_components_height(g),
                            adatom_components_draw, g,
                            "Principal components of the data and of what was drawn"};
}

static adatom_picture properties_picture(const adatom_generation *g)
{
    return (adatom_picture){ADATOM_GENERATION_WIDTH, adatom_properties_height(g),
                            adatom_properties_draw, g,
                            "Distributions of the property around each target"};
}

static void add_picture(adatom_page *page, const char *name, const char *heading,
                        const adatom_picture *picture)
{
    adatom_section_begin(page, name, heading);
    adatom_page_add(page, "<figure class=\"wide\">");
    adatom_page_picture(page, picture);
    adatom_page_add(page, "</figure>\n");
    adatom_section_end(page);
}

/* ---- structures */

/* In the middle of the picture, without a cell where there is no period. */
static adatom_status copy_centered(const adatom_structure *structure, adatom_structure **out)
{
    ADATOM_TRY(adatom_structure_copy(structure, out));
    adatom_structure *s = *out;
    if (s->periodic[0] || s->periodic[1] || s->periodic[2]) {
        return ADATOM_OK;
    }
    memset(s->cell, 0, sizeof s->cell);
    for (int k = 0; k < 3; k++) {
        double mean = 0;
        for (size_t i = 0; i < s->atom_count; i++) {
            mean += s->positions[i][k] / (double)s->atom_count;
        }
        for (size_t i = 0; i < s->atom_count; i++) {
            s->positions[i][k] -= mean;
        }
    }
    return ADATOM_OK;
}

static adatom_status add_drawing(adatom_page *page, const adatom_frame *frame)
{
    const adatom_run_grid no_grid = {0};
    adatom_structure *copy;
    adatom_specimen specimen;
    adatom_structure_drawing drawing;
    ADATOM_TRY(copy_centered(frame->structure, &copy));
    ADATOM_TRY(adatom_specimen_create(copy, frame->has_energy, frame->energy, -1, &specimen));
    const adatom_status status =
        adatom_structure_drawing_create(&specimen, &no_grid, 0, 340, 310, &drawing);
    if (status == ADATOM_OK) {
        const adatom_picture picture = {.width = drawing.width,
                                        .height = drawing.height,
                                        .draw = adatom_structure_drawing_draw,
                                        .context = &drawing,
                                        .description = "A structure that was generated"};
        adatom_page_picture(page, &picture);
        adatom_structure_drawing_clear(&drawing);
    }
    adatom_specimen_clear(&specimen);
    return status;
}

static void add_value(adatom_page *page, const char *name, double value, int decimals)
{
    if (isfinite(value)) {
        adatom_page_print(page, " <span class=\"quiet\">%s</span> ", name);
        adatom_page_number(page, value, decimals);
    }
}

static void add_card(adatom_page *page, const adatom_frame *frame)
{
    adatom_page_add(page, "<figure class=\"card\"><div class=\"drawing\">");
    const adatom_status status = add_drawing(page, frame);
    if (status != ADATOM_OK) {
        page->status = status;
        return;
    }
    adatom_page_add(page, "</div><figcaption><div class=\"label\">");
    add_value(page, "evaluated", adatom_generation_info(frame, "evaluated"), 3);
    add_value(page, "predicted", adatom_generation_info(frame, "predicted"), 3);
    add_value(page, "own", adatom_generation_info(frame, "own"), 3);
    add_value(page, "loss", adatom_generation_info(frame, "loss"), 4);
    adatom_page_add(page, "</div></figcaption></figure>\n");
}

/* The first of each target that are no duplicates. */
static void add_structures(adatom_page *page, const adatom_generation *g, size_t t)
{
    const double target = g->fingerprints.rows[t][ADATOM_GENERATION_TARGET];
    char name[32], heading[64];
    size_t shown = 0;
    snprintf(name, sizeof name, "target-%zu", t + 1);
    snprintf(heading, sizeof heading, "Structures for %g", target);
    adatom_section_begin(page, name, heading);
    adatom_page_add(page, "<div class=\"cards\">\n");
    for (size_t f = 0; f < g->frames.count && shown < CARDS_EACH && page->length < page_limit;
         f++) {
        const adatom_frame *frame = &g->frames.frames[f];
        if (adatom_generation_info(frame, "target") == target &&
            !adatom_generation_flag(frame, "duplicate")) {
            add_card(page, frame);
            shown++;
        }
    }
    adatom_page_add(page, "</div>\n");
    if (shown == 0) {
        adatom_section_missing(page, "No structure was made for this target.", "");
    }
    adatom_section_end(page);
}

/* ---- the page */

static void write_page(adatom_page *page, const adatom_generation *g)
{
    const adatom_picture components = components_picture(g), properties = properties_picture(g);
    adatom_page_open(page, "generated structures");
    adatom_page_add(page, "<h1>Generated structures</h1>\n");
    add_fingerprint_table(page, g);
    add_structure_table(page, g);
    add_picture(page, "properties", "Property", &properties);
    if (adatom_generation_has_components(g)) {
        add_picture(page, "components", "Principal components", &components);
    }
    for (size_t t = 0; t < g->fingerprints.count && g->frames.count > 0; t++) {
        add_structures(page, g, t);
    }
    adatom_page_close(page);
}

static adatom_status path_in(const adatom_generation *g, const char *name, char path[PATH_SIZE])
{
    const int length = snprintf(path, PATH_SIZE, "%s/%s", g->folder, name);
    return length > 0 && length < PATH_SIZE
               ? ADATOM_OK
               : adatom_fail(ADATOM_INVALID_INPUT, "the name of the folder is too long");
}

static adatom_status write_files(const adatom_generation *g, adatom_page *page)
{
    char path[PATH_SIZE];
    const adatom_picture components = components_picture(g), properties = properties_picture(g);
    write_page(page, g);
    ADATOM_TRY(page->status);
    ADATOM_TRY(path_in(g, "properties.svg", path));
    ADATOM_TRY(adatom_picture_write(&properties, path));
    if (adatom_generation_has_components(g)) {
        ADATOM_TRY(path_in(g, "components.svg", path));
        ADATOM_TRY(adatom_picture_write(&components, path));
    }
    ADATOM_TRY(path_in(g, "report.html", path));
    return adatom_text_file_write(path, page->text, page->length);
}

adatom_status adatom_generation_write(const char *folder)
{
    adatom_generation generation;
    adatom_page page = {0};
    ADATOM_TRY(adatom_generation_read(folder, &generation));
    const adatom_status status = write_files(&generation, &page);
    adatom_page_clear(&page);
    adatom_generation_clear(&generation);
    return status;
}
