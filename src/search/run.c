#include "search/run.h"

#include "adatom/extxyz.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"
#include "search/checkpoint.h"
#include "search/outcome.h"
#include "search/stop.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

double adatom_run_cpu_clock(void)
{
    struct timespec now;
    struct rusage children;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    getrusage(RUSAGE_CHILDREN, &children);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec +
           (double)(children.ru_utime.tv_sec + children.ru_stime.tv_sec) +
           1e-6 * (double)(children.ru_utime.tv_usec + children.ru_stime.tv_usec);
}

static adatom_status open_all(adatom_run *run)
{
    const adatom_search_options *options = &run->options;
    const int threads =
        options->run_threads > 0 ? (int)options->run_threads : adatom_available_cores();
    ADATOM_TRY(adatom_problem_create(options, &run->problem));
    ADATOM_TRY(adatom_evaluation_create(run->problem, options, &run->evaluation));
    ADATOM_TRY(adatom_team_create(threads, &run->team));
    ADATOM_TRY(adatom_agent_create(run->problem, options, run->team, &run->agent));
    ADATOM_TRY(adatom_snapshots_create(run->problem, (int)options->run_snapshots, &run->snapshots));
    ADATOM_TRY(
        adatom_allocate((size_t)run->problem->step_count, sizeof *run->actions, &run->actions));
    if (run->callbacks != NULL && run->callbacks->stop != NULL) {
        adatom_evaluator_watch(run->evaluation->evaluator, run->callbacks->stop,
                               run->callbacks->context);
    }
    return adatom_outcome_check_elements(run->agent, run->evaluation->evaluator);
}

adatom_status adatom_run_prepare(adatom_run *run)
{
    ADATOM_TRY(open_all(run));
    adatom_search_state *state = &run->state;
    state->energy = state->best_energy = NAN;
    state->property = state->best_property = run->best_value = NAN;
    state->atom_count = run->problem->start->atom_count + (size_t)run->problem->step_count;
    state->network_weights = run->agent->network->weight_count;
    memcpy(state->grid_shape, run->problem->grid.shape, sizeof state->grid_shape);
    state->episode_limit = run->options.stop_episodes;
    run->checkpoint_episode = -1;
    run->started = run->checkpoint_at = adatom_clock();
    run->cpu_counted = adatom_run_cpu_clock();
    return ADATOM_OK;
}

void adatom_run_clear(adatom_run *run)
{
    adatom_run_files_close(&run->files);
    adatom_snapshots_free(run->snapshots);
    adatom_seeds_clear(&run->seeds);
    adatom_agent_free(run->agent);
    adatom_team_free(run->team);
    adatom_evaluation_free(run->evaluation);
    adatom_problem_free(run->problem);
    adatom_structure_free(run->best);
    free(run->actions);
}

/* -- one episode */

/* Something else than the total energy is looked for. */
static bool asks_for_more(const adatom_run *run)
{
    return !adatom_property_is_energy(&run->evaluation->property);
}

static adatom_status write_best_to(const adatom_run *run, const char *path, double (*forces)[3])
{
    char episode[32], property[ADATOM_NUMBER_TEXT_SIZE];
    snprintf(episode, sizeof episode, "%lld", (long long)run->state.best_episode);
    adatom_number_to_text(run->state.best_property, property);
    char *keys[] = {(char[]){"episode"}, (char[]){"property"}}, *values[] = {episode, property};
    /* For the file alone, and no evaluation of the search; one that fails, or an evaluator that
     * gives no forces, costs only these. */
    double energy;
    const adatom_status status =
        adatom_evaluator_compute(run->evaluation->evaluator, run->best, &energy, forces);
    if (status != ADATOM_OK && status != ADATOM_EVALUATION_FAILED && status != ADATOM_UNSUPPORTED) {
        return status;
    }
    const adatom_frame frame = {.structure = run->best,
                                .has_energy = true,
                                .energy = run->state.best_energy,
                                .forces = status == ADATOM_OK ? forces : NULL,
                                .info_count = asks_for_more(run) ? 2 : 1,
                                .info_keys = keys,
                                .info_values = values};
    return adatom_extxyz_write(path, &frame, 1);
}

