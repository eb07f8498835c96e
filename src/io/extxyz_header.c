#include "io/extxyz_text.h"

#include "base/error.h"
#include "io/number_text.h"

#include <string.h>
#include <strings.h>

enum { COLUMNS_MAX = 100000 };

/* Keys that programs use for the potential energy, best first; upper and lower case are the same.
 */
static const char *const energy_keys[] = {"energy", "total_energy", "potential_energy",
                                          "dft_energy", "ref_energy"};
enum { ENERGY_KEY_COUNT = sizeof energy_keys / sizeof energy_keys[0] };

static adatom_extxyz_span span_of(const char *text)
{
    return (adatom_extxyz_span){text, strlen(text)};
}

static bool is(adatom_extxyz_span span, const char *text)
{
    return span.length == strlen(text) && memcmp(span.text, text, span.length) == 0;
}

static bool is_one_of(adatom_extxyz_span span, const char *first, const char *second,
                      const char *third)
{
    return is(span, first) || is(span, second) || is(span, third);
}

/* ---- Lattice, pbc, energy, stress */

static adatom_status read_numbers(const adatom_extxyz_source *source,
                                  const adatom_extxyz_pair *pair, size_t count, double *numbers)
{
    adatom_extxyz_span rest = span_of(pair->value), word;
    char shown[ADATOM_TEXT_SHOWN_SIZE];
    size_t found = 0;
    for (; adatom_extxyz_next_word(&rest, ",[]{}", &word); found++) {
        double number;
        if (!adatom_number_from_text(word.text, word.length, &number)) {
            adatom_text_shown(word.text, word.length, shown);
            return adatom_extxyz_fail(source, "%s: expected a finite number, found \"%s\"",
                                      pair->key, shown);
        }
        if (found < count) {
            numbers[found] = number;
        }
    }
    if (found != count) {
        return adatom_extxyz_fail(source, "%s: expected %zu number%s, found %zu", pair->key, count,
                                  count == 1 ? "" : "s", found);
    }
    return ADATOM_OK;
}

static size_t count_words(const char *text)
{
    adatom_extxyz_span rest = span_of(text), word;
    size_t count = 0;
    while (adatom_extxyz_next_word(&rest, ",[]{}", &word)) {
        count++;
    }
    return count;
}

/* Nine numbers, or six in the order of Voigt: xx yy zz yz xz xy. */
static adatom_status read_stress(const adatom_extxyz_source *source, const adatom_extxyz_pair *pair,
                                 double stress[3][3])
{
    static const int places[3][3] = {{0, 5, 4}, {5, 1, 3}, {4, 3, 2}};
    double six[6];
    if (count_words(pair->value) != 6) {
        return read_numbers(source, pair, 9, &stress[0][0]);
    }
    ADATOM_TRY(read_numbers(source, pair, 6, six));
    for (int i = 0; i < 9; i++) {
        stress[i / 3][i % 3] = six[places[i / 3][i % 3]];
    }
    return ADATOM_OK;
}

static bool flag_from_text(adatom_extxyz_span word, bool *flag)
{
    *flag = is_one_of(word, "T", "1", "True") || is(word, "true");
    return *flag || is_one_of(word, "F", "0", "False") || is(word, "false");
}

static adatom_status read_periodic(const adatom_extxyz_source *source,
                                   const adatom_extxyz_pair *pair, bool periodic[3])
{
    adatom_extxyz_span rest = span_of(pair->value), word;
    bool flags[3] = {false, false, false};
    size_t found = 0;
    bool good = true;
    for (; adatom_extxyz_next_word(&rest, ",[]{}", &word); found++) {
        bool flag;
        good = flag_from_text(word, &flag) && good;
        if (found < 3) {
            flags[found] = flag;
        }
    }
    if (!good || (found != 3 && found != 1)) {
        char shown[ADATOM_TEXT_SHOWN_SIZE];
        adatom_text_shown(pair->value, strlen(pair->value), shown);
        return adatom_extxyz_fail(source, "pbc: expected three of T and F, found \"%s\"", shown);
    }
    for (int i = 0; i < 3; i++) {
        periodic[i] = flags[found == 1 ? 0 : i];
    }
    return ADATOM_OK;
}

