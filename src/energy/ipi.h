/* adatom: several structures at once to the clients of an evaluator of the kind ipi. */
#ifndef ADATOM_ENERGY_IPI_H
#define ADATOM_ENERGY_IPI_H

#include "adatom/structure.h"
#include "energy/ipi_server.h"

typedef struct adatom_ipi_evaluation {
    const adatom_structure *structure;
    double (*forces)[3]; /* [atom_count][3], eV/Å, or NULL where they are not wanted */
    /* The answer, valid if status is OK. */
    adatom_status status;
    char line[ADATOM_IPI_LINE_SIZE]; /* what went wrong */
    bool is_unsent;                  /* it is no structure for the clients */
    double energy;                   /* eV */
    double seconds;                  /* with the last client that had it */
    double virial[3][3];             /* eV; -volume * stress, zero from clients that know none */
} adatom_ipi_evaluation;

/* Evaluates all, as many at once as there are clients; state is that of the kind. One that fails
 * does not end the others; the status of the call is not OK only if nothing more can be done. */
adatom_status adatom_ipi_evaluate(void *state, adatom_ipi_evaluation *evaluations, size_t count);

#endif
