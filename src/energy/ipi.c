/* Energies from any program that is a client of the i-PI protocol (Kapil et al., Comput. Phys.
 * Commun. 236, 214 (2019)): this program is the server, clients connect to it. */
#include "energy/kinds.h"

#include "energy/ipi.h"
#include "energy/ipi_extra.h"
#include "energy/ipi_server.h"
#include "energy/ipi_structure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct ipi {
    adatom_ipi_server *server;
    adatom_ipi_atoms atoms; /* of the clients; empty until the first structure */
    char *extra; /* [ADATOM_IPI_EXTRA_KEPT], the text that ended the latest single answer */
    size_t extra_size;
    double box; /* Å, for lattice vectors that are missing; 0: none are made up */
    /* Of one evaluation each. */
    adatom_ipi_job *jobs;
    adatom_ipi_cargo *cargoes;
    size_t job_capacity, cargo_capacity;
} ipi;

typedef struct ipi_arguments {
    const char *address, *elements;
    double box;
    adatom_ipi_server_options server;
} ipi_arguments;

static adatom_status read_yes_or_no(const adatom_spec_argument *argument, bool *out)
{
    *out = strcmp(argument->value, "yes") == 0;
    if (!*out && strcmp(argument->value, "no") != 0) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "evaluator argument %s=%s: expected yes or no",
                               argument->key, argument->value);
    }
    return ADATOM_OK;
}

static adatom_status read_argument(ipi_arguments *read, const adatom_spec_argument *argument)
{
    if (argument->key[0] == '\0') {
        read->address = argument->value;
        return ADATOM_OK;
    }
    if (strcmp(argument->key, "wait") == 0) {
        return adatom_sys_number(argument, 0, 1e9, &read->server.wait);
    }
    if (strcmp(argument->key, "time_limit") == 0) {
        return adatom_sys_number(argument, 1e-3, 1e9, &read->server.time_limit);
    }
    if (strcmp(argument->key, "allow_remote") == 0) {
        return read_yes_or_no(argument, &read->server.allow_remote);
    }
    if (strcmp(argument->key, "elements") == 0) {
        read->elements = argument->value;
        return ADATOM_OK;
    }
    if (strcmp(argument->key, "box") == 0) {
        return adatom_sys_number(argument, 1, 1e4, &read->box);
    }
    return adatom_sys_fail(
        ADATOM_INVALID_INPUT,
        "ipi has no argument \"%s\"; known: wait time_limit elements box allow_remote",
        argument->key);
}

static void destroy(void *state)
{
    ipi *evaluator = state;
    if (evaluator == NULL) {
        return;
    }
    adatom_ipi_server_free(evaluator->server);
    for (size_t i = 0; i < evaluator->cargo_capacity; i++) {
        adatom_ipi_cargo_clear(&evaluator->cargoes[i]);
    }
    free(evaluator->cargoes);
    free(evaluator->jobs);
    free(evaluator->extra);
    free(evaluator->atoms.atomic_numbers);
    free(evaluator);
}

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    ipi_arguments read = {.server = {.wait = 600}};
    for (size_t i = 0; i < count; i++) {
        ADATOM_SYS_TRY(read_argument(&read, &arguments[i]));
    }
    if (read.address == NULL) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "ipi wants the place where clients connect: ipi:NAME for the unix "
                               "socket /tmp/ipi_NAME, or ipi:HOST:PORT");
    }
    ipi *evaluator = NULL;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *evaluator, &evaluator));
    evaluator->box = read.box;
    adatom_status status = adatom_sys_allocate(ADATOM_IPI_EXTRA_KEPT, 1, &evaluator->extra);
    if (status == ADATOM_OK && read.elements != NULL) {
        status = adatom_ipi_atoms_parse(read.elements, &evaluator->atoms);
    }
    if (status == ADATOM_OK) {
        status = adatom_ipi_server_create(read.address, &read.server, &evaluator->server);
    }
    if (status != ADATOM_OK) {
        destroy(evaluator);
        return status;
    }
    *state = evaluator;
    return ADATOM_OK;
}

/* The first structure says which atoms the clients have, if the user has not. */
static adatom_status pack(ipi *evaluator, const adatom_structure *structure,
                          adatom_ipi_cargo *cargo)
{
    if (evaluator->atoms.count == 0) {
        ADATOM_SYS_TRY(adatom_ipi_atoms_copy(structure, &evaluator->atoms));
    }
    return adatom_ipi_pack(cargo, structure, &evaluator->atoms, evaluator->box);
}

static void fail_evaluation(adatom_ipi_evaluation *evaluation, adatom_status status,
                            const char *line)
{
    evaluation->status = status;
    snprintf(evaluation->line, sizeof evaluation->line, "%s", line);
}

/* Jobs for the structures that can be sent; the others have failed already. */
static size_t prepare_jobs(ipi *evaluator, adatom_ipi_evaluation *evaluations, size_t count)
{
    size_t job_count = 0;
    for (size_t i = 0; i < count; i++) {
        adatom_ipi_cargo *cargo = &evaluator->cargoes[i];
        const adatom_status status = pack(evaluator, evaluations[i].structure, cargo);
        fail_evaluation(&evaluations[i], status, status == ADATOM_OK ? "" : adatom_error_message());
        evaluations[i].is_unsent = status != ADATOM_OK;
        if (status == ADATOM_OK) {
            evaluator->jobs[job_count++] =
                (adatom_ipi_job){.message = cargo->message,
                                 .message_size = cargo->message_size,
                                 .atom_count = (int32_t)evaluations[i].structure->atom_count,
                                 .number = i,
                                 .extra = count == 1 ? evaluator->extra : NULL,
                                 .forces = evaluations[i].forces != NULL ? cargo->forces : NULL};
        }
    }
    return job_count;
}

