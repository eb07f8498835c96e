#include "generate/lesson.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static adatom_status allocate(const adatom_features *features, adatom_lesson *lesson)
{
    const adatom_generator *g = lesson->generator;
    const size_t samples = (size_t)lesson->samples, columns = g->columns.count;
    const size_t latent = (size_t)g->latent;
    const size_t outputs = (size_t)adatom_dense_outputs(&g->decoder);
    ADATOM_TRY(adatom_allocate(features->count * columns, sizeof(double), &lesson->rows));
    ADATOM_TRY(adatom_allocate(features->count, sizeof(double), &lesson->property));
    ADATOM_TRY(adatom_allocate(samples * (columns + 1), sizeof(double), &lesson->inputs));
    ADATOM_TRY(adatom_allocate(samples * (latent + 1), sizeof(double), &lesson->latent));
    ADATOM_TRY(adatom_allocate(samples * latent, sizeof(double), &lesson->noise));
    ADATOM_TRY(adatom_allocate(samples * 2 * latent, sizeof(double), &lesson->codes));
    ADATOM_TRY(adatom_allocate(samples * outputs, sizeof(double), &lesson->output_slopes));
    ADATOM_TRY(adatom_allocate(samples * (latent + 1), sizeof(double), &lesson->latent_slopes));
    ADATOM_TRY(adatom_allocate(samples * 2 * latent, sizeof(double), &lesson->code_slopes));
    ADATOM_TRY(adatom_dense_work_create(&g->decoder, lesson->samples, &lesson->decoder_work));
    return g->cvae ? adatom_dense_work_create(&g->encoder, lesson->samples, &lesson->encoder_work)
                   : ADATOM_OK;
}

adatom_status adatom_lesson_create(adatom_generator *generator, double beta,
                                   const adatom_features *features, int samples,
                                   adatom_lesson **out)
{
    adatom_lesson *lesson;
    ADATOM_TRY(adatom_allocate(1, sizeof *lesson, &lesson));
    lesson->generator = generator;
    lesson->beta = beta;
    lesson->count = features->count;
    lesson->samples = samples;
    const adatom_status status = allocate(features, lesson);
    if (status != ADATOM_OK) {
        adatom_lesson_free(lesson);
        return status;
    }
    for (size_t r = 0; r < features->count; r++) {
        adatom_scale(&generator->columns, features->rows + r * features->columns,
                     lesson->rows + r * features->columns);
        adatom_scale(&generator->property, features->property + r, lesson->property + r);
    }
    *out = lesson;
    return ADATOM_OK;
}

void adatom_lesson_free(adatom_lesson *lesson)
{
    if (lesson == NULL) {
        return;
    }
    adatom_dense_work_free(lesson->encoder_work);
    adatom_dense_work_free(lesson->decoder_work);
    double *const arrays[] = {lesson->rows,          lesson->property,      lesson->inputs,
                              lesson->latent,        lesson->noise,         lesson->codes,
                              lesson->output_slopes, lesson->latent_slopes, lesson->code_slopes};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        free(arrays[i]);
    }
    free(lesson);
}

/* ---- the surrogate */

static double surrogate_loss(adatom_lesson *lesson, size_t some, const size_t *places,
                             double *gradient)
{
    const adatom_generator *g = lesson->generator;
    const size_t columns = g->columns.count;
    double loss = 0;
    for (size_t s = 0; s < some; s++) {
        memcpy(lesson->inputs + s * columns, lesson->rows + places[s] * columns,
               columns * sizeof(double));
    }
    const double *outputs = adatom_dense_forward(&g->decoder, g->weights, lesson->decoder_work,
                                                 (int)some, lesson->inputs);
    for (size_t s = 0; s < some; s++) {
        const double error = outputs[s] - lesson->property[places[s]];
        lesson->output_slopes[s] = 2 * error;
        loss += error * error;
    }
    if (gradient != NULL) {
        const adatom_dense_gradient to = {.weights = gradient};
        adatom_dense_backward(&g->decoder, g->weights, lesson->decoder_work, (int)some,
                              lesson->inputs, lesson->output_slopes, &to);
    }
    return loss;
}

