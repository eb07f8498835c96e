#include "energy/ipi_client.h"

#include "adatom/sys/evaluator.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HEADER_SIZE = 12,
    EXTRA_CHUNK = 4096,
    EXTRA_MAX = 1 << 24, /* bytes; a text, mostly for the log of i-PI */
    NUMBER_SIZE = sizeof(double),
    COUNT_SIZE = sizeof(int32_t)
};

static void lose(adatom_ipi_client *client, const char *complaint)
{
    client->state = ADATOM_IPI_LOST;
    snprintf(client->complaint, sizeof client->complaint, "%s", complaint);
}

static void expect(adatom_ipi_client *client, adatom_ipi_client_state state, size_t size)
{
    client->state = state;
    client->input_wanted = size;
    client->input_size = 0;
}

static adatom_status say(adatom_ipi_client *client, const void *bytes, size_t size)
{
    if (client->output_sent == client->output_size) {
        client->output_sent = client->output_size = 0;
    }
    ADATOM_SYS_TRY(
        adatom_sys_grow(&client->output, &client->output_capacity, client->output_size + size, 1));
    memcpy(client->output + client->output_size, bytes, size);
    client->output_size += size;
    return ADATOM_OK;
}

static adatom_status say_header(adatom_ipi_client *client, const char *word)
{
    char header[HEADER_SIZE + 1];
    snprintf(header, sizeof header, "%-12s", word);
    return say(client, header, HEADER_SIZE);
}

static adatom_status ask_status(adatom_ipi_client *client)
{
    expect(client, ADATOM_IPI_ASKED, HEADER_SIZE);
    return say_header(client, "STATUS");
}

adatom_status adatom_ipi_client_create(int socket, bool is_unix, adatom_ipi_client **out)
{
    adatom_ipi_client *client = NULL;
    adatom_status status = adatom_sys_allocate(1, sizeof *client, &client);
    if (status != ADATOM_OK) {
        close(socket);
        return status;
    }
    client->socket = socket;
    client->is_unix = is_unix;
    status = adatom_sys_grow(&client->input, &client->input_capacity, EXTRA_CHUNK, 1);
    if (status == ADATOM_OK) {
        status = ask_status(client);
    }
    if (status != ADATOM_OK) {
        adatom_ipi_client_free(client);
        return status;
    }
    *out = client;
    return ADATOM_OK;
}

void adatom_ipi_client_free(adatom_ipi_client *client)
{
    if (client == NULL) {
        return;
    }
    close(client->socket);
    free(client->input);
    free(client->output);
    free(client);
}

adatom_status adatom_ipi_client_give(adatom_ipi_client *client, adatom_ipi_job *job)
{
    client->job = job;
    client->atom_count = job->atom_count;
    job->state = ADATOM_IPI_GIVEN;
    expect(client, ADATOM_IPI_COMPUTING, HEADER_SIZE);
    ADATOM_SYS_TRY(say(client, job->message, job->message_size));
    return say_header(client, "STATUS");
}

bool adatom_ipi_client_has_output(const adatom_ipi_client *client)
{
    return client->state != ADATOM_IPI_LOST && client->output_sent < client->output_size;
}

static void transmit(adatom_ipi_client *client)
{
    while (adatom_ipi_client_has_output(client)) {
        const ssize_t sent =
            send(client->socket, client->output + client->output_sent,
                 client->output_size - client->output_sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            client->output_sent += (size_t)sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } else if (errno == EPIPE || errno == ECONNRESET) {
            lose(client, "it closed the connection");
        } else if (errno != EINTR) {
            lose(client, strerror(errno));
        }
    }
}

/* A header without its blanks, with ? for what cannot be shown. */
static void read_header(const adatom_ipi_client *client, char word[HEADER_SIZE + 1])
{
    int length = HEADER_SIZE;
    while (length > 0 && client->input[length - 1] == ' ') {
        length--;
    }
    for (int i = 0; i < length; i++) {
        const unsigned char letter = (unsigned char)client->input[i];
        word[i] = (char)(letter < 128 && isprint(letter) ? letter : '?');
    }
    word[length] = '\0';
}