adatom_status adatom_run_write_best(const adatom_run *run)
{
    char path[ADATOM_PATH_SIZE];
    ADATOM_TRY(adatom_folder_path(run->folder, ADATOM_RUN_BEST, path));
    if (run->best == NULL) {
        if (unlink(path) != 0 && errno != ENOENT) {
            return adatom_fail(ADATOM_IO_FAILED, "%s: cannot remove: %s", path, strerror(errno));
        }
        return ADATOM_OK;
    }
    double(*forces)[3];
    ADATOM_TRY(adatom_allocate(run->best->atom_count, sizeof *forces, &forces));
    const adatom_status status = write_best_to(run, path, forces);
    free(forces);
    return status;
}

static bool is_greedy(const adatom_run *run, int64_t episode)
{
    const int64_t every = run->options.policy_greedy_every;
    return every > 0 && episode % every == 0;
}

/* Takes the structure of the outcome if it is the best. */
static adatom_status judge(adatom_run *run, int64_t episode, adatom_outcome *outcome, bool *best)
{
    adatom_search_state *state = &run->state;
    *best = isfinite(outcome->value) && !(outcome->value >= run->best_value);
    if (!*best) {
        return ADATOM_OK;
    }
    adatom_structure_free(run->best);
    run->best = outcome->structure;
    outcome->structure = NULL;
    run->best_value = outcome->value;
    state->best_energy = outcome->energy;
    state->best_property = outcome->property;
    state->best_episode = episode;
    state->atom_count = run->best->atom_count;
    return adatom_run_write_best(run);
}

/* "failed: " and why, in ASCII, whatever the energy program said. */
static void describe_failure(const char *failure, char text[ADATOM_FAILURE_SIZE])
{
    snprintf(text, ADATOM_FAILURE_SIZE, "failed: %.*s", ADATOM_FAILURE_SIZE - 16, failure);
    for (char *c = text; *c != '\0'; c++) {
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    }
}

static adatom_status record(adatom_run *run, int64_t episode, bool greedy,
                            const adatom_outcome *outcome)
{
    const bool failed = !isfinite(outcome->energy);
    char failure[ADATOM_FAILURE_SIZE];
    describe_failure(run->failure, failure);
    const adatom_database_number numbers[] = {{"episode", (double)episode},
                                              {"greedy", greedy},
                                              {"evaluations", outcome->cost.evaluations},
                                              {"seconds", outcome->cost.seconds},
                                              {"property", outcome->property}};
    const adatom_database_text status = {
        "status", failed ? failure : (outcome->cost.cached ? "cached" : "evaluated")};
    const adatom_database_row row = {.structure = outcome->structure,
                                     .has_energy = !failed,
                                     .energy = outcome->energy,
                                     .forces = (const double(*)[3])outcome->forces,
                                     .numbers = numbers,
                                     .number_count = !failed && asks_for_more(run) ? 5 : 4,
                                     .texts = &status,
                                     .text_count = 1};
    return adatom_database_add(run->files.database, &row);
}

/* The failing structure is kept; the checkpoint stays before the episode, which is played again
 * when the run is resumed. */
static adatom_status stop_at_failure(adatom_run *run, int64_t episode)
{
    ADATOM_TRY(adatom_run_files_flush(&run->files));
    return adatom_fail(ADATOM_EVALUATION_FAILED,
                       "episode %lld: %s (evaluation.on_failure: stop; `adatom resume %s` tries "
                       "again)",
                       (long long)episode, run->failure, run->folder);
}

/* Writes down what came out, and takes the best. */
static adatom_status keep_outcome(adatom_run *run, int64_t episode, bool greedy, const int *built,
                                  adatom_outcome *outcome)
{
    bool best;
    const bool failed = !isfinite(outcome->energy);
    run->state.evaluations += outcome->cost.evaluations;
    if (failed) {
        snprintf(run->failure, sizeof run->failure, "%s", adatom_error_message());
    }
    ADATOM_TRY(record(run, episode, greedy, outcome));
    if (failed && run->options.evaluation_on_failure == ADATOM_ON_FAILURE_STOP) {
        return stop_at_failure(run, episode);
    }
    const double energy = outcome->energy;
    ADATOM_TRY(judge(run, episode, outcome, &best));
    if ((size_t)episode <= run->seeds.count) {
        return ADATOM_OK; /* no Q-values have led to it */
    }
    const bool regular = greedy || run->options.policy_greedy_every == 0;
    return adatom_snapshots_offer(run->snapshots, episode, energy, built, regular, best);
}

