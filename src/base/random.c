#include "base/random.h"

#include <math.h>

static uint64_t rotate_left(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void adatom_random_seed(adatom_random *random, uint64_t seed, uint64_t stream)
{
    uint64_t mixed = seed;
    mixed = splitmix(&mixed) + stream;
    for (int i = 0; i < 4; i++) {
        random->state[i] = splitmix(&mixed);
    }
}

uint64_t adatom_random_bits(adatom_random *random)
{
    uint64_t *s = random->state;
    const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double adatom_random_uniform(adatom_random *random)
{
    return (double)(adatom_random_bits(random) >> 11) * 0x1.0p-53;
}

uint64_t adatom_random_below(adatom_random *random, uint64_t count)
{
    const uint64_t limit = UINT64_MAX - UINT64_MAX % count;
    uint64_t bits;
    do {
        bits = adatom_random_bits(random);
    } while (bits >= limit);
    return bits % count;
}

double adatom_random_normal(adatom_random *random)
{
    const double two_pi = 6.283185307179586;
    const double radius = sqrt(-2.0 * log(1.0 - adatom_random_uniform(random)));
    return radius * cos(two_pi * adatom_random_uniform(random));
}
