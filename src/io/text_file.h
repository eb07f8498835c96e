/* adatom: whole files in memory, and files that are never half written. */
#ifndef ADATOM_IO_TEXT_FILE_H
#define ADATOM_IO_TEXT_FILE_H

#include "adatom/status.h"

#include <stddef.h>
#include <stdio.h>

/* A file that is being written beside the one it will replace. */
typedef struct adatom_text_file adatom_text_file;

/* Reads a file of at most size_limit bytes. *text has a 0 after its *length bytes; free with
 * free(). INVALID_INPUT if it cannot be opened, is a folder or is larger; IO_FAILED if reading
 * fails. */
adatom_status adatom_text_file_read(const char *path, size_t size_limit, char **text,
                                    size_t *length);

/* Opens "PATH.new", which takes the place of PATH at commit; PATH stays as it is until then. Only
 * one process at a time can do so. A device or pipe at PATH is written directly. The messages of
 * all failures hold the path; IO_FAILED. */
adatom_status adatom_text_file_create(const char *path, adatom_text_file **out);
/* Where to print to; write errors are kept and reported by commit. */
FILE *adatom_text_file_stream(adatom_text_file *file);
/* Flushes the file to the disk, renames it to path and flushes the folder; frees file in any case.
 * On failure what was at path is still there, and the new file is removed. */
adatom_status adatom_text_file_commit(adatom_text_file *file);
/* Removes the new file and frees file. NULL allowed. */
void adatom_text_file_abandon(adatom_text_file *file);

/* Create, write length bytes (of any kind), commit. */
adatom_status adatom_text_file_write(const char *path, const void *bytes, size_t length);

#endif
