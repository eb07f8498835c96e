/* adatom: what the kind process and its program adatom-worker (worker/) say to each other, as
 * child_protocol.h says how. The program's argument is the spec of the evaluator that it opens
 * after its greeting; an evaluator that ends the process has said nothing. */
#ifndef ADATOM_ENERGY_WORKER_PROTOCOL_H
#define ADATOM_ENERGY_WORKER_PROTOCOL_H

#include "energy/child_protocol.h"

enum {
    ADATOM_WORKER_MAGIC = 0x4b574c61,
    ADATOM_WORKER_PROTOCOL = 1, /* grows with every change of this file */
    ADATOM_WORKER_MESSAGE_SIZE = 1024,
};

enum {
    /* Empty; answer: adatom_worker_opened. */
    ADATOM_WORKER_OPEN = ADATOM_CHILD_KINDS,
    /* adatom_worker_request, positions double[n][3], atomic numbers int32_t[n]; answer:
     * adatom_worker_answer, and what was wanted of forces double[n][3] and energies double[n], in
     * this order. */
    ADATOM_WORKER_COMPUTE,
};

/* What is wanted, and what there is. */
enum { ADATOM_WORKER_FORCES = 1, ADATOM_WORKER_ENERGIES = 2, ADATOM_WORKER_VIRIAL = 4 };

typedef struct adatom_worker_opened {
    int32_t status; /* adatom_status */
    int32_t fixed_atoms;
    char message[ADATOM_WORKER_MESSAGE_SIZE];
} adatom_worker_opened;

typedef struct adatom_worker_request {
    uint64_t atom_count;
    int32_t wanted, periodic[3];
    double cell[3][3];
} adatom_worker_request;

typedef struct adatom_worker_answer {
    int32_t status; /* adatom_status */
    int32_t has;
    double energy, virial[3][3];
    char message[ADATOM_WORKER_MESSAGE_SIZE];
} adatom_worker_answer;

#endif
