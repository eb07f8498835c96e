/* adatom: the losses of generate/lesson.h and their gradients in double precision, for weights as
 * the generator's file has them: the reference that tests hold the fast ones against. */
#ifndef ADATOM_GENERATE_LESSON_PLAIN_H
#define ADATOM_GENERATE_LESSON_PLAIN_H

#include "generate/lesson.h"

/* Rows and what is needed to learn from some of them; samples: of a step at most. */
typedef struct adatom_lesson_plain {
    const adatom_generator *generator;
    adatom_lesson_terms terms;
    size_t count;
    double *rows;     /* [count][columns], scaled */
    double *property; /* [count], scaled */
    double lowest, highest;
    int samples;
    int member; /* of the judge, who looks at what is drawn */
    adatom_dense_work *encoder_work, *decoder_work, *judge_work;
    double *inputs;        /* [samples][columns + 1] */
    double *latent;        /* [2 samples][latent + 1] */
    double *noise;         /* [samples][latent] */
    double *codes;         /* [samples][2 latent] */
    double *output_slopes; /* [2 samples][outputs of the decoder] */
    double *latent_slopes; /* [2 samples][latent + 1] */
    double *code_slopes;   /* [samples][2 latent] */
    double *scratch;       /* [3][columns] */
} adatom_lesson_plain;

adatom_status adatom_lesson_plain_create(const adatom_generator *generator,
                                         const adatom_lesson_terms *terms,
                                         const adatom_features *features, int samples,
                                         adatom_lesson_plain **out);
void adatom_lesson_plain_free(adatom_lesson_plain *lesson);

/* adatom_lesson_loss of the generator's first member; the gradient of the sum is added to
 * gradient[weights], unless that is NULL. */
double adatom_lesson_plain_loss(adatom_lesson_plain *lesson, size_t some, const size_t *places,
                                adatom_random *random, double *gradient);

#endif
