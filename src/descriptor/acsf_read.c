/* The lines of an input.nn. */
#include "base/error.h"
#include "descriptor/acsf.h"
#include "io/number_text.h"

#include <math.h>
#include <string.h>

enum { WORD_COUNT_MAX = 130 };

typedef struct line_words {
    const char *name; /* of the text */
    size_t number;    /* of the line */
    size_t count;
    const char *words[WORD_COUNT_MAX];
    size_t lengths[WORD_COUNT_MAX];
} line_words;

static bool is_word(const line_words *line, size_t i, const char *text)
{
    return i < line->count && strlen(text) == line->lengths[i] &&
           strncmp(line->words[i], text, line->lengths[i]) == 0;
}

static adatom_status refuse(const line_words *line, size_t i, const char *expected)
{
    char shown[ADATOM_TEXT_SHOWN_SIZE] = "the end of the line";
    if (i < line->count) {
        adatom_text_shown(line->words[i], line->lengths[i], shown);
    }
    return adatom_fail(ADATOM_INVALID_INPUT, "%s:%zu: %s, expected %s", line->name, line->number,
                       shown, expected);
}

static adatom_status take_number(const line_words *line, size_t i, const char *expected,
                                 double minimum, double maximum, double *number)
{
    double value;
    if (i >= line->count || !adatom_number_from_text(line->words[i], line->lengths[i], &value) ||
        !(value >= minimum && value <= maximum)) {
        return refuse(line, i, expected);
    }
    *number = value;
    return ADATOM_OK;
}

/* Cuts the next line into words, without its comment; false at the end of the text. */
static bool next_line(const char **at, const char *end, line_words *line)
{
    if (*at >= end) {
        return false;
    }
    line->count = 0;
    line->number++;
    bool comment = false;
    for (; *at < end && **at != '\n' && **at != ';'; (*at)++) {
        const bool space = strchr(" \t\r\f\v", **at) != NULL;
        comment = comment || **at == '#' || **at == '!';
        if (space || comment) {
            continue;
        }
        const bool begins = line->count == 0 ||
                            line->words[line->count - 1] + line->lengths[line->count - 1] != *at;
        if (begins && line->count < WORD_COUNT_MAX) {
            line->words[line->count] = *at;
            line->lengths[line->count++] = 0;
        }
        if (line->words[line->count - 1] + line->lengths[line->count - 1] == *at) {
            line->lengths[line->count - 1]++;
        }
    }
    (*at)++;
    return true;
}

/* ---- elements */

static adatom_status take_element(const line_words *line, size_t i, int *atomic_number)
{
    char symbol[4] = "";
    if (i < line->count && line->lengths[i] < sizeof symbol) {
        memcpy(symbol, line->words[i], line->lengths[i]);
    }
    *atomic_number = adatom_element_number(symbol);
    return *atomic_number > 0 ? ADATOM_OK : refuse(line, i, "an element");
}

static void add_if_new(int atomic_number, int *species, size_t *count)
{
    for (size_t k = 0; k < *count; k++) {
        if (species[k] == atomic_number) {
            return;
        }
    }
    species[(*count)++] = atomic_number;
}

static int neighbor_words(int type)
{
    return type == ADATOM_ACSF_G4 || type == ADATOM_ACSF_G5 ? 2 : 1;
}

static adatom_status take_type_number(const line_words *line, double *type)
{
    const char *const expected = "a symmetry function of type 1, 2, 3, 4 or 9";
    ADATOM_TRY(take_number(line, 2, expected, 1, 99, type));
    const double t = *type;
    return t == 1 || t == 2 || t == 3 || t == 4 || t == 9 ? ADATOM_OK : refuse(line, 2, expected);
}

/* The elements of one line, in the order in which they appear. */
static adatom_status collect_line(const line_words *line, int *species, size_t *count)
{
    size_t from = 1, to = 1;
    double type = 0;
    if (is_word(line, 0, "elements")) {
        to = line->count;
    } else if (is_word(line, 0, "symfunction_short")) {
        ADATOM_TRY(take_type_number(line, &type));
        to = 3 + (size_t)neighbor_words((int)type);
    }
    for (size_t i = from; i < to; i++) {
        int number;
        if (i != 2 || type == 0) {
            ADATOM_TRY(take_element(line, i, &number));
            add_if_new(number, species, count);
        }
    }
    return ADATOM_OK;
}

