#include "energy/lammps_script.h"

#include "adatom/sys/evaluator.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 1 << 16, WORD_MAX = 63 };

static const char spaces[] = " \t\r\f\v";

static bool is_among(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(word, *words) != 0) {
        words++;
    }
    return *words != NULL;
}

static const char *const before_box[] = {"units",    "atom_style", "atom_modify", "newton",
                                         "package",  "suffix",     "processors",  "box",
                                         "variable", NULL};
/* The box, the atoms and what is done with them are ours; jumps need a file to jump in. */
static const char *const refused[] = {
    "boundary",  "create_box", "create_atoms", "read_data",    "read_restart",
    "read_dump", "replicate",  "change_box",   "delete_atoms", "displace_atoms",
    "dimension", "clear",      "quit",         "log",          "run",
    "minimize",  "rerun",      "label",        "jump",         "next",
    "temper",    "neb",        "prd",          "partition",    NULL};

/* Takes the next word of the text, cut at WORD_MAX; a comment ends the text. False at the end. */
static bool next_word(const char **text, char word[WORD_MAX + 1])
{
    const char *start = *text + strspn(*text, spaces);
    const size_t length = strcspn(start, " \t\r\f\v#");
    const size_t kept = length < WORD_MAX ? length : WORD_MAX;
    memcpy(word, start, kept);
    word[kept] = '\0';
    *text = start + length;
    return length > 0;
}

static adatom_status read_text(const char *path, char **out)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "%s: cannot open: %s", path, strerror(errno));
    }
    char *text;
    adatom_status status = adatom_sys_allocate(FILE_BYTES_MAX + 1, 1, &text);
    if (status != ADATOM_OK) {
        fclose(stream);
        return status;
    }
    const size_t size = fread(text, 1, FILE_BYTES_MAX + 1, stream);
    const char *problem = ferror(stream)          ? strerror(errno)
                          : size > FILE_BYTES_MAX ? "too large for a fragment of a script"
                          : strlen(text) < size   ? "not a text"
                                                  : NULL;
    fclose(stream);
    if (problem != NULL) {
        free(text);
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "%s: cannot read: %s", path, problem);
    }
    *out = text;
    return ADATOM_OK;
}

/* Blanks the "&" at the end of the line that ends at the given place, if there is one. */
static bool take_continuation(char *line, char *end)
{
    while (end > line && strchr(spaces, end[-1]) != NULL) {
        end--;
    }
    if (end == line || end[-1] != '&') {
        return false;
    }
    end[-1] = ' ';
    return true;
}

/* Cuts one command, which may span lines, off the text. */
static char *cut_command(char **text, int *number)
{
    char *command = *text;
    for (char *line = command;;) {
        char *end = line + strcspn(line, "\n");
        const bool last = *end == '\0';
        const bool continued = take_continuation(line, end);
        *number += 1;
        if (last || !continued) {
            *end = '\0';
            *text = last ? NULL : end + 1;
            return command;
        }
        *end = ' ';
        line = end + 1;
    }
}

static bool is_before_box(const char *command, const char *rest)
{
    char word[WORD_MAX + 1];
    return is_among(command, before_box) ||
           (strcmp(command, "kim") == 0 && next_word(&rest, word) && strcmp(word, "init") == 0);
}

static adatom_status add_line(adatom_lammps_script *script, const char *text, int number)
{
    char command[WORD_MAX + 1];
    const char *rest = text;
    if (!next_word(&rest, command)) {
        return ADATOM_OK;
    }
    if (is_among(command, refused)) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "%s:%d: %s has no place here: the file defines a potential; the "
                               "box, the atoms and the runs come from adatom",
                               script->path, number, command);
    }
    const size_t count = script->line_count;
    ADATOM_SYS_TRY(
        adatom_sys_grow(&script->lines, &script->line_capacity, count + 1, sizeof *script->lines));
    /* Once there are atoms, they stay. */
    const bool early =
        (count == 0 || script->lines[count - 1].before_box) && is_before_box(command, rest);
    script->lines[script->line_count++] = (adatom_lammps_line){number, early, text};
    return ADATOM_OK;
}

static adatom_status split_lines(adatom_lammps_script *script)
{
    int next_number = 1;
    for (char *text = script->text; text != NULL;) {
        const int number = next_number;
        const char *command = cut_command(&text, &next_number);
        ADATOM_SYS_TRY(add_line(script, command, number));
    }
    return ADATOM_OK;
}

/* One element for each type, 0 where it is not known. */
typedef struct element_list {
    int numbers[ADATOM_ELEMENT_COUNT + 1]; /* from 0 */
    int count;
} element_list;

/* The elements at the end of a line such as "pair_coeff * * BNC.tersoff B N"; NULL is for a type
 * that the line says nothing on. */
static element_list read_last_words(const char *text)
{
    element_list list = {.count = 0};
    char word[WORD_MAX + 1];
    while (next_word(&text, word)) {
        const int number = adatom_element_number(word);
        if (number == 0 && strcmp(word, "NULL") != 0) {
            list.count = 0;
        } else if (list.count <= ADATOM_ELEMENT_COUNT) {
            list.numbers[list.count++] = number;
        }
    }
    return list;
}

