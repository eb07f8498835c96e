/* adatom evaluate: energies and forces of the structures of a file. */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static adatom_status evaluate_frame(adatom_evaluator *evaluator, adatom_frame *frame)
{
    if (frame->forces == NULL) {
        const size_t count = frame->structure->atom_count;
        frame->forces = calloc(count > 0 ? count : 1, sizeof *frame->forces);
        if (frame->forces == NULL) {
            return ADATOM_OUT_OF_MEMORY;
        }
    }
    const adatom_status status =
        adatom_evaluator_compute(evaluator, frame->structure, &frame->energy, frame->forces);
    frame->has_energy = status == ADATOM_OK;
    return status;
}

/* The message says which structure of which file it was. */
static int evaluate_frames(adatom_evaluator *evaluator, const char *file, adatom_frames *frames)
{
    for (size_t i = 0; i < frames->count; i++) {
        const adatom_status status = evaluate_frame(evaluator, &frames->frames[i]);
        if (status != ADATOM_OK) {
            const char *message =
                status == ADATOM_OUT_OF_MEMORY ? "out of memory" : adatom_error_message();
            cli_failed("%s: structure %zu: %s", file, i + 1, message);
            return adatom_status_exit(status);
        }
    }
    return 0;
}

static void print_energies(const adatom_frames *frames)
{
    double lowest = INFINITY, highest = -INFINITY;
    for (size_t i = 0; i < frames->count; i++) {
        const adatom_frame *frame = &frames->frames[i];
        const double per_atom = frame->energy / (double)frame->structure->atom_count;
        lowest = fmin(lowest, per_atom);
        highest = fmax(highest, per_atom);
    }
    cli_print_row("structures", "%zu", frames->count);
    cli_print_row("energies", "%.4f to %.4f eV/atom", lowest, highest);
}

static int evaluate_file(const cli_arguments *arguments, adatom_evaluator *evaluator,
                         adatom_frames *frames)
{
    const int exit_status = evaluate_frames(evaluator, arguments->files[0], frames);
    if (exit_status != 0) {
        return exit_status;
    }
    const adatom_status status =
        adatom_extxyz_write(arguments->output, frames->frames, frames->count);
    if (status == ADATOM_OK && !arguments->quiet) {
        print_energies(frames);
    }
    return cli_status(status);
}

int cli_evaluate(const cli_arguments *arguments)
{
    if (arguments->evaluator == NULL || arguments->output == NULL) {
        return cli_wrong_use("evaluate: %s is missing",
                             arguments->evaluator == NULL ? "-e SPEC" : "-o OUT");
    }
    adatom_frames frames;
    adatom_status status = adatom_extxyz_read(arguments->files[0], &frames);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    adatom_evaluator *evaluator = NULL;
    status = adatom_evaluator_create(arguments->evaluator, &evaluator);
    const int exit_status =
        status == ADATOM_OK ? evaluate_file(arguments, evaluator, &frames) : cli_status(status);
    adatom_evaluator_free(evaluator);
    adatom_frames_clear(&frames);
    return exit_status;
}
