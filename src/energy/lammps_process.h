/* adatom: the program adatom-lammps as a child process. */
#ifndef ADATOM_ENERGY_LAMMPS_PROCESS_H
#define ADATOM_ENERGY_LAMMPS_PROCESS_H

#include "adatom/status.h"
#include "energy/lammps_protocol.h"

#include <stddef.h>

typedef struct adatom_lammps_process adatom_lammps_process;

/* Starts the program in the folder, from which the names of files count, and waits until LAMMPS is
 * there. UNSUPPORTED where the program is not installed. */
adatom_status adatom_lammps_process_start(const char *folder, adatom_lammps_process **out);
/* Ends it, whatever it does. NULL is allowed. */
void adatom_lammps_process_stop(adatom_lammps_process *process);

/* Sends a request of `size` bytes and waits at most `seconds` for the answer, of at most `capacity`
 * bytes; *answer_size is how many there are. EVALUATION_FAILED with the line that LAMMPS left, or
 * how the program ended; it is of no use any more then. */
adatom_status adatom_lammps_process_ask(adatom_lammps_process *process, uint32_t kind,
                                        const void *request, size_t size, double seconds,
                                        void *answer, size_t capacity, size_t *answer_size);

#endif
