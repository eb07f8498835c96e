/* adatom: where an i-PI server listens: a unix socket, or a port of this machine. */
#ifndef ADATOM_ENERGY_IPI_LISTENER_H
#define ADATOM_ENERGY_IPI_LISTENER_H

#include "adatom/status.h"

#include <stdbool.h>
#include <sys/stat.h>

enum { ADATOM_IPI_LISTENERS_MAX = 4, ADATOM_IPI_ADDRESS_SIZE = 280 };

typedef struct adatom_ipi_listener {
    char address[ADATOM_IPI_ADDRESS_SIZE]; /* for people: "/tmp/ipi_NAME" or "HOST:PORT" */
    int sockets[ADATOM_IPI_LISTENERS_MAX]; /* a host may have several addresses */
    int count;
    bool is_unix;
    struct stat file; /* the socket file that is ours */
} adatom_ipi_listener;

/* "NAME" makes the unix socket /tmp/ipi_NAME, open to this user only; the file of a server that is
 * gone is taken over, one that is alive refused. "HOST:PORT" listens there; a host that is not this
 * machine's loopback is INVALID_INPUT unless allow_remote. IO_FAILED if it cannot be had. */
adatom_status adatom_ipi_listen(const char *address, bool allow_remote, adatom_ipi_listener *out);

/* Closes the sockets and removes the file, if it is still ours. */
void adatom_ipi_unlisten(adatom_ipi_listener *listener);

/* The socket of a client that waits on the given listening socket; -1 if there is none, with errno.
 */
int adatom_ipi_accept(const adatom_ipi_listener *listener, int listening);

#endif
