/* adatom report: the page that shows a run. */
#include "cli.h"

int cli_report(const cli_arguments *arguments)
{
    const char *folder = arguments->files[0];
    const adatom_status status = adatom_report_write(folder);
    if (status == ADATOM_OK && !arguments->quiet) {
        cli_print_row("report", "%s/report.html", folder);
    }
    return cli_status(status);
}
