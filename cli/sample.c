/* adatom sample: molecular dynamics and relaxation from the structures of a file. */
#include "cli.h"
#include "sample_frames.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct sampling_run {
    const cli_arguments *arguments;
    adatom_sample_options options;
    adatom_frames starts;
    cli_sample_frames kept;
    size_t structure; /* the start structure that runs, from 1 */
    int64_t restart, step;
    bool relaxes, terminal, line_open;
    double shown_at; /* seconds of the clock */
} sampling_run;

/* Seconds between two lines, as in a search. */
static const double terminal_interval = 0.1, log_interval = 5;

static double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void print_progress(sampling_run *run, const adatom_sample_state *state)
{
    printf(run->terminal ? "\r" : "");
    if (run->starts.count > 1) {
        printf("structure %zu of %zu   ", run->structure, run->starts.count);
    }
    if (run->options.restart_count > 0) {
        printf("restart %" PRId64 " of %" PRId64 "   ", state->restart, run->options.restart_count);
    }
    printf("step %" PRId64 " of %" PRId64 "   %.4f eV", state->step, run->options.run_steps,
           state->energy);
    if (!run->relaxes) {
        printf("   %.0f K", state->temperature);
    }
    printf(run->terminal ? "\033[K" : "\n");
    run->line_open = run->terminal;
    fflush(stdout);
}

static void show_progress(void *context, const adatom_sample_state *state)
{
    sampling_run *run = context;
    run->restart = state->restart;
    run->step = state->step;
    const double now = clock_seconds();
    const double interval = run->terminal ? terminal_interval : log_interval;
    if (!run->arguments->quiet && now - run->shown_at >= interval) {
        print_progress(run, state);
        run->shown_at = now;
    }
}

static adatom_status keep_frame(void *context, const adatom_sample_state *state)
{
    sampling_run *run = context;
    return cli_sample_frames_add(&run->kept, state, run->structure, run->relaxes);
}

static bool asks_to_stop(void *context)
{
    (void)context;
    return cli_is_stop_requested(NULL);
}

static adatom_status run_structures(sampling_run *run, adatom_evaluator *evaluator)
{
    const adatom_sample_callbacks callbacks = {run, keep_frame, show_progress, asks_to_stop};
    adatom_status status = ADATOM_OK;
    for (size_t i = 0; i < run->starts.count && status == ADATOM_OK; i++) {
        run->structure = i + 1;
        run->restart = run->step = 0;
        status = adatom_sample_run(&run->options, evaluator, run->starts.frames[i].structure, i,
                                   &callbacks);
    }
    return status;
}

/* Says what ended the run before its time; what was sampled is in the file. */
static int report_end(const sampling_run *run, adatom_status status, const char *message)
{
    if (status == ADATOM_OK) {
        return 0;
    }
    char place[128] = "";
    if (run->step > 0) {
        snprintf(place, sizeof place, " after restart %" PRId64 ", step %" PRId64, run->restart,
                 run->step);
    }
    cli_failed("%s: structure %zu%s: %s; %zu structures were sampled",
               run->options.system_structures, run->structure, place,
               status == ADATOM_OUT_OF_MEMORY ? "out of memory" : message, run->kept.whole_count);
    return adatom_status_exit(status);
}

static void print_summary(const sampling_run *run)
{
    const size_t count = run->kept.whole_count;
    double lowest = INFINITY, highest = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        lowest = fmin(lowest, run->kept.frames.frames[i].energy);
        highest = fmax(highest, run->kept.frames.frames[i].energy);
    }
    cli_print_row("structures", "%zu", count);
    cli_print_row("energies", "%.4f to %.4f eV", lowest, highest);
    if (!run->relaxes) {
        cli_print_row("mean temperature", "%.1f K", run->kept.temperature_sum / (double)count);
    }
}

static int finish(sampling_run *run, adatom_status status)
{
    char message[2048];
    snprintf(message, sizeof message, "%s", adatom_error_message());
    if (run->line_open) {
        putchar('\n');
    }
    adatom_status written = ADATOM_OK;
    if (run->kept.whole_count > 0) {
        written = adatom_extxyz_write(run->arguments->output, run->kept.frames.frames,
                                      run->kept.whole_count);
    }
    if (written == ADATOM_OK && run->kept.whole_count > 0 && !run->arguments->quiet) {
        print_summary(run);
    }
    fflush(stdout);
    const int exit_status = cli_status(written);
    return exit_status != 0 ? exit_status : report_end(run, status, message);
}

static int sample_with(sampling_run *run)
{
    adatom_evaluator *evaluator = NULL;
    adatom_status status = adatom_evaluator_create(run->options.run_evaluator, &evaluator);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    cli_watch_signals();
    status = run_structures(run, evaluator);
    const int exit_status = finish(run, status);
    adatom_evaluator_free(evaluator);
    return exit_status;
}

/* The values of the file and of --set; --threads is for all commands, and one trajectory needs one
 * thread. */
static adatom_status read_options(const cli_arguments *arguments, adatom_sample_options *options)
{
    const char **overrides = calloc(arguments->override_count + 1, sizeof *overrides);
    if (overrides == NULL) {
        return ADATOM_OUT_OF_MEMORY;
    }
    size_t count = 0;
    for (size_t i = 0; i < arguments->override_count; i++) {
        if (strncmp(arguments->overrides[i], "threads=", strlen("threads=")) != 0) {
            overrides[count++] = arguments->overrides[i];
        }
    }
    *options = adatom_sample_options_default();
    const adatom_status status = adatom_options_read(
        adatom_sample_option_table(), arguments->files[0], overrides, count, options);
    free(overrides);
    return status;
}

/* A long run must not end in a file that cannot be written. */
static int check_output(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[4096];
    snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - path) + 1 : 1,
             slash != NULL ? path : ".");
    return access(folder, W_OK) == 0
               ? 0
               : cli_failed("%s: cannot write: there is no such folder, or it is not ours", path);
}

int cli_sample(const cli_arguments *arguments)
{
    if (arguments->output == NULL) {
        return cli_wrong_use("sample: -o OUT is missing");
    }
    sampling_run run;
    memset(&run, 0, sizeof run);
    run.arguments = arguments;
    run.terminal = isatty(STDOUT_FILENO) == 1;
    adatom_status status = read_options(arguments, &run.options);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    if (run.options.system_structures[0] == '\0') {
        return cli_wrong_use("%s: system.structures is missing", arguments->files[0]);
    }
    const int unwritable = check_output(arguments->output);
    if (unwritable != 0) {
        return unwritable;
    }
    run.relaxes = run.options.run_method == ADATOM_SAMPLE_FIRE ||
                  run.options.run_method == ADATOM_SAMPLE_LBFGS;
    status = adatom_extxyz_read(run.options.system_structures, &run.starts);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    const int exit_status = sample_with(&run);
    adatom_frames_clear(&run.starts);
    adatom_frames_clear(&run.kept.frames);
    return exit_status;
}
