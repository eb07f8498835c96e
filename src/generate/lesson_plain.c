#include "generate/lesson_plain.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static adatom_status allocate(const adatom_features *features, adatom_lesson_plain *lesson)
{
    const adatom_generator *g = lesson->generator;
    const size_t samples = (size_t)lesson->samples, columns = g->columns.count;
    const size_t latent = (size_t)g->latent;
    const size_t outputs = (size_t)adatom_dense_outputs(&g->decoder);
    ADATOM_TRY(adatom_allocate(features->count * columns, sizeof(double), &lesson->rows));
    ADATOM_TRY(adatom_allocate(features->count, sizeof(double), &lesson->property));
    ADATOM_TRY(adatom_allocate(samples * (columns + 1), sizeof(double), &lesson->inputs));
    ADATOM_TRY(adatom_allocate(2 * samples * (latent + 1), sizeof(double), &lesson->latent));
    ADATOM_TRY(adatom_allocate(samples * latent, sizeof(double), &lesson->noise));
    ADATOM_TRY(adatom_allocate(samples * 2 * latent, sizeof(double), &lesson->codes));
    ADATOM_TRY(adatom_allocate(2 * samples * outputs, sizeof(double), &lesson->output_slopes));
    ADATOM_TRY(adatom_allocate(2 * samples * (latent + 1), sizeof(double), &lesson->latent_slopes));
    ADATOM_TRY(adatom_allocate(samples * 2 * latent, sizeof(double), &lesson->code_slopes));
    ADATOM_TRY(adatom_allocate(3 * columns, sizeof(double), &lesson->scratch));
    ADATOM_TRY(adatom_dense_work_create(&g->decoder, 2 * lesson->samples, &lesson->decoder_work));
    if (lesson->terms.judge != NULL) {
        ADATOM_TRY(adatom_dense_work_create(&lesson->terms.judge->decoder, lesson->samples,
                                            &lesson->judge_work));
    }
    return g->cvae ? adatom_dense_work_create(&g->encoder, lesson->samples, &lesson->encoder_work)
                   : ADATOM_OK;
}

adatom_status adatom_lesson_plain_create(const adatom_generator *generator,
                                         const adatom_lesson_terms *terms,
                                         const adatom_features *features, int samples,
                                         adatom_lesson_plain **out)
{
    adatom_lesson_plain *lesson;
    ADATOM_TRY(adatom_allocate(1, sizeof *lesson, &lesson));
    lesson->generator = generator;
    lesson->terms = *terms;
    lesson->count = features->count;
    lesson->samples = samples;
    const adatom_status status = allocate(features, lesson);
    if (status != ADATOM_OK) {
        adatom_lesson_plain_free(lesson);
        return status;
    }
    lesson->lowest = INFINITY;
    lesson->highest = -INFINITY;
    for (size_t r = 0; r < features->count; r++) {
        adatom_scale(&generator->columns, features->rows + r * features->columns,
                     lesson->rows + r * features->columns);
        adatom_scale(&generator->property, features->property + r, lesson->property + r);
        lesson->lowest = fmin(lesson->lowest, lesson->property[r]);
        lesson->highest = fmax(lesson->highest, lesson->property[r]);
    }
    *out = lesson;
    return ADATOM_OK;
}

void adatom_lesson_plain_free(adatom_lesson_plain *lesson)
{
    if (lesson == NULL) {
        return;
    }
    adatom_dense_work_free(lesson->encoder_work);
    adatom_dense_work_free(lesson->decoder_work);
    adatom_dense_work_free(lesson->judge_work);
    double *const arrays[] = {lesson->rows,          lesson->property,      lesson->inputs,
                              lesson->latent,        lesson->noise,         lesson->codes,
                              lesson->output_slopes, lesson->latent_slopes, lesson->code_slopes,
                              lesson->scratch};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        free(arrays[i]);
    }
    free(lesson);
}

/* ---- the surrogate */

