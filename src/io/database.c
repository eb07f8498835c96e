#include "io/database_private.h"

#include "atoms/cell.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* ---- the connection */

static adatom_status prepare_inserts(adatom_database *database)
{
    static const char *const side_inserts[] = {
#define SIDE_INSERT(name, table, insert) insert,
        ADATOM_DATABASE_SIDE_TABLES(SIDE_INSERT)
#undef SIDE_INSERT
    };
    static const char system_insert[] = "INSERT INTO systems (unique_id, ctime, mtime, username, "
                                        "numbers, positions, cell, pbc, calculator,"
                                        " calculator_parameters, energy, forces, key_value_pairs, "
                                        "data, natoms, fmax, volume, mass, charge)"
                                        " VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
                                        "?11, ?12, ?13, ?14, ?15, ?16, ?17, 0.0)";
    sqlite3 *connection = database->connection;
    ADATOM_TRY(adatom_database_prepare(connection, database->path, system_insert,
                                       &database->insert_system));
    for (int i = 0; i < ADATOM_DATABASE_SIDE_TABLE_COUNT; i++) {
        ADATOM_TRY(adatom_database_prepare(connection, database->path, side_inserts[i],
                                           &database->insert_side[i]));
    }
    return ADATOM_OK;
}

static adatom_status open_database(const char *path, adatom_database *database)
{
    ADATOM_TRY(adatom_duplicate_text(path, &database->path));
    ADATOM_TRY(adatom_database_connect(path, true, &database->connection));
    return prepare_inserts(database);
}

adatom_status adatom_database_open(const char *path, adatom_database **out)
{
    adatom_database *database;
    ADATOM_TRY(adatom_allocate(1, sizeof *database, &database));
    const adatom_status status = open_database(path, database);
    if (status != ADATOM_OK) {
        adatom_database_close(database);
        return status;
    }
    *out = database;
    return ADATOM_OK;
}

void adatom_database_close(adatom_database *database)
{
    if (database == NULL) {
        return;
    }
    sqlite3_finalize(database->insert_system);
    for (int i = 0; i < ADATOM_DATABASE_SIDE_TABLE_COUNT; i++) {
        sqlite3_finalize(database->insert_side[i]);
    }
    sqlite3_close(database->connection);
    free(database->path);
    free(database->bytes);
    free(database->json);
    free(database);
}

/* ---- transactions */

static adatom_status begin(adatom_database *database)
{
    if (database->in_transaction) {
        return ADATOM_OK;
    }
    if (sqlite3_exec(database->connection, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) {
        return adatom_database_fail(database->connection, database->path, "cannot write");
    }
    database->in_transaction = true;
    return ADATOM_OK;
}

/* After a failed write nothing of the transaction is kept: the file is as at the last commit. */
static adatom_status give_up(adatom_database *database)
{
    const adatom_status status =
        adatom_database_fail(database->connection, database->path, "cannot write");
    if (sqlite3_get_autocommit(database->connection) == 0) {
        (void)sqlite3_exec(database->connection, "ROLLBACK", NULL, NULL, NULL);
    }
    database->in_transaction = false;
    return status;
}

adatom_status adatom_database_commit(adatom_database *database)
{
    if (!database->in_transaction) {
        return ADATOM_OK;
    }
    if (sqlite3_exec(database->connection, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        return give_up(database);
    }
    database->in_transaction = false;
    return ADATOM_OK;
}

static adatom_status run_statement(adatom_database *database, sqlite3_stmt *statement)
{
    const int code = sqlite3_step(statement);
    const adatom_status status = code == SQLITE_DONE ? ADATOM_OK : give_up(database);
    (void)sqlite3_reset(statement); /* repeats the error of the step */
    (void)sqlite3_clear_bindings(statement);
    return status;
}

/* ---- arrays as ASE stores them: little-endian, 4-byte integers and 8-byte floats */

static unsigned char *encode(unsigned char *bytes, const void *values, size_t count, size_t size)
{
    memcpy(bytes, values, count * size);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < size / 2; k++) {
            const unsigned char byte = bytes[i * size + k];
            bytes[i * size + k] = bytes[(i + 1) * size - 1 - k];
            bytes[(i + 1) * size - 1 - k] = byte;
        }
    }
#endif
    return bytes + count * size;
}

