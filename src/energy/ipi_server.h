/* adatom: an i-PI server for any number of clients, which come and go as they like. */
#ifndef ADATOM_ENERGY_IPI_SERVER_H
#define ADATOM_ENERGY_IPI_SERVER_H

#include "energy/ipi_client.h"

typedef struct adatom_ipi_server adatom_ipi_server;

typedef struct adatom_ipi_server_options {
    double wait;       /* seconds without a client that could work, after which jobs are given up */
    double time_limit; /* seconds for one job; 0 is no limit */
    bool allow_remote; /* other machines may connect */
} adatom_ipi_server_options;

/* Listens at the address ("NAME" or "HOST:PORT", see ipi_listener.h). Clients can connect from now
 * on. */
adatom_status adatom_ipi_server_create(const char *address,
                                       const adatom_ipi_server_options *options,
                                       adatom_ipi_server **out);

/* Tells the clients to leave and closes. */
void adatom_ipi_server_free(adatom_ipi_server *server);

/* Who follows the work of a run. */
typedef struct adatom_ipi_watch {
    void *context;
    bool (*stop)(void *context); /* true: jobs that no client has become INTERRUPTED */
    void (*progress)(void *context, size_t done, size_t failed);
    void (*answered)(void *context, adatom_ipi_job *job); /* it is DONE */
} adatom_ipi_watch;

/* Has the clients work on the jobs until all are DONE, several at once where there are several
 * clients. A job whose client is lost is given to another one. A job's status is then
 *   EVALUATION_FAILED if three clients were lost on it or if it took longer than the time limit,
 *   IO_FAILED if there was no client for it.
 * The status of the call is not OK only if the server itself cannot go on; jobs that are not DONE
 * have no answer then. watch may be NULL. */
adatom_status adatom_ipi_server_run(adatom_ipi_server *server, adatom_ipi_job *jobs, size_t count,
                                    const adatom_ipi_watch *watch);

#endif
