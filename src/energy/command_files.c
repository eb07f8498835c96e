#include "energy/command.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static adatom_status join(const char *folder, const char *name, char **out)
{
    const size_t size = strlen(folder) + strlen(name) + 2;
    ADATOM_SYS_TRY(adatom_sys_allocate(size, 1, out));
    snprintf(*out, size, "%s/%s", folder, name);
    return ADATOM_OK;
}

static adatom_status make_folder(adatom_command_files *files)
{
    const char *place = getenv("TMPDIR");
    ADATOM_SYS_TRY(
        join(place != NULL && place[0] != '\0' ? place : "/tmp", "adatom-XXXXXX", &files->folder));
    if (mkdtemp(files->folder) == NULL) {
        const int error = errno;
        const adatom_status status =
            adatom_sys_fail(ADATOM_IO_FAILED, "cannot make the temporary folder %s: %s",
                            files->folder, strerror(error));
        free(files->folder); /* there is nothing to remove */
        files->folder = NULL;
        return status;
    }
    return ADATOM_OK;
}

adatom_status adatom_command_files_make(const char *text, size_t length,
                                        adatom_command_files *files)
{
    ADATOM_SYS_TRY(make_folder(files));
    ADATOM_SYS_TRY(join(files->folder, "input.xyz", &files->input));
    ADATOM_SYS_TRY(join(files->folder, "output.xyz", &files->output));
    FILE *file = fopen(files->input, "wxe");
    const bool written = file != NULL && fwrite(text, 1, length, file) == length;
    const bool closed = file != NULL && fclose(file) == 0;
    if (!written || !closed) {
        return adatom_sys_fail(ADATOM_IO_FAILED, "%s: cannot write: %s", files->input,
                               strerror(errno));
    }
    return ADATOM_OK;
}

static adatom_status read_all(int file, size_t length, char *text)
{
    size_t done = 0;
    while (done < length) {
        const ssize_t count = read(file, text + done, length - done);
        if (count <= 0 && !(count < 0 && errno == EINTR)) {
            return ADATOM_IO_FAILED;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return ADATOM_OK;
}

static adatom_status read_opened(int file, const char *program, size_t limit, char **text,
                                 size_t *length)
{
    struct stat facts;
    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size <= 0) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s wrote nothing to {output}", program);
    }
    const size_t size = (size_t)facts.st_size;
    if (size > limit) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s wrote more than %zu bytes to {output}",
                               program, limit);
    }
    ADATOM_SYS_TRY(adatom_sys_allocate(size, 1, text));
    if (read_all(file, size, *text) != ADATOM_OK) {
        free(*text);
        return adatom_sys_fail(ADATOM_IO_FAILED, "the {output} of %s cannot be read", program);
    }
    *length = size;
    return ADATOM_OK;
}

adatom_status adatom_command_files_read(const adatom_command_files *files, const char *program,
                                        size_t limit, char **text, size_t *length)
{
    /* A pipe or a device in its place must neither hold us up nor be read. */
    const int file = open(files->output, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s left no {output}: %s", program,
                               strerror(errno));
    }
    const adatom_status status = read_opened(file, program, limit, text, length);
    close(file);
    return status;
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *place)
{
    (void)facts;
    (void)type;
    (void)place;
    remove(path); /* what cannot be removed stays */
    return 0;
}

void adatom_command_files_remove(adatom_command_files *files)
{
    enum { OPEN_FOLDERS = 16 };
    if (files->folder != NULL) {
        nftw(files->folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
    }
    free(files->folder);
    free(files->input);
    free(files->output);
    *files = (adatom_command_files){0};
}

/* ---- the paths in the arguments */

static void write_named(FILE *stream, const adatom_command_files *files, const char *word)
{
    static const char input[] = "{input}", output[] = "{output}";
    while (*word != '\0') {
        if (strncmp(word, input, strlen(input)) == 0) {
            fputs(files->input, stream);
            word += strlen(input);
        } else if (strncmp(word, output, strlen(output)) == 0) {
            fputs(files->output, stream);
            word += strlen(output);
        } else {
            fputc(*word++, stream);
        }
    }
}

static adatom_status name_word(const adatom_command_files *files, const char *word, char **out)
{
    size_t length;
    FILE *stream = open_memstream(out, &length);
    if (stream != NULL) {
        write_named(stream, files, word);
        if (fclose(stream) == 0) {
            return ADATOM_OK;
        }
    }
    return adatom_sys_fail(ADATOM_OUT_OF_MEMORY, "command: no memory for the arguments");
}

adatom_status adatom_command_files_name(const adatom_command_files *files, char *const *words,
                                        size_t count, char ***out)
{
    char **named;
    ADATOM_SYS_TRY(adatom_sys_allocate(count + 1, sizeof *named, &named));
    for (size_t i = 0; i < count; i++) {
        const adatom_status status = name_word(files, words[i], &named[i]);
        if (status != ADATOM_OK) {
            adatom_command_words_free(named);
            return status;
        }
    }
    *out = named;
    return ADATOM_OK;
}

void adatom_command_words_free(char **words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        free(words[i]);
    }
    free(words);
}
