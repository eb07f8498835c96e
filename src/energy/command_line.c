#include "energy/command.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- options before the program, as env(1) has its variables */

enum { OPTION_COUNT = 3, BY_WORDS = 0, BY_STREAMS = 1, BY_FILES = 2 };
static const char *const option_names[OPTION_COUNT] = {"time_limit", "forces", "transport"};

typedef struct line_reader {
    adatom_command_line *line;
    bool given[OPTION_COUNT];
    int transport;
} line_reader;

static adatom_status read_choice(const adatom_spec_argument *argument, const char *first,
                                 const char *second, int *choice)
{
    if (strcmp(argument->value, first) != 0 && strcmp(argument->value, second) != 0) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "command: %s=%s is not %s or %s",
                               argument->key, argument->value, first, second);
    }
    *choice = strcmp(argument->value, first) == 0 ? 1 : 2;
    return ADATOM_OK;
}

static adatom_status read_option(line_reader *reader, const adatom_spec_argument *argument)
{
    int option = 0, choice = 0;
    while (option < OPTION_COUNT && strcmp(argument->key, option_names[option]) != 0) {
        option++;
    }
    if (option == OPTION_COUNT) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "command has no option \"%s\"; known: time_limit forces transport",
                               argument->key);
    }
    if (reader->given[option]) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "command: %s is given twice", argument->key);
    }
    reader->given[option] = true;
    switch (option) {
    case 0:
        return adatom_sys_number(argument, 1e-3, 1e7, &reader->line->time_limit);
    case 1:
        ADATOM_SYS_TRY(read_choice(argument, "yes", "no", &choice));
        reader->line->gives_forces = choice == 1;
        return ADATOM_OK;
    default:
        return read_choice(argument, "stdin", "file", &reader->transport);
    }
}

/* The '=' of a word key=value; NULL for other words, such as ./a=b. */
static char *equals_of_option(char *word)
{
    char *c = word;
    while (islower((unsigned char)*c) || *c == '_') {
        c++;
    }
    return c > word && *c == '=' ? c : NULL;
}

/* ---- words */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Cuts the next word off the text, in place; *word is NULL at the end. Quotes of either kind hold a
 * word together, and nothing else has a meaning of its own. */
static adatom_status next_word(char **text, char **word)
{
    char *from = *text;
    while (is_space(*from)) {
        from++;
    }
    *word = *from != '\0' ? from : NULL;
    char *to = from, quote = '\0';
    for (; *from != '\0' && (quote != '\0' || !is_space(*from)); from++) {
        if (quote == '\0' ? *from == '"' || *from == '\'' : *from == quote) {
            quote = quote == '\0' ? *from : '\0';
        } else {
            *to++ = *from;
        }
    }
    if (quote != '\0') {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "command: a quote %c is not closed", quote);
    }
    *text = *from != '\0' ? from + 1 : from;
    *to = '\0';
    return ADATOM_OK;
}

static adatom_status read_words(line_reader *reader, char *text)
{
    adatom_command_line *line = reader->line;
    size_t capacity = 0;
    char *word;
    ADATOM_SYS_TRY(adatom_sys_grow(&line->words, &capacity, 1, sizeof *line->words));
    for (;;) {
        ADATOM_SYS_TRY(next_word(&text, &word));
        if (word == NULL) {
            return ADATOM_OK;
        }
        char *equals = line->word_count == 0 ? equals_of_option(word) : NULL;
        if (equals != NULL) {
            *equals = '\0';
            ADATOM_SYS_TRY(read_option(reader, &(adatom_spec_argument){word, equals + 1}));
            continue;
        }
        ADATOM_SYS_TRY(
            adatom_sys_grow(&line->words, &capacity, line->word_count + 2, sizeof *line->words));
        line->words[line->word_count++] = word;
    }
}

/* ---- the program */

static bool is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* folder/name, with folder of the given length; an empty folder is the working directory. */
static adatom_status join(const char *folder, size_t length, const char *name, char **out)
{
    const size_t size = length + strlen(name) + 3;
    ADATOM_SYS_TRY(adatom_sys_allocate(size, 1, out));
    snprintf(*out, size, "%.*s/%s", length > 0 ? (int)length : 1, length > 0 ? folder : ".", name);
    return ADATOM_OK;
}

static adatom_status search_path(const char *name, char **found)
{
    const char *folder = getenv("PATH");
    folder = folder != NULL ? folder : "/usr/local/bin:/usr/bin:/bin";
    for (;;) {
        const size_t length = strcspn(folder, ":");
        ADATOM_SYS_TRY(join(folder, length, name, found));
        if (is_program(*found)) {
            return ADATOM_OK;
        }
        free(*found);
        *found = NULL;
        if (folder[length] == '\0') {
            return adatom_sys_fail(ADATOM_INVALID_INPUT,
                                   "command: there is no program \"%s\" in the folders of PATH",
                                   name);
        }
        folder += length + 1;
    }
}

static adatom_status find_program(adatom_command_line *line)
{
    if (line->word_count == 0 || line->words[0][0] == '\0') {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "command needs a program: command:PROGRAM ARGUMENT ...");
    }
    const char *name = line->words[0];
    if (strchr(name, '/') == NULL) {
        return search_path(name, &line->path);
    }
    if (!is_program(name)) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "command: %s is %s", name,
                               access(name, F_OK) == 0 ? "not a program that may be run"
                                                       : "not there");
    }
    ADATOM_SYS_TRY(adatom_sys_allocate(strlen(name) + 1, 1, &line->path));
    memcpy(line->path, name, strlen(name));
    return ADATOM_OK;
}

static bool some_word_holds(const adatom_command_line *line, const char *token)
{
    for (size_t i = 1; i < line->word_count; i++) {
        if (strstr(line->words[i], token) != NULL) {
            return true;
        }
    }
    return false;
}

static adatom_status choose_transport(line_reader *reader)
{
    const bool input = some_word_holds(reader->line, "{input}");
    const bool output = some_word_holds(reader->line, "{output}");
    reader->line->uses_files =
        reader->transport == BY_FILES || (reader->transport == BY_WORDS && (input || output));
    if (reader->line->uses_files && !(input && output)) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "command: files need both {input} and {output} in the arguments");
    }
    return ADATOM_OK;
}

adatom_status adatom_command_line_read(const char *text, adatom_command_line *line)
{
    *line = (adatom_command_line){.time_limit = 3600, .gives_forces = true};
    line_reader reader = {.line = line, .transport = BY_WORDS};
    ADATOM_SYS_TRY(adatom_sys_allocate(strlen(text) + 1, 1, &line->storage));
    memcpy(line->storage, text, strlen(text));
    ADATOM_SYS_TRY(read_words(&reader, line->storage));
    ADATOM_SYS_TRY(find_program(line));
    return choose_transport(&reader);
}

void adatom_command_line_clear(adatom_command_line *line)
{
    free(line->words);
    free(line->path);
    free(line->storage);
    *line = (adatom_command_line){0};
}
