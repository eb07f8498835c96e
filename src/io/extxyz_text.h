/* adatom: what the files of the extended XYZ reader share. */
#ifndef ADATOM_IO_EXTXYZ_TEXT_H
#define ADATOM_IO_EXTXYZ_TEXT_H

#include "adatom/extxyz.h"

#include <stdio.h>

/* A piece of the text; not ended by a 0. */
typedef struct adatom_extxyz_span {
    const char *text;
    size_t length;
} adatom_extxyz_span;

/* The text and how far it is read. */
typedef struct adatom_extxyz_source {
    const char *name; /* for messages */
    const char *text;
    size_t length, position;
    size_t line;                    /* number of the line read last, from 1 */
    const adatom_extxyz_keys *keys; /* or NULL: the usual names */
} adatom_extxyz_source;

/* Fails with "NAME:LINE: " before the message. */
adatom_status adatom_extxyz_fail(const adatom_extxyz_source *source, const char *format, ...)
    ADATOM_PRINTF(2, 3);

/* The next line without its end (\n or \r\n); false at the end of the text. */
bool adatom_extxyz_next_line(adatom_extxyz_source *source, adatom_extxyz_span *line);
/* The lines that are left, counted up to `most`. */
size_t adatom_extxyz_lines_left(const adatom_extxyz_source *source, size_t most);
bool adatom_extxyz_is_space(char c);
/* Takes the next word from the front of rest, words standing between white space and the characters
 * in `separators`; false if there is none. */
bool adatom_extxyz_next_word(adatom_extxyz_span *rest, const char *separators,
                             adatom_extxyz_span *word);

/* key=value of the comment line; key alone has the value "T". */
typedef struct adatom_extxyz_pair {
    const char *key, *value;
} adatom_extxyz_pair;

typedef struct adatom_extxyz_comment {
    char *storage; /* the texts of the pairs */
    adatom_extxyz_pair *pairs;
    size_t count;
} adatom_extxyz_comment;

/* Takes the comment line apart: quotes "" and '', brackets [] and {}, backslashes, white space
 * around
 * '=', as ASE does. A line without any key=value is the one pair comment="the line". */
adatom_status adatom_extxyz_comment_parse(const adatom_extxyz_source *source,
                                          adatom_extxyz_span line, adatom_extxyz_comment *comment);
void adatom_extxyz_comment_clear(adatom_extxyz_comment *comment);

/* Where the columns that matter start, counted from 0; ADATOM_EXTXYZ_ABSENT for those not there. */
typedef struct adatom_extxyz_columns {
    size_t total;
    size_t species, number, position, forces, energies;
    const char *description; /* the text they come from */
} adatom_extxyz_columns;

#define ADATOM_EXTXYZ_ABSENT ((size_t)-1)

/* What the comment line says of its frame. */
typedef struct adatom_extxyz_header {
    bool has_cell, has_periodic;
    double cell[3][3];
    bool periodic[3];
    adatom_extxyz_columns columns;
    const adatom_extxyz_pair *energy; /* NULL if there is none */
    double energy_value;
    bool has_stress;
    double stress[3][3];
} adatom_extxyz_header;

adatom_status adatom_extxyz_header_read(const adatom_extxyz_source *source,
                                        const adatom_extxyz_comment *comment,
                                        adatom_extxyz_header *header);
/* Whether the pair says nothing beyond what the header holds: of a key given twice the last counts.
 */
bool adatom_extxyz_is_header_pair(const adatom_extxyz_header *header,
                                  const adatom_extxyz_pair *pair);

/* Checks and prints frames; write errors stay with the stream. name stands for it in messages. */
adatom_status adatom_extxyz_check(const char *name, const adatom_frame *frames, size_t count);
void adatom_extxyz_print(FILE *stream, const adatom_frame *frames, size_t count);

#endif
