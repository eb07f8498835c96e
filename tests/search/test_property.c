/* Properties other than the total energy, by hand and in whole searches. */
#include "run_folder.h"
#include "search_example.h"

#include "search/property.h"

static adatom_search_options two_species(void)
{
    adatom_search_options options = small_search();
    options.system_place =
        (adatom_composition){.count = 2, .atomic_numbers = {18, 10}, .amounts = {3, 1}};
    return options;
}

static void set_property(adatom_search_options *options, const char *name)
{
    snprintf(options->reward_property, sizeof options->reward_property, "%s", name);
}

static void expect_property(const adatom_search_options *options, double energy, double named,
                            double expected, double expected_value, double window)
{
    adatom_problem *problem;
    adatom_property property;
    adatom_structure *built;
    double quantity = NAN, value = NAN;
    static const int actions[4] = {0, 10, 100, 196 + 105};
    assert_int_equal(adatom_problem_create(options, &problem), ADATOM_OK);
    assert_int_equal(adatom_property_read(problem, options, &property), ADATOM_OK);
    assert_int_equal(adatom_problem_structure(problem, actions, 4, &built), ADATOM_OK);
    assert_int_equal(adatom_property_find(&property, built, energy, named, &quantity, &value),
                     ADATOM_OK);
    assert_true(fabs(quantity - expected) < 1e-12);
    assert_true(fabs(value - expected_value) < 1e-12);
    assert_true(fabs(adatom_property_window(&property, options, 4) - window) < 1e-12);
    adatom_structure_free(built);
    adatom_problem_free(problem);
}

static void each_kind_by_hand(void **state)
{
    (void)state;
    adatom_search_options options = two_species();
    expect_property(&options, -8, 0, -8, -8, 0.08);
    set_property(&options, "energy_per_atom");
    expect_property(&options, -8, 0, -2, -2, 0.02);
    set_property(&options, "gap");
    expect_property(&options, -8, 3, 3, 3, 0);
    options.reward_direction = 1;
    options.reward_window = 0.5;
    expect_property(&options, -8, 3, 3, -3, 0.5);
    options.reward_direction = 0;
    options.reward_window = 0;
    set_property(&options, "formation_energy");
    options.reward_chemical_potentials =
        (adatom_element_numbers){2, {{10, 0}, {18, 0}}, {-1.5, -2}};
    expect_property(&options, -8, 0, -0.5, -0.5, 0.08);
    snprintf(options.design_motif, sizeof options.design_motif, "Ar bound to Ar");
    options.design_bond_tolerance = 5;
    options.design_lambda = 0.5;
    expect_property(&options, -8, 0, -0.5, -0.75, 0.08);
    options.design_bond_tolerance = 0;
    expect_property(&options, -8, 0, -0.5, -0.5, 0.08);
}

static void expect_refused(const adatom_search_options *options, const char *message)
{
    adatom_problem *problem;
    adatom_property property;
    assert_int_equal(adatom_problem_create(options, &problem), ADATOM_OK);
    assert_int_equal(adatom_property_read(problem, options, &property), ADATOM_INVALID_INPUT);
    assert_non_null(strstr(adatom_error_message(), message));
    adatom_problem_free(problem);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    adatom_search_options options = two_species();
    set_property(&options, "");
    expect_refused(&options, "reward.property: expected energy, energy_per_atom");
    set_property(&options, "formation_energy");
    options.reward_chemical_potentials = (adatom_element_numbers){1, {{18, 0}}, {-2}};
    expect_refused(&options, "reward.chemical_potentials: that of Ne is missing");
    set_property(&options, "energy");
    expect_refused(&options, "reward.chemical_potentials: only for reward.property");
}

/* -- whole searches */

static adatom_search_options with_engine(const char *arguments)
{
    adatom_search_options options = small_search();
    snprintf(options.run_evaluator, sizeof options.run_evaluator,
             "command: forces=no " ADATOM_PYTHON " -B '" ADATOM_GAP_ENGINE "' %s", arguments);
    set_property(&options, "gap");
    options.reward_direction = 1;
    options.policy_c2 = 0;
    options.stop_episodes = 12;
    return options;
}

/* The energy is the same for all; the best structure is that with the largest gap. */
static void a_number_of_the_evaluator_leads(void **state)
{
    (void)state;
    const adatom_search_options options = with_engine("");
    adatom_search_state end;
    char path[PATH_SIZE + 32], *text;
    size_t length;
    assert_int_equal(adatom_search_run(&options, in_folder("gap"), NULL, &end), ADATOM_OK);
    assert_true(end.best_energy == 4);
    snprintf(path, sizeof path, "%s/log.csv", in_folder("gap"));
    assert_int_equal(adatom_text_file_read(path, 1 << 20, &text, &length), ADATOM_OK);
    assert_non_null(strstr(text, ",seconds_cpu,property\n"));
    double largest = 0;
    int rows = 0;
    for (char *line = strchr(text, '\n'); line[1] != '\0'; line = strchr(line + 1, '\n')) {
        char *last = strchr(line + 1, '\n');
        while (last[-1] != ',') {
            last--;
        }
        largest = fmax(largest, strtod(last, NULL));
        rows++;
    }
    assert_int_equal(rows, 12);
    assert_true(end.best_property == largest);
    assert_true(largest > 5);
    free(text);
}

static void a_number_that_is_not_given_is_a_failure(void **state)
{
    (void)state;
    adatom_search_options options = with_engine("--silent");
    adatom_search_state end;
    options.stop_episodes = 100;
    assert_int_equal(adatom_search_run(&options, in_folder("silent"), NULL, &end),
                     ADATOM_EVALUATION_FAILED);
    assert_non_null(strstr(adatom_error_message(), "the evaluator gives no number \"gap\""));
}

/* All at once, cut in pieces and in one run: the same to the last bit. */
static void everything_goes_on_after_a_stop(void **state)
{
    (void)state;
    adatom_search_options options = two_species();
    adatom_search_state end;
    set_property(&options, "formation_energy");
    options.reward_chemical_potentials =
        (adatom_element_numbers){2, {{10, 0}, {18, 0}}, {-0.01, -0.02}};
    snprintf(options.design_motif, sizeof options.design_motif, "Ne bound to 2 Ar");
    options.design_bond_tolerance = 2;
    options.punishment_amplitude = 0.05;
    options.punishment_repeats = 2;
    options.punishment_sigma = 20;
    options.punishment_tolerance = 5;
    options.training_buffer = 15;
    options.stop_episodes = 40;
    assert_int_equal(adatom_search_run(&options, in_folder("whole"), NULL, &end), ADATOM_OK);
    options.stop_episodes = 7;
    assert_int_equal(adatom_search_run(&options, in_folder("parts"), NULL, &end), ADATOM_OK);
    for (int episodes = 16; episodes <= 40; episodes += 12) {
        char set[32];
        const char *overrides[] = {set};
        snprintf(set, sizeof set, "stop.episodes=%d", episodes);
        assert_int_equal(adatom_search_resume(in_folder("parts"), overrides, 1, NULL, &end),
                         ADATOM_OK);
    }
    assert_int_equal(end.episode, 40);
    expect_same_log(in_folder("whole"), in_folder("parts"));
    expect_same_file(in_folder("whole"), in_folder("parts"), "best.extxyz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_by_hand),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test_setup_teardown(a_number_of_the_evaluator_leads, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_number_that_is_not_given_is_a_failure, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(everything_goes_on_after_a_stop, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
