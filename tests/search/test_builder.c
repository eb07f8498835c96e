/* Where atoms may be placed: distances in skewed periodic cells, regions, and what cannot work. */
#include "search_example.h"

#include "base/random.h"
#include "search/builder.h"

#include <stdlib.h>

static double radius(int atomic_number)
{
    return adatom_element_covalent_radius(atomic_number);
}

typedef struct cell_case {
    double cell[9], pbc[3];
    int plane;
    double height, region[4];
} cell_case;

static const cell_case cases[] = {
    {{8.54, 0, 0, 0, 7.4, 0, 0, 0, 12}, {1, 1, 0}, 0, 0.5, {0, 1, 0, 1}},
    {{6, 0, 0, 3.1, 5.2, 0, 0, 0, 12}, {1, 1, 1}, 0, 0.3, {0, 1, 0, 1}},
    {{4, 0, 0, 5.5, 2.5, 0, 0.3, 0.2, 3}, {1, 1, 1}, 0, 0.5, {0, 1, 0, 1}},  /* skewed and thin */
    {{6, 0, 0, 3.1, 5.2, 0, 1, 0, 12}, {1, 1, 0}, 0, 0.5, {0.1, 0.8, 0, 1}}, /* part of a period */
    {{9, 0, 0, 0, 9, 0, 0, 0, 9}, {0, 0, 0}, 2, 0.5, {0, 1, 0, 1}},
    {{7, 0, 0, 1, 7, 0, 0, 2, 8}, {0, 1, 1}, 1, 0.2, {0, 1, 0.2, 1}},
};

static adatom_search_options options_of(const cell_case *c)
{
    adatom_search_options options = adatom_search_options_default();
    options.system_cell = numbers(9, c->cell);
    options.system_pbc = numbers(3, c->pbc);
    options.system_place =
        (adatom_composition){.count = 2, .atomic_numbers = {6, 47}, .amounts = {5, 3}};
    options.grid_plane = c->plane;
    options.grid_height = c->height;
    options.grid_region = numbers(4, c->region);
    options.grid_shape = NUMBERS(19, 17);
    options.policy_c1 = 0.6;
    options.policy_c2 = 1.7;
    return options;
}

