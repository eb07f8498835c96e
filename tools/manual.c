/* Writes the manual page of adatom (roff) or the table of the search's settings (Markdown) to
 * standard output, from the tables that the program itself is made from.
 *
 *   manual man | markdown */
#include "adatom/evaluator.h"
#include "adatom/generate.h"
#include "adatom/image.h"
#include "adatom/reconstruct.h"
#include "adatom/sample.h"
#include "adatom/search.h"
#include "adatom/train.h"
#include "adatom/version.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 2048 };

/* -- roff */

/* The code of the UTF-8 character at text, and its length; the texts are our own and valid. */
static unsigned decode(const char *text, size_t *length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    *length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    unsigned code = *length == 1 ? bytes[0] : bytes[0] & (0xffU >> (*length + 1));
    for (size_t i = 1; i < *length; i++) {
        code = code << 6 | (bytes[i] & 0x3fU);
    }
    return code;
}

/* Text as troff prints it unchanged, whatever it starts with. */
static void roff_text(const char *text)
{
    fputs(*text == '.' || *text == '\'' ? "\\&" : "", stdout);
    while (*text != '\0') {
        size_t length;
        const unsigned code = decode(text, &length);
        switch (code) {
        case '\\':
            fputs("\\e", stdout);
            break;
        case '-':
            fputs("\\-", stdout);
            break;
        case '^':
            fputs("\\(ha", stdout);
            break;
        case '~':
            fputs("\\(ti", stdout);
            break;
        case '`':
            fputs("\\(ga", stdout);
            break;
        case '\'':
            fputs("\\(aq", stdout);
            break;
        default:
            if (code < 0x80) {
                putchar((int)code);
            } else {
                printf("\\[u%04X]", code);
            }
        }
        text += length;
    }
}

/* A request with its text as one argument: .SH "..." */
static void roff_request(const char *request, const char *text)
{
    printf(".%s \"", request);
    roff_text(text);
    printf("\"\n");
}

static void roff_line(const char *text)
{
    roff_text(text);
    putchar('\n');
}

static void roff_bold(const char *text, const char *after)
{
    printf("\\fB");
    roff_text(text);
    printf("\\fR");
    roff_text(after);
}

/* A summary of the tables as a sentence. */
static void roff_sentence(const char *summary)
{
    char text[TEXT_SIZE];
    snprintf(text, sizeof text, "%s.", summary);
    text[0] = (char)toupper((unsigned char)text[0]);
    roff_line(text);
}

static void roff_commands(void)
{
    roff_request("SH", "COMMANDS");
#define COMMAND(name, arguments, own_options, summary, description)                                \
    printf(".TP\n");                                                                               \
    roff_bold("adatom " #name, " " arguments "\n");                                                \
    roff_sentence(summary);                                                                        \
    roff_line(description);
#include "commands.def"
#undef COMMAND
}

static void roff_option(int letter, const char *name, const char *argument, const char *description)
{
    char text[TEXT_SIZE];
    printf(".TP\n");
    snprintf(text, sizeof text, "-%c", letter);
    if (isalpha(letter)) {
        roff_bold(text, ", ");
    }
    snprintf(text, sizeof text, "--%s", name);
    roff_bold(text, argument != NULL ? " " : "");
    roff_line(argument != NULL ? argument : "");
    roff_sentence(description);
}

static void roff_options(void)
{
    roff_request("SH", "OPTIONS");
#define OPTION(letter, name, argument, for_all, description)                                       \
    roff_option(letter, name, argument, description);
#include "options.def"
#undef OPTION
}

/* -- what both say about a setting */

static char *value_text(const adatom_option_field *field, const void *options)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL || adatom_option_write_value(field, options, stream) != ADATOM_OK) {
        fprintf(stderr, "manual: %s: %s\n", field->path, adatom_error_message());
        exit(1);
    }
    fclose(stream);
    return text;
}

/* The section of a path; "" at the top level. */
static void section_of(const adatom_option_field *field, char *section)
{
    const char *dot = strchr(field->path, '.');
    snprintf(section, TEXT_SIZE, "%.*s", dot != NULL ? (int)(dot - field->path) : 0, field->path);
}

