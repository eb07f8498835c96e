#include "nn/transform_plan.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Radices with a butterfly of their own and what it costs, in additions and multiply-adds. */
typedef struct radix_cost {
    int radix;
    double cost;
} radix_cost;

static const radix_cost butterflies[] = {{2, 4},  {3, 14}, {4, 16},  {5, 36},  {6, 36},
                                         {8, 60}, {9, 90}, {10, 92}, {12, 96}, {16, 168}};
enum { BUTTERFLY_COUNT = sizeof butterflies / sizeof butterflies[0] };

/* Loads and stores of one element in one stage, and its twiddle. */
static const double memory_cost = 4, twiddle_cost = 4;

static int greatest_common_divisor(int a, int b)
{
    while (b != 0) {
        const int rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static int smallest_factor(int n)
{
    for (int factor = 2; factor * factor <= n; factor++) {
        if (n % factor == 0) {
            return factor;
        }
    }
    return n;
}

/* Cost of one butterfly, infinite where there is none. */
static double cost_of_radix(int radix)
{
    for (int i = 0; i < BUTTERFLY_COUNT; i++) {
        if (butterflies[i].radix == radix) {
            return butterflies[i].cost;
        }
    }
    const bool odd_prime = radix > 5 && smallest_factor(radix) == radix;
    if (odd_prime && radix <= ADATOM_TRANSFORM_PRIME_MAX) {
        return (radix - 1.0) * (radix - 1.0) + 6.0 * radix;
    }
    return INFINITY;
}

/* The cheapest way to do a length; *first is the radix of its first stage. */
static double best_split(int length, int *first)
{
    double best = cost_of_radix(length) + memory_cost * length;
    *first = length;
    for (int radix = 2; radix <= ADATOM_TRANSFORM_PRIME_MAX && radix < length; radix++) {
        if (length % radix != 0 || isinf(cost_of_radix(radix))) {
            continue;
        }
        const int rest = length / radix;
        int unused;
        double cost =
            rest * cost_of_radix(radix) + memory_cost * length + radix * best_split(rest, &unused);
        if (greatest_common_divisor(radix, rest) > 1) {
            cost += twiddle_cost * length;
        }
        if (cost < best) {
            best = cost;
            *first = radix;
        }
    }
    return best;
}

double adatom_transform_cost(int length)
{
    if (length < 1 || length > ADATOM_TRANSFORM_LENGTH_MAX) {
        return INFINITY;
    }
    int first;
    return length == 1 ? 0 : best_split(length, &first);
}

int adatom_transform_good_length(int least)
{
    int best = least;
    double best_cost = INFINITY;
    for (int length = least; length <= least + least / 2 + 8; length++) {
        /* a longer transform also means more of them: in two dimensions cost grows with length */
        const double cost = adatom_transform_cost(length) * length;
        if (cost < best_cost) {
            best = length;
            best_cost = cost;
        }
    }
    return best;
}

int adatom_transform_prime_row(int radix)
{
    return ((radix - 1) / 2 + 3) / 4 * 4;
}

static int inverse_modulo(int a, int modulus)
{
    for (int x = 1; x < modulus; x++) {
        if ((long)a * x % modulus == 1) {
            return x;
        }
    }
    return 1;
}

/* One transform still to be split: where its elements stand in the input of stage `depth`, where
 * the results go in the end, and the twiddles of its inputs. */
typedef struct piece {
    int length;
    int depth;
    int base; /* first element of its block in the buffers between stages */
    const int *source, *target;
    const float *twiddles; /* [length][2] or NULL */
} piece;

static adatom_status add_piece(adatom_transform *transform, int filled[], piece p);

static adatom_status open_stage(adatom_transform *transform, int depth, int radix)
{
    if (depth < transform->stage_count) {
        return ADATOM_OK;
    }
    adatom_transform_stage *stage = &transform->stages[depth];
    stage->radix = radix;
    stage->count = transform->length / radix;
    transform->stage_count = depth + 1;
    ADATOM_TRY(adatom_allocate((size_t)transform->length, sizeof(int), &stage->source));
    return adatom_allocate((size_t)transform->length, sizeof(int), &stage->target);
}

/* Adds one butterfly to a stage. */
static adatom_status add_butterfly(adatom_transform *transform, int filled[], int depth, int radix,
                                   const int *source, const int *target, const float *twiddles)
{
    ADATOM_TRY(open_stage(transform, depth, radix));
    adatom_transform_stage *stage = &transform->stages[depth];
    const int start = filled[depth]++ * radix;
    if (twiddles != NULL && stage->twiddles == NULL) {
        ADATOM_TRY(adatom_allocate(2 * (size_t)transform->length, sizeof(float), &stage->twiddles));
    }
    for (int j = 0; j < radix; j++) {
        stage->source[start + j] = source[j];
        stage->target[start + j] = target[j];
        if (twiddles != NULL) {
            stage->twiddles[2 * (start + j)] = twiddles[2 * j];
            stage->twiddles[2 * (start + j) + 1] = twiddles[2 * j + 1];
        }
    }
    return ADATOM_OK;
}

/* Index maps of length = radix * rest: input n of butterfly n2, output k of the transform k1. */
typedef struct split {
    int radix, rest, length;
    bool coprime;
    int output_step1, output_step2;
} split;

static split split_of(int length, int radix)
{
    split s = {.radix = radix, .rest = length / radix, .length = length};
    s.coprime = greatest_common_divisor(radix, s.rest) == 1;
    if (s.coprime) {
        s.output_step1 = s.rest * inverse_modulo(s.rest % radix, radix);
        s.output_step2 = radix * inverse_modulo(radix % s.rest, s.rest);
    } else {
        s.output_step1 = 1;
        s.output_step2 = radix;
    }
    return s;
}

static int split_input(const split *s, int n1, int n2)
{
    return s->coprime ? (s->rest * n1 + s->radix * n2) % s->length : s->rest * n1 + n2;
}

static int split_output(const split *s, int k1, int k2)
{
    return (int)(((long)s->output_step1 * k1 + (long)s->output_step2 * k2) % s->length);
}

static adatom_status first_stage(adatom_transform *transform, int filled[], const piece *p,
                                 const split *s)
{
    int source[ADATOM_TRANSFORM_PRIME_MAX], target[ADATOM_TRANSFORM_PRIME_MAX];
    float twiddles[2 * ADATOM_TRANSFORM_PRIME_MAX];
    for (int n2 = 0; n2 < s->rest; n2++) {
        for (int j = 0; j < s->radix; j++) {
            const int n = split_input(s, j, n2);
            source[j] = p->source[n];
            target[j] = p->base + j * s->rest + n2;
            if (p->twiddles != NULL) {
                twiddles[2 * j] = p->twiddles[2 * n];
                twiddles[2 * j + 1] = p->twiddles[2 * n + 1];
            }
        }
        ADATOM_TRY(add_butterfly(transform, filled, p->depth, s->radix, source, target,
                                 p->twiddles != NULL ? twiddles : NULL));
    }
    return ADATOM_OK;
}

/* The transform of length `rest` that output k1 of the first butterflies needs. */
static adatom_status rest_piece(adatom_transform *transform, int filled[], const piece *p,
                                const split *s, int k1, int *tables, float *twiddles)
{
    int *source = tables, *target = tables + s->rest;
    for (int j = 0; j < s->rest; j++) {
        source[j] = p->base + k1 * s->rest + j;
        target[j] = p->target[split_output(s, k1, j)];
        const double angle = 2.0 * 3.14159265358979323846 * j * k1 / s->length;
        twiddles[2 * j] = (float)cos(angle);
        twiddles[2 * j + 1] = (float)sin(angle);
    }
    const piece rest = {.length = s->rest,
                        .depth = p->depth + 1,
                        .base = p->base + k1 * s->rest,
                        .source = source,
                        .target = target,
                        .twiddles = s->coprime ? NULL : twiddles};
    return add_piece(transform, filled, rest);
}

static adatom_status add_piece(adatom_transform *transform, int filled[], piece p)
{
    int radix;
    (void)best_split(p.length, &radix);
    if (radix == p.length) {
        return add_butterfly(transform, filled, p.depth, radix, p.source, p.target, p.twiddles);
    }
    const split s = split_of(p.length, radix);
    ADATOM_TRY(first_stage(transform, filled, &p, &s));
    int *tables = NULL;
    float *twiddles = NULL;
    adatom_status status = adatom_allocate(2 * (size_t)s.rest, sizeof *tables, &tables);
    if (status == ADATOM_OK) {
        status = adatom_allocate(2 * (size_t)s.rest, sizeof *twiddles, &twiddles);
    }
    for (int k1 = 0; k1 < s.radix && status == ADATOM_OK; k1++) {
        status = rest_piece(transform, filled, &p, &s, k1, tables, twiddles);
    }
    free(tables);
    free(twiddles);
    return status;
}

static bool has_butterfly(int radix)
{
    for (int i = 0; i < BUTTERFLY_COUNT; i++) {
        if (butterflies[i].radix == radix) {
            return true;
        }
    }
    return false;
}

static adatom_status make_prime_tables(adatom_transform *transform, int stage)
{
    const int radix = transform->stages[stage].radix;
    if (has_butterfly(radix) || radix == 1) {
        return ADATOM_OK;
    }
    const int half = (radix - 1) / 2, row = adatom_transform_prime_row(radix);
    const size_t count = (size_t)half * (size_t)row;
    ADATOM_TRY(adatom_allocate(count, sizeof(float), &transform->prime_cos[stage]));
    ADATOM_TRY(adatom_allocate(count, sizeof(float), &transform->prime_sin[stage]));
    for (int n = 1; n <= half; n++) {
        for (int k = 1; k <= half; k++) {
            const double angle = 2.0 * 3.14159265358979323846 * (n * k % radix) / radix;
            transform->prime_cos[stage][(n - 1) * row + k - 1] = (float)cos(angle);
            transform->prime_sin[stage][(n - 1) * row + k - 1] = (float)sin(angle);
        }
    }
    return ADATOM_OK;
}

static adatom_status fill_plan(adatom_transform *transform)
{
    int *identity = NULL;
    ADATOM_TRY(adatom_allocate((size_t)transform->length, sizeof *identity, &identity));
    for (int i = 0; i < transform->length; i++) {
        identity[i] = i;
    }
    int filled[ADATOM_TRANSFORM_STAGES_MAX] = {0};
    adatom_status status = ADATOM_OK;
    if (transform->length > 1) {
        const piece whole = {.length = transform->length, .source = identity, .target = identity};
        status = add_piece(transform, filled, whole);
    }
    free(identity);
    for (int stage = 0; stage < transform->stage_count && status == ADATOM_OK; stage++) {
        status = make_prime_tables(transform, stage);
    }
    return status;
}

adatom_status adatom_transform_create(int length, adatom_transform **out)
{
    if (isinf(adatom_transform_cost(length))) {
        return adatom_fail(ADATOM_UNSUPPORTED, "a Fourier transform of length %d is not available",
                           length);
    }
    adatom_transform *transform = NULL;
    ADATOM_TRY(adatom_allocate(1, sizeof *transform, &transform));
    transform->length = length;
    const adatom_status status = fill_plan(transform);
    if (status != ADATOM_OK) {
        adatom_transform_free(transform);
        return status;
    }
    *out = transform;
    return ADATOM_OK;
}

void adatom_transform_free(adatom_transform *transform)
{
    if (transform == NULL) {
        return;
    }
    for (int stage = 0; stage < ADATOM_TRANSFORM_STAGES_MAX; stage++) {
        free(transform->stages[stage].source);
        free(transform->stages[stage].target);
        free(transform->stages[stage].twiddles);
        free(transform->prime_cos[stage]);
        free(transform->prime_sin[stage]);
    }
    free(transform);
}
