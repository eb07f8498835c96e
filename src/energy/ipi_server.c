#include "energy/ipi_server.h"

#include "adatom/sys/evaluator.h"
#include "energy/ipi_listener.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { CLIENTS_MAX = 256, LOSSES_MAX = 3 };

static const double accept_pause = 1;     /* s, after the system refused another connection */
static const double watch_interval = 0.1; /* s, between two looks at what the watch wants */
static const double farewell_time = 0.5;  /* s, for the clients to take note of EXIT */

struct adatom_ipi_server {
    adatom_ipi_server_options options;
    adatom_ipi_listener listener;
    adatom_ipi_client *clients[CLIENTS_MAX];
    int client_count;
    double accept_from;                             /* no new client before this time */
    char last_complaint[ADATOM_IPI_COMPLAINT_SIZE]; /* why the last one was lost, "" if none was */
    struct pollfd polls[CLIENTS_MAX + ADATOM_IPI_LISTENERS_MAX];
    /* The jobs of the present run. */
    adatom_ipi_job *jobs;
    size_t job_count, done_count, failed_count;
    size_t told_count; /* as much of done_count as the watch was told of */
    const adatom_ipi_watch *watch;
    size_t next_job; /* none before it is PENDING */
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

adatom_status adatom_ipi_server_create(const char *address,
                                       const adatom_ipi_server_options *options,
                                       adatom_ipi_server **out)
{
    adatom_ipi_server *server = NULL;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *server, &server));
    const adatom_status status =
        adatom_ipi_listen(address, options->allow_remote, &server->listener);
    if (status != ADATOM_OK) {
        free(server);
        return status;
    }
    server->options = *options;
    *out = server;
    return ADATOM_OK;
}

static adatom_status accept_client(adatom_ipi_server *server, int listening)
{
    const int handle = adatom_ipi_accept(&server->listener, listening);
    if (handle < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ECONNABORTED) {
            server->accept_from = now() + accept_pause;
        }
        return ADATOM_OK;
    }
    adatom_ipi_client *client = NULL;
    ADATOM_SYS_TRY(adatom_ipi_client_create(handle, server->listener.is_unix, &client));
    server->clients[server->client_count++] = client;
    return adatom_ipi_client_move(client);
}

/* The job is DONE. */
static void count_job(adatom_ipi_server *server, adatom_ipi_job *job)
{
    server->done_count++;
    server->failed_count += job->status != ADATOM_OK && job->status != ADATOM_INTERRUPTED;
    server->watch->answered(server->watch->context, job);
}

static void finish_job(adatom_ipi_server *server, adatom_ipi_job *job, adatom_status status)
{
    job->status = status;
    job->state = ADATOM_IPI_DONE;
    job->seconds = job->given_time > 0 ? now() - job->given_time : 0;
    count_job(server, job);
}

/* The job of a lost client waits for another one, unless it seems to be the job's fault. */
static void take_back(adatom_ipi_server *server, adatom_ipi_job *job, const char *complaint)
{
    if (++job->losses >= LOSSES_MAX) {
        snprintf(job->line, sizeof job->line,
                 "%d i-PI clients were lost on this structure; the last one: %s", LOSSES_MAX,
                 complaint);
        finish_job(server, job, ADATOM_EVALUATION_FAILED);
        return;
    }
    job->state = ADATOM_IPI_PENDING;
    const size_t place = (size_t)(job - server->jobs);
    server->next_job = place < server->next_job ? place : server->next_job;
}

static adatom_status move_client(adatom_ipi_server *server, adatom_ipi_client *client)
{
    adatom_ipi_job *job = client->job;
    ADATOM_SYS_TRY(adatom_ipi_client_move(client));
    if (job != NULL && job->state == ADATOM_IPI_DONE) {
        job->seconds = now() - job->given_time;
        count_job(server, job);
    }
    return ADATOM_OK;
}

static void drop_lost_clients(adatom_ipi_server *server)
{
    int kept = 0;
    for (int i = 0; i < server->client_count; i++) {
        adatom_ipi_client *client = server->clients[i];
        if (client->state != ADATOM_IPI_LOST) {
            server->clients[kept++] = client;
            continue;
        }
        memcpy(server->last_complaint, client->complaint, sizeof server->last_complaint);
        if (client->job != NULL) {
            take_back(server, client->job, client->complaint);
        }
        adatom_ipi_client_free(client);
    }
    server->client_count = kept;
}

