#include "energy/ipi_listener.h"

#include "adatom/sys/evaluator.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 64, HOST_SIZE = 256 };

static const char *const socket_prefix = "/tmp/ipi_";

static adatom_status fail_to_listen(const char *address, int error)
{
    return adatom_sys_fail(ADATOM_IO_FAILED, "ipi: cannot listen at %s: %s", address,
                           strerror(error));
}

static adatom_status check_name(const char *name)
{
    const char *const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    const size_t length = strlen(name);
    const size_t room = sizeof((struct sockaddr_un *)NULL)->sun_path - strlen(socket_prefix) - 1;
    if (length == 0 || length > room || strspn(name, letters) != length) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "ipi: \"%.200s\" is no name for a socket /tmp/ipi_NAME: expected 1 "
                               "to %zu letters, digits, _ . -",
                               name, room);
    }
    return ADATOM_OK;
}

/* A socket file without a server is what a program that was killed leaves behind. */
static adatom_status remove_if_stale(const struct sockaddr_un *place)
{
    struct stat file;
    if (lstat(place->sun_path, &file) != 0) {
        return errno == ENOENT ? ADATOM_OK : fail_to_listen(place->sun_path, errno);
    }
    if (!S_ISSOCK(file.st_mode)) {
        return adatom_sys_fail(ADATOM_IO_FAILED, "ipi: %s is there and is no socket",
                               place->sun_path);
    }
    const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0) {
        return fail_to_listen(place->sun_path, errno);
    }
    const bool refused =
        connect(probe, (const struct sockaddr *)place, sizeof *place) != 0 && errno == ECONNREFUSED;
    close(probe);
    if (!refused) {
        return adatom_sys_fail(ADATOM_IO_FAILED,
                               "ipi: another program listens at %s already; take another name",
                               place->sun_path);
    }
    return unlink(place->sun_path) == 0 ? ADATOM_OK : fail_to_listen(place->sun_path, errno);
}

/* The mode that the socket has when it is bound is that of its file. */
static bool bind_unix(int handle, const struct sockaddr_un *place)
{
    return fchmod(handle, S_IRUSR | S_IWUSR) == 0 &&
           bind(handle, (const struct sockaddr *)place, sizeof *place) == 0;
}

static adatom_status listen_unix(const char *name, adatom_ipi_listener *listener)
{
    ADATOM_SYS_TRY(check_name(name));
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    snprintf(place.sun_path, sizeof place.sun_path, "%s%s", socket_prefix, name);
    snprintf(listener->address, sizeof listener->address, "%s", place.sun_path);
    listener->is_unix = true;
    ADATOM_SYS_TRY(remove_if_stale(&place));
    const int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (handle < 0) {
        return fail_to_listen(place.sun_path, errno);
    }
    if (!bind_unix(handle, &place) || listen(handle, BACKLOG) != 0 ||
        lstat(place.sun_path, &listener->file) != 0) {
        const adatom_status status = fail_to_listen(place.sun_path, errno);
        close(handle);
        return status;
    }
    listener->sockets[listener->count++] = handle;
    return ADATOM_OK;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *place = (const struct sockaddr_in *)(const void *)address;
        return ntohl(place->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *place = (const struct sockaddr_in6 *)(const void *)address;
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&place->sin6_addr);
}

