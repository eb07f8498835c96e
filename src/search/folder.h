/* adatom: the files of a run.
 *
 * run.yaml and template.extxyz say what is searched; checkpoint.h5 where the search is; log.csv,
 * candidates.db and best.extxyz what it has found. What stands in the latter beyond the checkpoint
 * is taken back when a run is resumed. */
#ifndef ADATOM_SEARCH_FOLDER_H
#define ADATOM_SEARCH_FOLDER_H

#include "adatom/search.h"
#include "io/database.h"

#include <stdio.h>

enum { ADATOM_PATH_SIZE = 4096 };

#define ADATOM_RUN_OPTIONS "run.yaml"
#define ADATOM_RUN_TEMPLATE "template.extxyz"
#define ADATOM_RUN_CHECKPOINT "checkpoint.h5"
#define ADATOM_RUN_LOG "log.csv"
#define ADATOM_RUN_DATABASE "candidates.db"
#define ADATOM_RUN_BEST "best.extxyz"
#define ADATOM_RUN_REPORT "report.html" /* comes later, from src/report */

/* "FOLDER/NAME"; INVALID_INPUT if it is too long. */
adatom_status adatom_folder_path(const char *folder, const char *name, char path[ADATOM_PATH_SIZE]);
bool adatom_folder_has(const char *folder, const char *name);

/* INVALID_INPUT if the folder holds a run or is no folder. */
adatom_status adatom_folder_check_free(const char *folder);
/* Makes the folder and those above it. */
adatom_status adatom_folder_make(const char *folder);
/* INVALID_INPUT if there is another template in the folder. */
adatom_status adatom_folder_write_template(const char *folder, const adatom_structure *start);
/* Makes the folder (and those above it), writes the template and then run.yaml. From here on the
 * run can be resumed. options->system_template becomes the copy. */
adatom_status adatom_folder_begin(const char *folder, const adatom_structure *start,
                                  adatom_search_options *options);
/* run.yaml, with the template as the name of the copy. */
adatom_status adatom_folder_write_options(const char *folder, const adatom_search_options *options);
/* The same text in memory; free with free(). */
adatom_status adatom_folder_options_text(const adatom_search_options *options, char **text);

/* The files that grow. */
typedef struct adatom_run_files {
    FILE *log;
    int64_t log_bytes;
    adatom_database *database;
    char log_path[ADATOM_PATH_SIZE];
} adatom_run_files;

/* Opens log.csv and candidates.db as they were after `episode` episodes, when the log had log_bytes
 * (0: starts both anew, the log
 * with a column for the property where it has one). What came later is cut off. INVALID_INPUT if
 * another process has them. */
adatom_status adatom_run_files_open(const char *folder, int64_t episode, int64_t log_bytes,
                                    bool has_property, adatom_run_files *files);
void adatom_run_files_close(adatom_run_files *files);

/* One row of log.csv. */
typedef struct adatom_log_row {
    int64_t episode;
    double energy, best_energy; /* eV; not finite where there is none */
    int64_t evaluations;        /* so far */
    bool greedy, failed;
    double loss;                                           /* NaN where there was no update */
    double seconds_build, seconds_evaluate, seconds_train; /* wall time */
    double seconds_cpu; /* of the process and of programs that have ended, since the row before */
    bool has_property;  /* the last column is there */
    double property;
} adatom_log_row;

adatom_status adatom_run_files_log(adatom_run_files *files, const adatom_log_row *row);
/* Commits the database, then flushes the log to the disk. */
adatom_status adatom_run_files_flush(adatom_run_files *files);

#endif
