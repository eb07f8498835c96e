#include "io/options_internal.h"

#include "base/error.h"

#include <stdarg.h>
#include <string.h>

enum { NAME_LENGTH_MAX = 63, FAR_AWAY = 1000, LIST_SIZE = 512 };

adatom_status adatom_option_fail(const adatom_option_place *place, const char *path,
                                 const char *format, ...)
{
    char what[900];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    char where[320] = "";
    if (place->line > 0) {
        snprintf(where, sizeof where, "%.256s:%zu", place->name, place->line);
    } else {
        snprintf(where, sizeof where, "%.256s", place->name);
    }
    if (path == NULL || path[0] == '\0') {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s", where, what);
    }
    return adatom_fail(ADATOM_INVALID_INPUT, "%s: %.80s: %s", where, path, what);
}

adatom_status adatom_option_mismatch(const adatom_option_place *place,
                                     const adatom_option_field *field, const char *given)
{
    char expected[LIST_SIZE];
    adatom_option_expected(field, expected, sizeof expected);
    return adatom_option_fail(place, field->path, "%s, expected %s", given, expected);
}

/* "ab|ac|bc" becomes "ab, ac or bc". */
static void list_choices(const char *choices, char *text, size_t size)
{
    size_t used = 0;
    for (const char *c = choices; *c != '\0' && used + 5 < size; c++) {
        if (*c != '|') {
            text[used++] = *c;
            continue;
        }
        const char *separator = strchr(c + 1, '|') != NULL ? ", " : " or ";
        const size_t length = strlen(separator);
        memcpy(text + used, separator, length);
        used += length;
    }
    text[used] = '\0';
}

void adatom_option_expected(const adatom_option_field *field, char *text, size_t size)
{
    if (size == 0) {
        return;
    }
    const double low = field->minimum, high = field->maximum;
    switch (field->type) {
    case ADATOM_OPTION_INTEGER:
        snprintf(text, size, "a whole number from %.0f to %.0f", low, high);
        break;
    case ADATOM_OPTION_NUMBER:
        snprintf(text, size, "a number from %.10g to %.10g", low, high);
        break;
    case ADATOM_OPTION_FLAG:
        snprintf(text, size, "true or false");
        break;
    case ADATOM_OPTION_TEXT:
    case ADATOM_OPTION_SPEC:
        snprintf(text, size, "a text on one line, shorter than %d bytes", ADATOM_TEXT_SIZE);
        break;
    case ADATOM_OPTION_PATH:
        snprintf(text, size, "the path of a file, shorter than %d bytes", ADATOM_TEXT_SIZE);
        break;
    case ADATOM_OPTION_CHOICE:
        list_choices(field->choices, text, size);
        break;
    case ADATOM_OPTION_NUMBERS:
        snprintf(text, size, "a list [...] of numbers from %.10g to %.10g", low, high);
        break;
    case ADATOM_OPTION_ROWS:
        snprintf(text, size, "a list of lists [[...], ...] of %d numbers from %.10g to %.10g",
                 field->columns, low, high);
        break;
    case ADATOM_OPTION_COMPOSITION:
        snprintf(text, size, "elements with their counts, such as {C: 3, H: 4}");
        break;
    case ADATOM_OPTION_ELEMENTS:
        snprintf(text, size, "%s with numbers from %.10g to %.10g, such as {%s}",
                 field->columns == 2 ? "pairs of elements" : "elements", low, high,
                 field->columns == 2 ? "C-C: 0.6, C-H: 0.5" : "C: 1.5, H: 2");
        break;
    }
}

const adatom_option_field *adatom_option_find(const adatom_option_table *table, const char *path)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->fields[i].path, path) == 0) {
            return &table->fields[i];
        }
    }
    return NULL;
}

int adatom_option_section(const adatom_option_table *table, const char *path)
{
    const size_t length = strlen(path);
    for (size_t i = 0; length > 0 && i < table->count; i++) {
        if (strncmp(table->fields[i].path, path, length) == 0 &&
            table->fields[i].path[length] == '.') {
            return (int)i;
        }
    }
    return -1;
}

static int smaller(int first, int second)
{
    return first < second ? first : second;
}