static double surrogate_loss(adatom_lesson_plain *lesson, size_t some, const size_t *places,
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

static void encode(adatom_lesson_plain *lesson, size_t some, const size_t *places,
                   adatom_random *random)
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

static void draw_inputs(adatom_lesson_plain *lesson, size_t some, adatom_random *random)
{
    const size_t latent = (size_t)lesson->generator->latent;
    for (size_t s = some; s < 2 * some; s++) {
        double *input = lesson->latent + s * (latent + 1);
        const double spread = lesson->highest - lesson->lowest;
        input[latent] = lesson->lowest - ADATOM_LESSON_MARGIN * spread +
                        (1 + 2 * ADATOM_LESSON_MARGIN) * spread * adatom_random_uniform(random);
        for (size_t k = 0; k < latent; k++) {
            input[k] = adatom_random_normal(random);
        }
    }
    lesson->member = (int)adatom_random_below(random, (uint64_t)lesson->terms.judge->members);
}

/* What a member of the judge says of the fingerprints drawn, and the slopes of its error. */
static double judge_rows(adatom_lesson_plain *lesson, size_t some, const double *outputs,
                         double *slopes)
{
    const adatom_generator *g = lesson->generator, *judge = lesson->terms.judge;
    const size_t columns = g->columns.count, latent = (size_t)g->latent;
    const double *weights =
        judge->weights + (size_t)lesson->member * adatom_generator_weights(judge);
    double *raw = lesson->scratch, *scaled = raw + columns, *through = scaled + columns;
    double loss = 0, property, said;
    for (size_t s = 0; s < some; s++) {
        adatom_unscale(&g->columns, outputs + s * columns, raw);
        adatom_scale(&judge->columns, raw, scaled);
        const double *output =
            adatom_dense_forward(&judge->decoder, weights, lesson->judge_work, 1, scaled);
        adatom_unscale(&judge->property, output, &property);
        adatom_scale(&g->property, &property, &said);
        const double share = lesson->terms.consistency;
        const double error = said - lesson->latent[(some + s) * (latent + 1) + latent];
        const double slope =
            2 * share * error * g->property.factors[0] / judge->property.factors[0];
        const adatom_dense_gradient to = {.inputs = through};
        adatom_dense_backward(&judge->decoder, weights, lesson->judge_work, 1, scaled, &slope, &to);
        for (size_t c = 0; c < columns; c++) {
            const double factor = g->columns.factors[c];
            slopes[s * columns + c] +=
                factor > 0 ? through[c] * judge->columns.factors[c] / factor : 0;
        }
        loss += share * error * error;
    }
    return loss;
}

/* The divergence, and the slopes of the whole loss in the codes. */
static double close_codes(adatom_lesson_plain *lesson, size_t some)
{
    const size_t latent = (size_t)lesson->generator->latent;
    const double beta = lesson->terms.beta;
    double divergence = 0;
    for (size_t s = 0; s < some; s++) {
        const double *code = lesson->codes + s * 2 * latent;
        double *slopes = lesson->code_slopes + s * 2 * latent;
        for (size_t k = 0; k < latent; k++) {
            const double mean = code[k], variance = exp(code[latent + k]);
            const double through = lesson->latent_slopes[s * (latent + 1) + k];
            divergence += 0.5 * (mean * mean + variance - 1 - code[latent + k]);
            slopes[k] = through + beta * mean;
            slopes[latent + k] = through * 0.5 * sqrt(variance) * lesson->noise[s * latent + k] +
                                 beta * 0.5 * (variance - 1);
        }
    }
    return divergence;
}

/* Decodes the codes, and as many that are drawn where there is a judge. */
static double decode(adatom_lesson_plain *lesson, size_t some, const size_t *places)
{
    const adatom_generator *g = lesson->generator, *judge = lesson->terms.judge;
    const size_t columns = g->columns.count;
    double loss = 0;
    const double *outputs =
        adatom_dense_forward(&g->decoder, g->weights + g->encoder.weight_count,
                             lesson->decoder_work, (int)(judge ? 2 * some : some), lesson->latent);
    for (size_t s = 0; s < some; s++) {
        for (size_t c = 0; c < columns; c++) {
            const double error = outputs[s * columns + c] - lesson->rows[places[s] * columns + c];
            lesson->output_slopes[s * columns + c] = 2 * error;
            loss += error * error;
        }
    }
    if (judge != NULL) {
        double *slopes = lesson->output_slopes + some * columns;
        memset(slopes, 0, some * columns * sizeof *slopes);
        loss += judge_rows(lesson, some, outputs + some * columns, slopes);
    }
    return loss;
}

static double cvae_loss(adatom_lesson_plain *lesson, size_t some, const size_t *places,
                        adatom_random *random, double *gradient)
{
    const adatom_generator *g = lesson->generator;
    const size_t offset = g->encoder.weight_count;
    const bool judged = lesson->terms.judge != NULL;
    encode(lesson, some, places, random);
    if (judged) {
        draw_inputs(lesson, some, random);
    }
    const double loss = decode(lesson, some, places);
    if (gradient != NULL) {
        const adatom_dense_gradient to = {.weights = gradient + offset,
                                          .inputs = lesson->latent_slopes};
        adatom_dense_backward(&g->decoder, g->weights + offset, lesson->decoder_work,
                              (int)(judged ? 2 * some : some), lesson->latent,
                              lesson->output_slopes, &to);
    }
    const double divergence = close_codes(lesson, some);
    if (gradient != NULL) {
        const adatom_dense_gradient to = {.weights = gradient};
        adatom_dense_backward(&g->encoder, g->weights, lesson->encoder_work, (int)some,
                              lesson->inputs, lesson->code_slopes, &to);
    }
    return loss + lesson->terms.beta * divergence;
}

double adatom_lesson_plain_loss(adatom_lesson_plain *lesson, size_t some, const size_t *places,
                                adatom_random *random, double *gradient)
{
    return lesson->generator->cvae ? cvae_loss(lesson, some, places, random, gradient)
                                   : surrogate_loss(lesson, some, places, gradient);
}
