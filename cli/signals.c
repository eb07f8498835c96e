/* Ctrl-C asks for an end in good order. */
#include "cli.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

/* Read by threads, written by whichever the signal comes to. */
static atomic_bool stop_requested;

/* The next one of these signals ends the program at once. */
static void request_stop(int signal_number)
{
    (void)signal_number;
    atomic_store(&stop_requested, true);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
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
