#include "progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 256 };

/* Seconds between two lines: fast enough for the eye, slow enough for a log file. */
static const double terminal_interval = 0.1, log_interval = 5;

static double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void cli_progress_start(cli_progress *progress, const adatom_search_options *options, bool quiet)
{
    memset(progress, 0, sizeof *progress);
    progress->quiet = quiet;
    progress->terminal = isatty(STDOUT_FILENO) == 1;
    if (options != NULL) {
        progress->evaluation_limit = options->stop_evaluations;
        progress->hour_limit = options->stop_hours;
    }
}

/* Time in which something that grew from `first` to `now` in `seconds` reaches the limit. */
static double time_to_limit(double limit, double now, double first, double seconds)
{
    const bool grows = limit > 0 && now > first && seconds > 0;
    return grows ? fmax(limit - now, 0) / (now - first) * seconds : INFINITY;
}

/* Until the first of the limits; infinite where there is none. */
static double seconds_left(const cli_progress *progress, const adatom_search_state *state)
{
    const adatom_search_state *first = &progress->first;
    const double seconds = state->seconds - first->seconds;
    double left = time_to_limit((double)state->episode_limit, (double)state->episode,
                                (double)first->episode, seconds);
    left = fmin(left, time_to_limit((double)progress->evaluation_limit, (double)state->evaluations,
                                    (double)first->evaluations, seconds));
    if (progress->hour_limit > 0) {
        left = fmin(left, fmax(progress->hour_limit * 3600 - state->seconds, 0));
    }
    return left;
}

/* "1:02:03" or "2:03". */
static void describe_duration(double seconds, char *text, size_t size)
{
    const long whole = lround(fmin(seconds, 1e9));
    if (whole >= 3600) {
        snprintf(text, size, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    } else {
        snprintf(text, size, "%ld:%02ld", whole / 60, whole % 60);
    }
}

/* What the line says, from the most words to the fewest. */
typedef enum wording { LONG_WORDS, SHORT_WORDS, NO_WORDS, WORDING_COUNT } wording;

static void append(char *line, const char *format, ...) ADATOM_PRINTF(2, 3);

static void append(char *line, const char *format, ...)
{
    const size_t used = strlen(line);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + used, LINE_SIZE - used, format, arguments);
    va_end(arguments);
}

static void append_episode(wording words, const adatom_search_state *state, char *line)
{
    append(line, "%s%" PRId64, words == NO_WORDS ? "" : "episode ", state->episode);
    if (state->episode_limit > 0) {
        append(line, "%s%" PRId64, words == NO_WORDS ? "/" : " of ", state->episode_limit);
    }
}

static void append_best(wording words, const adatom_search_state *state, char *line)
{
    if (state->atom_count == 0 || !isfinite(state->best_energy)) {
        return;
    }
    const double energy = state->best_energy;
    append(line, "%s%.4f eV/atom", words == NO_WORDS ? " " : "   best ",
           energy / (double)state->atom_count);
    if (words == LONG_WORDS) {
        append(line, " (%.3f eV)", energy);
    }
}

static void append_rate(wording words, const cli_progress *progress,
                        const adatom_search_state *state, char *line)
{
    const double seconds = state->seconds - progress->first.seconds;
    const int64_t episodes = state->episode - progress->first.episode;
    if (seconds > 0 && episodes > 0) {
        append(line, "%s%.1f%s", words == NO_WORDS ? " " : "   ", (double)episodes / seconds,
               words == LONG_WORDS ? " episodes/s" : "/s");
    }
}

static void append_time_left(wording words, const cli_progress *progress,
                             const adatom_search_state *state, char *line)
{
    const double left = seconds_left(progress, state);
    if (state->end == ADATOM_SEARCH_RUNNING && isfinite(left)) {
        char duration[32];
        describe_duration(left, duration, sizeof duration);
        append(line, "%s%s%s", words == NO_WORDS ? " <" : "   at most ", duration,
               words == NO_WORDS ? "" : " left");
    }
}

/* In as many words as fit into the columns. */
static void describe_state(const cli_progress *progress, const adatom_search_state *state,
                           int columns, char *line)
{
    for (wording words = LONG_WORDS; words < WORDING_COUNT; words++) {
        line[0] = '\0';
        append_episode(words, state, line);
        append_best(words, state, line);
        append_rate(words, progress, state, line);
        append_time_left(words, progress, state, line);
        if (strlen(line) <= (size_t)columns) {
            return;
        }
    }
    line[columns] = '\0';
}

/* Without the last one, behind which the cursor stands. */
static int terminal_columns(void)
{
    struct winsize size;
    const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col - 1 : 79;
}

static void print_state(cli_progress *progress, const adatom_search_state *state)
{
    char line[LINE_SIZE];
    const int columns = progress->terminal ? terminal_columns() : LINE_SIZE - 1;
    describe_state(progress, state, columns < LINE_SIZE ? columns : LINE_SIZE - 1, line);
    if (progress->terminal) {
        /* Back to the start of the line, and erase what was longer. */
        printf("\r%s\033[K", line);
        progress->line_open = true;
    } else {
        printf("%s\n", line);
    }
    fflush(stdout);
}

void cli_progress_show(void *context, const adatom_search_state *state)
{
    cli_progress *progress = context;
    const double now = clock_seconds();
    const bool first = !progress->started;
    if (first) {
        progress->started = true;
        progress->first = *state;
    }
    const double interval = progress->terminal ? terminal_interval : log_interval;
    if (!progress->quiet && (first || now - progress->shown_at >= interval)) {
        print_state(progress, state);
        progress->shown_at = now;
    }
}

void cli_progress_finish(cli_progress *progress, const adatom_search_state *state)
{
    if (progress->quiet || !progress->started) {
        return;
    }
    if (state != NULL) {
        print_state(progress, state);
    }
    if (progress->line_open) {
        putchar('\n');
        fflush(stdout);
        progress->line_open = false;
    }
}
