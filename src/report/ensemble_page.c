#include "report/ensemble_page.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

void adatom_ensemble_page_chart(adatom_page *page, adatom_picture_draw *draw, const void *context,
                                double height, const char *description)
{
    const adatom_picture picture = {.width = ADATOM_CHART_WIDTH,
                                    .height = height,
                                    .draw = draw,
                                    .context = context,
                                    .description = description};
    adatom_page_add(page, "<figure class=\"wide\">");
    adatom_page_picture(page, &picture);
    adatom_page_add(page, "</figure>\n");
}

/* -- the head */

static void add_fact(adatom_page *page, const char *name)
{
    adatom_page_print(page, "<div class=\"fact\"><div class=\"name\">%s</div><div class=\"value\">",
                      name);
}

static void add_along(adatom_page *page, adatom_axis axis, double value)
{
    if (!isfinite(value)) {
        adatom_page_add(page, "&ndash;");
    } else if (axis == ADATOM_AXIS_CPU_HOURS) {
        adatom_page_print(page, "%.3g", value);
    } else {
        adatom_page_count(page, (int64_t)value);
    }
}

static void add_median_fact(adatom_page *page, const adatom_ensemble_view *view, adatom_axis axis,
                            const char *name)
{
    const adatom_median *median = &view->medians[axis];
    add_fact(page, name);
    add_along(page, axis, median->value);
    adatom_page_add(page, "</div><div class=\"unit\">95 %: ");
    add_along(page, axis, median->lower);
    adatom_page_add(page, " to ");
    add_along(page, axis, median->upper);
    adatom_page_add(page, "</div></div>\n");
}

static void add_facts(adatom_page *page, const adatom_ensemble_view *view)
{
    adatom_page_add(page, "<div class=\"facts\">\n");
    if (view->members.options.target_kind == ADATOM_TARGET_NONE) {
        add_fact(page, "agents");
        adatom_page_print(page, "%zu</div></div>\n", view->members.count);
    } else {
        add_fact(page, "agents that succeeded");
        adatom_page_print(page, "%zu</div><div class=\"unit\">of %zu</div></div>\n",
                          view->successes, view->members.count);
        add_median_fact(page, view, ADATOM_AXIS_EPISODES, "n50, episodes");
        add_median_fact(page, view, ADATOM_AXIS_EVALUATIONS, "n50, evaluations");
        add_median_fact(page, view, ADATOM_AXIS_CPU_HOURS, "n50, CPU hours");
    }
    if (view->found.count > 0) {
        const bool other = view->found.has_property;
        add_fact(page, other ? "best property" : "lowest energy");
        adatom_page_number(page, view->found.list[0].property, 3);
        adatom_page_print(page, "</div><div class=\"unit\">%s</div></div>\n", other ? "" : "eV");
    }
    adatom_page_add(page, "</div>\n");
}

static void add_title(adatom_page *page, const adatom_ensemble_views *views)
{
    const adatom_ensemble_view *first = &views->list[0];
    adatom_page_add(page, "<header id=\"head\">\n<p class=\"kicker\">adatom ensemble");
    for (size_t i = 0; i < views->count; i++) {
        adatom_page_add(page, " &middot; ");
        adatom_page_escape(page, views->list[i].folder);
    }
    adatom_page_add(page, "</p>\n<h1>");
    if (first->found.count > 0) {
        adatom_page_formula(page, first->found.list[0].structure);
    } else {
        adatom_page_add(page, "An ensemble without a structure yet");
    }
    adatom_page_add(page, "</h1>\n");
}

void adatom_ensemble_page_head(adatom_page *page, const adatom_ensemble_views *views)
{
    add_title(page, views);
    if (views->count == 1) {
        add_facts(page, &views->list[0]);
    }
    adatom_page_add(page, "</header>\n");
}

/* -- success */

static void add_target(adatom_page *page, const adatom_ensemble_view *view)
{
    const adatom_ensemble_options *options = &view->members.options;
    switch (options->target_kind) {
    case ADATOM_TARGET_STOP:
    case ADATOM_TARGET_ENERGY:
        adatom_page_add(page, view->members.has_property ? "a property of " : "a total energy of ");
        adatom_page_add(page, options->target_maximise ? "at least " : "at most ");
        adatom_page_number(page, options->target_energy, 3);
        adatom_page_add(page, view->members.has_property ? "" : " eV");
        break;
    case ADATOM_TARGET_STRUCTURE:
        adatom_page_add(page, "the structure of ");
        adatom_page_escape(page, options->target_structure);
        break;
    default:
        adatom_page_add(page, "not given (stop.energy or --target)");
    }
}

static void add_median_row(adatom_page *page, const adatom_ensemble_view *view)
{
    adatom_page_add(page, "<tr><td>");
    adatom_page_escape(page, view->label);
    adatom_page_print(page, "</td><td>%zu</td><td>%zu</td>", view->members.count, view->successes);
    for (adatom_axis axis = 0; axis < ADATOM_AXIS_COUNT; axis++) {
        adatom_page_add(page, "<td>");
        add_along(page, axis, view->medians[axis].value);
        adatom_page_add(page, "</td><td>");
        add_along(page, axis, view->medians[axis].lower);
        adatom_page_add(page, " &hellip; ");
        add_along(page, axis, view->medians[axis].upper);
        adatom_page_add(page, "</td>");
    }
    adatom_page_add(page, "<td>");
    add_target(page, view);
    adatom_page_add(page, "</td></tr>\n");
}

