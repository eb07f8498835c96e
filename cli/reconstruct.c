/* adatom reconstruct: from fingerprints to structures. */
#include "cli.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INFO_COUNT = 6 };

typedef struct reconstruct_run {
    const cli_arguments *arguments;
    adatom_frames frames;
    size_t capacity;
    size_t verdicts[3];
} reconstruct_run;

static adatom_status add_info(adatom_frame *frame, const char *key, const char *format, ...)
    ADATOM_PRINTF(3, 4);

static adatom_status add_info(adatom_frame *frame, const char *key, const char *format, ...)
{
    char text[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const size_t at = frame->info_count++;
    frame->info_keys[at] = strdup(key);
    frame->info_values[at] = strdup(text);
    return frame->info_keys[at] != NULL && frame->info_values[at] != NULL ? ADATOM_OK
                                                                          : ADATOM_OUT_OF_MEMORY;
}

/* A number that every reader of extended XYZ takes. */
static double bounded(double number)
{
    return isfinite(number) ? number : 1e300;
}

static adatom_status fill_frame(adatom_frame *frame, const adatom_reconstruction *result)
{
    frame->info_keys = calloc(INFO_COUNT, sizeof *frame->info_keys);
    frame->info_values = calloc(INFO_COUNT, sizeof *frame->info_values);
    if (frame->info_keys == NULL || frame->info_values == NULL) {
        return ADATOM_OUT_OF_MEMORY;
    }
    adatom_status status = adatom_structure_copy(result->structure, &frame->structure);
    if (status == ADATOM_OK) {
        status = add_info(frame, "target", "%zu", result->target);
    }
    if (status == ADATOM_OK) {
        status = add_info(frame, "loss", "%.9g", bounded(result->loss));
    }
    if (status == ADATOM_OK) {
        status = add_info(frame, "verdict", "%s", adatom_verdict_name(result->verdict));
    }
    if (status == ADATOM_OK && result->has_rmsd) {
        status = add_info(frame, "rmsd", "%.9g", bounded(result->rmsd));
    }
    if (status == ADATOM_OK && result->has_rmsd && result->free_cell) {
        status = add_info(frame, "strain", "%.9g", bounded(result->strain));
    }
    return status;
}

static void print_result(const adatom_reconstruction *result)
{
    char rmsd[96] = "";
    if (result->has_rmsd && result->free_cell) {
        snprintf(rmsd, sizeof rmsd, "   %.4f \303\205 and a strain of %.4f from the original",
                 result->rmsd, result->strain);
    } else if (result->has_rmsd) {
        snprintf(rmsd, sizeof rmsd, "   %.4f \303\205 from the original", result->rmsd);
    }
    printf("target %zu: %s   loss %.2e%s   %.0f iterations\n", result->target,
           adatom_verdict_name(result->verdict), result->loss, rmsd, result->iterations);
    fflush(stdout);
}

static adatom_status keep_result(void *context, const adatom_reconstruction *result)
{
    reconstruct_run *run = context;
    if (run->frames.count == run->capacity) {
        const size_t capacity = run->capacity > 0 ? 2 * run->capacity : 64;
        adatom_frame *longer = realloc(run->frames.frames, capacity * sizeof *longer);
        if (longer == NULL) {
            return ADATOM_OUT_OF_MEMORY;
        }
        run->frames.frames = longer;
        run->capacity = capacity;
    }
    /* A frame that is not whole is in the list, too, so that it is freed with the others. */
    adatom_frame *frame = &run->frames.frames[run->frames.count++];
    memset(frame, 0, sizeof *frame);
    run->verdicts[result->verdict]++;
    if (!run->arguments->quiet) {
        print_result(result);
    }
    return fill_frame(frame, result);
}

static int finish(reconstruct_run *run, adatom_status status)
{
    char message[2048];
    snprintf(message, sizeof message, "%s", adatom_error_message());
    const bool whole = status == ADATOM_OK || status == ADATOM_INTERRUPTED;
    if (whole && run->frames.count > 0) {
        const adatom_status written =
            adatom_extxyz_write(run->arguments->output, run->frames.frames, run->frames.count);
        if (written != ADATOM_OK) {
            return cli_status(written);
        }
    }
    if (status != ADATOM_OK) {
        cli_failed("%s", status == ADATOM_OUT_OF_MEMORY ? "out of memory" : message);
        return adatom_status_exit(status);
    }
    if (!run->arguments->quiet) {
        cli_print_row("solved", "%zu of %zu", run->verdicts[ADATOM_VERDICT_SOLVED],
                      run->frames.count);
        cli_print_row("doubtful", "%zu", run->verdicts[ADATOM_VERDICT_DOUBTFUL]);
        cli_print_row("no such structure", "%zu", run->verdicts[ADATOM_VERDICT_NONE]);
        cli_print_row("structures", "%s", run->arguments->output);
    }
    return 0;
}

int cli_reconstruct(const cli_arguments *arguments)
{
    if (arguments->output == NULL) {
        return cli_wrong_use("reconstruct: -o OUT is missing");
    }
    adatom_reconstruct_options options = adatom_reconstruct_options_default();
    adatom_status status = adatom_options_read(
        adatom_reconstruct_option_table(), arguments->files[0],
        (const char *const *)arguments->overrides, arguments->override_count, &options);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    reconstruct_run run;
    memset(&run, 0, sizeof run);
    run.arguments = arguments;
    const adatom_reconstruct_callbacks callbacks = {&run, keep_result, cli_is_stop_requested};
    cli_watch_signals();
    status = adatom_reconstruct(&options, &callbacks);
    const int exit_status = finish(&run, status);
    adatom_frames_clear(&run.frames);
    return exit_status;
}
