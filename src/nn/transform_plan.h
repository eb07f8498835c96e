/* adatom: how a discrete Fourier transform of some length is done in stages.
 *
 * X[k] = sum_n x[n] exp(-2 pi i n k / length). The length is split into radices; each stage is a
 * set of small transforms ("butterflies") whose inputs, outputs and twiddle factors are tables, so
 * that one loop serves every length. Coprime factors need no twiddles (Good, J. R. Stat. Soc. B 20,
 * 361 (1958)), others do (Cooley and Tukey, Math. Comput. 19, 297 (1965)). */
#ifndef ADATOM_NN_TRANSFORM_PLAN_H
#define ADATOM_NN_TRANSFORM_PLAN_H

#include "adatom/status.h"

enum {
    ADATOM_TRANSFORM_STAGES_MAX = 16,
    ADATOM_TRANSFORM_PRIME_MAX = 61,
    ADATOM_TRANSFORM_LENGTH_MAX = 8192
};

typedef struct adatom_transform_stage {
    int radix;
    int count;       /* butterflies: length / radix */
    int *source;     /* [count][radix], elements of the stage's input */
    int *target;     /* [count][radix], elements of the stage's output */
    float *twiddles; /* [count][radix][cos, sin] for the inputs, or NULL if all are 1 */
} adatom_transform_stage;

typedef struct adatom_transform {
    int length;
    int stage_count;
    adatom_transform_stage stages[ADATOM_TRANSFORM_STAGES_MAX];
    /* For radices without a butterfly of their own (odd primes): cos and sin of 2 pi n k / radix,
     * [n - 1][k - 1], n and k up to (radix - 1) / 2, rows padded to a multiple of 4. */
    float *prime_cos[ADATOM_TRANSFORM_STAGES_MAX], *prime_sin[ADATOM_TRANSFORM_STAGES_MAX];
} adatom_transform;

adatom_status adatom_transform_create(int length, adatom_transform **out);
void adatom_transform_free(adatom_transform *transform);

/* Estimated cost in operations on lanes; infinite if the length cannot be done. */
double adatom_transform_cost(int length);
/* The cheapest length that is at least `least` and can be done. */
int adatom_transform_good_length(int least);

/* Row length of the tables of an odd prime. */
int adatom_transform_prime_row(int radix);

#endif
