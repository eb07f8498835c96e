/* The structures and the agents of an ensemble, on its page. */
#include "base/error.h"
#include "report/ensemble_page.h"
#include "report/specimens.h"
#include "report/structure_drawing.h"

#include <math.h>
#include <stdio.h>

enum { CARDS_MAX = 9, CARDS_OF_MANY = 3 };

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

static void add_card(adatom_page *page, const adatom_ensemble_view *view, size_t place)
{
    const adatom_found_structure *now = &view->found.list[place];
    adatom_page_add(page, "<figure class=\"card\"><div class=\"drawing\">");
    const adatom_status status = add_drawing(page, now);
    if (status != ADATOM_OK) {
        page->status = status;
        return;
    }
    adatom_page_print(page, "<div class=\"label\"><span class=\"rank\">%zu</span> <b>", place + 1);
    adatom_page_number(page, now->property, 3);
    adatom_page_add(page, view->found.has_property ? "</b> <span class=\"quiet\">"
                                                   : "</b> eV <span class=\"quiet\">");
    adatom_page_escape(page, now->symmetry);
    adatom_page_print(page, "</span> <span class=\"quiet right\">%zu of %zu agents</span></div>",
                      now->agents, view->members.count);
    adatom_page_add(page, "</figcaption></figure>\n");
}

static void add_view(adatom_page *page, const adatom_ensemble_view *view, size_t cards)
{
    const adatom_picture picture = {.width = ADATOM_CHART_WIDTH,
                                    .height = adatom_found_height(view),
                                    .draw = adatom_found_draw,
                                    .context = view,
                                    .description = "In how many agents each structure was found"};
    adatom_page_add(page, "<p class=\"note\" style=\"margin-top:26px\"><b>");
    adatom_page_escape(page, view->label);
    adatom_page_print(
        page,
        "</b>: %zu distinct structures among the %zu lowest of the agents; the others "
        "are in structures.csv and structures.extxyz.</p>\n<figure class=\"wide\">",
        view->found.count, view->found.looked_at);
    adatom_page_picture(page, &picture);
    adatom_page_add(page, "</figure>\n<div class=\"cards\">\n");
    for (size_t i = 0; i < view->found.count && i < cards && page->length < page_limit; i++) {
        add_card(page, view, i);
    }
    adatom_page_add(page, "</div>\n");
}

void adatom_ensemble_page_structures(adatom_page *page, const adatom_ensemble_views *views)
{
    adatom_section_begin(page, "structures", "Structures that were found");
    for (size_t i = 0; i < views->count; i++) {
        if (views->list[i].found.count == 0) {
            adatom_section_missing(page, "No structure with an energy yet.", "");
        } else {
            add_view(page, &views->list[i], views->count == 1 ? CARDS_MAX : CARDS_OF_MANY);
        }
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
