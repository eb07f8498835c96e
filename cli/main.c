/* adatom: the command line. A table of commands, one file each; no science here. */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const cli_command cli_commands[] = {
#define COMMAND(name, arguments, own_options, summary, description)                                \
    {#name, arguments, own_options, summary, description, cli_##name},
#include "commands.def"
#undef COMMAND
    {.name = NULL},
};

static const cli_command *find_command(const char *name)
{
    for (const cli_command *command = cli_commands; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[sizeof cli_commands / sizeof cli_commands[0]];
    size_t count = 0;
    for (; cli_commands[count].name != NULL; count++) {
        names[count] = cli_commands[count].name;
    }
    const char *nearest = adatom_nearest_name(name, names, count);
    if (nearest != NULL) {
        return cli_wrong_use("%s: unknown command; did you mean %s?", name, nearest);
    }
    return cli_wrong_use("%s: unknown command; see adatom --help", name);
}

static int run_command(const cli_arguments *arguments)
{
    const cli_command *command =
        arguments->command != NULL ? find_command(arguments->command) : NULL;
    if (arguments->command != NULL && command == NULL) {
        return unknown_command(arguments->command);
    }
    if (arguments->version) {
        printf("adatom %s\n", adatom_version());
        return 0;
    }
    if (arguments->help) {
        cli_print_help(command);
        return 0;
    }
    if (command == NULL) {
        return cli_wrong_use("a command is missing; see adatom --help");
    }
    const int exit_status = cli_arguments_check(arguments, command);
    return exit_status != 0 ? exit_status : command->run(arguments);
}

/* A full disk behind standard output is a failure too. */
static int close_output(int exit_status)
{
    errno = 0;
    const bool failed = ferror(stdout) != 0 || fflush(stdout) != 0;
    if (failed && exit_status == 0) {
        /* Why an earlier write failed is no longer known. */
        return errno != 0 ? cli_failed("standard output cannot be written: %s", strerror(errno))
                          : cli_failed("standard output cannot be written");
    }
    return exit_status;
}

int main(int count, char **words)
{
    cli_arguments arguments;
    int exit_status = cli_arguments_parse(count, words, &arguments);
    if (exit_status == 0) {
        exit_status = run_command(&arguments);
    }
    cli_arguments_clear(&arguments);
    return close_output(exit_status);
}
