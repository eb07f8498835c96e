/* adatom: starting a program on three pipes. */
#ifndef ADATOM_ENERGY_COMMAND_START_H
#define ADATOM_ENERGY_COMMAND_START_H

#include "adatom/sys/evaluator.h"

#include <sys/types.h>

/* The streams, by their numbers in the program. */
enum { ADATOM_COMMAND_INPUT, ADATOM_COMMAND_OUTPUT, ADATOM_COMMAND_ERRORS, ADATOM_COMMAND_STREAMS };

/* Starts the program at path in a process group of its own, whose number is *process; words are its
 * arguments. ours are our ends of its streams, which never make us wait; -1 before, and to be
 * closed also after a failure. No other file of this process reaches the program. EVALUATION_FAILED
 * if it cannot be started. */
adatom_status adatom_command_start(const char *path, char *const *words,
                                   int ours[ADATOM_COMMAND_STREAMS], pid_t *process);

#endif
