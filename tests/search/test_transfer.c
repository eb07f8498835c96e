/* Agents that start with what another one has learned. */
#include "run_folder.h"
#include "agent_bench.h"

#include "search/transfer.h"

#include <unistd.h>

static adatom_search_options donor_search(void)
{
    adatom_search_options options = small_search();
    options.system_place =
        (adatom_composition){.count = 2, .atomic_numbers = {18, 10}, .amounts = {2, 2}};
    options.stop_episodes = 4;
    return options;
}

/* Another cell, grid, order of species and stoichiometry; the same spacing. */
static adatom_search_options other_search(void)
{
    adatom_search_options options = donor_search();
    options.system_cell = NUMBERS(12.0 * 20 / 14, 12.0 * 16 / 14, 9);
    options.system_pbc = NUMBERS(1, 1, 0);
    options.system_place =
        (adatom_composition){.count = 2, .atomic_numbers = {10, 18}, .amounts = {3, 1}};
    options.grid_shape = NUMBERS(20, 16);
    snprintf(options.run_transfer, sizeof options.run_transfer, "%s", in_folder("donor"));
    return options;
}

static int make_donor(void **state)
{
    adatom_search_state end;
    const adatom_search_options options = donor_search();
    return make_folder(state) != 0 ||
           adatom_search_run(&options, in_folder("donor"), NULL, &end) != ADATOM_OK;
}

/* Q-values of both elements, in the order of atomic numbers, in the middle between an argon to the
 * left and a neon above. */
static void q_between(const bench *b, float q[2])
{
    const int argon = b->problem->species[0] == 18 ? 0 : 1, *shape = b->problem->grid.shape;
    const int middle[2] = {shape[0] / 2, shape[1] / 2};
    float *map = calloc((size_t)(2 * shape[0] * shape[1]), sizeof *map);
    adatom_map_prepare(b->agent->map, b->agent->weights);
    adatom_map_add(b->agent->map, (adatom_point){argon, middle[0] - 3, middle[1], 0});
    adatom_map_add(b->agent->map, (adatom_point){1 - argon, middle[0], middle[1] + 2, 0});
    adatom_map_evaluate(b->agent->map, map);
    const int pixel = middle[0] * shape[1] + middle[1];
    q[0] = map[(1 - argon) * shape[0] * shape[1] + pixel];
    q[1] = map[argon * shape[0] * shape[1] + pixel];
    free(map);
}

/* The same surroundings have the same Q-values, whatever the kind of image. */
static void q_values_go_along(void **state)
{
    (void)state;
    static const int kinds[] = {0, 1, 2, 3, 4}; /* one-hot, Gaussian, and three that are trained */
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        adatom_search_options options = donor_search();
        adatom_search_state end;
        char run[PATH_SIZE], checkpoint[PATH_SIZE + 16];
        snprintf(run, sizeof run, "%s/donor-%d", folder, kinds[k]);
        snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint.h5", run);
        options.image_kind = kinds[k];
        const adatom_status status = adatom_search_run(&options, run, NULL, &end);
        assert_string_equal(status == ADATOM_OK ? "" : adatom_error_message(), "");
        snprintf(options.run_transfer, sizeof options.run_transfer, "%s", checkpoint);
        bench donor = make_bench(&options);
        assert_int_equal(adatom_transfer(donor.agent, &options), ADATOM_OK); /* as it is */
        adatom_search_options other = other_search();
        other.image_kind = kinds[k];
        memcpy(other.run_transfer, run, sizeof run);
        bench taker = make_bench(&other);
        float before[2], expected[2], q[2];
        q_between(&taker, before);
        q_between(&donor, expected);
        assert_int_equal(adatom_transfer(taker.agent, &other), ADATOM_OK);
        q_between(&taker, q);
        for (int s = 0; s < 2; s++) {
            assert_true(fabsf(q[s] - expected[s]) < 1e-5f);
            assert_true(fabsf(before[s] - expected[s]) > 1e-4f);
        }
        clear_bench(&donor);
        clear_bench(&taker);
    }
}

