#include "search/folder.h"

#include "adatom/extxyz.h"
#include "adatom/version.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/text_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

adatom_status adatom_folder_path(const char *folder, const char *name, char path[ADATOM_PATH_SIZE])
{
    const int length = snprintf(path, ADATOM_PATH_SIZE, "%s/%s", folder, name);
    if (length < 0 || length >= ADATOM_PATH_SIZE) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%.80s...: the path is too long", folder);
    }
    return ADATOM_OK;
}

bool adatom_folder_has(const char *folder, const char *name)
{
    char path[ADATOM_PATH_SIZE];
    struct stat found;
    return adatom_folder_path(folder, name, path) == ADATOM_OK && lstat(path, &found) == 0;
}

adatom_status adatom_folder_check_free(const char *folder)
{
    static const char *const names[] = {ADATOM_RUN_OPTIONS, ADATOM_RUN_CHECKPOINT, ADATOM_RUN_LOG,
                                        ADATOM_RUN_DATABASE, ADATOM_RUN_BEST};
    struct stat found;
    if (folder[0] == '\0') {
        return adatom_fail(ADATOM_INVALID_INPUT, "expected the name of a folder for the run");
    }
    if (stat(folder, &found) == 0 && !S_ISDIR(found.st_mode)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: is a file, expected a folder for the run",
                           folder);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (adatom_folder_has(folder, names[i])) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "%s: already holds a run (%s); `adatom resume` goes on with it",
                               folder, names[i]);
        }
    }
    if (adatom_folder_has(folder, ADATOM_RUN_REPORT)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: holds a file %s that would be lost", folder,
                           ADATOM_RUN_REPORT);
    }
    return ADATOM_OK;
}

static adatom_status make_folder(const char *path)
{
    struct stat found;
    if (mkdir(path, 0777) == 0 ||
        (errno == EEXIST && stat(path, &found) == 0 && S_ISDIR(found.st_mode))) {
        return ADATOM_OK;
    }
    return adatom_fail(errno == EEXIST || errno == ENOTDIR ? ADATOM_INVALID_INPUT
                                                           : ADATOM_IO_FAILED,
                       "%s: cannot make the folder: %s", path, strerror(errno));
}

adatom_status adatom_folder_make(const char *folder)
{
    char path[ADATOM_PATH_SIZE];
    const size_t length = strlen(folder);
    if (length >= sizeof path) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%.80s...: the path is too long", folder);
    }
    for (size_t i = 1; i < length; i++) {
        if (folder[i] == '/' && folder[i - 1] != '/') {
            memcpy(path, folder, i);
            path[i] = '\0';
            ADATOM_TRY(make_folder(path));
        }
    }
    return make_folder(folder);
}

static bool same_structure(const adatom_structure *a, const adatom_structure *b)
{
    const size_t count = a->atom_count;
    return count == b->atom_count && memcmp(a->cell, b->cell, sizeof a->cell) == 0 &&
           memcmp(a->periodic, b->periodic, sizeof a->periodic) == 0 &&
           (count == 0 ||
            (memcmp(a->atomic_numbers, b->atomic_numbers, count * sizeof *a->atomic_numbers) == 0 &&
             memcmp(a->positions, b->positions, count * sizeof *a->positions) == 0));
}

/* A file of that name that is there already may stay if it is the template. */
static adatom_status keep_template(const char *path, const adatom_structure *start)
{
    adatom_frames frames;
    bool same = false;
    if (adatom_extxyz_read(path, &frames) == ADATOM_OK) {
        same = frames.count == 1 && same_structure(frames.frames[0].structure, start);
        adatom_frames_clear(&frames);
    }
    return same ? ADATOM_OK
                : adatom_fail(ADATOM_INVALID_INPUT, "%s: is there, and is not the template", path);
}

adatom_status adatom_folder_write_template(const char *folder, const adatom_structure *start)
{
    char path[ADATOM_PATH_SIZE];
    ADATOM_TRY(adatom_folder_path(folder, ADATOM_RUN_TEMPLATE, path));
    if (adatom_folder_has(folder, ADATOM_RUN_TEMPLATE)) {
        return keep_template(path, start);
    }
    adatom_structure copy = *start;
    const adatom_frame frame = {.structure = &copy};
    return adatom_extxyz_write(path, &frame, 1);
}

adatom_status adatom_folder_begin(const char *folder, const adatom_structure *start,
                                  adatom_search_options *options)
{
    ADATOM_TRY(adatom_folder_make(folder));
    if (options->system_template[0] != '\0') {
        ADATOM_TRY(adatom_folder_write_template(folder, start));
        char path[ADATOM_PATH_SIZE];
        ADATOM_TRY(adatom_folder_path(folder, ADATOM_RUN_TEMPLATE, path));
        if (strlen(path) >= sizeof options->system_template) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%.80s...: the path is too long", folder);
        }
        memcpy(options->system_template, path, strlen(path) + 1);
    }
    return adatom_folder_write_options(folder, options);
}

/* The copies of options are large: they live on the heap. */
static adatom_status copy_options(const adatom_search_options *options, adatom_search_options **out)
{
    ADATOM_TRY(adatom_allocate(1, sizeof **out, out));
    **out = *options;
    if (options->system_template[0] != '\0') {
        memcpy((*out)->system_template, ADATOM_RUN_TEMPLATE, sizeof ADATOM_RUN_TEMPLATE);
    }
    return ADATOM_OK;
}

static adatom_status print_options(const adatom_search_options *options, FILE *stream)
{
    adatom_search_options *printed;
    ADATOM_TRY(copy_options(options, &printed));
    fprintf(stream, "# adatom %s: every setting of this run, as resolved\n", ADATOM_VERSION);
    const adatom_status status =
        adatom_options_write(adatom_search_option_table(), printed, stream);
    free(printed);
    return status;
}

adatom_status adatom_folder_options_text(const adatom_search_options *options, char **text)
{
    char *made = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&made, &length);
    if (stream == NULL) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    adatom_status status = print_options(options, stream);
    if (fclose(stream) != 0 && status == ADATOM_OK) {
        status = adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    if (status != ADATOM_OK) {
        free(made);
        return status;
    }
    *text = made;
    return ADATOM_OK;
}

adatom_status adatom_folder_write_options(const char *folder, const adatom_search_options *options)
{
    char path[ADATOM_PATH_SIZE], *text;
    ADATOM_TRY(adatom_folder_path(folder, ADATOM_RUN_OPTIONS, path));
    ADATOM_TRY(adatom_folder_options_text(options, &text));
    const adatom_status status = adatom_text_file_write(path, text, strlen(text));
    free(text);
    return status;
}
