/* adatom: the "key=value,key=value" of a descriptor's spec. */
#ifndef ADATOM_DESCRIPTOR_KEYS_H
#define ADATOM_DESCRIPTOR_KEYS_H

#include "adatom/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum adatom_key_type {
    ADATOM_KEY_NUMBER,
    ADATOM_KEY_COUNT,
    ADATOM_KEY_CHOICE,
    ADATOM_KEY_LIST
} adatom_key_type;

typedef struct adatom_key {
    const char *kind, *name;
    adatom_key_type type;
    const char *unit, *choices; /* of numbers; of choices */
    double minimum, maximum, fallback;
} adatom_key;

enum { ADATOM_KEYS_MAX = 16 };

/* The values of one kind's keys. */
typedef struct adatom_keys {
    char *text; /* what lists point into */
    double numbers[ADATOM_KEYS_MAX];
    const char *lists[ADATOM_KEYS_MAX];
} adatom_keys;

/* INVALID_INPUT names the key: unknown, given twice, missing, or what was expected. */
adatom_status adatom_keys_read(const char *kind, const char *text, adatom_keys *keys);
void adatom_keys_clear(adatom_keys *keys);
double adatom_keys_number(const adatom_keys *keys, const char *kind, const char *name);
/* "" where it was not given. */
const char *adatom_keys_list(const adatom_keys *keys, const char *kind, const char *name);
/* "kind:key=value,...", all keys in the order of the table; species stands for the list of
 * that name. Free with free(). */
adatom_status adatom_keys_print(const adatom_keys *keys, const char *kind, const char *species,
                                char **out);

#endif
