/* Lennard-Jones: energies in closed form, forces, invariances. */
#include "energies.h"

static double pair_term(double epsilon, double sigma, double distance)
{
    const double power = pow(sigma / distance, 6);
    return 4 * epsilon * (power * power - power);
}

static adatom_structure *make_pair(double distance)
{
    adatom_structure *pair;
    assert_int_equal(adatom_structure_create(2, &pair), ADATOM_OK);
    pair->atomic_numbers[0] = 18;
    pair->atomic_numbers[1] = 2; /* all elements are alike */
    pair->positions[1][0] = distance * 0.6;
    pair->positions[1][2] = distance * 0.8;
    return pair;
}

static void test_a_pair(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("lj:epsilon=0.7,sigma=1.2,cutoff=4");
    for (double distance = 0.9; distance < 4.5; distance += 0.17) {
        adatom_structure *pair = make_pair(distance);
        const double expected =
            distance < 4 ? pair_term(0.7, 1.2, distance) - pair_term(0.7, 1.2, 4) : 0;
        assert_near(energy_of(evaluator, pair), expected, 1e-11 * (1 + fabs(expected)));
        adatom_structure_free(pair);
    }
    adatom_evaluator_free(evaluator);
}

static void test_defaults_are_reduced_units_and_three_sigma(void **state)
{
    (void)state;
    adatom_evaluator *plain = open_evaluator("lj");
    adatom_evaluator *wide = open_evaluator("lj:sigma=2");
    adatom_structure *pair = make_pair(1.5);
    assert_near(energy_of(plain, pair), pair_term(1, 1, 1.5) - pair_term(1, 1, 3), 1e-13);
    adatom_structure_free(pair);
    pair = make_pair(5.9);
    assert_near(energy_of(plain, pair), 0, 0);
    assert_near(energy_of(wide, pair), pair_term(1, 2, 5.9) - pair_term(1, 2, 6), 1e-13);
    adatom_structure_free(pair);
    adatom_evaluator_free(plain);
    adatom_evaluator_free(wide);
}

/* Per atom half of 12, 6 and 24 neighbours at a / sqrt(2), a and a sqrt(3/2). */
static void test_a_crystal(void **state)
{
    (void)state;
    const double a = 1.6, cutoff = 2.1;
    adatom_evaluator *evaluator = open_evaluator("lj:cutoff=2.1");
    adatom_structure *crystal = make_fcc(18, a, 1);
    const double shift = pair_term(1, 1, cutoff);
    const double expected = 6 * (pair_term(1, 1, a / sqrt(2)) - shift) +
                            3 * (pair_term(1, 1, a) - shift) +
                            12 * (pair_term(1, 1, a * sqrt(1.5)) - shift);
    assert_near(energy_of(evaluator, crystal) / 4, expected, 1e-12);
    adatom_structure_free(crystal);
    adatom_evaluator_free(evaluator);
}

static void test_forces_and_invariances(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("lj:epsilon=0.5,sigma=1.1,cutoff=2.75");
    adatom_structure *crystal = make_fcc(18, 1.75, 2);
    shake(crystal, 0.1, 3);
    check_forces(evaluator, crystal, 1e-6);
    check_translations(evaluator, crystal);
    check_extensivity(evaluator, crystal, (int[3]){2, 1, 3});
    adatom_structure_free(crystal);
    adatom_evaluator_free(evaluator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pair),
        cmocka_unit_test(test_defaults_are_reduced_units_and_three_sigma),
        cmocka_unit_test(test_a_crystal),
        cmocka_unit_test(test_forces_and_invariances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
