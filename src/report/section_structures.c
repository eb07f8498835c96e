#include "report/charts.h"
#include "report/sections.h"
#include "report/structure_drawing.h"

#include <stdio.h>

/* Bytes of the page after which further structures are left out. */
static const size_t page_limit = 2200000;

static void add_drawing(adatom_page *page, const adatom_run *run, const adatom_specimen *specimen,
                        double width, double height)
{
    adatom_structure_drawing drawing;
    char description[1200];
    const adatom_status status = adatom_structure_drawing_create(
        specimen, &run->snapshots.grid, run->snapshots.template_count, width, height, &drawing);
    if (status != ADATOM_OK) {
        page->status = status;
        return;
    }
    adatom_specimen_describe(specimen, description, sizeof description);
    const adatom_picture picture = {.width = drawing.width,
                                    .height = drawing.height,
                                    .draw = adatom_structure_drawing_draw,
                                    .context = &drawing,
                                    .description = description};
    adatom_page_picture(page, &picture);
    adatom_structure_drawing_clear(&drawing);
}

static void add_histograms(adatom_page *page, const adatom_specimen *specimen)
{
    const adatom_picture picture = {.width = ADATOM_HISTOGRAM_WIDTH,
                                    .height = ADATOM_HISTOGRAM_HEIGHT,
                                    .draw = adatom_histograms_draw,
                                    .context = specimen,
                                    .description = "How many atoms have how many neighbours, and "
                                                   "how many rings have how many atoms"};
    adatom_page_picture(page, &picture);
}

static void write_label(adatom_page *page, const adatom_run *run, const adatom_specimen *specimen,
                        size_t rank)
{
    const double atoms = (double)specimen->structure->atom_count;
    const double best =
        run->specimens.count > 0 ? run->specimens.specimens[0].energy : specimen->energy;
    adatom_page_print(page, "<div class=\"label\"><span class=\"rank\">%zu</span> <b>", rank + 1);
    if (specimen->has_energy && atoms > 0) {
        adatom_page_number(page, specimen->energy / atoms, 4);
        adatom_page_add(page, "</b> eV/atom");
        if (rank > 0) {
            adatom_page_print(page, " <span class=\"quiet\">+%.3f</span>",
                              (specimen->energy - best) / atoms);
        }
    } else {
        adatom_page_add(page, "</b>energy not known");
    }
    if (specimen->episode >= 0) {
        adatom_page_add(page, " <span class=\"quiet right\">episode ");
        adatom_page_count(page, specimen->episode);
        adatom_page_add(page, "</span>");
    }
    adatom_page_add(page, "</div>\n");
}

static void write_card(adatom_page *page, const adatom_run *run, const adatom_specimen *specimen,
                       size_t rank)
{
    char words[1024];
    adatom_specimen_describe(specimen, words, sizeof words);
    adatom_page_add(page, "<figure class=\"card\"><div class=\"drawing\">");
    add_drawing(page, run, specimen, 340, 310);
    adatom_page_add(page, "</div><figcaption>");
    write_label(page, run, specimen, rank);
    adatom_page_add(page, "<div class=\"words\">");
    adatom_page_escape(page, words);
    adatom_page_add(page, "</div>");
    add_histograms(page, specimen);
    adatom_page_add(page, "</figcaption></figure>\n");
}

static void write_explanation(adatom_page *page, const adatom_run *run)
{
    adatom_page_add(page, "<p class=\"note\">");
    if (run->specimens.count > 0) {
        adatom_page_print(page,
                          "The lowest energies that differ in their bonds, out of the %zu best "
                          "candidates. ",
                          run->specimens.looked_at);
    }
    adatom_page_add(page, "Bonds reach 0.2 &Aring; beyond the covalent radii; pale atoms are "
                          "periodic images, the frame is the cell.");
    if (run->snapshots.template_count > 0) {
        adatom_page_add(page, " <span class=\"ring\"></span> marks atoms of the template.");
    }
    adatom_page_add(page, "</p>\n");
}

void adatom_section_structures(adatom_page *page, const adatom_run *run)
{
    adatom_section_begin(page, "structures", "Best structures");
    if (run->specimens.count == 0) {
        adatom_section_missing(page, "No structures in candidates.db.", run->specimens_problem);
    }
    if (run->best_problem[0] != '\0') {
        adatom_section_missing(page, "No best structure in best.extxyz.", run->best_problem);
    }
    if (run->has_best) {
        write_explanation(page, run);
    }
    adatom_page_add(page, "<div class=\"cards\">\n");
    for (size_t i = 0; i < run->specimens.count && (i < 3 || page->length < page_limit); i++) {
        write_card(page, run, &run->specimens.specimens[i], i);
    }
    if (run->specimens.count == 0 && run->has_best) {
        write_card(page, run, &run->best, 0);
    }
    adatom_page_add(page, "</div>\n");
    adatom_section_end(page);
}
