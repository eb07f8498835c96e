/* Credit of single atoms: the formula by hand, where the shares come from, what is refused, and
 * that a resumed search has forgotten none of them. */
#include "run_folder.h"
#include "search_example.h"

#include "search/credit.h"
#include "search/evaluation.h"

static const int square[4] = {0, 5, 70, 75}, /* (0,0) (0,5) (5,0) (5,5) */
    turned[4] = {75, 0, 5, 70},              /* the same in another order */
    line[4] = {0, 5, 9, 13};

static adatom_search_options with_credit(void)
{
    adatom_search_options options = small_search();
    options.training_credit = 0.25;
    options.reward_delta_e = 0.5;
    return options;
}

static void remember(adatom_replay *replay, adatom_credit *credit, int64_t number,
                     const int *actions, const double *shares)
{
    const adatom_replay_episode episode = {
        .number = number, .property = (double)number, .step_count = 4};
    assert_int_equal(adatom_replay_add(replay, &episode, actions), ADATOM_OK);
    assert_int_equal(adatom_credit_keep(credit, replay->latest, shares), ADATOM_OK);
}

/* The best episode's mean share is -2, the window 0.5, the weight a quarter. */
static void rewards_are_mixed(void **state)
{
    (void)state;
    const adatom_search_options options = with_credit();
    adatom_problem *problem;
    adatom_replay *replay;
    adatom_credit *credit;
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_replay_create(4, 0, &replay), ADATOM_OK);
    assert_int_equal(adatom_credit_create(problem, &options, &credit), ADATOM_OK);
    remember(replay, credit, 1, square, (const double[]){-3, -1, -2, -2});
    remember(replay, credit, 2, line, (const double[]){-2, -1.75, -1.9, 4});
    remember(replay, credit, 3, turned, NULL);
    const adatom_replay_step steps[] = {{0, 0, 1}, {0, 1, 1}, {0, 2, 1}, {1, 1, 2},
                                        {1, 2, 2}, {1, 3, 2}, {2, 0, 3}};
    double rewards[] = {1, 1, 1, 0.2, 0.2, 0.2, -0.6};
    adatom_credit_mix(credit, replay, steps, 7, rewards);
    const double expected[] = {1,                       /* better than the mean: cut */
                               0.75 - 0.25,             /* far above: cut */
                               1,                       /* the mean */
                               0.75 * 0.2 + 0.25 * 0,   /* half a window above */
                               0.75 * 0.2 + 0.25 * 0.6, /* a fifth of it */
                               0.75 * 0.2 - 0.25,
                               -0.6}; /* the last has no shares */
    for (int i = 0; i < 7; i++) {
        assert_true(fabs(rewards[i] - expected[i]) < 1e-12);
    }
    adatom_credit_free(credit);
    adatom_replay_free(replay);
    adatom_problem_free(problem);
}

static void find(adatom_evaluation *evaluation, const int *actions, double *energy, double *shares)
{
    adatom_evaluation_cost cost;
    adatom_structure *built;
    double forces[4][3];
    assert_int_equal(adatom_problem_structure(evaluation->problem, actions, 4, &built), ADATOM_OK);
    assert_int_equal(adatom_evaluation_find(evaluation, actions, built, forces, energy, &cost),
                     ADATOM_OK);
    adatom_evaluation_shares(evaluation, shares);
    adatom_structure_free(built);
}

/* They add up to the energy and belong to the atoms in the order in which these were placed, also
 * where the structure comes out of the cache. */
static void shares_follow_the_atoms(void **state)
{
    (void)state;
    for (int steps = 0; steps < 6; steps += 5) {
        adatom_search_options options = with_credit();
        options.relax_steps = steps;
        static const int kite[4] = {0, 5, 70, 80}, other_way[4] = {80, 70, 5, 0};
        adatom_problem *problem;
        adatom_evaluation *evaluation;
        double energies[2], shares[2][4];
        assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
        assert_int_equal(adatom_evaluation_create(problem, &options, &evaluation), ADATOM_OK);
        find(evaluation, kite, &energies[0], shares[0]);
        find(evaluation, other_way, &energies[1], shares[1]);
        double sum = 0;
        for (int i = 0; i < 4; i++) {
            sum += shares[0][i];
            assert_true(shares[0][i] == shares[1][3 - i]);
        }
        assert_true(energies[0] < -0.001 && fabs(sum - energies[0]) < 1e-12);
        assert_true(energies[0] == energies[1]);
        assert_true(fabs(shares[0][0] - shares[0][3]) > 1e-6);
        adatom_evaluation_free(evaluation);
        adatom_problem_free(problem);
    }
}

static void expect_refused(const adatom_search_options *options, const char *message)
{
    adatom_problem *problem;
    adatom_credit *credit;
    assert_int_equal(adatom_problem_create(options, &problem), ADATOM_OK);
    assert_int_equal(adatom_credit_create(problem, options, &credit), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), message);
    adatom_problem_free(problem);
}

static void settings_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    adatom_search_options options = with_credit();
    options.reward_delta_e = 0;
    expect_refused(&options, "training.credit: reward.delta_e is 0, expected a window of rewards");
    options = with_credit();
    snprintf(options.reward_property, sizeof options.reward_property, "energy_per_atom");
    expect_refused(&options, "training.credit: expected 0 where the reward is not the energy");
}

static bool stop_after(void *context)
{
    int *left = context;
    return --*left < 0;
}

static void it_changes_the_search_and_goes_on(void **state)
{
    (void)state;
    adatom_search_options options = with_credit();
    adatom_search_state end;
    int left = 11;
    const adatom_search_callbacks callbacks = {.context = &left, .stop = stop_after};
    char plain[PATH_SIZE], whole[PATH_SIZE], run[PATH_SIZE];
    snprintf(plain, sizeof plain, "%s/plain", folder);
    snprintf(whole, sizeof whole, "%s/whole", folder);
    snprintf(run, sizeof run, "%s/stopped", folder);
    options.training_buffer = 8;
    assert_int_equal(adatom_search_run(&options, whole, NULL, &end), ADATOM_OK);
    assert_int_equal(adatom_search_run(&options, run, &callbacks, &end), ADATOM_INTERRUPTED);
    assert_int_equal(adatom_search_resume(run, NULL, 0, NULL, &end), ADATOM_OK);
    expect_same_log(whole, run);
    options.training_credit = 0;
    assert_int_equal(adatom_search_run(&options, plain, NULL, &end), ADATOM_OK);
    char *first = log_without_seconds(plain), *second = log_without_seconds(whole);
    assert_string_not_equal(first, second);
    free(first);
    free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rewards_are_mixed),
        cmocka_unit_test(shares_follow_the_atoms),
        cmocka_unit_test(settings_that_do_not_fit_are_refused),
        cmocka_unit_test(it_changes_the_search_and_goes_on),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
