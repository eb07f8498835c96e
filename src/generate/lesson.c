#include "generate/lesson.h"

#include "base/error.h"
#include "base/memory.h"
#include "generate/consistency.h"
#include "nn/dense_float.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct adatom_lesson {
    const adatom_generator *generator;
    adatom_lesson_terms terms;
    adatom_dense_float *encoder, *decoder; /* encoder: NULL with a surrogate */
    adatom_consistency *consistency;       /* or NULL */
    size_t encoder_count;
    size_t stride;         /* of a row of the data */
    float *rows;           /* [count][stride], scaled */
    float *property;       /* [count], scaled */
    float *noise;          /* [samples][latent] */
    double lowest, spread; /* of the scaled properties that are drawn */
};

/* ---- */

static adatom_status create_networks(adatom_lesson *lesson, int samples, adatom_team *team)
{
    const adatom_generator *g = lesson->generator;
    const bool judged = lesson->terms.judge != NULL;
    ADATOM_TRY(adatom_dense_float_create(&g->decoder, judged ? 2 * samples : samples, team,
                                         &lesson->decoder));
    if (!g->cvae) {
        return ADATOM_OK;
    }
    ADATOM_TRY(adatom_dense_float_create(&g->encoder, samples, team, &lesson->encoder));
    lesson->encoder_count = adatom_dense_float_count(lesson->encoder);
    return judged ? adatom_consistency_create(g, lesson->terms.judge, lesson->terms.consistency,
                                              samples, team, &lesson->consistency)
                  : ADATOM_OK;
}

static adatom_status scale_rows(adatom_lesson *lesson, const adatom_features *features)
{
    const adatom_generator *g = lesson->generator;
    double *scaled, highest = -INFINITY;
    ADATOM_TRY(adatom_allocate(features->columns, sizeof *scaled, &scaled));
    lesson->lowest = INFINITY;
    for (size_t r = 0; r < features->count; r++) {
        double property;
        adatom_scale(&g->columns, features->rows + r * features->columns, scaled);
        for (size_t c = 0; c < features->columns; c++) {
            lesson->rows[r * lesson->stride + c] = (float)scaled[c];
        }
        adatom_scale(&g->property, features->property + r, &property);
        lesson->property[r] = (float)property;
        lesson->lowest = fmin(lesson->lowest, property);
        highest = fmax(highest, property);
    }
    lesson->spread = highest - lesson->lowest;
    lesson->lowest -= ADATOM_LESSON_MARGIN * lesson->spread;
    lesson->spread *= 1 + 2 * ADATOM_LESSON_MARGIN;
    free(scaled);
    return ADATOM_OK;
}

static adatom_status fill(const adatom_features *features, int samples, adatom_team *team,
                          adatom_lesson *lesson)
{
    ADATOM_TRY(create_networks(lesson, samples, team));
    lesson->stride = lesson->generator->cvae ? adatom_dense_float_output_stride(lesson->decoder)
                                             : adatom_dense_float_input_stride(lesson->decoder);
    ADATOM_TRY(
        adatom_allocate_aligned(features->count * lesson->stride, sizeof(float), &lesson->rows));
    ADATOM_TRY(adatom_allocate(features->count, sizeof(float), &lesson->property));
    ADATOM_TRY(adatom_allocate((size_t)samples * (size_t)lesson->generator->latent, sizeof(float),
                               &lesson->noise));
    return scale_rows(lesson, features);
}

adatom_status adatom_lesson_create(const adatom_generator *generator,
                                   const adatom_lesson_terms *terms,
                                   const adatom_features *features, int samples, adatom_team *team,
                                   adatom_lesson **out)
{
    adatom_lesson *lesson;
    ADATOM_TRY(adatom_allocate(1, sizeof *lesson, &lesson));
    lesson->generator = generator;
    lesson->terms = *terms;
    const adatom_status status = fill(features, samples, team, lesson);
    if (status != ADATOM_OK) {
        adatom_lesson_free(lesson);
        return status;
    }
    *out = lesson;
    return ADATOM_OK;
}

void adatom_lesson_free(adatom_lesson *lesson)
{
    if (lesson != NULL) {
        adatom_dense_float_free(lesson->encoder);
        adatom_dense_float_free(lesson->decoder);
        adatom_consistency_free(lesson->consistency);
        free(lesson->rows);
        free(lesson->property);
        free(lesson->noise);
        free(lesson);
    }
}

