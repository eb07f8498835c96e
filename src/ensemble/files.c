#include "ensemble/files.h"

#include "base/error.h"
#include "io/text_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOTE_MAX = ADATOM_ENSEMBLE_NOTE_SIZE - 16 }; /* with its first word and the line break */

#define ENDED "ended"
#define FAILED "failed"
#define REACHED_WORD "reached "
#define LIMIT_WORD "limit "

static adatom_status check_length(int length, const char *folder)
{
    if (length < 0 || length >= ADATOM_ENSEMBLE_PATH_SIZE) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%.80s...: the path is too long", folder);
    }
    return ADATOM_OK;
}

adatom_status adatom_ensemble_path(const char *folder, const char *name,
                                   char path[ADATOM_ENSEMBLE_PATH_SIZE])
{
    return check_length(snprintf(path, ADATOM_ENSEMBLE_PATH_SIZE, "%s/%s", folder, name), folder);
}

adatom_status adatom_ensemble_agent_path(const char *folder, int agent, const char *name,
                                         char path[ADATOM_ENSEMBLE_PATH_SIZE])
{
    return check_length(snprintf(path, ADATOM_ENSEMBLE_PATH_SIZE, "%s/agent-%04d%s%s", folder,
                                 agent, name != NULL ? "/" : "", name != NULL ? name : ""),
                        folder);
}

adatom_status adatom_ensemble_state_path(const char *folder, int agent, const char *ending,
                                         char path[ADATOM_ENSEMBLE_PATH_SIZE])
{
    return check_length(snprintf(path, ADATOM_ENSEMBLE_PATH_SIZE,
                                 "%s/" ADATOM_ENSEMBLE_STATE "/agent-%04d.%s", folder, agent,
                                 ending),
                        folder);
}

bool adatom_ensemble_is(const char *folder)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    struct stat found;
    return adatom_ensemble_path(folder, ADATOM_ENSEMBLE_OPTIONS, path) == ADATOM_OK &&
           stat(path, &found) == 0;
}

adatom_status adatom_ensemble_read(const char *folder, adatom_ensemble_options *out)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    if (!adatom_ensemble_is(folder)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: holds no ensemble (no %s)", folder,
                           ADATOM_ENSEMBLE_OPTIONS);
    }
    ADATOM_TRY(adatom_ensemble_path(folder, ADATOM_ENSEMBLE_OPTIONS, path));
    adatom_ensemble_options options = adatom_ensemble_options_default();
    ADATOM_TRY(adatom_options_read(adatom_ensemble_option_table(), path, NULL, 0, &options));
    *out = options;
    return ADATOM_OK;
}

adatom_status adatom_ensemble_write_options(const char *folder,
                                            const adatom_ensemble_options *options)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    adatom_text_file *file;
    ADATOM_TRY(adatom_ensemble_path(folder, ADATOM_ENSEMBLE_OPTIONS, path));
    ADATOM_TRY(adatom_text_file_create(path, &file));
    const adatom_status status = adatom_options_write(adatom_ensemble_option_table(), options,
                                                      adatom_text_file_stream(file));
    if (status != ADATOM_OK) {
        adatom_text_file_abandon(file);
        return status;
    }
    return adatom_text_file_commit(file);
}

/* -- the standing of an agent: small files of one line */

static bool read_note(const char *folder, int agent, const char *ending,
                      char note[ADATOM_ENSEMBLE_NOTE_SIZE])
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    note[0] = '\0';
    FILE *stream = adatom_ensemble_state_path(folder, agent, ending, path) == ADATOM_OK
                       ? fopen(path, "re")
                       : NULL;
    if (stream == NULL) {
        return false;
    }
    const bool read = fgets(note, ADATOM_ENSEMBLE_NOTE_SIZE, stream) != NULL;
    fclose(stream);
    note[strcspn(note, "\n")] = '\0';
    return read;
}

static bool under_limits(const char *note, const char *word, const char *limits)
{
    const size_t length = strlen(word);
    return strncmp(note, word, length) == 0 &&
           (limits == NULL || strcmp(note + length, limits) == 0);
}

adatom_agent_standing adatom_ensemble_standing(const char *folder, int agent, const char *limits,
                                               char note[ADATOM_ENSEMBLE_NOTE_SIZE])
{
    adatom_agent_standing standing = ADATOM_AGENT_OPEN;
    if (read_note(folder, agent, ENDED, note)) {
        standing = under_limits(note, REACHED_WORD, limits) ? ADATOM_AGENT_REACHED
                   : under_limits(note, LIMIT_WORD, limits) ? ADATOM_AGENT_LIMIT
                                                            : ADATOM_AGENT_OPEN;
    }
    if (standing == ADATOM_AGENT_OPEN && read_note(folder, agent, FAILED, note)) {
        return ADATOM_AGENT_FAILED;
    }
    note[0] = '\0';
    return standing;
}

static adatom_status write_note(const char *folder, int agent, const char *ending, const char *word,
                                const char *text)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE], line[ADATOM_ENSEMBLE_NOTE_SIZE];
    ADATOM_TRY(adatom_ensemble_state_path(folder, agent, ending, path));
    const int length = (int)strcspn(text, "\n");
    snprintf(line, sizeof line, "%s%.*s\n", word, length < NOTE_MAX ? length : NOTE_MAX, text);
    return adatom_text_file_write(path, line, strlen(line));
}

static adatom_status forget_failure(const char *folder, int agent)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    ADATOM_TRY(adatom_ensemble_state_path(folder, agent, FAILED, path));
    if (unlink(path) != 0 && errno != ENOENT) {
        return adatom_fail(ADATOM_IO_FAILED, "%s: cannot remove: %s", path, strerror(errno));
    }
    return ADATOM_OK;
}

adatom_status adatom_ensemble_settle(const char *folder, int agent, adatom_agent_standing standing,
                                     const char *text)
{
    if (standing == ADATOM_AGENT_FAILED) {
        return write_note(folder, agent, FAILED, "", text);
    }
    if (standing != ADATOM_AGENT_OPEN) {
        ADATOM_TRY(write_note(folder, agent, ENDED,
                              standing == ADATOM_AGENT_REACHED ? REACHED_WORD : LIMIT_WORD, text));
    }
    return forget_failure(folder, agent);
}
