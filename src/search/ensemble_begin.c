#include "adatom/ensemble.h"

#include "base/error.h"
#include "base/memory.h"
#include "ensemble/claim.h"
#include "search/folder.h"
#include "search/problem.h"
#include "search/resume_options.h"

#include <stdlib.h>
#include <string.h>

/* The target as it will stand in ensemble.yaml. */
static adatom_ensemble_options resolve(const adatom_search_options *search,
                                       const adatom_ensemble_options *given)
{
    adatom_ensemble_options options = *given;
    options.run_first_seed = search->run_seed;
    options.target_maximise = search->reward_direction != 0;
    if (options.target_kind == ADATOM_TARGET_NONE || options.target_kind == ADATOM_TARGET_STOP) {
        options.target_kind = search->stop_at_energy ? ADATOM_TARGET_STOP : ADATOM_TARGET_NONE;
        options.target_energy = search->stop_at_energy ? search->stop_energy : 0;
    }
    return options;
}

static adatom_status check_growth(const char *folder, const adatom_ensemble_options *before,
                                  const adatom_ensemble_options *now)
{
    if (now->run_agents < before->run_agents) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s: holds an ensemble of %lld agents, which can only become more",
                           folder, (long long)before->run_agents);
    }
    return ADATOM_OK;
}

/* The template has been compared; its name is that of the copy in both. */
static adatom_status compare(const char *folder, const char *path, const adatom_search_options *now)
{
    adatom_search_options *before;
    ADATOM_TRY(adatom_allocate(1, sizeof *before, &before));
    *before = adatom_search_options_default();
    adatom_status status = adatom_options_read(adatom_search_option_table(), path, NULL, 0, before);
    if (status == ADATOM_OK) {
        memcpy(before->system_template, now->system_template, sizeof before->system_template);
        const char *changed = adatom_resume_changed(before, now);
        status = changed == NULL ? ADATOM_OK
                                 : adatom_fail(ADATOM_INVALID_INPUT,
                                               "%s: %s is not that of the ensemble in this folder; "
                                               "only " ADATOM_RESUME_MAY_CHANGE " may differ",
                                               folder, changed);
    }
    free(before);
    return status;
}

static adatom_status check_folder(const char *folder, const adatom_structure *start,
                                  const adatom_search_options *search,
                                  const adatom_ensemble_options *options)
{
    char path[ADATOM_PATH_SIZE];
    if (!adatom_ensemble_is(folder)) {
        return adatom_folder_check_free(folder);
    }
    adatom_ensemble_options before;
    ADATOM_TRY(adatom_ensemble_read(folder, &before));
    ADATOM_TRY(check_growth(folder, &before, options));
    if (search->system_template[0] != '\0') {
        ADATOM_TRY(adatom_folder_write_template(folder, start));
    }
    if (!adatom_folder_has(folder, ADATOM_RUN_OPTIONS)) {
        return ADATOM_OK; /* ended before it had begun */
    }
    ADATOM_TRY(adatom_folder_path(folder, ADATOM_RUN_OPTIONS, path));
    return compare(folder, path, search);
}

/* ensemble.yaml first: a folder with run.yaml alone would be that of a single run. */
static adatom_status write_files(const char *folder, const adatom_structure *start,
                                 adatom_search_options *search,
                                 const adatom_ensemble_options *options)
{
    ADATOM_TRY(check_folder(folder, start, search, options));
    ADATOM_TRY(adatom_ensemble_write_options(folder, options));
    return adatom_folder_begin(folder, start, search);
}

/* Ranks begin at the same time: one after the other writes the same. */
static adatom_status begin_in_turn(const char *folder, const adatom_structure *start,
                                   adatom_search_options *search,
                                   const adatom_ensemble_options *options)
{
    char path[ADATOM_PATH_SIZE];
    if (!adatom_ensemble_is(folder) && !adatom_folder_has(folder, ADATOM_ENSEMBLE_STATE)) {
        ADATOM_TRY(adatom_folder_check_free(folder));
    }
    ADATOM_TRY(adatom_folder_path(folder, ADATOM_ENSEMBLE_STATE, path));
    ADATOM_TRY(adatom_folder_make(path));
    ADATOM_TRY(adatom_folder_path(folder, ADATOM_ENSEMBLE_STATE "/begin", path));
    adatom_claim claim;
    ADATOM_TRY(adatom_claim_wait(path, options->run_lease_seconds, &claim));
    const adatom_status status = write_files(folder, start, search, options);
    adatom_claim_release(&claim);
    return status;
}

adatom_status adatom_ensemble_begin(const adatom_search_options *search,
                                    const adatom_ensemble_options *options, const char *folder)
{
    adatom_problem *problem;
    adatom_search_options *copy;
    const adatom_ensemble_options resolved = resolve(search, options);
    ADATOM_TRY(adatom_problem_create(search, &problem));
    adatom_status status = adatom_allocate(1, sizeof *copy, &copy);
    if (status == ADATOM_OK) {
        *copy = *search;
        copy->run_threads = search->run_threads > 0 ? search->run_threads : 1;
        status = begin_in_turn(folder, problem->start, copy, &resolved);
        free(copy);
    }
    adatom_problem_free(problem);
    return status;
}