/* Whether the line begins with "pair_coeff * *" or "kim interactions". */
static bool names_types(const char *text)
{
    char words[3][WORD_MAX + 1] = {"", "", ""};
    for (int i = 0; i < 3 && next_word(&text, words[i]); i++) {
    }
    return (strcmp(words[0], "pair_coeff") == 0 && strcmp(words[1], "*") == 0 &&
            strcmp(words[2], "*") == 0) ||
           (strcmp(words[0], "kim") == 0 && strcmp(words[1], "interactions") == 0);
}

/* False if the two contradict each other. */
static bool merge(element_list *sum, const element_list *list)
{
    if (list->count == 0) {
        return true;
    }
    if (sum->count == 0) {
        *sum = *list;
        return true;
    }
    for (int i = 0; i < list->count && sum->count == list->count; i++) {
        if (sum->numbers[i] != 0 && list->numbers[i] != 0 && sum->numbers[i] != list->numbers[i]) {
            return false;
        }
        sum->numbers[i] = sum->numbers[i] != 0 ? sum->numbers[i] : list->numbers[i];
    }
    return sum->count == list->count;
}

static adatom_status find_elements(const adatom_lammps_script *script, element_list *elements)
{
    bool agree = true;
    elements->count = 0;
    for (size_t i = 0; i < script->line_count && agree; i++) {
        if (names_types(script->lines[i].text)) {
            const element_list list = read_last_words(script->lines[i].text);
            agree = merge(elements, &list);
        }
    }
    bool complete = agree && elements->count > 0;
    for (int i = 0; i < elements->count; i++) {
        complete = complete && elements->numbers[i] != 0;
    }
    if (!complete) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "%s: no pair_coeff * * names the element of each atom type; say "
                               "which they are, such as lammps:file=%s,elements=CH for types 1 and "
                               "2",
                               script->path, script->path);
    }
    return ADATOM_OK;
}

/* "CH", "BN", "SiC" */
static adatom_status parse_elements(const char *text, element_list *elements)
{
    elements->count = 0;
    for (const char *c = text; *c != '\0';) {
        char symbol[4] = {*c++};
        for (int i = 1; i < 3 && *c >= 'a' && *c <= 'z'; i++) {
            symbol[i] = *c++;
        }
        const int number = adatom_element_number(symbol);
        if (number == 0 || elements->count == ADATOM_ELEMENT_COUNT) {
            return adatom_sys_fail(ADATOM_INVALID_INPUT,
                                   "evaluator argument elements=%s: expected the elements of the "
                                   "atom types 1, 2, ... one after the other, such as CH",
                                   text);
        }
        elements->numbers[elements->count++] = number;
    }
    return ADATOM_OK;
}

static adatom_status assign_types(const element_list *elements, adatom_lammps_script *script)
{
    for (int i = 0; i < elements->count; i++) {
        const int number = elements->numbers[i];
        if (script->types[number] != 0) {
            return adatom_sys_fail(ADATOM_INVALID_INPUT,
                                   "%s: atom types %d and %d are both %s; one type for each "
                                   "element is expected",
                                   script->path, script->types[number], i + 1,
                                   adatom_element_symbol(number));
        }
        script->types[number] = i + 1;
        script->elements[i + 1] = number;
    }
    script->type_count = elements->count;
    return ADATOM_OK;
}

static adatom_status copy_text(const char *text, size_t length, char **out)
{
    ADATOM_SYS_TRY(adatom_sys_allocate(length + 1, 1, out));
    memcpy(*out, text, length);
    return ADATOM_OK;
}

static adatom_status fill_script(const char *path, const char *elements,
                                 adatom_lammps_script *script)
{
    const char *slash = strrchr(path, '/');
    const size_t folder_length = slash != NULL ? (size_t)(slash - path) + 1 : 1;
    ADATOM_SYS_TRY(copy_text(path, strlen(path), &script->path));
    ADATOM_SYS_TRY(copy_text(slash != NULL ? path : ".", folder_length, &script->folder));
    ADATOM_SYS_TRY(read_text(path, &script->text));
    ADATOM_SYS_TRY(split_lines(script));
    if (script->line_count == 0) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "%s: there is no command in it, expected a potential such as "
                               "pair_style and pair_coeff",
                               path);
    }
    element_list list;
    ADATOM_SYS_TRY(elements != NULL ? parse_elements(elements, &list)
                                    : find_elements(script, &list));
    return assign_types(&list, script);
}

adatom_status adatom_lammps_script_read(const char *path, const char *elements,
                                        adatom_lammps_script **out)
{
    adatom_lammps_script *script;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *script, &script));
    const adatom_status status = fill_script(path, elements, script);
    if (status != ADATOM_OK) {
        adatom_lammps_script_free(script);
        return status;
    }
    *out = script;
    return ADATOM_OK;
}

void adatom_lammps_script_free(adatom_lammps_script *script)
{
    if (script == NULL) {
        return;
    }
    free(script->path);
    free(script->folder);
    free(script->text);
    free(script->lines);
    free(script);
}
