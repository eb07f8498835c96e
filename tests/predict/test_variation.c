/* Views of a structure keep all distances and what is within the cell, and each symmetry of the
 * empty cell comes up. */
#include "predict/variation.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ATOMS = 5, DRAWS = 600, SEEN_MAX = 64 };

typedef struct example {
    double cell[3][3];
    bool periodic[3];
    int dimensions;
    size_t symmetries;
} example;

static const example examples[] = {
    {{{4, 0, 0}, {0, 4, 0}, {0, 0, 9}}, {false, false, false}, 2, 8},
    {{{4, 0, 0}, {0, 5, 0}, {0, 0, 9}}, {true, true, false}, 2, 4},
    {{{4, 0, 0}, {0, 4, 0}, {0, 0, 9}}, {true, false, false}, 2, 4},
    {{{4, 0, 0}, {1, 5, 0}, {0, 0, 9}}, {true, true, false}, 2, 2},
    {{{4, 0, 0}, {2, 3.4641016151377544, 0}, {0, 0, 9}}, {true, true, false}, 2, 4},
    {{{4, 0, 0}, {0, 4, 0}, {0, 0, 4}}, {true, true, true}, 3, 48},
    {{{4, 0, 0}, {0, 5, 0}, {0, 0, 6}}, {false, false, false}, 3, 8},
};

static adatom_structure *make_structure(const example *e)
{
    adatom_structure *structure;
    assert_int_equal(adatom_structure_create(ATOMS, &structure), ADATOM_OK);
    memcpy(structure->cell, e->cell, sizeof e->cell);
    memcpy(structure->periodic, e->periodic, sizeof e->periodic);
    adatom_random random;
    adatom_random_seed(&random, 4, 0);
    for (int i = 0; i < ATOMS; i++) {
        for (int d = 0; d < 3; d++) {
            const double at = adatom_random_uniform(&random);
            for (int k = 0; k < 3; k++) {
                structure->positions[i][k] += at * e->cell[d][k];
            }
        }
    }
    return structure;
}

static double distance(const double a[3], const double b[3])
{
    return sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2));
}

/* Boxes stay boxes: of a rectangular cell without periodic directions. */
static void check_within(const example *e, double (*positions)[3])
{
    for (int i = 0; i < ATOMS; i++) {
        for (int d = 0; d < 3; d++) {
            assert_true(positions[i][d] >= -1e-9 && positions[i][d] <= e->cell[d][d] + 1e-5);
        }
    }
}

static void check_example(const example *e)
{
    adatom_structure *structure = make_structure(e);
    adatom_random random;
    adatom_random_seed(&random, 9, 0);
    double seen[SEEN_MAX][3][3], positions[ATOMS][3];
    size_t count = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
        const adatom_variation variation =
            adatom_variation_draw(structure, e->dimensions, true, true, &random);
        adatom_variation_positions(&variation, ATOMS, structure->positions, positions);
        for (int i = 0; i < ATOMS; i++) {
            for (int j = 0; j < i; j++) {
                assert_float_equal(distance(positions[i], positions[j]),
                                   distance(structure->positions[i], structure->positions[j]),
                                   1e-5);
            }
        }
        if (!e->periodic[0]) {
            check_within(e, positions);
        }
        size_t at = 0;
        while (at < count && memcmp(seen[at], variation.turn, sizeof seen[at]) != 0) {
            at++;
        }
        if (at == count && count < SEEN_MAX) {
            memcpy(seen[count++], variation.turn, sizeof variation.turn);
        }
    }
    assert_int_equal(count, e->symmetries);
    adatom_structure_free(structure);
}

static void test_views_keep_what_counts(void **state)
{
    (void)state;
    for (size_t e = 0; e < sizeof examples / sizeof examples[0]; e++) {
        check_example(&examples[e]);
    }
}

static void test_vectors_turn_with_the_atoms(void **state)
{
    (void)state;
    adatom_structure *structure = make_structure(&examples[5]);
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    const adatom_variation variation = adatom_variation_draw(structure, 3, true, true, &random);
    double positions[ATOMS][3], vectors[ATOMS][3], turned[ATOMS][3];
    adatom_variation_positions(&variation, ATOMS, structure->positions, positions);
    for (int i = 0; i < ATOMS; i++) {
        for (int k = 0; k < 3; k++) {
            vectors[i][k] = structure->positions[i][k] - structure->positions[0][k];
        }
    }
    adatom_variation_vectors(&variation, ATOMS, vectors, turned);
    for (int i = 0; i < ATOMS; i++) {
        for (int k = 0; k < 3; k++) {
            assert_float_equal(turned[i][k], positions[i][k] - positions[0][k], 1e-5);
        }
    }
    adatom_structure_free(structure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views_keep_what_counts),
        cmocka_unit_test(test_vectors_turn_with_the_atoms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
