/* adatom: one step of learning of the networks of the generation: losses and their gradients. */
#ifndef ADATOM_GENERATE_LESSON_H
#define ADATOM_GENERATE_LESSON_H

#include "generate/generator.h"

/* Rows and what is needed to learn from some of them; samples: of a step at most. */
typedef struct adatom_lesson {
    adatom_generator *generator;
    double beta;
    size_t count;
    double *rows;     /* [count][columns], scaled */
    double *property; /* [count], scaled */
    int samples;
    adatom_dense_work *encoder_work, *decoder_work;
    double *inputs;        /* [samples][columns + 1] */
    double *latent;        /* [samples][latent + 1] */
    double *noise;         /* [samples][latent] */
    double *codes;         /* [samples][2 latent] */
    double *output_slopes; /* [samples][outputs of the decoder] */
    double *latent_slopes; /* [samples][latent + 1] */
    double *code_slopes;   /* [samples][2 latent] */
} adatom_lesson;

adatom_status adatom_lesson_create(adatom_generator *generator, double beta,
                                   const adatom_features *features, int samples,
                                   adatom_lesson **out);
void adatom_lesson_free(adatom_lesson *lesson);

/* Of some rows the sum of the losses: surrogate, the square of the scaled error; cvae, with the
 * noise of `random`, the sum of the squares of the columns' errors plus beta times the divergence
 *   1/2 sum (mean^2 + variance - 1 - log variance),
 * the last alone in *divergence (it may be NULL). The gradient of the sum is added to
 * gradient[weights], unless that is NULL. */
double adatom_lesson_loss(adatom_lesson *lesson, size_t some, const size_t *places,
                          adatom_random *random, double *gradient, double *divergence);

#endif
