#include "energy/child.h"

#include "adatom/sys/evaluator.h"
#include "energy/child_program.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct adatom_child {
    const adatom_child_program *program;
    pid_t id;
    int socket, output; /* output: a file in memory with what the program printed */
    char *message;      /* header and body */
    size_t capacity;
    double seconds, deadline; /* of the answer that is waited for */
};

static const double start_seconds = 60, end_seconds = 2;
enum { LOWEST_DESCRIPTOR = 10 }; /* so that 0 to 3 are free to be set in the child */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Moves the descriptor out of the way; -1 if that fails. */
static int move_up(int descriptor)
{
    if (descriptor < 0) {
        return -1;
    }
    const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, LOWEST_DESCRIPTOR);
    close(descriptor);
    return moved;
}

static void close_descriptor(int descriptor)
{
    if (descriptor >= 0) {
        close(descriptor);
    }
}

static int set_actions(posix_spawn_file_actions_t *actions, int socket, int output)
{
    int failed = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(actions, output, 1);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(actions, output, 2);
    return failed ? failed : posix_spawn_file_actions_adddup2(actions, socket, ADATOM_CHILD_SOCKET);
}

/* The child begins with no signal blocked, whatever this thread blocks. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigemptyset(&none);
    const int failed = posix_spawnattr_setsigmask(attributes, &none);
    return failed ? failed : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK);
}

static int spawn(char *program, char *argument, int socket, int output, pid_t *id)
{
    extern char **environ;
    char *const arguments[] = {program, argument, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed) {
        return failed;
    }
    failed = posix_spawnattr_init(&attributes);
    if (!failed) {
        failed = set_attributes(&attributes);
        failed = failed ? failed : set_actions(&actions, socket, output);
        failed =
            failed ? failed : posix_spawn(id, program, &actions, &attributes, arguments, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Opens both ends of the socket, and the output, to which is always appended. */
static bool open_descriptors(adatom_child *child, int *other_end)
{
    int ends[2];
    child->output = move_up(memfd_create("adatom-child", MFD_CLOEXEC));
    if (child->output < 0 || fcntl(child->output, F_SETFL, O_APPEND) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return false;
    }
    child->socket = move_up(ends[0]);
    *other_end = move_up(ends[1]);
    return child->socket >= 0 && *other_end >= 0;
}

static adatom_status spawn_program(adatom_child *child, char *program, char *argument)
{
    int other_end = -1;
    int failed = open_descriptors(child, &other_end) ? 0 : errno;
    if (!failed) {
        failed = spawn(program, argument, other_end, child->output, &child->id);
    }
    close_descriptor(other_end);
    if (failed) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s cannot be started: %s", program,
                               strerror(failed));
    }
    return ADATOM_OK;
}

/* Waits for the end of the program; after a while it is forced. */
static int wait_for_end(adatom_child *child)
{
    const double deadline = now() + end_seconds;
    int status = 0;
    for (;;) {
        const pid_t ended = waitpid(child->id, &status, WNOHANG);
        if (ended == child->id || (ended < 0 && errno != EINTR)) {
            break;
        }
        if (now() > deadline) {
            kill(child->id, SIGKILL);
        }
        const struct timespec pause = {0, 500000};
        nanosleep(&pause, NULL);
    }
    child->id = 0;
    return status;
}

/* The end of what the program printed. */
static void read_output(int output, char *text, size_t size)
{
    const off_t end = lseek(output, 0, SEEK_END), most = (off_t)size - 1;
    const ssize_t count = pread(output, text, size - 1, end > most ? end - most : 0);
    text[count > 0 ? count : 0] = '\0';
}

/* The program has closed its end. */
static adatom_status report_end(adatom_child *child)
{
    const adatom_child_program *program = child->program;
    char text[16384], line[512];
    const int status = wait_for_end(child);
    read_output(child->output, text, sizeof text);
    if (program->find_error(text, line, sizeof line)) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s: %s", program->who, line);
    }
    if (WIFSIGNALED(status)) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s was ended by signal %d", program->who,
                               WTERMSIG(status));
    }
    return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s ended with exit status %d", program->who,
                           WEXITSTATUS(status));
}

/* What the program may take for the next answer. */
static void set_limit(adatom_child *child, double seconds)
{
    child->seconds = seconds;
    child->deadline = now() + seconds;
}

static adatom_status wait_for(adatom_child *child, short events)
{
    struct pollfd waiting = {child->socket, events, 0};
    for (;;) {
        const double left = child->deadline - now();
        const int milliseconds = left > 0 ? (int)fmin(ceil(1e3 * left), 1e6) : 0;
        const int ready = poll(&waiting, 1, milliseconds);
        if (ready > 0 || (ready < 0 && errno != EINTR)) {
            return ADATOM_OK; /* errors show in the transfer */
        }
        if (left <= 0) {
            kill(child->id, SIGKILL);
            return adatom_sys_fail(ADATOM_EVALUATION_FAILED,
                                   "%s took longer than the time limit of %g s",
                                   child->program->who, child->seconds);
        }
    }
}

