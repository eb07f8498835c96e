#include "base/threads.h"

#include "base/error.h"
#include "base/memory.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* Loops of the engine are tens of microseconds long and follow each other closely, so a waiting
 * thread looks for work for a while before it sleeps. */
enum { SPINS_BEFORE_SLEEP = 2000 };

typedef struct worker {
    adatom_team *team;
    pthread_t thread;
    int index;
} worker;

struct adatom_team {
    int size;
    int started;
    bool mutex_ready, wake_ready;
    worker *workers; /* [size - 1] */
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    adatom_team_item *body;
    void *context;
    int count;
    atomic_int next;        /* next item to take */
    atomic_int busy;        /* workers that have not finished this loop */
    atomic_uint generation; /* grows by one per loop */
    atomic_bool stopping;
};

static void take_items(adatom_team *team, int thread)
{
    for (;;) {
        const int item = atomic_fetch_add_explicit(&team->next, 1, memory_order_relaxed);
        if (item >= team->count) {
            return;
        }
        team->body(team->context, item, thread);
    }
}

static void pause_briefly(int round)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
    if (round % 64 == 63) {
        sched_yield();
    }
}

static unsigned wait_for_loop(adatom_team *team, unsigned seen)
{
    for (int round = 0; round < SPINS_BEFORE_SLEEP; round++) {
        const unsigned now = atomic_load_explicit(&team->generation, memory_order_acquire);
        if (now != seen) {
            return now;
        }
        pause_briefly(round);
    }
    pthread_mutex_lock(&team->mutex);
    unsigned now;
    while ((now = atomic_load_explicit(&team->generation, memory_order_acquire)) == seen) {
        pthread_cond_wait(&team->wake, &team->mutex);
    }
    pthread_mutex_unlock(&team->mutex);
    return now;
}

static void *worker_main(void *argument)
{
    const worker *self = argument;
    adatom_team *team = self->team;
    unsigned seen = 0;
    for (;;) {
        seen = wait_for_loop(team, seen);
        if (atomic_load_explicit(&team->stopping, memory_order_acquire)) {
            return NULL;
        }
        take_items(team, self->index);
        atomic_fetch_sub_explicit(&team->busy, 1, memory_order_release);
    }
}

static void announce_loop(adatom_team *team)
{
    pthread_mutex_lock(&team->mutex);
    atomic_fetch_add_explicit(&team->generation, 1, memory_order_release);
    pthread_cond_broadcast(&team->wake);
    pthread_mutex_unlock(&team->mutex);
}

static adatom_status start_workers(adatom_team *team)
{
    if (pthread_mutex_init(&team->mutex, NULL) != 0) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "cannot create a lock");
    }
    team->mutex_ready = true;
    if (pthread_cond_init(&team->wake, NULL) != 0) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "cannot create a lock");
    }
    team->wake_ready = true;
    ADATOM_TRY(adatom_allocate((size_t)team->size, sizeof *team->workers, &team->workers));
    for (int i = 0; i < team->size - 1; i++) {
        worker *next = &team->workers[i];
        *next = (worker){.team = team, .index = i + 1};
        if (pthread_create(&next->thread, NULL, worker_main, next) != 0) {
            return adatom_fail(ADATOM_OUT_OF_MEMORY, "cannot start thread %d of %d", i + 2,
                               team->size);
        }
        team->started++;
    }
    return ADATOM_OK;
}

adatom_status adatom_team_create(int size, adatom_team **out)
{
    if (size < 1 || size > 4096) {
        return adatom_fail(ADATOM_INVALID_INPUT, "threads: %d, expected 1 to 4096", size);
    }
    adatom_team *team;
    ADATOM_TRY(adatom_allocate(1, sizeof *team, &team));
    team->size = size;
    const adatom_status status = start_workers(team);
    if (status != ADATOM_OK) {
        adatom_team_free(team);
        return status;
    }
    *out = team;
    return ADATOM_OK;
}

void adatom_team_free(adatom_team *team)
{
    if (team == NULL) {
        return;
    }
    if (team->started > 0) {
        atomic_store_explicit(&team->stopping, true, memory_order_release);
        announce_loop(team);
    }
    for (int i = 0; i < team->started; i++) {
        pthread_join(team->workers[i].thread, NULL);
    }
    if (team->wake_ready) {
        pthread_cond_destroy(&team->wake);
    }
    if (team->mutex_ready) {
        pthread_mutex_destroy(&team->mutex);
    }
    free(team->workers);
    free(team);
}

int adatom_team_size(const adatom_team *team)
{
    return team->size;
}

void adatom_team_run(adatom_team *team, int count, adatom_team_item *body, void *context)
{
    if (team->size == 1 || count <= 1) {
        for (int item = 0; item < count; item++) {
            body(context, item, 0);
        }
        return;
    }
    team->body = body;
    team->context = context;
    team->count = count;
    atomic_store_explicit(&team->next, 0, memory_order_relaxed);
    atomic_store_explicit(&team->busy, team->size - 1, memory_order_relaxed);
    announce_loop(team);
    take_items(team, 0);
    for (int round = 0; atomic_load_explicit(&team->busy, memory_order_acquire) > 0; round++) {
        pause_briefly(round);
    }
}

int adatom_available_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        const int count = CPU_COUNT(&set);
        return count > 0 ? count : 1;
    }
    return 1;
}