/* Shortest distance from a pixel to an atom or one of 15^3 copies. */
static double brute_distance(const adatom_problem *problem, const int pixel[3], const double *atom)
{
    const adatom_structure *start = problem->start;
    double position[3], shortest = INFINITY;
    adatom_grid_position(&problem->grid, pixel, position);
    for (int copy = 0; copy < 15 * 15 * 15; copy++) {
        const int n[3] = {copy % 15 - 7, copy / 15 % 15 - 7, copy / 225 - 7};
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

static double pair_factor(const adatom_element_numbers *pairs, double standard, int a, int b)
{
    for (int i = 0; i < pairs->count; i++) {
        const int *pair = pairs->atomic_numbers[i];
        if ((pair[0] == a && pair[1] == b) || (pair[0] == b && pair[1] == a)) {
            return pairs->values[i];
        }
    }
    return standard;
}

/* The mask after each placed atom is the one that the definition gives. */
static void check_mask(const adatom_problem *problem, const adatom_search_options *options,
                       const adatom_builder *builder, const int *placed, int count)
{
    uint8_t mask[2 * 19 * 17];
    adatom_structure *built;
    assert_int_equal(adatom_problem_structure(problem, placed, count, &built), ADATOM_OK);
    adatom_builder_mask(builder, mask);
    for (int i = 0; i < 2 * 19 * 17; i++) {
        const adatom_placement at = adatom_problem_placement(problem, i);
        bool far = true, near = count == 0;
        for (size_t a = 0; a < built->atom_count; a++) {
            const double mean =
                0.5 * (radius(built->atomic_numbers[a]) + radius(problem->species[at.species]));
            const double distance = brute_distance(problem, at.pixel, built->positions[a]);
            const double c1 = pair_factor(&options->policy_c1_pairs, options->policy_c1,
                                          problem->species[at.species], built->atomic_numbers[a]);
            const double c2 = pair_factor(&options->policy_c2_pairs, options->policy_c2,
                                          problem->species[at.species], built->atomic_numbers[a]);
            far = far && distance >= c1 * mean - 1e-9;
            near = near || (c2 > 0 && distance <= c2 * mean + 1e-9);
        }
        const bool left = adatom_builder_remaining(builder, at.species) > 0;
        assert_int_equal(mask[i], far && near && left);
    }
    adatom_structure_free(built);
}

/* Every second time pairs have factors of their own. */
static void mask_agrees_with_brute_force(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 21, 0);
    const size_t case_count = sizeof cases / sizeof cases[0];
    for (size_t n = 0; n < 2 * case_count; n++) {
        adatom_search_options options = options_of(&cases[n / 2]);
        if (n % 2 == 1) {
            options.policy_c1_pairs =
                (adatom_element_numbers){2, {{6, 6}, {47, 6}}, {0.9, 0.4 + 0.1 * (double)(n / 2)}};
            options.policy_c2_pairs = (adatom_element_numbers){2, {{47, 47}, {6, 47}}, {0, 1.5}};
        }
        adatom_problem *problem;
        adatom_builder *builder;
        assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
        assert_int_equal(adatom_builder_create(problem, &options, &builder), ADATOM_OK);
        for (int build = 0; build < 2; build++) { /* the second after a reset */
            int placed[8], actions[2 * 19 * 17], count = 0, allowed;
            adatom_builder_reset(builder);
            check_mask(problem, &options, builder, placed, 0);
            while (count < 4 && (allowed = adatom_builder_actions(builder, actions)) > 0) {
                placed[count] = actions[adatom_random_below(&random, (uint64_t)allowed)];
                adatom_builder_place(builder, adatom_problem_placement(problem, placed[count++]));
                check_mask(problem, &options, builder, placed, count);
            }
        }
        adatom_builder_free(builder);
        adatom_problem_free(problem);
    }
}

static void actions_are_the_mask(void **state)
{
    (void)state;
    const adatom_search_options options = options_of(&cases[1]);
    adatom_problem *problem;
    adatom_builder *builder;
    uint8_t mask[2 * 19 * 17];
    int actions[2 * 19 * 17 + 1];
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_builder_create(problem, &options, &builder), ADATOM_OK);
    for (int i = 0; i < 5; i++) {
        const int count = adatom_builder_actions(builder, actions);
        int next = 0;
        adatom_builder_mask(builder, mask);
        for (int a = 0; a < 2 * 19 * 17; a++) {
            if (mask[a]) {
                assert_int_equal(actions[next++], a);
            }
        }
        assert_int_equal(next, count);
        assert_true(count > 0 && actions[0] < 19 * 17);
        adatom_builder_place(builder, adatom_problem_placement(problem, actions[0]));
    }
    /* no carbon is left */
    assert_int_equal(adatom_builder_remaining(builder, 0), 0);
    assert_true(adatom_builder_actions(builder, actions) > 0 && actions[0] >= 19 * 17);
    adatom_builder_free(builder);
    adatom_problem_free(problem);
}

/* An allowed circle around the corner of a periodic cell, less a forbidden box. */
static void regions_bound_the_points(void **state)
{
    (void)state;
    adatom_search_options options = options_of(&cases[1]);
    options.policy_c2 = 0;
    options.grid_allowed_circles = NUMBERS(0, 0, 2);
    options.grid_forbidden_boxes = NUMBERS(-0.5, 0.5, -99, 99);
    adatom_problem *problem;
    adatom_builder *builder;
    uint8_t mask[2 * 19 * 17];
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_builder_create(problem, &options, &builder), ADATOM_OK);
    adatom_builder_mask(builder, mask);
    int open = 0;
    for (int x = 0; x < 19; x++) {
        for (int y = 0; y < 17; y++) {
            bool in_circle = false, in_box = false;
            for (int copy = 0; copy < 9; copy++) {
                const double u = x / 19.0 + copy % 3 - 1, v = y / 17.0 + copy / 3 - 1;
                const double px = 6 * u + 3.1 * v, py = 5.2 * v;
                in_circle = in_circle || hypot(px, py) <= 2;
                in_box = in_box || fabs(px) <= 0.5;
            }
            assert_int_equal(mask[x * 17 + y], in_circle && !in_box);
            open += mask[x * 17 + y];
        }
    }
    assert_true(open > 20);
    adatom_builder_free(builder);
    adatom_problem_free(problem);
}

static void expect_problem_refused(const adatom_search_options *options, const char *line)
{
    adatom_problem *problem = NULL;
    adatom_builder *builder = NULL;
    adatom_status status = adatom_problem_create(options, &problem);
    if (status == ADATOM_OK) {
        status = adatom_builder_create(problem, options, &builder);
    }
    assert_int_equal(status, ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), line);
    adatom_problem_free(problem);
}

