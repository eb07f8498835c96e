/* adatom: the child's side of child_protocol.h, for programs that do not link the library. */
#ifndef ADATOM_ENERGY_CHILD_SIDE_H
#define ADATOM_ENERGY_CHILD_SIDE_H

#include "energy/child_protocol.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

/* False where adatom has gone. */
static inline bool adatom_child_receive(void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        const ssize_t count = recv(ADATOM_CHILD_SOCKET, (char *)bytes + done, size - done, 0);
        if (count <= 0 && !(count < 0 && errno == EINTR)) {
            return false;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return true;
}

/* MSG_MORE in flags: the rest of the message follows at once. */
static inline bool adatom_child_send(const void *bytes, size_t size, int flags)
{
    for (size_t done = 0; done < size;) {
        const ssize_t count = send(ADATOM_CHILD_SOCKET, (const char *)bytes + done, size - done,
                                   MSG_NOSIGNAL | flags);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return true;
}

/* The header of a message of that many bytes, which are to be sent next. */
static inline bool adatom_child_announce(uint32_t kind, size_t size)
{
    const adatom_child_header header = {kind, 0, size};
    return adatom_child_send(&header, sizeof header, size > 0 ? MSG_MORE : 0);
}

static inline bool adatom_child_answer(uint32_t kind, const void *bytes, size_t size)
{
    return adatom_child_announce(kind, size) && adatom_child_send(bytes, size, 0);
}

static inline bool adatom_child_refuse(const char *reason)
{
    return adatom_child_answer(ADATOM_CHILD_REFUSED, reason, strlen(reason));
}

#endif
