/* Builds whose number of atoms the agent decides: what a whole build is, what counts as the same,
 * and that the best number is found where it is known. */
#include "run_folder.h"
#include "agent_bench.h"

#include "adatom/evaluator.h"
#include "adatom/explain.h"
#include "adatom/extxyz.h"
#include "io/run_log.h"
#include "search/canonical.h"
#include "search/outcome.h"
#include "search/seeds.h"
#include "search/stop.h"
#include "search/transfer.h"

enum { WIDTH = 8, HEIGHT = 6, POINTS = WIDTH * HEIGHT, MOST = 6 };

static void set_least(adatom_search_options *options, int element, double least)
{
    adatom_element_numbers *numbers = &options->system_place_least;
    numbers->atomic_numbers[numbers->count][0] = element;
    numbers->values[numbers->count++] = least;
}

/* A periodic cell in which four atoms make the densest layer, with room for six at a price. */
static adatom_search_options layer(void)
{
    const double bond = 3.0 * pow(2, 1.0 / 6);
    adatom_search_options options = small_search();
    options.system_cell = NUMBERS(2 * bond, sqrt(3) * bond, 12);
    options.system_pbc = NUMBERS(1, 1, 0);
    options.system_place =
        (adatom_composition){.count = 1, .atomic_numbers = {18}, .amounts = {MOST}};
    set_least(&options, 18, 1);
    options.grid_shape = NUMBERS(WIDTH, HEIGHT);
    options.policy_c1 = 1.5;
    options.policy_c2 = 0;
    snprintf(options.reward_property, sizeof options.reward_property, "formation_energy");
    options.reward_chemical_potentials = (adatom_element_numbers){1, {{18, 0}}, {0.01}};
    options.reward_window = 0.2;
    options.policy_epsilon_stop = 0.5;
    options.training_updates = 4;
    options.run_seed = 3;
    return options;
}

/* -- the best number, by trying all */

typedef struct pairs {
    double self, energy[POINTS]; /* of an atom and its copies; of a second one so many points on */
    double least;                /* distance, as policy.c1 has it, squared; Å^2 */
    bool open[POINTS];
} pairs;

static double energy_of_two(adatom_evaluator *evaluator, const adatom_search_options *options,
                            int atoms, int point)
{
    adatom_structure *s;
    double energy;
    assert_int_equal(adatom_structure_create((size_t)atoms, &s), ADATOM_OK);
    for (int i = 0; i < 3; i++) {
        s->cell[i][i] = options->system_cell.values[i];
        s->periodic[i] = i < 2;
    }
    for (int a = 0; a < atoms; a++) {
        s->atomic_numbers[a] = 18;
        s->positions[a][0] = a * s->cell[0][0] / WIDTH * (point / HEIGHT);
        s->positions[a][1] = a * s->cell[1][1] / HEIGHT * (point % HEIGHT);
    }
    assert_int_equal(adatom_evaluator_compute(evaluator, s, &energy, NULL), ADATOM_OK);
    adatom_structure_free(s);
    return energy;
}

static bool is_far_enough(const adatom_search_options *options, int point)
{
    const double *cell = options->system_cell.values;
    double x = cell[0] / WIDTH * (point / HEIGHT), y = cell[1] / HEIGHT * (point % HEIGHT);
    x -= cell[0] * round(x / cell[0]);
    y -= cell[1] * round(y / cell[1]);
    return hypot(x, y) >= options->policy_c1 * adatom_element_covalent_radius(18) - 1e-9;
}

static void fill_pairs(const adatom_search_options *options, pairs *p)
{
    adatom_evaluator *evaluator;
    assert_int_equal(adatom_evaluator_create(options->run_evaluator, &evaluator), ADATOM_OK);
    p->self = energy_of_two(evaluator, options, 1, 0);
    for (int point = 1; point < POINTS; point++) {
        p->open[point] = is_far_enough(options, point);
        if (p->open[point]) {
            p->energy[point] = energy_of_two(evaluator, options, 2, point) - 2 * p->self;
        }
    }
    adatom_evaluator_free(evaluator);
}