/* The line begins with the name of the template. */
static void expect_template_refused(const adatom_search_options *options, const char *line)
{
    char named[2048];
    snprintf(named, sizeof named, "%s: %s", options->system_template, line);
    expect_problem_refused(options, named);
}

static void write_template(char path[64], const char *text)
{
    snprintf(path, 64, "%s/adatom-template-XXXXXX", P_tmpdir);
    const int descriptor = mkstemp(path);
    FILE *file = fdopen(descriptor, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static adatom_search_options options_with_template(char path[64], const char *text)
{
    adatom_search_options options = adatom_search_options_default();
    write_template(path, text);
    snprintf(options.system_template, sizeof options.system_template, "%s", path);
    options.system_place = (adatom_composition){.count = 1, .atomic_numbers = {6}, .amounts = {3}};
    options.grid_shape = NUMBERS(20, 20);
    return options;
}

static void close_template_atoms_are_named(void **state)
{
    (void)state;
    char path[64];
    adatom_search_options options =
        options_with_template(path, "3\nLattice=\"5 0 0 0 5 0 0 0 9\" pbc=\"T T F\"\n"
                                    "C 0.1 0 4\nC 2 2 4\nO 4.9 0 4\n");
    options.policy_c1 = 0.5;
    expect_template_refused(&options, "atoms 1 (C) and 3 (O) are 0.200 Å apart, "
                                      "policy.c1 = 0.5 asks for 0.355 Å");
    remove(path);
    options =
        options_with_template(path, "1\nLattice=\"5 0 0 0 5 0 0 0 9\" pbc=\"T T F\"\nC 0.1 0 4\n");
    options.policy_c1 = 7;
    expect_template_refused(&options, "atom 1 (C) and its periodic image are 5.000 Å apart, "
                                      "policy.c1 = 7 asks for 5.320 Å");
    remove(path);
}

static void full_grids_are_refused(void **state)
{
    (void)state;
    adatom_search_options options = adatom_search_options_default();
    options.system_cell = NUMBERS(5, 5, 9);
    options.system_pbc = NUMBERS(1, 1, 0);
    options.system_place = (adatom_composition){.count = 1, .atomic_numbers = {6}, .amounts = {17}};
    options.grid_shape = NUMBERS(4, 4);
    expect_problem_refused(&options,
                           "grid: 17 atoms to place, but only 16 of 16 points are open to them "
                           "at the start");
    options.grid_shape = NUMBERS(40, 40);
    options.policy_c1 = 2;
    expect_problem_refused(&options,
                           "grid: 17 atoms to place, but no more than 12 fit in at the distance "
                           "of 1.520 Å that policy.c1 = 2 asks for");
    options.policy_c1 = 6.9;
    options.system_place.amounts[0] = 1;
    expect_problem_refused(&options,
                           "grid: an atom is 5.000 Å from its own periodic image, policy.c1 = 6.9 "
                           "asks for 5.244 Å");
}

/* As many atoms as the bound allows do fit where the grid can hold the hexagonal packing. */
static void hexagonal_packing_is_accepted(void **state)
{
    (void)state;
    adatom_search_options options = adatom_search_options_default();
    options.system_cell = NUMBERS(6, 0, 0, 3, 5.196152422706632, 0, 0, 0, 9);
    options.system_pbc = NUMBERS(1, 1, 0);
    options.system_place = (adatom_composition){.count = 1, .atomic_numbers = {6}, .amounts = {16}};
    options.grid_shape = NUMBERS(8, 8);
    options.policy_c1 = 1.5 / radius(6);
    adatom_problem *problem;
    adatom_builder *builder;
    int actions[64];
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_builder_create(problem, &options, &builder), ADATOM_OK);
    for (int i = 0; i < 16; i++) {
        const adatom_placement at = {.species = 0, .pixel = {2 * (i % 4), 2 * (i / 4)}};
        assert_true(adatom_builder_is_open(builder, at));
        adatom_builder_place(builder, at);
    }
    assert_int_equal(adatom_builder_actions(builder, actions), 0);
    adatom_builder_free(builder);
    adatom_problem_free(problem);
    options.system_place.amounts[0] = 17;
    expect_problem_refused(&options,
                           "grid: 17 atoms to place, but no more than 16 fit in at the distance "
                           "of 1.500 Å that policy.c1 = 1.97368 asks for");
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    char path[64];
    adatom_search_options options = adatom_search_options_default();
    options.system_cell = NUMBERS(5, 5, 9);
    expect_problem_refused(&options, "system.place: expected the atoms to place, such as {C: 23}");
    options.system_place = (adatom_composition){.count = 1, .atomic_numbers = {6}, .amounts = {2}};
    options.policy_c2 = 0.3;
    expect_problem_refused(&options, "policy.c2: 0.3, expected 0 or more than policy.c1 = 0.5");
    options.policy_c2 = 1;
    options.policy_c2_pairs = (adatom_element_numbers){1, {{6, 6}}, {0.4}};
    expect_problem_refused(&options, "policy.c2_pairs: 0.4 for C-C, expected 0 or more than their "
                                     "c1 = 0.5");
    options.policy_c1_pairs = (adatom_element_numbers){1, {{6, 1}}, {0.4}};
    expect_problem_refused(&options, "policy.c1_pairs: H is neither placed nor in the template");
    options.policy_c1_pairs.count = options.policy_c2_pairs.count = 0;
    options.system_cell = NUMBERS(5, 5);
    expect_problem_refused(
        &options, "system.cell: 2 numbers, expected 3 edges or 9 numbers where there is no "
                  "template");
    options = options_with_template(path, "2\nLattice=\"5 0 0 0 5 0 0 0 9\" pbc=\"T T F\"\n"
                                          "C 0 0 4\nC 2 2 5\n");
    expect_problem_refused(
        &options, "grid.height: the atoms of the template lie at different heights, expected "
                  "the fraction at which the plane stands");
    options.grid_height = -0.5;
    expect_problem_refused(&options, "grid.height: -0.5, expected 0 to 1, or -1");
    options.grid_height = 0.5;
    options.system_pbc = NUMBERS(1, 1, 0);
    expect_problem_refused(&options, "system: give a template, or cell and pbc, but not both");
    remove(path);
}

/* The atoms of a slab below are kept away from, but not seen. */
static void atoms_far_below_are_not_in_the_image(void **state)
{
    (void)state;
    char path[64];
    adatom_search_options options =
        options_with_template(path, "3\nLattice=\"5 0 0 0 5 0 0 0 10\" pbc=\"T T F\"\n"
                                    "Ag 0 0 3\nAg 2.5 2.5 3\nO 1 1 5.1\n");
    options.grid_height = 0.5;
    adatom_problem *problem;
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(problem->seen_count, 1);
    assert_int_equal(problem->channel_count, 2); /* carbon, which is placed, and oxygen */
    assert_int_equal(problem->seen[0].channel, 1);
    adatom_problem_free(problem);
    remove(path);
}

/* Across a periodic cell, an atom at its top is next to a plane at its bottom. */
static void copies_near_the_plane_are_in_the_image(void **state)
{
    (void)state;
    char path[64];
    adatom_search_options options =
        options_with_template(path, "2\nLattice=\"5 0 0 0 5 0 1 0 10\" pbc=\"T T T\"\n"
                                    "C 0 0 0.002\nO 3 2.5 9.998\n");
    adatom_problem *problem;
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(problem->seen_count, 2);
    assert_true(fabs(problem->seen[1].place[0] * problem->grid.pixel[0][0] - 2) < 1e-3);
    adatom_problem_free(problem);
    remove(path);
}

/* A range of many thousand cells would be marked point by point for hours. */
static void tiny_cells_are_refused(void **state)
{
    (void)state;
    adatom_search_options options = adatom_search_options_default();
    options.system_cell = NUMBERS(1e-4, 1e-4, 9);
    options.system_pbc = NUMBERS(1, 1, 0);
    options.system_place = (adatom_composition){.count = 1, .atomic_numbers = {6}, .amounts = {1}};
    options.grid_shape = NUMBERS(2, 2);
    options.policy_c1 = 0;
    options.policy_c2 = 50;
    expect_problem_refused(&options, "policy: 50 times a radius of 0.76 Å spans 2.3e+12 points of "
                                     "the grid and its copies, expected at most 1e+09");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mask_agrees_with_brute_force),
        cmocka_unit_test(actions_are_the_mask),
        cmocka_unit_test(regions_bound_the_points),
        cmocka_unit_test(close_template_atoms_are_named),
        cmocka_unit_test(full_grids_are_refused),
        cmocka_unit_test(hexagonal_packing_is_accepted),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(atoms_far_below_are_not_in_the_image),
        cmocka_unit_test(copies_near_the_plane_are_in_the_image),
        cmocka_unit_test(tiny_cells_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
