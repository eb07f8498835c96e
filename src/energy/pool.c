/* Several instances of one evaluator that share a list of jobs. */
#include "energy/evaluator.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_MAX = 1024 };

struct adatom_evaluator_pool {
    char *spec;
    int worker_count;
    adatom_evaluator **evaluators; /* [worker_count], NULL: not opened yet; the first always is */
    adatom_evaluator_pool_options options;
    pthread_mutex_t opening; /* one instance is opened at a time: libraries load files for it */
    pthread_mutex_t lock;    /* of what follows, and of the calls of the options */
    adatom_evaluator_job *jobs;
    size_t job_count, next_job, finished, failed;
    bool stopped;
};

typedef struct worker {
    adatom_evaluator_pool *pool;
    int index;
    bool is_started;
    pthread_t thread;
} worker;

/* ---- the pool */

/* An evaluator whose instances would wait for each other is given processes, and the pool's spec
 * says so from now on; where there is no program for them it stays alone. */
static adatom_status open_processes(adatom_evaluator_pool *pool, adatom_evaluator **first,
                                    int *workers)
{
    static const char prefix[] = "process:";
    adatom_evaluator *in_process;
    char *spec;
    const size_t length = strlen(pool->spec);
    ADATOM_TRY(adatom_allocate(length + sizeof prefix, 1, &spec));
    memcpy(spec, prefix, strlen(prefix));
    memcpy(spec + strlen(prefix), pool->spec, length);
    const adatom_status status = adatom_evaluator_create(spec, &in_process);
    if (status != ADATOM_OK) {
        free(spec);
        *workers = 1;
        return status == ADATOM_UNSUPPORTED ? ADATOM_OK : status;
    }
    adatom_evaluator_free(*first);
    *first = in_process;
    free(pool->spec);
    pool->spec = spec;
    return ADATOM_OK;
}

static adatom_status open_first(adatom_evaluator_pool *pool, int *workers, adatom_evaluator **out)
{
    adatom_evaluator *first;
    ADATOM_TRY(adatom_evaluator_create(pool->spec, &first));
    *workers = adatom_evaluator_has_batches(first) ? 1 : *workers;
    if (*workers > 1 && adatom_evaluator_is_alone(first)) {
        const adatom_status status = open_processes(pool, &first, workers);
        if (status != ADATOM_OK) {
            adatom_evaluator_free(first);
            return status;
        }
    }
    *out = first;
    return ADATOM_OK;
}

static adatom_status open_pool(adatom_evaluator_pool *pool, const char *spec, int workers)
{
    adatom_evaluator *first;
    ADATOM_TRY(adatom_duplicate_text(spec, &pool->spec));
    ADATOM_TRY(open_first(pool, &workers, &first));
    const adatom_status status =
        adatom_allocate((size_t)workers, sizeof *pool->evaluators, &pool->evaluators);
    if (status != ADATOM_OK) {
        adatom_evaluator_free(first);
        return status;
    }
    pool->worker_count = workers;
    pool->evaluators[0] = first;
    return ADATOM_OK;
}

adatom_status adatom_evaluator_pool_create(const char *spec, int workers,
                                           adatom_evaluator_pool **out)
{
    if (workers < 0 || workers > WORKERS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "workers: %d, expected 0 to %d", workers,
                           WORKERS_MAX);
    }
    adatom_evaluator_pool *pool;
    ADATOM_TRY(adatom_allocate(1, sizeof *pool, &pool));
    pthread_mutex_init(&pool->opening, NULL); /* never fails where threads are those of Linux */
    pthread_mutex_init(&pool->lock, NULL);
    const adatom_status status =
        open_pool(pool, spec, workers > 0 ? workers : adatom_available_cores());
    if (status != ADATOM_OK) {
        adatom_evaluator_pool_free(pool);
        return status;
    }
    *out = pool;
    return ADATOM_OK;
}