/* What we make of all zeros: many clients know no virial and send those. */
static bool is_given(const double virial[3][3])
{
    bool given = false;
    for (int i = 0; i < 9; i++) {
        given = given || fpclassify(virial[i / 3][i % 3]) != FP_ZERO;
    }
    return given;
}

static void take_virial(const adatom_ipi_evaluation *evaluation, double (*virial)[3],
                        bool *has_virial)
{
    *has_virial = virial != NULL && evaluation->status == ADATOM_OK && is_given(evaluation->virial);
    for (int i = 0; *has_virial && i < 9; i++) {
        virial[i / 3][i % 3] = evaluation->virial[i / 3][i % 3];
    }
}

/* Evaluations on their way; jobs, of as many, and watch are NULL where nobody waits for each. */
typedef struct ipi_run {
    ipi *evaluator;
    adatom_ipi_evaluation *evaluations;
    adatom_evaluator_job *const *jobs;
    const adatom_batch_watch *watch;
} ipi_run;

static void take_evaluation(const adatom_ipi_evaluation *evaluation, adatom_evaluator_job *job)
{
    job->status = evaluation->status;
    job->energy = evaluation->energy;
    job->has_forces = job->forces != NULL && job->status == ADATOM_OK;
    take_virial(evaluation, job->virial, &job->has_virial);
    job->seconds += evaluation->seconds;
    snprintf(job->message, sizeof job->message, "%s", evaluation->line);
}

/* What a client has answered, or why none could. */
static void take_answer(void *context, adatom_ipi_job *job)
{
    const ipi_run *run = context;
    adatom_ipi_evaluation *evaluation = &run->evaluations[job->number];
    run->evaluator->extra_size = job->status == ADATOM_OK ? job->extra_size : 0;
    if (job->status == ADATOM_OK) {
        adatom_ipi_unpack(&run->evaluator->cargoes[job->number], job, &evaluation->energy,
                          evaluation->forces, evaluation->virial);
    } else {
        fail_evaluation(evaluation, job->status, job->line);
    }
    evaluation->seconds = job->seconds;
    if (run->jobs != NULL) {
        take_evaluation(evaluation, run->jobs[job->number]);
        run->watch->answered(run->watch->context, run->jobs[job->number]);
    }
}

static bool stop_run(void *context)
{
    const ipi_run *run = context;
    return run->watch != NULL && run->watch->stop(run->watch->context);
}

static void show_run(void *context, size_t done, size_t failed)
{
    const ipi_run *run = context;
    if (run->watch != NULL) {
        run->watch->progress(run->watch->context, done, failed);
    }
}

static adatom_status evaluate(ipi_run *run, size_t count)
{
    ipi *evaluator = run->evaluator;
    ADATOM_SYS_TRY(adatom_sys_grow(&evaluator->jobs, &evaluator->job_capacity, count,
                                   sizeof *evaluator->jobs));
    ADATOM_SYS_TRY(adatom_sys_grow(&evaluator->cargoes, &evaluator->cargo_capacity, count,
                                   sizeof *evaluator->cargoes));
    const size_t job_count = prepare_jobs(evaluator, run->evaluations, count);
    const adatom_ipi_watch watch = {run, stop_run, show_run, take_answer};
    return adatom_ipi_server_run(evaluator->server, evaluator->jobs, job_count, &watch);
}

adatom_status adatom_ipi_evaluate(void *state, adatom_ipi_evaluation *evaluations, size_t count)
{
    ipi_run run = {.evaluator = state, .evaluations = evaluations};
    return evaluate(&run, count);
}

static adatom_status compute_properties(void *state, const adatom_structure *structure,
                                        adatom_properties *properties)
{
    adatom_ipi_evaluation evaluation = {.structure = structure, .forces = properties->forces};
    ADATOM_SYS_TRY(adatom_ipi_evaluate(state, &evaluation, 1));
    if (evaluation.status != ADATOM_OK) {
        return adatom_sys_fail(evaluation.status, "%s", evaluation.line);
    }
    properties->energy = evaluation.energy;
    take_virial(&evaluation, properties->virial, &properties->has_virial);
    return ADATOM_OK;
}

static adatom_status compute_many(void *state, adatom_evaluator_job *const *jobs, size_t count,
                                  const adatom_batch_watch *watch)
{
    adatom_ipi_evaluation *evaluations;
    ADATOM_SYS_TRY(adatom_sys_allocate(count, sizeof *evaluations, &evaluations));
    for (size_t i = 0; i < count; i++) {
        evaluations[i].structure = jobs[i]->structure;
        evaluations[i].forces = jobs[i]->forces;
    }
    ipi_run run = {state, evaluations, jobs, watch};
    const adatom_status status = evaluate(&run, count);
    for (size_t i = 0; status == ADATOM_OK && i < count; i++) {
        if (evaluations[i].is_unsent) {
            take_evaluation(&evaluations[i], jobs[i]);
        }
    }
    free(evaluations);
    return status;
}

static bool number(void *state, const char *name, double *value)
{
    const ipi *evaluator = state;
    return adatom_ipi_extra_number(evaluator->extra, evaluator->extra_size, name, value);
}

const adatom_evaluator_kind adatom_kind_ipi = {.create = create,
                                               .free = destroy,
                                               .fixed_atoms = true,
                                               .compute_many = compute_many,
                                               .number = number,
                                               .compute_properties = compute_properties};
