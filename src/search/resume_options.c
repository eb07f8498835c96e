#include "search/resume_options.h"

#include "base/error.h"
#include "base/memory.h"
#include "search/checkpoint.h"
#include "search/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a run does not depend on, as long as its evaluations succeed. */
bool adatom_resume_may_change(const char *path, size_t length)
{
    static const char *const harmless[] = {"threads", "checkpoint_seconds", "evaluation.retries",
                                           "evaluation.on_failure"};
    bool found = length > 5 && strncmp(path, "stop.", 5) == 0;
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
        found = found || (length == strlen(harmless[i]) && strncmp(path, harmless[i], length) == 0);
    }
    return found;
}

static adatom_status refuse_change(const char *path, size_t length)
{
    return adatom_fail(ADATOM_INVALID_INPUT,
                       "%.*s cannot change when a run is resumed; only " ADATOM_RESUME_MAY_CHANGE
                       " can",
                       (int)length, path);
}

static adatom_status check_overrides(const char *const *overrides, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t length = strcspn(overrides[i], "=");
        if (!adatom_resume_may_change(overrides[i], length)) {
            return refuse_change(overrides[i], length);
        }
    }
    return ADATOM_OK;
}

static bool same_numbers(const adatom_numbers *a, const adatom_numbers *b)
{
    return a->count == b->count &&
           memcmp(a->values, b->values, (size_t)a->count * sizeof a->values[0]) == 0;
}

static bool same_composition(const adatom_composition *a, const adatom_composition *b)
{
    const size_t bytes = (size_t)a->count * sizeof a->amounts[0];
    return a->count == b->count && memcmp(a->atomic_numbers, b->atomic_numbers, bytes) == 0 &&
           memcmp(a->amounts, b->amounts, bytes) == 0;
}

static bool same_elements(const adatom_element_numbers *a, const adatom_element_numbers *b)
{
    const size_t count = (size_t)a->count;
    return a->count == b->count &&
           memcmp(a->atomic_numbers, b->atomic_numbers, count * sizeof a->atomic_numbers[0]) == 0 &&
           memcmp(a->values, b->values, count * sizeof a->values[0]) == 0;
}

bool adatom_option_same_value(const adatom_option_field *field, const void *a, const void *b)
{
    switch (field->type) {
    case ADATOM_OPTION_INTEGER:
    case ADATOM_OPTION_NUMBER:
        return memcmp(a, b, 8) == 0;
    case ADATOM_OPTION_FLAG:
        return *(const bool *)a == *(const bool *)b;
    case ADATOM_OPTION_CHOICE:
        return *(const int *)a == *(const int *)b;
    case ADATOM_OPTION_TEXT:
    case ADATOM_OPTION_PATH:
    case ADATOM_OPTION_SPEC:
        return strcmp(a, b) == 0;
    case ADATOM_OPTION_NUMBERS:
    case ADATOM_OPTION_ROWS:
        return same_numbers(a, b);
    case ADATOM_OPTION_COMPOSITION:
        return same_composition(a, b);
    case ADATOM_OPTION_ELEMENTS:
        return same_elements(a, b);
    }
    return false;
}

const char *adatom_resume_changed(const adatom_search_options *before,
                                  const adatom_search_options *now)
{
    const adatom_option_table *table = adatom_search_option_table();
    for (size_t i = 0; i < table->count; i++) {
        const adatom_option_field *field = &table->fields[i];
        const void *a = (const char *)before + field->offset,
                   *b = (const char *)now + field->offset;
        if (!adatom_resume_may_change(field->path, strlen(field->path)) &&
            !adatom_option_same_value(field, a, b)) {
            return field->path;
        }
    }
    return NULL;
}

static adatom_status check_changes(const char *folder, const adatom_search_options *before,
                                   const adatom_search_options *now)
{
    const char *changed = adatom_resume_changed(before, now);
    if (changed == NULL) {
        return ADATOM_OK;
    }
    return adatom_fail(ADATOM_INVALID_INPUT,
                       "%s: %s is not the same in " ADATOM_RUN_OPTIONS " and " ADATOM_RUN_CHECKPOINT
                       "; only " ADATOM_RESUME_MAY_CHANGE " may differ",
                       folder, changed);
}

/* Settings as the checkpoint has them, with paths as adatom_options_read makes them of run.yaml. */
static adatom_status options_of_checkpoint(const char *folder, const char *const *overrides,
                                           size_t count, adatom_search_options *options)
{
    char path[ADATOM_PATH_SIZE], *text;
    ADATOM_TRY(adatom_folder_path(folder, ADATOM_RUN_CHECKPOINT, path));
    char *absolute = realpath(folder, NULL);
    if (absolute == NULL) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: cannot open: %s", folder, strerror(errno));
    }
    adatom_status status = adatom_checkpoint_options(path, &text);
    if (status == ADATOM_OK) {
        *options = adatom_search_options_default();
        status = adatom_options_parse(adatom_search_option_table(), text, strlen(text), path,
                                      absolute, overrides, count, options);
        free(text);
    }
    free(absolute);
    return status;
}

static adatom_status options_of_folder(const char *folder, const char *const *overrides,
                                       size_t count, adatom_search_options *options)
{
    char path[ADATOM_PATH_SIZE];
    ADATOM_TRY(adatom_folder_path(folder, ADATOM_RUN_OPTIONS, path));
    *options = adatom_search_options_default();
    return adatom_options_read(adatom_search_option_table(), path, overrides, count, options);
}

static adatom_status read_options(const char *folder, const char *const *overrides, size_t count,
                                  bool has_options, bool has_checkpoint,
                                  adatom_search_options *options)
{
    if (!has_options) {
        return options_of_checkpoint(folder, overrides, count, options);
    }
    ADATOM_TRY(options_of_folder(folder, overrides, count, options));
    if (!has_checkpoint) {
        return ADATOM_OK;
    }
    adatom_search_options *before;
    ADATOM_TRY(adatom_allocate(1, sizeof *before, &before));
    adatom_status status = options_of_checkpoint(folder, NULL, 0, before);
    if (status == ADATOM_OK) {
        status = check_changes(folder, before, options);
    }
    free(before);
    return status;
}

adatom_status adatom_resume_options(const char *folder, const char *const *overrides,
                                    size_t override_count, adatom_search_options *options)
{
    const bool has_options = adatom_folder_has(folder, ADATOM_RUN_OPTIONS);
    const bool has_checkpoint = adatom_folder_has(folder, ADATOM_RUN_CHECKPOINT);
    if (!has_options && !has_checkpoint) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: holds no run (no %s)", folder,
                           ADATOM_RUN_OPTIONS);
    }
    ADATOM_TRY(check_overrides(overrides, override_count));
    return read_options(folder, overrides, override_count, has_options, has_checkpoint, options);
}
