/* adatom-worker: an evaluator in a process of its own. It is started by adatom and talks over a
 * socket, as src/energy/worker_protocol.h says. */
#include "adatom/evaluator.h"
#include "energy/child_side.h"
#include "energy/worker_protocol.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef struct worker {
    const char *spec;
    adatom_evaluator *evaluator; /* NULL: not opened, or it could not be */
    adatom_structure *structure; /* NULL, or one of as many atoms as the last */
    char *message;               /* [capacity], what was received or is to be sent */
    size_t size, capacity;
    double *energies; /* [atom_count] */
    double (*forces)[3];
} worker;

static void copy_message(adatom_status status, char message[ADATOM_WORKER_MESSAGE_SIZE])
{
    const char *text = adatom_error_message();
    text = text[0] != '\0' ? text : adatom_status_text(status);
    strncpy(message, text, ADATOM_WORKER_MESSAGE_SIZE - 1);
}

static bool open_evaluator(worker *self)
{
    adatom_worker_opened opened = {.status = ADATOM_OK};
    if (self->evaluator == NULL) {
        opened.status = adatom_evaluator_create(self->spec, &self->evaluator);
    }
    if (opened.status != ADATOM_OK) {
        copy_message((adatom_status)opened.status, opened.message);
    } else {
        opened.fixed_atoms = adatom_evaluator_has_fixed_atoms(self->evaluator);
    }
    return adatom_child_announce(ADATOM_WORKER_OPEN, sizeof opened) &&
           adatom_child_send(&opened, sizeof opened, 0);
}

/* Room for as many atoms; false if there is no memory. */
static bool make_room(worker *self, size_t atom_count)
{
    if (self->structure != NULL && self->structure->atom_count == atom_count) {
        return true;
    }
    adatom_structure_free(self->structure);
    free(self->energies);
    free(self->forces);
    self->structure = NULL;
    self->energies = calloc(atom_count, sizeof *self->energies);
    self->forces = calloc(atom_count, sizeof *self->forces);
    return self->energies != NULL && self->forces != NULL &&
           adatom_structure_create(atom_count, &self->structure) == ADATOM_OK;
}

/* False if the request is none. */
static bool take_structure(worker *self, adatom_worker_request *request)
{
    const size_t atom_bytes = 3 * sizeof(double) + sizeof(int32_t);
    if (self->size < sizeof *request) {
        return false;
    }
    memcpy(request, self->message, sizeof *request);
    const size_t left = self->size - sizeof *request;
    if (request->atom_count == 0 || left % atom_bytes != 0 ||
        request->atom_count != left / atom_bytes || !make_room(self, request->atom_count)) {
        return false;
    }
    adatom_structure *structure = self->structure;
    const char *positions = self->message + sizeof *request;
    const char *numbers = positions + structure->atom_count * sizeof *structure->positions;
    memcpy(structure->positions, positions, (size_t)(numbers - positions));
    memcpy(structure->atomic_numbers, numbers, structure->atom_count * sizeof(int32_t));
    memcpy(structure->cell, request->cell, sizeof structure->cell);
    for (int k = 0; k < 3; k++) {
        structure->periodic[k] = request->periodic[k] != 0;
    }
    return true;
}

static bool send_answer(const worker *self, int wanted, const adatom_worker_answer *answer)
{
    const size_t count = self->structure->atom_count;
    const size_t forces = wanted & ADATOM_WORKER_FORCES ? count * sizeof *self->forces : 0;
    const size_t energies = wanted & ADATOM_WORKER_ENERGIES ? count * sizeof *self->energies : 0;
    return adatom_child_announce(ADATOM_WORKER_COMPUTE, sizeof *answer + forces + energies) &&
           adatom_child_send(answer, sizeof *answer, forces + energies > 0 ? MSG_MORE : 0) &&
           adatom_child_send(self->forces, forces, energies > 0 ? MSG_MORE : 0) &&
           adatom_child_send(self->energies, energies, 0);
}

static bool compute(worker *self)
{
    adatom_worker_request request;
    adatom_worker_answer answer = {.has = 0};
    if (!take_structure(self, &request)) {
        return adatom_child_refuse("the structure has a wrong size, or there is no memory for it");
    }
    adatom_properties properties = {
        .forces = request.wanted & ADATOM_WORKER_FORCES ? self->forces : NULL,
        .energies = request.wanted & ADATOM_WORKER_ENERGIES ? self->energies : NULL,
        .virial = request.wanted & ADATOM_WORKER_VIRIAL ? answer.virial : NULL};
    answer.status =
        adatom_evaluator_compute_properties(self->evaluator, self->structure, &properties);
    if (answer.status != ADATOM_OK) {
        copy_message((adatom_status)answer.status, answer.message);
        return send_answer(self, 0, &answer);
    }
    answer.energy = properties.energy;
    answer.has = (properties.has_energies ? ADATOM_WORKER_ENERGIES : 0) |
                 (properties.has_virial ? ADATOM_WORKER_VIRIAL : 0);
    return send_answer(self, request.wanted, &answer);
}

/* False when nobody listens any more. */
static bool serve(worker *self, uint32_t kind)
{
    if (kind == ADATOM_WORKER_OPEN) {
        return open_evaluator(self);
    }
    if (kind != ADATOM_WORKER_COMPUTE || self->evaluator == NULL) {
        return adatom_child_refuse("the evaluator is not open, or the request is unknown");
    }
    return compute(self);
}

static bool reserve(worker *self, size_t size)
{
    if (size <= self->capacity) {
        return true;
    }
    char *grown = realloc(self->message, size);
    if (grown == NULL) {
        return false;
    }
    self->message = grown;
    self->capacity = size;
    return true;
}

static void serve_all(worker *self)
{
    adatom_child_header header;
    while (adatom_child_receive(&header, sizeof header) && header.size <= ADATOM_CHILD_BYTES_MAX &&
           reserve(self, header.size) && adatom_child_receive(self->message, header.size)) {
        self->size = header.size;
        if (!serve(self, header.kind)) {
            return;
        }
    }
}

static void clear(worker *self)
{
    adatom_evaluator_free(self->evaluator);
    adatom_structure_free(self->structure);
    free(self->message);
    free(self->energies);
    free(self->forces);
}

/* Argument: the spec of the evaluator. */
int main(int argument_count, char **arguments)
{
    int type;
    socklen_t size = sizeof type;
    if (argument_count != 2 ||
        getsockopt(ADATOM_CHILD_SOCKET, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
        static const char use[] = "adatom-worker is started by adatom, for the evaluator process\n";
        return write(STDERR_FILENO, use, sizeof use - 1) > 0 ? 2 : 1;
    }
    signal(SIGINT, SIG_IGN); /* the evaluation that runs is wanted still */
    signal(SIGTERM, SIG_IGN);
    const adatom_child_hello hello = {ADATOM_WORKER_MAGIC, ADATOM_WORKER_PROTOCOL};
    worker self = {.spec = arguments[1]};
    if (adatom_child_announce(ADATOM_CHILD_HELLO, sizeof hello) &&
        adatom_child_send(&hello, sizeof hello, 0)) {
        serve_all(&self);
    }
    clear(&self);
    return 0;
}
