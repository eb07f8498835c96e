/* Starting a program on three pipes. */
#include "energy/command_start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

static void close_end(int *end)
{
    if (*end >= 0) {
        close(*end);
        *end = -1;
    }
}

/* Opens the three pipes; the program gets `theirs`, and `ours` never make us wait. Should some of
 * 0, 1 and 2 be closed here, the first pipe takes their numbers, and no later one is in its way. */
static int open_streams(int ours[ADATOM_COMMAND_STREAMS], int theirs[ADATOM_COMMAND_STREAMS])
{
    for (int stream = 0; stream < ADATOM_COMMAND_STREAMS; stream++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) {
            return errno;
        }
        ours[stream] = ends[stream == ADATOM_COMMAND_INPUT ? 1 : 0];
        theirs[stream] = ends[stream == ADATOM_COMMAND_INPUT ? 0 : 1];
        if (fcntl(ours[stream], F_SETFL, O_NONBLOCK) != 0) {
            return errno;
        }
    }
    return 0;
}

/* A process group of its own, and signals as a program expects them whatever is blocked here. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, to_default;
    sigemptyset(&none);
    sigemptyset(&to_default);
    sigaddset(&to_default, SIGPIPE);
    int error = posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    error = error != 0 ? error : posix_spawnattr_setpgroup(attributes, 0);
    error = error != 0 ? error : posix_spawnattr_setsigmask(attributes, &none);
    return error != 0 ? error : posix_spawnattr_setsigdefault(attributes, &to_default);
}

/* Three streams and no other file of ours, also of those that were not opened with O_CLOEXEC. */
static int set_files(posix_spawn_file_actions_t *actions, const int theirs[ADATOM_COMMAND_STREAMS])
{
    int error = 0;
    for (int stream = 0; stream < ADATOM_COMMAND_STREAMS && error == 0; stream++) {
        error = posix_spawn_file_actions_adddup2(actions, theirs[stream], stream);
    }
#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 34)
    error = error != 0 ? error
                       : posix_spawn_file_actions_addclosefrom_np(actions, ADATOM_COMMAND_STREAMS);
#endif
#endif
    return error;
}

static int spawn(const char *path, char *const *words, const int theirs[ADATOM_COMMAND_STREAMS],
                 pid_t *process)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    int error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        return error;
    }
    error = posix_spawn_file_actions_init(&actions);
    if (error == 0) {
        error = set_attributes(&attributes);
        error = error != 0 ? error : set_files(&actions, theirs);
        error =
            error != 0 ? error : posix_spawn(process, path, &actions, &attributes, words, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    posix_spawnattr_destroy(&attributes);
    return error;
}

adatom_status adatom_command_start(const char *path, char *const *words,
                                   int ours[ADATOM_COMMAND_STREAMS], pid_t *process)
{
    int theirs[ADATOM_COMMAND_STREAMS] = {-1, -1, -1};
    int error = open_streams(ours, theirs);
    error = error != 0 ? error : spawn(path, words, theirs, process);
    for (int stream = 0; stream < ADATOM_COMMAND_STREAMS; stream++) {
        close_end(&theirs[stream]);
    }
    return error == 0 ? ADATOM_OK
                      : adatom_sys_fail(ADATOM_EVALUATION_FAILED, "%s cannot be started: %s",
                                        words[0], strerror(error));
}
