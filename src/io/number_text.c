#include "io/number_text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

adatom_plain_numbers adatom_plain_numbers_begin(void)
{
    adatom_plain_numbers numbers = {.plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0)};
    numbers.before = numbers.plain != (locale_t)0 ? uselocale(numbers.plain) : (locale_t)0;
    return numbers;
}

void adatom_plain_numbers_end(adatom_plain_numbers *numbers)
{
    if (numbers->plain != (locale_t)0) {
        uselocale(numbers->before);
        freelocale(numbers->plain);
        numbers->plain = (locale_t)0;
    }
}

static bool belongs_to_number(char c)
{
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

bool adatom_number_from_text(const char *text, size_t length, double *value)
{
    enum { LONGEST = 400 }; /* longer than any double printed with all its digits and %f */
    char copy[LONGEST + 1];
    if (length == 0 || length > LONGEST) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!belongs_to_number(text[i])) {
            return false;
        }
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *end;
    const double number = strtod(copy, &end);
    if (end != copy + length || !isfinite(number)) {
        return false;
    }
    *value = number;
    return true;
}

bool adatom_count_from_text(const char *text, size_t length, size_t *value)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        const size_t digit = (size_t)(text[i] - '0');
        if (count > (SIZE_MAX - digit) / 10) {
            return false;
        }
        count = count * 10 + digit;
    }
    if (length == 0) {
        return false;
    }
    *value = count;
    return true;
}

void adatom_number_to_text(double value, char text[ADATOM_NUMBER_TEXT_SIZE])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, ADATOM_NUMBER_TEXT_SIZE, "%.*g", digits, value);
        const double read_back = strtod(text, NULL);
        if (read_back >= value && read_back <= value) {
            return;
        }
    }
}

void adatom_text_shown(const char *text, size_t length, char shown[ADATOM_TEXT_SHOWN_SIZE])
{
    const size_t room = ADATOM_TEXT_SHOWN_SIZE - 1;
    const size_t count = length <= room ? length : room - 3;
    for (size_t i = 0; i < count; i++) {
        const unsigned char c = (unsigned char)text[i];
        shown[i] = (char)(c < 0x20 || c >= 0x7f ? '?' : c);
    }
    if (length <= room) {
        shown[count] = '\0';
    } else {
        memcpy(shown + count, "...", 4);
    }
}
