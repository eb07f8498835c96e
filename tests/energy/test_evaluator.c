/* The way from a spec to an evaluator, and what is checked for every kind. */
#include "energies.h"

static void test_unknown_kinds(void **state)
{
    (void)state;
    expect_no_evaluator(
        "dft:pbe", ADATOM_INVALID_INPUT,
        "unknown evaluator \"dft\"; known: kim xtb lj command ipi lammps model plugin process");
    expect_no_evaluator(
        "", ADATOM_INVALID_INPUT,
        "unknown evaluator \"\"; known: kim xtb lj command ipi lammps model plugin process");
    expect_no_evaluator(
        ":", ADATOM_INVALID_INPUT,
        "unknown evaluator \"\"; known: kim xtb lj command ipi lammps model plugin process");
}

static void test_bad_arguments(void **state)
{
    (void)state;
    expect_no_evaluator("lj:epsilon=1,epsilon=2", ADATOM_INVALID_INPUT,
                        "evaluator argument \"epsilon\" is given twice");
    expect_no_evaluator("lj:epsilon=1,,sigma=2", ADATOM_INVALID_INPUT,
                        "evaluator argument \"\" is not key=value");
    expect_no_evaluator("lj:epsilon=1,sigma", ADATOM_INVALID_INPUT,
                        "evaluator argument \"sigma\" is not key=value");
    expect_no_evaluator("lj:=1", ADATOM_INVALID_INPUT,
                        "evaluator argument \"=1\" is not key=value");
    expect_no_evaluator("lj:epsilon=", ADATOM_INVALID_INPUT,
                        "evaluator argument \"epsilon=\" is not key=value");
    expect_no_evaluator("lj:eps=1", ADATOM_INVALID_INPUT,
                        "lj has no argument \"eps\"; known: epsilon sigma cutoff");
    expect_no_evaluator("lj:fast", ADATOM_INVALID_INPUT,
                        "lj has no argument \"fast\"; known: epsilon sigma cutoff");
    expect_no_evaluator("lj:sigma=1x", ADATOM_INVALID_INPUT,
                        "evaluator argument sigma=1x is not a number from 0.001 to 1000");
    expect_no_evaluator("lj:sigma=nan", ADATOM_INVALID_INPUT,
                        "evaluator argument sigma=nan is not a number from 0.001 to 1000");
    expect_no_evaluator("lj:sigma=-1", ADATOM_INVALID_INPUT,
                        "evaluator argument sigma=-1 is not a number from 0.001 to 1000");
}

static void test_all_kinds_are_described(void **state)
{
    (void)state;
    const char *text = adatom_evaluator_kinds();
    assert_non_null(strstr(text, "kim:MODEL   portable models of the KIM API"));
    assert_non_null(strstr(text, "\nlj:epsilon=E,sigma=S,cutoff=R   Lennard-Jones"));
}

static void expect_refusal(adatom_evaluator *evaluator, const adatom_structure *structure,
                           adatom_status status, const char *line)
{
    double energy = -1, forces[2][3] = {{-1, -1, -1}, {-1, -1, -1}};
    assert_int_equal(adatom_evaluator_compute(evaluator, structure, &energy, forces), status);
    assert_string_equal(adatom_error_message(), line);
    assert_near(energy, -1, 0); /* results are written only on success */
    assert_near(forces[0][0], -1, 0);
}

static void test_bad_structures(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("lj");
    adatom_structure *pair, *nothing;
    assert_int_equal(adatom_structure_create(0, &nothing), ADATOM_OK);
    expect_refusal(evaluator, nothing, ADATOM_INVALID_INPUT,
                   "a structure without atoms has no energy");
    adatom_structure_free(nothing);
    assert_int_equal(adatom_structure_create(2, &pair), ADATOM_OK);
    pair->atomic_numbers[0] = 6;
    expect_refusal(evaluator, pair, ADATOM_INVALID_INPUT, "atom 2 has no element: atomic number 0");
    pair->atomic_numbers[1] = 6;
    expect_refusal(evaluator, pair, ADATOM_EVALUATION_FAILED, "the energy is not finite");
    pair->positions[1][0] = NAN;
    expect_refusal(evaluator, pair, ADATOM_INVALID_INPUT, "the position of atom 2 is not finite");
    pair->positions[1][0] = 1;
    pair->cell[1][1] = INFINITY;
    expect_refusal(evaluator, pair, ADATOM_INVALID_INPUT, "lattice vector 2 is not finite");
    pair->cell[1][1] = 0;
    pair->periodic[1] = true;
    expect_refusal(evaluator, pair, ADATOM_INVALID_INPUT,
                   "singular cell: lattice vector 2 is periodic, but zero or dependent on the "
                   "others");
    pair->cell[1][1] = 1e-7;
    expect_refusal(evaluator, pair, ADATOM_INVALID_INPUT,
                   "the cell is too small for a range of 3 Å: 1.2e+08 images are needed");
    adatom_structure_free(pair);
    adatom_evaluator_free(evaluator);
    adatom_evaluator_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_kinds),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_all_kinds_are_described),
        cmocka_unit_test(test_bad_structures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
