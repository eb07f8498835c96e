/* adatom: what an ensemble found, as files with comma-separated values. */
#ifndef ADATOM_ENSEMBLE_TABLES_H
#define ADATOM_ENSEMBLE_TABLES_H

#include "ensemble/energy_course.h"
#include "ensemble/structures.h"

#define ADATOM_ENSEMBLE_TABLE "ensemble.csv" /* one row per agent */
#define ADATOM_ENSEMBLE_CURVE "curve.csv"    /* success against each axis */
#define ADATOM_ENSEMBLE_STRUCTURES "structures.csv"
#define ADATOM_ENSEMBLE_GEOMETRIES "structures.extxyz"
#define ADATOM_ENSEMBLE_SUMMARY "summary.csv" /* n50 along each axis */
#define ADATOM_ENSEMBLE_ENERGY "energy.csv"   /* mean best energy against episodes */

adatom_status adatom_ensemble_write_table(const char *folder, const adatom_members *members);
adatom_status adatom_ensemble_write_curve(const char *folder, const adatom_members *members);
adatom_status adatom_ensemble_write_summary(const char *folder, const adatom_members *members);

adatom_status adatom_ensemble_write_energy(const char *folder, const adatom_energy_course *course);
/* structures.csv and structures.extxyz, in the same order. */
adatom_status adatom_ensemble_write_structures(const char *folder,
                                               const adatom_found_structures *found);

#endif