static adatom_ipi_job *next_pending_job(adatom_ipi_server *server)
{
    while (server->next_job < server->job_count) {
        adatom_ipi_job *job = &server->jobs[server->next_job];
        if (job->state == ADATOM_IPI_PENDING) {
            return job;
        }
        server->next_job++;
    }
    return NULL;
}

static adatom_status give_jobs(adatom_ipi_server *server)
{
    const double limit = server->options.time_limit;
    for (int i = 0; i < server->client_count; i++) {
        adatom_ipi_client *client = server->clients[i];
        adatom_ipi_job *job = client->state == ADATOM_IPI_READY ? next_pending_job(server) : NULL;
        if (job != NULL) {
            ADATOM_SYS_TRY(adatom_ipi_client_give(client, job));
            job->given_time = now();
            client->deadline = limit > 0 ? job->given_time + limit : INFINITY;
            ADATOM_SYS_TRY(move_client(server, client));
        }
    }
    return ADATOM_OK;
}

/* A client that takes too long keeps its place: when it is ready again, it is of use again. */
static void end_late_jobs(adatom_ipi_server *server)
{
    const double time = now();
    for (int i = 0; i < server->client_count; i++) {
        adatom_ipi_client *client = server->clients[i];
        if (client->job != NULL && time >= client->deadline) {
            snprintf(client->job->line, sizeof client->job->line,
                     "the i-PI client gave no forces within %g s", server->options.time_limit);
            finish_job(server, client->job, ADATOM_EVALUATION_FAILED);
            client->job = NULL;
        }
    }
}

static bool has_usable_client(const adatom_ipi_server *server)
{
    for (int i = 0; i < server->client_count; i++) {
        if (server->clients[i]->job != NULL || server->clients[i]->state == ADATOM_IPI_READY) {
            return true;
        }
    }
    return false;
}

/* When something has to be looked at even if no client stirs. */
static double next_deadline(const adatom_ipi_server *server, double give_up_time)
{
    double earliest = now() + watch_interval; /* a wish to stop wakes nobody */
    if (!has_usable_client(server)) {
        earliest = fmin(earliest, give_up_time);
    }
    if (server->accept_from > 0) {
        earliest = fmin(earliest, server->accept_from);
    }
    for (int i = 0; i < server->client_count; i++) {
        if (server->clients[i]->job != NULL) {
            earliest = fmin(earliest, server->clients[i]->deadline);
        }
    }
    return earliest;
}

static int milliseconds_until(double time)
{
    const double longest = 60e3; /* ms; the loop comes round again */
    return (int)fmin(fmax(ceil(1e3 * (time - now())), 0), longest);
}

/* Fills server->polls: first the clients, then the listening sockets. */
static int prepare_polls(adatom_ipi_server *server)
{
    int count = 0;
    for (int i = 0; i < server->client_count; i++) {
        const bool has_output = adatom_ipi_client_has_output(server->clients[i]);
        server->polls[count++] = (struct pollfd){
            server->clients[i]->socket, (short)(has_output ? POLLIN | POLLOUT : POLLIN), 0};
    }
    if (server->accept_from > 0 && now() >= server->accept_from) {
        server->accept_from = 0;
    }
    for (int i = 0; server->accept_from == 0 && i < server->listener.count; i++) {
        server->polls[count++] = (struct pollfd){server->listener.sockets[i], POLLIN, 0};
    }
    return count;
}

