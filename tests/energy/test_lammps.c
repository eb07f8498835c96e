/* Potentials of LAMMPS in cells of all kinds: the same as the same model in process, forces,
 * invariances, units, long-range sums. */
#include "lammps_fragment.h"

#include "energy/kim_library.h"

static double forces_a[ATOMS_MAX][3], forces_b[ATOMS_MAX][3];
static double energies_a[ATOMS_MAX], energies_b[ATOMS_MAX];

static void check_same(adatom_evaluator *a, adatom_evaluator *b, const adatom_structure *structure,
                       double tolerance)
{
    double virial_a[3][3], virial_b[3][3];
    adatom_properties of_a = {.forces = forces_a, .energies = energies_a, .virial = virial_a};
    adatom_properties of_b = {.forces = forces_b, .energies = energies_b, .virial = virial_b};
    assert_int_equal(adatom_evaluator_compute_properties(a, structure, &of_a), ADATOM_OK);
    const adatom_status status = adatom_evaluator_compute_properties(b, structure, &of_b);
    if (status != ADATOM_OK) {
        print_error("%s\n", adatom_error_message());
    }
    assert_int_equal(status, ADATOM_OK);
    assert_near(of_a.energy, of_b.energy, tolerance);
    assert_int_equal(of_a.has_energies, of_b.has_energies);
    assert_true(of_a.has_virial && of_b.has_virial);
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            assert_near(forces_a[i][x], forces_b[i][x], tolerance);
        }
        if (of_a.has_energies) {
            assert_near(energies_a[i], energies_b[i], tolerance);
        }
    }
    for (int i = 0; i < 9; i++) {
        assert_near(virial_a[i / 3][i % 3], virial_b[i / 3][i % 3], 1e-7);
    }
}

/* The KIM model through LAMMPS. */
static adatom_evaluator *open_kim_in_lammps(const char *name, const char *element)
{
    char text[512], *full_name = NULL;
    adatom_kim_enter();
    const adatom_status status = adatom_kim_find_model(name, &full_name);
    adatom_kim_leave();
    assert_int_equal(status, ADATOM_OK);
    snprintf(text, sizeof text, "pair_style kim %s\npair_coeff * * %s\n", full_name, element);
    free(full_name);
    const fragment made = write_fragment(text);
    adatom_evaluator *evaluator = open_fragment(&made, "");
    remove_fragment(&made);
    return evaluator;
}

/* The same crystal in cells of other shapes: far skewed, left-handed, turned. */
static void make_awkward(adatom_structure *structure)
{
    double(*cell)[3] = structure->cell, row[3];
    for (int x = 0; x < 3; x++) {
        cell[1][x] += 2 * cell[0][x];
        cell[2][x] += cell[1][x] - 3 * cell[0][x];
    }
    memcpy(row, cell[0], sizeof row);
    memcpy(cell[0], cell[1], sizeof row);
    memcpy(cell[1], row, sizeof row);
}

/* Turns the vector by some angle around some axis. */
static void turn(double vector[3])
{
    const double axis[3] = {0.48, -0.6, 0.64}, cosine = cos(2.1), sine = sin(2.1);
    const double along =
        (1 - cosine) * (axis[0] * vector[0] + axis[1] * vector[1] + axis[2] * vector[2]);
    double turned[3];
    for (int x = 0; x < 3; x++) {
        const int y = (x + 1) % 3, z = (x + 2) % 3;
        turned[x] = cosine * vector[x] + sine * (axis[y] * vector[z] - axis[z] * vector[y]) +
                    along * axis[x];
    }
    memcpy(vector, turned, sizeof turned);
}

static void turn_structure(adatom_structure *structure)
{
    for (int k = 0; k < 3; k++) {
        turn(structure->cell[k]);
    }
    for (size_t i = 0; i < structure->atom_count; i++) {
        turn(structure->positions[i]);
    }
}

/* As it is, in an awkward cell, turned, and without any cell; frees it. */
static void check_same_in_all_cells(adatom_evaluator *a, adatom_evaluator *b,
                                    adatom_structure *structure)
{
    check_same(a, b, structure, 1e-8);
    make_awkward(structure);
    check_same(a, b, structure, 1e-8);
    turn_structure(structure);
    check_same(a, b, structure, 1e-8);
    structure->periodic[1] = false;
    check_same(a, b, structure, 1e-8);
    structure->periodic[0] = false;
    check_same(a, b, structure, 1e-8);
    structure->periodic[2] = false;
    check_same(a, b, structure, 1e-8);
    adatom_structure_free(structure);
}

