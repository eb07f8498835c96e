#include "search/folder.h"

#include "base/error.h"
#include "io/number_text.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char log_header[] = "episode,energy,best_energy,evaluations,greedy,failed,loss,"
                                 "seconds_build,seconds_evaluate,seconds_train,seconds_cpu";

static adatom_status log_failed(const adatom_run_files *files, const char *what)
{
    return adatom_fail(ADATOM_IO_FAILED, "%s: cannot %s: %s", files->log_path, what,
                       strerror(errno));
}

/* Locks the log, so that two processes never work on one run, and cuts it to its length then. */
static adatom_status open_log(const char *folder, adatom_run_files *files)
{
    ADATOM_TRY(adatom_folder_path(folder, ADATOM_RUN_LOG, files->log_path));
    const int creation = files->log_bytes == 0 ? O_CREAT : 0;
    const int descriptor = open(files->log_path, O_WRONLY | creation | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        return log_failed(files, "open");
    }
    files->log = fdopen(descriptor, "a");
    if (files->log == NULL) {
        close(descriptor);
        return log_failed(files, "open");
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: another process works on this run", folder);
    }
    struct stat found;
    if (fstat(descriptor, &found) != 0) {
        return log_failed(files, "look at");
    }
    if (found.st_size < files->log_bytes) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s: %lld bytes, the checkpoint was made when it had %lld",
                           files->log_path, (long long)found.st_size, (long long)files->log_bytes);
    }
    return ftruncate(descriptor, files->log_bytes) == 0 ? ADATOM_OK : log_failed(files, "cut");
}

static adatom_status write_line(adatom_run_files *files, const char *line, size_t length)
{
    if (fwrite(line, 1, length, files->log) != length || fflush(files->log) != 0) {
        return log_failed(files, "write");
    }
    files->log_bytes += (int64_t)length;
    return ADATOM_OK;
}

static adatom_status open_database(const char *folder, int64_t episode, adatom_run_files *files)
{
    char path[ADATOM_PATH_SIZE];
    ADATOM_TRY(adatom_folder_path(folder, ADATOM_RUN_DATABASE, path));
    ADATOM_TRY(adatom_database_open(path, &files->database));
    return adatom_database_delete_above(files->database, "episode", (double)episode + 0.5);
}

static adatom_status write_header(bool has_property, adatom_run_files *files)
{
    ADATOM_TRY(write_line(files, log_header, sizeof log_header - 1));
    return has_property ? write_line(files, ",property\n", 10) : write_line(files, "\n", 1);
}

adatom_status adatom_run_files_open(const char *folder, int64_t episode, int64_t log_bytes,
                                    bool has_property, adatom_run_files *files)
{
    *files = (adatom_run_files){.log_bytes = log_bytes};
    adatom_status status = open_log(folder, files);
    if (status == ADATOM_OK && log_bytes == 0) {
        status = write_header(has_property, files);
    }
    if (status == ADATOM_OK) {
        status = open_database(folder, episode, files);
    }
    if (status != ADATOM_OK) {
        adatom_run_files_close(files);
    }
    return status;
}

void adatom_run_files_close(adatom_run_files *files)
{
    if (files->log != NULL) {
        fclose(files->log); /* nothing is left to write: every line was flushed */
    }
    if (files->database != NULL) {
        adatom_database_close(files->database);
    }
    files->log = NULL;
    files->database = NULL;
}

/* A number that reads back to the same bits, or nothing where there is none. */
static const char *number_text(double value, int digits, char text[32])
{
    text[0] = '\0';
    if (isfinite(value)) {
        snprintf(text, 32, "%.*g", digits, value);
    }
    return text;
}

adatom_status adatom_run_files_log(adatom_run_files *files, const adatom_log_row *row)
{
    char line[512], energy[32], best[32], loss[32], property[32];
    adatom_plain_numbers plain = adatom_plain_numbers_begin();
    const int length = snprintf(
        line, sizeof line, "%lld,%s,%s,%lld,%d,%d,%s,%.6f,%.6f,%.6f,%.6f%s%s\n",
        (long long)row->episode, number_text(row->energy, 17, energy),
        number_text(row->best_energy, 17, best), (long long)row->evaluations, row->greedy,
        row->failed, number_text(row->loss, 17, loss), row->seconds_build, row->seconds_evaluate,
        row->seconds_train, row->seconds_cpu, row->has_property ? "," : "",
        row->has_property ? number_text(row->property, 17, property) : "");
    adatom_plain_numbers_end(&plain);
    return write_line(files, line, (size_t)length);
}

adatom_status adatom_run_files_flush(adatom_run_files *files)
{
    ADATOM_TRY(adatom_database_commit(files->database));
    if (fsync(fileno(files->log)) != 0 && errno != EINVAL) {
        return log_failed(files, "flush");
    }
    return ADATOM_OK;
}
