/* adatom: numbers as text, the same in every language of the user. */
#ifndef ADATOM_IO_NUMBER_TEXT_H
#define ADATOM_IO_NUMBER_TEXT_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

enum { ADATOM_NUMBER_TEXT_SIZE = 32, ADATOM_TEXT_SHOWN_SIZE = 48 };

/* While it holds, this thread reads and prints numbers with a decimal point. */
typedef struct adatom_plain_numbers {
    locale_t plain, before;
} adatom_plain_numbers;

/* If the plain locale cannot be had (out of memory), that of the thread stays. */
adatom_plain_numbers adatom_plain_numbers_begin(void);
void adatom_plain_numbers_end(adatom_plain_numbers *numbers);

/* A decimal number that is all of the text and finite; false for anything else (nan, inf, hex). */
bool adatom_number_from_text(const char *text, size_t length, double *value);
/* A whole number >= 0 that is all of the text; false also where it does not fit. */
bool adatom_count_from_text(const char *text, size_t length, size_t *value);

/* The shortest of 15 to 17 significant digits that reads back to the same bits; value is finite. */
void adatom_number_to_text(double value, char text[ADATOM_NUMBER_TEXT_SIZE]);

/* Foreign text made fit for a message: cut, and only printable characters. */
void adatom_text_shown(const char *text, size_t length, char shown[ADATOM_TEXT_SHOWN_SIZE]);

#endif
