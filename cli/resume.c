/* adatom resume: a stopped run or ensemble goes on. */
#include "crew.h"
#include "run.h"

#include <stdio.h>

/* The limits of the run are for the progress line and the last word only; whatever is wrong with
 * the folder, adatom_search_resume says it better. */
static bool read_limits(const cli_arguments *arguments, adatom_search_options *options)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/run.yaml", arguments->files[0]);
    *options = adatom_search_options_default();
    return adatom_options_read(adatom_search_option_table(), path,
                               (const char *const *)arguments->overrides, arguments->override_count,
                               options) == ADATOM_OK;
}

static int resume_ensemble(const cli_arguments *arguments)
{
    adatom_ensemble_options ensemble;
    adatom_search_options options;
    adatom_status status = adatom_ensemble_read(arguments->files[0], &ensemble);
    if (status == ADATOM_OK) {
        char path[4096];
        snprintf(path, sizeof path, "%s/run.yaml", arguments->files[0]);
        options = adatom_search_options_default();
        status = adatom_options_read(adatom_search_option_table(), path,
                                     (const char *const *)arguments->overrides,
                                     arguments->override_count, &options);
    }
    if (status == ADATOM_OK) {
        cli_watch_signals();
        status = adatom_ensemble_begin(&options, &ensemble, arguments->files[0]);
    }
    return status != ADATOM_OK ? cli_status(status) : cli_crew_run(arguments, arguments->files[0]);
}

int cli_resume(const cli_arguments *arguments)
{
    if (adatom_ensemble_is(arguments->files[0])) {
        return resume_ensemble(arguments);
    }
    adatom_search_options options;
    const bool known = read_limits(arguments, &options);
    cli_run run;
    cli_run_start(&run, arguments->files[0], known ? &options : NULL, arguments->quiet);
    const adatom_status status =
        adatom_search_resume(run.folder, (const char *const *)arguments->overrides,
                             arguments->override_count, &run.callbacks, &run.state);
    return cli_run_finish(&run, status);
}
