/* All that is written of what an ensemble found. */
#include "base/error.h"
#include "ensemble/claim.h"
#include "ensemble/tables.h"

static adatom_status write_energy(const char *folder, const adatom_members *members)
{
    adatom_energy_course course;
    ADATOM_TRY(adatom_energy_course_create(folder, members, &course));
    const adatom_status status = adatom_ensemble_write_energy(folder, &course);
    adatom_energy_course_clear(&course);
    return status;
}

static adatom_status write_structures(const char *folder, const adatom_members *members)
{
    adatom_found_structures found;
    ADATOM_TRY(adatom_found_structures_read(folder, members, &found));
    const adatom_status status = adatom_ensemble_write_structures(folder, &found);
    adatom_found_structures_clear(&found);
    return status;
}

/* ensemble.csv comes last: where it is up to date, the others are. */
static adatom_status write_all(const char *folder, const adatom_members *members)
{
    ADATOM_TRY(adatom_ensemble_write_curve(folder, members));
    ADATOM_TRY(adatom_ensemble_write_summary(folder, members));
    ADATOM_TRY(write_energy(folder, members));
    ADATOM_TRY(write_structures(folder, members));
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
