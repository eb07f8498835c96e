/* adatom: writes the report of the run folder named on the command line, for the scripts of tests.
 */
#include "adatom/report.h"

#include <stdio.h>

int main(int argument_count, char **arguments)
{
    if (argument_count != 2) {
        return 2;
    }
    const adatom_status status = adatom_report_write(arguments[1]);
    if (status != ADATOM_OK) {
        fprintf(stderr, "%s\n", adatom_error_message());
    }
    return adatom_status_exit(status);
}