void adatom_evaluator_pool_free(adatom_evaluator_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    for (int i = 0; pool->evaluators != NULL && i < pool->worker_count; i++) {
        adatom_evaluator_free(pool->evaluators[i]);
    }
    pthread_mutex_destroy(&pool->opening);
    pthread_mutex_destroy(&pool->lock);
    free(pool->evaluators);
    free(pool->spec);
    free(pool);
}

void adatom_evaluator_pool_configure(adatom_evaluator_pool *pool,
                                     const adatom_evaluator_pool_options *options)
{
    pool->options = *options;
}

int adatom_evaluator_pool_workers(const adatom_evaluator_pool *pool)
{
    return pool->worker_count;
}

/* ---- one job */

static bool may_be_retried(adatom_status status)
{
    return status == ADATOM_EVALUATION_FAILED || status == ADATOM_IO_FAILED;
}

static void set_failure(adatom_evaluator_job *job, adatom_status status, const char *message)
{
    job->status = status;
    job->has_forces = job->has_energies = job->has_virial = false;
    snprintf(job->message, sizeof job->message, "%s",
             message[0] != '\0' ? message : adatom_status_text(status));
}

static adatom_status attempt(adatom_evaluator *evaluator, bool forces_optional,
                             adatom_evaluator_job *job)
{
    adatom_properties wanted = {
        .forces = job->forces, .energies = job->energies, .virial = job->virial};
    adatom_status status = adatom_evaluator_compute_properties(evaluator, job->structure, &wanted);
    if (status == ADATOM_UNSUPPORTED && forces_optional && job->forces != NULL) {
        wanted.forces = NULL;
        status = adatom_evaluator_compute_properties(evaluator, job->structure, &wanted);
    }
    if (status == ADATOM_OK) {
        job->energy = wanted.energy;
        job->has_forces = wanted.forces != NULL;
        job->has_energies = wanted.has_energies;
        job->has_virial = wanted.has_virial;
    }
    return status;
}

static void run_job(const adatom_evaluator_pool *pool, adatom_evaluator *evaluator,
                    adatom_evaluator_job *job)
{
    const double start = adatom_clock();
    adatom_status status;
    do {
        job->attempts++;
        status = attempt(evaluator, pool->options.forces_optional, job);
    } while (may_be_retried(status) && job->attempts <= pool->options.retries);
    job->seconds = adatom_clock() - start;
    job->status = status;
    job->message[0] = '\0';
    if (status != ADATOM_OK) {
        set_failure(job, status, adatom_error_message());
    }
}

/* ---- workers */

static bool is_asked_to_stop(const adatom_evaluator_pool *pool)
{
    return pool->options.stop != NULL && pool->options.stop(pool->options.context);
}

static void tell_progress(const adatom_evaluator_pool *pool)
{
    if (pool->options.progress != NULL) {
        pool->options.progress(pool->options.context, pool->finished, pool->failed);
    }
}

static void tell_done(const adatom_evaluator_pool *pool, const adatom_evaluator_job *job)
{
    if (pool->options.done != NULL) {
        pool->options.done(pool->options.context, job);
    }
}

static adatom_evaluator_job *take_job(adatom_evaluator_pool *pool)
{
    adatom_evaluator_job *job = NULL;
    pthread_mutex_lock(&pool->lock);
    if (pool->next_job < pool->job_count && !pool->stopped) {
        pool->stopped = is_asked_to_stop(pool);
        job = pool->stopped ? NULL : &pool->jobs[pool->next_job++];
    }
    pthread_mutex_unlock(&pool->lock);
    return job;
}

static void finish_job(adatom_evaluator_pool *pool, const adatom_evaluator_job *job)
{
    pthread_mutex_lock(&pool->lock);
    pool->finished++;
    pool->failed += job->status != ADATOM_OK;
    pool->stopped = pool->stopped || (pool->options.stop_on_failure && pool->failed > 0);
    tell_done(pool, job);
    tell_progress(pool);
    pthread_mutex_unlock(&pool->lock);
}

