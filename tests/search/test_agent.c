/* The agent: its network is the paper's, what it sees while building is what it is trained on. */
#include "agent_bench.h"

#include "nn/plain.h"
#include "search/network_options.h"
#include "search/outcome.h"

#include <stdlib.h>

static void graphene_network_has_49531_weights(void **state)
{
    (void)state;
    adatom_search_options options = adatom_search_options_default();
    options.system_cell = NUMBERS(8.54, 7.4, 12);
    options.system_pbc = NUMBERS(1, 1, 0);
    options.system_place = (adatom_composition){.count = 1, .atomic_numbers = {6}, .amounts = {24}};
    options.grid_shape = NUMBERS(41, 36);
    adatom_problem *problem;
    adatom_network *network;
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_search_network(problem, &options, &network), ADATOM_OK);
    assert_int_equal(network->weight_count, 49531);
    assert_int_equal(network->layer_count, 4);
    assert_true(network->kernel.bias == -0.1f);
    adatom_network_free(network);
    options.network_filter_pixels = NUMBERS(7, 7, 7, 4);
    assert_int_equal(adatom_search_network(problem, &options, &network), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "network.filter_pixels: 4, expected odd whole numbers");
    options.network_filter_pixels = NUMBERS(7, 7);
    assert_int_equal(adatom_search_network(problem, &options, &network), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "network.filter_pixels: 2 numbers, expected one, or 4: one for each "
                        "convolution and one for the output");
    adatom_problem_free(problem);
}

/* The Q-values that an action was chosen by. */
typedef struct witness {
    float q[4][3000];
    int actions[4];
    size_t size;
} witness;

static void look(void *context, int step, const float *q, const uint8_t *allowed, int action)
{
    witness *w = context;
    assert_true(allowed[action] == 1);
    memcpy(w->q[step], q, w->size * sizeof *q);
    w->actions[step] = action;
}

/* The Q-value of a step of a build, by plain loops over what is seen from the action's pixel. */
static float q_of_step(const bench *b, const int *actions, int step)
{
    adatom_image_atom atoms[4];
    for (int i = 0; i < step; i++) {
        const adatom_placement at = adatom_problem_placement(b->problem, actions[i]);
        atoms[i] = adatom_image_atom_on(at.species, at.pixel);
    }
    const adatom_placement at = adatom_problem_placement(b->problem, actions[step]);
    const int one[3] = {1, 1, 1};
    const int reach[3] = {adatom_network_reach(b->agent->network, 0),
                          adatom_network_reach(b->agent->network, 1)};
    const adatom_turn turn = adatom_turn_identity();
    const bool alone[3] = {false, false, false};
    adatom_point_list seen = {0};
    float q[2];
    assert_int_equal(
        adatom_view_around(&b->problem->grid, atoms, (size_t)step, at.pixel, &turn, reach, &seen),
        ADATOM_OK);
    assert_int_equal(adatom_plain_map(b->agent->network, b->agent->weights, one, alone, seen.points,
                                      seen.count, q),
                     ADATOM_OK);
    adatom_point_list_clear(&seen);
    return q[at.species];
}

/* What the map says at the action's pixel is what the trainer's network says of the identity copy:
 * for a whole period, a part of a period, and two species. */
static void training_sees_what_building_saw(void **state)
{
    (void)state;
    const double regions[3][4] = {{0, 1, 0, 1}, {0.2, 0.9, 0, 1}, {0, 0.5, 0.1, 0.6}};
    for (int r = 0; r < 3; r++) {
        adatom_search_options options = small_search();
        options.system_cell = NUMBERS(12, 0, 0, 4, 11, 0, 0, 0, 12);
        options.system_pbc = NUMBERS(1, 1, 0);
        options.system_place =
            (adatom_composition){.count = 2, .atomic_numbers = {18, 10}, .amounts = {2, 2}};
        options.grid_region = numbers(4, regions[r]);
        options.policy_c1 = 1;
        options.policy_c2 = 0;
        bench b = make_bench(&options);
        witness *w = calloc(1, sizeof *w);
        const int watch[4] = {0, 1, 2, 3};
        int actions[4], count;
        w->size = 2 * (size_t)adatom_problem_pixels(b.problem);
        assert_int_equal(adatom_agent_build(b.agent, false, watch, 4, look, w, actions, &count),
                         ADATOM_OK);
        assert_int_equal(count, 4);
        assert_memory_equal(actions, w->actions, sizeof actions);
        for (int step = 0; step < 4; step++) {
            const float q = q_of_step(&b, actions, step);
            assert_true(fabsf(q - w->q[step][actions[step]]) < 1e-4f);
        }
        free(w);
        clear_bench(&b);
    }
}

