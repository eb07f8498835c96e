/* The crew of one process: it claims agents, starts their processes, and sees how they end. */
#include "adatom/ensemble.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "ensemble/claim.h"
#include "search/ensemble_play.h"
#include "search/ensemble_process.h"
#include "search/folder.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

/* An agent whose process dies so often without getting on is given up. */
enum { DEATHS_MAX = 3 };

static const double beat_seconds = 2, look_seconds = 1;

/* What this crew knows of an agent. */
typedef struct known_agent {
    bool settled;
    int deaths; /* in a row, without a new checkpoint */
    adatom_claim_watch watch;
} known_agent;

/* One place for a process. */
typedef struct crew_place {
    pid_t process; /* 0: free */
    int agent;
    struct stat checkpoint; /* when the process was started */
    adatom_claim claim;
    int64_t episodes; /* that were counted already */
} crew_place;

typedef struct agent_crew {
    const char *folder;
    const adatom_ensemble_callbacks *callbacks;
    adatom_ensemble_options options;
    adatom_search_options search;
    char limits[ADATOM_LIMITS_SIZE];
    known_agent *agents; /* [options.run_agents + 1], from 1 */
    crew_place *places;  /* [jobs] */
    adatom_agent_board *boards;
    int jobs;
    double beaten_at, looked_at; /* s */
    bool stopping;
    adatom_status refusal; /* of an agent, for bad input */
    char refusal_text[ADATOM_ENSEMBLE_NOTE_SIZE];
    adatom_ensemble_state state;
} agent_crew;

static void report_trouble(const agent_crew *crew, int agent, const char *what)
{
    if (crew->callbacks != NULL && crew->callbacks->trouble != NULL) {
        crew->callbacks->trouble(crew->callbacks->context, agent, what);
    }
}

/* -- agents that have ended */

static void count_standing(agent_crew *crew, int agent, adatom_agent_standing standing)
{
    if (standing != ADATOM_AGENT_OPEN) {
        crew->agents[agent].settled = true;
        crew->state.failed += standing == ADATOM_AGENT_FAILED;
        crew->state.ended += standing != ADATOM_AGENT_FAILED;
        crew->state.reached += standing == ADATOM_AGENT_REACHED;
    }
}

/* True if nobody need work on the agent, as others may have found out since. */
static bool is_settled(agent_crew *crew, int agent)
{
    char note[ADATOM_ENSEMBLE_NOTE_SIZE];
    if (!crew->agents[agent].settled) {
        count_standing(crew, agent,
                       adatom_ensemble_standing(crew->folder, agent, crew->limits, note));
    }
    return crew->agents[agent].settled;
}

static adatom_status settle(agent_crew *crew, int agent, adatom_agent_standing standing,
                            const char *text)
{
    ADATOM_TRY(adatom_ensemble_settle(crew->folder, agent, standing, text));
    count_standing(crew, agent, standing);
    return ADATOM_OK;
}

static void look_at_checkpoint(const agent_crew *crew, int agent, struct stat *found)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    memset(found, 0, sizeof *found);
    if (adatom_ensemble_agent_path(crew->folder, agent, ADATOM_RUN_CHECKPOINT, path) == ADATOM_OK) {
        (void)stat(path, found);
    }
}

/* The process is gone without a word. */
static adatom_status handle_death(agent_crew *crew, const crew_place *place, int how)
{
    char text[ADATOM_ENSEMBLE_NOTE_SIZE];
    struct stat now;
    known_agent *agent = &crew->agents[place->agent];
    look_at_checkpoint(crew, place->agent, &now);
    const bool same = now.st_ino == place->checkpoint.st_ino &&
                      now.st_mtim.tv_sec == place->checkpoint.st_mtim.tv_sec &&
                      now.st_mtim.tv_nsec == place->checkpoint.st_mtim.tv_nsec;
    agent->deaths = same ? agent->deaths + 1 : 1;
    if (WIFSIGNALED(how)) {
        snprintf(text, sizeof text, "its process was killed by signal %d (%s)", WTERMSIG(how),
                 strsignal(WTERMSIG(how)));
    } else {
        snprintf(text, sizeof text, "its process ended with exit status %d", WEXITSTATUS(how));
    }
    const size_t length = strlen(text);
    const bool lost = agent->deaths >= DEATHS_MAX;
    snprintf(text + length, sizeof text - length, " after %lld episodes%s",
             (long long)crew->boards[place - crew->places].state.episode,
             lost ? "; given up" : "; it goes on from its checkpoint");
    report_trouble(crew, place->agent, text);
    return lost ? settle(crew, place->agent, ADATOM_AGENT_FAILED, text) : ADATOM_OK;
}

