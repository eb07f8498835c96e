/* xTB with periodic cells: what libxtb sums wholly is computed, the rest is refused with the
 * reason. */
#include "xtb_molecules.h"

static adatom_structure *make_sheet(int copies_x, int copies_y)
{
    adatom_structure *sheet = make_graphene(4.26, 2.46, copies_x, copies_y);
    shake(sheet, 0.1, 3);
    return sheet;
}

/* As the sheet, of boron, carbon and nitrogen. */
static adatom_structure *make_mixed_sheet(int copies_x, int copies_y)
{
    adatom_structure *sheet = make_sheet(copies_x, copies_y);
    for (size_t i = 0; i < sheet->atom_count; i++) {
        sheet->atomic_numbers[i] = 5 + (int)((7 * i + i * i) % 3);
    }
    return sheet;
}

static void move(adatom_structure *structure, double x, double y, double z)
{
    for (size_t i = 0; i < structure->atom_count; i++) {
        structure->positions[i][0] += x;
        structure->positions[i][1] += y;
        structure->positions[i][2] += z;
    }
}

/* Forces are slopes; the place of the origin does not matter (eV). */
static void check_periodic(const char *spec, adatom_structure *structure, double moved_tolerance)
{
    adatom_evaluator *evaluator = open_evaluator(spec);
    const double step = 5e-4;
    double energy, forces[40][3];
    assert_true(structure->atom_count <= 40);
    assert_int_equal(adatom_evaluator_compute(evaluator, structure, &energy, forces), ADATOM_OK);
    for (size_t i = 0; i < structure->atom_count && i < 4; i++) {
        for (int x = 0; x < 3; x++) {
            double *place = &structure->positions[i][x];
            const double before = *place;
            *place = before + step;
            const double above = energy_of(evaluator, structure);
            *place = before - step;
            const double below = energy_of(evaluator, structure);
            *place = before;
            assert_near(forces[i][x], (below - above) / (2 * step), 1e-3);
        }
    }
    for (int i = 0; i < 5; i++) {
        move(structure, 0.83, -0.57, 0.3);
        assert_near(energy_of(evaluator, structure), energy, moved_tolerance);
    }
    adatom_structure_free(structure);
    adatom_evaluator_free(evaluator);
}

static void test_slabs_and_crystals(void **state)
{
    (void)state;
    check_periodic("xtb:gfn0", make_sheet(2, 3), 1e-5);
    check_periodic("xtb:gfn0", make_mixed_sheet(1, 2), 1e-5);
    check_periodic("xtb:gfn0", make_ice(5, 5.5, 6), 1e-5);
    check_periodic("xtb:gfn1,accuracy=0.001", make_ice(6.3, 6.4, 6.2), 1e-4);
}

/* Whatever the third vector: none, short, or askew; and whichever is the third. */
static void check_virial(const char *spec, adatom_structure *structure, double tolerance)
{
    adatom_evaluator *evaluator = open_evaluator(spec);
    check_properties(evaluator, structure, false, tolerance);
    adatom_structure_free(structure);
    adatom_evaluator_free(evaluator);
}

static void test_virial(void **state)
{
    (void)state;
    check_virial("xtb:gfn2,accuracy=0.001", make_water(), 1e-4);
    check_virial("xtb:gfn0", make_ice(5, 5.5, 6), 1e-4);
    adatom_structure *sheet = make_graphene(4.27, 7.40 / 3, 2, 2);
    shake(sheet, 0.1, 4);
    check_virial("xtb:gfn0", sheet, 1e-3);
}

/* The library computes none. */
static void test_gfn1_has_no_virial_in_cells(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn1");
    adatom_structure *ice = make_ice(6.3, 6.4, 6.2);
    double virial[3][3];
    adatom_properties properties = {.virial = virial};
    assert_int_equal(adatom_evaluator_compute_properties(evaluator, ice, &properties), ADATOM_OK);
    assert_false(properties.has_virial);
    adatom_structure_free(ice);
    adatom_evaluator_free(evaluator);
}

