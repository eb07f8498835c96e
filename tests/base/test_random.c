/* Random numbers: uniform, normal, independent streams, a state that can be saved. */
#include "base/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { DRAWS = 200000 };

/* Pearson's chi-squared statistic of counts that should be equal. */
static double chi_squared(const int *counts, int bins, int draws)
{
    const double expected = (double)draws / bins;
    double sum = 0;
    for (int i = 0; i < bins; i++) {
        sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    return sum;
}

/* With many bins chi-squared is nearly normal: mean bins - 1, variance 2 (bins - 1). Five standard
 * deviations either way: too even a spread is as suspicious as too uneven a one. */
static void assert_even(const int *counts, int bins, int draws)
{
    const double freedom = bins - 1;
    assert_true(fabs(chi_squared(counts, bins, draws) - freedom) < 5 * sqrt(2 * freedom));
}

/* xoshiro256** from the state {1, 2, 3, 4}, worked out by hand: rotl(2 * 5, 7) * 9 = 11520; the
 * next state has s1 = s1 ^ s2 ^ s0 with s2 ^= s0 first, which is 0 and so gives 0. */
static void test_algorithm(void **state)
{
    (void)state;
    adatom_random random = {{1, 2, 3, 4}};
    assert_true(adatom_random_bits(&random) == 11520);
    assert_true(random.state[0] == (1u ^ (4u ^ 2u)));
    assert_true(random.state[1] == (2u ^ (3u ^ 1u)));
    assert_true(random.state[2] == ((3u ^ 1u) ^ (2u << 17)));
    assert_true(random.state[3] == (uint64_t)(4u ^ 2u) << 45);
    assert_true(adatom_random_bits(&random) == 0);
}

static void test_uniform_is_even(void **state)
{
    (void)state;
    enum { BINS = 400 };
    int counts[BINS] = {0};
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    for (int i = 0; i < DRAWS; i++) {
        const double value = adatom_random_uniform(&random);
        assert_true(value >= 0 && value < 1);
        counts[(int)(value * BINS)]++;
    }
    assert_even(counts, BINS, DRAWS);
}

/* Pairs of successive draws fill the unit square. */
static void test_successive_draws_are_independent(void **state)
{
    (void)state;
    enum { SIDE = 20 };
    int counts[SIDE * SIDE] = {0};
    adatom_random random;
    adatom_random_seed(&random, 2, 0);
    for (int i = 0; i < DRAWS; i++) {
        const int x = (int)(adatom_random_uniform(&random) * SIDE);
        const int y = (int)(adatom_random_uniform(&random) * SIDE);
        counts[x * SIDE + y]++;
    }
    assert_even(counts, SIDE * SIDE, DRAWS);
}

static void test_below_is_even_for_odd_counts(void **state)
{
    (void)state;
    enum { COUNT = 311 };
    int counts[COUNT] = {0};
    adatom_random random;
    adatom_random_seed(&random, 3, 0);
    for (int i = 0; i < DRAWS; i++) {
        const uint64_t value = adatom_random_below(&random, COUNT);
        assert_true(value < COUNT);
        counts[value]++;
    }
    assert_even(counts, COUNT, DRAWS);
}

/* A plain remainder would give the lower half twice as often here: 2^64 = 1.5 counts + rest. */
static void test_below_is_even_for_huge_counts(void **state)
{
    (void)state;
    const uint64_t count = (UINT64_C(1) << 63) + (UINT64_C(1) << 62);
    int thirds[3] = {0};
    adatom_random random;
    adatom_random_seed(&random, 4, 0);
    for (int i = 0; i < DRAWS; i++) {
        thirds[adatom_random_below(&random, count) / (count / 3)]++;
    }
    for (int i = 0; i < 3; i++) {
        assert_true(fabs(thirds[i] - DRAWS / 3.0) < 5 * sqrt(DRAWS * 2 / 9.0));
    }
}

static void test_below_one_is_zero(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 5, 0);
    for (int i = 0; i < 100; i++) {
        assert_true(adatom_random_below(&random, 1) == 0);
    }
}

/* Moments 1 to 4 of the normal distribution: 0, 1, 0, 3. */
static void test_normal_has_the_moments(void **state)
{
    (void)state;
    double sums[4] = {0};
    adatom_random random;
    adatom_random_seed(&random, 6, 0);
    for (int i = 0; i < DRAWS; i++) {
        const double value = adatom_random_normal(&random);
        assert_true(isfinite(value));
        sums[0] += value;
        sums[1] += value * value;
        sums[2] += value * value * value;
        sums[3] += value * value * value * value;
    }
    const double expected[4] = {0, 1, 0, 3};
    const double variances[4] = {1, 2, 15, 96};
    for (int k = 0; k < 4; k++) {
        assert_true(fabs(sums[k] / DRAWS - expected[k]) < 5 * sqrt(variances[k] / DRAWS));
    }
}

/* Correlation of two streams of one seed, and of one stream of two neighbouring seeds. */
static double correlation(uint64_t seed_a, uint64_t stream_a, uint64_t seed_b, uint64_t stream_b)
{
    adatom_random a, b;
    adatom_random_seed(&a, seed_a, stream_a);
    adatom_random_seed(&b, seed_b, stream_b);
    double sum = 0;
    for (int i = 0; i < DRAWS; i++) {
        sum += (adatom_random_uniform(&a) - 0.5) * (adatom_random_uniform(&b) - 0.5);
    }
    return sum / DRAWS * 12;
}

static void test_streams_and_seeds_are_independent(void **state)
{
    (void)state;
    const double limit = 5 / sqrt(DRAWS);
    for (uint64_t n = 0; n < 4; n++) {
        assert_true(fabs(correlation(7, n, 7, n + 1)) < limit);
        assert_true(fabs(correlation(n, 0, n + 1, 0)) < limit);
        assert_true(fabs(correlation(n, 1, n + 1, 0)) < limit);
    }
}

static void test_seeds_and_streams_start_differently(void **state)
{
    (void)state;
    enum { SEEDS = 40, STREAMS = 10 };
    uint64_t first[SEEDS * STREAMS];
    for (int i = 0; i < SEEDS * STREAMS; i++) {
        adatom_random random;
        adatom_random_seed(&random, (uint64_t)(i / STREAMS), (uint64_t)(i % STREAMS));
        first[i] = adatom_random_bits(&random);
        for (int j = 0; j < i; j++) {
            assert_true(first[i] != first[j]);
        }
    }
}

static void test_a_saved_state_goes_on(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 8, 3);
    for (int i = 0; i < 1001; i++) {
        adatom_random_normal(&random);
    }
    uint64_t saved[4];
    memcpy(saved, random.state, sizeof saved);
    double expected[50];
    for (int i = 0; i < 50; i++) {
        expected[i] = adatom_random_normal(&random);
    }
    adatom_random restored;
    memcpy(restored.state, saved, sizeof saved);
    for (int i = 0; i < 50; i++) {
        assert_true(adatom_random_normal(&restored) == expected[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_algorithm),
        cmocka_unit_test(test_uniform_is_even),
        cmocka_unit_test(test_successive_draws_are_independent),
        cmocka_unit_test(test_below_is_even_for_odd_counts),
        cmocka_unit_test(test_below_is_even_for_huge_counts),
        cmocka_unit_test(test_below_one_is_zero),
        cmocka_unit_test(test_normal_has_the_moments),
        cmocka_unit_test(test_streams_and_seeds_are_independent),
        cmocka_unit_test(test_seeds_and_streams_start_differently),
        cmocka_unit_test(test_a_saved_state_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
