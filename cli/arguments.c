/* Reads the command line. */
#include "cli.h"

#include <ctype.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct cli_option {
    int letter;
    const char *name, *argument;
    bool for_all;
} cli_option;

static const cli_option cli_options[] = {
#define OPTION(letter, name, argument, for_all, description) {letter, name, argument, for_all},
#include "options.def"
#undef OPTION
};

enum { OPTION_COUNT = sizeof cli_options / sizeof cli_options[0] };

static void list_long_options(struct option *long_options)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const cli_option *option = &cli_options[i];
        long_options[i] =
            (struct option){.name = option->name,
                            .has_arg = option->argument != NULL ? required_argument : no_argument,
                            .val = option->letter};
    }
    long_options[OPTION_COUNT] = (struct option){.name = NULL};
}

static const cli_option *find_option(int letter)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (cli_options[i].letter == letter) {
            return &cli_options[i];
        }
    }
    return NULL;
}

static int unknown_name(const char *word)
{
    char name[64];
    const char *names[OPTION_COUNT];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    for (int i = 0; i < OPTION_COUNT; i++) {
        names[i] = cli_options[i].name;
    }
    const char *nearest = adatom_nearest_name(name, names, OPTION_COUNT);
    if (nearest != NULL) {
        return cli_wrong_use("--%s: unknown option; did you mean --%s?", name, nearest);
    }
    return cli_wrong_use("--%s: unknown option; see adatom --help", name);
}

/* getopt's optopt: an unknown letter, a known option that was given a value, or 0 for a name that
 * it does not know, which is in the word before optind. */
static int unknown_option(int letter, const char *word)
{
    const cli_option *option = find_option(letter);
    if (option != NULL && !isdigit(letter)) {
        return cli_wrong_use("--%s: takes no value", option->name);
    }
    return letter != 0 ? cli_wrong_use("-%c: unknown option; see adatom --help", letter)
                       : unknown_name(word + 2);
}

static int missing_value(int letter)
{
    const cli_option *option = find_option(letter);
    return cli_wrong_use("--%s: a value is missing: --%s %s", option->name, option->name,
                         option->argument);
}

static int add_override(cli_arguments *arguments, const char *prefix, const char *text)
{
    const size_t size = strlen(prefix) + strlen(text) + 1;
    char *override = malloc(size);
    char **longer = realloc(arguments->overrides, (arguments->override_count + 1) * sizeof *longer);
    if (longer != NULL) {
        arguments->overrides = longer;
    }
    if (override == NULL || longer == NULL) {
        free(override);
        return cli_failed("out of memory");
    }
    snprintf(override, size, "%s%s", prefix, text);
    longer[arguments->override_count++] = override;
    return 0;
}

/* --seed and --threads are values of the table too; here they are named as the user wrote them. */
static int add_number(cli_arguments *arguments, const char *name, const char *text)
{
    const adatom_option_field *field = adatom_option_find(adatom_search_option_table(), name);
    char *end;
    const double number = strtod(text, &end);
    const bool digits = text[strspn(text, "0123456789")] == '\0' && end != text;
    if (!digits || number < field->minimum || number > field->maximum) {
        char expected[128];
        adatom_option_expected(field, expected, sizeof expected);
        return cli_wrong_use("--%s: %.40s, expected %s", name, text, expected);
    }
    char prefix[32];
    snprintf(prefix, sizeof prefix, "%s=", name);
    return add_override(arguments, prefix, text);
}

static int take_count(const char *name, const char *text, int least, int *count)
{
    const size_t length = strlen(text);
    if (length < 1 || length > 5 || text[strspn(text, "0123456789")] != '\0' ||
        atoi(text) < least) {
        return cli_wrong_use("--%s: %.40s, expected a number from %d to 99999", name, text, least);
    }
    *count = atoi(text);
    return 0;
}

static int take_deed_on_failure(cli_arguments *arguments, const char *text)
{
    arguments->stop_on_failure = strcmp(text, "stop") == 0;
    if (!arguments->stop_on_failure && strcmp(text, "skip") != 0) {
        return cli_wrong_use("--on-failure: %.40s, expected skip or stop", text);
    }
    return 0;
}

