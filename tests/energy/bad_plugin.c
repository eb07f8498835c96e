/* An evaluator that does to the process whatever the x coordinate of the first atom says, and tells
 * by its energy in which process it runs. Two instances cannot run in one process. */
#include "adatom/sys/evaluator.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PARTNERS = 2 };

typedef struct bad {
    char folder[512]; /* where the partners meet, "" if they do not */
} bad;

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    bad *self;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *self, &self));
    if (count > 0) {
        snprintf(self->folder, sizeof self->folder, "%s", arguments[0].value);
    }
    *state = self;
    return ADATOM_OK;
}

/* Waits until another process is in here, too; gives up after a minute. */
static adatom_status meet(const bad *self)
{
    char path[600];
    for (int i = 0; i < PARTNERS; i++) {
        snprintf(path, sizeof path, "%s/%d", self->folder, i);
        FILE *stream = fopen(path, "wx");
        if (stream != NULL) {
            fclose(stream);
            break;
        }
    }
    snprintf(path, sizeof path, "%s/%d", self->folder, PARTNERS - 1);
    for (int tries = 0; tries < 6000; tries++) {
        if (access(path, F_OK) == 0) {
            return ADATOM_OK;
        }
        usleep(10000);
    }
    return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "nobody else came");
}

static adatom_status compute(void *state, const adatom_structure *structure, double *energy,
                             double (*forces)[3])
{
    const bad *self = state;
    const double deed = structure->positions[0][0];
    if (deed > 30) {
        puts("the integrals are lost");
        fflush(stdout);
        _Exit(3);
    }
    if (deed > 20) {
        pause();
    }
    if (deed > 10) {
        abort();
    }
    if (self->folder[0] != '\0') {
        ADATOM_SYS_TRY(meet(self));
    }
    *energy = getpid();
    if (forces != NULL) {
        memset(forces, 0, structure->atom_count * sizeof *forces);
    }
    return deed < 0 ? adatom_sys_fail(ADATOM_EVALUATION_FAILED, "the charges do not converge")
                    : ADATOM_OK;
}

ADATOM_PLUGIN = {.create = create, .free = free, .compute = compute, .one_at_a_time = true};
