#include "report/qmap_drawing.h"
#include "report/sections.h"

#include <stdio.h>

enum { EPISODES_SHOWN = 6, MAPS_MAX = 24 };

/* Picks snapshots: the first, the last, and others spread between, that of the best episode among
 * them if there is one. */
static size_t pick_snapshots(const adatom_run *run, size_t limit, size_t *picked)
{
    const adatom_snapshots *all = &run->snapshots;
    const adatom_run_log_row *best = adatom_run_log_best(&run->log);
    const size_t count = all->count < limit ? all->count : limit;
    for (size_t i = 0; i < count; i++) {
        picked[i] = count < 2 ? 0 : i * (all->count - 1) / (count - 1);
    }
    for (size_t i = 1; i + 1 < count && best != NULL; i++) {
        for (size_t other = picked[i - 1] + 1; other < picked[i + 1]; other++) {
            if (all->snapshots[other].episode == best->episode) {
                picked[i] = other;
                return count;
            }
        }
    }
    return count;
}

static void write_panel(adatom_page *page, const adatom_qmap_drawing *drawing)
{
    char description[160];
    double least = 0, largest = 0;
    const bool acts = drawing->snapshot->action[drawing->step][0] == drawing->species;
    (void)snprintf(description, sizeof description, "Q-values of episode %lld with %d atoms placed",
                   (long long)drawing->snapshot->episode, drawing->snapshot->steps[drawing->step]);
    const adatom_picture picture = {.width = drawing->width,
                                    .height = drawing->height,
                                    .draw = adatom_qmap_drawing_draw,
                                    .context = drawing,
                                    .description = description};
    adatom_page_add(page, "<figure class=\"map\">");
    adatom_page_picture(page, &picture);
    adatom_page_add(page, "<figcaption>");
    if (adatom_qmap_range(drawing, &least, &largest)) {
        adatom_page_number(page, least, 2);
        adatom_page_add(page, " to ");
        adatom_page_number(page, largest, 2);
    } else {
        adatom_page_add(page, "no place allowed");
    }
    if (drawing->run->grid.dimensions == 3) {
        adatom_page_print(page, " &middot; layer %d of %d",
                          drawing->snapshot->action[drawing->step][3] + 1,
                          drawing->run->grid.shape[2]);
    }
    if (acts) {
        adatom_page_add(page, " &middot; chosen ");
        adatom_page_number(page, adatom_qmap_chosen(drawing), 2);
    }
    adatom_page_add(page, "</figcaption></figure>\n");
}

static void write_row_head(adatom_page *page, const adatom_run *run,
                           const adatom_snapshot *snapshot, int species)
{
    const adatom_run_log_row *row = adatom_run_log_find(&run->log, snapshot->episode);
    const adatom_run_log_row *best = adatom_run_log_best(&run->log);
    const int number = adatom_run_settings_species(&run->settings, (size_t)species);
    adatom_page_add(page, "<div class=\"row-head\"><b>episode ");
    adatom_page_count(page, snapshot->episode);
    adatom_page_add(page, "</b>");
    if (snapshot->species_count > 1) {
        adatom_page_add(page, "<br>places for ");
        if (adatom_element_symbol(number) != NULL) {
            adatom_page_add(page, adatom_element_symbol(number));
        } else {
            adatom_page_print(page, "species %d", species + 1);
        }
    }
    if (row != NULL && !row->failed && snapshot->atom_count > 0) {
        adatom_page_add(page, "<br>");
        adatom_page_number(page, row->energy / (double)snapshot->atom_count, 3);
        adatom_page_add(page, " eV/atom");
    }
    if (row != NULL && row == best) {
        adatom_page_add(page, "<br><span class=\"badge\">the best</span>");
    }
    adatom_page_add(page, "</div>\n");
}

static void write_row(adatom_page *page, const adatom_run *run, const adatom_snapshot *snapshot,
                      int species)
{
    write_row_head(page, run, snapshot, species);
    for (int step = 0; step < ADATOM_SNAPSHOT_STEPS; step++) {
        const adatom_qmap_drawing drawing =
            adatom_qmap_drawing_plan(&run->snapshots, snapshot, step, species, 288, 330);
        write_panel(page, &drawing);
    }
}

static void write_column_heads(adatom_page *page, const adatom_snapshot *snapshot)
{
    static const char *const names[] = {"first step", "middle step", "last step"};
    adatom_page_add(page, "<div></div>");
    for (int step = 0; step < ADATOM_SNAPSHOT_STEPS; step++) {
        adatom_page_print(page,
                          "<div class=\"column-head\">%s <span class=\"quiet\">atom %d</span>"
                          "</div>\n",
                          names[step], snapshot->steps[step] + 1);
    }
}

static void write_legend(adatom_page *page, const adatom_run *run)
{
    const adatom_picture scale = {.width = 480,
                                  .height = 46,
                                  .draw = adatom_qmap_draw_scale,
                                  .description = "Colours of Q-values from -1 to 1"};
    adatom_page_add(page, "<div class=\"map-legend\"><div class=\"scale\">");
    adatom_page_picture(page, &scale);
    adatom_page_add(page, "<div class=\"scale-name\">predicted Q-value: from the worst (&minus;1) "
                          "to the best (1) structure in sight</div></div>\n<ul>"
                          "<li><span class=\"cross\">&#215;</span> the chosen place</li>"
                          "<li><span class=\"hatch\"></span> no atom allowed</li>");
    if (run->snapshots.template_count > 0) {
        adatom_page_add(page, "<li><span class=\"ring\"></span> atom of the template</li>");
    }
    if (run->snapshots.grid.dimensions == 3) {
        adatom_page_add(page,
                        "<li>shown is the layer in which the next atom is placed; paler atoms "
                        "lie off it</li>");
    }
    adatom_page_add(page, "</ul></div>\n");
}

void adatom_section_qmaps(adatom_page *page, const adatom_run *run)
{
    const adatom_snapshots *snapshots = &run->snapshots;
    size_t picked[EPISODES_SHOWN];
    adatom_section_begin(page, "qmaps", "What the agent expects: Q-maps");
    if (snapshots->count == 0 || run->snapshots_problem[0] != '\0') {
        adatom_section_missing(page,
                               snapshots->count == 0 ? "No Q-maps in checkpoint.h5 yet."
                                                     : "Some Q-maps could not be read.",
                               run->snapshots_problem);
    }
    if (snapshots->count > 0) {
        const int species_count = snapshots->snapshots[0].species_count;
        const int rows = MAPS_MAX / ADATOM_SNAPSHOT_STEPS / species_count;
        const size_t limit = rows < 2 ? 2 : rows < EPISODES_SHOWN ? (size_t)rows : EPISODES_SHOWN;
        const size_t count = pick_snapshots(run, limit, picked);
        write_legend(page, run);
        adatom_page_add(page, "<div class=\"maps\">\n");
        write_column_heads(page, &snapshots->snapshots[0]);
        for (size_t i = 0; i < count; i++) {
            const adatom_snapshot *snapshot = &snapshots->snapshots[picked[i]];
            for (int species = 0; species < snapshot->species_count; species++) {
                write_row(page, run, snapshot, species);
            }
        }
        adatom_page_add(page, "</div>\n");
    }
    adatom_section_end(page);
}
