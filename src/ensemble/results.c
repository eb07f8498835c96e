/* All that is written of what an ensemble found. */
#include "base/error.h"
#include "ensemble/claim.h"
#include "ensemble/tables.h"

/* ensemble.csv comes last: where it is up to date, the others are. */
static adatom_status write_all(const char *folder, const adatom_members *members)
{
    ADATOM_TRY(adatom_ensemble_write_curve(folder, members));
    ADATOM_TRY(adatom_ensemble_write_summary(folder, members));
    return adatom_ensemble_write_table(folder, members);
}

/* One process after the other. */
adatom_status adatom_ensemble_write_results(const char *folder)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    adatom_claim claim;
    adatom_members members;
    ADATOM_TRY(adatom_members_read(folder, &members));
    adatom_status status = adatom_ensemble_path(folder, ADATOM_ENSEMBLE_STATE "/results", path);
    if (status == ADATOM_OK) {
        status = adatom_claim_wait(path, (double)members.options.run_lease_seconds, &claim);
    }
    if (status == ADATOM_OK) {
        status = write_all(folder, &members);
        adatom_claim_release(&claim);
    }
    adatom_members_clear(&members);
    return status;
}