size_t adatom_lesson_count(const adatom_lesson *lesson)
{
    return lesson->encoder_count + adatom_dense_float_count(lesson->decoder);
}

void adatom_lesson_pack(const adatom_lesson *lesson, int member, float *weights)
{
    const adatom_generator *g = lesson->generator;
    const double *from = g->weights + (size_t)member * adatom_generator_weights(g);
    if (g->cvae) {
        adatom_dense_float_pack(lesson->encoder, from, weights);
        from += g->encoder.weight_count;
    }
    adatom_dense_float_pack(lesson->decoder, from, weights + lesson->encoder_count);
}

void adatom_lesson_unpack(const adatom_lesson *lesson, const float *weights, int member,
                          adatom_generator *generator)
{
    double *to = generator->weights + (size_t)member * adatom_generator_weights(generator);
    if (generator->cvae) {
        adatom_dense_float_unpack(lesson->encoder, weights, to);
        to += generator->encoder.weight_count;
    }
    adatom_dense_float_unpack(lesson->decoder, weights + lesson->encoder_count, to);
}

/* ---- the surrogate */

static double surrogate_loss(adatom_lesson *lesson, const float *weights, size_t some,
                             const size_t *places, float *gradient)
{
    const size_t columns = lesson->generator->columns.count;
    const size_t stride = adatom_dense_float_output_stride(lesson->decoder);
    float *inputs = adatom_dense_float_inputs(lesson->decoder);
    float *slopes = adatom_dense_float_slopes(lesson->decoder);
    double loss = 0;
    for (size_t s = 0; s < some; s++) {
        memcpy(inputs + s * lesson->stride, lesson->rows + places[s] * lesson->stride,
               columns * sizeof *inputs);
    }
    const float *outputs = adatom_dense_float_forward(lesson->decoder, weights, (int)some);
    for (size_t s = 0; s < some; s++) {
        const float error = outputs[s * stride] - lesson->property[places[s]];
        slopes[s * stride] = 2 * error;
        loss += (double)error * (double)error;
    }
    if (gradient != NULL) {
        adatom_dense_float_backward(lesson->decoder, weights, (int)some, gradient, false);
    }
    return loss;
}

/* ---- the autoencoder */

/* The decoder's inputs: a code of each row, and its property. */
static const float *encode(adatom_lesson *lesson, const float *weights, size_t some,
                           const size_t *places, adatom_random *random)
{
    const size_t columns = lesson->generator->columns.count;
    const size_t latent = (size_t)lesson->generator->latent;
    const size_t input_stride = adatom_dense_float_input_stride(lesson->encoder);
    const size_t code_stride = adatom_dense_float_output_stride(lesson->encoder);
    const size_t latent_stride = adatom_dense_float_input_stride(lesson->decoder);
    float *inputs = adatom_dense_float_inputs(lesson->encoder);
    for (size_t s = 0; s < some; s++) {
        float *input = inputs + s * input_stride;
        memcpy(input, lesson->rows + places[s] * lesson->stride, columns * sizeof *input);
        input[columns] = lesson->property[places[s]];
    }
    const float *codes = adatom_dense_float_forward(lesson->encoder, weights, (int)some);
    for (size_t s = 0; s < some; s++) {
        const float *code = codes + s * code_stride;
        float *to = adatom_dense_float_inputs(lesson->decoder) + s * latent_stride;
        for (size_t k = 0; k < latent; k++) {
            const float noise = (float)adatom_random_normal(random);
            lesson->noise[s * latent + k] = noise;
            to[k] = code[k] + expf(0.5f * code[latent + k]) * noise;
        }
        to[latent] = lesson->property[places[s]];
    }
    return codes;
}

/* The decoder's further inputs: normal numbers, and a property from the range; returned is the
 * member of the judge who is to look at what comes of them. */
static int draw_inputs(adatom_lesson *lesson, size_t some, adatom_random *random)
{
    const size_t latent = (size_t)lesson->generator->latent;
    const size_t stride = adatom_dense_float_input_stride(lesson->decoder);
    float *inputs = adatom_dense_float_inputs(lesson->decoder) + some * stride;
    for (size_t s = 0; s < some; s++) {
        float *input = inputs + s * stride;
        input[latent] = (float)(lesson->lowest + lesson->spread * adatom_random_uniform(random));
        for (size_t k = 0; k < latent; k++) {
            input[k] = (float)adatom_random_normal(random);
        }
    }
    return (int)adatom_random_below(random, (uint64_t)lesson->terms.judge->members);
}