static adatom_status collect_elements(adatom_descriptor *descriptor, const char *text,
                                      size_t length, const char *name)
{
    int species[ADATOM_ELEMENT_COUNT];
    size_t count = 0;
    line_words line = {.name = name};
    for (const char *at = text; next_line(&at, text + length, &line);) {
        ADATOM_TRY(collect_line(&line, species, &count));
    }
    if (count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: there is no symfunction_short", name);
    }
    for (size_t i = 0; i < descriptor->species_count; i++) {
        bool known = false;
        for (size_t k = 0; k < count; k++) {
            known = known || species[k] == descriptor->species[i];
        }
        if (!known) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%s: no symmetry function is for %s", name,
                               adatom_element_symbol(descriptor->species[i]));
        }
    }
    memcpy(descriptor->species, species, sizeof species);
    descriptor->species_count = count;
    return ADATOM_OK;
}

/* ---- lines */

static adatom_status read_fade(const line_words *line, adatom_acsf *acsf)
{
    double type = 0;
    ADATOM_TRY(take_number(line, 1, "a cutoff type from 0 to 8", ADATOM_FADE_HARD,
                           ADATOM_FADE_POLY4, &type));
    acsf->fade = (adatom_acsf_fade)type;
    acsf->alpha = 0;
    return line->count > 2
               ? take_number(line, 2, "an inner part from 0 to 0.99", 0, 0.99, &acsf->alpha)
               : ADATOM_OK;
}

static adatom_status take_type(const line_words *line, const adatom_descriptor *descriptor,
                               size_t i, int *type)
{
    int number;
    ADATOM_TRY(take_element(line, i, &number));
    *type = adatom_descriptor_type(descriptor, number);
    return ADATOM_OK;
}

/* What follows the elements; lengths in the unit of the file. */
static adatom_status read_parameters(const line_words *line, adatom_acsf_function *function)
{
    const char *const number = "a number", *const cutoff = "a cutoff above 0";
    const double large = 1e6;
    switch (function->type) {
    case ADATOM_ACSF_G1:
        return take_number(line, 4, cutoff, 1e-3, 1e3, &function->cutoff);
    case ADATOM_ACSF_G2:
        ADATOM_TRY(take_number(line, 4, "eta >= 0", 0, large, &function->eta));
        ADATOM_TRY(take_number(line, 5, number, -large, large, &function->shift));
        return take_number(line, 6, cutoff, 1e-3, 1e3, &function->cutoff);
    case ADATOM_ACSF_G3:
        ADATOM_TRY(take_number(line, 4, number, -large, large, &function->eta));
        return take_number(line, 5, cutoff, 1e-3, 1e3, &function->cutoff);
    default:
        ADATOM_TRY(take_number(line, 5, "eta >= 0", 0, large, &function->eta));
        ADATOM_TRY(take_number(line, 6, "lambda from -1 to 1", -1, 1, &function->lambda));
        ADATOM_TRY(take_number(line, 7, "zeta from 1 to 1000", 1, 1000, &function->zeta));
        ADATOM_TRY(take_number(line, 8, cutoff, 1e-3, 1e3, &function->cutoff));
        return line->count > 9 ? take_number(line, 9, number, -large, large, &function->shift)
                               : ADATOM_OK;
    }
}

static adatom_status read_function(const line_words *line, adatom_acsf *acsf,
                                   const adatom_descriptor *descriptor, double unit)
{
    adatom_acsf_function function = {.second = -1};
    double type = 0;
    ADATOM_TRY(take_type_number(line, &type));
    function.type = (adatom_acsf_type)type;
    ADATOM_TRY(take_type(line, descriptor, 1, &function.center));
    ADATOM_TRY(take_type(line, descriptor, 3, &function.first));
    if (neighbor_words(function.type) == 2) {
        ADATOM_TRY(take_type(line, descriptor, 4, &function.second));
    }
    ADATOM_TRY(read_parameters(line, &function));
    function.eta /= function.type == ADATOM_ACSF_G3 ? unit : unit * unit;
    function.shift *= unit;
    function.cutoff *= unit;
    return adatom_acsf_add(acsf, &function);
}

adatom_status adatom_acsf_read(adatom_acsf *acsf, adatom_descriptor *descriptor, const char *text,
                               size_t length, const char *name, double unit)
{
    ADATOM_TRY(collect_elements(descriptor, text, length, name));
    line_words line = {.name = name};
    for (const char *at = text; next_line(&at, text + length, &line);) {
        if (is_word(&line, 0, "cutoff_type")) {
            ADATOM_TRY(read_fade(&line, acsf));
        } else if (is_word(&line, 0, "symfunction_short")) {
            ADATOM_TRY(read_function(&line, acsf, descriptor, unit));
        } else if (is_word(&line, 0, "global_symfunction_short") ||
                   is_word(&line, 0, "element_symfunction_short")) {
            return refuse(&line, 0, "symmetry functions by symfunction_short");
        }
    }
    if (acsf->function_count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: there is no symfunction_short", name);
    }
    return ADATOM_OK;
}
