#include "io/number_text.h"
#include "io/options_internal.h"

#include "adatom/structure.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SHOWN_LENGTH = 40 };

/* Doubles hold every whole number up to here. */
static const double exact_integer_max = 9007199254740992.0;

void adatom_option_show(const adatom_option_scalar *scalar, char *text, size_t size)
{
    if (adatom_option_is_null(scalar)) {
        snprintf(text, size, "nothing");
        return;
    }
    char shown[SHOWN_LENGTH + 1];
    size_t used = 0;
    for (; used < scalar->length && used < SHOWN_LENGTH; used++) {
        const unsigned char c = (unsigned char)scalar->text[used];
        shown[used] = (char)(c < 0x20 || c == 0x7f ? '?' : c);
    }
    /* Not within a character of several bytes. */
    while (used < scalar->length && used > 0 &&
           ((unsigned char)scalar->text[used] & 0xc0) == 0x80) {
        used--;
    }
    shown[used] = '\0';
    const char *quote = scalar->plain ? "" : "\"";
    snprintf(text, size, "%s%s%s%s", quote, shown, used < scalar->length ? "..." : "", quote);
}

bool adatom_option_is_null(const adatom_option_scalar *scalar)
{
    return scalar->plain && (scalar->length == 0 || strcmp(scalar->text, "~") == 0 ||
                             strcmp(scalar->text, "null") == 0);
}

static adatom_status mismatch(const adatom_option_place *place, const adatom_option_field *field,
                              const adatom_option_scalar *scalar)
{
    char shown[2 * SHOWN_LENGTH];
    adatom_option_show(scalar, shown, sizeof shown);
    return adatom_option_mismatch(place, field, shown);
}

static bool scan_scalar(const adatom_option_scalar *scalar, double *value)
{
    return scalar->plain && adatom_number_from_text(scalar->text, scalar->length, value);
}

static bool in_range(const adatom_option_field *field, double value)
{
    return value >= field->minimum && value <= field->maximum;
}

/* Digits are read exactly; 1e6 is a whole number too. */
static bool scan_integer(const adatom_option_scalar *scalar, int64_t *integer)
{
    double number;
    if (!scan_scalar(scalar, &number) || number != floor(number)) {
        return false;
    }
    if (strpbrk(scalar->text, ".eE") == NULL) {
        errno = 0;
        *integer = strtoll(scalar->text, NULL, 10);
        return errno == 0;
    }
    *integer = fabs(number) <= exact_integer_max ? (int64_t)number : 0;
    return fabs(number) <= exact_integer_max;
}

static bool scan_flag(const adatom_option_scalar *scalar, bool *flag)
{
    static const struct {
        const char *word;
        bool flag;
    } words[] = {{"true", true}, {"false", false}, {"yes", true},
                 {"no", false},  {"on", true},     {"off", false}};
    for (size_t i = 0; scalar->plain && i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(scalar->text, words[i].word) == 0) {
            *flag = words[i].flag;
            return true;
        }
    }
    return false;
}

/* The index of the name in "first|second", or -1. */
static int find_choice(const char *choices, const char *name)
{
    const size_t length = strlen(name);
    int index = 0;
    for (const char *choice = choices; length > 0; index++) {
        const size_t width = strcspn(choice, "|");
        if (width == length && memcmp(choice, name, length) == 0) {
            return index;
        }
        if (choice[width] == '\0') {
            return -1;
        }
        choice += width + 1;
    }
    return -1;
}

/* Length of the UTF-8 character at text and its code; 0 if it is not one. */
static int decode_character(const unsigned char *text, unsigned *code)
{
    const int length = text[0] < 0x80   ? 1
                       : text[0] < 0xc2 ? 0
                       : text[0] < 0xe0 ? 2
                       : text[0] < 0xf0 ? 3
                       : text[0] < 0xf5 ? 4
                                        : 0;
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    static const unsigned first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    *code = text[0] & first_bits[length];
    for (int i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
        *code = *code << 6 | (text[i] & 0x3fU);
    }
    return *code < least[length] || *code > 0x10ffff ? 0 : length;
}

static bool is_kept_by_yaml(unsigned code)
{
    const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool line_break = code == 0x2028 || code == 0x2029;
    const bool no_character =
        (code >= 0xd800 && code < 0xe000) || code == 0xfeff || code == 0xfffe || code == 0xffff;
    return !control && !line_break && !no_character;
}

bool adatom_option_text_is_clean(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        unsigned code;
        const int length = decode_character(at, &code);
        if (length == 0 || !is_kept_by_yaml(code)) {
            return false;
        }
        at += length;
    }
    return true;
}

