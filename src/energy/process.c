/* Any other evaluator in a process of its own, adatom-worker: what crashes, hangs or shares its
 * variables there hurts nobody else. */
#include "energy/kinds.h"

#include "energy/child.h"
#include "energy/worker_protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct process {
    adatom_child_program program;
    char *spec, *name; /* of the evaluator; its name for messages */
    double time_limit; /* s */
    bool fixed_atoms;
    adatom_child *child; /* NULL: not started, or ended */
    char *request, *answer;
    size_t request_capacity, answer_capacity;
} process;

/* The last line of the output that is not blank: libraries print why they stop. */
static bool find_last_line(const char *output, char *line, size_t size)
{
    const char *end = output + strlen(output);
    while (end > output && (unsigned char)end[-1] <= ' ') {
        end--;
    }
    const char *start = end;
    while (start > output && start[-1] != '\n') {
        start--;
    }
    snprintf(line, size, "it ended; its last words: %.*s", (int)(end - start), start);
    return end > start;
}

/* "[time_limit=S] SPEC" */
static adatom_status read_text(process *self, const char *text)
{
    static const char option[] = "time_limit=";
    self->time_limit = 3600;
    if (strncmp(text, option, strlen(option)) == 0) {
        char number[32];
        text += strlen(option);
        const size_t length = strcspn(text, " ");
        snprintf(number, sizeof number, "%.*s", (int)(length < 31 ? length : 31), text);
        const adatom_spec_argument argument = {"time_limit", number};
        ADATOM_SYS_TRY(adatom_sys_number(&argument, 1e-3, 1e6, &self->time_limit));
        text += length;
    }
    text += strspn(text, " ");
    if (text[0] == '\0') {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "process wants an evaluator, as in process:xtb:gfn2 or "
                               "process:time_limit=60 xtb:gfn2");
    }
    const size_t size = strlen(text) + 1, kind = strcspn(text, ":");
    ADATOM_SYS_TRY(adatom_sys_allocate(size, 1, &self->spec));
    memcpy(self->spec, text, size);
    const size_t name_size = kind + sizeof "the process of ";
    ADATOM_SYS_TRY(adatom_sys_allocate(name_size, 1, &self->name));
    snprintf(self->name, name_size, "the process of %.*s", (int)kind, text);
    return ADATOM_OK;
}

static void end_child(process *self)
{
    adatom_child_stop(self->child);
    self->child = NULL;
}

static adatom_status open_evaluator(process *self)
{
    adatom_worker_opened opened = {.status = ADATOM_OK};
    size_t size = 0;
    ADATOM_SYS_TRY(adatom_child_ask(self->child, ADATOM_WORKER_OPEN, "", 0, self->time_limit,
                                    &opened, sizeof opened, &size));
    if (size != sizeof opened) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "adatom-worker sends too little");
    }
    self->fixed_atoms = opened.fixed_atoms != 0;
    return opened.status == ADATOM_OK
               ? ADATOM_OK
               : adatom_sys_fail((adatom_status)opened.status, "%s", opened.message);
}

static adatom_status start_child(process *self)
{
    if (self->child != NULL) {
        return ADATOM_OK;
    }
    ADATOM_SYS_TRY(adatom_child_start(&self->program, self->spec, &self->child));
    const adatom_status status = open_evaluator(self);
    if (status != ADATOM_OK) {
        end_child(self);
    }
    return status;
}

static void destroy(void *state)
{
    process *self = state;
    end_child(self);
    free(self->spec);
    free(self->name);
    free(self->request);
    free(self->answer);
    free(self);
}

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    process *self;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *self, &self));
    adatom_status status = read_text(self, count > 0 ? arguments[0].value : "");
    if (status == ADATOM_OK) {
        self->program =
            (adatom_child_program){.name = "adatom-worker",
                                   .need = "which evaluators of the kind process run in",
                                   .who = self->name,
                                   .magic = ADATOM_WORKER_MAGIC,
                                   .protocol = ADATOM_WORKER_PROTOCOL,
                                   .find_error = find_last_line};
        status = start_child(self);
    }
    if (status != ADATOM_OK) {
        destroy(self);
        return status;
    }
    *state = self;
    return ADATOM_OK;
}

