/* adatom: one client of an i-PI server: what is said to it, and what it answers.
 *
 * The protocol (Kapil et al., Comput. Phys. Commun. 236, 214 (2019)) has headers of 12 bytes,
 * padded with blanks, and native numbers, in Bohr and Hartree:
 *
 *   we say                                   the client answers
 *   STATUS                                   NEEDINIT, READY or HAVEDATA
 *   INIT, int32 bead, int32 n, n bytes       -
 *   POSDATA, cell, inverse cell, int32       -
 *     atom count, positions
 *   GETFORCE                                 FORCEREADY, energy, int32 atom count, forces,
 *                                              virial, int32 n, n bytes
 *   EXIT                                     - */
#ifndef ADATOM_ENERGY_IPI_CLIENT_H
#define ADATOM_ENERGY_IPI_CLIENT_H

#include "adatom/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ADATOM_IPI_LINE_SIZE = 512, ADATOM_IPI_COMPLAINT_SIZE = 160, ADATOM_IPI_EXTRA_KEPT = 65536 };

typedef enum adatom_ipi_job_state {
    ADATOM_IPI_PENDING, /* no client has it */
    ADATOM_IPI_GIVEN,
    ADATOM_IPI_DONE
} adatom_ipi_job_state;

/* One structure to be computed, in the units of the wire. */
typedef struct adatom_ipi_job {
    const void *message; /* the whole of POSDATA */
    size_t message_size;
    int32_t atom_count;
    size_t number; /* the caller's own */
    /* The answer, valid if status is OK. */
    adatom_status status;
    char line[ADATOM_IPI_LINE_SIZE]; /* what went wrong */
    double energy;
    double (*forces)[3]; /* [atom_count][3], or NULL where they are not wanted */
    double virial[3][3];
    char *extra; /* [ADATOM_IPI_EXTRA_KEPT] for the text that ends the answer, or NULL */
    size_t extra_size;
    double seconds; /* with the last client that had it */
    /* The server's own. */
    adatom_ipi_job_state state;
    int losses; /* clients that were lost on it */
    double given_time;
} adatom_ipi_job;

typedef enum adatom_ipi_client_state {
    ADATOM_IPI_ASKED,     /* STATUS is said; READY or NEEDINIT is to come */
    ADATOM_IPI_READY,     /* free for a job */
    ADATOM_IPI_COMPUTING, /* POSDATA and STATUS are said; HAVEDATA is to come */
    ADATOM_IPI_HEADER,    /* GETFORCE is said; the parts of the answer are to come */
    ADATOM_IPI_ENERGY,
    ADATOM_IPI_FORCES,
    ADATOM_IPI_VIRIAL,
    ADATOM_IPI_EXTRA,
    ADATOM_IPI_LOST
} adatom_ipi_client_state;

typedef struct adatom_ipi_client {
    int socket;
    bool is_unix;
    adatom_ipi_client_state state;
    adatom_ipi_job *job; /* NULL: none, or one that was not waited for */
    int32_t atom_count;  /* of the job */
    int32_t extra;       /* bytes at the end of the answer that are still to come */
    double deadline;     /* for the job, seconds */
    char
        complaint[ADATOM_IPI_COMPLAINT_SIZE]; /* why it is LOST, as in "it closed the connection" */
    char *input, *output;
    size_t input_capacity, input_wanted, input_size;
    size_t output_capacity, output_size, output_sent;
} adatom_ipi_client;

/* Takes the socket over, also on failure, and says STATUS. */
adatom_status adatom_ipi_client_create(int socket, bool is_unix, adatom_ipi_client **out);
void adatom_ipi_client_free(adatom_ipi_client *client);

/* Sends the job to a client that is READY; the job must stay where it is until it is DONE or the
 * client's job is NULL. */
adatom_status adatom_ipi_client_give(adatom_ipi_client *client, adatom_ipi_job *job);

/* Sends and receives what can be had without waiting. A job whose answer is complete becomes DONE.
 * A client that goes away or breaks the protocol becomes LOST, with its job still in its hands. */
adatom_status adatom_ipi_client_move(adatom_ipi_client *client);

/* Whether there is something that waits to be sent. */
bool adatom_ipi_client_has_output(const adatom_ipi_client *client);

/* Says EXIT and closes our direction, as far as that goes without waiting. */
void adatom_ipi_client_dismiss(adatom_ipi_client *client);

#endif
