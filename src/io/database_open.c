#include "io/database_private.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

enum { WAIT_MILLISECONDS = 20000 };

/* The layout of ase.db, version 9 (ase/db/sqlite.py of ASE 3.22). */
static const char layout[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE systems (id INTEGER PRIMARY KEY AUTOINCREMENT, unique_id TEXT UNIQUE, ctime REAL,"
    " mtime REAL, username TEXT, numbers BLOB, positions BLOB, cell BLOB, pbc INTEGER,"
    " initial_magmoms BLOB, initial_charges BLOB, masses BLOB, tags BLOB, momenta BLOB,"
    " constraints TEXT, calculator TEXT, calculator_parameters TEXT, energy REAL, free_energy REAL,"
    " forces BLOB, stress BLOB, dipole BLOB, magmoms BLOB, magmom REAL, charges BLOB,"
    " key_value_pairs TEXT, data BLOB, natoms INTEGER, fmax REAL, smax REAL, volume REAL, mass "
    "REAL,"
    " charge REAL);"
    "CREATE TABLE species (Z INTEGER, n INTEGER, id INTEGER, FOREIGN KEY (id) REFERENCES "
    "systems(id));"
    "CREATE TABLE keys (key TEXT, id INTEGER, FOREIGN KEY (id) REFERENCES systems(id));"
    "CREATE TABLE text_key_values (key TEXT, value TEXT, id INTEGER,"
    " FOREIGN KEY (id) REFERENCES systems(id));"
    "CREATE TABLE number_key_values (key TEXT, value REAL, id INTEGER,"
    " FOREIGN KEY (id) REFERENCES systems(id));"
    "CREATE TABLE information (name TEXT, value TEXT);"
    "INSERT INTO information VALUES ('version', '9');"
    "CREATE INDEX unique_id_index ON systems(unique_id);"
    "CREATE INDEX ctime_index ON systems(ctime);"
    "CREATE INDEX username_index ON systems(username);"
    "CREATE INDEX calculator_index ON systems(calculator);"
    "CREATE INDEX species_index ON species(Z);"
    "CREATE INDEX key_index ON keys(key);"
    "CREATE INDEX text_index ON text_key_values(key);"
    "CREATE INDEX number_index ON number_key_values(key);"
    "COMMIT;";

adatom_status adatom_database_fail(sqlite3 *connection, const char *path, const char *what)
{
    const int code = sqlite3_errcode(connection);
    const int system_error = sqlite3_system_errno(connection);
    const bool from_system = (code == SQLITE_CANTOPEN || code == SQLITE_IOERR) && system_error != 0;
    const char *reason = from_system ? strerror(system_error) : sqlite3_errmsg(connection);
    if (code == SQLITE_NOMEM) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "%s: %s: out of memory", path, what);
    }
    const bool foreign = code == SQLITE_NOTADB || code == SQLITE_CORRUPT || code == SQLITE_ERROR;
    return adatom_fail(foreign ? ADATOM_INVALID_INPUT : ADATOM_IO_FAILED, "%s: %s: %s", path, what,
                       reason);
}

adatom_status adatom_database_prepare(sqlite3 *connection, const char *path, const char *sql,
                                      sqlite3_stmt **out)
{
    if (sqlite3_prepare_v2(connection, sql, -1, out, NULL) != SQLITE_OK) {
        return adatom_database_fail(connection, path, "expected a database of ASE");
    }
    return ADATOM_OK;
}

/* The first number that a query gives; 0 if it gives no row. */
static adatom_status query_integer(sqlite3 *connection, const char *path, const char *sql,
                                   int *value)
{
    sqlite3_stmt *statement;
    ADATOM_TRY(adatom_database_prepare(connection, path, sql, &statement));
    adatom_status status = ADATOM_OK;
    const int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *value = sqlite3_column_int(statement, 0);
    } else if (code == SQLITE_DONE) {
        *value = 0;
    } else {
        status = adatom_database_fail(connection, path, "cannot read");
    }
    sqlite3_finalize(statement);
    return status;
}

static adatom_status create_layout(sqlite3 *connection, const char *path)
{
    if (sqlite3_exec(connection, layout, NULL, NULL, NULL) == SQLITE_OK) {
        return ADATOM_OK;
    }
    const adatom_status status = adatom_database_fail(connection, path, "cannot write");
    (void)sqlite3_exec(connection, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static adatom_status check_layout(sqlite3 *connection, const char *path, bool may_create)
{
    int table_count, system_count, version = 0;
    ADATOM_TRY(query_integer(connection, path, "SELECT COUNT(*) FROM sqlite_master", &table_count));
    if (table_count == 0 && may_create) {
        return create_layout(connection, path);
    }
    ADATOM_TRY(query_integer(connection, path,
                             "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN"
                             " ('systems', 'information')",
                             &system_count));
    if (system_count == 2) {
        ADATOM_TRY(query_integer(connection, path,
                                 "SELECT value FROM information WHERE name = 'version'", &version));
    }
    if (version != 9) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: expected a database of ASE, version 9", path);
    }
    return ADATOM_OK;
}

static adatom_status set_up(sqlite3 *connection, const char *path, bool may_create)
{
    (void)sqlite3_busy_timeout(connection, WAIT_MILLISECONDS);
    /* Rows wait in memory for the commit, so that others can read the file in the meantime. */
    (void)sqlite3_exec(connection, "PRAGMA cache_size = -262144", NULL, NULL, NULL);
    return check_layout(connection, path, may_create);
}

adatom_status adatom_database_connect(const char *path, bool may_create, sqlite3 **out)
{
    sqlite3 *connection = NULL;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (may_create ? SQLITE_OPEN_CREATE : 0);
    adatom_status status;
    if (sqlite3_open_v2(path, &connection, flags, NULL) == SQLITE_OK) {
        status = set_up(connection, path, may_create);
    } else if (connection == NULL) {
        status = adatom_fail(ADATOM_OUT_OF_MEMORY, "%s: cannot open: out of memory", path);
    } else {
        status = adatom_database_fail(connection, path, "cannot open");
    }
    if (status != ADATOM_OK) {
        sqlite3_close(connection);
        return status;
    }
    *out = connection;
    return ADATOM_OK;
}
