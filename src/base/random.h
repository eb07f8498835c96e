/* adatom: random numbers whose whole state is four integers that can be saved.
 *
 * xoshiro256** seeded by splitmix64 (Blackman and Vigna, ACM Trans. Math. Softw. 47, 36 (2021)). */
#ifndef ADATOM_BASE_RANDOM_H
#define ADATOM_BASE_RANDOM_H

#include <stdint.h>

typedef struct adatom_random {
    uint64_t state[4];
} adatom_random;

/* Streams of one seed are independent: one for the weights, one for the policy, ... */
void adatom_random_seed(adatom_random *random, uint64_t seed, uint64_t stream);
uint64_t adatom_random_bits(adatom_random *random);
/* Uniform in [0, 1). */
double adatom_random_uniform(adatom_random *random);
/* Uniform among 0 .. count - 1, without bias; count > 0. */
uint64_t adatom_random_below(adatom_random *random, uint64_t count);
/* Normal with mean 0 and variance 1. Draws two uniforms, keeps no state of its own. */
double adatom_random_normal(adatom_random *random);

#endif
