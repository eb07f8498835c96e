/* Hands a training or a prediction to its kind. */
#include "adatom/train.h"

#include "base/error.h"
#include "base/threads.h"
#include "io/hdf5_file.h"
#include "io/text_file.h"
#include "train/kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 64, YAML_SIZE_MAX = 1 << 24 };

static const struct {
    const char *name;
    const adatom_train_kind *kind;
} kinds[] = {
#define KIND_ROW(name, description) {#name, &adatom_train_##name},
    ADATOM_TRAIN_KINDS(KIND_ROW)
#undef KIND_ROW
};

const char *adatom_train_kinds(void)
{
#define KIND_LINE(name, description) #name "   " description "\n"
    return ADATOM_TRAIN_KINDS(KIND_LINE);
#undef KIND_LINE
}

static adatom_status find_kind(const char *where, const char *name, const adatom_train_kind **out)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(name, kinds[i].name) == 0) {
            *out = kinds[i].kind;
            return ADATOM_OK;
        }
    }
#define KIND_NAME(known, description) " " #known
    return adatom_fail(ADATOM_INVALID_INPUT, "%s: kind: \"%s\", expected one of:%s", where, name,
                       ADATOM_TRAIN_KINDS(KIND_NAME));
#undef KIND_NAME
}

/* The value after "kind:" or "kind=", without quotes and comment. */
static void take_name(const char *value, char name[NAME_SIZE])
{
    value += strspn(value, " \t'\"");
    snprintf(name, NAME_SIZE, "%.*s", (int)strcspn(value, " \t\r\n'\"#"), value);
}

/* The option tables of the kinds differ, so that the kind must be known before the file is read by
 * one of them: it is the key `kind` at the beginning of a line. */
static adatom_status name_kind(const char *path, const char *const *overrides,
                               size_t override_count, char name[NAME_SIZE])
{
    char *text;
    size_t length;
    ADATOM_TRY(adatom_text_file_read(path, YAML_SIZE_MAX, &text, &length));
    name[0] = '\0';
    for (const char *line = text; line != NULL;) {
        if (strncmp(line, "kind:", strlen("kind:")) == 0) {
            take_name(line + strlen("kind:"), name);
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    free(text);
    for (size_t i = 0; i < override_count; i++) {
        if (strncmp(overrides[i], "kind=", strlen("kind=")) == 0) {
            take_name(overrides[i] + strlen("kind="), name);
        }
    }
    return ADATOM_OK;
}

static void ignore_progress(void *context, const adatom_train_state *state)
{
    (void)context;
    (void)state;
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static void ignore_line(void *context, const char *line)
{
    (void)context;
    (void)line;
}

adatom_status adatom_train(const char *path, const char *const *overrides, size_t override_count,
                           const char *output, const adatom_train_callbacks *callbacks,
                           adatom_train_result *result)
{
    char name[NAME_SIZE];
    ADATOM_TRY(name_kind(path, overrides, override_count, name));
    const adatom_train_kind *kind = NULL;
    ADATOM_TRY(find_kind(path, name, &kind));
    adatom_train_callbacks all = callbacks != NULL ? *callbacks : (adatom_train_callbacks){0};
    all.progress = all.progress != NULL ? all.progress : ignore_progress;
    all.stop = all.stop != NULL ? all.stop : never;
    all.say = all.say != NULL ? all.say : ignore_line;
    adatom_train_result unused;
    const adatom_train_job job = {path,   overrides, override_count,
                                  output, &all,      result != NULL ? result : &unused};
    job.result->text[0] = job.result->table[0] = '\0';
    return kind->train(&job);
}

adatom_status adatom_predict(const char *model, const char *input, const char *output, int threads,
                             adatom_train_result *result)
{
    adatom_hdf5_reader *reader;
    ADATOM_TRY(adatom_hdf5_open(model, &reader));
    char *name = NULL;
    adatom_status status = adatom_hdf5_get_text(reader, "kind", &name);
    adatom_hdf5_close(reader);
    ADATOM_TRY(status);
    const adatom_train_kind *kind = NULL;
    status = find_kind(model, name, &kind);
    free(name);
    ADATOM_TRY(status);
    adatom_train_result unused;
    const adatom_predict_job job = {model, input, output,
                                    threads > 0 ? threads : adatom_available_cores(),
                                    result != NULL ? result : &unused};
    job.result->text[0] = job.result->table[0] = '\0';
    return kind->predict(&job);
}
