#include "io/number_text.h"
#include "io/options_internal.h"
#include "io/text_file.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Settings are short; what is longer is another kind of file. */
enum { FILE_SIZE_MAX = 1 << 20 };

/* A file and the overrides after it, into a copy that replaces *options only if all is well. */
typedef struct option_source {
    const char *text; /* or NULL */
    size_t length;
    const char *name, *folder;
    const char *const *overrides;
    size_t override_count;
    const char *override_folder;
} option_source;

static adatom_status read_all(const adatom_option_table *table, const option_source *source,
                              void *options)
{
    if (source->text != NULL) {
        ADATOM_TRY(adatom_option_read_file(table, source->text, source->length, source->name,
                                           source->folder, options));
    }
    for (size_t i = 0; i < source->override_count; i++) {
        ADATOM_TRY(adatom_option_read_override(table, source->overrides[i], source->override_folder,
                                               options));
    }
    return ADATOM_OK;
}

static adatom_status read_into_copy(const adatom_option_table *table, const option_source *source,
                                    void *options)
{
    void *copy;
    ADATOM_TRY(adatom_allocate(1, table->size, &copy));
    memcpy(copy, options, table->size);
    adatom_plain_numbers numbers = adatom_plain_numbers_begin();
    const adatom_status status = read_all(table, source, copy);
    adatom_plain_numbers_end(&numbers);
    if (status == ADATOM_OK) {
        memcpy(options, copy, table->size);
    }
    free(copy);
    return status;
}

adatom_status adatom_options_parse(const adatom_option_table *table, const char *text,
                                   size_t length, const char *name, const char *folder,
                                   const char *const *overrides, size_t override_count,
                                   void *options)
{
    if (length > FILE_SIZE_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: longer than 1 MiB, expected settings in YAML",
                           name);
    }
    const option_source source = {text, length, name, folder, overrides, override_count, folder};
    return read_into_copy(table, &source, options);
}

/* The absolute folder of a file that can be opened. */
static adatom_status folder_of(const char *path, char **out)
{
    char *folder;
    ADATOM_TRY(adatom_duplicate_text(path, &folder));
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        slash[slash == folder ? 1 : 0] = '\0';
    }
    char *absolute = realpath(slash != NULL ? folder : ".", NULL);
    free(folder);
    if (absolute == NULL) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: its folder is not found: %s", path,
                           strerror(errno));
    }
    *out = absolute;
    return ADATOM_OK;
}

adatom_status adatom_options_read(const adatom_option_table *table, const char *path,
                                  const char *const *overrides, size_t override_count,
                                  void *options)
{
    char *text = NULL, *folder = NULL, *current = NULL;
    size_t length = 0;
    adatom_status status;
    ADATOM_TRY_ELSE(status, clean_up, adatom_text_file_read(path, FILE_SIZE_MAX, &text, &length));
    ADATOM_TRY_ELSE(status, clean_up, folder_of(path, &folder));
    ADATOM_TRY_ELSE(status, clean_up, folder_of("here", &current));
    const option_source source = {text, length, path, folder, overrides, override_count, current};
    status = read_into_copy(table, &source, options);
clean_up:
    free(text);
    free(folder);
    free(current);
    return status;
}
