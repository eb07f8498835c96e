/* A run from a start structure: which steps are kept, what a seed fixes, what is refused, and where
 * relaxations end. */
#include "silicon.h"

#include "sample/fire.h"
#include "sample/sampling.h"

enum { FRAMES_MAX = 2000 };

typedef struct record {
    size_t count;
    int64_t steps[FRAMES_MAX], restarts[FRAMES_MAX];
    double energies[FRAMES_MAX], temperatures[FRAMES_MAX], largest_forces[FRAMES_MAX];
    double first_positions[FRAMES_MAX][3];
    double force_of_first[FRAMES_MAX], force_of_tenth[FRAMES_MAX];
    bool has_first[FRAMES_MAX], has_tenth[FRAMES_MAX], converged;
    int64_t steps_seen, stop_after;
} record;

static double length_of(const double vector[3])
{
    return hypot(hypot(vector[0], vector[1]), vector[2]);
}

static adatom_status keep_frame(void *context, const adatom_sample_state *state)
{
    record *kept = context;
    assert_true(kept->count < FRAMES_MAX);
    const size_t at = kept->count++;
    kept->steps[at] = state->step;
    kept->restarts[at] = state->restart;
    kept->energies[at] = state->energy;
    kept->temperatures[at] = state->temperature;
    kept->converged = state->converged;
    memcpy(kept->first_positions[at], state->structure->positions[0], sizeof(double[3]));
    adatom_evaluator *evaluator = open_silicon();
    double energy, forces[64][3];
    assert_int_equal(adatom_evaluator_compute(evaluator, state->structure, &energy, forces),
                     ADATOM_OK);
    assert_near(state->energy, energy, 1e-9);
    adatom_evaluator_free(evaluator);
    for (size_t i = 0; i < state->structure->atom_count; i++) {
        assert_near(state->forces[i][i % 3], forces[i][i % 3], 1e-9);
        kept->largest_forces[at] = fmax(kept->largest_forces[at], length_of(state->forces[i]));
    }
    kept->force_of_first[at] = length_of(state->forces[0]);
    kept->force_of_tenth[at] = length_of(state->forces[10]);
    for (size_t i = 0; i < state->tracked_count; i++) {
        kept->has_first[at] = kept->has_first[at] || state->tracked_atoms[i] == 0;
        kept->has_tenth[at] = kept->has_tenth[at] || state->tracked_atoms[i] == 10;
    }
    return ADATOM_OK;
}

static void count_step(void *context, const adatom_sample_state *state)
{
    (void)state;
    ((record *)context)->steps_seen++;
}

static bool is_over(void *context)
{
    const record *kept = context;
    return kept->stop_after > 0 && kept->steps_seen > kept->stop_after;
}

static adatom_status sample_into(const adatom_sample_options *options, uint64_t stream,
                                 record *kept)
{
    adatom_evaluator *evaluator = open_silicon();
    adatom_structure *crystal = make_diamond(14, 5.431, 2);
    shake(crystal, 0.05, 3);
    const adatom_sample_callbacks callbacks = {kept, keep_frame, count_step, is_over};
    const adatom_status status = adatom_sample_run(options, evaluator, crystal, stream, &callbacks);
    adatom_structure_free(crystal);
    adatom_evaluator_free(evaluator);
    return status;
}

static record *sample(const adatom_sample_options *options, uint64_t stream)
{
    record *kept = calloc(1, sizeof *kept);
    assert_non_null(kept);
    assert_int_equal(sample_into(options, stream, kept), ADATOM_OK);
    return kept;
}

static adatom_sample_options few_steps(adatom_sample_method method)
{
    adatom_sample_options options = adatom_sample_options_default();
    options.run_method = (int)method;
    options.run_steps = 100;
    options.dynamics_temperature = 900;
    return options;
}

static void test_steps_at_equal_intervals(void **state)
{
    (void)state;
    adatom_sample_options options = few_steps(ADATOM_SAMPLE_NVE);
    options.sampling_every = 30;
    options.restart_count = 2;
    options.dynamics_exact_temperature = true;
    record *kept = sample(&options, 0);
    const int64_t steps[10] = {0, 30, 60, 90, 30, 60, 90, 30, 60, 90};
    const int64_t restarts[10] = {0, 0, 0, 0, 1, 1, 1, 2, 2, 2};
    assert_int_equal(kept->count, 10);
    assert_int_equal(kept->steps_seen, 3 * 101);
    assert_near(kept->temperatures[0], 900, 1e-9);
    for (size_t i = 0; i < kept->count; i++) {
        assert_int_equal(kept->steps[i], steps[i]);
        assert_int_equal(kept->restarts[i], restarts[i]);
    }
    /* The restart moved all atoms far. */
    assert_true(fabs(kept->first_positions[4][0] - kept->first_positions[3][0]) > 0.5);
    free(kept);
}

