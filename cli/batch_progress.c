#include "batch_progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Seconds between two lines, as for a search. */
static const double terminal_interval = 0.1, log_interval = 5;

static double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void cli_batch_progress_start(cli_batch_progress *progress, size_t count, bool quiet)
{
    *progress = (cli_batch_progress){.quiet = quiet, .count = count};
    progress->terminal = isatty(STDOUT_FILENO) == 1;
    progress->started_at = clock_seconds();
    progress->shown_at = progress->terminal ? 0 : progress->started_at;
}

/* "evaluated 7 of 20   1 failed   2.5/s   0:05 left"; fits into 80 columns. */
static void describe(const cli_batch_progress *progress, size_t finished, size_t failed,
                     double seconds, char *line, size_t size)
{
    char failures[40] = "", left[60] = "";
    if (failed > 0) {
        snprintf(failures, sizeof failures, "   %zu failed", failed);
    }
    const double rate = seconds > 0 ? (double)finished / seconds : 0;
    if (finished > 0 && finished < progress->count && rate > 0) {
        const double rest = (double)(progress->count - finished) / rate;
        const long whole = rest < 1e8 ? (long)(rest + 0.5) : 100000000L;
        snprintf(left, sizeof left, "   %.*f/s   %ld:%02ld:%02ld left", rate < 10 ? 2 : 0, rate,
                 whole / 3600, whole / 60 % 60, whole % 60);
    }
    snprintf(line, size, "evaluated %zu of %zu%s%s", finished, progress->count, failures, left);
}

void cli_batch_progress_show(void *context, size_t finished, size_t failed)
{
    cli_batch_progress *progress = context;
    const double now = clock_seconds();
    const double interval = progress->terminal ? terminal_interval : log_interval;
    const bool is_last = progress->terminal && finished == progress->count;
    if (progress->quiet || (!is_last && now - progress->shown_at < interval)) {
        return;
    }
    char line[160];
    describe(progress, finished, failed, now - progress->started_at, line, sizeof line);
    if (progress->terminal) {
        /* Back to the start of the line, and erase what was longer. */
        printf("\r%s\033[K", line);
    } else {
        printf("%s\n", line);
    }
    fflush(stdout);
    progress->line_open = progress->terminal;
    progress->shown_at = now;
}

void cli_batch_progress_finish(cli_batch_progress *progress)
{
    if (progress->line_open) {
        putchar('\n');
        fflush(stdout);
        progress->line_open = false;
    }
}
