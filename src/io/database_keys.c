#include "io/database_private.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what ASE takes: ase.db.core.check */

static bool is_word(const char *key)
{
    if (!isalpha((unsigned char)key[0]) && key[0] != '_') {
        return false;
    }
    for (const char *c = key; *c != '\0'; c++) {
        if ((!isalnum((unsigned char)*c) && *c != '_') || (unsigned char)*c >= 0x80) {
            return false;
        }
    }
    return true;
}

static bool is_reserved(const char *key)
{
    static const char *const reserved[] = {"energy",
                                           "forces",
                                           "stress",
                                           "stresses",
                                           "dipole",
                                           "charges",
                                           "magmom",
                                           "magmoms",
                                           "free_energy",
                                           "energies",
                                           "positions",
                                           "numbers",
                                           "cell",
                                           "pbc",
                                           "initial_charges",
                                           "id",
                                           "unique_id",
                                           "initial_magmoms",
                                           "ctime",
                                           "mtime",
                                           "user",
                                           "fmax",
                                           "smax",
                                           "momenta",
                                           "constraints",
                                           "natoms",
                                           "formula",
                                           "age",
                                           "X",
                                           "calculator",
                                           "data",
                                           "key_value_pairs",
                                           "external_tables",
                                           "calculator_parameters"};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (strcmp(key, reserved[i]) == 0) {
            return true;
        }
    }
    return adatom_element_number(key) != 0;
}

/* Bytes that follow the first one of a UTF-8 character; -1 if no character starts so. Overlong and
 * surrogate forms are told apart by the second byte. */
static int continuation_count(const unsigned char *c)
{
    if (c[0] < 0x80) {
        return 0;
    }
    if (c[0] >= 0xc2 && c[0] <= 0xdf) {
        return 1;
    }
    if (c[0] >= 0xe0 && c[0] <= 0xef) {
        const bool bad = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] >= 0xa0);
        return bad ? -1 : 2;
    }
    if (c[0] >= 0xf0 && c[0] <= 0xf4) {
        const bool bad = (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] >= 0x90);
        return bad ? -1 : 3;
    }
    return -1;
}

static bool is_utf8(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        const int count = continuation_count(c);
        for (int i = 0; i < count; i++) {
            c++;
            if ((*c & 0xc0) != 0x80) {
                return false;
            }
        }
        if (count < 0) {
            return false;
        }
    }
    return true;
}

static adatom_status check_key(const char *path, const char *key)
{
    if (!is_word(key) || is_reserved(key)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s: \"%.60s\" cannot be a key of a database of ASE", path, key);
    }
    return ADATOM_OK;
}

adatom_status adatom_database_check_keys(const char *path, const adatom_database_row *row)
{
    for (size_t i = 0; i < row->number_count; i++) {
        ADATOM_TRY(check_key(path, row->numbers[i].key));
        if (!isfinite(row->numbers[i].value)) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s: expected a finite number", path,
                               row->numbers[i].key);
        }
    }
    for (size_t i = 0; i < row->text_count; i++) {
        ADATOM_TRY(check_key(path, row->texts[i].key));
        if (!is_utf8(row->texts[i].value)) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s: expected text in UTF-8", path,
                               row->texts[i].key);
        }
    }
    return ADATOM_OK;
}

/* ---- the JSON object of all keys */

static adatom_status append(adatom_database *database, const char *text, size_t length)
{
    ADATOM_TRY(adatom_grow(&database->json, &database->json_capacity,
                           database->json_length + length + 1, 1));
    memcpy(database->json + database->json_length, text, length);
    database->json_length += length;
    return ADATOM_OK;
}

static adatom_status append_quoted(adatom_database *database, const char *text)
{
    ADATOM_TRY(append(database, "\"", 1));
    for (const char *c = text; *c != '\0'; c++) {
        char escaped[8];
        if (*c == '"' || *c == '\\') {
            snprintf(escaped, sizeof escaped, "\\%c", *c);
        } else if ((unsigned char)*c < 0x20) {
            snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)*c);
        } else {
            snprintf(escaped, sizeof escaped, "%c", *c);
        }
        ADATOM_TRY(append(database, escaped, strlen(escaped)));
    }
    return append(database, "\"", 1);
}

static adatom_status append_key(adatom_database *database, const char *key)
{
    if (database->json_length > 1) {
        ADATOM_TRY(append(database, ", ", 2));
    }
    ADATOM_TRY(append_quoted(database, key));
    return append(database, ": ", 2);
}

adatom_status adatom_database_write_json(adatom_database *database, const adatom_database_row *row)
{
    database->json_length = 0;
    ADATOM_TRY(append(database, "{", 1));
    for (size_t i = 0; i < row->number_count; i++) {
        char text[ADATOM_NUMBER_TEXT_SIZE];
        adatom_number_to_text(row->numbers[i].value, text);
        ADATOM_TRY(append_key(database, row->numbers[i].key));
        ADATOM_TRY(append(database, text, strlen(text)));
    }
    for (size_t i = 0; i < row->text_count; i++) {
        ADATOM_TRY(append_key(database, row->texts[i].key));
        ADATOM_TRY(append_quoted(database, row->texts[i].value));
    }
    return append(database, "}", 1);
}
