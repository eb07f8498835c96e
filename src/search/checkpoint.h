/* adatom: the whole state of a run in one file. */
#ifndef ADATOM_SEARCH_CHECKPOINT_H
#define ADATOM_SEARCH_CHECKPOINT_H

#include "search/run.h"

/* Flushes database and log, then puts the checkpoint into its place: what it says has happened is
 * in the other files. */
adatom_status adatom_checkpoint_write(adatom_run *run);

/* The settings with which it was written, as YAML; free with free(). INVALID_INPUT if the file is
 * cut short, or is no checkpoint of a search. */
adatom_status adatom_checkpoint_options(const char *path, char **text);

/* Puts a prepared run of the same settings into the state of the checkpoint; files are not opened,
 * but files.log_bytes is set. */
adatom_status adatom_checkpoint_read(adatom_run *run);

#endif
