/* The structures and the agents of an ensemble, on its page. */
#include "base/error.h"
#include "report/ensemble_page.h"
#include "report/specimens.h"
#include "report/structure_drawing.h"

#include <math.h>
#include <stdio.h>

enum { CARDS_MAX = 9 };

/* Bytes of the page after which further drawings are left out. */
static const size_t page_limit = 4000000;

static adatom_status add_drawing(adatom_page *page, const adatom_found_structure *found)
{
    const adatom_run_grid no_grid = {0};
    adatom_structure *copy;
    adatom_specimen specimen;
    adatom_structure_drawing drawing;
    ADATOM_TRY(adatom_structure_copy(found->structure, &copy));
    ADATOM_TRY(adatom_specimen_create(copy, true, found->energy, found->episode, &specimen));
    const adatom_status status =
        adatom_structure_drawing_create(&specimen, &no_grid, 0, 340, 310, &drawing);
    if (status == ADATOM_OK) {
        const adatom_picture picture = {.width = drawing.width,
                                        .height = drawing.height,
                                        .draw = adatom_structure_drawing_draw,
                                        .context = &drawing,
                                        .description = found->formula};
        adatom_page_picture(page, &picture);
        char words[1024];
        adatom_specimen_describe(&specimen, words, sizeof words);
        adatom_page_add(page, "</div><figcaption><div class=\"words\">");
        adatom_page_escape(page, words);
        adatom_page_add(page, "</div>");
        adatom_structure_drawing_clear(&drawing);
    }
    adatom_specimen_clear(&specimen);
    return status;
}

/* note: who found it */
static void add_card(adatom_page *page, const adatom_found_structure *now, size_t place,
                     bool has_property, const char *note)
{
    adatom_page_add(page, "<figure class=\"card\"><div class=\"drawing\">");
    const adatom_status status = add_drawing(page, now);
    if (status != ADATOM_OK) {
        page->status = status;
        return;
    }
    adatom_page_print(page, "<div class=\"label\"><span class=\"rank\">%zu</span> <b>", place + 1);
    adatom_page_number(page, has_property ? now->property : now->energy, 3);
    adatom_page_add(page, has_property ? "</b> <span class=\"quiet\">"
                                       : "</b> eV <span class=\"quiet\">");
    adatom_page_escape(page, now->symmetry);
    adatom_page_print(page, "</span> <span class=\"quiet right\">%s</span></div>", note);
    adatom_page_add(page, "</figcaption></figure>\n");
}

static bool has_room(const adatom_page *page, size_t cards, size_t count)
{
    return cards < count && cards < CARDS_MAX && page->length < page_limit;
}

static void add_view(adatom_page *page, const adatom_ensemble_view *view)
{
    char note[64];
    adatom_page_print(
        page,
        "<p class=\"note\">%zu distinct structures among the %zu lowest of the agents; the others "
        "are in structures.csv and structures.extxyz.</p>\n",
        view->found.count, view->found.looked_at);
    adatom_ensemble_page_chart(page, adatom_found_draw, view, adatom_found_height(view),
                               "In how many agents each structure was found");
    adatom_page_add(page, "<div class=\"cards\">\n");
    for (size_t i = 0; has_room(page, i, view->found.count); i++) {
        snprintf(note, sizeof note, "%zu of %zu agents", view->found.list[i].agents,
                 view->members.count);
        add_card(page, &view->found.list[i], i, view->found.has_property, note);
    }
    adatom_page_add(page, "</div>\n");
}

static void add_isomers(adatom_page *page, const adatom_ensemble_views *views,
                        const adatom_isomers *isomers)
{
    const adatom_isomers_chart chart = {.views = views, .isomers = isomers};
    char note[64];
    adatom_page_print(
        page,
        "<p class=\"note\">Structures with the same bonds count as one here, shown in "
        "the form of lowest energy: %zu among those that the agents found, the others "
        "are in isomers.csv.</p>\n",
        isomers->count);
    adatom_ensemble_page_chart(page, adatom_isomers_draw, &chart, adatom_isomers_height(&chart),
                               "The share of agents of each ensemble that built each isomer");
    adatom_page_add(page, "<div class=\"cards\">\n");
    for (size_t i = 0; has_room(page, i, isomers->count); i++) {
        const size_t structures = isomers->list[i].structures;
        snprintf(note, sizeof note, "%zu form%s", structures, structures > 1 ? "s" : "");
        add_card(page, isomers->list[i].lowest, i, false, note);
    }
    adatom_page_add(page, "</div>\n");
}

void adatom_ensemble_page_structures(adatom_page *page, const adatom_ensemble_views *views,
                                     const adatom_isomers *isomers)
{
    adatom_section_begin(page, "structures", "Structures that were found");
    if (isomers->count == 0) {
        adatom_section_missing(page, "No structure with an energy yet.", "");
    } else if (views->count == 1) {
        add_view(page, &views->list[0]);
    } else {
        add_isomers(page, views, isomers);
    }
    adatom_section_end(page);
}

/* -- agents */

static const char *describe_standing(const adatom_member *member)
{
    switch (member->standing) {
    case ADATOM_AGENT_REACHED:
    case ADATOM_AGENT_LIMIT:
        return "ended";
    case ADATOM_AGENT_FAILED:
        return "failed";
    default:
        return "unfinished";
    }
}

static void add_agent(adatom_page *page, const adatom_member *member)
{
    adatom_page_print(page, "<tr><td>%d</td><td>%lld</td><td>%s</td><td>", member->agent,
                      (long long)member->seed, describe_standing(member));
    if (member->success) {
        adatom_page_count(page, member->at_success.episodes);
    } else {
        adatom_page_add(page, "&ndash;");
    }
    adatom_page_add(page, "</td><td>");
    adatom_page_count(page, member->at_end.episodes);
    adatom_page_add(page, "</td><td>");
    adatom_page_count(page, member->at_end.evaluations);
    adatom_page_print(page, "</td><td>%.3g</td><td>", member->at_end.cpu_hours);
    if (isfinite(member->best_energy)) {
        adatom_page_number(page, member->best_energy, 3);
    }
    adatom_page_add(page, "</td><td>");
    adatom_page_escape(page, member->note);
    adatom_page_add(page, "</td></tr>\n");
}

void adatom_ensemble_page_agents(adatom_page *page, const adatom_ensemble_views *views)
{
    adatom_section_begin(page, "agents", "Agents");
    for (size_t i = 0; i < views->count; i++) {
        const adatom_ensemble_view *view = &views->list[i];
        adatom_page_add(page, "<details><summary>");
        adatom_page_escape(page, view->label);
        adatom_page_add(page,
                        "</summary><table><thead><tr><th>agent</th><th>seed</th><th>standing"
                        "</th><th>success in episode</th><th>episodes</th><th>evaluations</th>"
                        "<th>CPU hours</th><th>best energy (eV)</th><th></th></tr></thead>"
                        "<tbody>\n");
        for (size_t k = 0; k < view->members.count; k++) {
            add_agent(page, &view->members.members[k]);
        }
        adatom_page_add(page, "</tbody></table></details>\n");
    }
    adatom_section_end(page);
}
