/* adatom: the progress of a search, on a terminal or in a log. */
#ifndef ADATOM_CLI_PROGRESS_H
#define ADATOM_CLI_PROGRESS_H

#include "adatom/search.h"

typedef struct cli_progress {
    bool quiet, terminal;
    int64_t evaluation_limit; /* 0: none */
    double hour_limit;        /* 0: none */
    bool started, line_open;
    double shown_at;           /* seconds of the clock */
    adatom_search_state first; /* the first state of this session: rates count from it */
} cli_progress;

/* options may be NULL where the limits are not known. */
void cli_progress_start(cli_progress *progress, const adatom_search_options *options, bool quiet);
/* The callback: shows the state unless it was shown a moment ago. */
void cli_progress_show(void *context, const adatom_search_state *state);
/* Shows the last state and ends the line. */
void cli_progress_finish(cli_progress *progress, const adatom_search_state *state);

#endif
