/* Ctrl-C asks for an end in good order. */
#include "cli.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

/* Read by threads, written by whichever the signal comes to. */
static atomic_bool stop_requested;

static atomic_llong requested_at; /* milliseconds */

/* The next one of these signals ends the program at once, unless it comes with the first:
 * timeout(1) and batch systems send one to the process and one to its group. */
static void request_stop(int signal_number)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const long long milliseconds = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
    if (!atomic_exchange(&stop_requested, true)) {
        atomic_store(&requested_at, milliseconds);
    } else if (milliseconds - atomic_load(&requested_at) > 200) {
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
}

void cli_watch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = request_stop;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, which says its name */
}

bool cli_is_stop_requested(void *unused)
{
    (void)unused;
    return atomic_load(&stop_requested);
}