static int points_on(int from, int to)
{
    const int x = (to / HEIGHT - from / HEIGHT + WIDTH) % WIDTH;
    const int y = (to % HEIGHT - from % HEIGHT + HEIGHT) % HEIGHT;
    return x * HEIGHT + y;
}

/* All ways to go on from the atoms that are there. */
static void try_all(const pairs *p, int *atoms, int count, double energy, double lowest[MOST + 1])
{
    lowest[count] = fmin(lowest[count], energy);
    for (int next = atoms[count - 1] + 1; count < MOST && next < POINTS; next++) {
        double added = p->self;
        bool open = true;
        for (int a = 0; a < count && open; a++) {
            const int between = points_on(atoms[a], next);
            open = p->open[between];
            added += p->energy[between];
        }
        if (open) {
            atoms[count] = next;
            try_all(p, atoms, count + 1, energy + added, lowest);
        }
    }
}

/* The best number of atoms and its formation energy. */
static int best_number(const adatom_search_options *options, double *formation)
{
    static pairs p;
    double lowest[MOST + 1], potential = options->reward_chemical_potentials.values[0];
    int atoms[MOST] = {0}, best = 1; /* the first atom anywhere: all places are the same */
    fill_pairs(options, &p);
    for (int count = 0; count <= MOST; count++) {
        lowest[count] = INFINITY;
    }
    try_all(&p, atoms, 1, p.self, lowest);
    for (int count = 1; count <= MOST; count++) {
        best = lowest[count] - count * potential < lowest[best] - best * potential ? count : best;
    }
    *formation = lowest[best] - best * potential;
    return best;
}

/* What the agent would build: most of the greedy episodes from one on are the wanted ones. */
static void expect_greedy(const char *run, int64_t from, double wanted)
{
    char path[PATH_SIZE + 16];
    adatom_run_log log;
    int greedy = 0, right = 0;
    snprintf(path, sizeof path, "%s/log.csv", run);
    assert_int_equal(adatom_run_log_read(path, &log), ADATOM_OK);
    for (size_t i = 0; i < log.count; i++) {
        if (log.rows[i].greedy && log.rows[i].episode >= from) {
            right += fabs(log.rows[i].property - wanted) < 1e-9;
            greedy++;
        }
    }
    assert_true(2 * right > greedy && greedy >= 20);
    adatom_run_log_clear(&log);
}

static void the_best_number_is_found(void **state)
{
    (void)state;
    static const struct {
        double potential;
        int best;
        const char *run;
    } cases[] = {{0.01, 4, "four"}, {-0.06, 1, "one"}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        adatom_search_options options = layer();
        adatom_search_state end;
        double formation;
        options.reward_chemical_potentials.values[0] = cases[c].potential;
        assert_int_equal(best_number(&options, &formation), cases[c].best);
        options.stop_episodes = 1500;
        assert_int_equal(adatom_search_run(&options, in_folder(cases[c].run), NULL, &end),
                         ADATOM_OK);
        assert_true(fabs(end.best_property - formation) < 1e-9);
        assert_int_equal(end.atom_count, cases[c].best);
        expect_greedy(in_folder(cases[c].run), 1400, formation);
    }
}

/* Without exploring, all numbers are still there to be chosen from; a drawn one is kept. */
static void numbers_are_within_their_limits(void **state)
{
    (void)state;
    adatom_search_options options = layer();
    adatom_search_state end;
    char path[PATH_SIZE + 16];
    adatom_database_best *rows;
    size_t count, seen[MOST + 1] = {0};
    options.system_place_least.values[0] = 2;
    options.policy_epsilon_stop = 1;
    options.policy_greedy_every = 0;
    options.stop_episodes = 150;
    assert_int_equal(adatom_search_run(&options, in_folder("drawn"), NULL, &end), ADATOM_OK);
    snprintf(path, sizeof path, "%s/candidates.db", in_folder("drawn"));
    assert_int_equal(adatom_database_lowest(path, "episode", 1000, &rows, &count), ADATOM_OK);
    for (size_t i = 0; i < count; i++) {
        assert_in_range(rows[i].structure->atom_count, 2, MOST);
        seen[rows[i].structure->atom_count]++;
        adatom_structure_free(rows[i].structure);
    }
    free(rows);
    for (int number = 2; number < 5; number++) { /* there is room for so many, nearly always */
        assert_in_range(seen[number], 10, 70);   /* of 150 / 5 that are expected */
    }
}

