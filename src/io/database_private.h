/* adatom: what the files of the run database share. */
#ifndef ADATOM_IO_DATABASE_PRIVATE_H
#define ADATOM_IO_DATABASE_PRIVATE_H

#include "io/database.h"

#include <sqlite3.h>

/* Tables beside `systems` that hold rows of their own for each structure. */
#define ADATOM_DATABASE_SIDE_TABLES(X)                                                             \
    X(SPECIES, "species", "INSERT INTO species VALUES (?, ?, ?)")                                  \
    X(KEYS, "keys", "INSERT INTO keys VALUES (?, ?)")                                              \
    X(TEXTS, "text_key_values", "INSERT INTO text_key_values VALUES (?, ?, ?)")                    \
    X(NUMBERS, "number_key_values", "INSERT INTO number_key_values VALUES (?, ?, ?)")

typedef enum adatom_database_side_table {
#define ADATOM_DATABASE_ENUM(name, table, insert) ADATOM_DATABASE_##name,
    ADATOM_DATABASE_SIDE_TABLES(ADATOM_DATABASE_ENUM)
#undef ADATOM_DATABASE_ENUM
        ADATOM_DATABASE_SIDE_TABLE_COUNT
} adatom_database_side_table;

struct adatom_database {
    char *path;
    sqlite3 *connection;
    bool in_transaction;
    sqlite3_stmt *insert_system;
    sqlite3_stmt *insert_side[ADATOM_DATABASE_SIDE_TABLE_COUNT];
    unsigned char *bytes; /* encoded arrays of the row being added */
    size_t byte_capacity;
    char *json;
    size_t json_length, json_capacity;
};

/* Opens the file, which must be a database in ASE's layout or, with may_create, empty or missing.
 */
adatom_status adatom_database_connect(const char *path, bool may_create, sqlite3 **out);

/* Fails with "PATH: WHAT: reason" from the connection's last error. A full disk and the like are
 * IO_FAILED, a file that is no database INVALID_INPUT. */
adatom_status adatom_database_fail(sqlite3 *connection, const char *path, const char *what);
adatom_status adatom_database_prepare(sqlite3 *connection, const char *path, const char *sql,
                                      sqlite3_stmt **out);

/* Puts the row's keys into database->json as an object, as ASE writes it. */
adatom_status adatom_database_write_json(adatom_database *database, const adatom_database_row *row);
/* INVALID_INPUT unless ASE takes all keys and values. */
adatom_status adatom_database_check_keys(const char *path, const adatom_database_row *row);

#endif