static void test_the_space_beside_a_slab_does_not_matter(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn0");
    adatom_structure *sheet = make_sheet(2, 3);
    const double energy = energy_of(evaluator, sheet);
    memset(sheet->cell[2], 0, sizeof sheet->cell[2]);
    assert_near(energy_of(evaluator, sheet), energy, 0);
    memcpy(sheet->cell[2], (double[3]){1, 1, 3}, sizeof sheet->cell[2]);
    assert_near(energy_of(evaluator, sheet), energy, 0);
    for (size_t i = 0; i < sheet->atom_count; i++) { /* x, y, z to y, z, x */
        const double *place = sheet->positions[i];
        memcpy(sheet->positions[i], (double[3]){place[2], place[0], place[1]}, 3 * sizeof *place);
    }
    const double turned[3][3] = {{9, 9, 9}, {0, 8.52, 0}, {0, 0, 7.38}};
    for (int k = 0; k < 3; k++) {
        memcpy(sheet->cell[k], turned[k], sizeof turned[k]);
    }
    memcpy(sheet->periodic, (bool[3]){false, true, true}, sizeof sheet->periodic);
    assert_near(energy_of(evaluator, sheet), energy, 1e-5);
    adatom_structure_free(sheet);
    adatom_evaluator_free(evaluator);
}

/* Molecules far apart in a slab and in a crystal are molecules alone. */
static void test_dilution(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn0");
    adatom_structure *methane = make_methane();
    const double alone = energy_of(evaluator, methane);
    for (int k = 0; k < 3; k++) {
        methane->cell[k][k] = 14;
        methane->periodic[k] = true;
    }
    move(methane, 7, 7, 7);
    assert_near(energy_of(evaluator, methane), alone, 2e-3);
    methane->periodic[1] = false;
    assert_near(energy_of(evaluator, methane), alone, 2e-3);
    adatom_structure_free(methane);
    adatom_evaluator_free(evaluator);
}

/* Other cells of the same crystal, of molecules too far apart for bands, have the same energy. */
static void test_equivalent_cells(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn0");
    adatom_structure *ice = make_ice(6.5, 6.5, 6.5);
    const double energy = energy_of(evaluator, ice);
    ice->cell[1][0] = 6.5;
    assert_near(energy_of(evaluator, ice), energy, 1e-6);
    ice->cell[1][0] = 0;
    static const int counts[][3] = {{2, 1, 1}, {1, 1, 2}, {2, 2, 1}};
    for (int i = 0; i < 3; i++) {
        adatom_structure *larger = repeat(ice, counts[i]);
        assert_near(energy_of(evaluator, larger) * 3 / (double)larger->atom_count, energy, 1e-3);
        adatom_structure_free(larger);
    }
    adatom_structure_free(ice);
    adatom_evaluator_free(evaluator);
}

static void test_modes_that_there_are_not(void **state)
{
    (void)state;
    adatom_structure *ice = make_ice(5, 5, 5);
    adatom_evaluator *evaluators[3] = {open_evaluator("xtb:gfn0"), open_evaluator("xtb:gfn1"),
                                       open_evaluator("xtb:gfn2")};
    adatom_evaluator *charged = open_evaluator("xtb:gfn0,charge=1");
    expect_failure(evaluators[2], ice, ADATOM_UNSUPPORTED,
                   "xtb:gfn2 has no periodic mode: it takes molecules, with pbc F F F (xtb:gfn0 "
                   "and xtb:gfn1 are periodic)");
    expect_failure(charged, ice, ADATOM_UNSUPPORTED, "xtb: a periodic cell must be neutral");
    ice->periodic[0] = false;
    expect_failure(evaluators[1], ice, ADATOM_UNSUPPORTED,
                   "xtb:gfn1 takes molecules and crystals, no slabs: in libxtb the energy of a "
                   "slab depends on the empty space (take xtb:gfn0)");
    ice->periodic[2] = false;
    expect_failure(evaluators[0], ice, ADATOM_UNSUPPORTED,
                   "xtb:gfn0 takes molecules, slabs and crystals, not what is periodic in one "
                   "direction");
    expect_failure(evaluators[1], ice, ADATOM_UNSUPPORTED,
                   "xtb:gfn1 takes molecules and crystals, not what is periodic in one direction");
    for (int i = 0; i < 3; i++) {
        adatom_evaluator_free(evaluators[i]);
    }
    adatom_evaluator_free(charged);
    adatom_structure_free(ice);
}

static void expect_refusal(adatom_status status, const char *spec, adatom_structure *structure,
                           const char *line)
{
    adatom_evaluator *evaluator = open_evaluator(spec);
    expect_failure(evaluator, structure, status, line);
    adatom_evaluator_free(evaluator);
    adatom_structure_free(structure);
}

