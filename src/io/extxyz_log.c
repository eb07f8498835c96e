/* A file of frames that grows while a long work goes on. */
#include "base/error.h"
#include "base/memory.h"
#include "io/extxyz_text.h"
#include "io/number_text.h"
#include "io/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const size_t file_size_limit = (size_t)4 << 30;

struct adatom_extxyz_log {
    char *path;
    int descriptor;
    off_t length; /* of the whole frames */
};

static adatom_status cannot_write(const adatom_extxyz_log *log, int error)
{
    return adatom_fail(ADATOM_IO_FAILED, "%s: cannot write: %s", log->path, strerror(error));
}

/* ---- what is there */

/* Whether a whole frame, as we write it, is next; the source is behind it then. */
static bool next_frame(adatom_extxyz_source *source)
{
    adatom_extxyz_span line;
    size_t atoms;
    if (!adatom_extxyz_next_line(source, &line) ||
        !adatom_count_from_text(line.text, line.length, &atoms)) {
        return false;
    }
    for (size_t i = 0; i <= atoms; i++) {
        if (!adatom_extxyz_next_line(source, &line)) {
            return false;
        }
    }
    return source->text[source->position - 1] == '\n';
}

/* The bytes that whole frames take. */
static size_t whole_length(const char *text, size_t length)
{
    adatom_extxyz_source source = {.text = text, .length = length};
    size_t whole = 0;
    while (next_frame(&source)) {
        whole = source.position;
    }
    return whole;
}

static adatom_status read_kept(adatom_extxyz_log *log, adatom_frames *kept)
{
    char *text;
    size_t length;
    ADATOM_TRY(adatom_text_file_read(log->path, file_size_limit, &text, &length));
    const size_t whole = whole_length(text, length);
    adatom_frames frames = {0};
    adatom_status status = ADATOM_OK;
    if (whole > 0) {
        status = adatom_extxyz_parse(text, whole, log->path, &frames);
    }
    free(text);
    ADATOM_TRY(status);
    log->length = (off_t)whole;
    if (whole < length && ftruncate(log->descriptor, log->length) != 0) {
        const int error = errno;
        adatom_frames_clear(&frames);
        return cannot_write(log, error);
    }
    *kept = frames;
    return ADATOM_OK;
}

static adatom_status open_log(adatom_extxyz_log *log, const char *path, adatom_frames *kept)
{
    ADATOM_TRY(adatom_duplicate_text(path, &log->path));
    log->descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (log->descriptor < 0) {
        return cannot_write(log, errno);
    }
    if (flock(log->descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return adatom_fail(ADATOM_IO_FAILED, "%s: another process is writing it", path);
    }
    return read_kept(log, kept);
}

adatom_status adatom_extxyz_log_open(const char *path, adatom_frames *kept, adatom_extxyz_log **out)
{
    adatom_extxyz_log *log;
    ADATOM_TRY(adatom_allocate(1, sizeof *log, &log));
    log->descriptor = -1;
    const adatom_status status = open_log(log, path, kept);
    if (status != ADATOM_OK) {
        adatom_extxyz_log_close(log);
        return status;
    }
    *out = log;
    return ADATOM_OK;
}

/* ---- what is added */

/* 0, or why not all bytes could be written; nothing of them stays then. */
static int append(adatom_extxyz_log *log, const char *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        const ssize_t count = write(log->descriptor, bytes + done, length - done);
        if (count < 0 && errno != EINTR) {
            const int error = errno;
            return ftruncate(log->descriptor, log->length) == 0 ? error : errno;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    log->length += (off_t)length;
    return 0;
}

adatom_status adatom_extxyz_log_add(adatom_extxyz_log *log, const adatom_frame *frame)
{
    ADATOM_TRY(adatom_extxyz_check(log->path, frame, 1));
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "%s: no memory for a frame", log->path);
    }
    adatom_extxyz_print(stream, frame, 1);
    const bool printed = ferror(stream) == 0;
    if (fclose(stream) != 0 || !printed) {
        free(text);
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "%s: no memory for a frame", log->path);
    }
    const int error = append(log, text, length);
    free(text);
    return error == 0 ? ADATOM_OK : cannot_write(log, error);
}

void adatom_extxyz_log_close(adatom_extxyz_log *log)
{
    if (log == NULL) {
        return;
    }
    if (log->descriptor >= 0) {
        close(log->descriptor);
    }
    free(log->path);
    free(log);
}
