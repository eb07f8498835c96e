/* Energies, forces and virial of a potential: derivatives, invariance, and any number of threads.
 */
#include "random_potential.h"

static double energy_of(adatom_potential_engine *engine, const adatom_structure *structure)
{
    adatom_potential_result result = {.forces = NULL};
    assert_int_equal(adatom_potential_compute(engine, structure, -1, &result), ADATOM_OK);
    return result.energy;
}

static void check_forces(size_t atoms, double edge)
{
    adatom_potential *potential = make_potential(3);
    adatom_potential_engine *engine = make_engine(potential, 1);
    adatom_structure *structure = make_structure(atoms, edge, 3);
    double(*forces)[3] = calloc(atoms, sizeof *forces);
    adatom_potential_result result = {.forces = forces};
    assert_int_equal(adatom_potential_compute(engine, structure, -1, &result), ADATOM_OK);
    const double step = 1e-4;
    double sum[3] = {0, 0, 0};
    for (size_t a = 0; a < atoms; a++) {
        for (int x = 0; x < 3; x++) {
            const double kept = structure->positions[a][x];
            structure->positions[a][x] = kept + step;
            const double above = energy_of(engine, structure);
            structure->positions[a][x] = kept - step;
            const double below = energy_of(engine, structure);
            structure->positions[a][x] = kept;
            const double expected = -(above - below) / (2 * step);
            assert_true(fabs(forces[a][x] - expected) < 1e-6 * (1 + fabs(expected)));
            sum[x] += forces[a][x];
        }
    }
    assert_true(fabs(sum[0]) + fabs(sum[1]) + fabs(sum[2]) < 1e-10);
    free(forces);
    adatom_structure_free(structure);
    adatom_potential_engine_free(engine);
    adatom_potential_free(potential);
}

static void test_forces(void **state)
{
    (void)state;
    check_forces(20, 8);
    check_forces(3, 2.6); /* smaller than the cutoff: images of oneself */
}

/* positions -> positions (1 + strain), and the cell with them. */
static void strain_by(adatom_structure *structure, int x, int y, double strain)
{
    for (size_t a = 0; a < structure->atom_count; a++) {
        structure->positions[a][y] += strain * structure->positions[a][x];
    }
    for (int i = 0; i < 3; i++) {
        structure->cell[i][y] += strain * structure->cell[i][x];
    }
}

static void test_virial(void **state)
{
    (void)state;
    adatom_potential *potential = make_potential(1);
    adatom_potential_engine *engine = make_engine(potential, 1);
    adatom_structure *structure = make_structure(6, 4, 5);
    double virial[3][3];
    adatom_potential_result result = {.virial = virial};
    assert_int_equal(adatom_potential_compute(engine, structure, -1, &result), ADATOM_OK);
    for (int x = 0; x < 3; x++) {
        for (int y = 0; y < 3; y++) {
            const double step = 1e-5;
            double energies[2];
            for (int side = 0; side < 2; side++) {
                adatom_structure *strained = NULL;
                assert_int_equal(adatom_structure_copy(structure, &strained), ADATOM_OK);
                strain_by(strained, x, y, side == 0 ? step : -step);
                energies[side] = energy_of(engine, strained);
                adatom_structure_free(strained);
            }
            const double expected = -(energies[0] - energies[1]) / (2 * step);
            assert_true(fabs(virial[x][y] - expected) < 1e-5 * (1 + fabs(expected)));
        }
    }
    adatom_structure_free(structure);
    adatom_potential_engine_free(engine);
    adatom_potential_free(potential);
}

