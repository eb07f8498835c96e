/* adatom export: a trained potential for other programs. */
#include "cli.h"

int cli_export(const cli_arguments *arguments)
{
    if (arguments->kim == NULL) {
        return cli_wrong_use("export: --kim NAME is missing");
    }
    const char *folder = arguments->output != NULL ? arguments->output : ".";
    adatom_potential *potential = NULL;
    adatom_status status = adatom_potential_read(arguments->files[0], &potential);
    if (status == ADATOM_OK) {
        status = adatom_potential_export_kim(potential, arguments->kim, folder);
    }
    adatom_potential_free(potential);
    if (status == ADATOM_OK && !arguments->quiet) {
        cli_print_row("portable model", "%s/%s", folder, arguments->kim);
    }
    return cli_status(status);
}