static adatom_status encode_arrays(adatom_database *database, const adatom_database_row *row)
{
    const adatom_structure *structure = row->structure;
    const size_t count = structure->atom_count;
    _Static_assert(sizeof(int) == 4, "ASE stores atomic numbers in 4 bytes");
    if (count > INT32_MAX / 64) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %zu atoms are too many for a database",
                           database->path, count);
    }
    ADATOM_TRY(
        adatom_grow(&database->bytes, &database->byte_capacity, count * (4 + 24 + 24) + 72, 1));
    unsigned char *end = encode(database->bytes, structure->cell, 9, 8);
    end = encode(end, structure->positions, 3 * count, 8);
    end = encode(end, structure->atomic_numbers, count, 4);
    if (row->forces != NULL) {
        encode(end, row->forces, 3 * count, 8);
    }
    return ADATOM_OK;
}

static void bind_arrays(const adatom_database *database, const adatom_database_row *row)
{
    sqlite3_stmt *insert = database->insert_system;
    const int count = (int)row->structure->atom_count;
    const unsigned char *cell = database->bytes, *positions = cell + 72;
    const unsigned char *numbers = positions + 24 * (size_t)count,
                        *forces = numbers + 4 * (size_t)count;
    sqlite3_bind_blob(insert, 4, numbers, 4 * count, SQLITE_STATIC);
    sqlite3_bind_blob(insert, 5, positions, 24 * count, SQLITE_STATIC);
    sqlite3_bind_blob(insert, 6, cell, 72, SQLITE_STATIC);
    if (row->forces != NULL) {
        sqlite3_bind_blob(insert, 11, forces, 24 * count, SQLITE_STATIC);
    }
}

/* ---- one row */

/* Years of 365.25 days since ASE's start of 2000. */
static double years_since_2000(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return ((double)now.tv_sec + 1e-9 * (double)now.tv_nsec - 946681200.0) / 31557600.0;
}

static adatom_status make_unique_id(char id[33])
{
    uint64_t bits[2];
    if (getrandom(bits, sizeof bits, 0) != (ssize_t)sizeof bits) {
        return adatom_fail(ADATOM_IO_FAILED, "the system gives no random numbers");
    }
    bits[0] |= (uint64_t)1 << 60; /* ASE's never start with 0 */
    snprintf(id, 33, "%016llx%016llx", (unsigned long long)bits[0], (unsigned long long)bits[1]);
    return ADATOM_OK;
}

static double largest_force(const double (*forces)[3], size_t count)
{
    double largest = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double *f = forces[i];
        largest = fmax(largest, sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]));
    }
    return largest;
}

static void bind_results(sqlite3_stmt *insert, const adatom_database_row *row)
{
    if (row->has_energy || row->forces != NULL) {
        sqlite3_bind_text(insert, 8, "unknown", -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 9, "{}", -1, SQLITE_STATIC);
    }
    if (row->has_energy) {
        sqlite3_bind_double(insert, 10, row->energy);
    }
    if (row->forces != NULL) {
        sqlite3_bind_double(insert, 15, largest_force(row->forces, row->structure->atom_count));
    }
}

static void bind_structure(sqlite3_stmt *insert, const adatom_structure *structure)
{
    const bool *periodic = structure->periodic;
    double mass = 0.0;
    for (size_t i = 0; i < structure->atom_count; i++) {
        mass += adatom_element_mass(structure->atomic_numbers[i]);
    }
    const double volume = adatom_cell_volume((const double(*)[3])structure->cell);
    sqlite3_bind_int(insert, 7, periodic[0] + 2 * periodic[1] + 4 * periodic[2]);
    sqlite3_bind_int64(insert, 14, (sqlite3_int64)structure->atom_count);
    if (volume > 0.0) {
        sqlite3_bind_double(insert, 16, volume);
    }
    sqlite3_bind_double(insert, 17, mass);
}

static adatom_status insert_system(adatom_database *database, const adatom_database_row *row)
{
    static const unsigned char no_data[] = "\x08\0\0\0\0\0\0\0{}"; /* an empty dict of ASE */
    sqlite3_stmt *insert = database->insert_system;
    char unique_id[33];
    ADATOM_TRY(make_unique_id(unique_id));
    ADATOM_TRY(encode_arrays(database, row));
    sqlite3_bind_text(insert, 1, unique_id, -1, SQLITE_STATIC);
    sqlite3_bind_double(insert, 2, years_since_2000());
    sqlite3_bind_text(insert, 3, getenv("USER"), -1, SQLITE_STATIC);
    bind_arrays(database, row);
    bind_structure(insert, row->structure);
    bind_results(insert, row);
    sqlite3_bind_text(insert, 12, database->json, (int)database->json_length, SQLITE_STATIC);
    sqlite3_bind_blob(insert, 13, no_data, sizeof no_data - 1, SQLITE_STATIC);
    return run_statement(database, insert);
}

