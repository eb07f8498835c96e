/* Structures: new ones are empty, copies stand alone, formulas are in Hill order. */
#include "crystals.h"

static void test_a_new_structure_is_zero(void **state)
{
    (void)state;
    adatom_structure *structure;
    assert_int_equal(adatom_structure_create(3, &structure), ADATOM_OK);
    assert_int_equal(structure->atom_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(structure->atomic_numbers[i], 0);
        for (int x = 0; x < 3; x++) {
            assert_near(structure->positions[i][x], 0, 0);
            assert_near(structure->cell[i][x], 0, 0);
        }
        assert_false(structure->periodic[i]);
    }
    adatom_structure_free(structure);
    assert_int_equal(adatom_structure_create(0, &structure), ADATOM_OK);
    adatom_structure_free(structure);
    adatom_structure_free(NULL);
}

static void test_a_huge_structure_is_refused(void **state)
{
    (void)state;
    adatom_structure *structure = NULL;
    assert_int_equal(adatom_structure_create(SIZE_MAX / 8, &structure), ADATOM_OUT_OF_MEMORY);
    assert_null(structure);
}

static void test_a_copy_stands_alone(void **state)
{
    (void)state;
    adatom_structure *original = make_graphene(4.27, 7.40 / 3, 2, 3), *copy;
    assert_int_equal(adatom_structure_copy(original, &copy), ADATOM_OK);
    const double before = original->positions[5][1];
    copy->positions[5][1] += 1;
    copy->atomic_numbers[0] = 7;
    assert_near(original->positions[5][1], before, 0);
    assert_int_equal(original->atomic_numbers[0], 6);
    assert_memory_equal(copy->cell, original->cell, sizeof copy->cell);
    assert_memory_equal(copy->periodic, original->periodic, sizeof copy->periodic);
    assert_int_equal(copy->atom_count, 24);
    adatom_structure_free(original);
    adatom_structure_free(copy);
}

static void expect_formula(const char *symbols, size_t size, const char *expected)
{
    adatom_structure *structure;
    assert_int_equal(adatom_structure_create(strlen(symbols) / 2, &structure), ADATOM_OK);
    for (size_t i = 0; i < structure->atom_count; i++) {
        char symbol[3] = {symbols[2 * i], symbols[2 * i + 1], '\0'};
        symbol[1] = symbol[1] == ' ' ? '\0' : symbol[1];
        structure->atomic_numbers[i] = adatom_element_number(symbol);
    }
    char text[32] = "unset";
    adatom_structure_formula(structure, text, size);
    assert_string_equal(text, expected);
    adatom_structure_free(structure);
}

static void test_formulas_are_in_hill_order(void **state)
{
    (void)state;
    expect_formula("O C H H O C H H C ", 32, "C3H4O2");
    expect_formula("H O H ", 32, "H2O");
    expect_formula("C N B ", 32, "CBN");
    expect_formula("ClNaH ", 32, "ClHNa");
    expect_formula("O AgO AgAg", 32, "Ag3O2");
    expect_formula("", 32, "");
    expect_formula("C C H H H H ", 4, "C2H");
    expect_formula("C C ", 1, "");
    expect_formula("C C ", 0, "unset");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_structure_is_zero),
        cmocka_unit_test(test_a_huge_structure_is_refused),
        cmocka_unit_test(test_a_copy_stands_alone),
        cmocka_unit_test(test_formulas_are_in_hill_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