static size_t energy_key_rank(const char *key)
{
    size_t rank = 0;
    while (rank < ENERGY_KEY_COUNT && strcasecmp(key, energy_keys[rank]) != 0) {
        rank++;
    }
    return rank;
}

/* The last pair of that key. */
static const adatom_extxyz_pair *find_key(const adatom_extxyz_comment *comment, const char *key)
{
    const adatom_extxyz_pair *found = NULL;
    for (size_t i = 0; i < comment->count; i++) {
        found = strcmp(comment->pairs[i].key, key) == 0 ? &comment->pairs[i] : found;
    }
    return found;
}

/* The pair with the best key, the last one of several. */
static const adatom_extxyz_pair *find_energy(const adatom_extxyz_source *source,
                                             const adatom_extxyz_comment *comment)
{
    if (source->keys != NULL && source->keys->energy != NULL) {
        return find_key(comment, source->keys->energy);
    }
    const adatom_extxyz_pair *best = NULL;
    size_t best_rank = ENERGY_KEY_COUNT - 1;
    for (size_t i = 0; i < comment->count; i++) {
        const size_t rank = energy_key_rank(comment->pairs[i].key);
        if (rank <= best_rank) {
            best_rank = rank;
            best = &comment->pairs[i];
        }
    }
    return best;
}

/* ---- Properties */

typedef struct column_group {
    adatom_extxyz_span name, type;
    size_t first, count;
} column_group;

static adatom_status claim(const adatom_extxyz_source *source, const column_group *group,
                           const char *type, size_t count, size_t *column)
{
    char shown[ADATOM_TEXT_SHOWN_SIZE];
    adatom_text_shown(group->name.text, group->name.length, shown);
    if (*column != ADATOM_EXTXYZ_ABSENT) {
        return adatom_extxyz_fail(source, "Properties: %s is there twice", shown);
    }
    if (group->count != count ||
        (!is(group->type, type) && !(is(group->type, "I") && type[0] == 'R'))) {
        return adatom_extxyz_fail(source, "Properties: expected %s:%s:%zu, found %s:%.*s:%zu",
                                  shown, type, count, shown, 1, group->type.text, group->count);
    }
    *column = group->first;
    return ADATOM_OK;
}

static bool is_forces(const adatom_extxyz_source *source, adatom_extxyz_span name)
{
    return source->keys != NULL && source->keys->forces != NULL
               ? is(name, source->keys->forces)
               : is_one_of(name, "forces", "force", "Forces");
}

static bool is_energies(const adatom_extxyz_source *source, adatom_extxyz_span name)
{
    return is(name, source->keys != NULL && source->keys->energies != NULL ? source->keys->energies
                                                                           : "energies");
}

static adatom_status place_group(const adatom_extxyz_source *source, const column_group *group,
                                 adatom_extxyz_columns *columns)
{
    if (is_one_of(group->name, "species", "symbols", "element")) {
        return claim(source, group, "S", 1, &columns->species);
    }
    if (is_one_of(group->name, "Z", "numbers", "atomic_numbers")) {
        return claim(source, group, "I", 1, &columns->number);
    }
    if (is_one_of(group->name, "pos", "positions", "position")) {
        return claim(source, group, "R", 3, &columns->position);
    }
    if (is_forces(source, group->name)) {
        return claim(source, group, "R", 3, &columns->forces);
    }
    if (is_energies(source, group->name)) {
        return claim(source, group, "R", 1, &columns->energies);
    }
    return ADATOM_OK; /* read over */
}

static bool next_field(adatom_extxyz_span *rest, adatom_extxyz_span *field)
{
    if (rest->text == NULL) {
        return false;
    }
    const char *colon = memchr(rest->text, ':', rest->length);
    *field = (adatom_extxyz_span){rest->text,
                                  colon != NULL ? (size_t)(colon - rest->text) : rest->length};
    if (colon == NULL) {
        *rest = (adatom_extxyz_span){NULL, 0};
    } else {
        rest->text += field->length + 1;
        rest->length -= field->length + 1;
    }
    return true;
}

