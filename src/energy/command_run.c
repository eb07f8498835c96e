#include "energy/command.h"
#include "energy/command_start.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    INPUT = ADATOM_COMMAND_INPUT,
    OUTPUT = ADATOM_COMMAND_OUTPUT,
    ERRORS = ADATOM_COMMAND_ERRORS,
    STREAMS = ADATOM_COMMAND_STREAMS
};
enum { TAIL_SIZE = 8192, READ_SIZE = 1 << 16 };

typedef struct running {
    const adatom_command_task *task;
    pid_t process;
    int ends[STREAMS]; /* our ends of its streams, -1 when closed */
    size_t input_done;
    char *output;
    size_t output_length, output_capacity;
    char tail[TAIL_SIZE]; /* the end of what it wrote to its standard error */
    size_t tail_length;
    double deadline;
    bool was_interrupted; /* by SIGINT */
} running;

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- what is said of a failure */

/* The last line that is not blank, printable. */
static void last_line(const running *run, char *line, size_t size)
{
    const char *start = run->tail, *end = run->tail + run->tail_length;
    while (end > start && (unsigned char)end[-1] <= ' ') {
        end--;
    }
    const char *first = end;
    while (first > start && first[-1] != '\n' && first[-1] != '\r') {
        first--;
    }
    size_t length = 0;
    for (; first < end && length + 1 < size; first++) {
        line[length++] = *first >= ' ' && *first <= '~' ? *first : '?';
    }
    line[length] = '\0';
}

static adatom_status complain(const running *run, const char *format, ...) ADATOM_PRINTF(2, 3);
static adatom_status complain(const running *run, const char *format, ...)
{
    char what[160], line[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    last_line(run, line, sizeof line);
    return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s %s%s%s", run->task->words[0], what,
                           line[0] != '\0' ? ": " : "", line);
}

static void close_end(int *end)
{
    if (*end >= 0) {
        close(*end);
        *end = -1;
    }
}

/* ---- talking with it: one step per stream, so that no stream makes another wait */

/* Whether the last read or write on the stream may be repeated later. */
static bool must_wait(ssize_t count)
{
    return count < 0 && (errno == EAGAIN || errno == EINTR);
}

static void feed(running *run)
{
    const adatom_command_task *task = run->task;
    const size_t left = task->input_length - run->input_done;
    const ssize_t count =
        left > 0 ? write(run->ends[INPUT], task->input + run->input_done, left) : 0;
    run->input_done += count > 0 ? (size_t)count : 0;
    /* A program need not read all: what it answers is what counts. */
    if (run->input_done == task->input_length || (count < 0 && !must_wait(count))) {
        close_end(&run->ends[INPUT]);
    }
}

static bool drops_output(const running *run)
{
    return run->task->output_limit == 0;
}

static adatom_status take_output(running *run)
{
    ADATOM_SYS_TRY(
        adatom_sys_grow(&run->output, &run->output_capacity, run->output_length + READ_SIZE, 1));
    const ssize_t count = read(run->ends[OUTPUT], run->output + run->output_length, READ_SIZE);
    if (count <= 0 && !must_wait(count)) {
        close_end(&run->ends[OUTPUT]);
    } else if (count > 0 && !drops_output(run)) {
        run->output_length += (size_t)count;
        if (run->output_length > run->task->output_limit) {
            return complain(run, "wrote more than %zu bytes to its standard output",
                            run->task->output_limit);
        }
    }
    return ADATOM_OK;
}

static void take_errors(running *run)
{
    enum { HALF = TAIL_SIZE / 2 };
    if (run->tail_length > HALF) {
        memmove(run->tail, run->tail + run->tail_length - HALF, HALF);
        run->tail_length = HALF;
    }
    const ssize_t count = read(run->ends[ERRORS], run->tail + run->tail_length, HALF);
    if (count <= 0 && !must_wait(count)) {
        close_end(&run->ends[ERRORS]);
    }
    run->tail_length += count > 0 ? (size_t)count : 0;
}

/* Moves what can be moved within `seconds`; *moved tells whether anything could. */
static adatom_status talk(running *run, double seconds, bool *moved)
{
    struct pollfd streams[STREAMS];
    for (int i = 0; i < STREAMS; i++) {
        streams[i] = (struct pollfd){.fd = run->ends[i], .events = i == INPUT ? POLLOUT : POLLIN};
    }
    const struct timespec wait = {.tv_nsec = (long)(seconds * 1e9)};
    const int ready = ppoll(streams, STREAMS, &wait, NULL);
    *moved = ready > 0 || (ready < 0 && errno == EINTR); /* a signal tells nothing of the streams */
    if (ready > 0 && streams[INPUT].revents != 0) {
        feed(run);
    }
    if (ready > 0 && streams[ERRORS].revents != 0) {
        take_errors(run);
    }
    return ready > 0 && streams[OUTPUT].revents != 0 ? take_output(run) : ADATOM_OK;
}

