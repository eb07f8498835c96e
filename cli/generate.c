/* adatom generate: new structures for a property. */
#include "cli.h"

#include <stdio.h>

static void show_target(void *context, const adatom_generate_target *target)
{
    const cli_arguments *arguments = context;
    if (arguments->quiet) {
        return;
    }
    printf(
        "target %g: %zu fingerprints, %.1f %% within by the surrogate, mean absolute error %.3f; "
        "%zu passed\n",
        target->property, target->draws, 100 * target->surrogate_within, target->surrogate_error,
        target->passed);
    if (target->structures + target->strayed > 0) {
        printf("   %zu structures: %zu solved, %zu doubtful, %zu invalid, %zu duplicates; %zu left "
               "out\n",
               target->structures, target->solved, target->doubtful, target->invalid,
               target->duplicates, target->strayed);
    }
    if (target->evaluated > 0) {
        printf("   %zu evaluated: %.1f %% within, mean absolute error %.3f\n", target->evaluated,
               100 * target->evaluated_within, target->evaluated_error);
    }
    fflush(stdout);
}

int cli_generate(const cli_arguments *arguments)
{
    if (arguments->output == NULL) {
        return cli_wrong_use("generate: -o DIR is missing");
    }
    adatom_generate_options options = adatom_generate_options_default();
    adatom_status status = adatom_options_read(adatom_generate_option_table(), arguments->files[0],
                                               (const char *const *)arguments->overrides,
                                               arguments->override_count, &options);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    const adatom_generate_callbacks callbacks = {(void *)arguments, show_target,
                                                 cli_is_stop_requested};
    cli_watch_signals();
    status = adatom_generate(&options, arguments->output, &callbacks);
    if (status == ADATOM_OK) {
        status = adatom_report_write(arguments->output);
    }
    if (status == ADATOM_OK && !arguments->quiet) {
        cli_print_row("results", "%s", arguments->output);
        cli_print_row("report", "%s/report.html", arguments->output);
    }
    return cli_status(status);
}