static adatom_structure *shaken(adatom_structure *structure)
{
    shake(structure, 0.12, 4);
    return structure;
}

static adatom_structure *make_primitive_silicon(void)
{
    const double h = 5.431 / 2, cell[3][3] = {{0, h, h}, {h, 0, h}, {h, h, 0}};
    const double motif[2][3] = {{0, 0, 0}, {0.25, 0.25, 0.25}};
    return make_crystal(cell, (bool[3]){true, true, true}, motif, 2, 14, (int[3]){1, 1, 1});
}

static adatom_structure *make_silicon(void)
{
    return make_diamond(14, 5.431, 1);
}

static adatom_structure *make_sheet(void)
{
    return make_graphene(4.27, 7.40 / 3, 2, 3);
}

static adatom_structure *make_oblique_sheet(void)
{
    return make_oblique_graphene(1, 1);
}

static adatom_structure *make_carbon_diamond(void)
{
    return make_diamond(6, 3.6, 1);
}

static adatom_structure *make_copper(void)
{
    return make_fcc(29, 3.61, 1);
}

static adatom_structure *make_platinum(void)
{
    return make_fcc(78, 3.92, 1);
}

static adatom_structure *make_nickel(void)
{
    return make_fcc(28, 3.52, 1);
}

/* One model of each family that searches use, on cells down to two atoms. */
static const struct {
    const char *model, *element;
    adatom_structure *(*make)(void);
} kim_cases[] = {
    {"SW_StillingerWeber_1985_Si", "Si", make_silicon},
    {"SW_StillingerWeber_1985_Si", "Si", make_primitive_silicon},
    {"Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC", "C", make_sheet},
    {"Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC", "C", make_oblique_sheet},
    {"Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC", "C", make_carbon_diamond},
    {"EAM_Dynamo_FoilesBaskesDaw_1986Universal3_Pt", "Pt", make_platinum},
    {"EMT_Asap_Standard_JacobsenStoltzeNorskov_1996_Cu", "Cu", make_copper},
    {"MEAM_LAMMPS_AsadiZaeemNouranian_2015_Ni", "Ni", make_nickel},
    {"hNN_WenTadmor_2019Grx_C", "C", make_sheet},
};

static void test_kim_models_are_those_of_lammps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kim_cases / sizeof kim_cases[0]; i++) {
        char spec[SPEC_BYTES];
        snprintf(spec, sizeof spec, "kim:%s", kim_cases[i].model);
        adatom_evaluator *kim = open_evaluator(spec);
        adatom_evaluator *lammps = open_kim_in_lammps(kim_cases[i].model, kim_cases[i].element);
        check_same_in_all_cells(kim, lammps, shaken(kim_cases[i].make()));
        adatom_evaluator_free(kim);
        adatom_evaluator_free(lammps);
    }
}

/* In frames and units of LAMMPS, and not of ours. */
static void test_virial_and_energies_of_atoms(void **state)
{
    (void)state;
    const fragment made = write_fragment(bn_tersoff);
    adatom_evaluator *evaluator = open_fragment(&made, "");
    adatom_structure *sheet = make_boron_nitride(2, 3);
    turn_structure(sheet);
    check_properties(evaluator, sheet, true, 1e-5);
    adatom_structure_free(sheet);
    adatom_evaluator_free(evaluator);
    remove_fragment(&made);

    const fragment real = write_fragment("units real\npair_style lj/cut 7.5\n"
                                         "pair_modify shift yes\npair_coeff * * 0.23 3.4\n");
    adatom_evaluator *argon = open_fragment(&real, ",elements=Ar");
    adatom_structure *crystal = shaken(make_fcc(18, 5.3, 1));
    make_awkward(crystal);
    turn_structure(crystal);
    check_properties(argon, crystal, true, 1e-5);
    memset(crystal->periodic, 0, sizeof crystal->periodic);
    check_properties(argon, crystal, true, 1e-5);
    adatom_structure_free(crystal);
    adatom_evaluator_free(argon);
    remove_fragment(&real);
}