/* The worker's own instance, NULL if no further one can be had: others do its work then. */
static adatom_evaluator *instance_of(adatom_evaluator_pool *pool, int index)
{
    adatom_evaluator **evaluator = &pool->evaluators[index];
    if (*evaluator == NULL) {
        pthread_mutex_lock(&pool->opening);
        adatom_evaluator_create(pool->spec, evaluator);
        pthread_mutex_unlock(&pool->opening);
    }
    return *evaluator;
}

static void *work(void *argument)
{
    const worker *self = argument;
    adatom_evaluator *evaluator = instance_of(self->pool, self->index);
    if (evaluator != NULL) {
        for (adatom_evaluator_job *job; (job = take_job(self->pool)) != NULL;) {
            run_job(self->pool, evaluator, job);
            finish_job(self->pool, job);
        }
    }
    return NULL;
}

/* The calling thread is the first worker, so that all jobs are done even if no thread starts. */
static adatom_status compute_in_threads(adatom_evaluator_pool *pool)
{
    const size_t most = (size_t)pool->worker_count;
    const size_t count = pool->job_count < most ? pool->job_count : most;
    worker *workers;
    ADATOM_TRY(adatom_allocate(count, sizeof *workers, &workers));
    for (size_t i = 0; i < count; i++) {
        workers[i].pool = pool;
        workers[i].index = (int)i;
    }
    for (size_t i = 1; i < count; i++) {
        workers[i].is_started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    }
    work(&workers[0]);
    for (size_t i = 1; i < count; i++) {
        if (workers[i].is_started) {
            pthread_join(workers[i].thread, NULL);
        }
    }
    free(workers);
    return ADATOM_OK;
}

/* ---- kinds that spread a batch themselves */

typedef struct batch {
    adatom_evaluator_pool *pool;
    adatom_evaluator_job **jobs; /* [count], those of this round */
    size_t count;
    size_t finished_before, failed_before;
    bool is_last_round;
    bool *answered; /* [job_count of the pool], in this round, by the place of the job there */
} batch;

static bool stop_batch(void *context)
{
    const batch *round = context;
    adatom_evaluator_pool *pool = round->pool;
    const bool by_failure = pool->options.stop_on_failure && pool->failed > 0;
    pool->stopped = pool->stopped || (round->is_last_round && by_failure) || is_asked_to_stop(pool);
    return pool->stopped;
}

static void show_batch(void *context, size_t finished, size_t failed)
{
    const batch *round = context;
    adatom_evaluator_pool *pool = round->pool;
    /* Those that failed are done only if they are not tried again. */
    pool->failed = round->failed_before + (round->is_last_round ? failed : 0);
    pool->finished = round->finished_before + finished - (round->is_last_round ? 0 : failed);
    tell_progress(pool);
}

static void check_answer(adatom_evaluator_job *job)
{
    job->attempts += job->status != ADATOM_INTERRUPTED;
    if (job->status != ADATOM_OK) {
        job->has_forces = job->has_energies = job->has_virial = false;
        if (job->message[0] == '\0') {
            set_failure(job, job->status, "");
        }
        return;
    }
    const adatom_properties answer = {.energy = job->energy,
                                      .forces = job->has_forces ? job->forces : NULL,
                                      .energies = job->energies,
                                      .virial = job->virial,
                                      .has_energies = job->has_energies,
                                      .has_virial = job->has_virial};
    const adatom_status status = adatom_evaluator_check_result(&answer, job->structure->atom_count);
    if (status != ADATOM_OK) {
        set_failure(job, status, adatom_error_message());
    }
}

static bool is_final(const batch *round, const adatom_evaluator_job *job)
{
    return job->status != ADATOM_INTERRUPTED &&
           (round->is_last_round || !may_be_retried(job->status));
}