/* Waits for at most so long, then hears whoever has something to say. */
static adatom_status hear_clients(adatom_ipi_server *server, int milliseconds)
{
    const int count = prepare_polls(server), old_count = server->client_count;
    if (poll(server->polls, (nfds_t)count, milliseconds) < 0) {
        return errno == EINTR || errno == EAGAIN
                   ? ADATOM_OK
                   : adatom_sys_fail(ADATOM_IO_FAILED, "ipi: cannot wait for clients: %s",
                                     strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        if (server->polls[i].revents == 0) {
            continue;
        }
        if (i < old_count) {
            ADATOM_SYS_TRY(move_client(server, server->clients[i]));
        } else if (server->client_count < CLIENTS_MAX) {
            ADATOM_SYS_TRY(accept_client(server, server->polls[i].fd));
        } else {
            server->accept_from = now() + accept_pause; /* it stays in the queue */
        }
    }
    drop_lost_clients(server);
    return ADATOM_OK;
}

/* Nobody can work on the jobs that are left. */
static void give_up(adatom_ipi_server *server)
{
    for (adatom_ipi_job *job; (job = next_pending_job(server)) != NULL;) {
        const bool was_there = server->last_complaint[0] != '\0';
        snprintf(job->line, sizeof job->line, "no i-PI client was ready at %.80s for %g s%s%s%s",
                 server->listener.address, server->options.wait,
                 was_there ? " (the last one left: " : "", server->last_complaint,
                 was_there ? ")" : "");
        finish_job(server, job, ADATOM_IO_FAILED);
    }
}

static void tell_watch(adatom_ipi_server *server)
{
    const adatom_ipi_watch *watch = server->watch;
    if (server->told_count < server->done_count) {
        server->told_count = server->done_count;
        watch->progress(watch->context, server->done_count, server->failed_count);
    }
    if (watch->stop(watch->context)) {
        for (adatom_ipi_job *job; (job = next_pending_job(server)) != NULL;) {
            snprintf(job->line, sizeof job->line, "stopped on request");
            finish_job(server, job, ADATOM_INTERRUPTED);
        }
    }
}

static adatom_status work_on_jobs(adatom_ipi_server *server)
{
    double give_up_time = now() + server->options.wait;
    ADATOM_SYS_TRY(hear_clients(server, 0)); /* what happened since the last run */
    while (server->done_count < server->job_count) {
        ADATOM_SYS_TRY(give_jobs(server));
        drop_lost_clients(server);
        end_late_jobs(server);
        if (has_usable_client(server)) {
            give_up_time = now() + server->options.wait;
        } else if (now() >= give_up_time) {
            give_up(server);
        }
        if (server->done_count < server->job_count) {
            const double until = next_deadline(server, give_up_time);
            ADATOM_SYS_TRY(hear_clients(server, milliseconds_until(until)));
        }
        tell_watch(server);
    }
    return ADATOM_OK;
}

adatom_status adatom_ipi_server_run(adatom_ipi_server *server, adatom_ipi_job *jobs, size_t count,
                                    const adatom_ipi_watch *watch)
{
    for (size_t i = 0; i < count; i++) {
        jobs[i].state = ADATOM_IPI_PENDING;
        jobs[i].losses = 0;
        jobs[i].given_time = jobs[i].seconds = 0;
    }
    server->watch = watch;
    server->jobs = jobs;
    server->job_count = count;
    server->done_count = server->failed_count = server->told_count = server->next_job = 0;
    tell_watch(server);
    const adatom_status status = work_on_jobs(server);
    for (int i = 0; i < server->client_count; i++) {
        server->clients[i]->job = NULL; /* after an error they may hold some */
    }
    return status;
}

/* Those that stand in the queue are told to leave, too. */
static void accept_waiting_clients(adatom_ipi_server *server)
{
    int before = -1;
    while (server->client_count > before) {
        before = server->client_count;
        for (int i = 0; i < server->listener.count && server->client_count < CLIENTS_MAX; i++) {
            accept_client(server, server->listener.sockets[i]);
        }
    }
}

/* Waits a little until the clients have read EXIT and hung up: a connection that is closed with
 * words of the client still unread would be reset, and EXIT lost. */
static void await_farewell(adatom_ipi_server *server, int left)
{
    const double end = now() + farewell_time;
    char ignored[256];
    while (left > 0 && now() < end) {
        for (int i = 0; i < server->client_count; i++) {
            server->polls[i].revents = 0;
        }
        poll(server->polls, (nfds_t)server->client_count, milliseconds_until(end));
        for (int i = 0; i < server->client_count; i++) {
            if (server->polls[i].revents != 0 &&
                recv(server->polls[i].fd, ignored, sizeof ignored, MSG_DONTWAIT) <= 0) {
                server->polls[i].fd = -1;
                left--;
            }
        }
    }
}

void adatom_ipi_server_free(adatom_ipi_server *server)
{
    if (server == NULL) {
        return;
    }
    accept_waiting_clients(server);
    int left = 0;
    for (int i = 0; i < server->client_count; i++) {
        adatom_ipi_client *client = server->clients[i];
        adatom_ipi_client_dismiss(client);
        /* One that still computes is not waited for. */
        const bool listens = client->state <= ADATOM_IPI_READY;
        server->polls[i] = (struct pollfd){listens ? client->socket : -1, POLLIN, 0};
        left += listens;
    }
    await_farewell(server, left);
    for (int i = 0; i < server->client_count; i++) {
        adatom_ipi_client_free(server->clients[i]);
    }
    adatom_ipi_unlisten(&server->listener);
    free(server);
}
