/* adatom predict: what a trained model says of the structures of a file. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* What --threads says, 0 for all cores. */
static int threads_of(const cli_arguments *arguments)
{
    const char *const prefix = "threads=";
    int threads = 0;
    for (size_t i = 0; i < arguments->override_count; i++) {
        if (strncmp(arguments->overrides[i], prefix, strlen(prefix)) == 0) {
            threads = atoi(arguments->overrides[i] + strlen(prefix));
        }
    }
    return threads;
}

int cli_predict(const cli_arguments *arguments)
{
    if (arguments->output == NULL) {
        return cli_wrong_use("predict: -o OUT is missing");
    }
    adatom_train_result result;
    const adatom_status status = adatom_predict(arguments->files[0], arguments->files[1],
                                                arguments->output, threads_of(arguments), &result);
    if (status == ADATOM_OK && !arguments->quiet) {
        cli_print_result(&result);
    }
    return cli_status(status == ADATOM_OK ? cli_draw_predictions(&result, arguments->quiet)
                                          : status);
}