/* How often the best of all allowed actions was one of each species. */
typedef struct tally {
    size_t maps, pixels; /* values of all maps, of one */
    int chosen[2];
} tally;

static void expect_best(void *context, int step, const float *q, const uint8_t *allowed, int action)
{
    tally *t = context;
    (void)step;
    for (size_t i = 0; i < t->maps; i++) {
        assert_true(!allowed[i] || q[i] <= q[action]);
    }
    t->chosen[(size_t)action >= t->pixels]++;
}

/* One channel and one map for each species, and the highest Q-value of all maps wins: by the seed
 * it is now the one species, now the other that begins. */
static void greedy_takes_the_best_of_all_species(void **state)
{
    (void)state;
    tally t = {.chosen = {0, 0}};
    for (int seed = 1; seed <= 8; seed++) {
        adatom_search_options options = small_search();
        options.system_place =
            (adatom_composition){.count = 2, .atomic_numbers = {18, 10}, .amounts = {2, 2}};
        options.run_seed = seed;
        bench b = make_bench(&options);
        assert_int_equal(b.agent->network->input_channels, 2);
        assert_int_equal(adatom_network_outputs(b.agent->network), 2);
        t.pixels = (size_t)adatom_problem_pixels(b.problem);
        t.maps = 2 * t.pixels;
        const int watch[1] = {0};
        int actions[4], count, first = 0;
        assert_int_equal(
            adatom_agent_build(b.agent, true, watch, 1, expect_best, &t, actions, &count),
            ADATOM_OK);
        assert_int_equal(count, 4);
        for (int i = 0; i < 4; i++) {
            first += adatom_problem_placement(b.problem, actions[i]).species == 0;
        }
        assert_int_equal(first, 2); /* no more of each than there are */
        clear_bench(&b);
    }
    assert_true(t.chosen[0] > 0 && t.chosen[1] > 0);
    assert_int_equal(t.chosen[0] + t.chosen[1], 8);
}

/* Rewarded 1 for one structure and -1 for another, the agent comes to prefer the first. */
static void training_moves_q_towards_the_reward(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    options.policy_epsilon_0 = 1;
    options.policy_epsilon_nu = 0;
    options.reward_delta_e = 0;
    options.training_learning_rate = 3e-3;
    bench b = make_bench(&options);
    int good[4], bad[4], count;
    double first = 0, loss = 0;
    assert_int_equal(adatom_agent_build(b.agent, false, NULL, 0, NULL, NULL, good, &count),
                     ADATOM_OK);
    assert_int_equal(adatom_agent_build(b.agent, false, NULL, 0, NULL, NULL, bad, &count),
                     ADATOM_OK);
    assert_int_equal(adatom_agent_remember(b.agent, 1, -5, good, 4), ADATOM_OK);
    assert_int_equal(adatom_agent_remember(b.agent, 2, -1, bad, 4), ADATOM_OK);
    for (int update = 0; update < 60; update++) {
        assert_int_equal(adatom_agent_train(b.agent, &loss), ADATOM_OK);
        first = update == 0 ? loss : first;
        assert_true(isfinite(loss));
    }
    assert_true(loss < first);
    for (int step = 1; step < 4; step++) { /* before the first both see the same nothing */
        assert_true(q_of_step(&b, good, step) > q_of_step(&b, bad, step));
    }
    assert_true(q_of_step(&b, good, 3) > q_of_step(&b, bad, 3) + 0.5f);
    int again[4];
    assert_int_equal(adatom_agent_build(b.agent, true, NULL, 0, NULL, NULL, again, &count),
                     ADATOM_OK);
    assert_int_equal(count, 4);
    clear_bench(&b);
}