/* A listening socket, or -1 with errno. */
static int listen_inet(const struct addrinfo *found)
{
    const int handle =
        socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
    if (handle < 0) {
        return -1;
    }
    const int yes = 1;
    setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (found->ai_family == AF_INET6) {
        setsockopt(handle, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    }
    if (bind(handle, found->ai_addr, found->ai_addrlen) != 0 || listen(handle, BACKLOG) != 0) {
        const int error = errno;
        close(handle);
        errno = error;
        return -1;
    }
    return handle;
}

/* Addresses that this machine lacks, such as ::1 where there is no IPv6, are passed over if another
 * one is there. */
static adatom_status listen_everywhere(const struct addrinfo *found, bool allow_remote,
                                       adatom_ipi_listener *listener)
{
    int error = EADDRNOTAVAIL;
    for (; found != NULL && listener->count < ADATOM_IPI_LISTENERS_MAX; found = found->ai_next) {
        if (!allow_remote && !is_loopback(found->ai_addr)) {
            return adatom_sys_fail(ADATOM_INVALID_INPUT,
                                   "ipi: at %s every machine that reaches it could send energies; "
                                   "say allow_remote=yes if that is wanted",
                                   listener->address);
        }
        const int handle = listen_inet(found);
        if (handle >= 0) {
            listener->sockets[listener->count++] = handle;
        } else if (errno != EADDRNOTAVAIL && errno != EAFNOSUPPORT) {
            return fail_to_listen(listener->address, errno);
        } else {
            error = errno;
        }
    }
    return listener->count > 0 ? ADATOM_OK : fail_to_listen(listener->address, error);
}

/* Cuts "HOST:PORT" at its last colon; brackets around a host with colons of its own are taken off.
 */
static adatom_status split_address(const char *address, char host[HOST_SIZE], const char **port)
{
    const char *colon = strrchr(address, ':');
    const size_t length = (size_t)(colon - address);
    const bool bracketed = length > 2 && address[0] == '[' && colon[-1] == ']';
    char *end;
    const long number = strtol(colon + 1, &end, 10);
    if (length == 0 || length >= HOST_SIZE || colon[1] < '0' || colon[1] > '9' || *end != '\0' ||
        number < 1 || number > 65535) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "ipi: \"%.200s\" is not HOST:PORT with a port from 1 to 65535",
                               address);
    }
    snprintf(host, HOST_SIZE, "%.*s", (int)(bracketed ? length - 2 : length), address + bracketed);
    *port = colon + 1;
    return ADATOM_OK;
}

static adatom_status listen_host(const char *address, bool allow_remote,
                                 adatom_ipi_listener *listener)
{
    char host[HOST_SIZE];
    const char *port = NULL;
    ADATOM_SYS_TRY(split_address(address, host, &port));
    snprintf(listener->address, sizeof listener->address, "%s", address);
    const struct addrinfo wanted = {.ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    const int error = getaddrinfo(host, port, &wanted, &found);
    if (error != 0) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "ipi: no address for the host %s: %s", host,
                               gai_strerror(error));
    }
    const adatom_status status = listen_everywhere(found, allow_remote, listener);
    freeaddrinfo(found);
    return status;
}

adatom_status adatom_ipi_listen(const char *address, bool allow_remote, adatom_ipi_listener *out)
{
    adatom_ipi_listener listener = {.count = 0};
    const adatom_status status = strchr(address, ':') != NULL
                                     ? listen_host(address, allow_remote, &listener)
                                     : listen_unix(address, &listener);
    if (status != ADATOM_OK) {
        adatom_ipi_unlisten(&listener);
        return status;
    }
    *out = listener;
    return ADATOM_OK;
}

void adatom_ipi_unlisten(adatom_ipi_listener *listener)
{
    struct stat file;
    if (listener->is_unix && listener->count > 0 && lstat(listener->address, &file) == 0 &&
        file.st_ino == listener->file.st_ino && file.st_dev == listener->file.st_dev) {
        unlink(listener->address);
    }
    for (int i = 0; i < listener->count; i++) {
        close(listener->sockets[i]);
    }
    listener->count = 0;
}

/* Small messages go out at once, and a machine that vanished is noticed after some minutes. */
static void tune_inet(int handle)
{
    const int yes = 1, idle_seconds = 60, interval_seconds = 20, probes = 6;
    setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(handle, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    setsockopt(handle, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
    setsockopt(handle, IPPROTO_TCP, TCP_KEEPINTVL, &interval_seconds, sizeof interval_seconds);
    setsockopt(handle, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

int adatom_ipi_accept(const adatom_ipi_listener *listener, int listening)
{
    const int handle = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (handle >= 0 && !listener->is_unix) {
        tune_inet(handle);
    }
    return handle;
}