static bool seen_before(const adatom_option_table *table, size_t index, const char *section)
{
    for (size_t i = 0; i < index; i++) {
        char earlier[TEXT_SIZE];
        section_of(&table->fields[i], earlier);
        if (strcmp(earlier, section) == 0) {
            return true;
        }
    }
    return false;
}

typedef void section_writer(const char *section);
typedef void field_writer(const adatom_option_field *field, const void *options);

/* Calls write_section once for each section of the table and write_field for each of its fields;
 * options holds the defaults. */
static void for_each_section(const adatom_option_table *table, const void *options,
                             section_writer *write_section, field_writer *write_field)
{
    for (size_t first = 0; first < table->count; first++) {
        char section[TEXT_SIZE], other[TEXT_SIZE];
        section_of(&table->fields[first], section);
        if (seen_before(table, first, section)) {
            continue;
        }
        write_section(section);
        for (size_t i = first; i < table->count; i++) {
            section_of(&table->fields[i], other);
            if (strcmp(section, other) == 0) {
                write_field(&table->fields[i], options);
            }
        }
    }
}

static void roff_section(const char *section)
{
    roff_request("SS", section[0] != '\0' ? section : "At the top level");
}

static void roff_field(const adatom_option_field *field, const void *options)
{
    char expected[TEXT_SIZE];
    char *value = value_text(field, options);
    printf(".TP\n");
    roff_bold(field->path, ": ");
    roff_line(value);
    roff_line(field->description);
    adatom_option_expected(field, expected, sizeof expected);
    printf("Expected: ");
    roff_text(expected);
    if (field->unit[0] != '\0') {
        printf(", in ");
        roff_text(field->unit);
    }
    printf(".\n");
    if (field->symbol[0] != '\0') {
        printf("In the paper: ");
        roff_text(field->symbol);
        printf(".\n");
    }
    free(value);
}

static void roff_evaluators(void)
{
    roff_request("SH", "EVALUATORS");
    printf(".nf\n");
    char line[TEXT_SIZE];
    for (const char *at = adatom_evaluator_kinds(); *at != '\0';) {
        const size_t length = strcspn(at, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, at);
        roff_line(line);
        at += length + (at[length] == '\n');
    }
    printf(".fi\n");
}

static void roff_closing(void)
{
    roff_request("SH", "FILES OF A RUN");
    roff_line(
        "A run folder holds run.yaml (every value as used), log.csv (one row per episode, energies "
        "in eV), best.extxyz, candidates.db (a database of ASE), checkpoint.h5 and report.html.");
    roff_request("SH", "EXIT STATUS");
    roff_line(
        "0: done. 1: the work failed, was stopped, or the energy of stop.energy was not reached. "
        "2: wrong use or bad input; one line on standard error says where and what was expected.");
    roff_request("SH", "SEE ALSO");
    roff_line("J. Chem. Phys. 151, 054111 (2019), which defines the symbols; "
              "J. Chem. Phys. 153, 044107 (2020).");
}

