/* adatom: run.yaml of a run as a list of dotted names, for the report. */
#ifndef ADATOM_REPORT_SETTINGS_H
#define ADATOM_REPORT_SETTINGS_H

#include "adatom/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct adatom_run_setting {
    char *path;  /* "policy.epsilon_0" */
    char *value; /* as written; a list is "[a, b]" */
} adatom_run_setting;

typedef struct adatom_run_settings {
    char *text; /* the file */
    size_t count, capacity;
    adatom_run_setting *settings; /* in file order */
} adatom_run_settings;

/* Any YAML mapping; names need not be known. INVALID_INPUT if it is no YAML (out->text is still
 * filled where the file could be read, so that it can be shown). */
adatom_status adatom_run_settings_read(const char *path, adatom_run_settings *out);
void adatom_run_settings_clear(adatom_run_settings *settings);

/* NULL if absent or empty. */
const char *adatom_run_settings_text(const adatom_run_settings *settings, const char *path);
/* fallback if absent or no finite number. */
double adatom_run_settings_number(const adatom_run_settings *settings, const char *path,
                                  double fallback);
bool adatom_run_settings_flag(const adatom_run_settings *settings, const char *path);
/* The element at a position of the mapping system.place, 0 if there is none. */
int adatom_run_settings_species(const adatom_run_settings *settings, size_t position);

#endif
