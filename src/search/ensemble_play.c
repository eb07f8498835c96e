#include "search/ensemble_play.h"

#include "base/error.h"
#include "base/memory.h"
#include "ensemble/files.h"
#include "search/folder.h"
#include "search/resume_options.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { OVERRIDES_MAX = 16, OVERRIDE_SIZE = 128 };

adatom_status adatom_ensemble_search_options(const char *folder, adatom_search_options *options)
{
    char path[ADATOM_PATH_SIZE];
    ADATOM_TRY(adatom_folder_path(folder, ADATOM_RUN_OPTIONS, path));
    *options = adatom_search_options_default();
    return adatom_options_read(adatom_search_option_table(), path, NULL, 0, options);
}

/* "stop.episodes=2000"; all these settings are numbers or flags. */
static adatom_status describe_setting(const adatom_option_field *field,
                                      const adatom_search_options *options,
                                      char text[OVERRIDE_SIZE])
{
    FILE *stream = fmemopen(text, OVERRIDE_SIZE, "w");
    if (stream == NULL) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    fprintf(stream, "%s=", field->path);
    const adatom_status status = adatom_option_write_value(field, options, stream);
    const bool written = fclose(stream) == 0;
    if (status == ADATOM_OK && !written) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: the value is too long", field->path);
    }
    return status;
}

/* All that may change when a run goes on. */
static adatom_status list_settings(const adatom_search_options *options,
                                   char texts[OVERRIDES_MAX][OVERRIDE_SIZE], size_t *count)
{
    const adatom_option_table *table = adatom_search_option_table();
    *count = 0;
    for (size_t i = 0; i < table->count && *count < OVERRIDES_MAX; i++) {
        const char *path = table->fields[i].path;
        if (adatom_resume_may_change(path, strlen(path))) {
            ADATOM_TRY(describe_setting(&table->fields[i], options, texts[(*count)++]));
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_ensemble_limits(const adatom_search_options *options,
                                     char limits[ADATOM_LIMITS_SIZE])
{
    char texts[OVERRIDES_MAX][OVERRIDE_SIZE];
    size_t count, used = 0;
    ADATOM_TRY(list_settings(options, texts, &count));
    limits[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (strncmp(texts[i], "stop.", 5) == 0 && used < ADATOM_LIMITS_SIZE) {
            used += (size_t)snprintf(limits + used, ADATOM_LIMITS_SIZE - used, "%s%s",
                                     used > 0 ? " " : "", texts[i]);
        }
    }
    return ADATOM_OK;
}

/* The process that had the agent may be at its last episode yet. */
static void wait_for_log(const char *folder, const adatom_search_callbacks *callbacks)
{
    char path[ADATOM_PATH_SIZE];
    if (adatom_folder_path(folder, ADATOM_RUN_LOG, path) != ADATOM_OK) {
        return;
    }
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return;
    }
    while (flock(descriptor, LOCK_EX | LOCK_NB) != 0 &&
           !(callbacks->stop != NULL && callbacks->stop(callbacks->context))) {
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    close(descriptor);
}

static adatom_status go_on(const char *folder, const adatom_search_options *options,
                           const adatom_search_callbacks *callbacks, adatom_search_state *state)
{
    char texts[OVERRIDES_MAX][OVERRIDE_SIZE];
    const char *overrides[OVERRIDES_MAX];
    size_t count;
    ADATOM_TRY(list_settings(options, texts, &count));
    for (size_t i = 0; i < count; i++) {
        overrides[i] = texts[i];
    }
    wait_for_log(folder, callbacks);
    return adatom_search_resume(folder, overrides, count, callbacks, state);
}

adatom_status adatom_ensemble_play(const char *folder, int agent,
                                   const adatom_search_options *options,
                                   const adatom_search_callbacks *callbacks,
                                   adatom_search_state *state)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    ADATOM_TRY(adatom_ensemble_agent_path(folder, agent, NULL, path));
    if (adatom_folder_has(path, ADATOM_RUN_OPTIONS) ||
        adatom_folder_has(path, ADATOM_RUN_CHECKPOINT)) {
        return go_on(path, options, callbacks, state);
    }
    adatom_search_options *own;
    ADATOM_TRY(adatom_allocate(1, sizeof *own, &own));
    *own = *options;
    own->run_seed += agent - 1;
    const adatom_status status = adatom_search_run(own, path, callbacks, state);
    free(own);
    return status;
}
