/* The store of what has been evaluated, and what counts as the same structure. */
#include "run_folder.h"
#include "search_example.h"

#include "base/random.h"
#include "search/evaluation.h"

#include <stdlib.h>

/* -- the store */

static void entries_are_found_until_they_are_the_oldest(void **state)
{
    (void)state;
    enum { CAPACITY = 100, KEYS = 1000 };
    adatom_cache *cache;
    assert_int_equal(adatom_cache_create(2, 1, CAPACITY, &cache), ADATOM_OK);
    assert_null(adatom_cache_find(cache, (const int32_t[]){0, 0}));
    for (int32_t i = 0; i < KEYS; i++) {
        const double value = i;
        assert_int_equal(adatom_cache_add(cache, (const int32_t[]){i % 7, i}, &value), ADATOM_OK);
        for (int32_t k = 0; k <= i + 1; k++) {
            const double *found = adatom_cache_find(cache, (const int32_t[]){k % 7, k});
            if (k > i || k <= i - CAPACITY) {
                assert_null(found);
            } else {
                assert_non_null(found);
                assert_true(*found == k);
            }
        }
    }
    assert_int_equal(cache->count, CAPACITY);
    adatom_cache_free(cache);
}

/* Restored, it forgets in the same order. */
static void restored_entries_are_the_same(void **state)
{
    (void)state;
    for (int32_t written = 0; written < 12; written++) {
        adatom_cache *a, *b;
        assert_int_equal(adatom_cache_create(1, 1, 5, &a), ADATOM_OK);
        assert_int_equal(adatom_cache_create(1, 1, 5, &b), ADATOM_OK);
        for (int32_t i = 0; i < written; i++) {
            assert_int_equal(adatom_cache_add(a, &i, &(const double){i}), ADATOM_OK);
        }
        assert_int_equal(adatom_cache_reserve(b, a->count), ADATOM_OK);
        for (size_t i = 0; i < a->count; i++) {
            b->keys[i] = a->keys[i];
            b->values[i] = a->values[i];
        }
        assert_int_equal(adatom_cache_restore(b, a->count, a->next), ADATOM_OK);
        for (int32_t i = written; i < written + 7; i++) {
            assert_int_equal(adatom_cache_add(b, &i, &(const double){i}), ADATOM_OK);
            for (int32_t k = 0; k <= i; k++) {
                assert_int_equal(adatom_cache_find(b, &k) != NULL, k > i - 5);
            }
        }
        adatom_cache_free(a);
        adatom_cache_free(b);
    }
}

static void damaged_entries_are_refused(void **state)
{
    (void)state;
    adatom_cache *cache;
    assert_int_equal(adatom_cache_create(1, 1, 3, &cache), ADATOM_OK);
    assert_int_equal(adatom_cache_reserve(cache, 4), ADATOM_INVALID_INPUT);
    assert_int_equal(adatom_cache_reserve(cache, 3), ADATOM_OK);
    assert_int_equal(adatom_cache_restore(cache, 2, 0), ADATOM_INVALID_INPUT);
    assert_int_equal(adatom_cache_restore(cache, 3, 3), ADATOM_INVALID_INPUT);
    assert_int_equal(adatom_cache_restore(cache, 2, SIZE_MAX), ADATOM_INVALID_INPUT);
    cache->values[1] = NAN;
    assert_int_equal(adatom_cache_restore(cache, 2, 2), ADATOM_INVALID_INPUT);
    cache->values[1] = 0;
    assert_int_equal(adatom_cache_restore(cache, 2, 2), ADATOM_OK);
    adatom_cache_free(cache);
}

/* -- the same structure */

/* Two elements in a periodic plane, in a period of one direction, or in none. */
static adatom_search_options two_elements(bool x, bool y)
{
    adatom_search_options options = small_search();
    options.system_place =
        (adatom_composition){.count = 2, .atomic_numbers = {18, 10}, .amounts = {5, 3}};
    options.system_pbc = NUMBERS(x, y, 0);
    options.grid_shape = NUMBERS(14, 11);
    return options;
}

enum { PIXELS = 14 * 11, ATOMS = 8, NEON = 5 };