/* A whole build has an outcome: run->actions become what is to be learned. Its numbers alone are
 * left in *found. */
static adatom_status evaluate(adatom_run *run, int64_t episode, bool greedy, adatom_outcome *found)
{
    adatom_outcome outcome = adatom_outcome_none();
    const size_t bytes = (size_t)run->problem->step_count * sizeof *run->actions;
    int *built;
    ADATOM_TRY(adatom_allocate(bytes, 1, &built));
    memcpy(built, run->actions, bytes);
    adatom_status status = adatom_outcome_find(run->agent, run->evaluation, run->actions, &outcome);
    if (status == ADATOM_OK) {
        found->energy = outcome.energy;
        found->property = outcome.property;
        found->value = outcome.value;
        status = keep_outcome(run, episode, greedy, built, &outcome);
    }
    adatom_outcome_clear(&outcome);
    free(built);
    return status;
}

/* Of the structure that was evaluated last. */
static adatom_status keep_credit(adatom_run *run, bool evaluated)
{
    double *shares = NULL;
    if (run->agent->credit == NULL || !evaluated) {
        return adatom_agent_credit(run->agent, NULL);
    }
    ADATOM_TRY(adatom_allocate((size_t)run->problem->step_count, sizeof *shares, &shares));
    adatom_evaluation_shares(run->evaluation, shares);
    const adatom_status status = adatom_agent_credit(run->agent, shares);
    free(shares);
    return status;
}

static adatom_status finish(adatom_run *run, int64_t episode, bool greedy,
                            const adatom_outcome *found, int count, const double times[3])
{
    const double energy = found->energy;
    adatom_log_row row = {.episode = episode,
                          .energy = energy,
                          .greedy = greedy,
                          .failed = !isfinite(energy),
                          .has_property = asks_for_more(run),
                          .property = found->property,
                          .seconds_build = times[1] - times[0],
                          .seconds_evaluate = times[2] - times[1]};
    ADATOM_TRY(adatom_agent_remember(run->agent, episode, found->value, run->actions, count));
    ADATOM_TRY(keep_credit(run, isfinite(energy)));
    ADATOM_TRY(adatom_agent_train(run->agent, &row.loss));
    const double now = adatom_clock(), cpu = adatom_run_cpu_clock();
    adatom_search_state *state = &run->state;
    row.seconds_train = now - times[2];
    row.seconds_cpu = cpu - run->cpu_counted;
    run->cpu_counted = cpu;
    row.best_energy = state->best_energy;
    row.evaluations = state->evaluations;
    ADATOM_TRY(adatom_run_files_log(&run->files, &row));
    state->episode = episode;
    state->energy = isfinite(energy) ? energy : NAN;
    state->property = found->property;
    state->seconds = run->seconds_before + now - run->started;
    state->seconds_build += row.seconds_build;
    state->seconds_evaluate += row.seconds_evaluate;
    state->seconds_train += row.seconds_train;
    return ADATOM_OK;
}

static adatom_status build(adatom_run *run, bool greedy, int *count)
{
    return adatom_agent_build(run->agent, greedy, run->snapshots->watch,
                              run->snapshots->watch_count, adatom_snapshots_watch, run->snapshots,
                              run->actions, count);
}

static adatom_status take_seed(adatom_run *run, int64_t episode, int *count)
{
    const size_t steps = (size_t)run->problem->step_count;
    memcpy(run->actions, run->seeds.actions + (size_t)(episode - 1) * steps,
           steps * sizeof *run->actions);
    *count = adatom_stop_length(run->problem, run->actions);
    return ADATOM_OK;
}