/* -- what a build is */

static adatom_search_options two_elements(void)
{
    adatom_search_options options = small_search();
    options.system_place =
        (adatom_composition){.count = 2, .atomic_numbers = {18, 10}, .amounts = {3, 2}};
    set_least(&options, 10, 0);
    return options;
}

/* Three argon atoms are a whole build, two argon and two neon atoms are not. */
static void each_element_has_its_least_number(void **state)
{
    (void)state;
    const adatom_search_options options = two_elements();
    bench b = make_bench(&options);
    const int argon[4] = {0, 5, 70, 75}, neon[2] = {14 * 14 + 140, 14 * 14 + 145};
    adatom_builder *builder = b.agent->builder;
    adatom_builder_reset(builder);
    for (int i = 0; i < 2; i++) {
        adatom_builder_place(builder, adatom_problem_placement(b.problem, argon[i]));
        adatom_builder_place(builder, adatom_problem_placement(b.problem, neon[i]));
        assert_false(adatom_builder_may_stop(builder));
    }
    adatom_builder_place(builder, adatom_problem_placement(b.problem, argon[2]));
    assert_true(adatom_builder_may_stop(builder));
    adatom_builder_reset(builder);
    for (int i = 0; i < 3; i++) {
        assert_false(adatom_builder_may_stop(builder));
        adatom_builder_place(builder, adatom_problem_placement(b.problem, argon[i]));
    }
    assert_true(adatom_builder_may_stop(builder));
    clear_bench(&b);
}

static void a_stop_ends_an_array_of_actions(void **state)
{
    (void)state;
    const adatom_search_options options = two_elements();
    bench b = make_bench(&options);
    int actions[5] = {0, 5, 70, -1, -1};
    adatom_structure *built;
    assert_false(adatom_stop_is_whole(b.problem, actions, 3));
    adatom_stop_fill(b.problem, actions, 3);
    assert_int_equal(actions[3], 2 * 14 * 14 + 70); /* at the pixel of the last atom */
    assert_int_equal(adatom_stop_atoms(b.problem, actions, 5), 3);
    assert_int_equal(adatom_stop_length(b.problem, actions), 4);
    assert_true(adatom_stop_is_whole(b.problem, actions, 4));
    assert_int_equal(adatom_problem_structure(b.problem, actions, 5, &built), ADATOM_OK);
    assert_int_equal(built->atom_count, 3);
    adatom_structure_free(built);
    clear_bench(&b);
}

/* The same atoms in another order, with another one last, are one structure to be evaluated;
 * without one of them they are another. */
static void builds_of_the_same_atoms_are_the_same(void **state)
{
    (void)state;
    adatom_search_options options = two_elements();
    adatom_problem *problem;
    adatom_canonical *canonical;
    const int neon = 14 * 14 + 150;
    const int cases[4][5] = {
        {0, 5, 70, neon}, {neon, 70, 0, 5}, {5 + 14, 70 + 14, 0 + 14, neon + 14}, {0, 5, 70}};
    const int placed[4] = {4, 4, 4, 3};
    int32_t keys[4][5];
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_canonical_create(problem, &options, &canonical), ADATOM_OK);
    assert_int_equal(canonical->key_length, 5);
    for (int c = 0; c < 4; c++) {
        int actions[5];
        memcpy(actions, cases[c], sizeof actions);
        adatom_stop_fill(problem, actions, placed[c]);
        adatom_canonical_take(canonical, actions);
        memcpy(keys[c], canonical->key, sizeof keys[c]);
        assert_int_equal(canonical->structure->atom_count, placed[c]);
        assert_int_equal(canonical->structure->atomic_numbers[2], 18);
        assert_int_equal(keys[c][4], -1);
    }
    assert_int_equal(canonical->structure->atomic_numbers[0], 18);
    assert_memory_equal(keys[0], keys[1], sizeof keys[0]);
    assert_memory_equal(keys[0], keys[2], sizeof keys[0]); /* moved by a row of pixels */
    assert_memory_not_equal(keys[0], keys[3], sizeof keys[0]);
    adatom_canonical_free(canonical);
    adatom_problem_free(problem);
}

