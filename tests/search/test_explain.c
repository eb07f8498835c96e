/* What an agent expects, and that the shares of the atoms sum to it. */
#include "run_folder.h"
#include "search_example.h"

#include "adatom/explain.h"

static adatom_search_options searched(void)
{
    adatom_search_options options = small_search();
    const char *text =
        "2\nLattice=\"12 0 0 0 12 0 0 0 12\" pbc=\"T T F\"\nKr 3.1 3.2 6\nNe 9 9 6\n";
    options.system_cell.count = 0;
    options.system_place =
        (adatom_composition){.count = 2, .atomic_numbers = {18, 10}, .amounts = {2, 2}};
    snprintf(options.system_template, sizeof options.system_template, "%s",
             in_folder("template.xyz"));
    assert_int_equal(adatom_text_file_write(options.system_template, text, strlen(text)),
                     ADATOM_OK);
    options.stop_episodes = 12;
    return options;
}

static int make_run(void **state)
{
    adatom_search_state end;
    if (make_folder(state) != 0) {
        return 1;
    }
    const adatom_search_options options = searched();
    return adatom_search_run(&options, in_folder("run"), NULL, &end) != ADATOM_OK;
}

static adatom_explanation *explain(const char *path, const adatom_explain_question *question)
{
    adatom_explanation *e = NULL;
    const adatom_status status = adatom_explain(path, question, &e);
    assert_string_equal(status == ADATOM_OK ? "" : adatom_error_message(), "");
    return e;
}

static float q_of(const adatom_explanation *e)
{
    return e->q[((size_t)e->action[0] * 14 + (size_t)e->action[1]) * 14 + (size_t)e->action[2]];
}

static void check_sum(const adatom_explanation *e)
{
    double sum = e->empty + e->biases;
    for (size_t a = 0; a < e->structure->atom_count; a++) {
        sum += e->relevance[a];
    }
    assert_true(fabs(sum - e->value) < 1e-6);
    assert_true(fabs((double)q_of(e) - e->value) < 1e-5);
}

/* Of a folder and of a checkpoint; the action is the allowed place with the highest value. */
static void the_greedy_action_of_the_best_build(void **state)
{
    (void)state;
    const adatom_explain_question question = {.structure = NULL};
    const char *paths[] = {in_folder("run"), in_folder("run/checkpoint.h5")};
    for (int i = 0; i < 2; i++) {
        adatom_explanation *e = explain(paths[i], &question);
        assert_int_equal(e->structure->atom_count, 5); /* the template, and all but one */
        assert_int_equal(e->template_count, 2);
        assert_int_equal(e->species_count, 2);
        assert_true(e->greedy);
        for (size_t k = 0; k < (size_t)2 * 14 * 14; k++) {
            assert_true(!e->allowed[k] || e->q[k] <= q_of(e));
        }
        check_sum(e);
        adatom_explanation_free(e);
    }
}

/* Any place can be asked for; without the atoms around, the same place has another value. */
static void a_given_place(void **state)
{
    (void)state;
    adatom_explain_question question = {
        .has_step = true, .step = 2, .element = 10, .place = {6.2, 5.8, 6}};
    adatom_explanation *e = explain(in_folder("run"), &question);
    assert_false(e->greedy);
    assert_int_equal(e->structure->atom_count, 4);
    assert_int_equal(e->action[0], 1);
    assert_int_equal(e->action[1], 7);
    assert_int_equal(e->action[2], 7);
    check_sum(e);
    const double value = e->value;
    adatom_explanation_free(e);
    question.step = 0;
    e = explain(in_folder("run"), &question);
    check_sum(e);
    assert_true(fabs(e->value - value) > 1e-4);
    adatom_explanation_free(e);
}

static void a_structure_of_ones_own(void **state)
{
    (void)state;
    adatom_structure *own;
    assert_int_equal(adatom_structure_create(3, &own), ADATOM_OK);
    const double places[3][3] = {{9, 9, 6}, {6, 3, 6}, {3.1, 3.2, 6}};
    const int elements[3] = {10, 18, 36};
    for (int a = 0; a < 3; a++) {
        own->cell[a][a] = 12;
        own->periodic[a] = a < 2;
        own->atomic_numbers[a] = elements[a];
        memcpy(own->positions[a], places[a], sizeof places[a]);
    }
    adatom_explain_question question = {.structure = own};
    adatom_explanation *e = explain(in_folder("run"), &question);
    assert_int_equal(e->structure->atom_count, 3);
    assert_int_equal(e->structure->atomic_numbers[2], 18); /* the template goes first */
    check_sum(e);
    adatom_explanation_free(e);
    own->positions[2][0] = 5;
    assert_int_equal(adatom_explain(in_folder("run"), &question, &e), ADATOM_INVALID_INPUT);
    assert_non_null(strstr(adatom_error_message(), "no Kr within 0.3 Å of atom 1"));
    adatom_structure_free(own);
}

