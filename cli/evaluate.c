/* adatom evaluate: energies and forces of the structures of a file. */
#include "batch_progress.h"
#include "cli.h"
#include "frame_info.h"
#include "partial_results.h"

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
    bool *has_result;           /* [frames.count]: from an earlier run */
    adatom_evaluator_job *jobs; /* [job_count], for the frames that have no result */
    size_t *places;             /* [job_count], of their frames */
    size_t job_count;
    size_t done, failed;                   /* of the jobs */
    size_t first_failed;                   /* the lowest place, if any failed */
    char message[ADATOM_JOB_MESSAGE_SIZE]; /* why */
    cli_partial_results partial;
    adatom_status status; /* not OK: a result could not be kept */
    cli_batch_progress progress;
} batch;

/* ---- jobs from frames */

/* Room for an array of the frame that the evaluator fills; NULL if there is no memory. */
static void *room(void *old, size_t count, size_t size)
{
    return old != NULL ? old : calloc(count > 0 ? count : 1, size);
}

static adatom_status prepare_job(adatom_frame *frame, adatom_evaluator_job *job)
{
    const size_t atoms = frame->structure->atom_count;
    frame->forces = room(frame->forces, atoms, sizeof *frame->forces);
    frame->energies = room(frame->energies, atoms, sizeof *frame->energies);
    job->structure = frame->structure;
    job->forces = frame->forces;
    job->energies = frame->energies;
    job->virial = frame->stress;
    return frame->forces != NULL && frame->energies != NULL ? ADATOM_OK : ADATOM_OUT_OF_MEMORY;
}

static adatom_status prepare_jobs(batch *todo)
{
    const size_t count = todo->frames.count;
    todo->jobs = calloc(count + 1, sizeof *todo->jobs);
    todo->places = calloc(count + 1, sizeof *todo->places);
    if (todo->jobs == NULL || todo->places == NULL) {
        return ADATOM_OUT_OF_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        if (!todo->has_result[i]) {
            todo->places[todo->job_count] = i;
            const adatom_status status =
                prepare_job(&todo->frames.frames[i], &todo->jobs[todo->job_count++]);
            if (status != ADATOM_OK) {
                return status;
            }
        }
    }
    return ADATOM_OK;
}

/* ---- frames from jobs */

