#include "crew.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What mpirun and srun tell the processes that they start. */
typedef struct cli_rank {
    int rank, size;
} cli_rank;

static int environment_number(const char *name)
{
    const char *text = getenv(name);
    return text != NULL && text[0] != '\0' && text[strspn(text, "0123456789")] == '\0' ? atoi(text)
                                                                                       : -1;
}

static cli_rank find_rank(void)
{
    static const char *const names[][2] = {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                                           {"PMI_RANK", "PMI_SIZE"},
                                           {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const int rank = environment_number(names[i][0]), size = environment_number(names[i][1]);
        if (rank >= 0 && size > 0) {
            return (cli_rank){.rank = rank, .size = size};
        }
    }
    return (cli_rank){.rank = 0, .size = 1};
}

typedef struct crew_view {
    const char *folder;
    bool quiet, terminal, line_open;
    double started_at, shown_at; /* s */
} crew_view;

static double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void end_line(crew_view *view)
{
    if (view->line_open) {
        putchar('\n');
        fflush(stdout);
        view->line_open = false;
    }
}

static void print_state(crew_view *view, const adatom_ensemble_state *state)
{
    char line[256], energy[64] = "";
    if (isfinite(state->best_energy)) {
        snprintf(energy, sizeof energy, "   best %.3f eV", state->best_energy);
    }
    const double seconds = clock_seconds() - view->started_at;
    snprintf(line, sizeof line,
             "%d of %d agents ended, %d at stop.energy%s%.0d   %d running   %.1f episodes/s%s",
             state->ended, state->agents, state->reached, state->failed > 0 ? ", failed " : "",
             state->failed, state->running, seconds > 0 ? (double)state->episodes / seconds : 0,
             energy);
    if (view->terminal) {
        printf("\r%.79s\033[K", line);
        view->line_open = true;
    } else {
        printf("%s\n", line);
    }
    fflush(stdout);
}

static void show(void *context, const adatom_ensemble_state *state)
{
    crew_view *view = context;
    const double now = clock_seconds(), interval = view->terminal ? 0.2 : 10;
    if (!view->quiet && now - view->shown_at >= interval) {
        print_state(view, state);
        view->shown_at = now;
    }
}

static void show_trouble(void *context, int agent, const char *what)
{
    crew_view *view = context;
    end_line(view);
    (void)cli_failed("%s/agent-%04d: %s", view->folder, agent, what);
}

static int default_jobs(const cli_rank *rank)
{
    if (rank->size > 1) {
        return 1; /* the launcher says how many there are on each machine */
    }
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (int)cores : 1;
}

static void print_summary(const char *folder, const adatom_ensemble_state *state)
{
    cli_print_row("agents", "%d: %d ended, %d failed", state->agents, state->ended, state->failed);
    cli_print_row("results", "%s/ensemble.csv, curve.csv, structures.csv ...", folder);
    cli_print_row("report", "%s/report.html", folder);
    fflush(stdout);
}

static int finish(const char *folder, const crew_view *view, adatom_status status,
                  const adatom_ensemble_state *state)
{
    if (status != ADATOM_OK && status != ADATOM_INTERRUPTED) {
        return cli_status(status);
    }
    adatom_status written = adatom_ensemble_write_results(folder);
    if (written == ADATOM_OK) {
        written = adatom_report_ensembles(&folder, NULL, 1, folder);
    }
    if (written != ADATOM_OK) {
        return cli_status(written);
    }
    if (!view->quiet) {
        print_summary(folder, state);
    }
    if (status == ADATOM_INTERRUPTED) {
        return cli_failed("stopped with %d of %d agents ended; go on with: adatom resume %s",
                          state->ended, state->agents, folder);
    }
    return state->failed > 0 ? cli_failed("%d of %d agents failed; try them again with: adatom "
                                          "resume %s",
                                          state->failed, state->agents, folder)
                             : 0;
}

int cli_crew_run(const cli_arguments *arguments, const char *folder)
{
    const cli_rank rank = find_rank();
    crew_view view = {.folder = folder,
                      .quiet = arguments->quiet || rank.rank > 0,
                      .terminal = rank.size == 1 && isatty(STDOUT_FILENO) == 1,
                      .started_at = clock_seconds()};
    const adatom_ensemble_callbacks callbacks = {
        .context = &view, .progress = show, .trouble = show_trouble, .stop = cli_is_stop_requested};
    adatom_ensemble_state state = {.agents = 0};
    const int jobs = arguments->jobs > 0 ? arguments->jobs : default_jobs(&rank);
    const adatom_status status =
        adatom_ensemble_run(folder, jobs, rank.rank == 0, &callbacks, &state);
    if (status == ADATOM_OK && !view.quiet) {
        print_state(&view, &state);
    }
    end_line(&view);
    return finish(folder, &view, status, &state);
}