/* Different pixels in one corner of the grid, so that they can be moved; neon last. */
static void random_build(adatom_random *random, int actions[ATOMS])
{
    for (int i = 0; i < ATOMS; i++) {
        bool taken = true;
        while (taken) {
            const int pixel =
                (int)adatom_random_below(random, 6) * 11 + (int)adatom_random_below(random, 6);
            actions[i] = (i < NEON ? 0 : PIXELS) + pixel;
            taken = false;
            for (int k = 0; k < i; k++) {
                taken = taken || actions[k] % PIXELS == pixel;
            }
        }
    }
}

static void shuffle_and_move(adatom_random *random, const int steps[2], int actions[ATOMS])
{
    for (int i = ATOMS - 1; i > 0; i--) {
        const int k = (int)adatom_random_below(random, (uint64_t)i + 1), kept = actions[i];
        actions[i] = actions[k];
        actions[k] = kept;
    }
    for (int i = 0; i < ATOMS; i++) {
        const int pixel = actions[i] % PIXELS;
        const int x = (pixel / 11 + steps[0]) % 14, y = (pixel % 11 + steps[1]) % 11;
        actions[i] += x * 11 + y - pixel;
    }
}

static void order_and_translation_do_not_count(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 3, 0);
    for (int periods = 0; periods < 4; periods++) {
        const bool x = periods & 1, y = periods & 2;
        const adatom_search_options options = two_elements(x, y);
        adatom_problem *problem;
        adatom_evaluation *evaluation;
        assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
        assert_int_equal(adatom_evaluation_create(problem, &options, &evaluation), ADATOM_OK);
        for (int trial = 0; trial < 100; trial++) {
            int actions[ATOMS];
            int32_t key[ATOMS];
            double plain, energy;
            adatom_structure *built;
            adatom_evaluation_cost cost;
            random_build(&random, actions);
            assert_int_equal(adatom_problem_structure(problem, actions, ATOMS, &built), ADATOM_OK);
            assert_int_equal(adatom_evaluator_compute(evaluation->evaluator, built, &plain, NULL),
                             ADATOM_OK);
            assert_int_equal(
                adatom_evaluation_find(evaluation, actions, built, NULL, &energy, &cost),
                ADATOM_OK);
            assert_true(fabs(energy - plain) < 1e-10 * (1 + fabs(plain)));
            assert_true(cost.cached ? cost.evaluations == 0 : cost.evaluations == 1);
            memcpy(key, evaluation->canonical->key, sizeof key);
            const int steps[2] = {(int)adatom_random_below(&random, x ? 14 : 9),
                                  (int)adatom_random_below(&random, y ? 11 : 6)};
            shuffle_and_move(&random, steps, actions);
            assert_int_equal(
                adatom_evaluation_find(evaluation, actions, built, NULL, &plain, &cost), ADATOM_OK);
            assert_memory_equal(key, evaluation->canonical->key, sizeof key);
            assert_true(cost.cached && cost.evaluations == 0 && plain == energy);
            const adatom_structure *evaluated = evaluation->canonical->structure;
            assert_true(evaluated->atomic_numbers[0] == 18 &&
                        evaluated->atomic_numbers[NEON - 1] == 18);
            assert_true(evaluated->atomic_numbers[NEON] == 10 &&
                        evaluated->atomic_numbers[ATOMS - 1] == 10);
            adatom_structure_free(built);
        }
        adatom_evaluation_free(evaluation);
        adatom_problem_free(problem);
    }
}

/* Distances between all atoms do not change on the way to the canonical structure. */
static void canonical_atoms_are_those_of_the_build(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 4, 0);
    const adatom_search_options options = two_elements(false, false);
    adatom_problem *problem;
    adatom_canonical *canonical;
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_canonical_create(problem, &options, &canonical), ADATOM_OK);
    for (int trial = 0; trial < 50; trial++) {
        int actions[ATOMS];
        adatom_structure *built;
        random_build(&random, actions);
        shuffle_and_move(&random, (const int[2]){0, 0}, actions);
        assert_int_equal(adatom_problem_structure(problem, actions, ATOMS, &built), ADATOM_OK);
        adatom_canonical_take(canonical, actions);
        const adatom_structure *s = canonical->structure;
        for (size_t a = 0; a < ATOMS; a++) {
            const size_t at = canonical->built_atom[a], to = canonical->built_atom[0];
            assert_int_equal(s->atomic_numbers[a], built->atomic_numbers[at]);
            for (int k = 0; k < 3; k++) {
                const double step = s->positions[a][k] - s->positions[0][k];
                assert_true(fabs(step - (built->positions[at][k] - built->positions[to][k])) <
                            1e-12);
            }
        }
        adatom_structure_free(built);
    }
    adatom_canonical_free(canonical);
    adatom_problem_free(problem);
}