/* Once for each job in a round, as soon as it is known. */
static void take_answer(void *context, adatom_evaluator_job *job)
{
    const batch *round = context;
    bool *answered = &round->answered[job - round->pool->jobs];
    if (*answered) {
        return;
    }
    *answered = true;
    check_answer(job);
    if (is_final(round, job)) {
        if (job->status == ADATOM_OK) {
            job->message[0] = '\0';
        }
        tell_done(round->pool, job);
    }
}

/* Keeps in the round what is to be tried again. */
static void finish_round(batch *round)
{
    size_t kept = 0;
    for (size_t i = 0; i < round->count; i++) {
        adatom_evaluator_job *job = round->jobs[i];
        take_answer(round, job);
        round->answered[job - round->pool->jobs] = false;
        const bool is_done = is_final(round, job);
        if (!is_done && job->status != ADATOM_INTERRUPTED) {
            round->jobs[kept++] = job;
        }
        round->finished_before += is_done;
        round->failed_before += is_done && job->status != ADATOM_OK;
    }
    round->count = kept;
    round->pool->finished = round->finished_before;
    round->pool->failed = round->failed_before;
    tell_progress(round->pool);
}

/* Structures that are no input for any evaluator are sorted out first. */
static void select_jobs(batch *round)
{
    adatom_evaluator_pool *pool = round->pool;
    for (size_t i = 0; i < pool->job_count; i++) {
        const adatom_status status = adatom_evaluator_check_structure(pool->jobs[i].structure);
        if (status == ADATOM_OK) {
            round->jobs[round->count++] = &pool->jobs[i];
            continue;
        }
        set_failure(&pool->jobs[i], status, adatom_error_message());
        pool->jobs[i].attempts = 1;
        tell_done(pool, &pool->jobs[i]);
        pool->failed = ++round->failed_before;
        pool->finished = ++round->finished_before;
    }
}

static adatom_status compute_as_batch(adatom_evaluator_pool *pool)
{
    batch round = {.pool = pool};
    const adatom_batch_watch watch = {&round, stop_batch, show_batch, take_answer};
    ADATOM_TRY(adatom_allocate(pool->job_count, sizeof(adatom_evaluator_job *), &round.jobs));
    adatom_status status =
        adatom_allocate(pool->job_count, sizeof *round.answered, &round.answered);
    if (status != ADATOM_OK) {
        free(round.jobs);
        return status;
    }
    select_jobs(&round);
    for (int i = 0; i <= pool->options.retries && round.count > 0 && !pool->stopped; i++) {
        round.is_last_round = i == pool->options.retries;
        status =
            adatom_evaluator_compute_many(pool->evaluators[0], round.jobs, round.count, &watch);
        if (status != ADATOM_OK) {
            break;
        }
        finish_round(&round);
    }
    free(round.jobs);
    free(round.answered);
    return status;
}

/* ---- all jobs */

static void prepare_jobs(adatom_evaluator_pool *pool, adatom_evaluator_job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        set_failure(&jobs[i], ADATOM_INTERRUPTED, "it was not begun");
        jobs[i].attempts = 0;
        jobs[i].seconds = 0;
    }
    pool->jobs = jobs;
    pool->job_count = count;
    pool->next_job = pool->finished = pool->failed = 0;
    pool->stopped = false;
}

adatom_status adatom_evaluator_pool_compute(adatom_evaluator_pool *pool, adatom_evaluator_job *jobs,
                                            size_t count)
{
    prepare_jobs(pool, jobs, count);
    if (count == 0) {
        return ADATOM_OK;
    }
    ADATOM_TRY(adatom_evaluator_has_batches(pool->evaluators[0]) ? compute_as_batch(pool)
                                                                 : compute_in_threads(pool));
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        left += jobs[i].status == ADATOM_INTERRUPTED;
    }
    return left == 0 ? ADATOM_OK
                     : adatom_fail(ADATOM_INTERRUPTED,
                                   "stopped: %zu of %zu structures were not begun", left, count);
}