/* Optimal string alignment: insertions, deletions, replacements, swaps of neighbours. */
int adatom_edit_distance(const char *first, const char *second)
{
    const size_t rows = strlen(first), columns = strlen(second);
    if (rows > NAME_LENGTH_MAX || columns > NAME_LENGTH_MAX) {
        return FAR_AWAY;
    }
    int cost[NAME_LENGTH_MAX + 1][NAME_LENGTH_MAX + 1];
    for (size_t i = 0; i <= rows; i++) {
        for (size_t j = 0; j <= columns; j++) {
            if (i == 0 || j == 0) {
                cost[i][j] = (int)(i + j);
                continue;
            }
            const int change = cost[i - 1][j - 1] + (first[i - 1] != second[j - 1]);
            int best = smaller(change, smaller(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1]) {
                best = smaller(best, cost[i - 2][j - 2] + 1);
            }
            cost[i][j] = best;
        }
    }
    return cost[rows][columns];
}

/* More typing errors than a third of the characters, and it is another word. */
static int distance_limit(const char *name)
{
    return ((int)strlen(name) + 2) / 3;
}

const char *adatom_nearest_name(const char *name, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    int least = distance_limit(name) + 1;
    for (size_t i = 0; i < count; i++) {
        const int distance = adatom_edit_distance(name, names[i]);
        if (distance < least) {
            least = distance;
            nearest = names[i];
        }
    }
    return nearest;
}

static const char *leaf_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL ? dot + 1 : path;
}

/* How unlike a known path is: its spelling, or that of its last part in another section. */
static int path_distance(const char *path, const char *known)
{
    const int whole = adatom_edit_distance(path, known);
    const int leaf = adatom_edit_distance(leaf_of(path), leaf_of(known));
    return leaf == 0 ? 0 : smaller(whole, leaf + 2);
}

/* Copies the path up to its end or to the dot at position `length`. */
static void copy_part(const char *path, size_t length, char *part)
{
    snprintf(part, ADATOM_OPTION_PATH_SIZE, "%.*s", (int)length, path);
}

/* The nearest of the fields and of the sections; "" if none is near. */
static void nearest_path(const adatom_option_table *table, const char *path, char *nearest)
{
    nearest[0] = '\0';
    int least = distance_limit(leaf_of(path)) + 1;
    for (size_t i = 0; i < table->count; i++) {
        const char *known = table->fields[i].path;
        char section[ADATOM_OPTION_PATH_SIZE];
        copy_part(known, strcspn(known, "."), section);
        const int to_section = adatom_edit_distance(path, section);
        if (to_section < least) {
            least = to_section;
            memcpy(nearest, section, sizeof section);
        }
        const int to_field = path_distance(path, known);
        if (to_field < least) {
            least = to_field;
            copy_part(known, strlen(known), nearest);
        }
    }
}

/* Appends ", name" to the list unless it is there already. */
static void list_name(const char *name, char *list)
{
    const size_t used = strlen(list), length = strlen(name);
    const char *last = strrchr(list, ' ');
    last = last != NULL ? last + 1 : list;
    if (strcmp(last, name) != 0 && used + length + 3 < LIST_SIZE) {
        snprintf(list + used, LIST_SIZE - used, "%s%s", used > 0 ? ", " : "", name);
    }
}

/* The keys that are known beside the unknown one. */
static void list_siblings(const adatom_option_table *table, const char *path, char *list)
{
    list[0] = '\0';
    const size_t prefix = (size_t)(leaf_of(path) - path);
    const bool known_section = prefix > 0;
    for (size_t i = 0; i < table->count; i++) {
        const char *known = table->fields[i].path;
        if (known_section && strncmp(known, path, prefix) != 0) {
            continue;
        }
        char name[ADATOM_OPTION_PATH_SIZE];
        copy_part(known + prefix, strcspn(known + prefix, "."), name);
        list_name(name, list);
    }
}

adatom_status adatom_option_unknown(const adatom_option_place *place,
                                    const adatom_option_table *table, const char *path)
{
    char nearest[ADATOM_OPTION_PATH_SIZE];
    nearest_path(table, path, nearest);
    if (nearest[0] != '\0') {
        return adatom_option_fail(place, path, "unknown key; did you mean %s?", nearest);
    }
    char list[LIST_SIZE];
    list_siblings(table, path, list);
    return adatom_option_fail(place, path, "unknown key%s%s", list[0] != '\0' ? "; known: " : "",
                              list);
}
