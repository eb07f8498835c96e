/* adatom: the structures of a run in an SQLite file that ASE's database reads (ase.db, version 9).
 */
#ifndef ADATOM_IO_DATABASE_H
#define ADATOM_IO_DATABASE_H

#include "adatom/structure.h"

#include <stdint.h>

/* One database serves one thread at a time. */
typedef struct adatom_database adatom_database;

typedef struct adatom_database_number {
    const char *key;
    double value;
} adatom_database_number;

typedef struct adatom_database_text {
    const char *key, *value;
} adatom_database_text;

typedef struct adatom_database_row {
    const adatom_structure *structure;
    bool has_energy;
    double energy;             /* eV */
    const double (*forces)[3]; /* eV/Å or NULL */
    const adatom_database_number *numbers;
    size_t number_count;
    const adatom_database_text *texts;
    size_t text_count;
} adatom_database_row;

/* Opens or makes the file. INVALID_INPUT if it is another kind of file; IO_FAILED if it cannot be
 * opened or written. */
adatom_status adatom_database_open(const char *path, adatom_database **out);
/* Rows are kept in one transaction until adatom_database_commit. INVALID_INPUT refuses one row,
 * such as one with a key that ASE does not take ("energy", "C"). After IO_FAILED (a full disk) all
 * rows since the last commit are given up and the file is as it was then. */
adatom_status adatom_database_add(adatom_database *database, const adatom_database_row *row);
adatom_status adatom_database_commit(adatom_database *database);
/* Deletes the rows whose number `key` is larger than limit (what came after a checkpoint); lasts
 * once it is committed. */
adatom_status adatom_database_delete_above(adatom_database *database, const char *key,
                                           double limit);
/* Rows that are not committed are dropped. NULL allowed. */
void adatom_database_close(adatom_database *database);

/* The `count` lowest-energy rows with a number `key` in `value_of_key`; the structures and
 * the array are the caller's; *out is NULL where there are none. INVALID_INPUT if path is no
 * database of ASE. */
typedef struct adatom_database_best {
    adatom_structure *structure;
    double energy; /* eV */
    double value;  /* of the key */
    double rank;   /* what they are ordered by: the energy, or the number `by` */
} adatom_database_best;
adatom_status adatom_database_lowest(const char *path, const char *key, size_t limit,
                                     adatom_database_best **out, size_t *count);
/* The same in the order of another number of the rows, that without it left out. */
adatom_status adatom_database_foremost(const char *path, const char *key, const char *by,
                                       bool highest, size_t limit, adatom_database_best **out,
                                       size_t *count);

#endif
