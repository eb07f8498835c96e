/* adatom: how far the property that a surrogate sees in fingerprints is from that which they were
 * drawn for, as a part of what a cvae learns (generate/lesson.h). */
#ifndef ADATOM_GENERATE_CONSISTENCY_H
#define ADATOM_GENERATE_CONSISTENCY_H

#include "base/threads.h"
#include "generate/generator.h"

typedef struct adatom_consistency adatom_consistency;

/* Of the cvae's fingerprints in the eyes of the judge, a surrogate, whose weights are copied; at
 * most `samples` at once. */
adatom_status adatom_consistency_create(const adatom_generator *cvae, const adatom_generator *judge,
                                        double weight, int samples, adatom_team *team,
                                        adatom_consistency **out);
void adatom_consistency_free(adatom_consistency *consistency);

/* Fingerprints as the cvae gives them, scaled its way. */
typedef struct adatom_judgement {
    int member; /* of the judge, who is asked */
    size_t count, stride;
    const float *rows;   /* [count][stride] */
    const float *wanted; /* scaled properties, of row i at wanted[i wanted_stride] */
    size_t wanted_stride;
    float *slopes; /* [count][stride], overwritten with those of the loss, or NULL */
} adatom_judgement;

/* weight times the sum over the rows of the square of the scaled difference. */
double adatom_consistency_loss(adatom_consistency *consistency, const adatom_judgement *judgement);

#endif
