/* Searches in space: where atoms may be placed, what the agent sees, what is the same structure. */
#include "run_folder.h"
#include "search_example.h"

#include "base/random.h"
#include "nn/plain.h"
#include "search/agent.h"
#include "search/canonical.h"

#include <stdlib.h>

enum { NX = 9, NY = 8, NZ = 10, PIXELS = NX * NY * NZ };

/* Five atoms of two elements; skewed where asked. */
static adatom_search_options search_in_space(bool skewed, int periodic)
{
    adatom_search_options options = small_search();
    options.system_cell =
        skewed ? NUMBERS(9, 0, 0, 3, 8, 0, 1, -2, 10) : NUMBERS(9, 0, 0, 0, 8, 0, 0, 0, 10);
    options.system_pbc = NUMBERS(periodic & 1, periodic >> 1 & 1, periodic >> 2 & 1);
    options.system_place =
        (adatom_composition){.count = 2, .atomic_numbers = {18, 10}, .amounts = {3, 2}};
    options.grid_dimensions = 3;
    options.grid_shape = NUMBERS(NX, NY, NZ);
    options.network_filter_pixels = NUMBERS(3);
    options.image_size = 3;
    options.policy_c1 = 2.0;
    options.policy_c2 = 4;
    return options;
}

/* Shortest distance from a pixel to an atom or one of its copies. */
static double brute_distance(const adatom_problem *problem, const int pixel[3], const double *atom)
{
    const adatom_structure *start = problem->start;
    double position[3], shortest = INFINITY;
    adatom_grid_position(&problem->grid, pixel, position);
    for (int copy = 0; copy < 343; copy++) {
        const int n[3] = {copy % 7 - 3, copy / 7 % 7 - 3, copy / 49 - 3};
        double square = 0;
        bool there = true;
        for (int i = 0; i < 3; i++) {
            there = there && (n[i] == 0 || start->periodic[i]);
        }
        for (int k = 0; there && k < 3; k++) {
            const double d = atom[k] + n[0] * start->cell[0][k] + n[1] * start->cell[1][k] +
                             n[2] * start->cell[2][k] - position[k];
            square += d * d;
        }
        shortest = there ? fmin(shortest, sqrt(square)) : shortest;
    }
    return shortest;
}

static void check_mask(const adatom_problem *problem, const adatom_search_options *options,
                       const adatom_builder *builder, const int *placed, int count)
{
    static uint8_t mask[2 * PIXELS];
    adatom_structure *built;
    assert_int_equal(adatom_problem_structure(problem, placed, count, &built), ADATOM_OK);
    adatom_builder_mask(builder, mask);
    for (int i = 0; i < 2 * PIXELS; i++) {
        const adatom_placement at = adatom_problem_placement(problem, i);
        bool far = true, near = count == 0;
        for (size_t a = 0; a < built->atom_count; a++) {
            const double mean =
                0.5 * (adatom_element_covalent_radius(built->atomic_numbers[a]) +
                       adatom_element_covalent_radius(problem->species[at.species]));
            const double distance = brute_distance(problem, at.pixel, built->positions[a]);
            far = far && distance >= options->policy_c1 * mean - 1e-9;
            near = near || distance <= options->policy_c2 * mean + 1e-9;
        }
        const bool left = adatom_builder_remaining(builder, at.species) > 0;
        assert_int_equal(mask[i], far && near && left);
    }
    adatom_structure_free(built);
}

/* Periodic along any set of directions, wholly covered or not. */
static void mask_agrees_with_brute_force(void **state)
{
    (void)state;
    for (int c = 0; c < 16; c++) {
        adatom_search_options options = search_in_space(c >= 8, c % 8);
        options.policy_c1 = 1.5;
        options.policy_c2 = 2.5;
        if (c % 3 == 1) {
            options.grid_region = NUMBERS(0, 1, 0.1, 0.9, 0.2, 1);
        }
        adatom_problem *problem;
        adatom_builder *builder;
        adatom_random random;
        int placed[5];
        adatom_random_seed(&random, (uint64_t)c, 0);
        assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
        assert_int_equal(adatom_builder_create(problem, &options, &builder), ADATOM_OK);
        int *actions = malloc(2 * PIXELS * sizeof *actions);
        for (int step = 0; step < 5; step++) {
            check_mask(problem, &options, builder, placed, step);
            const int allowed = adatom_builder_actions(builder, actions);
            if (allowed == 0) {
                break;
            }
            placed[step] = actions[adatom_random_below(&random, (uint64_t)allowed)];
            adatom_builder_place(builder, adatom_problem_placement(problem, placed[step]));
        }
        free(actions);
        adatom_builder_free(builder);
        adatom_problem_free(problem);
    }
}

