/* adatom ensemble: many agents search the same with different seeds. */
#include "crew.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number is an energy, anything else a file. */
static int take_target(const char *text, adatom_ensemble_options *options)
{
    char *end;
    const double energy = strtod(text, &end);
    if (end != text && *end == '\0' && isfinite(energy)) {
        options->target_kind = CLI_TARGET_ENERGY;
        options->target_energy = energy;
        return 0;
    }
    char *path = realpath(text, NULL);
    if (path == NULL || strlen(path) >= sizeof options->target_structure) {
        free(path);
        return cli_wrong_use("--target: %.200s, expected an energy in eV or a structure file",
                             text);
    }
    options->target_kind = CLI_TARGET_STRUCTURE;
    strcpy(options->target_structure, path);
    free(path);
    return 0;
}

/* What is not said now stays as it was when the ensemble was begun. */
static adatom_ensemble_options start_options(const char *folder)
{
    adatom_ensemble_options options = adatom_ensemble_options_default();
    if (adatom_ensemble_is(folder) && adatom_ensemble_read(folder, &options) != ADATOM_OK) {
        options = adatom_ensemble_options_default();
    }
    return options;
}

static int begin(const cli_arguments *arguments, const adatom_search_options *search)
{
    adatom_ensemble_options options = start_options(arguments->output);
    if (arguments->agents > 0) {
        options.run_agents = arguments->agents;
    }
    if (arguments->target != NULL) {
        const int exit_status = take_target(arguments->target, &options);
        if (exit_status != 0) {
            return exit_status;
        }
    }
    return cli_status(adatom_ensemble_begin(search, &options, arguments->output));
}

int cli_ensemble(const cli_arguments *arguments)
{
    if (arguments->output == NULL) {
        return cli_wrong_use("ensemble: the output folder is missing: -o OUT");
    }
    adatom_search_options search = adatom_search_options_default();
    const adatom_status status = adatom_options_read(
        adatom_search_option_table(), arguments->files[0],
        (const char *const *)arguments->overrides, arguments->override_count, &search);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    cli_watch_signals();
    const int exit_status = begin(arguments, &search);
    return exit_status != 0 ? exit_status : cli_crew_run(arguments, arguments->output);
}
