#include "energy/lammps_process.h"

#include "adatom/sys/evaluator.h"
#include "energy/lammps_program.h"

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

struct adatom_lammps_process {
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
    return failed ? failed
                  : posix_spawn_file_actions_adddup2(actions, socket, ADATOM_LAMMPS_SOCKET);
}

/* The child begins with no signal blocked, whatever this thread blocks. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigemptyset(&none);
    const int failed = posix_spawnattr_setsigmask(attributes, &none);
    return failed ? failed : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK);
}

static int spawn(char *program, char *folder, int socket, int output, pid_t *id)
{
    extern char **environ;
    char *const arguments[] = {program, folder, NULL};
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
static bool open_descriptors(adatom_lammps_process *process, int *other_end)
{
    int ends[2];
    process->output = move_up(memfd_create("adatom-lammps", MFD_CLOEXEC));
    if (process->output < 0 || fcntl(process->output, F_SETFL, O_APPEND) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return false;
    }
    process->socket = move_up(ends[0]);
    *other_end = move_up(ends[1]);
    return process->socket >= 0 && *other_end >= 0;
}

static adatom_status spawn_program(adatom_lammps_process *process, char *program, char *folder)
{
    int other_end = -1;
    int failed = open_descriptors(process, &other_end) ? 0 : errno;
    if (!failed) {
        failed = spawn(program, folder, other_end, process->output, &process->id);
    }
    close_descriptor(other_end);
    if (failed) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s cannot be started: %s", program,
                               strerror(failed));
    }
    return ADATOM_OK;
}

/* Waits for the end of the program; after a while it is forced. */
static int wait_for_end(adatom_lammps_process *process)
{
    const double deadline = now() + end_seconds;
    int status = 0;
    for (;;) {
        const pid_t ended = waitpid(process->id, &status, WNOHANG);
        if (ended == process->id || (ended < 0 && errno != EINTR)) {
            break;
        }
        if (now() > deadline) {
            kill(process->id, SIGKILL);
        }
        const struct timespec pause = {0, 500000};
        nanosleep(&pause, NULL);
    }
    process->id = 0;
    return status;
}

/* Cuts a place in LAMMPS's sources, such as " (src/pair.cpp:254)", off the end of the line. */
static void cut_place(char *line)
{
    char *place = strrchr(line, '(');
    if (place != NULL && place > line && place[-1] == ' ' && strstr(place, ".cpp:") != NULL) {
        place[-1] = '\0';
    }
}

/* The last line of LAMMPS's output that begins with "ERROR"; false if there is none. */
static bool find_error(int output, char *line, size_t size)
{
    char text[16384];
    const off_t end = lseek(output, 0, SEEK_END);
    const off_t start = end > (off_t)sizeof text - 1 ? end - ((off_t)sizeof text - 1) : 0;
    const ssize_t count = pread(output, text, sizeof text - 1, start);
    text[count > 0 ? count : 0] = '\0';
    const char *found = NULL;
    for (const char *c = text; *c != '\0';) {
        found = strncmp(c, "ERROR", 5) == 0 ? c : found;
        c += strcspn(c, "\n");
        c += *c == '\n';
    }
    if (found != NULL) {
        snprintf(line, size, "%.*s", (int)strcspn(found, "\n"), found);
        cut_place(line);
    }
    return found != NULL;
}

/* The program has closed its end. */
static adatom_status report_end(adatom_lammps_process *process)
{
    char line[512];
    const int status = wait_for_end(process);
    if (find_error(process->output, line, sizeof line)) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "LAMMPS: %s", line);
    }
    if (WIFSIGNALED(status)) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "LAMMPS was ended by signal %d",
                               WTERMSIG(status));
    }
    return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "LAMMPS ended with exit status %d",
                           WEXITSTATUS(status));
}

/* What the program may take for the next answer. */
static void set_limit(adatom_lammps_process *process, double seconds)
{
    process->seconds = seconds;
    process->deadline = now() + seconds;
}

static adatom_status wait_for(adatom_lammps_process *process, short events)
{
    struct pollfd waiting = {process->socket, events, 0};
    for (;;) {
        const double left = process->deadline - now();
        const int milliseconds = left > 0 ? (int)fmin(ceil(1e3 * left), 1e6) : 0;
        const int ready = poll(&waiting, 1, milliseconds);
        if (ready > 0 || (ready < 0 && errno != EINTR)) {
            return ADATOM_OK; /* errors show in the transfer */
        }
        if (left <= 0) {
            kill(process->id, SIGKILL);
            return adatom_sys_fail(ADATOM_EVALUATION_FAILED,
                                   "LAMMPS took longer than the time limit of %g s",
                                   process->seconds);
        }
    }
}