/* Blocks are in the axes of the cell, columns of any height; both at once: either will do. */
static void blocks_and_columns_limit_the_grid(void **state)
{
    (void)state;
    adatom_search_options options = search_in_space(false, 0);
    options.grid_allowed_blocks = NUMBERS(0, 4, 0, 8, 2, 5);
    options.grid_allowed_circles = NUMBERS(7, 6, 1.5);
    options.grid_forbidden_blocks = NUMBERS(0, 9, 0, 2, 0, 10);
    adatom_problem *problem;
    adatom_builder *builder;
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_builder_create(problem, &options, &builder), ADATOM_OK);
    for (int i = 0; i < PIXELS; i++) {
        const adatom_placement at = adatom_problem_placement(problem, i);
        double p[3];
        adatom_grid_position(&problem->grid, at.pixel, p);
        const bool block = p[0] <= 4 && p[2] >= 2 && p[2] <= 5;
        const bool column = hypot(p[0] - 7, p[1] - 6) <= 1.5;
        assert_int_equal(adatom_builder_is_open(builder, at), (block || column) && p[1] > 2);
    }
    adatom_builder_free(builder);
    adatom_problem_free(problem);
    options.grid_dimensions = 2;
    options.grid_shape = NUMBERS(NX, NY);
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "grid: blocks need dimensions: 3; a plane has boxes and circles");
    options = search_in_space(false, 0);
    options.grid_shape = NUMBERS(NX, NY);
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "grid.shape: 2 numbers, expected 3");
}

/* One atom more than face-centred cubic packing could hold is refused; 2 x 2 x 2 do fit. */
static void room_is_that_of_packed_balls(void **state)
{
    (void)state;
    adatom_search_options options = search_in_space(false, 7);
    options.system_cell = NUMBERS(4, 4, 4);
    options.system_place = (adatom_composition){.count = 1, .atomic_numbers = {18}, .amounts = {8}};
    options.grid_shape = NUMBERS(4, 4, 4);
    options.policy_c2 = 0;
    options.policy_c1 = 2 / adatom_element_covalent_radius(18);
    adatom_problem *problem;
    adatom_builder *builder;
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_builder_create(problem, &options, &builder), ADATOM_OK);
    for (int i = 0; i < 8; i++) {
        const adatom_placement at = {.pixel = {2 * (i & 1), 2 * (i >> 1 & 1), 2 * (i >> 2)}};
        assert_true(adatom_builder_is_open(builder, at));
        adatom_builder_place(builder, at);
    }
    adatom_builder_free(builder);
    adatom_problem_free(problem);
    options.system_place.amounts[0] = 12; /* 64 sqrt(2) / 8 = 11.3 */
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_builder_create(problem, &options, &builder), ADATOM_INVALID_INPUT);
    assert_non_null(strstr(adatom_error_message(), "no more than 11 fit in"));
    adatom_problem_free(problem);
}

typedef struct witness {
    const adatom_problem *problem;
    float *q[5]; /* before each step */
} witness;

static void look(void *context, int step, const float *q, const uint8_t *allowed, int action)
{
    const witness *w = context;
    (void)allowed;
    (void)action;
    memcpy(w->q[step], q, 2 * PIXELS * sizeof *q);
}

/* The Q-value of a step by plain loops over what is seen from the action's pixel. */
static float q_of_step(const adatom_agent *agent, const int *actions, int step)
{
    adatom_image_atom atoms[5];
    for (int i = 0; i < step; i++) {
        const adatom_placement at = adatom_problem_placement(agent->problem, actions[i]);
        atoms[i] = adatom_image_atom_on(at.species, at.pixel);
    }
    const adatom_placement at = adatom_problem_placement(agent->problem, actions[step]);
    const int one[3] = {1, 1, 1};
    int reach[3];
    for (int i = 0; i < 3; i++) {
        reach[i] = adatom_network_reach(agent->network, i);
    }
    const adatom_turn turn = adatom_turn_identity();
    const bool alone[3] = {false, false, false};
    adatom_point_list seen = {0};
    float q[2];
    assert_int_equal(adatom_view_around(&agent->problem->grid, atoms, (size_t)step, at.pixel, &turn,
                                        reach, &seen),
                     ADATOM_OK);
    assert_int_equal(
        adatom_plain_map(agent->network, agent->weights, one, alone, seen.points, seen.count, q),
        ADATOM_OK);
    adatom_point_list_clear(&seen);
    return q[at.species];
}

/* What the map says at the action's pixel is what the trainer's network says of the identity copy.
 */
