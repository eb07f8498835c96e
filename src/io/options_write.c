#include "io/number_text.h"
#include "io/options_internal.h"

#include "base/error.h"

#include "adatom/structure.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { COMMENT_WIDTH = 96 };

static adatom_status cannot_write(const adatom_option_field *field)
{
    return adatom_fail(ADATOM_INVALID_INPUT, "%s: a value that cannot be written", field->path);
}

/* With an exponent a point is added: YAML 1.1 takes 1e-07 for a text. */
static adatom_status write_number(const adatom_option_field *field, double number, FILE *stream)
{
    if (!isfinite(number)) {
        return cannot_write(field);
    }
    char digits[ADATOM_NUMBER_TEXT_SIZE];
    adatom_number_to_text(number, digits);
    const char *exponent = strchr(digits, 'e');
    if (exponent != NULL && strchr(digits, '.') == NULL) {
        fprintf(stream, "%.*s.0%s", (int)(exponent - digits), digits, exponent);
    } else {
        fputs(digits, stream);
    }
    return ADATOM_OK;
}

static adatom_status write_list(const adatom_option_field *field, const double *values, int count,
                                FILE *stream)
{
    fputc('[', stream);
    for (int i = 0; i < count; i++) {
        fputs(i > 0 ? ", " : "", stream);
        ADATOM_TRY(write_number(field, values[i], stream));
    }
    fputc(']', stream);
    return ADATOM_OK;
}

static adatom_status write_numbers(const adatom_option_field *field, const adatom_numbers *numbers,
                                   FILE *stream)
{
    const bool rows = field->type == ADATOM_OPTION_ROWS;
    const int columns = field->columns;
    if (numbers->count < 0 || numbers->count > ADATOM_NUMBERS_MAX ||
        (rows && (columns < 1 || numbers->count % columns != 0))) {
        return cannot_write(field);
    }
    if (!rows) {
        return write_list(field, numbers->values, numbers->count, stream);
    }
    fputc('[', stream);
    for (int first = 0; first < numbers->count; first += columns) {
        fputs(first > 0 ? ", " : "", stream);
        ADATOM_TRY(write_list(field, numbers->values + first, columns, stream));
    }
    fputc(']', stream);
    return ADATOM_OK;
}

/* YAML 1.1 reads the symbols N, No and Y as truth values. */
static bool needs_quotes(const char *symbol)
{
    return symbol[0] == 'N' || symbol[0] == 'Y';
}

static adatom_status write_composition(const adatom_option_field *field,
                                       const adatom_composition *composition, FILE *stream)
{
    if (composition->count < 0 || composition->count > ADATOM_PARTS_MAX) {
        return cannot_write(field);
    }
    fputc('{', stream);
    for (int i = 0; i < composition->count; i++) {
        const char *symbol = adatom_element_symbol(composition->atomic_numbers[i]);
        if (symbol == NULL) {
            return cannot_write(field);
        }
        const char *quote = needs_quotes(symbol) ? "\"" : "";
        fprintf(stream, "%s%s%s%s: %d", i > 0 ? ", " : "", quote, symbol, quote,
                composition->amounts[i]);
    }
    fputc('}', stream);
    return ADATOM_OK;
}

static adatom_status write_elements(const adatom_option_field *field,
                                    const adatom_element_numbers *numbers, FILE *stream)
{
    if (numbers->count < 0 || numbers->count > ADATOM_ELEMENT_NUMBERS_MAX) {
        return cannot_write(field);
    }
    fputc('{', stream);
    for (int i = 0; i < numbers->count; i++) {
        const char *first = adatom_element_symbol(numbers->atomic_numbers[i][0]);
        const char *second = adatom_element_symbol(numbers->atomic_numbers[i][1]);
        if (first == NULL || (field->columns == 2 && second == NULL)) {
            return cannot_write(field);
        }
        const char *quote = field->columns == 1 && needs_quotes(first) ? "\"" : "";
        fprintf(stream, "%s%s%s%s%s%s: ", i > 0 ? ", " : "", quote, first,
                field->columns == 2 ? "-" : "", field->columns == 2 ? second : "", quote);
        ADATOM_TRY(write_number(field, numbers->values[i], stream));
    }
    fputc('}', stream);
    return ADATOM_OK;
}

static adatom_status write_text(const adatom_option_field *field, const char *text, FILE *stream)
{
    if (strnlen(text, ADATOM_TEXT_SIZE) == ADATOM_TEXT_SIZE || !adatom_option_text_is_clean(text)) {
        return cannot_write(field);
    }
    fputc('"', stream);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            fputc('\\', stream);
        }
        fputc(*c, stream);
    }
    fputc('"', stream);
    return ADATOM_OK;
}

