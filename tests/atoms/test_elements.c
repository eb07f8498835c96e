/* The table of elements: names and numbers belong together; what is no element is said so. */
#include "assert_near.h"

#include "adatom/structure.h"

static void test_symbols_and_numbers_belong_together(void **state)
{
    (void)state;
    for (int number = 1; number <= ADATOM_ELEMENT_COUNT; number++) {
        assert_int_equal(adatom_element_number(adatom_element_symbol(number)), number);
    }
    assert_string_equal(adatom_element_symbol(6), "C");
    assert_string_equal(adatom_element_symbol(78), "Pt");
    assert_int_equal(adatom_element_number("Og"), 118);
}

static void test_what_is_no_element(void **state)
{
    (void)state;
    static const char *const names[] = {"", "c", "PT", "Xx", "C ", " C", "Carbon", "\xff"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(adatom_element_number(names[i]), 0);
    }
    assert_int_equal(adatom_element_number(NULL), 0);
    static const int numbers[] = {0, -1, 119, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_null(adatom_element_symbol(numbers[i]));
        assert_near(adatom_element_covalent_radius(numbers[i]), 0.2, 0);
        assert_near(adatom_element_mass(numbers[i]), 0, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symbols_and_numbers_belong_together),
        cmocka_unit_test(test_what_is_no_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