static int take_option(cli_arguments *arguments, int letter, const char *value)
{
    arguments->given[letter] = true;
    switch (letter) {
    case 'o':
        arguments->output = value;
        return value[0] != '\0' ? 0 : cli_wrong_use("--output: a name is missing");
    case 'e':
        arguments->evaluator = value;
        return 0;
    case 'd':
        arguments->descriptor = value;
        return 0;
    case 'g':
        arguments->gradients = true;
        return 0;
    case '8':
        arguments->pool = value;
        return 0;
    case '1':
        return add_override(arguments, "", value);
    case '2':
        return add_number(arguments, "seed", value);
    case '3':
        return add_number(arguments, "threads", value);
    case '4':
        return take_count("retries", value, 0, &arguments->retries);
    case '5':
        return take_deed_on_failure(arguments, value);
    case '6':
        return take_count("agents", value, 1, &arguments->agents);
    case 'j':
        return take_count("jobs", value, 1, &arguments->jobs);
    case '7':
        arguments->target = value;
        return 0;
    case '9':
        arguments->kim = value;
        return 0;
    case '0':
        if (arguments->label_count == CLI_LABELS_MAX) {
            return cli_wrong_use("--label: given more than %d times", CLI_LABELS_MAX);
        }
        arguments->labels[arguments->label_count++] = value;
        return 0;
    case 'a':
        arguments->place = value;
        return 0;
    case 's':
        return take_count("step", value, 0, &arguments->step);
    case 'q':
        arguments->quiet = true;
        return 0;
    case 'h':
        arguments->help = true;
        return 0;
    default:
        arguments->version = true;
        return 0;
    }
}

int cli_arguments_parse(int count, char **words, cli_arguments *arguments)
{
    memset(arguments, 0, sizeof *arguments);
    struct option long_options[OPTION_COUNT + 1];
    list_long_options(long_options);
    for (;;) {
        opterr = 0;
        const int letter = getopt_long(count, words, ":o:e:d:gj:a:s:qhV", long_options, NULL);
        if (letter == -1) {
            break;
        }
        if (letter == '?') {
            return unknown_option(optopt, words[optind - 1]);
        }
        const int exit_status =
            letter == ':' ? missing_value(optopt) : take_option(arguments, letter, optarg);
        if (exit_status != 0) {
            return exit_status;
        }
    }
    if (optind < count) {
        arguments->command = words[optind];
        arguments->files = words + optind + 1;
        arguments->file_count = count - optind - 1;
    }
    return 0;
}

void cli_arguments_clear(cli_arguments *arguments)
{
    for (size_t i = 0; i < arguments->override_count; i++) {
        free(arguments->overrides[i]);
    }
    free(arguments->overrides);
    *arguments = (cli_arguments){0};
}

/* The names that a command takes: its arguments up to the first option. */
static int names_wanted(const cli_command *command)
{
    int count = 0;
    for (const char *word = command->arguments; *word != '\0' && strchr("-[.", *word) == NULL;) {
        word += strcspn(word, " ");
        word += strspn(word, " ");
        count++;
    }
    return count;
}

/* "DIR [STRUCTURE]" takes one more than DIR; "[-o OUT]" is no name. */
static bool takes_another_name(const cli_command *command)
{
    const char *bracket = strchr(command->arguments, '[');
    return bracket != NULL && bracket[1] != '-';
}

int cli_arguments_check(const cli_arguments *arguments, const cli_command *command)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const cli_option *option = &cli_options[i];
        if (arguments->given[option->letter] && !option->for_all &&
            strchr(command->own_options, option->letter) == NULL) {
            return cli_wrong_use("%s: --%s has no meaning here", command->name, option->name);
        }
    }
    const int wanted = names_wanted(command);
    const bool takes_more = strstr(command->arguments, "...") != NULL;
    const int most = takes_more ? INT_MAX : wanted + takes_another_name(command);
    if (arguments->file_count < wanted || arguments->file_count > most) {
        return cli_wrong_use("%s: %d names given, expected %s: adatom %s %s", command->name,
                             arguments->file_count, wanted == 1 ? "one" : "two", command->name,
                             command->arguments);
    }
    return 0;
}

int cli_threads(const cli_arguments *arguments)
{
    const char *const prefix = "threads=";
    int threads = 0;
    for (size_t i = 0; i < arguments->override_count; i++) {
        if (strncmp(arguments->overrides[i], prefix, strlen(prefix)) == 0) {
            threads = atoi(arguments->overrides[i] + strlen(prefix));
        }
    }
    return threads;
}
