/* adatom: an agent of an ensemble in a process of its own. */
#ifndef ADATOM_SEARCH_ENSEMBLE_PROCESS_H
#define ADATOM_SEARCH_ENSEMBLE_PROCESS_H

#include "adatom/ensemble.h"
#include "ensemble/files.h"

#include <sys/types.h>

/* What both processes see. The process of the agent writes; what it wrote last is exact once it
 * has ended. */
typedef struct adatom_agent_board {
    adatom_search_state state;
    bool finished; /* status and message are there */
    adatom_status status;
    char message[ADATOM_ENSEMBLE_NOTE_SIZE];
} adatom_agent_board;

/* Starts the process; it ends in good order on SIGTERM where callbacks->stop watches for that, and
 * is sent one when this process is gone. */
adatom_status adatom_agent_process_start(const char *folder, int agent,
                                         const adatom_search_options *options,
                                         const adatom_ensemble_callbacks *callbacks,
                                         adatom_agent_board *board, pid_t *process);

/* Boards that processes share; free with adatom_agent_boards_free. */
adatom_status adatom_agent_boards_create(size_t count, adatom_agent_board **out);
void adatom_agent_boards_free(adatom_agent_board *boards, size_t count);

#endif
