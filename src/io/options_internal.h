/* adatom: what the parts of the option reader share. */
#ifndef ADATOM_IO_OPTIONS_INTERNAL_H
#define ADATOM_IO_OPTIONS_INTERNAL_H

#include "adatom/options.h"

enum { ADATOM_OPTION_PATH_SIZE = 256, ADATOM_AMOUNT_MAX = 1000000 };

/* Where a value stands: a line of a file, or a "--set" (line 0). */
typedef struct adatom_option_place {
    const char *name;
    size_t line;
} adatom_option_place;

/* One scalar as YAML gave it; not plain: in quotes or a block. May hold NUL bytes. */
typedef struct adatom_option_scalar {
    const char *text;
    size_t length;
    bool plain;
} adatom_option_scalar;

/* Fails with INVALID_INPUT and "FILE:LINE: path: what". */
adatom_status adatom_option_fail(const adatom_option_place *place, const char *path,
                                 const char *format, ...) ADATOM_PRINTF(3, 4);
/* "FILE:LINE: policy.nu: 1.5, expected a number from 0 to 1". */
adatom_status adatom_option_mismatch(const adatom_option_place *place,
                                     const adatom_option_field *field, const char *given);
/* "FILE:LINE: policy.epsilonn: unknown key; did you mean policy.epsilon_0?" */
adatom_status adatom_option_unknown(const adatom_option_place *place,
                                    const adatom_option_table *table, const char *path);
/* The scalar as a message shows it: quotes if it had them, cut, "nothing" if empty. */
void adatom_option_show(const adatom_option_scalar *scalar, char *text, size_t size);

/* The index of the first field of the section, or -1 if it is not one. */
int adatom_option_section(const adatom_option_table *table, const char *path);
/* Edit distance with swaps of neighbouring characters; names longer than 63 count as far away. */
int adatom_edit_distance(const char *first, const char *second);

/* Stores the scalar in the field, which is neither a list nor a composition. */
adatom_status adatom_option_store(const adatom_option_place *place,
                                  const adatom_option_field *field,
                                  const adatom_option_scalar *scalar, const char *folder,
                                  void *options);
/* Appends the scalar to the numbers of the field. */
adatom_status adatom_option_append(const adatom_option_place *place,
                                   const adatom_option_field *field,
                                   const adatom_option_scalar *scalar, adatom_numbers *numbers);
/* Appends "C: 3" to a composition. */
adatom_status adatom_option_append_element(const adatom_option_place *place,
                                           const adatom_option_field *field,
                                           const adatom_option_scalar *symbol,
                                           const adatom_option_scalar *amount,
                                           adatom_composition *composition);
/* Appends "C: -7.4" or "C-H: 0.6" to the numbers of elements or of pairs of them. */
adatom_status adatom_option_append_pair(const adatom_option_place *place,
                                        const adatom_option_field *field,
                                        const adatom_option_scalar *name,
                                        const adatom_option_scalar *value,
                                        adatom_element_numbers *numbers);
/* Plain text without value: what YAML calls null. */
bool adatom_option_is_null(const adatom_option_scalar *scalar);
/* Copies the text to out [ADATOM_TEXT_SIZE], in which each word after the first that has a dot or a
 * slash and is the relative path of a file in the folder is replaced by its whole path. Words end
 * at blanks, quotes and any of ":,=". False if it gets too long. */
bool adatom_option_locate_files(const char *text, const char *folder, char *out);
/* UTF-8 that YAML keeps on one line as it is: no control characters, no line breaks. */
bool adatom_option_text_is_clean(const char *text);

/* Reads a whole file into options; tracks keys that are given twice. */
adatom_status adatom_option_read_file(const adatom_option_table *table, const char *text,
                                      size_t length, const char *name, const char *folder,
                                      void *options);
/* Reads one "key.path=value". */
adatom_status adatom_option_read_override(const adatom_option_table *table, const char *text,
                                          const char *folder, void *options);

#endif