static void test_interval_by_force(void **state)
{
    (void)state;
    /* (force, interval) for alpha = 2 eV/Å and at most 50 steps, by the formula of the paper */
    const double expected[][2] = {{5, 1},       {2.0001, 1}, {2, 1},   {1.9, 1},    {1, 2},
                                  {0.999, 2},   {0.6, 3},    {0.3, 6}, {0.041, 48}, {0.04, 50},
                                  {0.0392, 50}, {1e-9, 50},  {0, 50}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(adatom_sampling_interval(expected[i][0], 2, 50), (int)expected[i][1]);
    }
}

/* The steps that are kept follow from the forces that are kept with them. */
static void test_steps_by_the_largest_force(void **state)
{
    (void)state;
    adatom_sample_options options = few_steps(ADATOM_SAMPLE_LANGEVIN);
    options.sampling_rule = ADATOM_SAMPLING_FORCE;
    options.sampling_alpha = 12;
    options.sampling_longest = 6;
    record *kept = sample(&options, 0);
    assert_true(kept->count > 10 && kept->count < 100);
    for (size_t i = 0; i + 1 < kept->count; i++) {
        const int64_t interval = adatom_sampling_interval(kept->largest_forces[i], 12, 6);
        assert_int_equal(kept->steps[i + 1] - kept->steps[i], interval);
    }
    free(kept);
}

/* Each tracked atom has intervals of its own. */
static void check_tracked(const record *kept, const bool *has, const double *forces)
{
    int64_t due = 0;
    size_t times = 0;
    for (size_t i = 0; i < kept->count; i++) {
        assert_true(has[i] == (kept->steps[i] == due));
        times += has[i];
        due += has[i] ? adatom_sampling_interval(forces[i], 6, 20) : 0;
    }
    assert_true(times > 5 && times < kept->count);
}

static void test_steps_by_the_forces_on_tracked_atoms(void **state)
{
    (void)state;
    adatom_sample_options options = few_steps(ADATOM_SAMPLE_LANGEVIN);
    options.sampling_rule = ADATOM_SAMPLING_FORCE;
    options.sampling_alpha = 6;
    options.sampling_longest = 20;
    options.sampling_atoms = (adatom_numbers){2, {0, 10}};
    record *kept = sample(&options, 0);
    check_tracked(kept, kept->has_first, kept->force_of_first);
    check_tracked(kept, kept->has_tenth, kept->force_of_tenth);
    free(kept);
}

static void test_a_seed_fixes_the_trajectory(void **state)
{
    (void)state;
    for (int method = ADATOM_SAMPLE_NVE; method <= ADATOM_SAMPLE_NOSE_HOOVER; method++) {
        adatom_sample_options options = few_steps((adatom_sample_method)method);
        options.restart_count = 1;
        record *first = sample(&options, 4), *again = sample(&options, 4);
        assert_int_equal(first->count, 21);
        assert_memory_equal(first, again, sizeof *first);
        record *other_stream = sample(&options, 5);
        options.run_seed = 2;
        record *other_seed = sample(&options, 4);
        assert_true(first->energies[3] != other_stream->energies[3]);
        assert_true(first->energies[3] != other_seed->energies[3]);
        free(first);
        free(again);
        free(other_stream);
        free(other_seed);
    }
}

static void test_a_stop_keeps_what_was_sampled(void **state)
{
    (void)state;
    const adatom_sample_options options = few_steps(ADATOM_SAMPLE_NOSE_HOOVER);
    record *kept = calloc(1, sizeof *kept);
    assert_non_null(kept);
    kept->stop_after = 35;
    assert_int_equal(sample_into(&options, 0, kept), ADATOM_INTERRUPTED);
    assert_int_equal(kept->count, 4);
    assert_int_equal(kept->steps_seen, 36);
    free(kept);
}

static void expect_refusal(const adatom_sample_options *options, const char *line)
{
    record *kept = calloc(1, sizeof *kept);
    assert_non_null(kept);
    assert_int_equal(sample_into(options, 0, kept), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), line);
    assert_int_equal(kept->count, 0);
    free(kept);
}

static void test_what_does_not_fit_is_refused(void **state)
{
    (void)state;
    adatom_sample_options options = few_steps(ADATOM_SAMPLE_NVE);
    options.system_fixed = (adatom_numbers){2, {3, 64}};
    expect_refusal(&options, "system.fixed: 64 is not the index of an atom, a whole number from 0 "
                             "to 63");
    options.system_fixed = (adatom_numbers){1, {2.5}};
    expect_refusal(&options, "system.fixed: 2.5 is not the index of an atom, a whole number from "
                             "0 to 63");
    options.system_fixed.count = 0;
    options.system_fixed_ranges = (adatom_numbers){4, {0, 9, 10, 63}};
    expect_refusal(&options, "system.fixed: no atom is left that may move");
    options.system_fixed_ranges.count = 0;
    options.system_normal = (adatom_numbers){3, {0, 0, 0}};
    expect_refusal(&options, "system.normal: expected three numbers that are not all 0");
    options.system_normal.count = 0;
    options.sampling_atoms = (adatom_numbers){1, {100}};
    expect_refusal(&options, "sampling.atoms: 100 is not the index of an atom, a whole number from "
                             "0 to 63");
    options = few_steps(ADATOM_SAMPLE_FIRE);
    options.restart_count = 1;
    expect_refusal(&options, "restart.count: a relaxation has no restarts; expected 0");
    options = few_steps(ADATOM_SAMPLE_NOSE_HOOVER);
    options.dynamics_temperature = 0;
    expect_refusal(&options, "dynamics.temperature: a Nosé-Hoover chain needs one above 0");
}

