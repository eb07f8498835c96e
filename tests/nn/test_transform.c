/* Transforms of all lengths against the definition. */
#include "cmocka_all.h"

#include "base/random.h"
#include "nn/transform_plan.h"

#include <stdbool.h>

#include "nn/lanes/transform.h"

#include <math.h>
#include <stdlib.h>

static void check_length(int length)
{
    adatom_transform *plan = NULL;
    assert_int_equal(adatom_transform_create(length, &plan), ADATOM_OK);
    adatom_random random;
    adatom_random_seed(&random, (uint64_t)length, 0);
    clanes *in = aligned_alloc(64, 64 * (size_t)length),
           *out = aligned_alloc(64, 64 * (size_t)length);
    clanes *scratch = aligned_alloc(64, 128 * (size_t)length);
    for (int n = 0; n < length; n++) {
        for (int lane = 0; lane < LANES; lane++) {
            in[n].re[lane] = (float)adatom_random_normal(&random);
            in[n].im[lane] = (float)adatom_random_normal(&random);
        }
    }
    transform_run(plan, signal_of(in, 1), signal_of(out, 1), scratch);
    for (int k = 0; k < length; k++) {
        for (int lane = 0; lane < LANES; lane++) {
            double re = 0, im = 0;
            for (int n = 0; n < length; n++) {
                const double angle =
                    -2 * 3.14159265358979323846 * (double)((long)n * k % length) / length;
                re += (double)in[n].re[lane] * cos(angle) - (double)in[n].im[lane] * sin(angle);
                im += (double)in[n].re[lane] * sin(angle) + (double)in[n].im[lane] * cos(angle);
            }
            if (fabs(re - (double)out[k].re[lane]) > 3e-6 * length ||
                fabs(im - (double)out[k].im[lane]) > 3e-6 * length) {
                fail_msg("length %d, k %d: %g %+gi, expected %g %+gi", length, k,
                         (double)out[k].re[lane], (double)out[k].im[lane], re, im);
            }
        }
    }
    /* in place, and back */
    const signal exchanged = signal_exchanged(signal_of(out, 1));
    transform_run(plan, exchanged, exchanged, scratch);
    for (int n = 0; n < length; n++) {
        for (int lane = 0; lane < LANES; lane++) {
            assert_true(fabsf(out[n].re[lane] / (float)length - in[n].re[lane]) < 1e-5f);
            assert_true(fabsf(out[n].im[lane] / (float)length - in[n].im[lane]) < 1e-5f);
        }
    }
    free(in);
    free(out);
    free(scratch);
    adatom_transform_free(plan);
}

static void test_all_lengths(void **state)
{
    (void)state;
    int checked = 0;
    for (int length = 1; length <= 150; length++) {
        if (!isinf(adatom_transform_cost(length))) {
            check_length(length);
            checked++;
        }
    }
    check_length(240);
    check_length(360);
    check_length(512);
    assert_true(checked > 110);
}

static void test_refuses_what_it_cannot_do(void **state)
{
    (void)state;
    adatom_transform *plan = NULL;
    assert_int_equal(adatom_transform_create(127, &plan), ADATOM_UNSUPPORTED);
    assert_null(plan);
    assert_int_equal(adatom_transform_create(0, &plan), ADATOM_UNSUPPORTED);
}

static void test_good_lengths(void **state)
{
    (void)state;
    for (int least = 1; least < 600; least++) {
        const int length = adatom_transform_good_length(least);
        assert_true(length >= least && length <= least + least / 2 + 8);
        assert_false(isinf(adatom_transform_cost(length)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_lengths),
        cmocka_unit_test(test_refuses_what_it_cannot_do),
        cmocka_unit_test(test_good_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