static void test_several_at_once(void **state)
{
    (void)state;
    const fragment made = write_fragment(bn_tersoff);
    adatom_structure *sheet = make_boron_nitride(2, 2);
    char spec[SPEC_BYTES];
    snprintf(spec, sizeof spec, "lammps:file=%s", made.path);
    check_pool(spec, sheet, 3);
    adatom_structure_free(sheet);
    remove_fragment(&made);
}

static void test_forces_and_invariances(void **state)
{
    (void)state;
    const fragment made = write_fragment(bn_tersoff);
    adatom_evaluator *evaluator = open_fragment(&made, "");
    adatom_structure *sheet = make_boron_nitride(2, 2);
    check_forces(evaluator, sheet, 2e-5);
    check_translations(evaluator, sheet);
    check_extensivity(evaluator, sheet, (int[3]){3, 2, 1});
    adatom_structure_free(sheet);
    adatom_evaluator_free(evaluator);
    remove_fragment(&made);
}

static void test_turned_structures_have_turned_forces(void **state)
{
    (void)state;
    const fragment made = write_fragment(bn_tersoff);
    adatom_evaluator *evaluator = open_fragment(&made, "");
    adatom_structure *sheet = make_boron_nitride(2, 3);
    double energy, turned_energy;
    assert_int_equal(adatom_evaluator_compute(evaluator, sheet, &energy, forces_a), ADATOM_OK);
    turn_structure(sheet);
    assert_int_equal(adatom_evaluator_compute(evaluator, sheet, &turned_energy, forces_b),
                     ADATOM_OK);
    assert_near(turned_energy, energy, 1e-9);
    for (size_t i = 0; i < sheet->atom_count; i++) {
        turn(forces_a[i]);
        for (int x = 0; x < 3; x++) {
            assert_near(forces_b[i][x], forces_a[i][x], 1e-8);
        }
    }
    adatom_structure_free(sheet);
    adatom_evaluator_free(evaluator);
    remove_fragment(&made);
}

/* The order of the atoms is that of the structure, whatever their types. */
static void test_atoms_in_any_order(void **state)
{
    (void)state;
    const fragment made = write_fragment(bn_tersoff);
    adatom_evaluator *evaluator = open_fragment(&made, "");
    adatom_structure *sheet = make_boron_nitride(2, 2), *backwards;
    assert_int_equal(adatom_structure_copy(sheet, &backwards), ADATOM_OK);
    const size_t count = sheet->atom_count;
    for (size_t i = 0; i < count; i++) {
        backwards->atomic_numbers[i] = sheet->atomic_numbers[count - 1 - i];
        memcpy(backwards->positions[i], sheet->positions[count - 1 - i], 3 * sizeof(double));
    }
    double energy, backwards_energy;
    assert_int_equal(adatom_evaluator_compute(evaluator, sheet, &energy, forces_a), ADATOM_OK);
    assert_int_equal(adatom_evaluator_compute(evaluator, backwards, &backwards_energy, forces_b),
                     ADATOM_OK);
    assert_near(backwards_energy, energy, 1e-9);
    for (size_t i = 0; i < count; i++) {
        for (int x = 0; x < 3; x++) {
            assert_near(forces_b[i][x], forces_a[count - 1 - i][x], 1e-9);
        }
    }
    adatom_structure_free(sheet);
    adatom_structure_free(backwards);
    adatom_evaluator_free(evaluator);
    remove_fragment(&made);
}

/* Bit for bit: a run that is resumed must meet the same energies. */
static void test_nothing_is_carried_over(void **state)
{
    (void)state;
    const fragment made = write_fragment(bn_tersoff);
    adatom_structure *structures[5] = {make_boron_nitride(2, 2), make_boron_nitride(3, 2),
                                       make_boron_nitride(2, 2), make_boron_nitride(2, 2),
                                       make_boron_nitride(2, 2)};
    shake(structures[2], 0.2, 11);
    shake(structures[3], 5, 12); /* out of the plane and out of the cell */
    structures[4]->cell[0][0] += 0.01;
    double energies[5];
    for (int i = 0; i < 5; i++) {
        adatom_evaluator *fresh = open_fragment(&made, "");
        energies[i] = energy_of(fresh, structures[i]);
        adatom_evaluator_free(fresh);
    }
    adatom_evaluator *evaluator = open_fragment(&made, "");
    for (int i = 0; i < 25; i++) {
        const int next = i * i % 5 + (i * i % 5 + i) % 5 >= 5 ? 4 : (i * 7 / 3) % 5;
        assert_near(energy_of(evaluator, structures[next]), energies[next], 0);
    }
    adatom_evaluator_free(evaluator);
    for (int i = 0; i < 5; i++) {
        adatom_structure_free(structures[i]);
    }
    remove_fragment(&made);
}

