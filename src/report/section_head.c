#include "report/sections.h"

#include <math.h>
#include <string.h>

static void write_title(adatom_page *page, const adatom_run *run)
{
    adatom_page_add(page, "<header id=\"head\">\n<p class=\"kicker\">adatom search &middot; ");
    adatom_page_escape(page, run->folder);
    adatom_page_add(page, "</p>\n<h1>");
    if (run->has_best) {
        adatom_page_formula(page, run->best.structure);
    } else {
        adatom_page_add(page, "A search without a structure yet");
    }
    adatom_page_add(page, "</h1>\n");
    if (run->has_best) {
        char words[1024];
        adatom_specimen_describe(&run->best, words, sizeof words);
        adatom_page_add(
            page, "<p class=\"verdict\"><span class=\"quiet\">The best structure &ndash;</span> ");
        adatom_page_escape(page, words);
        adatom_page_add(page, ".</p>\n");
    }
}

static void begin_figure(adatom_page *page, const char *name)
{
    adatom_page_print(page, "<div class=\"fact\"><div class=\"name\">%s</div><div class=\"value\">",
                      name);
}

static void end_figure(adatom_page *page, const char *unit)
{
    adatom_page_print(page, "</div><div class=\"unit\">%s</div></div>\n", unit);
}

static bool best_energy(const adatom_run *run, double *energy)
{
    const adatom_run_log_row *row = adatom_run_log_best(&run->log);
    if (row == NULL && !(run->has_best && run->best.has_energy)) {
        return false;
    }
    *energy = row != NULL ? row->energy : run->best.energy;
    return true;
}

static void write_energy_facts(adatom_page *page, const adatom_run *run)
{
    double energy = 0;
    const size_t atoms = adatom_run_atom_count(run);
    if (!best_energy(run, &energy)) {
        return;
    }
    begin_figure(page, "best energy");
    adatom_page_number(page, energy, 3);
    end_figure(page, "eV");
    if (atoms > 0) {
        begin_figure(page, "per atom");
        adatom_page_number(page, energy / (double)atoms, 4);
        end_figure(page, "eV/atom");
    }
}

static void write_target_fact(adatom_page *page, const adatom_run *run)
{
    double energy = 0;
    const double target = adatom_run_settings_number(&run->settings, "stop.energy", NAN);
    if (!adatom_run_settings_flag(&run->settings, "stop.at_energy") || isnan(target) ||
        !best_energy(run, &energy)) {
        return;
    }
    begin_figure(page, "energy to reach");
    adatom_page_add(page, energy <= target ? "reached" : "not reached");
    adatom_page_add(page, "</div><div class=\"unit\">");
    adatom_page_number(page, target, 3);
    adatom_page_add(page, " eV</div></div>\n");
}

/* Seconds as people say them. */
static void write_duration(adatom_page *page, double seconds)
{
    if (seconds < 120) {
        adatom_page_print(page, "%.1f</div><div class=\"unit\">s", seconds);
    } else if (seconds < 7200) {
        adatom_page_print(page, "%.1f</div><div class=\"unit\">min", seconds / 60);
    } else {
        adatom_page_print(page, "%.2f</div><div class=\"unit\">h", seconds / 3600);
    }
}

static void write_effort_facts(adatom_page *page, const adatom_run *run)
{
    const adatom_run_log *log = &run->log;
    const adatom_run_log_row *best = adatom_run_log_best(log);
    if (best != NULL) {
        begin_figure(page, "found in episode");
        adatom_page_count(page, best->episode);
        adatom_page_add(page, "</div><div class=\"unit\">of ");
        adatom_page_count(page, (int64_t)log->count);
        adatom_page_add(page, "</div></div>\n");
    }
    if (log->count > 0) {
        double seconds = 0;
        for (size_t i = 0; i < log->count; i++) {
            for (int phase = 0; phase < ADATOM_PHASE_COUNT; phase++) {
                seconds += log->rows[i].seconds[phase];
            }
        }
        begin_figure(page, "evaluations");
        adatom_page_count(page, log->rows[log->count - 1].evaluations);
        end_figure(page, "energies");
        begin_figure(page, "computing time");
        write_duration(page, seconds);
        adatom_page_add(page, "</div></div>\n");
    }
}

/* The settings that a reader asks for first. */
static const struct summary_line {
    const char *name, *path, *unit;
} summary[] = {{"energies", "evaluator", ""},
               {"template", "system.template", ""},
               {"grid", "grid.shape", "points"},
               {"image", "image.kind", ""},
               {"width &lambda;", "image.width", "&Aring;"},
               {"filters", "network.filters", ""},
               {"filter width", "network.filter_width", "&Aring;"},
               {"&epsilon;<sub>0</sub>", "policy.epsilon_0", ""},
               {"&epsilon;<sub>&nu;</sub>", "policy.epsilon_nu", ""},
               {"greedy every", "policy.greedy_every", "episodes"},
               {"relaxation", "relax.steps", "steps"},
               {"&Delta;E", "reward.delta_e", "eV/atom"},
               {"batch", "training.batch", "steps"},
               {"rotations", "training.rotations", "a step"},
               {"updates", "training.updates", "an episode"},
               {"learning rate", "training.learning_rate", ""},
               {"seed", "seed", ""},
               {"threads", "threads", ""}};

static void write_placed(adatom_page *page, const adatom_run *run)
{
    static const char prefix[] = "system.place.";
    bool any = false;
    for (size_t i = 0; i < run->settings.count; i++) {
        const adatom_run_setting *setting = &run->settings.settings[i];
        if (strncmp(setting->path, prefix, sizeof prefix - 1) == 0) {
            adatom_page_add(page, any ? ", " : "<div><dt>placed</dt><dd>");
            adatom_page_escape(page, setting->value);
            adatom_page_add(page, " ");
            adatom_page_escape(page, setting->path + sizeof prefix - 1);
            any = true;
        }
    }
    adatom_page_add(page, any ? "</dd></div>\n" : "");
}

/* Of a path only the file's name. */
static const char *short_value(const char *path, const char *value)
{
    const char *slash = strrchr(value, '/');
    return strcmp(path, "system.template") == 0 && slash != NULL ? slash + 1 : value;
}

static void write_summary(adatom_page *page, const adatom_run *run)
{
    adatom_page_add(page, "<dl class=\"summary\">\n");
    write_placed(page, run);
    for (size_t i = 0; i < sizeof summary / sizeof summary[0]; i++) {
        const char *value = adatom_run_settings_text(&run->settings, summary[i].path);
        if (value != NULL) {
            adatom_page_print(page, "<div%s><dt>%s</dt><dd>",
                              strlen(value) > 24 ? " class=\"long\"" : "", summary[i].name);
            adatom_page_escape(page, short_value(summary[i].path, value));
            adatom_page_print(page, " %s</dd></div>\n", summary[i].unit);
        }
    }
    adatom_page_add(page, "</dl>\n");
}

void adatom_section_head(adatom_page *page, const adatom_run *run)
{
    write_title(page, run);
    adatom_page_add(page, "<div class=\"facts\">\n");
    write_energy_facts(page, run);
    write_target_fact(page, run);
    write_effort_facts(page, run);
    adatom_page_add(page, "</div>\n");
    if (run->settings.count > 0) {
        write_summary(page, run);
    }
    adatom_page_add(page, "</header>\n");
}