/* A wrong order of the names would be a wrong method without a word. */
static void test_names_and_numbers_of_methods(void **state)
{
    (void)state;
    const char *names[] = {"nve", "langevin", "nose_hoover", "fire", "lbfgs"};
    for (int method = ADATOM_SAMPLE_NVE; method <= ADATOM_SAMPLE_LBFGS; method++) {
        char text[64];
        adatom_sample_options options = adatom_sample_options_default();
        const char *overrides[2] = {text, "sampling.rule=force"};
        snprintf(text, sizeof text, "method=%s", names[method]);
        assert_int_equal(adatom_options_parse(adatom_sample_option_table(), NULL, 0, "", NULL,
                                              overrides, 2, &options),
                         ADATOM_OK);
        assert_int_equal(options.run_method, method);
        assert_int_equal(options.sampling_rule, ADATOM_SAMPLING_FORCE);
    }
}

static void test_every_entry_is_whole(void **state)
{
    (void)state;
    const adatom_option_table *table = adatom_sample_option_table();
    for (size_t i = 0; i < table->count; i++) {
        const adatom_option_field *field = &table->fields[i];
        assert_ptr_equal(adatom_option_find(table, field->path), field);
        assert_int_equal(field->description[strlen(field->description) - 1], '.');
        assert_true(field->minimum <= field->maximum);
    }
}

static void test_relaxations_end_in_the_same_minimum(void **state)
{
    (void)state;
    adatom_sample_options options = few_steps(ADATOM_SAMPLE_FIRE);
    options.run_steps = 1000;
    options.relax_force_tolerance = 1e-5;
    record *fire = sample(&options, 0);
    options.run_method = ADATOM_SAMPLE_LBFGS;
    record *lbfgs = sample(&options, 0);
    assert_true(fire->converged && lbfgs->converged);
    assert_int_equal(fire->count, 1);
    assert_int_equal(lbfgs->count, 1);
    assert_true(fire->largest_forces[0] <= 1e-5);
    assert_near(fire->energies[0], lbfgs->energies[0], 1e-8);
    assert_near(fire->energies[0] / 64, -4.3363, 1e-3); /* the crystal */
    free(fire);
    free(lbfgs);
}

static void test_fire_keeps_constraints(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_silicon();
    adatom_structure *crystal = make_diamond(14, 5.431, 2), *start;
    shake(crystal, 0.2, 5);
    assert_int_equal(adatom_structure_copy(crystal, &start), ADATOM_OK);
    bool fixed[64] = {[3] = true, [40] = true};
    const double normal[3] = {0, 1, 0};
    const adatom_relax_options options = {
        .steps = 500, .force_tolerance = 1e-4, .max_step = 0.2, .fixed = fixed, .normal = normal};
    adatom_relax_result result;
    assert_int_equal(adatom_fire(evaluator, crystal, &options, NULL, &result), ADATOM_OK);
    assert_true(result.converged && result.evaluations < 500);
    assert_near(energy_of(evaluator, crystal), result.energy, 1e-9);
    for (size_t i = 0; i < 64; i++) {
        assert_true(crystal->positions[i][1] == start->positions[i][1]);
        assert_true(fixed[i] == (crystal->positions[i][0] == start->positions[i][0]));
    }
    adatom_structure_free(start);
    adatom_structure_free(crystal);
    adatom_evaluator_free(evaluator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_at_equal_intervals),
        cmocka_unit_test(test_interval_by_force),
        cmocka_unit_test(test_steps_by_the_largest_force),
        cmocka_unit_test(test_steps_by_the_forces_on_tracked_atoms),
        cmocka_unit_test(test_a_seed_fixes_the_trajectory),
        cmocka_unit_test(test_a_stop_keeps_what_was_sampled),
        cmocka_unit_test(test_what_does_not_fit_is_refused),
        cmocka_unit_test(test_names_and_numbers_of_methods),
        cmocka_unit_test(test_every_entry_is_whole),
        cmocka_unit_test(test_relaxations_end_in_the_same_minimum),
        cmocka_unit_test(test_fire_keeps_constraints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
