#include "report/charts.h"
#include "report/sections.h"

static void write_row(adatom_page *page, const char *name, double seconds, double total,
                      double episodes, double evaluations)
{
    adatom_page_print(
        page, "<td>%s</td><td>%.2f</td><td>%.1f %%</td><td>%.2f</td><td>%.2f</td></tr>\n", name,
        seconds, 100 * seconds / total, 1000 * seconds / episodes, 1000 * seconds / evaluations);
}

static void write_table(adatom_page *page, const adatom_run_log *log,
                        const adatom_timing_sums *sums)
{
    const double episodes = (double)log->count;
    const int64_t last = log->rows[log->count - 1].evaluations;
    const double evaluations = last > 0 ? (double)last : episodes;
    adatom_page_add(page,
                    "<table><thead><tr><th>phase</th><th>seconds</th><th>share</th>"
                    "<th>ms per episode</th><th>ms per evaluation</th></tr></thead><tbody>\n");
    for (int phase = 0; phase < ADATOM_PHASE_COUNT; phase++) {
        const adatom_color color = adatom_phase_color(phase);
        adatom_page_print(page, "<tr style=\"--phase:rgb(%.0f,%.0f,%.0f)\">", 255 * color.red,
                          255 * color.green, 255 * color.blue);
        write_row(page, adatom_phase_names[phase], sums->seconds[phase], sums->total, episodes,
                  evaluations);
    }
    adatom_page_add(page, "<tr class=\"sum\">");
    write_row(page, "all", sums->total, sums->total, episodes, evaluations);
    adatom_page_add(page, "</tbody></table>\n");
}

void adatom_section_timings(adatom_page *page, const adatom_run *run)
{
    adatom_section_begin(page, "timings", "Where the time went");
    const adatom_timing_sums sums = adatom_timing_sum(&run->log);
    if (!(sums.total > 0)) {
        adatom_section_missing(page, "No timings in log.csv yet.", run->log_problem);
        adatom_section_end(page);
        return;
    }
    const adatom_timing_chart total = {&run->log, 1080, 34}, course = {&run->log, 600, 280};
    const adatom_picture bar = {.width = total.width,
                                .height = total.height,
                                .draw = adatom_timing_draw_total,
                                .context = &total,
                                .description = "Shares of building, evaluating and training"};
    const adatom_picture chart = {.width = course.width,
                                  .height = course.height,
                                  .draw = adatom_timing_draw_course,
                                  .context = &course,
                                  .description = "Time per episode in the course of the run"};
    adatom_page_add(page, "<figure class=\"wide\">");
    adatom_page_picture(page, &bar);
    adatom_page_add(page, "</figure>\n<div class=\"timing\"><figure>");
    adatom_page_picture(page, &chart);
    adatom_page_add(page, "</figure>\n");
    write_table(page, &run->log, &sums);
    adatom_page_add(page, "</div>\n");
    adatom_section_end(page);
}
