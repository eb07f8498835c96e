#include "io/database_private.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ID, NUMBERS, POSITIONS, CELL, PERIODIC, ENERGY, VALUE, RANK };

#define SELECT_ROWS "SELECT systems.id, numbers, positions, cell, pbc, energy, named.value"
#define FROM_ROWS                                                                                  \
    " FROM systems JOIN number_key_values AS named"                                                \
    " ON named.id = systems.id AND named.key = ?1"
#define ORDERED_BY                                                                                 \
    SELECT_ROWS ", ranked.value" FROM_ROWS " JOIN number_key_values AS ranked"                     \
                " ON ranked.id = systems.id AND ranked.key = ?3"                                   \
                " WHERE energy IS NOT NULL ORDER BY ranked.value"

static const char lowest_query[] = SELECT_ROWS
    ", energy" FROM_ROWS " WHERE energy IS NOT NULL ORDER BY energy, systems.id LIMIT ?2";
static const char rising_query[] = ORDERED_BY ", systems.id LIMIT ?2";
static const char falling_query[] = ORDERED_BY " DESC, systems.id LIMIT ?2";

/* What is asked for. */
typedef struct wish {
    const char *key, *by; /* by: NULL for the energy */
    bool highest;
    size_t limit;
} wish;

/* Copies count little-endian numbers of `size` bytes out of a column that must hold just these. */
static bool decode(sqlite3_stmt *row, int column, size_t count, size_t size, void *values)
{
    const unsigned char *bytes = sqlite3_column_blob(row, column);
    if ((size_t)sqlite3_column_bytes(row, column) != count * size) {
        return false;
    }
    for (size_t i = 0; i < count * size; i++) {
        const size_t k = i % size;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        ((unsigned char *)values)[i - k + size - 1 - k] = bytes[i];
#else
        (void)k;
        ((unsigned char *)values)[i] = bytes[i];
#endif
    }
    return true;
}

static bool is_sound(const adatom_structure *structure)
{
    for (size_t i = 0; i < structure->atom_count; i++) {
        const double *position = structure->positions[i];
        if (adatom_element_symbol(structure->atomic_numbers[i]) == NULL || !isfinite(position[0]) ||
            !isfinite(position[1]) || !isfinite(position[2])) {
            return false;
        }
    }
    for (int i = 0; i < 9; i++) {
        if (!isfinite(structure->cell[i / 3][i % 3])) {
            return false;
        }
    }
    return true;
}

static adatom_status read_row(sqlite3_stmt *row, const char *path, adatom_database_best *best)
{
    const size_t count = (size_t)sqlite3_column_bytes(row, NUMBERS) / 4;
    adatom_structure *structure;
    ADATOM_TRY(adatom_structure_create(count, &structure));
    const int periodic = sqlite3_column_int(row, PERIODIC);
    for (int i = 0; i < 3; i++) {
        structure->periodic[i] = (periodic >> i & 1) != 0;
    }
    if (!decode(row, NUMBERS, count, 4, structure->atomic_numbers) ||
        !decode(row, POSITIONS, 3 * count, 8, structure->positions) ||
        !decode(row, CELL, 9, 8, structure->cell) || !is_sound(structure)) {
        adatom_structure_free(structure);
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: row %lld: expected the atoms of a structure",
                           path, (long long)sqlite3_column_int64(row, ID));
    }
    best->structure = structure;
    best->energy = sqlite3_column_double(row, ENERGY);
    best->value = sqlite3_column_double(row, VALUE);
    best->rank = sqlite3_column_double(row, RANK);
    return ADATOM_OK;
}

static adatom_status read_rows(sqlite3 *connection, sqlite3_stmt *statement, const char *path,
                               adatom_database_best **rows, size_t *count)
{
    size_t capacity = 0;
    for (;;) {
        const int code = sqlite3_step(statement);
        if (code == SQLITE_DONE) {
            return ADATOM_OK;
        }
        if (code != SQLITE_ROW) {
            return adatom_database_fail(connection, path, "cannot read");
        }
        ADATOM_TRY(adatom_grow(rows, &capacity, *count + 1, sizeof **rows));
        ADATOM_TRY(read_row(statement, path, &(*rows)[*count]));
        (*count)++;
    }
}

static adatom_status query(sqlite3 *connection, const char *path, const wish *wanted,
                           adatom_database_best **rows, size_t *count)
{
    const char *text = wanted->by == NULL ? lowest_query
                       : wanted->highest  ? falling_query
                                          : rising_query;
    sqlite3_stmt *statement;
    ADATOM_TRY(adatom_database_prepare(connection, path, text, &statement));
    sqlite3_bind_text(statement, 1, wanted->key, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2,
                       wanted->limit < INT64_MAX ? (sqlite3_int64)wanted->limit : INT64_MAX);
    if (wanted->by != NULL) {
        sqlite3_bind_text(statement, 3, wanted->by, -1, SQLITE_STATIC);
    }
    const adatom_status status = read_rows(connection, statement, path, rows, count);
    sqlite3_finalize(statement);
    return status;
}

static adatom_status read_wanted(const char *path, const wish *wanted, adatom_database_best **out,
                                 size_t *count)
{
    sqlite3 *connection;
    ADATOM_TRY(adatom_database_connect(path, false, &connection));
    adatom_database_best *rows = NULL;
    size_t row_count = 0;
    const adatom_status status = query(connection, path, wanted, &rows, &row_count);
    sqlite3_close(connection);
    if (status != ADATOM_OK) {
        for (size_t i = 0; i < row_count; i++) {
            adatom_structure_free(rows[i].structure);
        }
        free(rows);
        return status;
    }
    *out = rows;
    *count = row_count;
    return ADATOM_OK;
}

adatom_status adatom_database_lowest(const char *path, const char *key, size_t limit,
                                     adatom_database_best **out, size_t *count)
{
    const wish wanted = {.key = key, .limit = limit};
    return read_wanted(path, &wanted, out, count);
}

adatom_status adatom_database_foremost(const char *path, const char *key, const char *by,
                                       bool highest, size_t limit, adatom_database_best **out,
                                       size_t *count)
{
    const wish wanted = {.key = key, .by = by, .highest = highest, .limit = limit};
    return read_wanted(path, &wanted, out, count);
}
