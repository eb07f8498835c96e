/* adatom train: trains a model as a YAML file says. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Seconds between two lines, as in a search. */
static const double terminal_interval = 0.1, log_interval = 5;

typedef struct training_display {
    bool quiet, terminal, line_open;
    double shown_at; /* seconds of the clock */
} training_display;

static double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void show_progress(void *context, const adatom_train_state *state)
{
    training_display *display = context;
    const double now = clock_seconds();
    const double interval = display->terminal ? terminal_interval : log_interval;
    if (display->quiet || now - display->shown_at < interval) {
        return;
    }
    display->shown_at = now;
    printf(display->terminal ? "\r" : "");
    if (state->members > 1) {
        printf("member %d of %d   ", state->member, state->members);
    }
    printf("epoch %" PRId64 " of %" PRId64 "   %s", state->epoch, state->epochs, state->line);
    printf(display->terminal ? "\033[K" : "\n");
    display->line_open = display->terminal;
    fflush(stdout);
}

static void say(void *context, const char *line)
{
    const training_display *display = context;
    if (!display->quiet) {
        printf("%s\n", line);
    }
}

void cli_print_result(const adatom_train_result *result)
{
    char name[64];
    for (const char *line = result->text; *line != '\0';) {
        const size_t length = strcspn(line, "\n"), first = strcspn(line, "\t\n");
        snprintf(name, sizeof name, "%.*s", (int)first, line);
        if (first < length) {
            cli_print_row(name, "%.*s", (int)(length - first - 1), line + first + 1);
        }
        line += length + (line[length] == '\n');
    }
}

/* TABLE.csv is drawn to TABLE.svg. */
adatom_status cli_draw_predictions(const adatom_train_result *result, bool quiet)
{
    if (result->table[0] == '\0') {
        return ADATOM_OK;
    }
    char path[ADATOM_TRAIN_RESULT_SIZE + 4];
    snprintf(path, sizeof path, "%.*s.svg", (int)(strlen(result->table) - strlen(".csv")),
             result->table);
    const adatom_status status = adatom_report_predictions(result->table, path);
    if (status == ADATOM_OK && !quiet) {
        cli_print_row("predictions", "%s", path);
    }
    return status;
}

static int finish(const cli_arguments *arguments, const adatom_train_result *result)
{
    char curve[4096], page[4096];
    snprintf(curve, sizeof curve, "%s.csv", arguments->output);
    snprintf(page, sizeof page, "%s.html", arguments->output);
    adatom_status status = adatom_report_learning(curve, page);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    if (!arguments->quiet) {
        cli_print_result(result);
        cli_print_row("model", "%s", arguments->output);
        cli_print_row("learning curve", "%s", page);
    }
    status = cli_draw_predictions(result, arguments->quiet);
    return cli_status(status);
}

int cli_train(const cli_arguments *arguments)
{
    if (arguments->output == NULL) {
        return cli_wrong_use("train: -o MODEL.h5 is missing");
    }
    training_display display = {.quiet = arguments->quiet, .terminal = isatty(STDOUT_FILENO) == 1};
    const adatom_train_callbacks callbacks = {&display, show_progress, cli_is_stop_requested, say};
    adatom_train_result result;
    cli_watch_signals();
    const adatom_status status =
        adatom_train(arguments->files[0], (const char *const *)arguments->overrides,
                     arguments->override_count, arguments->output, &callbacks, &result);
    if (display.line_open) {
        putchar('\n');
    }
    fflush(stdout);
    return status == ADATOM_OK ? finish(arguments, &result) : cli_status(status);
}
