/* Texts that may name files among other words, such as "lammps:silicon.lmp". */
#include "io/options_internal.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char separators[] = " \t:,=\"'";

typedef struct located {
    char *text; /* [ADATOM_TEXT_SIZE] */
    size_t length;
    bool fits;
} located;

static void append(located *out, const char *text, size_t length)
{
    out->fits = out->fits && length < ADATOM_TEXT_SIZE - out->length;
    if (out->fits) {
        memcpy(out->text + out->length, text, length);
        out->length += length;
        out->text[out->length] = '\0';
    }
}

static bool is_file(const char *folder, const char *word, size_t length, char *path, size_t size)
{
    const bool slash = folder[0] != '\0' && folder[strlen(folder) - 1] == '/';
    const int written =
        snprintf(path, size, "%s%s%.*s", folder, slash ? "" : "/", (int)length, word);
    struct stat about;
    return written > 0 && (size_t)written < size && stat(path, &about) == 0 &&
           S_ISREG(about.st_mode);
}

/* Names of models and methods seldom have a dot or a slash; names of files nearly always do. */
static bool may_be_file(const char *word, size_t length)
{
    return length > 0 && length < ADATOM_TEXT_SIZE && word[0] != '/' &&
           (memchr(word, '.', length) != NULL || memchr(word, '/', length) != NULL);
}

bool adatom_option_locate_files(const char *text, const char *folder, char *out)
{
    located result = {.text = out, .fits = true};
    out[0] = '\0';
    bool first = true; /* the kind of evaluator is not a file */
    for (const char *at = text; *at != '\0';) {
        const size_t between = strspn(at, separators);
        append(&result, at, between);
        at += between;
        const size_t length = strcspn(at, separators);
        char path[2 * ADATOM_TEXT_SIZE];
        if (!first && may_be_file(at, length) && is_file(folder, at, length, path, sizeof path)) {
            append(&result, path, strlen(path));
        } else {
            append(&result, at, length);
        }
        first = false;
        at += length;
    }
    return result.fits;
}
