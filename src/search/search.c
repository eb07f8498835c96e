#include "adatom/search.h"

#include "base/error.h"
#include "base/memory.h"
#include "search/checkpoint.h"
#include "search/resume_options.h"
#include "search/run.h"
#include "search/transfer.h"

#include <stdlib.h>

/* What the caller gets to see also when the search did not end well. */
static adatom_status finish(adatom_run *run, adatom_status status, adatom_search_state *state)
{
    if (state != NULL) {
        *state = run->state;
    }
    adatom_run_clear(run);
    free(run);
    return status;
}

static adatom_status allocate_run(const char *folder, const adatom_search_callbacks *callbacks,
                                  adatom_run **out)
{
    adatom_run *run;
    ADATOM_TRY(adatom_allocate(1, sizeof *run, &run));
    run->folder = folder;
    run->callbacks = callbacks;
    *out = run;
    return ADATOM_OK;
}

static bool has_property(const adatom_run *run)
{
    return !adatom_property_is_energy(&run->evaluation->property);
}

/* From the first episode on; run.yaml is there. */
static adatom_status start(adatom_run *run)
{
    ADATOM_TRY(adatom_run_files_open(run->folder, 0, 0, has_property(run), &run->files));
    ADATOM_TRY(adatom_run_write_best(run));
    ADATOM_TRY(adatom_checkpoint_write(run));
    return adatom_run_loop(run);
}

/* What a new run has from elsewhere. */
static adatom_status take_knowledge(adatom_run *run)
{
    ADATOM_TRY(adatom_transfer(run->agent, &run->options));
    return adatom_seeds_read(run->agent, &run->options, &run->seeds);
}

static adatom_status begin(adatom_run *run)
{
    ADATOM_TRY(adatom_folder_check_free(run->folder));
    ADATOM_TRY(adatom_run_prepare(run));
    ADATOM_TRY(take_knowledge(run));
    ADATOM_TRY(adatom_folder_begin(run->folder, run->problem->start, &run->options));
    return start(run);
}

adatom_status adatom_search_run(const adatom_search_options *options, const char *folder,
                                const adatom_search_callbacks *callbacks,
                                adatom_search_state *state)
{
    adatom_run *run = NULL;
    ADATOM_TRY(allocate_run(folder, callbacks, &run));
    run->options = *options;
    return finish(run, begin(run), state);
}

/* run.yaml says what has changed once nothing else can refuse it. */
static adatom_status keep_options(const adatom_run *run, size_t override_count)
{
    if (override_count > 0 || !adatom_folder_has(run->folder, ADATOM_RUN_OPTIONS)) {
        return adatom_folder_write_options(run->folder, &run->options);
    }
    return ADATOM_OK;
}

/* From the checkpoint on, or from the first episode where the run was killed before it wrote one.
 */
static adatom_status go_on(adatom_run *run, const char *const *overrides, size_t override_count)
{
    ADATOM_TRY(adatom_resume_options(run->folder, overrides, override_count, &run->options));
    ADATOM_TRY(adatom_run_prepare(run));
    if (!adatom_folder_has(run->folder, ADATOM_RUN_CHECKPOINT)) {
        ADATOM_TRY(take_knowledge(run));
        ADATOM_TRY(keep_options(run, override_count));
        return start(run);
    }
    adatom_run_files files;
    ADATOM_TRY(adatom_checkpoint_read(run));
    ADATOM_TRY(adatom_run_files_open(run->folder, run->state.episode, run->files.log_bytes,
                                     has_property(run), &files));
    run->files = files;
    ADATOM_TRY(keep_options(run, override_count));
    ADATOM_TRY(adatom_run_write_best(run));
    return adatom_run_loop(run);
}

adatom_status adatom_search_resume(const char *folder, const char *const *overrides,
                                   size_t override_count, const adatom_search_callbacks *callbacks,
                                   adatom_search_state *state)
{
    adatom_run *run = NULL;
    ADATOM_TRY(allocate_run(folder, callbacks, &run));
    return finish(run, go_on(run, overrides, override_count), state);
}