adatom_status adatom_run_episode(adatom_run *run)
{
    const int64_t episode = run->state.episode + 1;
    const bool given = (size_t)episode <= run->seeds.count;
    const bool greedy = !given && is_greedy(run, episode);
    adatom_outcome found = adatom_outcome_none();
    double times[3];
    int count;
    times[0] = adatom_clock();
    ADATOM_TRY(given ? take_seed(run, episode, &count) : build(run, greedy, &count));
    times[1] = adatom_clock();
    if (adatom_stop_is_whole(run->problem, run->actions, count)) {
        ADATOM_TRY(evaluate(run, episode, greedy, &found));
    } else {
        snprintf(run->failure, sizeof run->failure,
                 "no grid point was left for atom %d of %d: a larger grid, a smaller policy.c1 or "
                 "a larger "
                 "policy.c2 is needed",
                 count + 1, run->problem->step_count);
    }
    times[2] = adatom_clock();
    return finish(run, episode, greedy, &found, count, times);
}

/* -- all episodes */

static adatom_search_end find_end(const adatom_run *run)
{
    const adatom_search_options *options = &run->options;
    const adatom_search_state *state = &run->state;
    const double sign = run->evaluation->property.sign;
    if (options->stop_at_energy && sign * state->best_property <= sign * options->stop_energy) {
        return ADATOM_SEARCH_ENERGY_REACHED;
    }
    if (options->stop_episodes > 0 && state->episode >= options->stop_episodes) {
        return ADATOM_SEARCH_EPISODES;
    }
    if (options->stop_evaluations > 0 && state->evaluations >= options->stop_evaluations) {
        return ADATOM_SEARCH_EVALUATIONS;
    }
    if (options->stop_hours > 0 && state->seconds >= 3600 * options->stop_hours) {
        return ADATOM_SEARCH_HOURS;
    }
    return ADATOM_SEARCH_RUNNING;
}

static bool is_hopeless(const adatom_run *run)
{
    return run->state.episode >= ADATOM_HOPELESS_EPISODES && run->best == NULL;
}

static bool checkpoint_is_due(const adatom_run *run)
{
    return adatom_clock() - run->checkpoint_at >= run->options.run_checkpoint_seconds;
}

static adatom_status play(adatom_run *run)
{
    const adatom_search_callbacks *callbacks = run->callbacks;
    while ((run->state.end = find_end(run)) == ADATOM_SEARCH_RUNNING) {
        const adatom_status status = adatom_run_episode(run);
        if (status == ADATOM_INTERRUPTED) { /* in mid-episode: the last checkpoint holds */
            run->state.end = ADATOM_SEARCH_INTERRUPTED;
            run->checkpoint_episode = run->state.episode;
            return ADATOM_OK;
        }
        ADATOM_TRY(status);
        if (callbacks != NULL && callbacks->progress != NULL) {
            callbacks->progress(callbacks->context, &run->state);
        }
        if (is_hopeless(run)) {
            return ADATOM_OK;
        }
        if (callbacks != NULL && callbacks->stop != NULL && callbacks->stop(callbacks->context) &&
            find_end(run) == ADATOM_SEARCH_RUNNING) {
            run->state.end = ADATOM_SEARCH_INTERRUPTED;
            return ADATOM_OK;
        }
        if (checkpoint_is_due(run)) {
            ADATOM_TRY(adatom_checkpoint_write(run));
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_run_loop(adatom_run *run)
{
    ADATOM_TRY(play(run));
    if (run->checkpoint_episode != run->state.episode) {
        ADATOM_TRY(adatom_checkpoint_write(run));
    }
    if (run->state.end == ADATOM_SEARCH_INTERRUPTED) {
        return adatom_fail(ADATOM_INTERRUPTED,
                           "stopped on request after %lld episodes; `adatom resume %s` goes on",
                           (long long)run->state.episode, run->folder);
    }
    if (run->state.end == ADATOM_SEARCH_RUNNING) {
        return adatom_fail(ADATOM_EVALUATION_FAILED,
                           "none of the first %lld episodes has an energy: %s",
                           (long long)run->state.episode, run->failure);
    }
    return ADATOM_OK;
}