/* Bad input is the same for all agents: the work ends. */
static adatom_status handle_failure(agent_crew *crew, int agent, const adatom_agent_board *board)
{
    if (adatom_status_exit(board->status) == 2 && board->state.episode == 0) {
        crew->refusal = board->status;
        memcpy(crew->refusal_text, board->message, sizeof crew->refusal_text);
        return ADATOM_OK;
    }
    report_trouble(crew, agent, board->message);
    return settle(crew, agent, ADATOM_AGENT_FAILED, board->message);
}

static adatom_status handle_end(agent_crew *crew, crew_place *place, int how)
{
    const adatom_agent_board *board = &crew->boards[place - crew->places];
    if (!place->claim.held) {
        return ADATOM_OK; /* another has taken it over */
    }
    if (!WIFEXITED(how) || WEXITSTATUS(how) != 0 || !board->finished) {
        return handle_death(crew, place, how);
    }
    if (board->status == ADATOM_INTERRUPTED) {
        return ADATOM_OK;
    }
    if (board->status != ADATOM_OK) {
        return handle_failure(crew, place->agent, board);
    }
    return settle(crew, place->agent,
                  board->state.end == ADATOM_SEARCH_ENERGY_REACHED ? ADATOM_AGENT_REACHED
                                                                   : ADATOM_AGENT_LIMIT,
                  crew->limits);
}

/* -- processes */

static void count_progress(agent_crew *crew, crew_place *place)
{
    const adatom_search_state *state = &crew->boards[place - crew->places].state;
    if (state->atom_count == 0) {
        return; /* no episode yet */
    }
    if (place->episodes >= 0 && state->episode > place->episodes) {
        crew->state.episodes += state->episode - place->episodes;
    }
    place->episodes = state->episode;
    crew->state.best_energy = fmin(crew->state.best_energy, state->best_energy);
}

static adatom_status reap(agent_crew *crew, crew_place *place)
{
    int how = 0;
    const pid_t ended = waitpid(place->process, &how, WNOHANG);
    count_progress(crew, place);
    if (ended == 0 || (ended < 0 && errno == EINTR)) {
        return ADATOM_OK;
    }
    const adatom_status status = handle_end(crew, place, how);
    adatom_claim_release(&place->claim);
    place->process = 0;
    crew->state.running--;
    crew->looked_at = 0; /* an agent may be free now */
    return status;
}

static adatom_status start(agent_crew *crew, crew_place *place, int agent)
{
    place->agent = agent;
    place->episodes = -1;
    look_at_checkpoint(crew, agent, &place->checkpoint);
    const adatom_status status =
        adatom_agent_process_start(crew->folder, agent, &crew->search, crew->callbacks,
                                   &crew->boards[place - crew->places], &place->process);
    if (status != ADATOM_OK) {
        place->process = 0;
        adatom_claim_release(&place->claim);
        return status;
    }
    crew->state.running++;
    return ADATOM_OK;
}

static bool is_ours(const agent_crew *crew, int agent)
{
    for (int i = 0; i < crew->jobs; i++) {
        if (crew->places[i].process != 0 && crew->places[i].agent == agent) {
            return true;
        }
    }
    return false;
}

/* Fills the place with the first agent that can be had; *open counts those not settled before. */
static adatom_status fill(agent_crew *crew, crew_place *place, int *open)
{
    for (int agent = 1; agent <= crew->options.run_agents; agent++) {
        if (is_settled(crew, agent)) {
            continue;
        }
        ++*open;
        char path[ADATOM_ENSEMBLE_PATH_SIZE];
        if (is_ours(crew, agent)) {
            continue;
        }
        ADATOM_TRY(adatom_ensemble_state_path(crew->folder, agent, "claim", path));
        ADATOM_TRY(adatom_claim_try(path, crew->options.run_lease_seconds,
                                    &crew->agents[agent].watch, &place->claim));
        if (!place->claim.held) {
            continue;
        }
        if (is_settled(crew, agent)) { /* just ended */
            adatom_claim_release(&place->claim);
            continue;
        }
        return start(crew, place, agent);
    }
    return ADATOM_OK;
}

static void ask_to_stop(agent_crew *crew)
{
    crew->stopping = true;
    for (int i = 0; i < crew->jobs; i++) {
        if (crew->places[i].process != 0) {
            kill(crew->places[i].process, SIGTERM);
        }
    }
}

/* A crew that was slow and is overtaken stops its own process of the agent. */
static adatom_status beat(agent_crew *crew, double now)
{
    if (now - crew->beaten_at < beat_seconds) {
        return ADATOM_OK;
    }
    crew->beaten_at = now;
    for (int i = 0; i < crew->jobs; i++) {
        crew_place *place = &crew->places[i];
        if (place->process == 0 || !place->claim.held) {
            continue;
        }
        ADATOM_TRY(adatom_claim_beat(&place->claim));
        if (!place->claim.held) {
            kill(place->process, SIGTERM);
        }
    }
    return ADATOM_OK;
}