/* Where a place matters, only the order does not. */
static void places_count_where_options_say_so(void **state)
{
    (void)state;
    adatom_search_options options = two_elements(true, true);
    options.evaluation_translations = false;
    adatom_problem *problem;
    adatom_canonical *canonical;
    adatom_random random;
    adatom_random_seed(&random, 5, 0);
    assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
    assert_int_equal(adatom_canonical_create(problem, &options, &canonical), ADATOM_OK);
    for (int trial = 0; trial < 50; trial++) {
        int actions[ATOMS];
        int32_t key[ATOMS];
        random_build(&random, actions);
        adatom_canonical_take(canonical, actions);
        memcpy(key, canonical->key, sizeof key);
        shuffle_and_move(&random, (const int[2]){0, 0}, actions);
        adatom_canonical_take(canonical, actions);
        assert_memory_equal(key, canonical->key, sizeof key);
        shuffle_and_move(&random, (const int[2]){1, 0}, actions);
        adatom_canonical_take(canonical, actions);
        assert_memory_not_equal(key, canonical->key, sizeof key);
    }
    adatom_canonical_free(canonical);
    adatom_problem_free(problem);
}

/* The atom of a template counts as any other where it stands on the grid and may move. */
static void template_takes_part_where_it_can(void **state)
{
    (void)state;
    const struct {
        const char *place;
        int64_t steps;
        bool relaxed, moves;
    } cases[] = {{"0 0 6", 0, false, true},   {"0 0 6", 5, false, false},
                 {"0 0 6", 5, true, true},    {"0.1 0 6", 0, false, false},
                 {"0 0 6.1", 0, false, true}, /* the grid is at its height */
                 {"12 -12 6", 0, false, true}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        adatom_search_options options = two_elements(false, false);
        char text[200];
        snprintf(text, sizeof text, "1\nLattice=\"12 0 0 0 12 0 0 0 12\" pbc=\"T T F\"\nNe %s\n",
                 cases[c].place);
        assert_int_equal(adatom_text_file_write(in_folder("start.xyz"), text, strlen(text)),
                         ADATOM_OK);
        snprintf(options.system_template, sizeof options.system_template, "%s",
                 in_folder("start.xyz"));
        options.system_cell.count = options.system_pbc.count = 0;
        options.system_place =
            (adatom_composition){.count = 2, .atomic_numbers = {18, 10}, .amounts = {1, 1}};
        options.relax_steps = cases[c].steps;
        options.relax_template = cases[c].relaxed;
        adatom_problem *problem;
        adatom_canonical *canonical;
        assert_int_equal(adatom_problem_create(&options, &problem), ADATOM_OK);
        assert_int_equal(adatom_canonical_create(problem, &options, &canonical), ADATOM_OK);
        assert_int_equal(canonical->moves, cases[c].moves);
        /* neon at (0, 0) and (2, 3), argon at (0, 3); then seen from the other neon atom */
        const int one[2] = {0 * 11 + 3, PIXELS + 2 * 11 + 3};
        const int two[2] = {PIXELS + 12 * 11 + 8, 12 * 11 + 0};
        int32_t key[3];
        adatom_canonical_take(canonical, one);
        memcpy(key, canonical->key, canonical->count * sizeof *key);
        adatom_canonical_take(canonical, two);
        assert_int_equal(memcmp(key, canonical->key, canonical->count * sizeof *key) == 0,
                         cases[c].moves);
        assert_int_equal(canonical->structure->atomic_numbers[0], 10);
        adatom_canonical_free(canonical);
        adatom_problem_free(problem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_found_until_they_are_the_oldest),
        cmocka_unit_test(restored_entries_are_the_same),
        cmocka_unit_test(damaged_entries_are_refused),
        cmocka_unit_test(order_and_translation_do_not_count),
        cmocka_unit_test(canonical_atoms_are_those_of_the_build),
        cmocka_unit_test(places_count_where_options_say_so),
        cmocka_unit_test(template_takes_part_where_it_can),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
