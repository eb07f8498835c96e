#include "report/energy_plot.h"
#include "report/sections.h"

#include <math.h>

/* Points that the script can show; more would only make the page large. */
enum { HOVER_MAX = 2500 };

static void write_caption(adatom_page *page, const adatom_run *run, const adatom_energy_plot *plot)
{
    size_t failed = 0;
    for (size_t i = 0; i < run->log.count; i++) {
        failed += run->log.rows[i].failed;
    }
    adatom_page_add(page, "<figcaption>The zero of the axis is the best energy, ");
    adatom_page_number(page, plot->best / plot->divisor, 4);
    adatom_page_add(page, plot->divisor > 1 ? " eV/atom (" : " eV (");
    adatom_page_number(page, plot->best, 3);
    adatom_page_add(page, " eV in all).");
    if (plot->has_target && plot->target < plot->best &&
        adatom_energy_plot_relative(plot, plot->target) < plot->frame.y_min) {
        adatom_page_add(page, " The energy to reach lies below the axis, at ");
        adatom_page_number(page, adatom_energy_plot_relative(plot, plot->target), 3);
        adatom_page_add(page, ".");
    }
    if (failed > 0) {
        adatom_page_print(page, " %zu episode%s without an energy left out.", failed,
                          failed == 1 ? "" : "s");
    }
    if (run->log.skipped > 0) {
        adatom_page_print(page, " %zu line%s of log.csv could not be read.", run->log.skipped,
                          run->log.skipped == 1 ? "" : "s");
    }
    adatom_page_add(page, " <span id=\"readout\"></span></figcaption>\n");
}

/* The axes and the points as numbers for the script. */
static void write_points(adatom_page *page, const adatom_energy_plot *plot)
{
    const adatom_plot_frame *frame = &plot->frame;
    const size_t count = plot->log->count;
    const size_t stride = count / HOVER_MAX + 1;
    adatom_page_print(page,
                      "<script>const curve={w:%.0f,h:%.0f,l:%.0f,t:%.0f,fw:%.0f,fh:%.0f,x0:%.0f,"
                      "x1:%.0f,y0:%.9g,y1:%.9g,unit:\"%s\",p:[",
                      plot->width, plot->height, frame->left, frame->top, frame->width,
                      frame->height, frame->x_min, frame->x_max, frame->y_min, frame->y_max,
                      plot->divisor > 1 ? "eV/atom" : "eV");
    double best = HUGE_VAL;
    for (size_t i = 0; i < count; i++) {
        const adatom_run_log_row *row = &plot->log->rows[i];
        const bool record = !row->failed && row->energy < best;
        best = record ? row->energy : best;
        if (!row->failed && (record || i % stride == 0)) {
            adatom_page_print(page, "[%lld,%.4f,%.4f,%d],", (long long)row->episode,
                              adatom_energy_plot_relative(plot, row->energy), row->energy,
                              row->greedy);
        }
    }
    adatom_page_add(page, "]};</script>\n");
}

void adatom_section_energy(adatom_page *page, const adatom_run *run)
{
    adatom_energy_plot plot;
    adatom_section_begin(page, "energy", "Energy against episode");
    const double target = adatom_run_settings_number(&run->settings, "stop.energy", 0);
    const bool has_target = adatom_run_settings_flag(&run->settings, "stop.at_energy");
    if (!adatom_energy_plot_plan(&run->log, adatom_run_atom_count(run), has_target, target,
                                 &plot)) {
        adatom_section_missing(page, "No episode with an energy yet.", run->log_problem);
        adatom_section_end(page);
        return;
    }
    const adatom_picture picture = {.width = plot.width,
                                    .height = plot.height,
                                    .draw = adatom_energy_plot_draw,
                                    .context = &plot,
                                    .description = "Energy of each episode, and the best so far"};
    adatom_page_add(page, "<figure class=\"wide\"><div id=\"curve\">");
    adatom_page_picture(page, &picture);
    adatom_page_add(page, "</div>\n");
    write_caption(page, run, &plot);
    adatom_page_add(page, "</figure>\n");
    write_points(page, &plot);
    adatom_section_end(page);
}
