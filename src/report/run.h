/* adatom: all of a run folder that the report shows. */
#ifndef ADATOM_REPORT_RUN_H
#define ADATOM_REPORT_RUN_H

#include "io/run_log.h"
#include "report/representation.h"
#include "report/settings.h"
#include "report/snapshots.h"
#include "report/specimens.h"

enum { ADATOM_PROBLEM_SIZE = 512 };

/* A part that could not be read leaves a line in its problem; "" where it could. */
typedef struct adatom_run {
    const char *folder;
    adatom_run_settings settings;
    adatom_run_log log;
    adatom_snapshots snapshots;
    adatom_specimens specimens;
    adatom_representation representation;
    bool has_best;
    adatom_specimen best; /* of best.extxyz, or the lowest of the database */
    char settings_problem[ADATOM_PROBLEM_SIZE], log_problem[ADATOM_PROBLEM_SIZE];
    char snapshots_problem[ADATOM_PROBLEM_SIZE], specimens_problem[ADATOM_PROBLEM_SIZE];
    char best_problem[ADATOM_PROBLEM_SIZE], representation_problem[ADATOM_PROBLEM_SIZE];
} adatom_run;

/* INVALID_INPUT if the folder holds neither run.yaml nor log.csv. OUT_OF_MEMORY is passed on; all
 * other failures become problems. */
adatom_status adatom_run_read(const char *folder, adatom_run *out);
void adatom_report_run_clear(adatom_run *run);

/* 0 if not known. */
size_t adatom_run_atom_count(const adatom_run *run);

#endif