static void lose_for_header(adatom_ipi_client *client, const char *word, const char *question)
{
    char line[ADATOM_IPI_COMPLAINT_SIZE];
    snprintf(line, sizeof line, "it answered \"%s\" to %s", word, question);
    lose(client, line);
}

/* INIT carries the number of the bead and a text; clients make no use of either. */
static adatom_status initialize(adatom_ipi_client *client)
{
    const int32_t bead = 0, length = 1;
    ADATOM_SYS_TRY(say_header(client, "INIT"));
    ADATOM_SYS_TRY(say(client, &bead, sizeof bead));
    ADATOM_SYS_TRY(say(client, &length, sizeof length));
    ADATOM_SYS_TRY(say(client, " ", 1));
    return ask_status(client);
}

static adatom_status take_status(adatom_ipi_client *client)
{
    char word[HEADER_SIZE + 1];
    read_header(client, word);
    if (strcmp(word, "NEEDINIT") == 0) {
        return initialize(client);
    }
    if (strcmp(word, "READY") == 0) {
        expect(client, ADATOM_IPI_READY, 1); /* nothing but its end */
    } else {
        lose_for_header(client, word, "STATUS before it was given a structure");
    }
    return ADATOM_OK;
}

static adatom_status take_computed(adatom_ipi_client *client)
{
    char word[HEADER_SIZE + 1];
    read_header(client, word);
    if (strcmp(word, "HAVEDATA") != 0) {
        lose_for_header(client, word, "STATUS after it was given a structure");
        return ADATOM_OK;
    }
    expect(client, ADATOM_IPI_HEADER, HEADER_SIZE);
    return say_header(client, "GETFORCE");
}

static adatom_status take_header(adatom_ipi_client *client)
{
    char word[HEADER_SIZE + 1];
    read_header(client, word);
    if (strcmp(word, "FORCEREADY") == 0) {
        expect(client, ADATOM_IPI_ENERGY, NUMBER_SIZE + COUNT_SIZE);
    } else {
        lose_for_header(client, word, "GETFORCE");
    }
    return ADATOM_OK;
}

static adatom_status take_energy(adatom_ipi_client *client)
{
    int32_t atom_count;
    memcpy(&atom_count, client->input + NUMBER_SIZE, COUNT_SIZE);
    if (atom_count != client->atom_count) {
        char line[ADATOM_IPI_COMPLAINT_SIZE];
        snprintf(line, sizeof line, "it sends forces on %d atoms, the structure has %d",
                 (int)atom_count, (int)client->atom_count);
        lose(client, line);
        return ADATOM_OK;
    }
    if (client->job != NULL) {
        memcpy(&client->job->energy, client->input, NUMBER_SIZE);
    }
    const size_t size = 3 * (size_t)atom_count * NUMBER_SIZE;
    expect(client, ADATOM_IPI_FORCES, size);
    return adatom_sys_grow(&client->input, &client->input_capacity, size, 1);
}

static adatom_status take_forces(adatom_ipi_client *client)
{
    if (client->job != NULL && client->job->forces != NULL) {
        memcpy(client->job->forces, client->input, client->input_size);
    }
    expect(client, ADATOM_IPI_VIRIAL, 9 * NUMBER_SIZE + COUNT_SIZE);
    return ADATOM_OK;
}

/* The next part of what is passed over, or the end of the answer: the client is free then. */
static adatom_status pass_over(adatom_ipi_client *client)
{
    if (client->extra > 0) {
        const int32_t part = client->extra < EXTRA_CHUNK ? client->extra : EXTRA_CHUNK;
        client->extra -= part;
        expect(client, ADATOM_IPI_EXTRA, (size_t)part);
        return ADATOM_OK;
    }
    if (client->job != NULL) {
        client->job->status = ADATOM_OK;
        client->job->state = ADATOM_IPI_DONE;
        client->job = NULL;
    }
    return ask_status(client); /* the answer is there when the next job is */
}

