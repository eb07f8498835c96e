/* adatom: log.csv of a run. */
#ifndef ADATOM_IO_RUN_LOG_H
#define ADATOM_IO_RUN_LOG_H

#include "adatom/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ADATOM_PHASE_BUILD, ADATOM_PHASE_EVALUATE, ADATOM_PHASE_TRAIN, ADATOM_PHASE_COUNT };

typedef struct adatom_run_log_row {
    int64_t episode;
    double energy;      /* eV; NaN if the evaluation failed */
    double best_energy; /* eV, so far */
    double property;    /* what is searched for where that is not the energy, else NaN */
    int64_t evaluations;
    bool greedy, failed;
    double seconds[ADATOM_PHASE_COUNT]; /* of this episode; 0 where the log has none */
    double seconds_cpu;                 /* CPU time; wall time where the log has none */
} adatom_run_log_row;

/* Rows have increasing episodes. */
typedef struct adatom_run_log {
    size_t count, capacity;
    adatom_run_log_row *rows;
    bool has_property;
    size_t skipped; /* lines that are no rows, such as a cut last one */
} adatom_run_log;

/* Columns are found by their names in the header line. INVALID_INPUT if the file is missing, or has
 * no header with `episode` and `energy`. */
adatom_status adatom_run_log_read(const char *path, adatom_run_log *out);
void adatom_run_log_clear(adatom_run_log *log);

/* The row of an episode or NULL. */
const adatom_run_log_row *adatom_run_log_find(const adatom_run_log *log, int64_t episode);
/* The row with the lowest energy or NULL. */
const adatom_run_log_row *adatom_run_log_best(const adatom_run_log *log);

#endif
