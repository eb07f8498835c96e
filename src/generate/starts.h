/* adatom: eight random starts of one target, a lane each, and the hops from there. */
#ifndef ADATOM_GENERATE_STARTS_H
#define ADATOM_GENERATE_STARTS_H

#include "adatom/reconstruct.h"
#include "base/random.h"
#include "generate/descent.h"

typedef struct adatom_starts {
    /* Given */
    const adatom_reconstruct_options *options;
    const adatom_global *fingerprint;
    const double *target;           /* [columns] */
    uint64_t stream;                /* of the target */
    uint64_t batch;                 /* which eight */
    bool (*is_over)(void *context); /* asked between descents: nobody wants the result any more */
    void *context;
    /* Results */
    double loss; /* of the best; INFINITY where there is none */
    double iterations;
    adatom_structure *structure; /* the best; the caller's to free */
} adatom_starts;

/* Fills the results. They depend on what is given alone, unless is_over became true. */
adatom_status adatom_starts_run(adatom_starts *starts);

#endif
