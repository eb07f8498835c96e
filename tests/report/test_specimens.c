/* Structures in words, and which of them are the same. */
#include "report/specimens.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

static adatom_structure *make_structure(size_t count, int atomic_number, double a, double b,
                                        bool periodic)
{
    adatom_structure *structure = NULL;
    assert_int_equal(adatom_structure_create(count, &structure), ADATOM_OK);
    structure->cell[0][0] = a;
    structure->cell[1][1] = b;
    structure->cell[2][2] = 12;
    structure->periodic[0] = structure->periodic[1] = periodic;
    for (size_t i = 0; i < count; i++) {
        structure->atomic_numbers[i] = atomic_number;
    }
    return structure;
}

/* Graphene, 4 atoms times 2 x 3. */
static adatom_structure *make_honeycomb(void)
{
    const double bond = 1.42, basis[4][2] = {{0, 0}, {1 / 3.0, 0}, {0.5, 0.5}, {5 / 6.0, 0.5}};
    const double a = 3 * bond, b = sqrt(3) * bond;
    adatom_structure *structure = make_structure(24, 6, 2 * a, 3 * b, true);
    for (int i = 0; i < 24; i++) {
        structure->positions[i][0] = a * (basis[i % 4][0] + i / 4 % 2) + 0.3;
        structure->positions[i][1] = b * (basis[i % 4][1] + i / 8) + 0.2;
        structure->positions[i][2] = 6;
    }
    return structure;
}

static void assert_words(adatom_structure *structure, const char *expected)
{
    char words[512];
    adatom_specimen specimen;
    assert_int_equal(adatom_specimen_create(structure, true, -1, 0, &specimen), ADATOM_OK);
    adatom_specimen_describe(&specimen, words, sizeof words);
    assert_string_equal(words, expected);
    adatom_specimen_clear(&specimen);
}

static void test_lattices_have_names(void **state)
{
    (void)state;
    assert_words(make_honeycomb(),
                 "honeycomb: every atom has three neighbours, all 12 rings are hexagons");
    adatom_structure *square = make_structure(36, 6, 9, 9, true);
    for (int i = 0; i < 36; i++) {
        square->positions[i][0] = 1.5 * (i % 6);
        square->positions[i][1] = 1.5 * (i / 6);
    }
    assert_words(square, "square lattice: every atom has four neighbours");
}

static void test_molecules_in_words(void **state)
{
    (void)state;
    adatom_structure *triangle = make_structure(3, 6, 0, 0, false);
    for (int i = 0; i < 3; i++) {
        triangle->positions[i][0] = 0.8 * cos(2 * M_PI * i / 3);
        triangle->positions[i][1] = 0.8 * sin(2 * M_PI * i / 3);
    }
    assert_words(triangle, "every atom has two neighbours; 1 triangle");
    adatom_structure *chain = make_structure(5, 6, 0, 0, false);
    for (int i = 0; i < 5; i++) {
        chain->positions[i][0] = i < 3 ? 1.4 * i : 20 + 1.4 * i;
    }
    assert_words(chain, "4 atoms have one neighbour, 1 has two; no rings; 2 separate pieces");
}

/* The same structure, moved, wrapped, mirrored and with its atoms in another order. */
static adatom_structure *disguise(const adatom_structure *structure)
{
    adatom_structure *copy = NULL;
    assert_int_equal(adatom_structure_copy(structure, &copy), ADATOM_OK);
    const size_t count = structure->atom_count;
    for (size_t i = 0; i < count; i++) {
        const size_t from = (7 * i + 3) % count;
        copy->atomic_numbers[i] = structure->atomic_numbers[from];
        copy->positions[i][0] = 5.1 - structure->positions[from][0];
        copy->positions[i][1] = structure->positions[from][1] - 20.7;
        copy->positions[i][2] = structure->positions[from][2];
    }
    return copy;
}

static void test_same_is_seen_through_disguise(void **state)
{
    (void)state;
    adatom_structure *honeycomb = make_honeycomb();
    honeycomb->atomic_numbers[5] = 7;
    adatom_specimen first, second, other;
    assert_int_equal(adatom_specimen_create(disguise(honeycomb), true, -170, 2, &second),
                     ADATOM_OK);
    adatom_structure *changed = disguise(honeycomb);
    changed->positions[4][0] += 0.7;
    assert_int_equal(adatom_specimen_create(changed, true, -169, 3, &other), ADATOM_OK);
    assert_int_equal(adatom_specimen_create(honeycomb, true, -171, 1, &first), ADATOM_OK);
    assert_true(adatom_specimen_same(&first, &second));
    assert_false(adatom_specimen_same(&first, &other));
    adatom_specimen_clear(&first);
    adatom_specimen_clear(&second);
    adatom_specimen_clear(&other);
}

/* Atoms are drawn inside the cell, wherever the run left them. */
static void test_atoms_are_wrapped(void **state)
{
    (void)state;
    adatom_structure *honeycomb = make_honeycomb();
    for (size_t i = 0; i < honeycomb->atom_count; i++) {
        honeycomb->positions[i][0] -= 30;
        honeycomb->positions[i][1] += 50;
        honeycomb->positions[i][2] += 50;
    }
    adatom_specimen specimen;
    assert_int_equal(adatom_specimen_create(honeycomb, false, 0, -1, &specimen), ADATOM_OK);
    for (size_t i = 0; i < specimen.structure->atom_count; i++) {
        for (int k = 0; k < 2; k++) {
            assert_true(specimen.structure->positions[i][k] > -1e-4);
            assert_true(specimen.structure->positions[i][k] < specimen.structure->cell[k][k]);
        }
        assert_true(specimen.structure->positions[i][2] == 56);
    }
    adatom_specimen_clear(&specimen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lattices_have_names),
        cmocka_unit_test(test_molecules_in_words),
        cmocka_unit_test(test_same_is_seen_through_disguise),
        cmocka_unit_test(test_atoms_are_wrapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