/* Fills the request; its size is *size. */
static adatom_status write_request(process *self, const adatom_structure *structure, int wanted,
                                   size_t *size)
{
    const size_t count = structure->atom_count;
    adatom_worker_request request = {.atom_count = count, .wanted = wanted};
    *size = sizeof request + count * (sizeof *structure->positions + sizeof(int32_t));
    ADATOM_SYS_TRY(adatom_sys_grow(&self->request, &self->request_capacity, *size, 1));
    memcpy(request.cell, structure->cell, sizeof request.cell);
    for (int k = 0; k < 3; k++) {
        request.periodic[k] = structure->periodic[k];
    }
    char *next = self->request;
    memcpy(next, &request, sizeof request);
    next += sizeof request;
    memcpy(next, structure->positions, count * sizeof *structure->positions);
    next += count * sizeof *structure->positions;
    memcpy(next, structure->atomic_numbers, count * sizeof(int32_t));
    return ADATOM_OK;
}

/* What the answer holds beyond its head; size is that of all of it. */
static adatom_status take_answer(const process *self, size_t count, size_t size,
                                 adatom_properties *properties)
{
    adatom_worker_answer answer;
    size_t expected = sizeof answer;
    if (size < expected) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "adatom-worker sends too little");
    }
    memcpy(&answer, self->answer, sizeof answer);
    if (answer.status != ADATOM_OK) {
        return adatom_sys_fail((adatom_status)answer.status, "%s", answer.message);
    }
    const size_t forces = properties->forces != NULL ? count * sizeof *properties->forces : 0;
    const size_t energies = properties->energies != NULL ? count * sizeof(double) : 0;
    expected += forces + energies;
    if (size != expected) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "adatom-worker sends too little");
    }
    properties->energy = answer.energy;
    if (forces > 0) {
        memcpy(properties->forces, self->answer + sizeof answer, forces);
    }
    properties->has_energies = energies > 0 && (answer.has & ADATOM_WORKER_ENERGIES);
    if (properties->has_energies) {
        memcpy(properties->energies, self->answer + sizeof answer + forces, energies);
    }
    properties->has_virial = properties->virial != NULL && (answer.has & ADATOM_WORKER_VIRIAL);
    if (properties->has_virial) {
        memcpy(properties->virial, answer.virial, sizeof answer.virial);
    }
    return ADATOM_OK;
}

static adatom_status compute_properties(void *state, const adatom_structure *structure,
                                        adatom_properties *properties)
{
    process *self = state;
    const size_t count = structure->atom_count;
    const int wanted = (properties->forces != NULL ? ADATOM_WORKER_FORCES : 0) |
                       (properties->energies != NULL ? ADATOM_WORKER_ENERGIES : 0) |
                       (properties->virial != NULL ? ADATOM_WORKER_VIRIAL : 0);
    const size_t most = sizeof(adatom_worker_answer) + 4 * count * sizeof(double);
    size_t request_size, size = 0;
    ADATOM_SYS_TRY(start_child(self));
    ADATOM_SYS_TRY(write_request(self, structure, wanted, &request_size));
    ADATOM_SYS_TRY(adatom_sys_grow(&self->answer, &self->answer_capacity, most, 1));
    const adatom_status status =
        adatom_child_ask(self->child, ADATOM_WORKER_COMPUTE, self->request, request_size,
                         self->time_limit, self->answer, most, &size);
    if (status != ADATOM_OK) {
        end_child(self); /* the next evaluation starts another */
        return status;
    }
    return take_answer(self, count, size, properties);
}

static const adatom_evaluator_kind with_fixed_atoms = {.create = create,
                                                       .free = destroy,
                                                       .whole_text = true,
                                                       .fixed_atoms = true,
                                                       .compute_properties = compute_properties};

/* The evaluator in the process knows whether its atoms are fixed. */
static const adatom_evaluator_kind *behind(const void *state)
{
    const process *self = state;
    return self->fixed_atoms ? &with_fixed_atoms : &adatom_kind_process;
}

const adatom_evaluator_kind adatom_kind_process = {.create = create,
                                                   .free = destroy,
                                                   .whole_text = true,
                                                   .behind = behind,
                                                   .compute_properties = compute_properties};
