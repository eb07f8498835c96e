/* A client of the i-PI protocol in a thread, whose energy is known in closed form: springs between
 * all pairs of atoms, E = 1/2 k sum |r_i - r_j|^2. On demand it misbehaves. */
#ifndef ADATOM_TESTS_IPI_FAKE_CLIENT_H
#define ADATOM_TESTS_IPI_FAKE_CLIENT_H

#include "energies.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

typedef enum fake_fault {
    NO_FAULT,
    DIES_WITH_STRUCTURE, /* closes when it has read POSDATA */
    DIES_IN_FORCES,      /* closes in the middle of its answer */
    WRONG_ATOM_COUNT,
    NEGATIVE_ATOM_COUNT,
    HUGE_EXTRA,
    NEGATIVE_EXTRA,
    BAD_GREETING,  /* no answer that STATUS knows */
    EARLY_DATA,    /* HAVEDATA before there was any */
    FORGETS,       /* READY after POSDATA */
    BAD_FORCES,    /* not FORCEREADY */
    BINARY_HEADER, /* what cannot be shown */
    NOT_FINITE,
    TALKATIVE, /* speaks unasked */
    SILENT     /* connects and never says a word */
} fake_fault;

typedef struct fake_client {
    const char *name; /* of the socket */
    fake_fault fault;
    int good_before;  /* answers before the fault */
    int delay;        /* ms that an answer takes */
    bool slow_once;   /* only the first one does */
    bool piecemeal;   /* sends each byte by itself */
    bool wants_init;  /* after each answer, as ASE does */
    int extra;        /* bytes at the end of each answer */
    const char *text; /* what they are, or NULL for zeros */
    /* What it saw. */
    int answers, inits;
    bool got_exit;
    double cell[9], inverse[9], first_position[3]; /* of the last structure, Bohr */
    pthread_t thread;
    int socket;
} fake_client;

static const double fake_spring = 0.01; /* Hartree / Bohr^2 */

static inline void sleep_milliseconds(int milliseconds)
{
    const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&time, NULL);
}

static inline bool fake_read(const fake_client *client, void *bytes, size_t size)
{
    size_t got = 0;
    while (got < size) {
        const ssize_t part = recv(client->socket, (char *)bytes + got, size - got, 0);
        if (part <= 0) {
            return false;
        }
        got += (size_t)part;
    }
    return true;
}

static inline bool fake_write(const fake_client *client, const void *bytes, size_t size)
{
    const size_t step = client->piecemeal ? 1 : size;
    for (size_t sent = 0; sent < size; sent += step) {
        if (send(client->socket, (const char *)bytes + sent, step, MSG_NOSIGNAL) != (ssize_t)step) {
            return false;
        }
    }
    return true;
}

static inline bool fake_say(const fake_client *client, const char *word)
{
    char header[13];
    snprintf(header, sizeof header, "%-12s", word);
    return fake_write(client, header, 12);
}

/* The springs' energy and forces; both in Hartree and Bohr. */
static inline double fake_springs(const double (*places)[3], int count, double (*forces)[3])
{
    double energy = 0;
    memset(forces, 0, (size_t)count * sizeof *forces);
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < i; j++) {
            for (int x = 0; x < 3; x++) {
                const double d = places[i][x] - places[j][x];
                energy += fake_spring * d * d / 2;
                forces[i][x] -= fake_spring * d;
                forces[j][x] += fake_spring * d;
            }
        }
    }
    return energy;
}

static inline bool fake_answer(fake_client *client, const double (*places)[3], int count, bool bad)
{
    static _Thread_local double forces[ATOMS_MAX][3];
    double energy = fake_springs(places, count, forces);
    const double virial[9] = {1, 2, 3, 2, 4, 5, 3, 5, 6};
    char extra[ATOMS_MAX] = {0};
    int32_t atoms = count, extra_size = client->extra;
    if (bad && client->fault == NOT_FINITE) {
        energy = NAN;
    } else if (bad && client->fault == WRONG_ATOM_COUNT) {
        atoms = 2147483647;
    } else if (bad && client->fault == NEGATIVE_ATOM_COUNT) {
        atoms = -1;
    } else if (bad && client->fault == HUGE_EXTRA) {
        extra_size = 2147483647;
    } else if (bad && client->fault == NEGATIVE_EXTRA) {
        extra_size = -1;
    }
    if (!fake_say(client, "FORCEREADY") || !fake_write(client, &energy, 8) ||
        !fake_write(client, &atoms, 4) || !fake_write(client, forces, (size_t)count * 12) ||
        (bad && client->fault == DIES_IN_FORCES) ||
        !fake_write(client, (const char *)forces + (size_t)count * 12, (size_t)count * 12)) {
        return false;
    }
    if (!fake_write(client, virial, sizeof virial) || !fake_write(client, &extra_size, 4)) {
        return false;
    }
    for (int sent = 0; sent < client->extra; sent += ATOMS_MAX) {
        const int part = client->extra - sent < ATOMS_MAX ? client->extra - sent : ATOMS_MAX;
        if (!fake_write(client, client->text != NULL ? client->text + sent : extra, (size_t)part)) {
            return false;
        }
    }
    client->answers++;
    return true;
}