/* A message on one line. */
static adatom_status add_reason(adatom_frame *frame, const char *message)
{
    char line[ADATOM_JOB_MESSAGE_SIZE];
    snprintf(line, sizeof line, "%s", message);
    for (char *c = line; *c != '\0'; c++) {
        *c = (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c;
    }
    return cli_frame_add_info(frame, "status", line);
}

static adatom_status take_answer(const adatom_evaluator_job *job, adatom_frame *frame)
{
    cli_frame_drop_info(frame, "status");
    frame->has_energy = job->status == ADATOM_OK;
    frame->energy = frame->has_energy ? job->energy : 0;
    if (!job->has_forces) {
        free(frame->forces);
        frame->forces = NULL;
    }
    if (!job->has_energies) {
        free(frame->energies);
        frame->energies = NULL;
    }
    double virial[3][3];
    memcpy(virial, frame->stress, sizeof virial);
    frame->has_stress =
        job->has_virial && adatom_stress_from_virial(frame->structure, virial, frame->stress);
    return frame->has_energy ? ADATOM_OK : add_reason(frame, job->message);
}

/* Called by one thread at a time. */
static void keep_answer(void *context, const adatom_evaluator_job *job)
{
    batch *todo = context;
    const size_t place = todo->places[job - todo->jobs];
    adatom_frame *frame = &todo->frames.frames[place];
    todo->done++;
    if (job->status != ADATOM_OK && (todo->failed++ == 0 || place < todo->first_failed)) {
        todo->first_failed = place;
        memcpy(todo->message, job->message, sizeof todo->message);
    }
    if (todo->status == ADATOM_OK) {
        todo->status = take_answer(job, frame);
    }
    if (todo->status == ADATOM_OK) {
        todo->status = cli_partial_results_add(&todo->partial, frame, place);
        if (todo->status != ADATOM_OK) {
            snprintf(todo->message, sizeof todo->message, "%s", adatom_error_message());
        }
    }
}

static bool is_to_stop(void *context)
{
    const batch *todo = context;
    return todo->status != ADATOM_OK || cli_is_stop_requested(NULL);
}

static void show_progress(void *context, size_t finished, size_t failed)
{
    batch *todo = context;
    cli_batch_progress_show(&todo->progress, finished, failed);
}

/* ---- what is printed */

static void print_energies(const batch *todo)
{
    double lowest = INFINITY, highest = -INFINITY;
    size_t count = 0, without_forces = 0;
    for (size_t i = 0; i < todo->frames.count; i++) {
        const adatom_frame *frame = &todo->frames.frames[i];
        if (frame->has_energy) {
            const double per_atom = frame->energy / (double)frame->structure->atom_count;
            lowest = fmin(lowest, per_atom);
            highest = fmax(highest, per_atom);
            without_forces += frame->forces == NULL;
            count++;
        }
    }
    cli_print_row("structures", "%zu", count + todo->failed);
    if (todo->failed > 0) {
        cli_print_row("failed", "%zu", todo->failed);
    }
    if (lowest <= highest) {
        cli_print_row("energies", "%.4f to %.4f eV/atom", lowest, highest);
    }
    if (without_forces > 0) {
        cli_print_row("forces", "none: the evaluator gives energies only");
    }
}

/* One line, and the exit status. */
static int report_end(const batch *todo)
{
    const size_t count = todo->frames.count, left = todo->job_count - todo->done;
    char rest[300] = "";
    if (left > 0) {
        snprintf(rest, sizeof rest, "stopped: %zu of %zu structures were not begun%s", left, count,
                 todo->partial.path != NULL ? "; the same command goes on" : "");
    }
    if (todo->failed > 0) {
        return cli_failed("%s: %zu of %zu structures failed; structure %zu: %s%s%s", todo->file,
                          todo->failed, count, todo->first_failed + 1, todo->message,
                          left > 0 ? "; " : "", rest);
    }
    return left > 0 ? cli_failed("%s: %s", todo->file, rest) : 0;
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

static adatom_status compute(batch *todo, adatom_evaluator_pool *pool)
{
    const cli_arguments *arguments = todo->arguments;
    cli_batch_progress_start(&todo->progress, todo->job_count, arguments->quiet);
    const adatom_evaluator_pool_options options = {.retries = arguments->retries,
                                                   .stop_on_failure = arguments->stop_on_failure,
                                                   .forces_optional = true,
                                                   .context = todo,
                                                   .stop = is_to_stop,
                                                   .progress = show_progress,
                                                   .done = keep_answer};
    adatom_evaluator_pool_configure(pool, &options);
    cli_watch_signals();
    const adatom_status status = adatom_evaluator_pool_compute(pool, todo->jobs, todo->job_count);
    cli_batch_progress_finish(&todo->progress);
    return status == ADATOM_INTERRUPTED ? ADATOM_OK : status;
}

/* Where all are done, they are written in the order of the input, and nothing else is kept. Where a
 * pipe or a device takes the output, it gets what there is. */
static adatom_status write_output(batch *todo)
{
    adatom_frame *frames = todo->frames.frames;
    size_t count = todo->frames.count;
    if (todo->done < todo->job_count) {
        if (todo->partial.path != NULL) {
            return ADATOM_OK;
        }
        count = 0;
        for (size_t i = 0; i < todo->job_count; i++) {
            if (todo->jobs[i].status != ADATOM_INTERRUPTED) {
                const adatom_frame begun = frames[i];
                frames[i] = frames[count];
                frames[count++] = begun;
            }
        }
    }
    const adatom_status status = adatom_extxyz_write(todo->arguments->output, frames, count);
    if (status == ADATOM_OK) {
        cli_partial_results_remove(&todo->partial);
    }
    return status;
}

static int evaluate_frames(batch *todo, adatom_evaluator_pool *pool)
{
    adatom_status status = prepare_jobs(todo);
    if (status == ADATOM_OK) {
        status = compute(todo, pool);
    }
    if (status == ADATOM_OUT_OF_MEMORY || todo->status == ADATOM_OUT_OF_MEMORY) {
        return cli_failed("out of memory");
    }
    if (status == ADATOM_OK && todo->status != ADATOM_OK) {
        return cli_failed("%s", todo->message);
    }
    if (status == ADATOM_OK) {
        status = write_output(todo);
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

static int open_partial(batch *todo)
{
    const cli_arguments *arguments = todo->arguments;
    todo->has_result = calloc(todo->frames.count + 1, sizeof *todo->has_result);
    if (todo->has_result == NULL) {
        return cli_failed("out of memory");
    }
    const int exit_status = cli_partial_results_open(
        &todo->partial, arguments->output, arguments->evaluator, &todo->frames, todo->has_result);
    if (exit_status == 0 && todo->partial.taken > 0 && !arguments->quiet) {
        printf("%s: %zu of %zu structures are done already\n", todo->partial.path,
               todo->partial.taken, todo->frames.count);
        fflush(stdout);
    }
    return exit_status;
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
        status = adatom_evaluator_pool_create(arguments->evaluator, cli_threads(arguments), &pool);
        exit_status = cli_status(status);
    }
    if (exit_status == 0) {
        exit_status = open_partial(todo);
    }
    if (exit_status == 0) {
        exit_status = evaluate_frames(todo, pool);
    }
    adatom_evaluator_pool_free(pool);
    cli_partial_results_clear(&todo->partial);
    free(todo->jobs);
    free(todo->places);
    free(todo->has_result);
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