static adatom_status fill_all(agent_crew *crew, double now, int *open)
{
    if (now - crew->looked_at < look_seconds) {
        return ADATOM_OK;
    }
    for (int i = 0; i < crew->jobs; i++) {
        if (crew->places[i].process == 0) {
            *open = 0;
            ADATOM_TRY(fill(crew, &crew->places[i], open));
        }
    }
    crew->looked_at = now;
    return ADATOM_OK;
}

static bool stop_is_asked(const agent_crew *crew)
{
    const adatom_ensemble_callbacks *callbacks = crew->callbacks;
    return callbacks != NULL && callbacks->stop != NULL && callbacks->stop(callbacks->context);
}

/* One round; *open is the number of agents that may need work. */
static adatom_status step(agent_crew *crew, int *open)
{
    const double now = adatom_clock();
    for (int i = 0; i < crew->jobs; i++) {
        if (crew->places[i].process != 0) {
            ADATOM_TRY(reap(crew, &crew->places[i]));
        }
    }
    if (!crew->stopping && (crew->refusal != ADATOM_OK || stop_is_asked(crew))) {
        ask_to_stop(crew);
    }
    ADATOM_TRY(beat(crew, now));
    if (!crew->stopping) {
        ADATOM_TRY(fill_all(crew, now, open));
    }
    if (crew->callbacks != NULL && crew->callbacks->progress != NULL) {
        crew->callbacks->progress(crew->callbacks->context, &crew->state);
    }
    return ADATOM_OK;
}

static adatom_status work(agent_crew *crew)
{
    int open = (int)crew->options.run_agents;
    for (;;) {
        ADATOM_TRY(step(crew, &open));
        if (crew->state.running == 0 && (crew->stopping || open == 0)) {
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    if (crew->refusal != ADATOM_OK) {
        return adatom_fail(crew->refusal, "%s", crew->refusal_text);
    }
    if (crew->stopping) {
        return adatom_fail(ADATOM_INTERRUPTED, "stopped on request; `adatom resume %s` goes on",
                           crew->folder);
    }
    return ADATOM_OK;
}

/* -- from beginning to end */

static adatom_status forget_failures(const agent_crew *crew)
{
    for (int agent = 1; agent <= crew->options.run_agents; agent++) {
        ADATOM_TRY(adatom_ensemble_settle(crew->folder, agent, ADATOM_AGENT_OPEN, ""));
    }
    return ADATOM_OK;
}

static adatom_status prepare(agent_crew *crew, bool retry)
{
    ADATOM_TRY(adatom_ensemble_read(crew->folder, &crew->options));
    ADATOM_TRY(adatom_ensemble_search_options(crew->folder, &crew->search));
    ADATOM_TRY(adatom_ensemble_limits(&crew->search, crew->limits));
    const size_t count = (size_t)crew->options.run_agents;
    ADATOM_TRY(adatom_allocate(count + 1, sizeof *crew->agents, &crew->agents));
    ADATOM_TRY(adatom_allocate((size_t)crew->jobs, sizeof *crew->places, &crew->places));
    ADATOM_TRY(adatom_agent_boards_create((size_t)crew->jobs, &crew->boards));
    crew->state.agents = (int)count;
    crew->state.best_energy = NAN;
    return retry ? forget_failures(crew) : ADATOM_OK;
}

/* After a failure of ours no process may stay behind. */
static void dismiss(agent_crew *crew)
{
    for (int i = 0; crew->places != NULL && i < crew->jobs; i++) {
        if (crew->places[i].process != 0) {
            kill(crew->places[i].process, SIGKILL);
            waitpid(crew->places[i].process, NULL, 0);
            adatom_claim_release(&crew->places[i].claim);
        }
    }
    adatom_agent_boards_free(crew->boards, (size_t)crew->jobs);
    free(crew->places);
    free(crew->agents);
}

adatom_status adatom_ensemble_run(const char *folder, int jobs, bool retry,
                                  const adatom_ensemble_callbacks *callbacks,
                                  adatom_ensemble_state *state)
{
    agent_crew *crew;
    if (jobs < 1) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%d jobs, expected at least one", jobs);
    }
    ADATOM_TRY(adatom_allocate(1, sizeof *crew, &crew));
    crew->folder = folder;
    crew->callbacks = callbacks;
    crew->jobs = jobs;
    adatom_status status = prepare(crew, retry);
    if (status == ADATOM_OK) {
        status = work(crew);
    }
    if (state != NULL) {
        *state = crew->state;
    }
    dismiss(crew);
    free(crew);
    return status;
}