static adatom_status insert_species(adatom_database *database, const adatom_structure *structure,
                                    sqlite3_int64 id)
{
    sqlite3_stmt *insert = database->insert_side[ADATOM_DATABASE_SPECIES];
    sqlite3_int64 amounts[ADATOM_ELEMENT_COUNT + 1] = {0};
    for (size_t i = 0; i < structure->atom_count; i++) {
        amounts[structure->atomic_numbers[i]]++;
    }
    for (int number = 1; number <= ADATOM_ELEMENT_COUNT; number++) {
        if (amounts[number] > 0) {
            sqlite3_bind_int(insert, 1, number);
            sqlite3_bind_int64(insert, 2, amounts[number]);
            sqlite3_bind_int64(insert, 3, id);
            ADATOM_TRY(run_statement(database, insert));
        }
    }
    return ADATOM_OK;
}

static adatom_status insert_key(adatom_database *database, const char *key, sqlite3_int64 id)
{
    sqlite3_stmt *insert = database->insert_side[ADATOM_DATABASE_KEYS];
    sqlite3_bind_text(insert, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 2, id);
    return run_statement(database, insert);
}

static adatom_status insert_keys(adatom_database *database, const adatom_database_row *row,
                                 sqlite3_int64 id)
{
    sqlite3_stmt *insert = database->insert_side[ADATOM_DATABASE_NUMBERS];
    for (size_t i = 0; i < row->number_count; i++) {
        sqlite3_bind_text(insert, 1, row->numbers[i].key, -1, SQLITE_STATIC);
        sqlite3_bind_double(insert, 2, row->numbers[i].value);
        sqlite3_bind_int64(insert, 3, id);
        ADATOM_TRY(run_statement(database, insert));
        ADATOM_TRY(insert_key(database, row->numbers[i].key, id));
    }
    insert = database->insert_side[ADATOM_DATABASE_TEXTS];
    for (size_t i = 0; i < row->text_count; i++) {
        sqlite3_bind_text(insert, 1, row->texts[i].key, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 2, row->texts[i].value, -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 3, id);
        ADATOM_TRY(run_statement(database, insert));
        ADATOM_TRY(insert_key(database, row->texts[i].key, id));
    }
    return ADATOM_OK;
}

static adatom_status check_row(const char *path, const adatom_database_row *row)
{
    for (size_t i = 0; i < row->structure->atom_count; i++) {
        const int number = row->structure->atomic_numbers[i];
        if (number < 1 || number > ADATOM_ELEMENT_COUNT) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%s: atom %zu has the atomic number %d", path,
                               i + 1, number);
        }
    }
    if (row->has_energy && !isfinite(row->energy)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: expected a finite energy", path);
    }
    return adatom_database_check_keys(path, row);
}

static adatom_status write_json(adatom_database *database, const adatom_database_row *row)
{
    adatom_plain_numbers numbers = adatom_plain_numbers_begin();
    const adatom_status status = adatom_database_write_json(database, row);
    adatom_plain_numbers_end(&numbers);
    return status;
}

adatom_status adatom_database_add(adatom_database *database, const adatom_database_row *row)
{
    ADATOM_TRY(check_row(database->path, row));
    ADATOM_TRY(write_json(database, row));
    ADATOM_TRY(begin(database));
    ADATOM_TRY(insert_system(database, row));
    const sqlite3_int64 id = sqlite3_last_insert_rowid(database->connection);
    ADATOM_TRY(insert_species(database, row->structure, id));
    return insert_keys(database, row, id);
}

/* ---- taking rows back */

static adatom_status delete_from(adatom_database *database, const char *table, const char *key,
                                 double limit)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "DELETE FROM %s WHERE id IN (SELECT id FROM number_key_values WHERE key = ?1 AND "
             "value > ?2)",
             table);
    sqlite3_stmt *statement;
    ADATOM_TRY(adatom_database_prepare(database->connection, database->path, sql, &statement));
    sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_double(statement, 2, limit);
    const adatom_status status = run_statement(database, statement);
    sqlite3_finalize(statement);
    return status;
}

adatom_status adatom_database_delete_above(adatom_database *database, const char *key, double limit)
{
    /* The numbers last: they say which rows of the other tables go. */
    static const char *const tables[] = {"systems",
#define SIDE_TABLE(name, table, insert) table,
                                         ADATOM_DATABASE_SIDE_TABLES(SIDE_TABLE)
#undef SIDE_TABLE
    };
    ADATOM_TRY(begin(database));
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        ADATOM_TRY(delete_from(database, tables[i], key, limit));
    }
    return ADATOM_OK;
}
