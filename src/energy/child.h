/* adatom: a program of adatom's own as a child process. */
#ifndef ADATOM_ENERGY_CHILD_H
#define ADATOM_ENERGY_CHILD_H

#include "adatom/status.h"
#include "energy/child_protocol.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct adatom_child adatom_child;

/* What is known of a program. */
typedef struct adatom_child_program {
    const char *name; /* such as "adatom-lammps" */
    const char *need; /* what it is for and what it needs, as the end of a sentence */
    const char *who;  /* stands for it in messages: "LAMMPS took longer ..." */
    uint32_t magic, protocol;
    /* The line of its output, between lines of the file, that says why it ended; false if none
     * does. line ends where the size ends. */
    bool (*find_error)(const char *output, char *line, size_t size);
} adatom_child_program;

/* Starts the program, which must stay where it is, with the argument, and waits until it greets.
 * UNSUPPORTED where it is not installed. */
adatom_status adatom_child_start(const adatom_child_program *program, const char *argument,
                                 adatom_child **out);
/* Ends it, whatever it does. NULL is allowed. */
void adatom_child_stop(adatom_child *child);

/* Sends a request of `size` bytes and waits at most `seconds` for the answer, of at most `capacity`
 * bytes; *answer_size is how many there are. EVALUATION_FAILED with the line that the program left,
 * or how it ended; it is of no use any more then. */
adatom_status adatom_child_ask(adatom_child *child, uint32_t kind, const void *request, size_t size,
                               double seconds, void *answer, size_t capacity, size_t *answer_size);

#endif