static bool will_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static adatom_status send_message(adatom_lammps_process *process, size_t size)
{
    for (size_t done = 0; done < size;) {
        const ssize_t count = send(process->socket, process->message + done, size - done,
                                   MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && !will_block()) {
            return report_end(process);
        }
        if (count < 0) {
            ADATOM_SYS_TRY(wait_for(process, POLLOUT));
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return ADATOM_OK;
}

/* Receives until `needed` bytes of the message are there, of at most `most`. */
static adatom_status receive_until(adatom_lammps_process *process, size_t needed, size_t most,
                                   size_t *done)
{
    while (*done < needed) {
        ADATOM_SYS_TRY(wait_for(process, POLLIN));
        const ssize_t count =
            recv(process->socket, process->message + *done, most - *done, MSG_DONTWAIT);
        if (count == 0 || (count < 0 && !will_block())) {
            return report_end(process);
        }
        *done += count > 0 ? (size_t)count : 0;
    }
    return ADATOM_OK;
}

/* Receives one message whole; what is longer than expected is no message of ours. */
static adatom_status receive_message(adatom_lammps_process *process, size_t capacity,
                                     adatom_lammps_header *header)
{
    size_t done = 0;
    const size_t most = sizeof *header + capacity;
    ADATOM_SYS_TRY(receive_until(process, sizeof *header, most, &done));
    memcpy(header, process->message, sizeof *header);
    if (header->size > capacity) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED,
                               "adatom-lammps sends %llu bytes where at most %zu are expected",
                               (unsigned long long)header->size, capacity);
    }
    const size_t size = sizeof *header + (size_t)header->size;
    ADATOM_SYS_TRY(receive_until(process, size, most, &done));
    return done == size ? ADATOM_OK
                        : adatom_sys_fail(ADATOM_EVALUATION_FAILED,
                                          "adatom-lammps sends more than was asked for");
}

enum { REFUSAL_BYTES = 256 };

static adatom_status receive_answer(adatom_lammps_process *process, uint32_t kind, void *answer,
                                    size_t capacity, size_t *answer_size)
{
    const size_t most = capacity > REFUSAL_BYTES ? capacity : REFUSAL_BYTES;
    adatom_lammps_header header;
    ADATOM_SYS_TRY(adatom_sys_grow(&process->message, &process->capacity, sizeof header + most, 1));
    ADATOM_SYS_TRY(receive_message(process, most, &header));
    const char *body = process->message + sizeof header;
    if (header.kind == ADATOM_LAMMPS_REFUSED) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "adatom-lammps: %.*s", (int)header.size,
                               body);
    }
    if (header.kind != kind || header.size > capacity) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED,
                               "adatom-lammps does not answer as expected");
    }
    memcpy(answer, body, (size_t)header.size);
    *answer_size = (size_t)header.size;
    return ADATOM_OK;
}

adatom_status adatom_lammps_process_ask(adatom_lammps_process *process, uint32_t kind,
                                        const void *request, size_t size, double seconds,
                                        void *answer, size_t capacity, size_t *answer_size)
{
    const adatom_lammps_header header = {kind, 0, size};
    if (size > ADATOM_LAMMPS_BYTES_MAX) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "too many atoms for one message to LAMMPS");
    }
    ADATOM_SYS_TRY(adatom_sys_grow(&process->message, &process->capacity, sizeof header + size, 1));
    memcpy(process->message, &header, sizeof header);
    memcpy(process->message + sizeof header, request, size);
    set_limit(process, seconds);
    ADATOM_SYS_TRY(send_message(process, sizeof header + size));
    return receive_answer(process, kind, answer, capacity, answer_size);
}

static adatom_status greet(adatom_lammps_process *process, const char *program)
{
    adatom_lammps_hello hello = {0, 0};
    size_t size = 0;
    set_limit(process, start_seconds);
    ADATOM_SYS_TRY(receive_answer(process, ADATOM_LAMMPS_HELLO, &hello, sizeof hello, &size));
    if (size != sizeof hello || hello.magic != ADATOM_LAMMPS_MAGIC ||
        hello.protocol != ADATOM_LAMMPS_PROTOCOL) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED,
                               "%s is of another version of adatom: it speaks protocol %u, "
                               "expected %d",
                               program, (unsigned)hello.protocol, ADATOM_LAMMPS_PROTOCOL);
    }
    return ADATOM_OK;
}

adatom_status adatom_lammps_process_start(const char *folder, adatom_lammps_process **out)
{
    char program[ADATOM_LAMMPS_PATH_MAX];
    ADATOM_SYS_TRY(adatom_lammps_find_program(program, sizeof program));
    char *own_folder;
    ADATOM_SYS_TRY(adatom_sys_allocate(strlen(folder) + 1, 1, &own_folder));
    memcpy(own_folder, folder, strlen(folder));
    adatom_lammps_process *process;
    adatom_status status = adatom_sys_allocate(1, sizeof *process, &process);
    if (status == ADATOM_OK) {
        process->socket = process->output = -1;
        status = spawn_program(process, program, own_folder);
        if (status == ADATOM_OK) {
            status = greet(process, program);
        }
        if (status == ADATOM_OK) {
            *out = process;
        } else {
            adatom_lammps_process_stop(process);
        }
    }
    free(own_folder);
    return status;
}

void adatom_lammps_process_stop(adatom_lammps_process *process)
{
    if (process == NULL) {
        return;
    }
    close_descriptor(process->socket); /* it ends by itself, or it computes and is ended */
    if (process->id > 0) {
        wait_for_end(process);
    }
    close_descriptor(process->output);
    free(process->message);
    free(process);
}