static void expect_long(const char *spec, adatom_structure *structure, const char *line)
{
    expect_refusal(ADATOM_UNSUPPORTED, spec, structure, line);
}

static void test_cells_that_are_too_long(void **state)
{
    (void)state;
    expect_long("xtb:gfn0", make_ice(21.5, 5, 5),
                "xtb:gfn0 takes no cell with |a| over 21 Å, here it is 21.50 Å: libxtb ends its "
                "sums over images too soon");
    expect_long("xtb:gfn1", make_ice(5, 10.5, 5),
                "xtb:gfn1 takes no cell with |b| over 10 Å, here it is 10.50 Å: libxtb ends its "
                "sums over images too soon");
    expect_long("xtb:gfn0", make_ice(20, 15, 5),
                "xtb:gfn0 takes no cell with |a + b| over 21 Å, here it is 25.00 Å: libxtb ends "
                "its sums over images too soon");
    adatom_structure *oblique = make_ice(8, 6, 5);
    oblique->cell[1][0] = -6;
    expect_long("xtb:gfn1", oblique,
                "xtb:gfn1 takes no cell with |a - b| over 10 Å, here it is 15.23 Å: libxtb ends "
                "its sums over images too soon");
}

/* Cells within those limits in which the library would leave out neighbours all the same: when they
 * are moved so that a molecule lies across the borders, the energies would jump by 0.13 eV (first),
 * 0.05 eV (second) and 0.03 eV (third). */
static void test_neighbours_out_of_reach(void **state)
{
    (void)state;
    adatom_structure *divided = make_ice(5, 5, 18);
    move(divided, 0, 0, -0.8);
    expect_refusal(
        ADATOM_EVALUATION_FAILED, "xtb:gfn0", divided,
        "xtb:gfn0: libxtb ends its sums over images at 13.8 Å in this cell, too soon for "
        "atoms 1 and 2 (make the cell shorter or nearer to a cube)");
    adatom_structure *corner = make_ice(5, 5, 5);
    move(corner, -0.1, -0.22, -0.6);
    expect_refusal(ADATOM_EVALUATION_FAILED, "xtb:gfn0", corner,
                   "xtb:gfn0: libxtb ends its sums over images at 6.7 Å in this cell, too soon for "
                   "atoms 1 and 3 (make the cell shorter or nearer to a cube)");
    adatom_structure *edge = make_ice(5, 5, 5);
    move(edge, 2, -0.22, -0.6);
    expect_refusal(ADATOM_EVALUATION_FAILED, "xtb:gfn1", edge,
                   "xtb:gfn1: libxtb ends its sums over images at 6.7 Å in this cell, too soon for "
                   "atoms 1 and 3 (make the cell shorter or nearer to a cube)");
    expect_refusal(
        ADATOM_EVALUATION_FAILED, "xtb:gfn0", make_mixed_sheet(2, 3),
        "xtb:gfn0: libxtb corrects bonds between different elements over borders of cells "
        "up to 7.48 Å long, here atoms 1 (B) and 8 (N) meet over 11.27 Å");
}

static void test_flat_cells(void **state)
{
    (void)state;
    static const char line[] =
        "the cell is flat or too small for xtb:gfn0: opposite faces must be at least 1 Å apart";
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn0");
    adatom_structure *ice = make_ice(5, 5, 0.5);
    expect_failure(evaluator, ice, ADATOM_INVALID_INPUT, line);
    ice->cell[2][2] = 0;
    expect_failure(evaluator, ice, ADATOM_INVALID_INPUT, line);
    ice->periodic[2] = false;
    memcpy(ice->cell[1], ice->cell[0], sizeof ice->cell[0]);
    expect_failure(evaluator, ice, ADATOM_INVALID_INPUT, line);
    adatom_structure_free(ice);
    adatom_evaluator_free(evaluator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slabs_and_crystals),
        cmocka_unit_test(test_virial),
        cmocka_unit_test(test_gfn1_has_no_virial_in_cells),
        cmocka_unit_test(test_the_space_beside_a_slab_does_not_matter),
        cmocka_unit_test(test_dilution),
        cmocka_unit_test(test_equivalent_cells),
        cmocka_unit_test(test_modes_that_there_are_not),
        cmocka_unit_test(test_cells_that_are_too_long),
        cmocka_unit_test(test_neighbours_out_of_reach),
        cmocka_unit_test(test_flat_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
