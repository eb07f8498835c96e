/* adatom report: the page that shows a run, or one or several ensembles. */
#include "cli.h"

static int report_run(const cli_arguments *arguments)
{
    const char *folder = arguments->files[0];
    const adatom_status status = adatom_report_write(folder);
    if (status == ADATOM_OK && !arguments->quiet) {
        cli_print_row("report", "%s/report.html", folder);
    }
    return cli_status(status);
}

int cli_report(const cli_arguments *arguments)
{
    const int count = arguments->file_count;
    if (count == 1 && !adatom_ensemble_is(arguments->files[0])) {
        return report_run(arguments);
    }
    if (count > 1 && arguments->output == NULL) {
        return cli_wrong_use("report: a folder for the page of %d ensembles is missing: -o OUT",
                             count);
    }
    const char *labels[CLI_LABELS_MAX] = {NULL};
    for (int i = 0; i < arguments->label_count; i++) {
        labels[i] = arguments->labels[i];
    }
    if (arguments->label_count > count || count > CLI_LABELS_MAX) {
        return cli_wrong_use("report: %d labels for %d ensembles, of which there may be %d",
                             arguments->label_count, count, CLI_LABELS_MAX);
    }
    for (int i = 0; i < count; i++) {
        const adatom_status status = adatom_ensemble_write_results(arguments->files[i]);
        if (status != ADATOM_OK) {
            return cli_status(status);
        }
    }
    const char *output = arguments->output != NULL ? arguments->output : arguments->files[0];
    const adatom_status status = adatom_report_ensembles((const char *const *)arguments->files,
                                                         labels, (size_t)count, output);
    if (status == ADATOM_OK && !arguments->quiet) {
        cli_print_row("report", "%s/report.html", output);
    }
    return cli_status(status);
}
