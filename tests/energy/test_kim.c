/* KIM models of four families: forces, invariances, known structures; errors in one line. */
#include "energies.h"

#include "energy/kim_library.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char tersoff_carbon[] = "kim:Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC";
static const char sw_silicon[] = "kim:SW_StillingerWeber_1985_Si";
static const char eam_platinum[] = "kim:EAM_Dynamo_FoilesBaskesDaw_1986Universal3_Pt";
static const char meam_platinum[] = "kim:MEAM_LAMMPS_JeongLee_2020_PtC";

/* All that holds for every model; frees the structure. */
static void check_model(const char *spec, adatom_structure *structure, const int copies[3])
{
    adatom_evaluator *evaluator = open_evaluator(spec);
    check_forces(evaluator, structure, 2e-5);
    check_translations(evaluator, structure);
    check_extensivity(evaluator, structure, copies);
    adatom_structure_free(structure);
    adatom_evaluator_free(evaluator);
}

static adatom_structure *shaken(adatom_structure *structure)
{
    shake(structure, 0.12, 4);
    return structure;
}

static void test_tersoff_carbon(void **state)
{
    (void)state;
    check_model(tersoff_carbon, shaken(make_graphene(4.27, 7.40 / 3, 2, 3)), (int[3]){2, 2, 1});
    check_model(tersoff_carbon, shaken(make_oblique_graphene(1, 1)), (int[3]){2, 2, 1});
}

static void test_stillinger_weber_silicon(void **state)
{
    (void)state;
    check_model(sw_silicon, shaken(make_diamond(14, 5.431, 1)), (int[3]){2, 2, 1});
}

static void test_eam_platinum(void **state)
{
    (void)state;
    check_model(eam_platinum, shaken(make_fcc(78, 3.92, 1)), (int[3]){2, 2, 1});
}

/* Needs the neighbours of images too. */
static void test_meam_platinum(void **state)
{
    (void)state;
    check_model(meam_platinum, shaken(make_fcc(78, 3.92, 1)), (int[3]){2, 2, 1});
    adatom_structure *mixture = shaken(make_fcc(78, 4.1, 1));
    mixture->atomic_numbers[2] = 6;
    check_model(meam_platinum, mixture, (int[3]){1, 2, 2});
}

/* A cluster without a cell, cut from the crystal. */
static void test_a_cluster(void **state)
{
    (void)state;
    adatom_structure *cluster = shaken(make_diamond(14, 5.431, 1));
    memset(cluster->cell, 0, sizeof cluster->cell);
    memset(cluster->periodic, 0, sizeof cluster->periodic);
    check_model(sw_silicon, cluster, (int[3]){1, 1, 1});
}

/* Two epsilon (2.1683 eV) per atom at 5.431 Å: Stillinger and Weber, Phys. Rev. B 31, 5262 (1985).
 */
static void test_the_cohesive_energy_of_silicon(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator(sw_silicon);
    adatom_structure *silicon = make_diamond(14, 5.43095, 1);
    assert_near(energy_of(evaluator, silicon) / 8, -4.3366, 1e-3);
    adatom_structure_free(silicon);
    adatom_evaluator_free(evaluator);
}

/* Graphene at -7.35 eV per atom; stretched or buckled it is higher. */
static void test_graphene_is_a_minimum(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator(tersoff_carbon);
    adatom_structure *flat = make_graphene(4.27, 7.40 / 3, 2, 3);
    const double energy = energy_of(evaluator, flat);
    assert_near(energy / 24, -7.35, 0.05);
    shake(flat, 0.05, 5);
    assert_true(energy_of(evaluator, flat) > energy + 0.1);
    adatom_structure_free(flat);
    adatom_evaluator_free(evaluator);
}

/* One evaluator, structures of different sizes in turn: nothing is carried over. */
static void test_reuse(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator(tersoff_carbon);
    adatom_structure *small = shaken(make_oblique_graphene(1, 1));
    adatom_structure *large = shaken(make_graphene(4.26, 2.46, 4, 6));
    const double small_energy = energy_of(evaluator, small);
    const double large_energy = energy_of(evaluator, large);
    for (int i = 0; i < 3; i++) {
        assert_near(energy_of(evaluator, small), small_energy, 0);
        assert_near(energy_of(evaluator, large), large_energy, 0);
    }
    adatom_structure_free(small);
    adatom_structure_free(large);
    adatom_evaluator_free(evaluator);
}

