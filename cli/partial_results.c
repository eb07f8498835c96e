#include "partial_results.h"

#include "frame_info.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a kept frame says beyond what the output will: its place in the input, from 1, and by whom
 * it was evaluated. */
static const char *const number_key = "adatom_structure", *const evaluator_key = "adatom_evaluator";

static adatom_status find_path(cli_partial_results *partial, const char *output)
{
    static const char ending[] = ".partial";
    struct stat found;
    if (stat(output, &found) == 0 && !S_ISREG(found.st_mode)) {
        return ADATOM_OK; /* a device or a pipe */
    }
    const size_t length = strlen(output);
    partial->path = malloc(length + sizeof ending);
    if (partial->path == NULL) {
        return ADATOM_OUT_OF_MEMORY;
    }
    memcpy(partial->path, output, length);
    memcpy(partial->path + length, ending, sizeof ending);
    return ADATOM_OK;
}

static bool same_structure(const adatom_structure *a, const adatom_structure *b)
{
    const size_t count = a->atom_count;
    return count == b->atom_count &&
           memcmp(a->atomic_numbers, b->atomic_numbers, count * sizeof *a->atomic_numbers) == 0 &&
           memcmp(a->positions, b->positions, count * sizeof *a->positions) == 0 &&
           memcmp(a->cell, b->cell, sizeof a->cell) == 0 &&
           memcmp(a->periodic, b->periodic, sizeof a->periodic) == 0;
}

/* The frame that the result belongs to, from 0; frames->count if it is none of them. */
static size_t place_of(const cli_partial_results *partial, const adatom_frame *result,
                       const adatom_frames *frames)
{
    const char *number = cli_frame_info(result, number_key);
    const char *evaluator = cli_frame_info(result, evaluator_key);
    const size_t place = number != NULL ? strtoul(number, NULL, 10) - 1 : frames->count;
    const bool fits = place < frames->count && evaluator != NULL &&
                      strcmp(evaluator, partial->evaluator) == 0 &&
                      same_structure(result->structure, frames->frames[place].structure);
    return fits ? place : frames->count;
}

static void take_result(adatom_frame *result, adatom_frame *frame)
{
    const adatom_frame input = *frame;
    cli_frame_drop_info(result, number_key);
    cli_frame_drop_info(result, evaluator_key);
    *frame = *result;
    *result = input; /* freed with the others */
}

/* The exit status. */
static int take_results(cli_partial_results *partial, adatom_frames *kept, adatom_frames *frames,
                        bool *has_result)
{
    for (size_t i = 0; i < kept->count; i++) {
        adatom_frame *result = &kept->frames[i];
        const size_t place = place_of(partial, result, frames);
        if (place == frames->count) {
            return cli_wrong_use("%s: holds results of other structures or of another evaluator; "
                                 "remove it to begin anew",
                                 partial->path);
        }
        if (result->has_energy && !has_result[place]) { /* a failure is tried again */
            take_result(result, &frames->frames[place]);
            has_result[place] = true;
            partial->taken++;
        }
    }
    return 0;
}

int cli_partial_results_open(cli_partial_results *partial, const char *output,
                             const char *evaluator, adatom_frames *frames, bool *has_result)
{
    adatom_frames kept = {0};
    *partial = (cli_partial_results){.evaluator = evaluator};
    adatom_status status = find_path(partial, output);
    if (status == ADATOM_OUT_OF_MEMORY) {
        return cli_failed("out of memory");
    }
    if (partial->path == NULL) {
        return 0;
    }
    status = adatom_extxyz_log_open(partial->path, &kept, &partial->log);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    const int exit_status = take_results(partial, &kept, frames, has_result);
    adatom_frames_clear(&kept);
    return exit_status;
}

adatom_status cli_partial_results_add(cli_partial_results *partial, const adatom_frame *frame,
                                      size_t number)
{
    if (partial->log == NULL) {
        return ADATOM_OK;
    }
    char text[32];
    snprintf(text, sizeof text, "%zu", number + 1);
    adatom_frame marked = *frame;
    marked.info_count = 0;
    marked.info_keys = marked.info_values = NULL;
    adatom_status status = cli_frame_add_info(&marked, number_key, text);
    if (status == ADATOM_OK) {
        status = cli_frame_add_info(&marked, evaluator_key, partial->evaluator);
    }
    for (size_t i = 0; i < frame->info_count && status == ADATOM_OK; i++) {
        status = cli_frame_add_info(&marked, frame->info_keys[i], frame->info_values[i]);
    }
    if (status == ADATOM_OK) {
        status = adatom_extxyz_log_add(partial->log, &marked);
    }
    cli_frame_clear_infos(&marked);
    return status;
}

void cli_partial_results_remove(const cli_partial_results *partial)
{
    if (partial->path != NULL) {
        unlink(partial->path);
    }
}

void cli_partial_results_clear(cli_partial_results *partial)
{
    adatom_extxyz_log_close(partial->log);
    free(partial->path);
    *partial = (cli_partial_results){0};
}
