#include "base/error.h"

#include "adatom/version.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_LENGTH = 1024 };

static _Thread_local char last_line[LINE_LENGTH];

/* A message is one line whatever went into it: file names and foreign texts may hold newlines. */
static void keep_on_one_line(char *text)
{
    for (char *c = text; *c != '\0'; c++) {
        if (*c == '\n' || *c == '\r') {
            *c = ' ';
        }
    }
}

adatom_status adatom_fail(adatom_status status, const char *format, ...)
{
    char line[LINE_LENGTH];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    keep_on_one_line(line);
    memcpy(last_line, line, sizeof line);
    return status;
}

adatom_status adatom_fail_in(adatom_status status, const char *format, ...)
{
    char context[LINE_LENGTH];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(context, sizeof context, format, arguments);
    va_end(arguments);
    char below[LINE_LENGTH];
    memcpy(below, last_line, sizeof below);
    return adatom_fail(status, "%.400s: %.600s", context, below);
}

const char *adatom_error_message(void)
{
    return last_line;
}

const char *adatom_status_text(adatom_status status)
{
    static const char *const texts[] = {
#define STATUS_TEXT(name, exit_status, text) text,
        ADATOM_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
    };
    const size_t count = sizeof texts / sizeof texts[0];
    return (size_t)status < count ? texts[status] : "unknown status";
}

int adatom_status_exit(adatom_status status)
{
    static const int exits[] = {
#define STATUS_EXIT(name, exit_status, text) exit_status,
        ADATOM_STATUS_LIST(STATUS_EXIT)
#undef STATUS_EXIT
    };
    const size_t count = sizeof exits / sizeof exits[0];
    return (size_t)status < count ? exits[status] : 1;
}

const char *adatom_version(void)
{
    return ADATOM_VERSION;
}
