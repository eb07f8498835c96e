/* adatom: how adatom and a program of its own that it starts as a child talk over a socket. Both
 * run on one machine: numbers stand as they do in memory.
 *
 * The program greets with HELLO; then each request is answered by one message of the same kind, or
 * by REFUSED with a text. */
#ifndef ADATOM_ENERGY_CHILD_PROTOCOL_H
#define ADATOM_ENERGY_CHILD_PROTOCOL_H

#include <stdint.h>

enum {
    ADATOM_CHILD_SOCKET = 3, /* the program's end of the socket */
    ADATOM_CHILD_BYTES_MAX = 1 << 30,
};

/* Kinds of messages; those of a program come behind. */
enum {
    ADATOM_CHILD_HELLO = 1, /* adatom_child_hello */
    ADATOM_CHILD_REFUSED,   /* a text */
    ADATOM_CHILD_KINDS,
};

typedef struct adatom_child_header {
    uint32_t kind, reserved;
    uint64_t size; /* bytes that follow */
} adatom_child_header;

typedef struct adatom_child_hello {
    uint32_t magic, protocol;
} adatom_child_hello;

#endif