/* Whether it has ended; it still counts as a process then, so its number is taken by no other. */
static bool has_ended(const running *run)
{
    siginfo_t information = {.si_pid = 0};
    return waitid(P_PID, (id_t)run->process, &information, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           information.si_pid != 0;
}

/* What it left behind in its group goes with it, and what it wrote is read to the end. */
static adatom_status talk_after_end(running *run)
{
    bool moved = true;
    kill(-run->process, SIGKILL);
    while (moved) {
        ADATOM_SYS_TRY(talk(run, 0, &moved));
        if (seconds_now() > run->deadline) {
            break; /* a process that left the group writes on and on */
        }
    }
    return ADATOM_OK;
}

/* Waits shortly at first and never long: an end shows on no stream if another process holds them.
 */
static adatom_status talk_to_end(running *run)
{
    const double shortest = 1e-4, longest = 0.02;
    double pause = shortest;
    while (!has_ended(run)) {
        const double left = run->deadline - seconds_now();
        bool moved;
        if (left <= 0) {
            return complain(run, "did not end within %g s (time_limit) and was ended",
                            run->task->time_limit);
        }
        ADATOM_SYS_TRY(talk(run, fmin(pause, left), &moved));
        pause = moved ? shortest : fmin(2 * pause, longest);
    }
    return talk_after_end(run);
}

/* ---- ending */

/* Takes the exit status; the whole group is gone afterwards. */
static adatom_status reap(const running *run, int *exit_status)
{
    kill(-run->process, SIGKILL);
    while (waitpid(run->process, exit_status, 0) < 0) {
        if (errno != EINTR) {
            return complain(run, "ended, but its exit status is lost (is SIGCHLD ignored here?)");
        }
    }
    return ADATOM_OK;
}

static adatom_status judge(running *run, int exit_status)
{
    run->was_interrupted = WIFSIGNALED(exit_status) && WTERMSIG(exit_status) == SIGINT;
    if (WIFSIGNALED(exit_status)) {
        return complain(run, "was ended by signal %d (%s)", WTERMSIG(exit_status),
                        strsignal(WTERMSIG(exit_status)));
    }
    if (WEXITSTATUS(exit_status) != 0) {
        return complain(run, "ended with exit status %d", WEXITSTATUS(exit_status));
    }
    if (run->output_length == 0 && !drops_output(run)) {
        return complain(run, "wrote nothing to its standard output");
    }
    return ADATOM_OK;
}

static adatom_status run_started(running *run)
{
    adatom_status status = talk_to_end(run);
    int exit_status = 0;
    if (status != ADATOM_OK) { /* its message stays */
        kill(-run->process, SIGKILL);
        while (waitpid(run->process, &exit_status, 0) < 0 && errno == EINTR) {
        }
        return status;
    }
    ADATOM_SYS_TRY(reap(run, &exit_status));
    return judge(run, exit_status);
}

/* ---- SIGPIPE, which a program that does not read its input would send us */

typedef struct pipe_signal {
    sigset_t before;
    bool was_pending;
} pipe_signal;

static sigset_t only_pipe_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return set;
}

/* For this thread only. */
static pipe_signal hold_pipe_signal(void)
{
    pipe_signal held;
    sigset_t pending;
    const sigset_t set = only_pipe_signal();
    sigemptyset(&pending);
    sigpending(&pending);
    held.was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &set, &held.before);
    return held;
}

static void release_pipe_signal(const pipe_signal *held)
{
    const struct timespec now = {0, 0};
    const sigset_t set = only_pipe_signal();
    while (!held->was_pending && sigtimedwait(&set, NULL, &now) < 0 && errno == EINTR) {
    }
    pthread_sigmask(SIG_SETMASK, &held->before, NULL);
}

static adatom_status run_once(const adatom_command_task *task, char **output, size_t *length,
                              bool *was_interrupted)
{
    running run = {.task = task, .ends = {-1, -1, -1}};
    run.deadline = seconds_now() + task->time_limit;
    const pipe_signal held = hold_pipe_signal();
    adatom_status status = adatom_command_start(task->path, task->words, run.ends, &run.process);
    if (status == ADATOM_OK) {
        status = run_started(&run);
    }
    release_pipe_signal(&held);
    for (int stream = 0; stream < STREAMS; stream++) {
        close_end(&run.ends[stream]);
    }
    *was_interrupted = run.was_interrupted;
    if (status != ADATOM_OK) {
        free(run.output);
        return status;
    }
    *output = run.output;
    *length = run.output_length;
    return ADATOM_OK;
}

/* A Ctrl-C that comes before the new process has a group of its own is meant for us, but ends it,
 * too: then it is started again. */
adatom_status adatom_command_run(const adatom_command_task *task, char **output, size_t *length)
{
    bool was_interrupted = false;
    const adatom_status status = run_once(task, output, length, &was_interrupted);
    return was_interrupted ? run_once(task, output, length, &was_interrupted) : status;
}
