#include "io/text_file.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BLOCK = 1 << 16, CREATE_ATTEMPTS = 10 };

struct adatom_text_file {
    char *path;     /* as the caller calls it, for messages */
    char *target;   /* with symbolic links followed */
    char *new_path; /* NULL for a device, which is written directly */
    FILE *stream;
};

/* ---- reading */

static adatom_status read_blocks(int descriptor, const char *path, size_t size_limit, char **text,
                                 size_t *length)
{
    size_t capacity = 0;
    for (;;) {
        ADATOM_TRY(adatom_grow(text, &capacity, *length + READ_BLOCK + 1, 1));
        const ssize_t count = read(descriptor, *text + *length, capacity - *length - 1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return adatom_fail(errno == EISDIR ? ADATOM_INVALID_INPUT : ADATOM_IO_FAILED,
                               "%s: cannot read: %s", path, strerror(errno));
        }
        if (count == 0) {
            (*text)[*length] = '\0';
            return ADATOM_OK;
        }
        *length += (size_t)count;
        if (*length > size_limit) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%s: larger than %zu bytes", path, size_limit);
        }
    }
}

adatom_status adatom_text_file_read(const char *path, size_t size_limit, char **text,
                                    size_t *length)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: cannot open: %s", path, strerror(errno));
    }
    char *read_text = NULL;
    size_t read_length = 0;
    const adatom_status status =
        read_blocks(descriptor, path, size_limit, &read_text, &read_length);
    close(descriptor);
    if (status != ADATOM_OK) {
        free(read_text);
        return status;
    }
    *text = read_text;
    *length = read_length;
    return ADATOM_OK;
}

/* ---- writing */

static adatom_status cannot_write(const char *path, int error)
{
    return adatom_fail(ADATOM_IO_FAILED, "%s: cannot write: %s", path, strerror(error));
}

static bool same_file(int descriptor, const char *path)
{
    struct stat opened, named;
    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* The name of the new file is always the same, so that one left by a killed process is taken over
 * rather than added to; the lock keeps two living processes from mixing their lines. */
static adatom_status open_new_file(const char *path, const char *new_path, int *out)
{
    for (int attempt = 0; attempt < CREATE_ATTEMPTS; attempt++) {
        const int descriptor =
            open(new_path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
        if (descriptor < 0) {
            return cannot_write(path, errno);
        }
        if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            close(descriptor);
            return adatom_fail(ADATOM_IO_FAILED, "%s: another process is writing it", path);
        }
        if (same_file(descriptor, new_path)) {
            if (ftruncate(descriptor, 0) != 0) {
                const int error = errno;
                close(descriptor);
                return cannot_write(path, error);
            }
            *out = descriptor;
            return ADATOM_OK;
        }
        close(descriptor); /* its owner renamed it in the meantime */
    }
    return adatom_fail(ADATOM_IO_FAILED, "%s: another process is writing it", path);
}

static adatom_status attach_stream(adatom_text_file *file, int descriptor)
{
    file->stream = fdopen(descriptor, "w");
    if (file->stream == NULL) {
        const int error = errno;
        close(descriptor);
        return cannot_write(file->path, error);
    }
    return ADATOM_OK;
}

static adatom_status open_replacement(adatom_text_file *file, const struct stat *old)
{
    char *resolved = old != NULL ? realpath(file->path, NULL) : NULL;
    file->target = resolved;
    if (file->target == NULL) {
        ADATOM_TRY(adatom_duplicate_text(file->path, &file->target));
    }
    const size_t length = strlen(file->target);
    ADATOM_TRY(adatom_allocate(length + sizeof ".new", 1, &file->new_path));
    memcpy(file->new_path, file->target, length);
    memcpy(file->new_path + length, ".new", sizeof ".new");
    int descriptor = -1;
    const adatom_status status = open_new_file(file->path, file->new_path, &descriptor);
    if (status != ADATOM_OK) {
        free(file->new_path); /* not ours to remove */
        file->new_path = NULL;
        return status;
    }
    if (old != NULL) {
        (void)fchmod(descriptor, old->st_mode & 0777); /* as well as the system allows */
    }
    return attach_stream(file, descriptor);
}

static adatom_status open_file(adatom_text_file *file, const char *path)
{
    ADATOM_TRY(adatom_duplicate_text(path, &file->path));
    struct stat old;
    if (stat(path, &old) != 0) {
        return open_replacement(file, NULL);
    }
    if (S_ISDIR(old.st_mode)) {
        return cannot_write(path, EISDIR);
    }
    if (S_ISREG(old.st_mode)) {
        return open_replacement(file, &old);
    }
    const int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    return descriptor < 0 ? cannot_write(path, errno) : attach_stream(file, descriptor);
}

static void release(adatom_text_file *file)
{
    if (file->stream != NULL) {
        fclose(file->stream);
    }
    free(file->path);
    free(file->target);
    free(file->new_path);
    free(file);
}

adatom_status adatom_text_file_create(const char *path, adatom_text_file **out)
{
    adatom_text_file *file;
    ADATOM_TRY(adatom_allocate(1, sizeof *file, &file));
    const adatom_status status = open_file(file, path);
    if (status != ADATOM_OK) {
        adatom_text_file_abandon(file);
        return status;
    }
    *out = file;
    return ADATOM_OK;
}

FILE *adatom_text_file_stream(adatom_text_file *file)
{
    return file->stream;
}

/* 0 or the errno of the failure. A device has nothing to flush to. */
static int flush_to_disk(const adatom_text_file *file)
{
    if (fflush(file->stream) != 0) {
        return errno;
    }
    if (ferror(file->stream)) {
        return EIO; /* an earlier write failed, why is no longer known */
    }
    return file->new_path != NULL && fsync(fileno(file->stream)) != 0 ? errno : 0;
}

static int flush_folder_of(char *path)
{
    char *slash = strrchr(path, '/');
    const char *folder = ".";
    if (slash == path) {
        folder = "/";
    } else if (slash != NULL) {
        *slash = '\0';
        folder = path;
    }
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return 0; /* a folder that may be written but not read: nothing to be done */
    }
    const int error = fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
    close(descriptor);
    return error;
}

adatom_status adatom_text_file_commit(adatom_text_file *file)
{
    int error = flush_to_disk(file);
    if (error == 0 && file->new_path != NULL) {
        error = rename(file->new_path, file->target) == 0 ? 0 : errno;
        if (error == 0) {
            free(file->new_path);
            file->new_path = NULL;
            error = flush_folder_of(file->target);
        }
    }
    const adatom_status status = error == 0 ? ADATOM_OK : cannot_write(file->path, error);
    adatom_text_file_abandon(file);
    return status;
}

void adatom_text_file_abandon(adatom_text_file *file)
{
    if (file == NULL) {
        return;
    }
    if (file->new_path != NULL) {
        (void)unlink(file->new_path);
    }
    release(file);
}

adatom_status adatom_text_file_write(const char *path, const void *bytes, size_t length)
{
    adatom_text_file *file;
    ADATOM_TRY(adatom_text_file_create(path, &file));
    if (fwrite(bytes, 1, length, file->stream) != length) {
        const adatom_status status = cannot_write(path, errno);
        adatom_text_file_abandon(file);
        return status;
    }
    return adatom_text_file_commit(file);
}