static void training_sees_what_building_saw(void **state)
{
    (void)state;
    for (int periodic = 0; periodic < 8; periodic++) {
        const adatom_search_options options = search_in_space(periodic % 2 == 1, periodic);
        adatom_problem *problem;
        adatom_team *team;
        adatom_agent *agent;
        int actions[5], count;
        const int watch[5] = {0, 1, 2, 3, 4};
        assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
        assert_int_equal(adatom_team_create(1, &team), ADATOM_OK);
        assert_int_equal(adatom_agent_create(problem, &options, team, &agent), ADATOM_OK);
        witness w = {.problem = problem};
        for (int i = 0; i < 5; i++) {
            w.q[i] = malloc(2 * PIXELS * sizeof *w.q[i]);
        }
        assert_int_equal(adatom_agent_build(agent, false, watch, 5, look, &w, actions, &count),
                         ADATOM_OK);
        for (int step = 0; step < count; step++) {
            assert_true(fabsf(q_of_step(agent, actions, step) - w.q[step][actions[step]]) < 1e-4f);
        }
        for (int i = 0; i < 5; i++) {
            free(w.q[i]);
        }
        adatom_agent_free(agent);
        adatom_team_free(team);
        adatom_problem_free(problem);
    }
}

/* Builds that a translation leads into each other have one canonical structure; others have not. */
static void translations_are_the_same_structure(void **state)
{
    (void)state;
    for (int periodic = 0; periodic < 8; periodic++) {
        const adatom_search_options options = search_in_space(false, periodic);
        adatom_problem *problem;
        adatom_canonical *canonical;
        assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
        assert_int_equal(adatom_canonical_create(problem, &options, &canonical), ADATOM_OK);
        const int pixels[5][3] = {{1, 1, 1}, {3, 1, 2}, {1, 4, 4}, {2, 2, 5}, {4, 3, 1}};
        int32_t key[5];
        for (int move = 0; move < 3; move++) {
            int actions[5];
            for (int i = 0; i < 5; i++) {
                adatom_placement at = {.species = i / 3};
                for (int k = 0; k < 3; k++) {
                    const int step = (move == 1 ? 2 : move == 2 ? 5 : 0) * (periodic >> k & 1);
                    at.pixel[k] = (pixels[i][k] + step + (move == 1)) % problem->grid.shape[k];
                }
                actions[i] = adatom_problem_action(problem, at);
            }
            adatom_canonical_take(canonical, actions);
            if (move == 0) {
                memcpy(key, canonical->key, sizeof key);
            }
            assert_memory_equal(canonical->key, key, sizeof key);
        }
        int other[5];
        for (int i = 0; i < 5; i++) {
            adatom_placement at = {.species = i / 3};
            memcpy(at.pixel, pixels[i], sizeof at.pixel);
            at.pixel[2] += i == 4;
            other[i] = adatom_problem_action(problem, at);
        }
        adatom_canonical_take(canonical, other);
        assert_memory_not_equal(canonical->key, key, sizeof key);
        adatom_canonical_free(canonical);
        adatom_problem_free(problem);
    }
}

static bool stop_after(void *context)
{
    int *left = context;
    return --*left <= 0;
}

/* Stopped and resumed as if nothing had been, for a cluster that is relaxed in space. */
static void a_stopped_search_goes_on(void **state)
{
    (void)state;
    adatom_search_options options = search_in_space(false, 0);
    options.stop_episodes = 12;
    options.relax_steps = 5;
    adatom_search_state end;
    int left = 5;
    const adatom_search_callbacks callbacks = {.context = &left, .stop = stop_after};
    char reference[PATH_SIZE], run[PATH_SIZE];
    snprintf(reference, sizeof reference, "%s/reference", folder);
    snprintf(run, sizeof run, "%s/stopped", folder);
    assert_int_equal(adatom_search_run(&options, reference, NULL, &end), ADATOM_OK);
    assert_int_equal(end.grid_shape[2], NZ);
    assert_int_equal(adatom_search_run(&options, run, &callbacks, &end), ADATOM_INTERRUPTED);
    assert_int_equal(adatom_search_resume(run, NULL, 0, NULL, &end), ADATOM_OK);
    expect_same_log(reference, run);
    expect_same_file(reference, run, "best.extxyz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mask_agrees_with_brute_force),
        cmocka_unit_test(blocks_and_columns_limit_the_grid),
        cmocka_unit_test(room_is_that_of_packed_balls),
        cmocka_unit_test(training_sees_what_building_saw),
        cmocka_unit_test(translations_are_the_same_structure),
        cmocka_unit_test(a_stopped_search_goes_on),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