static bool have_target(const adatom_ensemble_views *views)
{
    for (size_t i = 0; i < views->count; i++) {
        if (views->list[i].members.options.target_kind != ADATOM_TARGET_NONE) {
            return true;
        }
    }
    return false;
}

static void add_medians(adatom_page *page, const adatom_ensemble_views *views)
{
    adatom_page_add(page,
                    "<table><thead><tr><th>ensemble</th><th>agents</th><th>successes</th>"
                    "<th>n50, episodes</th><th>95 %</th><th>n50, evaluations</th><th>95 %</th>"
                    "<th>n50, CPU hours</th><th>95 %</th><th>success is</th></tr></thead>"
                    "<tbody>\n");
    for (size_t i = 0; i < views->count; i++) {
        add_median_row(page, &views->list[i]);
    }
    adatom_page_add(page, "</tbody></table>\n");
}

void adatom_ensemble_page_success(adatom_page *page, const adatom_ensemble_views *views)
{
    adatom_section_begin(page, "success", "Agents that succeeded");
    if (!have_target(views)) {
        adatom_section_missing(page, "No target was given (stop.at_energy or --target).", "");
        adatom_section_end(page);
        return;
    }
    adatom_page_add(
        page, "<p class=\"note\">Kaplan and Meier's estimate: an agent that ended without "
              "success, or has not ended, counts as long as it was watched. Bands are Wilson's "
              "95 % intervals for each point by itself; n50 is where the curve reaches one "
              "half, its interval (a line at one half) where the band does.</p>\n");
    for (adatom_axis axis = 0; axis < ADATOM_AXIS_COUNT; axis++) {
        const adatom_success_chart chart = {.views = views, .axis = axis};
        adatom_ensemble_page_chart(page, adatom_success_draw, &chart, ADATOM_CHART_HEIGHT,
                                   "Share of agents that have succeeded");
    }
    add_medians(page, views);
    adatom_section_end(page);
}

/* -- tests */

adatom_status adatom_ensemble_compare(const adatom_ensemble_views *views, size_t first,
                                      size_t second, adatom_axis axis, adatom_log_rank *out)
{
    const adatom_members *a = &views->list[first].members, *b = &views->list[second].members;
    adatom_lifetime *lifetimes;
    ADATOM_TRY(adatom_allocate(a->count + b->count, sizeof *lifetimes, &lifetimes));
    adatom_members_lifetimes(a, axis, lifetimes);
    adatom_members_lifetimes(b, axis, lifetimes + a->count);
    const adatom_status status =
        adatom_log_rank_test(lifetimes, a->count, lifetimes + a->count, b->count, out);
    free(lifetimes);
    return status;
}

static void add_test_row(adatom_page *page, const adatom_ensemble_views *views, size_t first,
                         size_t second)
{
    adatom_page_add(page, "<tr><td>");
    adatom_page_escape(page, views->list[first].label);
    adatom_page_add(page, " &ndash; ");
    adatom_page_escape(page, views->list[second].label);
    adatom_page_add(page, "</td>");
    for (adatom_axis axis = 0; axis < ADATOM_AXIS_COUNT; axis++) {
        adatom_log_rank test;
        const adatom_status status = adatom_ensemble_compare(views, first, second, axis, &test);
        if (status != ADATOM_OK) {
            page->status = status;
            return;
        }
        adatom_page_print(page, isnan(test.p) ? "<td>&ndash;</td>" : "<td>%.3g</td>", test.p);
    }
    adatom_page_add(page, "</tr>\n");
}

void adatom_ensemble_page_tests(adatom_page *page, const adatom_ensemble_views *views)
{
    if (views->count < 2 || !have_target(views)) {
        return;
    }
    adatom_section_begin(page, "tests", "Do they differ?");
    adatom_page_print(
        page,
        "<p class=\"note\">p of the two-sided log-rank test: how likely a difference at "
        "least as large is if both have the same chance of success at all times. "
        "Of %zu pairs, one with p below %.2g differs even so (Bonferroni, 5 %%).</p>\n",
        views->count * (views->count - 1) / 2,
        0.05 / ((double)views->count * (double)(views->count - 1) / 2));
    adatom_page_add(page, "<table><thead><tr><th>pair</th><th>episodes</th><th>evaluations</th>"
                          "<th>CPU hours</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < views->count; i++) {
        for (size_t k = i + 1; k < views->count; k++) {
            add_test_row(page, views, i, k);
        }
    }
    adatom_page_add(page, "</tbody></table>\n");
    adatom_section_end(page);
}

/* -- energies */

void adatom_ensemble_page_energy(adatom_page *page, const adatom_ensemble_views *views)
{
    adatom_section_begin(page, "energy", "Mean of the best energies");
    adatom_ensemble_page_chart(page, adatom_course_draw, views, ADATOM_CHART_HEIGHT,
                               "Mean over the agents of the best energy so far");
    adatom_page_add(page, "<p class=\"note\">Bands are 95 % of the mean (1.96 standard errors). An "
                          "agent that has ended counts on with its best energy.</p>\n");
    adatom_section_end(page);
}