static void expect_refused(const adatom_explain_question *question, const char *message)
{
    adatom_explanation *e = NULL;
    assert_int_equal(adatom_explain(in_folder("run"), question, &e), ADATOM_INVALID_INPUT);
    assert_null(e);
    if (strstr(adatom_error_message(), message) == NULL) {
        fail_msg("%s", adatom_error_message());
    }
}

static void what_cannot_be_asked(void **state)
{
    (void)state;
    expect_refused(&(adatom_explain_question){.has_step = true, .step = 4},
                   "step 4, expected 0 to 3");
    expect_refused(&(adatom_explain_question){.element = 6}, "the agent does not place C");
    adatom_explanation *e = NULL;
    const adatom_explain_question question = {.structure = NULL};
    assert_int_equal(adatom_explain(in_folder("nowhere"), &question, &e), ADATOM_INVALID_INPUT);
}

/* One-hot, no bias anywhere: the atoms have all of it, after training too. */
static void without_biases_all_is_of_the_atoms(void **state)
{
    (void)state;
    adatom_search_options options = searched();
    adatom_search_state end;
    options.image_kind = 0;
    options.image_bias = 0;
    options.network_biases = false;
    assert_int_equal(adatom_search_run(&options, in_folder("unbiased"), NULL, &end), ADATOM_OK);
    const adatom_explain_question question = {.structure = NULL};
    adatom_explanation *e = explain(in_folder("unbiased"), &question);
    check_sum(e);
    assert_true(fabs(e->value) > 1e-3);
    assert_true(e->empty == 0 && e->biases == 0);
    adatom_explanation_free(e);
}

/* The same for every kind of image: agr, displaced, angular. */
static void images_that_are_trained(void **state)
{
    (void)state;
    for (int kind = 2; kind < 5; kind++) {
        adatom_search_options options = searched();
        adatom_search_state end;
        char run[PATH_SIZE];
        const adatom_explain_question question = {.structure = NULL};
        snprintf(run, sizeof run, "%s/trained-%d", folder, kind);
        options.image_kind = kind;
        assert_int_equal(adatom_search_run(&options, run, NULL, &end), ADATOM_OK);
        adatom_explanation *e = explain(run, &question);
        check_sum(e);
        assert_true(fabs(e->relevance[e->structure->atom_count - 1]) > 0);
        adatom_explanation_free(e);
    }
}

/* Four atoms in a box: one more direction of the maps and of the place that is asked for. */
static void a_search_in_space(void **state)
{
    (void)state;
    enum { SIDE = 7 };
    adatom_search_options options = small_search();
    adatom_search_state end;
    options.system_cell = NUMBERS(8, 8, 8);
    options.grid_dimensions = 3;
    options.grid_shape = NUMBERS(SIDE, SIDE, SIDE);
    options.network_filter_pixels = NUMBERS(3);
    options.image_size = 3;
    options.stop_episodes = 12;
    assert_int_equal(adatom_search_run(&options, in_folder("space"), NULL, &end), ADATOM_OK);
    const adatom_explain_question questions[] = {{.structure = NULL},
                                                 {.element = 18, .place = {1.2, 3.5, 6.8}}};
    for (int i = 0; i < 2; i++) {
        adatom_explanation *e = explain(in_folder("space"), &questions[i]);
        const int *at = e->action + 1;
        const float q = e->q[(at[0] * SIDE + at[1]) * SIDE + at[2]];
        double sum = e->empty + e->biases;
        assert_int_equal(e->dimensions, 3);
        assert_int_equal(e->structure->atom_count, 3);
        for (size_t a = 0; a < 3; a++) {
            sum += e->relevance[a];
        }
        assert_true(fabs(sum - e->value) < 1e-6);
        assert_true(fabs((double)q - e->value) < 1e-5);
        for (int k = 0; i == 1 && k < 3; k++) {
            const double place = e->origin[k] + at[0] * e->vectors[0][k] +
                                 at[1] * e->vectors[1][k] + at[2] * e->vectors[2][k];
            assert_true(fabs(place - questions[1].place[k]) <= 0.5 * 8.0 / (SIDE - 1));
        }
        assert_true(i == 1 || e->greedy);
        adatom_explanation_free(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_greedy_action_of_the_best_build),
        cmocka_unit_test(a_given_place),
        cmocka_unit_test(a_structure_of_ones_own),
        cmocka_unit_test(what_cannot_be_asked),
        cmocka_unit_test(without_biases_all_is_of_the_atoms),
        cmocka_unit_test(images_that_are_trained),
        cmocka_unit_test(a_search_in_space),
    };
    return cmocka_run_group_tests(tests, make_run, remove_folder);
}
