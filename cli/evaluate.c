/* adatom evaluate: energies and forces of the structures of a file. */
#include "batch_progress.h"
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct batch {
    const cli_arguments *arguments;
    const char *file;
    adatom_frames frames;
    adatom_evaluator_job *jobs; /* [frames.count] */
    size_t done, failed, without_forces;
    size_t first_failed; /* its place, if any failed */
    cli_batch_progress progress;
} batch;

/* ---- jobs from frames */

static adatom_status prepare_jobs(batch *todo)
{
    const size_t count = todo->frames.count;
    todo->jobs = calloc(count > 0 ? count : 1, sizeof *todo->jobs);
    if (todo->jobs == NULL) {
        return ADATOM_OUT_OF_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        adatom_frame *frame = &todo->frames.frames[i];
        const size_t atoms = frame->structure->atom_count;
        if (frame->forces == NULL) {
            frame->forces = calloc(atoms > 0 ? atoms : 1, sizeof *frame->forces);
        }
        if (frame->forces == NULL) {
            return ADATOM_OUT_OF_MEMORY;
        }
        todo->jobs[i].structure = frame->structure;
        todo->jobs[i].forces = frame->forces;
    }
    return ADATOM_OK;
}

/* ---- frames from jobs */

/* Of an earlier evaluation. */
static void drop_info(adatom_frame *frame, const char *key)
{
    size_t kept = 0;
    for (size_t i = 0; i < frame->info_count; i++) {
        if (strcmp(frame->info_keys[i], key) == 0) {
            free(frame->info_keys[i]);
            free(frame->info_values[i]);
            continue;
        }
        frame->info_keys[kept] = frame->info_keys[i];
        frame->info_values[kept++] = frame->info_values[i];
    }
    frame->info_count = kept;
}

static adatom_status add_info(adatom_frame *frame, const char *key, const char *value)
{
    const size_t size = (frame->info_count + 1) * sizeof(char *);
    char **keys = realloc(frame->info_keys, size);
    frame->info_keys = keys != NULL ? keys : frame->info_keys;
    char **values = realloc(frame->info_values, size);
    frame->info_values = values != NULL ? values : frame->info_values;
    char *own_key = strdup(key), *own_value = strdup(value);
    if (keys == NULL || values == NULL || own_key == NULL || own_value == NULL) {
        free(own_key);
        free(own_value);
        return ADATOM_OUT_OF_MEMORY;
    }
    for (char *c = own_value; *c != '\0'; c++) {
        *c = (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c;
    }
    frame->info_keys[frame->info_count] = own_key;
    frame->info_values[frame->info_count++] = own_value;
    return ADATOM_OK;
}

static adatom_status take_answer(const adatom_evaluator_job *job, adatom_frame *frame)
{
    drop_info(frame, "status");
    frame->has_energy = job->status == ADATOM_OK;
    frame->energy = frame->has_energy ? job->energy : 0;
    if (!job->has_forces) {
        free(frame->forces);
        frame->forces = NULL;
    }
    return frame->has_energy ? ADATOM_OK : add_info(frame, "status", job->message);
}

/* Moves the frames that were not begun behind the others, which keep their order. */
static adatom_status take_answers(batch *todo)
{
    adatom_frame *frames = todo->frames.frames;
    for (size_t i = 0; i < todo->frames.count; i++) {
        const adatom_evaluator_job *job = &todo->jobs[i];
        if (job->status == ADATOM_INTERRUPTED) {
            continue;
        }
        if (job->status != ADATOM_OK && todo->failed++ == 0) {
            todo->first_failed = i;
        }
        todo->without_forces += job->status == ADATOM_OK && !job->has_forces;
        const adatom_status status = take_answer(job, &frames[i]);
        if (status != ADATOM_OK) {
            return status;
        }
        const adatom_frame begun = frames[i];
        frames[i] = frames[todo->done];
        frames[todo->done++] = begun;
    }
    return ADATOM_OK;
}

/* ---- what is printed */

static void print_energies(const batch *todo)
{
    double lowest = INFINITY, highest = -INFINITY;
    for (size_t i = 0; i < todo->done; i++) {
        const adatom_frame *frame = &todo->frames.frames[i];
        if (frame->has_energy) {
            const double per_atom = frame->energy / (double)frame->structure->atom_count;
            lowest = fmin(lowest, per_atom);
            highest = fmax(highest, per_atom);
        }
    }
    cli_print_row("structures", "%zu", todo->done);
    if (todo->failed > 0) {
        cli_print_row("failed", "%zu", todo->failed);
    }
    if (lowest <= highest) {
        cli_print_row("energies", "%.4f to %.4f eV/atom", lowest, highest);
    }
    if (todo->without_forces > 0) {
        cli_print_row("forces", "none: the evaluator gives energies only");
    }
}

/* One line, and the exit status. */
static int report_end(const batch *todo)
{
    const size_t count = todo->frames.count;
    char rest[100] = "";
    if (todo->done < count) {
        snprintf(rest, sizeof rest, "stopped: %zu of %zu structures were not begun",
                 count - todo->done, count);
    }
    if (todo->failed > 0) {
        return cli_failed("%s: %zu of %zu structures failed; structure %zu: %s%s%s", todo->file,
                          todo->failed, count, todo->first_failed + 1,
                          todo->jobs[todo->first_failed].message, rest[0] != '\0' ? "; " : "",
                          rest);
    }
    return todo->done < count ? cli_failed("%s: %s", todo->file, rest) : 0;
}

/* ---- the work */

/* Better said before the work than after it. */
static int check_output(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    const int length = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);
    if (length >= (int)sizeof folder) {
        return 0;
    }
    snprintf(folder, sizeof folder, "%.*s", length, slash == NULL ? "." : path);
    return access(folder, W_OK) == 0 ? 0
                                     : cli_failed("%s: cannot write: %s", path, strerror(errno));
}

