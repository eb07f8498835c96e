/* adatom: the results of a long evaluation, kept in a file beside the output as they come, so that
 * the same command goes on where an earlier one was ended. */
#ifndef ADATOM_CLI_PARTIAL_RESULTS_H
#define ADATOM_CLI_PARTIAL_RESULTS_H

#include "cli.h"

typedef struct cli_partial_results {
    char *path; /* OUT.partial; NULL where the output is no file that could be replaced */
    const char *evaluator;
    adatom_extxyz_log *log;
    size_t taken; /* results that were there already */
} cli_partial_results;

/* Opens the file beside the output. What it holds for the frames is put into them, and has_result,
 * [frames->count], says for which; failures are not among it. Returns the exit status: it is wrong
 * use to go on with another evaluator or other structures. Clear it also after a failure. */
int cli_partial_results_open(cli_partial_results *partial, const char *output,
                             const char *evaluator, adatom_frames *frames, bool *has_result);
/* Keeps the result of the frame that is the number-th, from 0. */
adatom_status cli_partial_results_add(cli_partial_results *partial, const adatom_frame *frame,
                                      size_t number);
/* All results are in the output now. */
void cli_partial_results_remove(const cli_partial_results *partial);
void cli_partial_results_clear(cli_partial_results *partial);

#endif