/* -- the rest of the program */

/* The largest number as the least one, too: the same search as without, to the last bit. */
static void a_fixed_number_changes_nothing(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    adatom_search_state end;
    assert_int_equal(adatom_search_run(&options, in_folder("without"), NULL, &end), ADATOM_OK);
    set_least(&options, 18, 4);
    options.policy_epsilon_stop = 1;
    assert_int_equal(adatom_search_run(&options, in_folder("fixed"), NULL, &end), ADATOM_OK);
    expect_same_log(in_folder("without"), in_folder("fixed"));
    expect_same_file(in_folder("without"), in_folder("fixed"), "best.extxyz");
}

static bool stop_after(void *context)
{
    int *left = context;
    return --*left <= 0;
}

/* With everything that a checkpoint holds. */
static void it_goes_on_after_an_interruption(void **state)
{
    (void)state;
    adatom_search_options options = two_elements();
    adatom_search_state end;
    options.stop_episodes = 40;
    options.relax_steps = 4;
    options.training_buffer = 12;
    options.evaluation_cache_size = 6;
    options.punishment_amplitude = 0.01;
    options.punishment_repeats = 2;
    options.policy_epsilon_stop = 0.5;
    assert_int_equal(adatom_search_run(&options, in_folder("whole"), NULL, &end), ADATOM_OK);
    for (int first = 3; first < 40; first += 16) {
        char run[PATH_SIZE];
        int left = first;
        const adatom_search_callbacks callbacks = {.context = &left, .stop = stop_after};
        snprintf(run, sizeof run, "%s/stopped-%d", folder, first);
        options.run_threads = 3;
        assert_int_equal(adatom_search_run(&options, run, &callbacks, &end), ADATOM_INTERRUPTED);
        assert_int_equal(adatom_search_resume(run, NULL, 0, NULL, &end), ADATOM_OK);
        expect_same_log(in_folder("whole"), run);
        expect_same_file(in_folder("whole"), run, "best.extxyz");
        assert_int_equal(candidate_count(run), candidate_count(in_folder("whole")));
    }
}

/* The best of one search, of four atoms, is where another one starts; it is also explained. */
static void given_structures_may_have_fewer_atoms(void **state)
{
    (void)state;
    adatom_search_options options = layer();
    adatom_search_state end;
    double formation;
    (void)best_number(&options, &formation);
    snprintf(options.start_structures, sizeof options.start_structures, "%s/best.extxyz",
             in_folder("four"));
    options.stop_episodes = 3;
    assert_int_equal(adatom_search_run(&options, in_folder("seeded"), NULL, &end), ADATOM_OK);
    assert_int_equal(end.best_episode, 1);
    assert_true(fabs(end.best_property - formation) < 1e-9);
    options.system_place_least.values[0] = 5;
    assert_int_equal(adatom_search_run(&options, in_folder("refused"), NULL, &end),
                     ADATOM_INVALID_INPUT);
    assert_non_null(strstr(adatom_error_message(), "4 atoms beside the template, "
                                                   "system.place_least has 5"));
}