static bool store_text(const adatom_option_scalar *scalar, const char *prefix, char *text)
{
    const bool fits = strlen(scalar->text) == scalar->length &&
                      strlen(prefix) + 1 + scalar->length < ADATOM_TEXT_SIZE;
    if (!fits || adatom_option_is_null(scalar)) {
        return false;
    }
    const size_t length = strlen(prefix);
    const char *slash = length > 0 && prefix[length - 1] != '/' ? "/" : "";
    char joined[ADATOM_TEXT_SIZE] = {0};
    snprintf(joined, sizeof joined, "%s%s%s", prefix, slash, scalar->text);
    if (!adatom_option_text_is_clean(joined)) {
        return false;
    }
    memcpy(text, joined, sizeof joined);
    return true;
}

static bool store_path(const adatom_option_scalar *scalar, const char *folder, char *text)
{
    const bool relative = scalar->length > 0 && scalar->text[0] != '/';
    return store_text(scalar, folder == NULL || !relative ? "" : folder, text);
}

static bool store_spec(const adatom_option_scalar *scalar, const char *folder, char *text)
{
    char given[ADATOM_TEXT_SIZE], located[ADATOM_TEXT_SIZE] = {0};
    if (!store_text(scalar, "", given) ||
        !adatom_option_locate_files(given, folder != NULL ? folder : ".", located) ||
        !adatom_option_text_is_clean(located)) {
        return false;
    }
    memcpy(text, located, sizeof located);
    return true;
}

static bool store_number(const adatom_option_field *field, const adatom_option_scalar *scalar,
                         double *out)
{
    double number;
    if (!scan_scalar(scalar, &number) || !in_range(field, number)) {
        return false;
    }
    *out = number;
    return true;
}

static bool store_integer(const adatom_option_field *field, const adatom_option_scalar *scalar,
                          int64_t *out)
{
    int64_t integer;
    if (!scan_integer(scalar, &integer) || integer < (int64_t)field->minimum ||
        integer > (int64_t)field->maximum) {
        return false;
    }
    *out = integer;
    return true;
}

static bool store_choice(const adatom_option_field *field, const adatom_option_scalar *scalar,
                         int *out)
{
    const int index = find_choice(field->choices, scalar->text);
    if (index < 0 || strlen(scalar->text) != scalar->length) {
        return false;
    }
    *out = index;
    return true;
}

adatom_status adatom_option_store(const adatom_option_place *place,
                                  const adatom_option_field *field,
                                  const adatom_option_scalar *scalar, const char *folder,
                                  void *options)
{
    void *at = (char *)options + field->offset;
    bool stored = false;
    switch (field->type) {
    case ADATOM_OPTION_INTEGER:
        stored = store_integer(field, scalar, at);
        break;
    case ADATOM_OPTION_NUMBER:
        stored = store_number(field, scalar, at);
        break;
    case ADATOM_OPTION_FLAG:
        stored = scan_flag(scalar, at);
        break;
    case ADATOM_OPTION_TEXT:
        stored = store_text(scalar, "", at);
        break;
    case ADATOM_OPTION_PATH:
        stored = store_path(scalar, folder, at);
        break;
    case ADATOM_OPTION_SPEC:
        stored = store_spec(scalar, folder, at);
        break;
    case ADATOM_OPTION_CHOICE:
        stored = store_choice(field, scalar, at);
        break;
    case ADATOM_OPTION_NUMBERS:
    case ADATOM_OPTION_ROWS:
    case ADATOM_OPTION_COMPOSITION:
    case ADATOM_OPTION_ELEMENTS:
        break;
    }
    return stored ? ADATOM_OK : mismatch(place, field, scalar);
}

adatom_status adatom_option_append(const adatom_option_place *place,
                                   const adatom_option_field *field,
                                   const adatom_option_scalar *scalar, adatom_numbers *numbers)
{
    if (numbers->count >= ADATOM_NUMBERS_MAX) {
        return adatom_option_fail(place, field->path, "more than %d numbers", ADATOM_NUMBERS_MAX);
    }
    if (store_number(field, scalar, &numbers->values[numbers->count])) {
        numbers->count++;
        return ADATOM_OK;
    }
    char shown[2 * SHOWN_LENGTH], given[3 * SHOWN_LENGTH];
    adatom_option_show(scalar, shown, sizeof shown);
    snprintf(given, sizeof given, "%s as number %d", shown, numbers->count + 1);
    return adatom_option_mismatch(place, field, given);
}

