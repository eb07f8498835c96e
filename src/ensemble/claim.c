#include "ensemble/claim.h"

#include "base/clock.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAME_SIZE = ADATOM_ENSEMBLE_PATH_SIZE + 160, MACHINE_SIZE = 128 };

static const char released[] = "released\n";

static adatom_status claim_failed(const char *path, const char *what)
{
    return adatom_fail(ADATOM_IO_FAILED, "%s: cannot %s: %s", path, what, strerror(errno));
}

/* -- who somebody is */

/* One boot of one machine and, in a container, its numbering of processes. "" if not known. */
static void name_machine(char name[MACHINE_SIZE])
{
    char boot[48] = "", space[64] = "";
    FILE *stream = fopen("/proc/sys/kernel/random/boot_id", "re");
    const bool known = stream != NULL && fscanf(stream, "%47s", boot) == 1;
    if (stream != NULL) {
        fclose(stream);
    }
    const ssize_t length = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    space[length > 0 ? length : 0] = '\0';
    name[0] = '\0';
    if (known && length > 0) {
        snprintf(name, MACHINE_SIZE, "%s/%s", boot, space);
    }
}

/* When the process began, in ticks since the boot: numbers of processes are used again. */
static bool process_start(long process, unsigned long long *start)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", process);
    FILE *stream = fopen(path, "re");
    const size_t length = stream != NULL ? fread(text, 1, sizeof text - 1, stream) : 0;
    if (stream != NULL) {
        fclose(stream);
    }
    text[length] = '\0';
    /* The name, in parentheses, may hold anything; state is the third field, start the 22nd. */
    const char *after = strrchr(text, ')');
    char state = 'Z';
    return after != NULL &&
           sscanf(
               after + 1,
               " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
               &state, start) == 2 &&
           state != 'Z' && state != 'X';
}

static void describe_owner(int64_t beat, char text[ADATOM_CLAIM_TEXT_SIZE])
{
    char machine[MACHINE_SIZE], host[64] = "?";
    unsigned long long start = 0;
    name_machine(machine);
    gethostname(host, sizeof host - 1);
    process_start((long)getpid(), &start);
    snprintf(text, ADATOM_CLAIM_TEXT_SIZE, "owner %ld %llu %s %.60s beat %020" PRId64 "\n",
             (long)getpid(), start, machine[0] != '\0' ? machine : "?", host, beat);
}

/* Only of a process of this machine is more known than its signs of life. */
typedef enum owner_life { OWNER_UNKNOWN, OWNER_LIVES, OWNER_GONE } owner_life;

static owner_life look_for_owner(const char *text)
{
    long process;
    unsigned long long began, start;
    char machine[MACHINE_SIZE], here[MACHINE_SIZE];
    name_machine(here);
    if (sscanf(text, "owner %ld %llu %127s", &process, &began, machine) != 3 ||
        strcmp(machine, here) != 0) {
        return OWNER_UNKNOWN;
    }
    return process_start(process, &start) && start == began ? OWNER_LIVES : OWNER_GONE;
}

/* -- the files */

static void name_claim(const char *path, int number, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "%s.%d", path, number);
}

static int highest_number(const char *path)
{
    char name[NAME_SIZE];
    struct stat found;
    int number = 0;
    for (;; number++) {
        name_claim(path, number + 1, name);
        if (stat(name, &found) != 0) {
            return number;
        }
    }
}

/* An empty text where the file cannot be read. Opening it anew makes network file systems look. */
static void read_claim(const char *path, int number, char text[ADATOM_CLAIM_TEXT_SIZE])
{
    char name[NAME_SIZE];
    name_claim(path, number, name);
    const int descriptor = open(name, O_RDONLY | O_CLOEXEC);
    const ssize_t length = descriptor >= 0 ? read(descriptor, text, ADATOM_CLAIM_TEXT_SIZE - 1) : 0;
    if (descriptor >= 0) {
        close(descriptor);
    }
    text[length > 0 ? length : 0] = '\0';
}