static void stopping_is_explained(void **state)
{
    (void)state;
    const adatom_explain_question last = {.has_step = true, .step = 4}, before = {0},
                                  beyond = {.has_step = true, .step = 5};
    adatom_explanation *explanation;
    assert_int_equal(adatom_explain(in_folder("four"), &last, &explanation), ADATOM_OK);
    assert_true(explanation->may_stop);
    assert_true(explanation->stop > explanation->value); /* the fifth atom is one too many */
    assert_false(explanation->greedy);
    adatom_explanation_free(explanation);
    assert_int_equal(adatom_explain(in_folder("four"), &before, &explanation), ADATOM_OK);
    assert_int_equal(explanation->structure->atom_count, 3);
    assert_true(explanation->stop < explanation->value); /* and the fourth is worth its place */
    assert_true(explanation->greedy);
    adatom_explanation_free(explanation);
    assert_int_equal(adatom_explain(in_folder("four"), &beyond, &explanation),
                     ADATOM_INVALID_INPUT);
}

/* Filters of the last layer, with the bias of each. */
static const float *filter(const bench *b, int map, float *bias)
{
    const adatom_network *network = b->agent->network;
    const int last = network->layer_count - 1;
    const size_t size = (size_t)adatom_network_inputs(network, last) *
                        adatom_width_area(network->layers[last].width);
    *bias = b->agent->weights[network->bias_offset[last] + (size_t)map];
    return b->agent->weights + network->filter_offset[last] + (size_t)map * size;
}

static void transfer(const bench *b, adatom_search_options *options, const char *donor)
{
    snprintf(options->run_transfer, sizeof options->run_transfer, "%s", in_folder(donor));
    assert_int_equal(adatom_transfer(b->agent, options), ADATOM_OK);
}

/* From one that stops to another, and to one that does not; and to one that learns it anew. */
static void stopping_goes_along_in_a_transfer(void **state)
{
    (void)state;
    adatom_search_options stops = layer(), fixed = layer();
    adatom_search_state end;
    fixed.system_place_least.count = 0;
    fixed.system_place.amounts[0] = 4;
    fixed.stop_episodes = 2;
    assert_int_equal(adatom_search_run(&fixed, in_folder("donor"), NULL, &end), ADATOM_OK);
    bench a = make_bench(&stops), b = make_bench(&stops), c = make_bench(&fixed);
    float first, second;
    const float *stop = filter(&b, 1, &first), own = stop[0];
    transfer(&a, &stops, "four");
    transfer(&c, &fixed, "four");
    transfer(&b, &stops, "donor");
    assert_true(stop[0] == own); /* as without transfer */
    assert_true(filter(&a, 1, &first)[0] != own);
    assert_true(filter(&a, 0, &first)[7] == filter(&c, 0, &second)[7]);
    assert_true(first == second);
    clear_bench(&a);
    clear_bench(&b);
    clear_bench(&c);
}

static void expect_refused(const adatom_search_options *options, const char *message)
{
    adatom_search_state end;
    assert_int_equal(adatom_search_run(options, in_folder("bad"), NULL, &end),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), message);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    set_least(&options, 18, 5);
    expect_refused(&options, "system.place_least: 5 atoms of Ar, expected a whole number up to the "
                             "4 of system.place");
    options.system_place_least.values[0] = 1.5;
    expect_refused(&options, "system.place_least: 1.5 atoms of Ar, expected a whole number up to "
                             "the 4 of system.place");
    options.system_place_least.values[0] = 0;
    expect_refused(&options, "system.place_least: no atom at all, expected one at least");
    options.system_place_least.values[0] = 1;
    options.training_credit = 0.5;
    expect_refused(&options, "training.credit: expected 0 where the number of atoms varies");
    options.training_credit = 0;
    options.system_place_least.atomic_numbers[0][0] = 6;
    expect_refused(&options, "system.place_least: C is not in system.place");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_element_has_its_least_number),
        cmocka_unit_test(a_stop_ends_an_array_of_actions),
        cmocka_unit_test(builds_of_the_same_atoms_are_the_same),
        cmocka_unit_test(numbers_are_within_their_limits),
        cmocka_unit_test(a_fixed_number_changes_nothing),
        cmocka_unit_test(it_goes_on_after_an_interruption),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(the_best_number_is_found),
        cmocka_unit_test(given_structures_may_have_fewer_atoms),
        cmocka_unit_test(stopping_is_explained),
        cmocka_unit_test(stopping_goes_along_in_a_transfer),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
