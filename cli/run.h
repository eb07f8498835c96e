/* adatom: what search and resume share: Ctrl-C, progress, and what is said at the end. */
#ifndef ADATOM_CLI_RUN_H
#define ADATOM_CLI_RUN_H

#include "cli.h"
#include "progress.h"

typedef struct cli_run {
    const char *folder;
    bool quiet;
    bool options_known;
    adatom_search_options options;
    cli_progress progress;
    adatom_search_callbacks callbacks;
    adatom_search_state state;
} cli_run;

/* Makes the callbacks ready; from here on Ctrl-C ends the run in good order. options may be NULL.
 */
void cli_run_start(cli_run *run, const char *folder, const adatom_search_options *options,
                   bool quiet);
/* Says how the search went, writes the report and returns the exit status. */
int cli_run_finish(cli_run *run, adatom_status status);

#endif
