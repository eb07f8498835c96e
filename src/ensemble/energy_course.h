/* adatom: the mean of the agents' best energies (or what is searched for instead) as episodes go
 * on.
 */
#ifndef ADATOM_ENSEMBLE_ENERGY_COURSE_H
#define ADATOM_ENSEMBLE_ENERGY_COURSE_H

#include "ensemble/members.h"

enum { ADATOM_COURSE_POINTS = 400 };

typedef struct adatom_course_point {
    int64_t episode;
    size_t agents;         /* that are counted */
    double mean;           /* eV, or in the unit of the property */
    double standard_error; /* of the mean; NaN for one agent */
    double lowest, highest;
} adatom_course_point;

typedef struct adatom_energy_course {
    size_t count;
    adatom_course_point *points;
} adatom_energy_course;

/* At up to ADATOM_COURSE_POINTS episodes at equal distances. An agent that has ended at a limit of
 * stop counts on with its best energy; one that has not ended, or failed, as far as it came; one
 * without an energy yet not at all. */
adatom_status adatom_energy_course_create(const char *folder, const adatom_members *members,
                                          adatom_energy_course *out);
void adatom_energy_course_clear(adatom_energy_course *course);

#endif