/* A part of the text; the rest of one that is very long is passed over. */
static adatom_status take_extra(adatom_ipi_client *client)
{
    adatom_ipi_job *job = client->job;
    if (job != NULL && job->extra != NULL &&
        job->extra_size + client->input_size <= ADATOM_IPI_EXTRA_KEPT) {
        memcpy(job->extra + job->extra_size, client->input, client->input_size);
        job->extra_size += client->input_size;
    }
    return pass_over(client);
}

static adatom_status take_virial(adatom_ipi_client *client)
{
    if (client->job != NULL) {
        memcpy(client->job->virial, client->input, sizeof client->job->virial);
        client->job->extra_size = 0;
    }
    memcpy(&client->extra, client->input + 9 * NUMBER_SIZE, COUNT_SIZE);
    if (client->extra < 0 || client->extra > EXTRA_MAX) {
        char line[ADATOM_IPI_COMPLAINT_SIZE];
        snprintf(line, sizeof line, "it announces %d more bytes, at most %d are taken",
                 (int)client->extra, EXTRA_MAX);
        lose(client, line);
        return ADATOM_OK;
    }
    return pass_over(client);
}

static adatom_status take_unasked(adatom_ipi_client *client)
{
    lose(client, "it spoke without having been asked");
    return ADATOM_OK;
}

/* What is done with an input that is complete. */
static adatom_status take_input(adatom_ipi_client *client)
{
    static adatom_status (*const steps[])(adatom_ipi_client *) = {
        [ADATOM_IPI_ASKED] = take_status,       [ADATOM_IPI_READY] = take_unasked,
        [ADATOM_IPI_COMPUTING] = take_computed, [ADATOM_IPI_HEADER] = take_header,
        [ADATOM_IPI_ENERGY] = take_energy,      [ADATOM_IPI_FORCES] = take_forces,
        [ADATOM_IPI_VIRIAL] = take_virial,      [ADATOM_IPI_EXTRA] = take_extra,
    };
    return steps[client->state](client);
}

/* Programs that write an answer in several pieces wait for our acknowledgement after the first
 * (Nagle's algorithm); this one must not be delayed. The kernel forgets the wish, hence each time.
 */
static void acknowledge_at_once(const adatom_ipi_client *client)
{
#ifdef TCP_QUICKACK
    if (!client->is_unix) {
        const int yes = 1;
        setsockopt(client->socket, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
    }
#else
    (void)client;
#endif
}

static adatom_status receive(adatom_ipi_client *client)
{
    while (client->state != ADATOM_IPI_LOST) {
        const ssize_t got = recv(client->socket, client->input + client->input_size,
                                 client->input_wanted - client->input_size, MSG_DONTWAIT);
        if (got > 0) {
            client->input_size += (size_t)got;
            acknowledge_at_once(client);
            if (client->input_size == client->input_wanted) {
                ADATOM_SYS_TRY(take_input(client));
            }
        } else if (got == 0 || errno == ECONNRESET) {
            lose(client, "it closed the connection");
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return ADATOM_OK;
        } else if (errno != EINTR) {
            lose(client, strerror(errno));
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_ipi_client_move(adatom_ipi_client *client)
{
    transmit(client);
    ADATOM_SYS_TRY(receive(client));
    transmit(client); /* what the input led to */
    return ADATOM_OK;
}

void adatom_ipi_client_dismiss(adatom_ipi_client *client)
{
    if (client->state != ADATOM_IPI_LOST && say_header(client, "EXIT") == ADATOM_OK) {
        transmit(client);
        shutdown(client->socket, SHUT_WR);
    }
}