static inline bool fake_take_structure(fake_client *client, double (*places)[3], int *count)
{
    int32_t atoms = 0;
    if (!fake_read(client, client->cell, sizeof client->cell) ||
        !fake_read(client, client->inverse, sizeof client->inverse) ||
        !fake_read(client, &atoms, 4) || atoms < 1 || atoms > ATOMS_MAX ||
        !fake_read(client, places, (size_t)atoms * sizeof *places)) {
        return false;
    }
    memcpy(client->first_position, places[0], sizeof client->first_position);
    *count = atoms;
    return true;
}

static inline bool fake_take_init(fake_client *client)
{
    int32_t numbers[2];
    char text[64];
    client->inits++;
    return fake_read(client, numbers, sizeof numbers) && numbers[1] > 0 && numbers[1] < 64 &&
           fake_read(client, text, (size_t)numbers[1]);
}

static inline const char *fake_status(const fake_client *client, bool bad, bool has_data,
                                      bool initialized)
{
    if (bad && client->fault == BAD_GREETING) {
        return "HELLO WORLD";
    }
    if (bad && client->fault == BINARY_HEADER) {
        return "\x01\xff\tA";
    }
    if (has_data) {
        return bad && client->fault == FORGETS ? "READY" : "HAVEDATA";
    }
    if (bad && client->fault == EARLY_DATA) {
        return "HAVEDATA";
    }
    return initialized ? "READY" : "NEEDINIT";
}

/* One conversation, from the connection to its end. */
static inline void fake_converse(fake_client *client)
{
    static _Thread_local double places[ATOMS_MAX][3];
    char header[13] = {0};
    int count = 0;
    bool has_data = false, initialized = !client->wants_init, goes_on = true;
    while (goes_on && client->fault != SILENT && fake_read(client, header, 12)) {
        const bool bad = client->answers >= client->good_before;
        if (strcmp(header, "STATUS      ") == 0) {
            goes_on = fake_say(client, fake_status(client, bad, has_data, initialized));
            if (bad && client->fault == TALKATIVE && !has_data) {
                goes_on = fake_say(client, "READY");
            }
        } else if (strcmp(header, "INIT        ") == 0) {
            goes_on = initialized = fake_take_init(client);
        } else if (strcmp(header, "POSDATA     ") == 0) {
            goes_on = has_data = fake_take_structure(client, places, &count);
            goes_on = goes_on && !(bad && client->fault == DIES_WITH_STRUCTURE);
            sleep_milliseconds(client->slow_once && client->answers > 0 ? 0 : client->delay);
        } else if (strcmp(header, "GETFORCE    ") == 0 && bad && client->fault == BAD_FORCES) {
            goes_on = fake_say(client, "NOFORCE");
        } else if (strcmp(header, "GETFORCE    ") == 0) {
            goes_on = fake_answer(client, (const double(*)[3])places, count, bad);
            has_data = false;
            initialized = !client->wants_init;
        } else {
            client->got_exit = strcmp(header, "EXIT        ") == 0;
            goes_on = false;
        }
    }
    if (client->fault == SILENT) {
        fake_read(client, header, 12);
        client->got_exit = !fake_read(client, header, 12); /* until the server closes */
    }
}

static inline void *fake_run(void *argument)
{
    fake_client *client = argument;
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    snprintf(place.sun_path, sizeof place.sun_path, "/tmp/ipi_%s", client->name);
    client->socket = socket(AF_UNIX, SOCK_STREAM, 0);
    for (int i = 0; i < 1000; i++) {
        if (connect(client->socket, (const struct sockaddr *)&place, sizeof place) == 0) {
            fake_converse(client);
            break;
        }
        sleep_milliseconds(5);
    }
    close(client->socket);
    return NULL;
}

static inline void start_client(fake_client *client, const char *name)
{
    client->name = name;
    assert_int_equal(pthread_create(&client->thread, NULL, fake_run, client), 0);
}

static inline void join_client(fake_client *client)
{
    assert_int_equal(pthread_join(client->thread, NULL), 0);
}

/* A name of a socket that no other test has, and "ipi:NAME" with further arguments. */
static inline const char *fresh_name(void)
{
    static char name[64];
    static int number;
    snprintf(name, sizeof name, "adatom-test-%ld-%d", (long)getpid(), number++);
    return name;
}

static inline adatom_evaluator *open_ipi(const char *name, const char *arguments)
{
    char spec[200];
    snprintf(spec, sizeof spec, "ipi:%s%s", name, arguments);
    return open_evaluator(spec);
}

static inline bool socket_exists(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "/tmp/ipi_%s", name);
    return access(path, F_OK) == 0;
}

#endif