static void snapped_builds_are_checked(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    bench b = make_bench(&options);
    const int apart[4] = {0, 6, 12, 6 * 14}, twice[4] = {0, 6, 12, 6}, close[4] = {0, 6, 12, 1};
    assert_true(adatom_agent_could_build(b.agent, apart));
    assert_false(adatom_agent_could_build(b.agent, twice));
    assert_false(adatom_agent_could_build(b.agent, close)); /* 0.86 Å, c1 asks for 2.12 Å */
    clear_bench(&b);
}

/* Repelled over the edge of a periodic cell, an atom is learned where it comes in again, also where
 * the image is not periodic. */
static void atoms_that_leave_a_period_come_back(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    options.system_pbc = NUMBERS(1, 1, 0);
    options.system_place.amounts[0] = 2;
    options.grid_padding = 2; /* zero */
    options.policy_c1 = 0.5;
    options.relax_steps = 80;
    options.relax_force_tolerance = 1e-5;
    bench b = make_bench(&options);
    adatom_evaluation *evaluation;
    adatom_outcome outcome;
    int actions[2] = {0 * 14 + 5, 2 * 14 + 5}; /* 1.7 Å apart, 3.4 Å would be best */
    const int expected[2] = {13 * 14 + 5, 3 * 14 + 5};
    assert_int_equal(adatom_evaluation_create(b.problem, &options, &evaluation), ADATOM_OK);
    assert_int_equal(adatom_outcome_find(b.agent, evaluation, actions, &outcome), ADATOM_OK);
    assert_true(outcome.structure->positions[0][0] < -0.5);
    assert_memory_equal(actions, expected, sizeof actions);
    adatom_outcome_clear(&outcome);
    adatom_evaluation_free(evaluation);
    clear_bench(&b);
}

/* Without a single step to learn from there is no loss. */
static void empty_episodes_teach_nothing(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    bench b = make_bench(&options);
    const size_t bytes = b.agent->network->weight_count * sizeof(float);
    float *before = malloc(bytes);
    double loss = 0;
    memcpy(before, b.agent->weights, bytes);
    assert_int_equal(adatom_agent_remember(b.agent, 1, INFINITY, (const int[]){0}, 0), ADATOM_OK);
    assert_int_equal(adatom_agent_train(b.agent, &loss), ADATOM_OK);
    assert_true(isnan(loss));
    assert_memory_equal(before, b.agent->weights, bytes);
    free(before);
    clear_bench(&b);
}

static void networks_beyond_the_memory_are_refused(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    options.network_filters = NUMBERS(256, 256, 256, 256, 256, 256, 256, 256, 256);
    options.network_filter_pixels = NUMBERS(101);
    adatom_problem *problem;
    adatom_team *team;
    adatom_agent *agent;
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_team_create(1, &team), ADATOM_OK);
    assert_int_equal(adatom_agent_create(problem, &options, team, &agent), ADATOM_INVALID_INPUT);
    assert_ptr_equal(
        strstr(adatom_error_message(), "network: a grid of 14 x 14 points and 5353487105 weights"),
        adatom_error_message());
    adatom_team_free(team);
    adatom_problem_free(problem);
}

static void probabilities_above_one_are_refused(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    adatom_problem *problem;
    adatom_agent *agent;
    options.policy_epsilon_0 = 0.7;
    options.policy_epsilon_nu = 0.5;
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_agent_create(problem, &options, NULL, &agent), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "policy: epsilon_0 + epsilon_nu = 1.2, expected at most 1");
    adatom_problem_free(problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graphene_network_has_49531_weights),
        cmocka_unit_test(training_sees_what_building_saw),
        cmocka_unit_test(greedy_takes_the_best_of_all_species),
        cmocka_unit_test(training_moves_q_towards_the_reward),
        cmocka_unit_test(snapped_builds_are_checked),
        cmocka_unit_test(atoms_that_leave_a_period_come_back),
        cmocka_unit_test(empty_episodes_teach_nothing),
        cmocka_unit_test(networks_beyond_the_memory_are_refused),
        cmocka_unit_test(probabilities_above_one_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