static bool next_group(adatom_extxyz_span *rest, column_group *group)
{
    adatom_extxyz_span count;
    return next_field(rest, &group->name) && group->name.length > 0 &&
           next_field(rest, &group->type) && group->type.length == 1 &&
           strchr("RISL", group->type.text[0]) != NULL && next_field(rest, &count) &&
           adatom_count_from_text(count.text, count.length, &group->count) && group->count >= 1 &&
           group->count <= COLUMNS_MAX;
}

static adatom_status read_columns(const adatom_extxyz_source *source, const char *text,
                                  adatom_extxyz_columns *columns)
{
    *columns = (adatom_extxyz_columns){.species = ADATOM_EXTXYZ_ABSENT,
                                       .number = ADATOM_EXTXYZ_ABSENT,
                                       .position = ADATOM_EXTXYZ_ABSENT,
                                       .forces = ADATOM_EXTXYZ_ABSENT,
                                       .energies = ADATOM_EXTXYZ_ABSENT,
                                       .description = text};
    adatom_extxyz_span rest = span_of(text);
    while (rest.text != NULL) {
        column_group group;
        if (!next_group(&rest, &group) || columns->total + group.count > COLUMNS_MAX) {
            char shown[ADATOM_TEXT_SHOWN_SIZE];
            adatom_text_shown(text, strlen(text), shown);
            return adatom_extxyz_fail(
                source,
                "Properties: expected name:type:columns with type R, I, S or L, found \"%s\"",
                shown);
        }
        group.first = columns->total;
        ADATOM_TRY(place_group(source, &group, columns));
        columns->total += group.count;
    }
    if (columns->position == ADATOM_EXTXYZ_ABSENT) {
        return adatom_extxyz_fail(source, "Properties: expected pos:R:3");
    }
    if (columns->species == ADATOM_EXTXYZ_ABSENT && columns->number == ADATOM_EXTXYZ_ABSENT) {
        return adatom_extxyz_fail(source, "Properties: expected species:S:1 or Z:I:1");
    }
    return ADATOM_OK;
}

/* ---- all of it */

bool adatom_extxyz_is_header_pair(const adatom_extxyz_header *header,
                                  const adatom_extxyz_pair *pair)
{
    const bool is_energy =
        header->energy != NULL && strcasecmp(pair->key, header->energy->key) == 0;
    return is_energy || strcmp(pair->key, "Lattice") == 0 || strcmp(pair->key, "pbc") == 0 ||
           strcmp(pair->key, "Properties") == 0 || strcmp(pair->key, "stress") == 0;
}

static adatom_status read_pair(const adatom_extxyz_source *source, const adatom_extxyz_pair *pair,
                               adatom_extxyz_header *header)
{
    if (strcmp(pair->key, "Lattice") == 0) {
        header->has_cell = true;
        return read_numbers(source, pair, 9, &header->cell[0][0]);
    }
    if (strcmp(pair->key, "pbc") == 0) {
        header->has_periodic = true;
        return read_periodic(source, pair, header->periodic);
    }
    if (strcmp(pair->key, "Properties") == 0) {
        return read_columns(source, pair->value, &header->columns);
    }
    if (strcmp(pair->key, "stress") == 0) {
        header->has_stress = true;
        return read_stress(source, pair, header->stress);
    }
    if (pair == header->energy) {
        return read_numbers(source, pair, 1, &header->energy_value);
    }
    return ADATOM_OK;
}

adatom_status adatom_extxyz_header_read(const adatom_extxyz_source *source,
                                        const adatom_extxyz_comment *comment,
                                        adatom_extxyz_header *header)
{
    *header = (adatom_extxyz_header){.energy = find_energy(source, comment)};
    ADATOM_TRY(read_columns(source, "species:S:1:pos:R:3", &header->columns));
    for (size_t i = 0; i < comment->count; i++) {
        ADATOM_TRY(read_pair(source, &comment->pairs[i], header));
    }
    for (int i = 0; i < 3 && !header->has_periodic; i++) {
        header->periodic[i] = header->has_cell;
    }
    return ADATOM_OK;
}