/* Elements of the template that the donor has never seen are nothing to it, as yet. */
static void unknown_elements_of_the_template_are_new(void **state)
{
    (void)state;
    adatom_search_options options = other_search();
    const char *text = "1\nLattice=\"17.142857142857142 0 0 0 13.714285714285714 0 0 0 9\" "
                       "pbc=\"T T F\"\nKr 0 0 4.5\n";
    snprintf(options.system_template, sizeof options.system_template, "%s",
             in_folder("template.xyz"));
    assert_int_equal(adatom_text_file_write(options.system_template, text, strlen(text)),
                     ADATOM_OK);
    options.system_cell.count = options.system_pbc.count = 0;
    bench taker = make_bench(&options), untouched = make_bench(&options);
    assert_int_equal(adatom_transfer(taker.agent, &options), ADATOM_OK);
    const size_t area = 25, inputs = 3;
    for (size_t filter = 0; filter < 4; filter++) {
        const float *mine = taker.agent->weights + filter * inputs * area;
        const float *old = untouched.agent->weights + filter * inputs * area;
        assert_memory_equal(mine + 2 * area, old + 2 * area, area * sizeof *mine);
        assert_memory_not_equal(mine, old, 2 * area * sizeof *mine);
    }
    clear_bench(&taker);
    clear_bench(&untouched);
}

/* -- what does not fit */

static void expect_refused(const adatom_search_options *options, const char *message)
{
    adatom_search_state end;
    assert_int_equal(adatom_search_run(options, in_folder("refused"), NULL, &end),
                     ADATOM_INVALID_INPUT);
    if (strstr(adatom_error_message(), message) == NULL) {
        fail_msg("%s", adatom_error_message());
    }
    assert_int_equal(access(in_folder("refused"), F_OK), -1);
}

static void what_does_not_fit_is_said(void **state)
{
    (void)state;
    adatom_search_options options = other_search();
    options.grid_shape = NUMBERS(22, 16);
    expect_refused(&options, "donor/checkpoint.h5: its grid points are 0.8571 and 0.8571 Å apart, "
                             "those of this search 0.7792 and 0.8571 Å");
    options = other_search();
    options.network_filters = NUMBERS(4, 5);
    expect_refused(&options, "it has 4 filters in convolution 2, this search has 5");
    options.network_filters = NUMBERS(4, 4, 4);
    expect_refused(&options, "it has 3 convolutions, this search has 4");
    options = other_search();
    options.network_filter_pixels = NUMBERS(5, 3, 5);
    expect_refused(&options, "its filters of convolution 2 are 5 x 5 x 1 pixels wide");
    options = other_search();
    options.image_kind = 0;
    expect_refused(&options, "image.kind is another in this search");
    options.image_kind = 1;
    options.image_width = 0.5;
    expect_refused(&options, "image.width is another in this search");
    options = other_search();
    options.network_leak = 0.1;
    expect_refused(&options, "network.leak is another in this search");
    options = other_search();
    options.system_place.atomic_numbers[1] = 36;
    expect_refused(&options, "it has never placed Kr");
    options = other_search();
    snprintf(options.run_transfer, sizeof options.run_transfer, "%s", in_folder("nowhere"));
    expect_refused(&options, "transfer: ");
}

/* The donor may go once the run has begun. */
static void stopped_it_goes_on_without_the_donor(void **state)
{
    (void)state;
    adatom_search_options options = other_search();
    adatom_search_state end;
    const char *overrides[] = {"stop.episodes=12"};
    options.stop_episodes = 12;
    assert_int_equal(adatom_search_run(&options, in_folder("whole"), NULL, &end), ADATOM_OK);
    options.stop_episodes = 5;
    assert_int_equal(adatom_search_run(&options, in_folder("parts"), NULL, &end), ADATOM_OK);
    assert_int_equal(rename(in_folder("donor"), in_folder("elsewhere")), 0);
    assert_int_equal(adatom_search_resume(in_folder("parts"), overrides, 1, NULL, &end), ADATOM_OK);
    expect_same_log(in_folder("whole"), in_folder("parts"));
    assert_int_equal(rename(in_folder("elsewhere"), in_folder("donor")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(q_values_go_along),
        cmocka_unit_test(unknown_elements_of_the_template_are_new),
        cmocka_unit_test(what_does_not_fit_is_said),
        cmocka_unit_test(stopped_it_goes_on_without_the_donor),
    };
    return cmocka_run_group_tests(tests, make_donor, remove_folder);
}