/* ---- the autoencoder */

static void encode(adatom_lesson *lesson, size_t some, const size_t *places, adatom_random *random)
{
    const adatom_generator *g = lesson->generator;
    const size_t columns = g->columns.count, latent = (size_t)g->latent;
    for (size_t s = 0; s < some; s++) {
        double *input = lesson->inputs + s * (columns + 1);
        memcpy(input, lesson->rows + places[s] * columns, columns * sizeof(double));
        input[columns] = lesson->property[places[s]];
    }
    const double *codes = adatom_dense_forward(&g->encoder, g->weights, lesson->encoder_work,
                                               (int)some, lesson->inputs);
    memcpy(lesson->codes, codes, some * 2 * latent * sizeof(double));
    for (size_t s = 0; s < some; s++) {
        const double *code = codes + s * 2 * latent;
        for (size_t k = 0; k < latent; k++) {
            const double noise = adatom_random_normal(random);
            lesson->noise[s * latent + k] = noise;
            lesson->latent[s * (latent + 1) + k] = code[k] + exp(0.5 * code[latent + k]) * noise;
        }
        lesson->latent[s * (latent + 1) + latent] = lesson->property[places[s]];
    }
}

/* The divergence, and the slopes of the whole loss in the codes. */
static double close_codes(adatom_lesson *lesson, size_t some)
{
    const size_t latent = (size_t)lesson->generator->latent;
    double divergence = 0;
    for (size_t s = 0; s < some; s++) {
        const double *code = lesson->codes + s * 2 * latent;
        double *slopes = lesson->code_slopes + s * 2 * latent;
        for (size_t k = 0; k < latent; k++) {
            const double mean = code[k], variance = exp(code[latent + k]);
            const double through = lesson->latent_slopes[s * (latent + 1) + k];
            divergence += 0.5 * (mean * mean + variance - 1 - code[latent + k]);
            slopes[k] = through + lesson->beta * mean;
            slopes[latent + k] = through * 0.5 * sqrt(variance) * lesson->noise[s * latent + k] +
                                 lesson->beta * 0.5 * (variance - 1);
        }
    }
    return divergence;
}

static double cvae_loss(adatom_lesson *lesson, size_t some, const size_t *places,
                        adatom_random *random, double *gradient, double *divergence)
{
    const adatom_generator *g = lesson->generator;
    const size_t columns = g->columns.count, offset = g->encoder.weight_count;
    double loss = 0;
    encode(lesson, some, places, random);
    const double *outputs = adatom_dense_forward(&g->decoder, g->weights + offset,
                                                 lesson->decoder_work, (int)some, lesson->latent);
    for (size_t s = 0; s < some; s++) {
        for (size_t c = 0; c < columns; c++) {
            const double error = outputs[s * columns + c] - lesson->rows[places[s] * columns + c];
            lesson->output_slopes[s * columns + c] = 2 * error;
            loss += error * error;
        }
    }
    if (gradient != NULL) {
        const adatom_dense_gradient to = {.weights = gradient + offset,
                                          .inputs = lesson->latent_slopes};
        adatom_dense_backward(&g->decoder, g->weights + offset, lesson->decoder_work, (int)some,
                              lesson->latent, lesson->output_slopes, &to);
    }
    *divergence = close_codes(lesson, some);
    if (gradient != NULL) {
        const adatom_dense_gradient to = {.weights = gradient};
        adatom_dense_backward(&g->encoder, g->weights, lesson->encoder_work, (int)some,
                              lesson->inputs, lesson->code_slopes, &to);
    }
    return loss + lesson->beta * *divergence;
}

double adatom_lesson_loss(adatom_lesson *lesson, size_t some, const size_t *places,
                          adatom_random *random, double *gradient, double *divergence)
{
    double unused;
    return lesson->generator->cvae ? cvae_loss(lesson, some, places, random, gradient,
                                               divergence != NULL ? divergence : &unused)
                                   : surrogate_loss(lesson, some, places, gradient);
}