/* The energy is the sum of the atoms', the mean that of the members. */
static void test_sums(void **state)
{
    (void)state;
    adatom_potential *potential = make_potential(3);
    adatom_potential_engine *engine = make_engine(potential, 1);
    adatom_structure *structure = make_structure(12, 6, 9);
    double energies[12], sum = 0, mean = 0;
    adatom_potential_result result = {.energies = energies};
    assert_int_equal(adatom_potential_compute(engine, structure, -1, &result), ADATOM_OK);
    for (int a = 0; a < 12; a++) {
        sum += energies[a];
    }
    assert_true(fabs(sum - result.energy) < 1e-11);
    for (int member = 0; member < 3; member++) {
        adatom_potential_result of = {.forces = NULL};
        assert_int_equal(adatom_potential_compute(engine, structure, member, &of), ADATOM_OK);
        mean += of.energy / 3;
    }
    assert_true(fabs(mean - result.energy) < 1e-11);
    adatom_potential_result unused = {.forces = NULL};
    assert_int_equal(adatom_potential_compute(engine, structure, 3, &unused), ADATOM_INVALID_INPUT);
    adatom_structure_free(structure);
    adatom_potential_engine_free(engine);
    adatom_potential_free(potential);
}

/* More atoms than one block holds, and the same to the bit. */
static void test_threads(void **state)
{
    (void)state;
    enum { ATOMS = 5000 };
    adatom_potential *potential = make_potential(1);
    adatom_structure *structure = make_structure(ATOMS, 48, 2);
    static double forces[2][ATOMS][3], virial[2][3][3];
    double energies[2];
    for (int k = 0; k < 2; k++) {
        adatom_potential_engine *engine = make_engine(potential, k == 0 ? 1 : 3);
        adatom_potential_result result = {.forces = forces[k], .virial = virial[k]};
        assert_int_equal(adatom_potential_compute(engine, structure, -1, &result), ADATOM_OK);
        energies[k] = result.energy;
        adatom_potential_engine_free(engine);
    }
    assert_memory_equal(&energies[0], &energies[1], sizeof energies[0]);
    assert_memory_equal(forces[0], forces[1], sizeof forces[0]);
    assert_memory_equal(virial[0], virial[1], sizeof virial[0]);
    adatom_structure_free(structure);
    adatom_potential_free(potential);
}

/* A rotated and shifted cell, its atoms in another order, has the same energy. */
static void test_invariance(void **state)
{
    (void)state;
    adatom_potential *potential = make_potential(1);
    adatom_potential_engine *engine = make_engine(potential, 1);
    adatom_structure *structure = make_structure(10, 5, 4), *moved = NULL;
    assert_int_equal(adatom_structure_copy(structure, &moved), ADATOM_OK);
    const double c = cos(0.7), s = sin(0.7), turn[3][3] = {{c, s, 0}, {-s, c, 0}, {0, 0, 1}};
    for (size_t a = 0; a < 10; a++) {
        const size_t from = (a + 4) % 10;
        moved->atomic_numbers[a] = structure->atomic_numbers[from];
        for (int x = 0; x < 3; x++) {
            moved->positions[a][x] = 0.3 * x - 1;
            for (int k = 0; k < 3; k++) {
                moved->positions[a][x] += structure->positions[from][k] * turn[k][x];
            }
        }
    }
    for (int i = 0; i < 3; i++) {
        for (int x = 0; x < 3; x++) {
            moved->cell[i][x] = 0;
            for (int k = 0; k < 3; k++) {
                moved->cell[i][x] += structure->cell[i][k] * turn[k][x];
            }
        }
    }
    assert_true(fabs(energy_of(engine, structure) - energy_of(engine, moved)) < 1e-10);
    adatom_structure_free(structure);
    adatom_structure_free(moved);
    adatom_potential_engine_free(engine);
    adatom_potential_free(potential);
}

static void test_unknown_element(void **state)
{
    (void)state;
    adatom_potential *potential = make_potential(1);
    adatom_potential_engine *engine = make_engine(potential, 1);
    adatom_structure *structure = make_structure(2, 5, 4);
    structure->atomic_numbers[1] = 8;
    adatom_potential_result result = {.forces = NULL};
    assert_int_equal(adatom_potential_compute(engine, structure, -1, &result),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "the potential does not know O");
    adatom_structure_free(structure);
    adatom_potential_engine_free(engine);
    adatom_potential_free(potential);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forces),     cmocka_unit_test(test_virial),
        cmocka_unit_test(test_sums),       cmocka_unit_test(test_threads),
        cmocka_unit_test(test_invariance), cmocka_unit_test(test_unknown_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