/* The square of the errors of a row, and its slopes; the padding gives 0. */
static double row_loss(size_t stride, const float *output, const float *row, float *slopes)
{
    float sums[ADATOM_FLOAT_PAD] = {0};
    for (size_t c = 0; c < stride; c += ADATOM_FLOAT_PAD) {
        for (size_t lane = 0; lane < ADATOM_FLOAT_PAD; lane++) {
            const float error = output[c + lane] - row[c + lane];
            slopes[c + lane] = 2 * error;
            sums[lane] += error * error;
        }
    }
    double sum = 0;
    for (size_t lane = 0; lane < ADATOM_FLOAT_PAD; lane++) {
        sum += (double)sums[lane];
    }
    return sum;
}

/* The divergence; with through, the slopes of what the decoder makes of the codes, the slopes of
 * the whole loss in them, too. */
static double close_codes(adatom_lesson *lesson, size_t some, const float *codes,
                          const float *through)
{
    const size_t latent = (size_t)lesson->generator->latent;
    const size_t stride = adatom_dense_float_output_stride(lesson->encoder);
    const size_t latent_stride = adatom_dense_float_input_stride(lesson->decoder);
    const float beta = (float)lesson->terms.beta;
    double divergence = 0;
    for (size_t s = 0; s < some; s++) {
        const float *code = codes + s * stride, *noise = lesson->noise + s * latent;
        float *slopes = adatom_dense_float_slopes(lesson->encoder) + s * stride;
        for (size_t k = 0; k < latent; k++) {
            const float mean = code[k], variance = expf(code[latent + k]);
            divergence += 0.5 * (double)(mean * mean + variance - 1 - code[latent + k]);
            if (through != NULL) {
                const float slope = through[s * latent_stride + k];
                slopes[k] = slope + beta * mean;
                slopes[latent + k] =
                    slope * 0.5f * sqrtf(variance) * noise[k] + beta * 0.5f * (variance - 1);
            }
        }
    }
    return divergence;
}

static double cvae_loss(adatom_lesson *lesson, const float *weights, size_t some,
                        const size_t *places, adatom_random *random, float *gradient)
{
    const float *decoder_weights = weights + lesson->encoder_count, *through = NULL;
    const size_t stride = lesson->stride;
    const bool judged = lesson->consistency != NULL;
    const int decoded = (int)(judged ? 2 * some : some);
    float *slopes = adatom_dense_float_slopes(lesson->decoder);
    double loss = 0;
    const float *codes = encode(lesson, weights, some, places, random);
    const int member = judged ? draw_inputs(lesson, some, random) : 0;
    const float *outputs = adatom_dense_float_forward(lesson->decoder, decoder_weights, decoded);
    for (size_t s = 0; s < some; s++) {
        loss += row_loss(stride, outputs + s * stride, lesson->rows + places[s] * stride,
                         slopes + s * stride);
    }
    if (judged) {
        const size_t latent = (size_t)lesson->generator->latent;
        const size_t inputs = adatom_dense_float_input_stride(lesson->decoder);
        const adatom_judgement judgement = {
            .member = member,
            .count = some,
            .stride = stride,
            .rows = outputs + some * stride,
            .wanted = adatom_dense_float_inputs(lesson->decoder) + some * inputs + latent,
            .wanted_stride = inputs,
            .slopes = gradient != NULL ? slopes + some * stride : NULL};
        loss += adatom_consistency_loss(lesson->consistency, &judgement);
    }
    if (gradient != NULL) {
        through = adatom_dense_float_backward(lesson->decoder, decoder_weights, decoded,
                                              gradient + lesson->encoder_count, true);
    }
    const double divergence = close_codes(lesson, some, codes, through);
    if (gradient != NULL) {
        adatom_dense_float_backward(lesson->encoder, weights, (int)some, gradient, false);
    }
    return loss + lesson->terms.beta * divergence;
}

double adatom_lesson_loss(adatom_lesson *lesson, const float *weights, size_t some,
                          const size_t *places, adatom_random *random, float *gradient)
{
    return lesson->generator->cvae ? cvae_loss(lesson, weights, some, places, random, gradient)
                                   : surrogate_loss(lesson, weights, some, places, gradient);
}