/* What --threads says, 0 for all cores. */
static int threads_of(const cli_arguments *arguments)
{
    const char *const prefix = "threads=";
    int threads = 0;
    for (size_t i = 0; i < arguments->override_count; i++) {
        if (strncmp(arguments->overrides[i], prefix, strlen(prefix)) == 0) {
            threads = atoi(arguments->overrides[i] + strlen(prefix));
        }
    }
    return threads;
}

static adatom_status compute(batch *todo, adatom_evaluator_pool *pool)
{
    const cli_arguments *arguments = todo->arguments;
    cli_batch_progress_start(&todo->progress, todo->frames.count, arguments->quiet);
    const adatom_evaluator_pool_options options = {.retries = arguments->retries,
                                                   .stop_on_failure = arguments->stop_on_failure,
                                                   .forces_optional = true,
                                                   .context = &todo->progress,
                                                   .stop = cli_is_stop_requested,
                                                   .progress = cli_batch_progress_show};
    adatom_evaluator_pool_configure(pool, &options);
    cli_watch_signals();
    const adatom_status status =
        adatom_evaluator_pool_compute(pool, todo->jobs, todo->frames.count);
    cli_batch_progress_finish(&todo->progress);
    return status == ADATOM_INTERRUPTED ? ADATOM_OK : status;
}

static int evaluate_frames(batch *todo, adatom_evaluator_pool *pool)
{
    adatom_status status = prepare_jobs(todo);
    if (status == ADATOM_OK) {
        status = compute(todo, pool);
    }
    if (status == ADATOM_OK) {
        status = take_answers(todo);
    }
    if (status == ADATOM_OUT_OF_MEMORY) {
        return cli_failed("out of memory");
    }
    if (status == ADATOM_OK && (todo->done > 0 || todo->frames.count == 0)) {
        status = adatom_extxyz_write(todo->arguments->output, todo->frames.frames, todo->done);
    }
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    if (!todo->arguments->quiet) {
        print_energies(todo);
        fflush(stdout);
    }
    return report_end(todo);
}

static int evaluate_file(batch *todo)
{
    const cli_arguments *arguments = todo->arguments;
    adatom_status status = adatom_extxyz_read(todo->file, &todo->frames);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    adatom_evaluator_pool *pool = NULL;
    int exit_status = check_output(arguments->output);
    if (exit_status == 0) {
        status = adatom_evaluator_pool_create(arguments->evaluator, threads_of(arguments), &pool);
        exit_status = status == ADATOM_OK ? evaluate_frames(todo, pool) : cli_status(status);
    }
    adatom_evaluator_pool_free(pool);
    free(todo->jobs);
    adatom_frames_clear(&todo->frames);
    return exit_status;
}

int cli_evaluate(const cli_arguments *arguments)
{
    if (arguments->evaluator == NULL || arguments->output == NULL) {
        return cli_wrong_use("evaluate: %s is missing",
                             arguments->evaluator == NULL ? "-e SPEC" : "-o OUT");
    }
    batch todo = {.arguments = arguments, .file = arguments->files[0]};
    return evaluate_file(&todo);
}
