/* adatom: what ensemble and resume share: ranks, progress over all agents, and the last word. */
#ifndef ADATOM_CLI_CREW_H
#define ADATOM_CLI_CREW_H

#include "cli.h"

/* The choices of target.kind. */
enum { CLI_TARGET_NONE, CLI_TARGET_STOP, CLI_TARGET_ENERGY, CLI_TARGET_STRUCTURE };

/* Lets the agents of the ensemble search until all have ended; returns the exit status. */
int cli_crew_run(const cli_arguments *arguments, const char *folder);

#endif