static void test_the_full_name_is_the_same_model(void **state)
{
    (void)state;
    char *name = NULL, spec[512];
    adatom_kim_enter();
    assert_int_equal(adatom_kim_find_model("SW_StillingerWeber_1985_Si", &name), ADATOM_OK);
    adatom_kim_leave();
    assert_memory_equal(name, "SW_StillingerWeber_1985_Si__MO_405512056662_", 44);
    snprintf(spec, sizeof spec, "kim:%s", name);
    free(name);
    adatom_evaluator *brief = open_evaluator(sw_silicon), *full = open_evaluator(spec);
    adatom_structure *silicon = shaken(make_diamond(14, 5.431, 1));
    assert_near(energy_of(full, silicon), energy_of(brief, silicon), 0);
    adatom_structure_free(silicon);
    adatom_evaluator_free(brief);
    adatom_evaluator_free(full);
}

static void test_errors_in_one_line(void **state)
{
    (void)state;
    expect_no_evaluator("kim:Tersof_LAMMPS_AlbeNordlundAverback_2002_ptc", ADATOM_INVALID_INPUT,
                        "no KIM model \"Tersof_LAMMPS_AlbeNordlundAverback_2002_ptc\" is installed "
                        "(the Debian package openkim-models holds the models); the nearest "
                        "installed is Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC");
    expect_no_evaluator("kim:a potential of my own making, not in any archive",
                        ADATOM_INVALID_INPUT,
                        "no KIM model \"a potential of my own making, not in any archive\" is "
                        "installed (the Debian package openkim-models holds the models)");
    static const char *const nameless[] = {"kim", "kim:", "kim:model=SW_StillingerWeber_1985_Si"};
    for (size_t i = 0; i < sizeof nameless / sizeof nameless[0]; i++) {
        expect_no_evaluator(nameless[i], ADATOM_INVALID_INPUT,
                            "kim wants the name of a model: kim:MODEL (the Debian package "
                            "openkim-models holds the models)");
    }
    expect_no_evaluator("kim:Sim_LAMMPS_ADP_ApostolMishin_2011_AlCu", ADATOM_UNSUPPORTED,
                        "the KIM model \"Sim_LAMMPS_ADP_ApostolMishin_2011_AlCu\" runs only inside "
                        "a certain simulator; portable models (__MO_) are needed");
}

static void test_a_species_that_the_model_does_not_know(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator(tersoff_carbon);
    adatom_structure *silicon = make_diamond(14, 5.431, 1);
    double energy = -1;
    assert_int_equal(adatom_evaluator_compute(evaluator, silicon, &energy, NULL),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(
        adatom_error_message(),
        "the KIM model Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC does not know Si; "
        "it knows: C Pt");
    assert_near(energy, -1, 0);
    adatom_structure_free(silicon);
    adatom_evaluator_free(evaluator);
}

/* The KIM library likes to write kim.log where one stands. */
static void test_no_log_file_appears(void **state)
{
    (void)state;
    char folder[] = "/tmp/adatom-test-XXXXXX", before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    test_errors_in_one_line(state);
    test_a_species_that_the_model_does_not_know(state);
    test_the_cohesive_energy_of_silicon(state);
    assert_int_not_equal(access("kim.log", F_OK), 0);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(rmdir(folder), 0); /* refuses if there is any file at all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tersoff_carbon),
        cmocka_unit_test(test_stillinger_weber_silicon),
        cmocka_unit_test(test_eam_platinum),
        cmocka_unit_test(test_meam_platinum),
        cmocka_unit_test(test_a_cluster),
        cmocka_unit_test(test_the_cohesive_energy_of_silicon),
        cmocka_unit_test(test_graphene_is_a_minimum),
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_the_full_name_is_the_same_model),
        cmocka_unit_test(test_errors_in_one_line),
        cmocka_unit_test(test_a_species_that_the_model_does_not_know),
        cmocka_unit_test(test_no_log_file_appears),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