static bool will_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static adatom_status send_message(adatom_child *child, size_t size)
{
    for (size_t done = 0; done < size;) {
        const ssize_t count =
            send(child->socket, child->message + done, size - done, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && !will_block()) {
            return report_end(child);
        }
        if (count < 0) {
            ADATOM_SYS_TRY(wait_for(child, POLLOUT));
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return ADATOM_OK;
}

/* Receives until `needed` bytes of the message are there, of at most `most`. */
static adatom_status receive_until(adatom_child *child, size_t needed, size_t most, size_t *done)
{
    while (*done < needed) {
        ADATOM_SYS_TRY(wait_for(child, POLLIN));
        const ssize_t count =
            recv(child->socket, child->message + *done, most - *done, MSG_DONTWAIT);
        if (count == 0 || (count < 0 && !will_block())) {
            return report_end(child);
        }
        *done += count > 0 ? (size_t)count : 0;
    }
    return ADATOM_OK;
}

/* Receives one message whole; what is longer than expected is no message of ours. */
static adatom_status receive_message(adatom_child *child, size_t capacity,
                                     adatom_child_header *header)
{
    size_t done = 0;
    const size_t most = sizeof *header + capacity;
    ADATOM_SYS_TRY(receive_until(child, sizeof *header, most, &done));
    memcpy(header, child->message, sizeof *header);
    if (header->size > capacity) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED,
                               "%s sends %llu bytes where at most %zu are expected",
                               child->program->name, (unsigned long long)header->size, capacity);
    }
    const size_t size = sizeof *header + (size_t)header->size;
    ADATOM_SYS_TRY(receive_until(child, size, most, &done));
    return done == size ? ADATOM_OK
                        : adatom_sys_fail(ADATOM_EVALUATION_FAILED,
                                          "%s sends more than was asked for", child->program->name);
}

enum { REFUSAL_BYTES = 256 };

static adatom_status receive_answer(adatom_child *child, uint32_t kind, void *answer,
                                    size_t capacity, size_t *answer_size)
{
    const size_t most = capacity > REFUSAL_BYTES ? capacity : REFUSAL_BYTES;
    adatom_child_header header;
    ADATOM_SYS_TRY(adatom_sys_grow(&child->message, &child->capacity, sizeof header + most, 1));
    ADATOM_SYS_TRY(receive_message(child, most, &header));
    const char *body = child->message + sizeof header;
    if (header.kind == ADATOM_CHILD_REFUSED) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s: %.*s", child->program->name,
                               (int)header.size, body);
    }
    if (header.kind != kind || header.size > capacity) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s does not answer as expected",
                               child->program->name);
    }
    memcpy(answer, body, (size_t)header.size);
    *answer_size = (size_t)header.size;
    return ADATOM_OK;
}

adatom_status adatom_child_ask(adatom_child *child, uint32_t kind, const void *request, size_t size,
                               double seconds, void *answer, size_t capacity, size_t *answer_size)
{
    const adatom_child_header header = {kind, 0, size};
    if (size > ADATOM_CHILD_BYTES_MAX) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "too many atoms for one message to %s",
                               child->program->who);
    }
    ADATOM_SYS_TRY(adatom_sys_grow(&child->message, &child->capacity, sizeof header + size, 1));
    memcpy(child->message, &header, sizeof header);
    memcpy(child->message + sizeof header, request, size);
    set_limit(child, seconds);
    ADATOM_SYS_TRY(send_message(child, sizeof header + size));
    return receive_answer(child, kind, answer, capacity, answer_size);
}

static adatom_status greet(adatom_child *child, const char *path)
{
    adatom_child_hello hello = {0, 0};
    size_t size = 0;
    set_limit(child, start_seconds);
    ADATOM_SYS_TRY(receive_answer(child, ADATOM_CHILD_HELLO, &hello, sizeof hello, &size));
    if (size != sizeof hello || hello.magic != child->program->magic ||
        hello.protocol != child->program->protocol) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED,
                               "%s is of another version of adatom: it speaks protocol %u, "
                               "expected %u",
                               path, (unsigned)hello.protocol, (unsigned)child->program->protocol);
    }
    return ADATOM_OK;
}

adatom_status adatom_child_start(const adatom_child_program *program, const char *argument,
                                 adatom_child **out)
{
    char path[ADATOM_CHILD_PATH_MAX], *own_argument;
    ADATOM_SYS_TRY(adatom_child_find_program(program->name, program->need, path, sizeof path));
    ADATOM_SYS_TRY(adatom_sys_allocate(strlen(argument) + 1, 1, &own_argument));
    memcpy(own_argument, argument, strlen(argument));
    adatom_child *child;
    adatom_status status = adatom_sys_allocate(1, sizeof *child, &child);
    if (status == ADATOM_OK) {
        child->program = program;
        child->socket = child->output = -1;
        status = spawn_program(child, path, own_argument);
        if (status == ADATOM_OK) {
            status = greet(child, path);
        }
        if (status == ADATOM_OK) {
            *out = child;
        } else {
            adatom_child_stop(child);
        }
    }
    free(own_argument);
    return status;
}

void adatom_child_stop(adatom_child *child)
{
    if (child == NULL) {
        return;
    }
    close_descriptor(child->socket); /* it ends by itself, or it computes and is ended */
    if (child->id > 0) {
        wait_for_end(child);
    }
    close_descriptor(child->output);
    free(child->message);
    free(child);
}
