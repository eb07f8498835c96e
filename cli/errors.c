/* How a command fails: one line on stderr, and the exit status that the status has. */
#include "cli.h"

#include <stdarg.h>
#include <stdio.h>

static void print_line(const char *text)
{
    fputs("adatom: ", stderr);
    for (const char *c = text; *c != '\0'; c++) {
        fputc((unsigned char)*c < 0x20 ? '?' : *c, stderr);
    }
    fputc('\n', stderr);
}

static int fail(adatom_status status, const char *format, va_list arguments)
{
    char line[2048];
    vsnprintf(line, sizeof line, format, arguments);
    print_line(line);
    return adatom_status_exit(status);
}

int cli_wrong_use(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int exit_status = fail(ADATOM_INVALID_INPUT, format, arguments);
    va_end(arguments);
    return exit_status;
}

int cli_failed(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int exit_status = fail(ADATOM_EVALUATION_FAILED, format, arguments);
    va_end(arguments);
    return exit_status;
}

int cli_status(adatom_status status)
{
    if (status != ADATOM_OK) {
        const char *message = adatom_error_message();
        print_line(message[0] != '\0' ? message : adatom_status_text(status));
    }
    return adatom_status_exit(status);
}
