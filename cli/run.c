#include "run.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void cli_run_start(cli_run *run, const char *folder, const adatom_search_options *options,
                   bool quiet)
{
    memset(run, 0, sizeof *run);
    run->folder = folder;
    run->quiet = quiet;
    run->options_known = options != NULL;
    if (options != NULL) {
        run->options = *options;
    }
    cli_progress_start(&run->progress, options, quiet);
    run->callbacks = (adatom_search_callbacks){
        .context = &run->progress, .progress = cli_progress_show, .stop = cli_is_stop_requested};
    cli_watch_signals();
}

static const char *describe_end(adatom_search_end end)
{
    switch (end) {
    case ADATOM_SEARCH_ENERGY_REACHED:
        return "the energy of stop.energy is reached";
    case ADATOM_SEARCH_EPISODES:
        return "the limit of stop.episodes";
    case ADATOM_SEARCH_EVALUATIONS:
        return "the limit of stop.evaluations";
    case ADATOM_SEARCH_HOURS:
        return "the limit of stop.hours";
    case ADATOM_SEARCH_INTERRUPTED:
        return "stopped on request";
    case ADATOM_SEARCH_RUNNING:
        break;
    }
    return "unknown";
}

static void print_times(const adatom_search_state *state)
{
    const double phases = state->seconds_build + state->seconds_evaluate + state->seconds_train;
    const double percent = phases > 0 ? 100 / phases : 0;
    cli_print_row("wall time", "%.1f s", state->seconds);
    cli_print_row(
        "phases", "build %.1f s (%.0f %%), evaluate %.1f s (%.0f %%), train %.1f s (%.0f %%)",
        state->seconds_build, percent * state->seconds_build, state->seconds_evaluate,
        percent * state->seconds_evaluate, state->seconds_train, percent * state->seconds_train);
}

static adatom_status print_best_structure(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/best.extxyz", folder);
    adatom_frames frames;
    adatom_status status = adatom_extxyz_read(path, &frames);
    if (status != ADATOM_OK) {
        return status;
    }
    const adatom_frame *best = cli_best_frame(&frames);
    if (best != NULL) {
        char formula[128];
        adatom_structure_formula(best->structure, formula, sizeof formula);
        cli_print_row("best structure", "%s in %s", formula, path);
        status = cli_print_bonds(best->structure);
    }
    adatom_frames_clear(&frames);
    return status;
}

static adatom_status print_summary(const cli_run *run)
{
    const adatom_search_state *state = &run->state;
    putchar('\n');
    cli_print_row("ended by", "%s", describe_end(state->end));
    cli_print_row("episodes", "%" PRId64, state->episode);
    cli_print_row("energy evaluations", "%" PRId64, state->evaluations);
    print_times(state);
    if (state->atom_count == 0 || !isfinite(state->best_energy)) {
        cli_print_row("best energy", "none: no structure could be evaluated");
        return ADATOM_OK;
    }
    cli_print_row("best energy", "%.4f eV, %.4f eV/atom, found in episode %" PRId64,
                  state->best_energy, state->best_energy / (double)state->atom_count,
                  state->best_episode);
    return print_best_structure(run->folder);
}

/* The table and the page, as far as there is something to show. */
static int show_run(const cli_run *run)
{
    if (run->state.episode == 0) {
        return 0;
    }
    adatom_status status = run->quiet ? ADATOM_OK : print_summary(run);
    if (status == ADATOM_OK) {
        status = adatom_report_write(run->folder);
    }
    if (status == ADATOM_OK && !run->quiet) {
        cli_print_row("report", "%s/report.html", run->folder);
    }
    fflush(stdout);
    return cli_status(status);
}

static bool missed_energy(const cli_run *run)
{
    return run->options_known && run->options.stop_at_energy &&
           run->state.end != ADATOM_SEARCH_ENERGY_REACHED;
}

int cli_run_finish(cli_run *run, adatom_status status)
{
    const adatom_search_state *state = &run->state;
    const bool ended_well = status == ADATOM_OK || status == ADATOM_INTERRUPTED;
    cli_progress_finish(&run->progress, ended_well ? state : NULL);
    if (!ended_well) {
        return cli_status(status);
    }
    const int shown = show_run(run);
    if (shown != 0) {
        return shown;
    }
    if (status == ADATOM_INTERRUPTED) {
        return cli_failed("stopped after episode %" PRId64 "; go on with: adatom resume %s",
                          state->episode, run->folder);
    }
    if (missed_energy(run)) {
        return cli_failed("stop.energy, %.4f eV, is not reached; the best of %" PRId64
                          " episodes has %.4f eV",
                          run->options.stop_energy, state->episode, state->best_energy);
    }
    return 0;
}