static bool is_free(const char *path, int number, double lease, adatom_claim_watch *watch)
{
    char text[ADATOM_CLAIM_TEXT_SIZE];
    if (number == 0) {
        return true;
    }
    read_claim(path, number, text);
    const owner_life life = look_for_owner(text);
    if (life == OWNER_GONE || strncmp(text, released, sizeof released - 1) == 0) {
        return true;
    }
    if (life == OWNER_LIVES) {
        return false;
    }
    const double now = adatom_clock();
    if (watch->since == 0 || strcmp(text, watch->text) != 0) {
        memcpy(watch->text, text, sizeof text);
        watch->since = now;
    }
    return now - watch->since >= lease;
}

/* The file under a name that nobody else has; it is linked to that of the claim. */
static adatom_status write_own(const char *path, char own[NAME_SIZE], int *descriptor)
{
    char text[ADATOM_CLAIM_TEXT_SIZE], host[64] = "?";
    gethostname(host, sizeof host - 1);
    snprintf(own, NAME_SIZE, "%s.%.60s.%ld.new", path, host, (long)getpid());
    *descriptor = open(own, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (*descriptor < 0) {
        return claim_failed(own, "open");
    }
    describe_owner(0, text);
    const ssize_t length = (ssize_t)strlen(text);
    if (write(*descriptor, text, (size_t)length) != length || fsync(*descriptor) != 0) {
        const adatom_status status = claim_failed(own, "write");
        close(*descriptor);
        unlink(own);
        return status;
    }
    return ADATOM_OK;
}

/* On network file systems link() may fail although it worked, when the answer was lost: the number
 * of links says what happened. */
static bool link_own(const char *own, const char *name, int descriptor)
{
    struct stat found;
    return link(own, name) == 0 || (fstat(descriptor, &found) == 0 && found.st_nlink == 2);
}

adatom_status adatom_claim_try(const char *path, double lease, adatom_claim_watch *watch,
                               adatom_claim *claim)
{
    const int number = highest_number(path);
    *claim = (adatom_claim){.descriptor = -1};
    if (!is_free(path, number, lease, watch)) {
        return ADATOM_OK;
    }
    char own[NAME_SIZE], name[NAME_SIZE];
    int descriptor;
    ADATOM_TRY(write_own(path, own, &descriptor));
    name_claim(path, number + 1, name);
    const bool taken = link_own(own, name, descriptor);
    unlink(own);
    if (!taken) {
        close(descriptor);
        return ADATOM_OK; /* another was faster */
    }
    claim->number = number + 1;
    claim->descriptor = descriptor;
    claim->held = true;
    snprintf(claim->path, sizeof claim->path, "%s", path);
    *watch = (adatom_claim_watch){.since = 0};
    return ADATOM_OK;
}

adatom_status adatom_claim_wait(const char *path, double lease, adatom_claim *claim)
{
    adatom_claim_watch watch = {.since = 0};
    for (;;) {
        ADATOM_TRY(adatom_claim_try(path, lease, &watch, claim));
        if (claim->held) {
            return ADATOM_OK;
        }
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
}

adatom_status adatom_claim_beat(adatom_claim *claim)
{
    char name[NAME_SIZE], text[ADATOM_CLAIM_TEXT_SIZE];
    struct stat found;
    name_claim(claim->path, claim->number + 1, name);
    if (stat(name, &found) == 0) {
        claim->held = false;
        close(claim->descriptor);
        return ADATOM_OK;
    }
    describe_owner(++claim->beat, text);
    const ssize_t length = (ssize_t)strlen(text);
    if (pwrite(claim->descriptor, text, (size_t)length, 0) != length ||
        fsync(claim->descriptor) != 0) {
        return claim_failed(claim->path, "write");
    }
    return ADATOM_OK;
}

void adatom_claim_release(adatom_claim *claim)
{
    if (!claim->held) {
        return;
    }
    /* What cannot be written is found out when the lease has run out. */
    if (pwrite(claim->descriptor, released, sizeof released - 1, 0) > 0) {
        fsync(claim->descriptor);
    }
    close(claim->descriptor);
    claim->held = false;
}