static adatom_status check_element(const adatom_option_place *place,
                                   const adatom_option_field *field,
                                   const adatom_option_scalar *symbol,
                                   const adatom_composition *composition, int *atomic_number)
{
    char shown[2 * SHOWN_LENGTH];
    adatom_option_show(symbol, shown, sizeof shown);
    const bool whole = strlen(symbol->text) == symbol->length;
    *atomic_number = whole ? adatom_element_number(symbol->text) : 0;
    if (*atomic_number == 0) {
        return adatom_option_fail(place, field->path, "%s is not an element", shown);
    }
    for (int i = 0; i < composition->count; i++) {
        if (composition->atomic_numbers[i] == *atomic_number) {
            return adatom_option_fail(place, field->path, "%s is given twice", shown);
        }
    }
    if (composition->count >= ADATOM_PARTS_MAX) {
        return adatom_option_fail(place, field->path, "more than %d elements", ADATOM_PARTS_MAX);
    }
    return ADATOM_OK;
}

adatom_status adatom_option_append_element(const adatom_option_place *place,
                                           const adatom_option_field *field,
                                           const adatom_option_scalar *symbol,
                                           const adatom_option_scalar *amount,
                                           adatom_composition *composition)
{
    int atomic_number;
    const adatom_status status = check_element(place, field, symbol, composition, &atomic_number);
    if (status != ADATOM_OK) {
        return status;
    }
    int64_t count = 0;
    if (!scan_integer(amount, &count) || count < 1 || count > ADATOM_AMOUNT_MAX) {
        char shown[2 * SHOWN_LENGTH];
        adatom_option_show(amount, shown, sizeof shown);
        return adatom_option_fail(place, field->path,
                                  "%s: %s, expected a whole number from 1 to %d", symbol->text,
                                  shown, ADATOM_AMOUNT_MAX);
    }
    composition->atomic_numbers[composition->count] = atomic_number;
    composition->amounts[composition->count] = (int)count;
    composition->count++;
    return ADATOM_OK;
}

/* "C" or "C-H", as many symbols as the field has columns. */
static bool scan_elements(const adatom_option_field *field, const adatom_option_scalar *name,
                          int atomic_numbers[2])
{
    char copy[8];
    if (strlen(name->text) != name->length || name->length >= sizeof copy) {
        return false;
    }
    memcpy(copy, name->text, name->length + 1);
    char *dash = strchr(copy, '-');
    if ((dash != NULL) != (field->columns == 2)) {
        return false;
    }
    atomic_numbers[1] = 0;
    if (dash != NULL) {
        *dash = '\0';
        atomic_numbers[1] = adatom_element_number(dash + 1);
    }
    atomic_numbers[0] = adatom_element_number(copy);
    return atomic_numbers[0] > 0 && (dash == NULL || atomic_numbers[1] > 0);
}

static bool is_there(const adatom_element_numbers *numbers, const int pair[2])
{
    for (int i = 0; i < numbers->count; i++) {
        const int *known = numbers->atomic_numbers[i];
        if ((known[0] == pair[0] && known[1] == pair[1]) ||
            (known[0] == pair[1] && known[1] == pair[0])) {
            return true;
        }
    }
    return false;
}

adatom_status adatom_option_append_pair(const adatom_option_place *place,
                                        const adatom_option_field *field,
                                        const adatom_option_scalar *name,
                                        const adatom_option_scalar *value,
                                        adatom_element_numbers *numbers)
{
    char shown[2 * SHOWN_LENGTH], given[2 * SHOWN_LENGTH];
    int *pair = numbers->atomic_numbers[numbers->count];
    adatom_option_show(name, shown, sizeof shown);
    if (numbers->count + 1 >= ADATOM_ELEMENT_NUMBERS_MAX) {
        return adatom_option_fail(place, field->path, "more than %d entries",
                                  ADATOM_ELEMENT_NUMBERS_MAX - 1);
    }
    if (!scan_elements(field, name, pair)) {
        return adatom_option_fail(place, field->path, "%s is not %s", shown,
                                  field->columns == 2 ? "a pair of elements, such as C-H"
                                                      : "an element");
    }
    if (is_there(numbers, pair)) {
        return adatom_option_fail(place, field->path, "%s is given twice", shown);
    }
    if (!store_number(field, value, &numbers->values[numbers->count])) {
        adatom_option_show(value, given, sizeof given);
        return adatom_option_fail(place, field->path,
                                  "%s: %s, expected a number from %.10g to %.10g", shown, given,
                                  field->minimum, field->maximum);
    }
    numbers->count++;
    return ADATOM_OK;
}
