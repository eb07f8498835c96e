/* adatom: options in a struct, described once by a table.
 *
 * A table of fields gives the YAML reader, `--set key.path=value`, the resolved file that a run
 * keeps, and the manual page. An options struct is plain memory: it can be copied and needs no
 * freeing. */
#ifndef ADATOM_OPTIONS_H
#define ADATOM_OPTIONS_H

#include "adatom/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    ADATOM_TEXT_SIZE = 1024,
    ADATOM_NUMBERS_MAX = 64,
    ADATOM_PARTS_MAX = 8,
    ADATOM_ELEMENT_NUMBERS_MAX = 64
};

/* A list of numbers; count 0 where none is given. */
typedef struct adatom_numbers {
    int count;
    double values[ADATOM_NUMBERS_MAX];
} adatom_numbers;

/* A stoichiometry: how many atoms of which element. */
typedef struct adatom_composition {
    int count; /* of elements */
    int atomic_numbers[ADATOM_PARTS_MAX];
    int amounts[ADATOM_PARTS_MAX];
} adatom_composition;

/* A number for each of some elements or pairs of elements. */
typedef struct adatom_element_numbers {
    int count;
    int atomic_numbers[ADATOM_ELEMENT_NUMBERS_MAX][2]; /* the second is 0 for one element alone */
    double values[ADATOM_ELEMENT_NUMBERS_MAX];
} adatom_element_numbers;

typedef enum adatom_option_type {
    ADATOM_OPTION_INTEGER,     /* int64_t */
    ADATOM_OPTION_NUMBER,      /* double */
    ADATOM_OPTION_FLAG,        /* bool */
    ADATOM_OPTION_TEXT,        /* char[ADATOM_TEXT_SIZE] */
    ADATOM_OPTION_PATH,        /* char[ADATOM_TEXT_SIZE]; relative to the folder of the YAML file */
    ADATOM_OPTION_SPEC,        /* char[ADATOM_TEXT_SIZE]; files in it, as PATH */
    ADATOM_OPTION_CHOICE,      /* int, index into the names of `choices` */
    ADATOM_OPTION_NUMBERS,     /* adatom_numbers; minimum and maximum hold for each number */
    ADATOM_OPTION_ROWS,        /* adatom_numbers given as a list of lists of `columns` numbers */
    ADATOM_OPTION_COMPOSITION, /* adatom_composition, {C: 3, H: 4} */
    ADATOM_OPTION_ELEMENTS     /* adatom_element_numbers; {C: -7.4} with columns 1, {C-H: 0.6} with
                                  columns 2; minimum and maximum hold for each number */
} adatom_option_type;

typedef struct adatom_option_field {
    const char *path; /* "policy.epsilon_0" */
    adatom_option_type type;
    size_t offset;           /* in the struct */
    double minimum, maximum; /* inclusive; for numbers */
    int columns;             /* for ROWS and ELEMENTS */
    const char *choices;     /* for CHOICE: "one_hot|gaussian" */
    const char *unit;        /* "Å", "" */
    const char *symbol;      /* as the paper calls it: "ε0", "" */
    const char *description; /* a sentence; the default is printed from the default struct */
} adatom_option_field;

typedef struct adatom_option_table {
    const adatom_option_field *fields;
    size_t count;
    size_t size;           /* of the struct */
    const char *shorthand; /* or NULL: the path of one field that may also be given as the value of
                              its section: `relax: 15` for `relax: {steps: 15}` */
} adatom_option_table;

/* Reads a YAML file over the values in *options (start from the defaults). Messages are
 * "FILE:LINE: what was expected"; an unknown key names the nearest known one. overrides are texts
 * "key.path=value", value in YAML, that win over the file, the later over the earlier; messages
 * call them "--set", and their relative paths start at the current folder. Paths become absolute.
 */
ADATOM_API adatom_status adatom_options_read(const adatom_option_table *table, const char *path,
                                             const char *const *overrides, size_t override_count,
                                             void *options);
/* The same from memory; name stands for the file in messages. Relative paths are put behind folder;
 * with NULL they stay as they are, those of the overrides too. A NULL text stands for no file: the
 * overrides alone are read. */
ADATOM_API adatom_status adatom_options_parse(const adatom_option_table *table, const char *text,
                                              size_t length, const char *name, const char *folder,
                                              const char *const *overrides, size_t override_count,
                                              void *options);
/* Writes all values as YAML that adatom_options_read reads back to the same bits. INVALID_INPUT if
 * a value is not one that could be read (not a number, control characters). */
ADATOM_API adatom_status adatom_options_write(const adatom_option_table *table, const void *options,
                                              FILE *stream);

/* The field of that path, or NULL. */
ADATOM_API const adatom_option_field *adatom_option_find(const adatom_option_table *table,
                                                         const char *path);
/* Writes the value of one field as YAML on one line, without a newline. */
ADATOM_API adatom_status adatom_option_write_value(const adatom_option_field *field,
                                                   const void *options, FILE *stream);
/* What may stand there, for people: "a number from 0 to 1"; cut at size. */
ADATOM_API void adatom_option_expected(const adatom_option_field *field, char *text, size_t size);
/* The one of the names that is spelled most like name, or NULL if none is near. */
ADATOM_API const char *adatom_nearest_name(const char *name, const char *const *names,
                                           size_t count);

#endif