static void write_man(void)
{
    printf(".TH ADATOM 1 \"\" \"adatom %s\" \"User Commands\"\n", ADATOM_VERSION);
    roff_request("SH", "NAME");
    roff_line("adatom - learns, searches and generates atomic structures");
    roff_request("SH", "SYNOPSIS");
    roff_bold("adatom", " COMMAND ARGUMENT [options]\n");
    roff_request("SH", "DESCRIPTION");
    roff_line("An agent that learns by reinforcement builds structures atom by atom on a grid and "
              "looks for "
              "the one of lowest energy. Units are eV, \303\205 and s.");
    roff_commands();
    roff_options();
    roff_request("SH", "SETTINGS OF A SEARCH");
    roff_line(
        "RUN.yaml holds these values, the part before the dot as a section: policy: {nu: 0.05}. "
        "The value after the colon here is the default. relax: 15 is short for relax: {steps: 15}. "
        "Paths count from the folder of the file, those of --set from the current folder.");
    const adatom_search_options search = adatom_search_options_default();
    for_each_section(adatom_search_option_table(), &search, roff_section, roff_field);
    roff_request("SH", "SETTINGS OF SAMPLE");
    roff_line("RUN.yaml of adatom sample, in the same way. Units are fs, \303\205, eV and K.");
    const adatom_sample_options sample = adatom_sample_options_default();
    for_each_section(adatom_sample_option_table(), &sample, roff_section, roff_field);
    roff_request("SH", "SETTINGS OF TRAIN, KIND POTENTIAL");
    roff_line("RUN.yaml of adatom train with kind: potential, in the same way. Units are \303\205 "
              "and eV.");
    const adatom_potential_options potential = adatom_potential_options_default();
    for_each_section(adatom_potential_option_table(), &potential, roff_section, roff_field);
    roff_request("SH", "SETTINGS OF RECONSTRUCT");
    roff_line("RUN.yaml of adatom reconstruct, in the same way. Units are \303\205.");
    const adatom_reconstruct_options reconstruct = adatom_reconstruct_options_default();
    for_each_section(adatom_reconstruct_option_table(), &reconstruct, roff_section, roff_field);
    roff_request("SH", "SETTINGS OF TRAIN, KIND IMAGE");
    roff_line("RUN.yaml of adatom train with kind: image, in the same way.");
    const adatom_image_options image = adatom_image_options_default();
    for_each_section(adatom_image_option_table(), &image, roff_section, roff_field);
    roff_request("SH", "SETTINGS OF TRAIN, KINDS SURROGATE AND CVAE");
    roff_line("RUN.yaml of adatom train with kind: surrogate or kind: cvae, in the same way.");
    const adatom_generator_options generator = adatom_generator_options_default();
    for_each_section(adatom_generator_option_table(), &generator, roff_section, roff_field);
    roff_request("SH", "SETTINGS OF GENERATE");
    roff_line("RUN.yaml of adatom generate, in the same way. Units are \303\205 and eV.");
    const adatom_generate_options generate = adatom_generate_options_default();
    for_each_section(adatom_generate_option_table(), &generate, roff_section, roff_field);
    roff_evaluators();
    roff_closing();
}

/* -- Markdown */

/* Text in a cell of a table. */
static void markdown_cell(const char *text, bool code)
{
    fputs(code && text[0] != '\0' ? "| `" : "| ", stdout);
    for (; *text != '\0'; text++) {
        if (*text == '|' || (!code && (*text == '*' || *text == '_' || *text == '<'))) {
            putchar('\\');
        }
        putchar(*text);
    }
    fputs(code ? "` " : " ", stdout);
}

static void markdown_section(const char *section)
{
    printf("\n## %s\n\n", section[0] != '\0' ? section : "At the top level");
    printf("| key | default | expected | unit | paper | meaning |\n|---|---|---|---|---|---|\n");
}

static void markdown_field(const adatom_option_field *field, const void *options)
{
    char expected[TEXT_SIZE];
    char *value = value_text(field, options);
    adatom_option_expected(field, expected, sizeof expected);
    markdown_cell(field->path, true);
    markdown_cell(value, true);
    markdown_cell(expected, false);
    markdown_cell(field->unit, false);
    markdown_cell(field->symbol, false);
    markdown_cell(field->description, false);
    printf("|\n");
    free(value);
}

static void write_markdown(void)
{
    printf("# The settings of a search\n\n"
           "This page is made from `include/adatom/search_options.def`; change it there and run\n"
           "`tools/update-docs.sh`. `man adatom` says the same.\n\n"
           "The part of a key before the dot is a section of the YAML file: `policy: {nu: 0.05}`. "
           "Any value\n"
           "can be overridden with `--set policy.nu=0.05`. `relax: 15` is short for `relax: "
           "{steps: 15}`.\n"
           "Paths count from the folder of the YAML file, those of `--set` from the current "
           "folder. The\n"
           "column \"paper\" has the symbols of J. Chem. Phys. 151, 054111 (2019).\n");
    const adatom_search_options search = adatom_search_options_default();
    for_each_section(adatom_search_option_table(), &search, markdown_section, markdown_field);
}

int main(int count, char **words)
{
    if (count == 2 && strcmp(words[1], "man") == 0) {
        write_man();
    } else if (count == 2 && strcmp(words[1], "markdown") == 0) {
        write_markdown();
    } else {
        fprintf(stderr, "manual: expected one word: man or markdown\n");
        return 2;
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
