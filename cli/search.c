/* adatom search: one agent searches in a new folder. */
#include "run.h"

#include <stdio.h>
#include <string.h>

/* "graphene" for "inputs/graphene.yaml". */
static bool default_folder(const char *file, char *folder, size_t size)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash != NULL ? slash + 1 : file;
    const char *dot = strrchr(name, '.');
    const size_t length = dot != NULL ? (size_t)(dot - name) : 0;
    if (length == 0 || length >= size) {
        return false;
    }
    memcpy(folder, name, length);
    folder[length] = '\0';
    return true;
}

int cli_search(const cli_arguments *arguments)
{
    const char *file = arguments->files[0];
    char folder[256];
    if (arguments->output == NULL && !default_folder(file, folder, sizeof folder)) {
        return cli_wrong_use("search: the output folder is missing: -o OUT");
    }
    adatom_search_options options = adatom_search_options_default();
    adatom_status status = adatom_options_read(adatom_search_option_table(), file,
                                               (const char *const *)arguments->overrides,
                                               arguments->override_count, &options);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    cli_run run;
    cli_run_start(&run, arguments->output != NULL ? arguments->output : folder, &options,
                  arguments->quiet);
    status = adatom_search_run(&options, run.folder, &run.callbacks, &run.state);
    return cli_run_finish(&run, status);
}
