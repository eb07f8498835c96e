/* --help, from the tables of commands and options. */
#include "cli.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int letter;
    const char *name, *argument;
    bool for_all;
    const char *description;
} help_options[] = {
#define OPTION(letter, name, argument, for_all, description)                                       \
    {letter, name, argument, for_all, description},
#include "options.def"
#undef OPTION
};

/* Options of all commands, or (own letters given) only those of one. */
static void print_options(const char *letters)
{
    for (size_t i = 0; i < sizeof help_options / sizeof help_options[0]; i++) {
        const bool own = strchr(letters, help_options[i].letter) != NULL;
        if (!own && !help_options[i].for_all) {
            continue;
        }
        char usage[64];
        const bool is_short = !isdigit(help_options[i].letter);
        const char *argument = help_options[i].argument;
        snprintf(usage, sizeof usage, "%c%c%s--%s%s%s", is_short ? '-' : ' ',
                 is_short ? help_options[i].letter : ' ', is_short ? ", " : "  ",
                 help_options[i].name, argument != NULL ? " " : "",
                 argument != NULL ? argument : "");
        printf("  %-21s %s\n", usage, help_options[i].description);
    }
}

/* Breaks the text between words. */
static void print_paragraph(const char *text)
{
    size_t column = 0;
    for (const char *word = text; *word != '\0';) {
        const size_t length = strcspn(word, " ");
        if (column > 0 && column + 1 + length > 78) {
            putchar('\n');
            column = 0;
        }
        printf("%s%.*s", column > 0 ? " " : "", (int)length, word);
        column += length + (column > 0);
        word += length;
        word += strspn(word, " ");
    }
    putchar('\n');
}

static void print_command_help(const cli_command *command)
{
    printf("adatom %s %s [options]: %s.\n\n", command->name, command->arguments, command->summary);
    print_paragraph(command->description);
    printf("\nOptions:\n");
    print_options(command->own_options);
    if (strchr(command->own_options, 'e') != NULL) {
        printf("\nEvaluators:\n%s", adatom_evaluator_kinds());
    }
}

void cli_print_help(const cli_command *command)
{
    if (command != NULL) {
        print_command_help(command);
        return;
    }
    printf("adatom COMMAND ARGUMENT [options]\n\nCommands:\n");
    for (command = cli_commands; command->name != NULL; command++) {
        char usage[64];
        snprintf(usage, sizeof usage, "%s %s", command->name, command->arguments);
        printf("  %-35s %s\n", usage, command->summary);
    }
    printf("\nOptions:\n");
    print_options("o1e45");
    printf("\nadatom COMMAND --help says more; man adatom lists every value of RUN.yaml.\n"
           "Exit status: 0 done, 1 the work failed, 2 wrong use or bad input.\n");
}
