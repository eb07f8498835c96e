/* Which builds are kept for the report. */
#include "search_example.h"

#include "search/snapshots.h"

static adatom_problem *make_problem(int atoms)
{
    adatom_search_options options = small_search();
    adatom_problem *problem;
    options.system_place.amounts[0] = atoms;
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    return problem;
}

/* Watches and offers one build whose Q-values carry its number. */
static void play(adatom_snapshots *snapshots, int64_t episode, double energy, bool regular,
                 bool best)
{
    float q[14 * 14];
    uint8_t allowed[14 * 14] = {0};
    int32_t actions[5] = {1, 2, 3, 4, 5};
    allowed[7] = 1;
    for (int i = 0; i < snapshots->watch_count; i++) {
        q[0] = (float)(100 * episode + snapshots->watch[i]);
        adatom_snapshots_watch(snapshots, snapshots->watch[i], q, allowed, 14 * 3 + 5);
    }
    assert_int_equal(adatom_snapshots_offer(snapshots, episode, energy, actions, regular, best),
                     ADATOM_OK);
}

static void first_then_doubling_and_the_best_are_kept(void **state)
{
    (void)state;
    adatom_problem *problem = make_problem(5);
    adatom_snapshots *snapshots;
    assert_int_equal(adatom_snapshots_create(problem, 4, &snapshots), ADATOM_OK);
    for (int episode = 1; episode <= 5 * 40; episode++) {
        play(snapshots, episode, -episode, episode % 5 == 0, episode == 33);
    }
    /* greedy builds 1, 2, 4, 8, 16, 32 of 40: the first and the latest three stay */
    const int64_t expected[4] = {5, 40, 80, 160};
    assert_int_equal(snapshots->count, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(snapshots->kept[i].episode, expected[i]);
        assert_true(snapshots->kept[i].q[0] == (float)(100 * expected[i]));
        assert_true(snapshots->kept[i].q[2 * 14 * 14] == (float)(100 * expected[i] + 4));
        assert_int_equal(snapshots->kept[i].steps[1], 2);
        assert_int_equal(snapshots->kept[i].placed[0][1], 3);
        assert_int_equal(snapshots->kept[i].placed[0][2], 5);
        assert_int_equal(snapshots->kept[i].allowed[7], 1);
    }
    assert_int_equal(snapshots->best.episode, 33);
    assert_true(snapshots->best.energy == -33);
    adatom_snapshots_free(snapshots);
    adatom_problem_free(problem);
}

static void limits_of_one_and_none_work(void **state)
{
    (void)state;
    adatom_problem *problem = make_problem(5);
    for (int limit = 0; limit < 2; limit++) {
        adatom_snapshots *snapshots;
        assert_int_equal(adatom_snapshots_create(problem, limit, &snapshots), ADATOM_OK);
        for (int episode = 1; episode <= 9; episode++) {
            play(snapshots, episode, 0, true, false);
        }
        assert_int_equal(snapshots->count, limit);
        assert_int_equal(snapshots->watch_count, 3 * limit);
        assert_true(limit == 0 || snapshots->kept[0].episode == 8);
        adatom_snapshots_free(snapshots);
    }
    adatom_problem_free(problem);
}

/* With one or two atoms first, middle and last step coincide. */
static void short_builds_fill_all_three_steps(void **state)
{
    (void)state;
    for (int atoms = 1; atoms <= 2; atoms++) {
        adatom_problem *problem = make_problem(atoms);
        adatom_snapshots *snapshots;
        assert_int_equal(adatom_snapshots_create(problem, 2, &snapshots), ADATOM_OK);
        assert_int_equal(snapshots->watch_count, atoms);
        play(snapshots, 1, 0, true, false);
        for (int k = 0; k < 3; k++) {
            assert_true(snapshots->kept[0].q[k * 14 * 14] ==
                        (float)(100 + snapshots->kept[0].steps[k]));
        }
        adatom_snapshots_free(snapshots);
        adatom_problem_free(problem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_then_doubling_and_the_best_are_kept),
        cmocka_unit_test(limits_of_one_and_none_work),
        cmocka_unit_test(short_builds_fill_all_three_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