/* Argon in all units, against our own Lennard-Jones potential in eV and Å. */
static void test_units(void **state)
{
    (void)state;
    static const char *const coefficients[][2] = {
        {"metal", "0.0104 3.4 8"},
        {"real", "0.23982969743021035 3.4 8"},
        {"electron", "3.821929506268119e-4 6.425068823727619 15.117808997006161"},
        {"si", "1.66626369936e-21 3.4e-10 8e-10"},
        {"cgs", "1.66626369936e-14 3.4e-8 8e-8"},
        {"micro", "1.66626369936e-6 3.4e-4 8e-4"},
        {"nano", "1.66626369936 0.34 0.8"},
    };
    adatom_evaluator *reference = open_evaluator("lj:epsilon=0.0104,sigma=3.4,cutoff=8");
    for (size_t i = 0; i < sizeof coefficients / sizeof coefficients[0]; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "units %s\npair_style lj/cut 1e-10\npair_modify shift yes\npair_coeff 1 1 %s\n",
                 coefficients[i][0], coefficients[i][1]);
        const fragment made = write_fragment(text);
        adatom_evaluator *evaluator = open_fragment(&made, ",elements=Ar");
        adatom_structure *argon = make_fcc(18, 5.3, 2);
        shake(argon, 0.2, 3);
        check_same(reference, evaluator, argon, 2e-8);
        adatom_structure_free(argon);
        adatom_evaluator_free(evaluator);
        remove_fragment(&made);
    }
    adatom_evaluator_free(reference);
}

static const char salt_text[] = "atom_style charge\n"
                                "pair_style coul/long 8\n"
                                "kspace_style ewald 1e-8\n"
                                "pair_modify table 0\n"
                                "pair_coeff * * # types are said by hand\n"
                                "set type 1 charge 1\n"
                                "set type 2 &\n"
                                "    charge -1\n";

/* The Madelung constant of rock salt, 1.747565; and what LAMMPS cannot do is said in its words, in
 * the middle of other work. */
static void test_long_range_sums(void **state)
{
    (void)state;
    const fragment made = write_fragment(salt_text);
    adatom_evaluator *evaluator = open_fragment(&made, ",elements=NaCl");
    adatom_structure *salt = make_crystal((double[3][3]){{5.64, 0, 0}, {0, 5.64, 0}, {0, 0, 5.64}},
                                          (bool[3]){true, true, true},
                                          (double[8][3]){{0, 0, 0},
                                                         {0.5, 0.5, 0},
                                                         {0.5, 0, 0.5},
                                                         {0, 0.5, 0.5},
                                                         {0.5, 0, 0},
                                                         {0, 0.5, 0},
                                                         {0, 0, 0.5},
                                                         {0.5, 0.5, 0.5}},
                                          8, 11, (int[3]){1, 1, 1});
    for (size_t i = 4; i < 8; i++) {
        salt->atomic_numbers[i] = 17;
    }
    for (int i = 0; i < 2; i++) {
        assert_near(energy_of(evaluator, salt) / 4, -1.747564595 * 14.399645 / 2.82, 1e-5);
        salt->periodic[0] = false;
        expect_failure(evaluator, salt, ADATOM_EVALUATION_FAILED,
                       "LAMMPS: ERROR: Cannot use non-periodic boundaries with Ewald");
        salt->periodic[0] = true;
    }
    shake(salt, 0.1, 2);
    check_forces(evaluator, salt, 2e-5);
    adatom_structure_free(salt);
    adatom_evaluator_free(evaluator);
    remove_fragment(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kim_models_are_those_of_lammps),
        cmocka_unit_test(test_virial_and_energies_of_atoms),
        cmocka_unit_test(test_several_at_once),
        cmocka_unit_test(test_forces_and_invariances),
        cmocka_unit_test(test_turned_structures_have_turned_forces),
        cmocka_unit_test(test_atoms_in_any_order),
        cmocka_unit_test(test_nothing_is_carried_over),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_long_range_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