static adatom_status write_choice(const adatom_option_field *field, int index, FILE *stream)
{
    const char *choice = field->choices;
    for (int i = 0; i < index && choice != NULL; i++) {
        choice = strchr(choice, '|');
        choice = choice != NULL ? choice + 1 : NULL;
    }
    if (index < 0 || choice == NULL) {
        return cannot_write(field);
    }
    fprintf(stream, "%.*s", (int)strcspn(choice, "|"), choice);
    return ADATOM_OK;
}

static adatom_status write_value(const adatom_option_field *field, const void *options,
                                 FILE *stream)
{
    const void *at = (const char *)options + field->offset;
    switch (field->type) {
    case ADATOM_OPTION_INTEGER:
        fprintf(stream, "%" PRId64, *(const int64_t *)at);
        return ADATOM_OK;
    case ADATOM_OPTION_NUMBER:
        return write_number(field, *(const double *)at, stream);
    case ADATOM_OPTION_FLAG:
        fputs(*(const bool *)at ? "true" : "false", stream);
        return ADATOM_OK;
    case ADATOM_OPTION_TEXT:
    case ADATOM_OPTION_PATH:
    case ADATOM_OPTION_SPEC:
        return write_text(field, at, stream);
    case ADATOM_OPTION_CHOICE:
        return write_choice(field, *(const int *)at, stream);
    case ADATOM_OPTION_NUMBERS:
    case ADATOM_OPTION_ROWS:
        return write_numbers(field, at, stream);
    case ADATOM_OPTION_COMPOSITION:
        return write_composition(field, at, stream);
    case ADATOM_OPTION_ELEMENTS:
        return write_elements(field, at, stream);
    }
    return cannot_write(field);
}

static adatom_status check_stream(FILE *stream)
{
    return ferror(stream) ? adatom_fail(ADATOM_IO_FAILED, "the settings cannot be written")
                          : ADATOM_OK;
}

adatom_status adatom_option_write_value(const adatom_option_field *field, const void *options,
                                        FILE *stream)
{
    adatom_plain_numbers numbers = adatom_plain_numbers_begin();
    const adatom_status status = write_value(field, options, stream);
    adatom_plain_numbers_end(&numbers);
    return status == ADATOM_OK ? check_stream(stream) : status;
}

/* The description as comment lines, broken between words. */
static void write_comment(const adatom_option_field *field, const char *indent, FILE *stream)
{
    char text[1024];
    const bool has_unit = field->unit != NULL && field->unit[0] != '\0';
    snprintf(text, sizeof text, "%s%s%s%s", has_unit ? "(" : "", has_unit ? field->unit : "",
             has_unit ? ") " : "", field->description);
    const char *at = text;
    while (*at != '\0') {
        size_t length = strlen(at);
        if (length > COMMENT_WIDTH) {
            length = COMMENT_WIDTH;
            while (length > 1 && at[length] != ' ') {
                length--;
            }
            length = length > 1 ? length : strlen(at);
        }
        fprintf(stream, "%s# %.*s\n", indent, (int)length, at);
        at += length;
        at += strspn(at, " ");
    }
}

static adatom_status write_field(const adatom_option_field *field, const void *options,
                                 FILE *stream)
{
    const char *dot = strrchr(field->path, '.');
    const char *indent = dot != NULL ? "  " : "";
    write_comment(field, indent, stream);
    fprintf(stream, "%s%s: ", indent, dot != NULL ? dot + 1 : field->path);
    ADATOM_TRY(write_value(field, options, stream));
    fputc('\n', stream);
    return ADATOM_OK;
}

/* Length of the section's name; fields at the top level belong to the section of no name. */
static size_t section_length(const adatom_option_field *field)
{
    const char *dot = strrchr(field->path, '.');
    return dot != NULL ? (size_t)(dot - field->path) : 0;
}

static bool same_section(const adatom_option_field *first, const adatom_option_field *second)
{
    const size_t length = section_length(first);
    return length == section_length(second) && memcmp(first->path, second->path, length) == 0;
}

static bool starts_section(const adatom_option_table *table, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (same_section(&table->fields[i], &table->fields[index])) {
            return false;
        }
    }
    return true;
}

static adatom_status write_sections(const adatom_option_table *table, const void *options,
                                    FILE *stream)
{
    for (size_t first = 0; first < table->count; first++) {
        if (!starts_section(table, first)) {
            continue;
        }
        const adatom_option_field *head = &table->fields[first];
        const size_t length = section_length(head);
        fputs(first > 0 ? "\n" : "", stream);
        if (length > 0) {
            fprintf(stream, "%.*s:\n", (int)length, head->path);
        }
        for (size_t i = first; i < table->count; i++) {
            if (same_section(head, &table->fields[i])) {
                ADATOM_TRY(write_field(&table->fields[i], options, stream));
            }
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_options_write(const adatom_option_table *table, const void *options,
                                   FILE *stream)
{
    adatom_plain_numbers numbers = adatom_plain_numbers_begin();
    const adatom_status status = write_sections(table, options, stream);
    adatom_plain_numbers_end(&numbers);
    return status == ADATOM_OK ? check_stream(stream) : status;
}
