/* Rewards: linear, in [-1, 1], and what happens at the edges. */
#include "../nn/cmocka_all.h"

#include "search/reward.h"

#include <math.h>

static void expect_rewards(const double *energies, size_t count, double window,
                           const double *expected)
{
    double rewards[8];
    adatom_reward_scale(energies, count, window, rewards);
    for (size_t i = 0; i < count; i++) {
        assert_true(fabs(rewards[i] - expected[i]) < 1e-12);
    }
}

static void best_has_one_and_worst_minus_one(void **state)
{
    (void)state;
    expect_rewards((const double[]){-10, -30, -20, -15}, 4, 0, (const double[]){-1, 1, 0, -0.5});
}

static void window_cuts_at_its_end(void **state)
{
    (void)state;
    expect_rewards((const double[]){-100, -99, -98, -96, -95.9, 500}, 6, 4,
                   (const double[]){1, 0.5, 0, -1, -1, -1});
}

/* The window stays as wide as it is where the energies span less. */
static void narrow_energies_do_not_shrink_the_window(void **state)
{
    (void)state;
    expect_rewards((const double[]){-100, -99.9}, 2, 4, (const double[]){1, 0.95});
}

static void one_or_equal_energies_have_one(void **state)
{
    (void)state;
    expect_rewards((const double[]){-3}, 1, 0, (const double[]){1});
    expect_rewards((const double[]){-3, -3, -3}, 3, 0, (const double[]){1, 1, 1});
    expect_rewards((const double[]){-3, -3}, 2, 5, (const double[]){1, 1});
}

static void failures_have_minus_one_and_do_not_scale(void **state)
{
    (void)state;
    expect_rewards((const double[]){-10, INFINITY, -20, NAN}, 4, 0,
                   (const double[]){-1, -1, 1, -1});
    expect_rewards((const double[]){INFINITY, INFINITY}, 2, 0, (const double[]){-1, -1});
}

/* Shifting or scaling all energies changes nothing without a window. */
static void affine_maps_change_nothing(void **state)
{
    (void)state;
    double a[5] = {1.5, -2, 0.25, 7, 3}, b[5], ra[5], rb[5];
    for (int i = 0; i < 5; i++) {
        b[i] = 12 + 3.5 * a[i];
    }
    adatom_reward_scale(a, 5, 0, ra);
    adatom_reward_scale(b, 5, 0, rb);
    for (int i = 0; i < 5; i++) {
        assert_true(fabs(ra[i] - rb[i]) < 1e-12);
        assert_true(ra[i] >= -1 && ra[i] <= 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_has_one_and_worst_minus_one),
        cmocka_unit_test(window_cuts_at_its_end),
        cmocka_unit_test(narrow_energies_do_not_shrink_the_window),
        cmocka_unit_test(one_or_equal_energies_have_one),
        cmocka_unit_test(failures_have_minus_one_and_do_not_scale),
        cmocka_unit_test(affine_maps_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
