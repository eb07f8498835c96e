/* adatom: Fourier transforms of many signals at once, one per lane, by a plan. */
#ifndef ADATOM_NN_LANES_TRANSFORM_H
#define ADATOM_NN_LANES_TRANSFORM_H

#include "nn/lanes/butterflies.h"
#include "nn/transform_plan.h"

#include <stddef.h>

/* Where the elements of a signal stand: element e at re[e * stride], im[e * stride]. */
typedef struct signal {
    lanes *re, *im;
    ptrdiff_t stride;
} signal;

LANES_INLINE signal signal_of(clanes *values, ptrdiff_t step)
{
    return (signal){&values->re, &values->im, 2 * step};
}

/* With the parts exchanged the same transform is the inverse one (not divided by the length). */
LANES_INLINE signal signal_exchanged(signal s)
{
    return (signal){s.im, s.re, s.stride};
}

LANES_INLINE clanes signal_get(signal s, int element)
{
    return (clanes){s.re[element * s.stride], s.im[element * s.stride]};
}

LANES_INLINE void signal_put(signal s, int element, clanes value)
{
    s.re[element * s.stride] = value.re;
    s.im[element * s.stride] = value.im;
}

LANES_INLINE void load_butterfly(signal in, const int *source, const float *twiddles, clanes *v,
                                 const int radix)
{
#pragma GCC unroll 16
    for (int j = 0; j < radix; j++) {
        v[j] = signal_get(in, source[j]);
    }
    if (twiddles != NULL) {
#pragma GCC unroll 16
        for (int j = 0; j < radix; j++) {
            v[j] = clanes_turn(v[j], twiddles[2 * j], twiddles[2 * j + 1]);
        }
    }
}

LANES_INLINE void store_butterfly(signal out, const int *target, const clanes *v, const int radix)
{
#pragma GCC unroll 16
    for (int j = 0; j < radix; j++) {
        signal_put(out, target[j], v[j]);
    }
}

#define STAGE(RADIX)                                                                               \
    static void stage##RADIX(const adatom_transform_stage *stage, signal in, signal out)           \
    {                                                                                              \
        const float *twiddles = stage->twiddles;                                                   \
        for (int b = 0; b < stage->count; b++) {                                                   \
            clanes v[RADIX];                                                                       \
            load_butterfly(in, stage->source + b * RADIX,                                          \
                           twiddles != NULL ? twiddles + 2 * b * RADIX : NULL, v, RADIX);          \
            butterfly##RADIX(v);                                                                   \
            store_butterfly(out, stage->target + b * RADIX, v, RADIX);                             \
        }                                                                                          \
    }

STAGE(2)
STAGE(3)
STAGE(4)
STAGE(5)
STAGE(6)
STAGE(8)
STAGE(9)
STAGE(10)
STAGE(12)
STAGE(16)

enum { PRIME_HALF_MAX = (ADATOM_TRANSFORM_PRIME_MAX - 1) / 2, PRIME_BLOCK = 4 };

/* Sums and differences of the inputs n and radix - n. */
typedef struct prime_inputs {
    clanes first;
    clanes sum[PRIME_HALF_MAX], difference[PRIME_HALF_MAX];
} prime_inputs;

/* Outputs k and radix - k for PRIME_BLOCK values of k, of which `valid` are wanted. */
LANES_INLINE void prime_outputs(const prime_inputs *inputs, int half, const float *cosines,
                                const float *sines, int row, int k0, int radix, const int *target,
                                signal out)
{
    clanes p[PRIME_BLOCK], q[PRIME_BLOCK];
#pragma GCC unroll 4
    for (int j = 0; j < PRIME_BLOCK; j++) {
        p[j] = inputs->first;
        q[j] = (clanes){lanes_zero(), lanes_zero()};
    }
    for (int n = 0; n < half; n++) {
        const clanes sum = inputs->sum[n], difference = inputs->difference[n];
        const float *c = cosines + n * row + k0 - 1, *s = sines + n * row + k0 - 1;
#pragma GCC unroll 4
        for (int j = 0; j < PRIME_BLOCK; j++) {
            p[j].re += sum.re * c[j];
            p[j].im += sum.im * c[j];
            q[j].re += difference.re * s[j];
            q[j].im += difference.im * s[j];
        }
    }
#pragma GCC unroll 4
    for (int j = 0; j < PRIME_BLOCK; j++) {
        const int k = k0 + j;
        if (k <= half) {
            signal_put(out, target[k], (clanes){p[j].re + q[j].im, p[j].im - q[j].re});
            signal_put(out, target[radix - k], (clanes){p[j].re - q[j].im, p[j].im + q[j].re});
        }
    }
}

LANES_INLINE clanes load_prime(signal in, const int *source, const float *twiddles, int n)
{
    const clanes v = signal_get(in, source[n]);
    return twiddles != NULL ? clanes_turn(v, twiddles[2 * n], twiddles[2 * n + 1]) : v;
}

/* An odd prime radix by its definition, which is symmetric in n and radix - n. */
static void stage_prime(const adatom_transform_stage *stage, const float *cosines,
                        const float *sines, signal in, signal out)
{
    const int radix = stage->radix, half = (radix - 1) / 2, row = adatom_transform_prime_row(radix);
    for (int b = 0; b < stage->count; b++) {
        prime_inputs inputs;
        const int *source = stage->source + b * radix;
        const float *twiddles = stage->twiddles != NULL ? stage->twiddles + 2 * b * radix : NULL;
        clanes total = inputs.first = load_prime(in, source, twiddles, 0);
        for (int n = 1; n <= half; n++) {
            const clanes low = load_prime(in, source, twiddles, n);
            const clanes high = load_prime(in, source, twiddles, radix - n);
            inputs.sum[n - 1] = clanes_add(low, high);
            inputs.difference[n - 1] = clanes_subtract(low, high);
            total = clanes_add(total, inputs.sum[n - 1]);
        }
        const int *target = stage->target + b * radix;
        signal_put(out, target[0], total);
        for (int k0 = 1; k0 <= half; k0 += PRIME_BLOCK) {
            prime_outputs(&inputs, half, cosines, sines, row, k0, radix, target, out);
        }
    }
}

static void run_stage(const adatom_transform *plan, int index, signal in, signal out)
{
    const adatom_transform_stage *stage = &plan->stages[index];
    switch (stage->radix) {
#define STAGE_CASE(RADIX)                                                                          \
    case RADIX:                                                                                    \
        stage##RADIX(stage, in, out);                                                              \
        break;
        STAGE_CASE(2)
        STAGE_CASE(3)
        STAGE_CASE(4)
        STAGE_CASE(5)
        STAGE_CASE(6)
        STAGE_CASE(8)
        STAGE_CASE(9)
        STAGE_CASE(10)
        STAGE_CASE(12)
        STAGE_CASE(16)
#undef STAGE_CASE
    default:
        stage_prime(stage, plan->prime_cos[index], plan->prime_sin[index], in, out);
    }
}

/* out = transform of in; both may be the same signal. scratch holds 2 * length complex vectors. */
static void transform_run(const adatom_transform *plan, signal in, signal out, clanes *scratch)
{
    if (plan->stage_count == 0) {
        signal_put(out, 0, signal_get(in, 0));
        return;
    }
    signal from = in;
    for (int stage = 0; stage < plan->stage_count; stage++) {
        const bool last = stage == plan->stage_count - 1;
        const signal to = last ? out : signal_of(scratch + (stage % 2) * plan->length, 1);
        run_stage(plan, stage, from, to);
        from = to;
    }
}

#endif
