/* Energies of atoms add up to the energy, and the virial is its slope with the strain, whatever the
 * evaluator and the cell. */
#include "energies.h"

static adatom_structure *shaken(adatom_structure *structure)
{
    shake(structure, 0.12, 4);
    return structure;
}

/* A crystal in a cell that is skewed, and no multiple of anything. */
static adatom_structure *make_skewed(int atomic_number, double a)
{
    adatom_structure *crystal = shaken(make_fcc(atomic_number, a, 1));
    adatom_structure *first = strained(crystal, 0, 1, 0.11);
    adatom_structure *second = strained(first, 2, 0, -0.07);
    adatom_structure_free(crystal);
    adatom_structure_free(first);
    return second;
}

/* Frees the structure. */
static void check_spec(const char *spec, adatom_structure *structure, bool with_energies,
                       double tolerance)
{
    adatom_evaluator *evaluator = open_evaluator(spec);
    check_properties(evaluator, structure, with_energies, tolerance);
    adatom_structure_free(structure);
    adatom_evaluator_free(evaluator);
}

static void test_lennard_jones(void **state)
{
    (void)state;
    check_spec("lj:epsilon=0.01,sigma=3.4,cutoff=7.5", make_skewed(18, 5.3), true, 1e-6);
}

static void test_models_of_kim(void **state)
{
    (void)state;
    check_spec("kim:Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC",
               shaken(make_oblique_graphene(1, 1)), true, 1e-5);
    check_spec("kim:SW_StillingerWeber_1985_Si", shaken(make_diamond(14, 5.431, 1)), true, 1e-5);
    check_spec("kim:EAM_Dynamo_FoilesBaskesDaw_1986Universal3_Pt", make_skewed(78, 3.95), true,
               1e-5);
    check_spec("kim:MEAM_LAMMPS_JeongLee_2020_PtC", make_skewed(78, 3.95), true, 1e-5);
}

/* Far from the origin no digits are lost. */
static void test_the_origin_does_not_matter(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("kim:SW_StillingerWeber_1985_Si");
    adatom_structure *silicon = shaken(make_diamond(14, 5.431, 1));
    double virial[3][3], moved[3][3];
    adatom_properties here = {.virial = virial}, there = {.virial = moved};
    assert_int_equal(adatom_evaluator_compute_properties(evaluator, silicon, &here), ADATOM_OK);
    for (size_t i = 0; i < silicon->atom_count; i++) {
        silicon->positions[i][1] += 1e4;
    }
    assert_int_equal(adatom_evaluator_compute_properties(evaluator, silicon, &there), ADATOM_OK);
    for (int i = 0; i < 9; i++) {
        assert_near(moved[i / 3][i % 3], virial[i / 3][i % 3], 1e-8);
    }
    adatom_structure_free(silicon);
    adatom_evaluator_free(evaluator);
}

static void test_stress(void **state)
{
    (void)state;
    const double virial[3][3] = {{24, 0, -6}, {0, 12, 0}, {-6, 0, 48}};
    double stress[3][3] = {{0}};
    adatom_structure *box = make_skewed(18, 4);
    memset(box->cell, 0, sizeof box->cell);
    box->cell[0][1] = 2; /* a left-handed cell of 24 Å^3 */
    box->cell[1][0] = 3;
    box->cell[2][2] = 4;
    assert_true(adatom_stress_from_virial(box, virial, stress));
    for (int i = 0; i < 9; i++) {
        assert_near(stress[i / 3][i % 3], -virial[i / 3][i % 3] / 24, 1e-15);
    }
    box->cell[2][2] = 0;
    assert_false(adatom_stress_from_virial(box, virial, stress));
    box->cell[2][2] = 4;
    memset(box->periodic, 0, sizeof box->periodic);
    assert_false(adatom_stress_from_virial(box, virial, stress));
    adatom_structure_free(box);
}

/* Whatever ASE's calculators tell comes through; EMT knows all three, and its stress. */
static void test_a_program(void **state)
{
    (void)state;
    check_spec("command:" ADATOM_PYTHON " -B " ADATOM_CALCULATOR " emt", make_skewed(29, 3.6), true,
               1e-5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lennard_jones),
        cmocka_unit_test(test_models_of_kim),
        cmocka_unit_test(test_the_origin_does_not_matter),
        cmocka_unit_test(test_stress),
        cmocka_unit_test(test_a_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
