/* adatom: what the network of a run sees of an atom, as its checkpoint has it. */
#ifndef ADATOM_REPORT_REPRESENTATION_H
#define ADATOM_REPORT_REPRESENTATION_H

#include "adatom/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of image.kind, in the order of its choices. */
typedef enum adatom_representation_kind {
    ADATOM_REPRESENTATION_ONE_HOT,
    ADATOM_REPRESENTATION_GAUSSIAN,
    ADATOM_REPRESENTATION_AGR,
    ADATOM_REPRESENTATION_DISPLACED,
    ADATOM_REPRESENTATION_ANGULAR,
    ADATOM_REPRESENTATION_COUNT
} adatom_representation_kind;

typedef struct adatom_representation {
    bool known; /* checkpoints of earlier versions do not have it */
    adatom_representation_kind kind;
    double bias;
    size_t element_count, ring_count, channel_count;
    int32_t *elements;    /* [element_count], atomic numbers */
    double (*rings)[3];   /* [ring_count]: width, radius, Å; order */
    float *coefficients;  /* [element_count][ring_count], or NULL */
    float *normalization; /* [scale, shift, mean, variance][channel_count], or NULL */
} adatom_representation;

/* INVALID_INPUT if there is no such file, or if what it says of the image cannot be. */
adatom_status adatom_representation_read(const char *path, adatom_representation *out);
void adatom_representation_clear(adatom_representation *representation);

/* The kernel of an element (by its index) at a distance in Å; of the angular kind that of a channel
 * (index element * ring_count + ring) without its angle. */
double adatom_representation_kernel(const adatom_representation *representation, size_t index,
                                    double distance);

#endif
