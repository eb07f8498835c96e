/* adatom: the progress of many evaluations, on a terminal or in a log. */
#ifndef ADATOM_CLI_BATCH_PROGRESS_H
#define ADATOM_CLI_BATCH_PROGRESS_H

#include "cli.h"

typedef struct cli_batch_progress {
    bool quiet, terminal, line_open;
    size_t count; /* of all structures */
    double started_at, shown_at;
} cli_batch_progress;

void cli_batch_progress_start(cli_batch_progress *progress, size_t count, bool quiet);
/* The callback of the pool: shows how far it is unless that was shown a moment ago. */
void cli_batch_progress_show(void *context, size_t finished, size_t failed);
/* Ends the line. */
void cli_batch_progress_finish(cli_batch_progress *progress);

#endif
