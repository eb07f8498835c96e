#include "search/ensemble_process.h"

#include "base/error.h"
#include "search/ensemble_play.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

adatom_status adatom_agent_boards_create(size_t count, adatom_agent_board **out)
{
    void *boards =
        mmap(NULL, count * sizeof **out, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (boards == MAP_FAILED) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    *out = boards;
    return ADATOM_OK;
}

void adatom_agent_boards_free(adatom_agent_board *boards, size_t count)
{
    if (boards != NULL) {
        munmap(boards, count * sizeof *boards);
    }
}

typedef struct agent_context {
    const adatom_ensemble_callbacks *callbacks;
    adatom_agent_board *board;
} agent_context;

static void show_state(void *context, const adatom_search_state *state)
{
    ((agent_context *)context)->board->state = *state;
}

static bool should_stop(void *context)
{
    const adatom_ensemble_callbacks *callbacks = ((agent_context *)context)->callbacks;
    return callbacks != NULL && callbacks->stop != NULL && callbacks->stop(callbacks->context);
}

/* Ctrl-C goes to the parent alone, which passes it on once. A parent that was gone before the
 * signal was asked for sends none. */
static void tie_to(pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(1);
    }
}

static void play(const char *folder, int agent, const adatom_search_options *options,
                 agent_context *context)
{
    adatom_agent_board *board = context->board;
    const adatom_search_callbacks callbacks = {
        .context = context, .progress = show_state, .stop = should_stop};
    adatom_search_state state = {.end = ADATOM_SEARCH_RUNNING};
    board->status = adatom_ensemble_play(folder, agent, options, &callbacks, &state);
    if (board->status != ADATOM_OK) {
        snprintf(board->message, sizeof board->message, "%s", adatom_error_message());
    }
    if (board->status == ADATOM_OK || board->status == ADATOM_INTERRUPTED) {
        board->state = state;
    }
    board->finished = true;
}

adatom_status adatom_agent_process_start(const char *folder, int agent,
                                         const adatom_search_options *options,
                                         const adatom_ensemble_callbacks *callbacks,
                                         adatom_agent_board *board, pid_t *process)
{
    const pid_t parent = getpid();
    memset(board, 0, sizeof *board);
    const pid_t child = fork();
    if (child < 0) {
        return adatom_fail(ADATOM_IO_FAILED, "cannot start a process: %s", strerror(errno));
    }
    if (child == 0) {
        agent_context context = {.callbacks = callbacks, .board = board};
        tie_to(parent);
        play(folder, agent, options, &context);
        _exit(0); /* what the parent has not printed yet is the parent's */
    }
    setpgid(child, child);
    *process = child;
    return ADATOM_OK;
}
