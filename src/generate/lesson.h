/* adatom: one step of learning of the networks of the generation, in single precision: losses and
 * their gradients. generate/lesson_plain.h has the same by plain loops in double precision. */
#ifndef ADATOM_GENERATE_LESSON_H
#define ADATOM_GENERATE_LESSON_H

#include "base/threads.h"
#include "generate/generator.h"

/* What is learned beside the data themselves. */
typedef struct adatom_lesson_terms {
    double beta; /* cvae: weight of the divergence */
    /* cvae: weight of the consistency, and the surrogate that it is of; NULL without */
    double consistency;
    const adatom_generator *judge;
} adatom_lesson_terms;

/* Properties are drawn this share of the data's range beyond it, too, so that its ends are learned
 * from both sides. */
#define ADATOM_LESSON_MARGIN 0.05

/* Rows and what is needed to learn from some of them. */
typedef struct adatom_lesson adatom_lesson;

/* At most `samples` rows are learned from at once; team may be NULL: one thread. Generator, judge
 * and team must outlive the lesson; the features need not. */
adatom_status adatom_lesson_create(const adatom_generator *generator,
                                   const adatom_lesson_terms *terms,
                                   const adatom_features *features, int samples, adatom_team *team,
                                   adatom_lesson **out);
void adatom_lesson_free(adatom_lesson *lesson);

/* Length of the weights as they are learned, and those of a member in that layout and back. */
size_t adatom_lesson_count(const adatom_lesson *lesson);
void adatom_lesson_pack(const adatom_lesson *lesson, int member, float *weights);
void adatom_lesson_unpack(const adatom_lesson *lesson, const float *weights, int member,
                          adatom_generator *generator);

/* Of some rows the sum of the losses: surrogate, the square of the scaled error; cvae, with the
 * random numbers of `random`, the sum of the squares of the columns' errors plus
 *   beta / 2 sum (mean^2 + variance - 1 - log variance)
 * and, with a judge, plus consistency times the square of the scaled difference between a property
 * drawn uniformly from the range of the data and its margin and what the judge says of a
 * fingerprint drawn for it, one for each row; a member of the judge that is drawn for all of them
 * says it. The gradient of the sum overwrites gradient[count], unless that is NULL. */
double adatom_lesson_loss(adatom_lesson *lesson, const float *weights, size_t some,
                          const size_t *places, adatom_random *random, float *gradient);

#endif
