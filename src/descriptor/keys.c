#include "descriptor/keys.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const adatom_key key_table[] = {
#define NUMBER(kind, key, unit, minimum, maximum, fallback)                                        \
    {#kind, #key, ADATOM_KEY_NUMBER, unit, NULL, minimum, maximum, fallback},
#define COUNT(kind, key, minimum, maximum, fallback)                                               \
    {#kind, #key, ADATOM_KEY_COUNT, "", NULL, minimum, maximum, fallback},
#define CHOICE(kind, key, choices, fallback)                                                       \
    {#kind, #key, ADATOM_KEY_CHOICE, "", choices, 0, 0, fallback},
#define LIST(kind, key) {#kind, #key, ADATOM_KEY_LIST, "", NULL, 0, 0, 0},
#include "descriptor/keys.def"
#undef NUMBER
#undef COUNT
#undef CHOICE
#undef LIST
};

enum { KEY_COUNT = sizeof key_table / sizeof key_table[0] };

/* The place of the kind's key number `index` in the table, -1 behind the last. */
static int key_of(const char *kind, int index)
{
    for (int i = 0; i < KEY_COUNT; i++) {
        if (strcmp(key_table[i].kind, kind) == 0 && index-- == 0) {
            return i;
        }
    }
    return -1;
}

static int index_of(const char *kind, const char *name)
{
    for (int i = 0; key_of(kind, i) >= 0; i++) {
        if (strcmp(key_table[key_of(kind, i)].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static adatom_status refuse_value(const adatom_key *key, const char *value)
{
    char shown[ADATOM_TEXT_SHOWN_SIZE];
    adatom_text_shown(value, strlen(value), shown);
    if (key->type == ADATOM_KEY_CHOICE) {
        return adatom_fail(ADATOM_INVALID_INPUT, "descriptor %s: %s=%s, expected one of %s",
                           key->kind, key->name, shown, key->choices);
    }
    return adatom_fail(ADATOM_INVALID_INPUT, "descriptor %s: %s=%s, expected %s from %g to %g%s%s",
                       key->kind, key->name, shown,
                       key->type == ADATOM_KEY_COUNT ? "a whole number" : "a number", key->minimum,
                       key->maximum, key->unit[0] != '\0' ? " " : "", key->unit);
}

/* Which of "first|second" the value is, -1 if none. */
static int find_choice(const char *choices, const char *value)
{
    const size_t length = strlen(value);
    int index = 0;
    for (const char *at = choices; at != NULL; index++) {
        const char *end = strchr(at, '|');
        const size_t size = end != NULL ? (size_t)(end - at) : strlen(at);
        if (size == length && strncmp(at, value, length) == 0) {
            return index;
        }
        at = end != NULL ? end + 1 : NULL;
    }
    return -1;
}

static adatom_status take_value(const adatom_key *key, const char *value, double *number)
{
    if (key->type == ADATOM_KEY_CHOICE) {
        *number = find_choice(key->choices, value);
        return *number >= 0 ? ADATOM_OK : refuse_value(key, value);
    }
    const bool read = adatom_number_from_text(value, strlen(value), number);
    const bool whole = key->type != ADATOM_KEY_COUNT || *number == floor(*number);
    if (!read || !whole || *number < key->minimum || *number > key->maximum) {
        return refuse_value(key, value);
    }
    return ADATOM_OK;
}

static adatom_status take_part(const char *kind, char *part, adatom_keys *keys, bool *given)
{
    char shown[ADATOM_TEXT_SHOWN_SIZE];
    adatom_text_shown(part, strlen(part), shown);
    char *equals = strchr(part, '=');
    if (equals == NULL || equals[1] == '\0') {
        return adatom_fail(ADATOM_INVALID_INPUT, "descriptor %s: \"%s\" is not key=value", kind,
                           shown);
    }
    *equals = '\0';
    const int index = index_of(kind, part);
    if (index < 0 || given[index]) {
        return adatom_fail(ADATOM_INVALID_INPUT, "descriptor %s: the key of \"%s\" is %s", kind,
                           shown, index < 0 ? "not known" : "given twice");
    }
    given[index] = true;
    const adatom_key *key = &key_table[key_of(kind, index)];
    if (key->type == ADATOM_KEY_LIST) {
        keys->lists[index] = equals + 1;
        return ADATOM_OK;
    }
    return take_value(key, equals + 1, &keys->numbers[index]);
}

static adatom_status take_parts(const char *kind, adatom_keys *keys)
{
    bool given[ADATOM_KEYS_MAX] = {false};
    for (char *part = keys->text; part != NULL && *keys->text != '\0';) {
        char *comma = strchr(part, ',');
        if (comma != NULL) {
            *comma = '\0';
        }
        ADATOM_TRY(take_part(kind, part, keys, given));
        part = comma != NULL ? comma + 1 : NULL;
    }
    for (int i = 0; key_of(kind, i) >= 0; i++) {
        const adatom_key *key = &key_table[key_of(kind, i)];
        if (!given[i] && isnan(key->fallback)) {
            return adatom_fail(ADATOM_INVALID_INPUT, "descriptor %s: %s= is missing", kind,
                               key->name);
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_keys_read(const char *kind, const char *text, adatom_keys *keys)
{
    adatom_keys read = {.text = NULL};
    for (int i = 0; key_of(kind, i) >= 0; i++) {
        read.numbers[i] = key_table[key_of(kind, i)].fallback;
        read.lists[i] = "";
    }
    ADATOM_TRY(adatom_duplicate_text(text, &read.text));
    const adatom_status status = take_parts(kind, &read);
    if (status != ADATOM_OK) {
        free(read.text);
        return status;
    }
    *keys = read;
    return ADATOM_OK;
}

void adatom_keys_clear(adatom_keys *keys)
{
    free(keys->text);
    keys->text = NULL;
}

double adatom_keys_number(const adatom_keys *keys, const char *kind, const char *name)
{
    return keys->numbers[index_of(kind, name)];
}

const char *adatom_keys_list(const adatom_keys *keys, const char *kind, const char *name)
{
    return keys->lists[index_of(kind, name)];
}

static void print_choice(FILE *stream, const char *choices, int index)
{
    while (index-- > 0) {
        choices = strchr(choices, '|') + 1;
    }
    fprintf(stream, "%.*s", (int)strcspn(choices, "|"), choices);
}

static void print_value(FILE *stream, const adatom_key *key, double number, const char *list)
{
    char text[ADATOM_NUMBER_TEXT_SIZE];
    if (key->type == ADATOM_KEY_CHOICE) {
        print_choice(stream, key->choices, (int)number);
    } else if (key->type == ADATOM_KEY_LIST) {
        fputs(list, stream);
    } else {
        adatom_number_to_text(number, text);
        fputs(text, stream);
    }
}

adatom_status adatom_keys_print(const adatom_keys *keys, const char *kind, const char *species,
                                char **out)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory for a descriptor's spec");
    }
    fprintf(stream, "%s:", kind);
    for (int i = 0; key_of(kind, i) >= 0; i++) {
        const adatom_key *key = &key_table[key_of(kind, i)];
        const char *list = keys->lists[i];
        if (key->type == ADATOM_KEY_LIST && strcmp(key->name, "species") == 0) {
            list = species;
        }
        if (key->type == ADATOM_KEY_LIST && list[0] == '\0') {
            continue;
        }
        fprintf(stream, "%s%s=", i > 0 ? "," : "", key->name);
        print_value(stream, key, keys->numbers[i], list);
    }
    if (fclose(stream) != 0) {
        free(text);
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory for a descriptor's spec");
    }
    *out = text;
    return ADATOM_OK;
}
