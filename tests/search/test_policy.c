/* The policy: how often which kind of action is taken, and which one. */
#include "../nn/cmocka_all.h"

#include "search/policy.h"

#include <math.h>
#include <stdlib.h>

enum { ACTIONS = 200, DRAWS = 200000 };

static float q[ACTIONS];
static int ranked[ACTIONS]; /* actions, the best first */

static int compare_rank(const void *a, const void *b)
{
    const int i = *(const int *)a, j = *(const int *)b;
    return q[i] != q[j] ? (q[i] < q[j] ? 1 : -1) : i - j;
}

static int make_values(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 11, 0);
    for (int i = 0; i < ACTIONS; i++) {
        q[i] = (float)floor(20 * adatom_random_uniform(&random)) / 20; /* with many ties */
        ranked[i] = i;
    }
    qsort(ranked, ACTIONS, sizeof ranked[0], compare_rank);
    return 0;
}

static int fill_actions(int *actions)
{
    for (int i = 0; i < ACTIONS; i++) {
        actions[i] = i;
    }
    return ACTIONS;
}

/* Pearson's chi squared of observed counts against expected ones. */
static double chi_squared(const int *observed, const double *expected, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += (observed[i] - expected[i]) * (observed[i] - expected[i]) / expected[i];
    }
    return sum;
}

static void kinds_of_choice_have_their_probabilities(void **state)
{
    (void)state;
    const adatom_policy policy = {.epsilon_0 = 0.05, .epsilon_nu = 0.15, .nu = 0.02};
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    int seen[3] = {0};
    for (int i = 0; i < DRAWS; i++) {
        seen[adatom_policy_draw(&policy, false, &random)]++;
    }
    const double expected[3] = {0.80 * DRAWS, 0.15 * DRAWS, 0.05 * DRAWS};
    assert_true(chi_squared(seen, expected, 3) < 13.8); /* 1 in 1000 at 2 degrees of freedom */
}

static void greedy_builds_take_the_best_and_draw_nothing(void **state)
{
    (void)state;
    const adatom_policy policy = {.epsilon_0 = 0.5, .epsilon_nu = 0.5, .nu = 0.5};
    adatom_random random, untouched;
    adatom_random_seed(&random, 2, 0);
    untouched = random;
    int actions[ACTIONS];
    for (int i = 0; i < 100; i++) {
        const adatom_choice choice = adatom_policy_draw(&policy, true, &random);
        assert_int_equal(choice, ADATOM_CHOICE_BEST);
        const int count = fill_actions(actions);
        assert_int_equal(adatom_policy_choose(&policy, choice, q, actions, count, &random),
                         ranked[0]);
    }
    assert_memory_equal(&random, &untouched, sizeof random);
}

static void best_fraction_is_uniform_among_the_best(void **state)
{
    (void)state;
    const adatom_policy policy = {.nu = 0.1};
    adatom_random random;
    adatom_random_seed(&random, 3, 0);
    int actions[ACTIONS], seen[ACTIONS] = {0}, by_rank[20];
    double expected[20];
    for (int i = 0; i < DRAWS / 10; i++) {
        const int count = fill_actions(actions);
        seen[adatom_policy_choose(&policy, ADATOM_CHOICE_AMONG_BEST, q, actions, count, &random)]++;
    }
    for (int rank = 0; rank < ACTIONS; rank++) {
        if (rank < 20) {
            by_rank[rank] = seen[ranked[rank]];
            expected[rank] = DRAWS / 10 / 20.0;
        } else {
            assert_int_equal(seen[ranked[rank]], 0);
        }
    }
    assert_true(chi_squared(by_rank, expected, 20) < 43.8); /* 1 in 1000 at 19 degrees of freedom */
}

static void random_choice_is_uniform_among_the_allowed(void **state)
{
    (void)state;
    const adatom_policy policy = {.nu = 0.1};
    adatom_random random;
    adatom_random_seed(&random, 4, 0);
    int seen[5] = {0};
    for (int i = 0; i < DRAWS / 10; i++) {
        int actions[5] = {3, 50, 77, 120, 199};
        const int action =
            adatom_policy_choose(&policy, ADATOM_CHOICE_ANY, NULL, actions, 5, &random);
        for (int k = 0; k < 5; k++) {
            seen[k] += action == (const int[]){3, 50, 77, 120, 199}[k];
        }
    }
    const double expected[5] = {4000, 4000, 4000, 4000, 4000};
    assert_true(chi_squared(seen, expected, 5) < 18.5); /* 1 in 1000 at 4 degrees of freedom */
}

static void fraction_is_rounded_up_and_never_empty(void **state)
{
    (void)state;
    const adatom_policy policy = {.nu = 0.02}, none = {.nu = 0}, all = {.nu = 1};
    assert_int_equal(adatom_policy_best_count(&policy, 1476), 30); /* 29.52 */
    assert_int_equal(adatom_policy_best_count(&policy, 100), 2);
    assert_int_equal(adatom_policy_best_count(&policy, 3), 1);
    assert_int_equal(adatom_policy_best_count(&none, 500), 1);
    assert_int_equal(adatom_policy_best_count(&all, 500), 500);
}

static void equal_values_go_to_the_lower_action(void **state)
{
    (void)state;
    const adatom_policy policy = {.nu = 0};
    adatom_random random;
    adatom_random_seed(&random, 5, 0);
    const float flat[4] = {0.5f, 0.5f, 0.5f, 0.5f};
    int actions[3] = {3, 1, 2};
    assert_int_equal(adatom_policy_choose(&policy, ADATOM_CHOICE_BEST, flat, actions, 3, &random),
                     1);
    assert_int_equal(
        adatom_policy_choose(&policy, ADATOM_CHOICE_AMONG_BEST, flat, actions, 3, &random), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_of_choice_have_their_probabilities),
        cmocka_unit_test(greedy_builds_take_the_best_and_draw_nothing),
        cmocka_unit_test(best_fraction_is_uniform_among_the_best),
        cmocka_unit_test(random_choice_is_uniform_among_the_allowed),
        cmocka_unit_test(fraction_is_rounded_up_and_never_empty),
        cmocka_unit_test(equal_values_go_to_the_lower_action),
    };
    return cmocka_run_group_tests(tests, make_values, NULL);
}
