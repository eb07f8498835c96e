/* Punishment: Eq. 4 by hand, who is punished when, and what becomes of old episodes. */
#include "search_example.h"

#include "search/agent.h"

#include <stdlib.h>

typedef struct bench {
    adatom_search_options options;
    adatom_problem *problem;
    adatom_team *team;
    adatom_agent *agent;
} bench;

static int set_up(void **state)
{
    bench *b = calloc(1, sizeof *b);
    b->options = small_search();
    b->options.punishment_amplitude = 3;
    b->options.punishment_sigma = 50;
    b->options.punishment_repeats = 3;
    *state = b;
    return adatom_problem_create(&b->options, &b->problem) != ADATOM_OK ||
           adatom_team_create(1, &b->team) != ADATOM_OK;
}

static int tear_down(void **state)
{
    bench *b = *state;
    adatom_agent_free(b->agent);
    adatom_team_free(b->team);
    adatom_problem_free(b->problem);
    free(b);
    return 0;
}

static void make_agent(bench *b)
{
    assert_int_equal(adatom_agent_create(b->problem, &b->options, b->team, &b->agent), ADATOM_OK);
}

static const int square[4] = {0, 5, 70, 75}, /* (0,0) (0,5) (5,0) (5,5) */
    moved[4] = {30, 105, 35, 100},           /* the same elsewhere, in another order */
    line[4] = {0, 4, 8, 12};

static void remember(bench *b, int64_t episode, double value, const int *actions)
{
    assert_int_equal(adatom_agent_remember(b->agent, episode, value, actions, 4), ADATOM_OK);
}

static double property(const bench *b, size_t slot)
{
    return b->agent->replay->slots[slot].property;
}

static double distance(const bench *b, const int *first, const int *second)
{
    adatom_bag_of_bonds *bags[2];
    const int *builds[2] = {first, second};
    for (int i = 0; i < 2; i++) {
        adatom_structure *built;
        assert_int_equal(adatom_problem_structure(b->problem, builds[i], 4, &built), ADATOM_OK);
        assert_int_equal(adatom_bag_of_bonds_create(built, &bags[i]), ADATOM_OK);
        adatom_structure_free(built);
    }
    const double found = adatom_bag_of_bonds_distance(bags[0], bags[1]);
    adatom_bag_of_bonds_free(bags[0]);
    adatom_bag_of_bonds_free(bags[1]);
    return found;
}

/* From the third build of the square on, all builds count: the old ones, too. */
static void repeated_structures_are_punished(void **state)
{
    bench *b = *state;
    make_agent(b);
    remember(b, 1, -1, square);
    remember(b, 2, -0.4, line);
    remember(b, 3, -1, moved);
    assert_true(property(b, 0) == -1 && property(b, 1) == -0.4 && property(b, 2) == -1);
    assert_int_equal(b->agent->replay->best, 0);
    remember(b, 4, -1, square);
    assert_int_equal(b->agent->punishment->count, 1);
    const double ratio = distance(b, line, square) / 50, of_line = 3 * exp(-0.5 * ratio * ratio);
    assert_true(of_line > 0.01 && of_line < 2.5);
    assert_true(fabs(property(b, 0) - 2) < 1e-12 && fabs(property(b, 2) - 2) < 1e-12);
    assert_true(fabs(property(b, 3) - 2) < 1e-12);
    assert_true(fabs(property(b, 1) - (-0.4 + of_line)) < 1e-12);
    assert_int_equal(b->agent->replay->best, 1); /* the line leads now */
    remember(b, 5, -1, square);                  /* is punished as it comes, and no second time */
    assert_true(fabs(property(b, 4) - 2) < 1e-12);
    assert_int_equal(b->agent->punishment->count, 1);
}

/* The pair of state and action that both builds share belongs to the better one. */
static void shared_steps_change_hands(void **state)
{
    bench *b = *state;
    make_agent(b);
    static const int bent[4] = {0, 5, 70, 80};
    b->options.punishment_sigma = 1e-3;
    b->agent->punishment->sigma = 1e-3;
    remember(b, 1, -0.5, bent);
    remember(b, 2, -1, square);
    remember(b, 3, -1, square);
    remember(b, 4, -1, square);
    adatom_replay_step steps[64];
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    const size_t count = adatom_replay_batch(b->agent->replay, 64, &random, steps);
    assert_int_equal(count, 5); /* three shared steps, and the last of each */
    int of_bent = 0;
    for (size_t i = 0; i < count; i++) {
        of_bent += steps[i].slot == 0;
        assert_true(fabs(steps[i].property - (steps[i].slot == 0 ? -0.5 : 2)) < 1e-12);
    }
    assert_int_equal(of_bent, 4);
}

static void not_before_it_starts(void **state)
{
    bench *b = *state;
    b->options.punishment_start = 6;
    make_agent(b);
    for (int episode = 1; episode < 6; episode++) {
        remember(b, episode, -1, square);
        assert_int_equal(b->agent->punishment->count, 0);
    }
    remember(b, 6, -1, line);
    assert_int_equal(b->agent->punishment->count, 0);
    remember(b, 7, -1, square);
    assert_int_equal(b->agent->punishment->count, 1);
}

/* Failed ones are no structures. */
static void failures_are_not_counted(void **state)
{
    bench *b = *state;
    make_agent(b);
    for (int episode = 1; episode < 6; episode++) {
        remember(b, episode, INFINITY, square);
    }
    assert_int_equal(b->agent->punishment->count, 0);
}

static void off_means_off(void **state)
{
    bench *b = *state;
    b->options.punishment_amplitude = 0;
    make_agent(b);
    assert_null(b->agent->punishment);
    for (int episode = 1; episode < 6; episode++) {
        remember(b, episode, -1, square);
    }
    assert_true(property(b, 4) == -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(repeated_structures_are_punished, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shared_steps_change_hands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(not_before_it_starts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failures_are_not_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(off_means_off, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
