/* xTB through libxtb: forces, electrons, what carries over from one structure to the next
 * (nothing), failures. The energies themselves are held against the program xtb in xtb_with_xtb.py.
 */
#include "xtb_molecules.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char not_converged[] =
    "xtb:gfn2 failed: scf: Self consistent charge iterator did not converge; "
    "xtb_calculator_singlepoint: Electronic structure method terminated";

/* Forces against central differences. The accuracy is that of the charges. */
static void check_slopes(const char *spec, adatom_structure *structure)
{
    const double step = 5e-4, tolerance = 2e-4;
    adatom_evaluator *evaluator = open_evaluator(spec);
    double energy, forces[40][3], sum[3] = {0, 0, 0};
    assert_true(structure->atom_count <= 40);
    assert_int_equal(adatom_evaluator_compute(evaluator, structure, &energy, forces), ADATOM_OK);
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            double *place = &structure->positions[i][x];
            const double before = *place;
            *place = before + step;
            const double above = energy_of(evaluator, structure);
            *place = before - step;
            const double below = energy_of(evaluator, structure);
            *place = before;
            assert_near(forces[i][x], (below - above) / (2 * step), tolerance);
            sum[x] += forces[i][x];
        }
    }
    assert_near(fabs(sum[0]) + fabs(sum[1]) + fabs(sum[2]), 0, 1e-5);
    adatom_structure_free(structure);
    adatom_evaluator_free(evaluator);
}

static void test_forces(void **state)
{
    (void)state;
    check_slopes("xtb:gfn2,accuracy=0.0001", make_methane());
    check_slopes("xtb:gfn1,accuracy=0.0001", make_methane());
    check_slopes("xtb:gfn0", make_methane());
    check_slopes("xtb:gfn2,accuracy=0.0001,charge=1,electronic_temperature=300", make_water());
    check_slopes("xtb:gfn2,accuracy=0.0001,unpaired=3", make_methyl());
}

/* libxtb's own forces on atoms that share a coordinate, here y, are wrong by 0.03 eV/Å. */
static void test_forces_of_aligned_atoms(void **state)
{
    (void)state;
    adatom_structure *water = make_water();
    assert_near(water->positions[0][1], water->positions[1][1], 0);
    adatom_structure_free(water);
    check_slopes("xtb:gfn2,accuracy=0.0001", make_water());
    check_slopes("xtb:gfn1,accuracy=0.0001", make_water());
}

/* Turned and moved, a molecule is the same. */
static void test_invariance(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn2,accuracy=0.001");
    adatom_structure *molecule = make_methane();
    const double energy = energy_of(evaluator, molecule);
    for (size_t i = 0; i < molecule->atom_count; i++) {
        double *place = molecule->positions[i];
        const double before[3] = {place[0], place[1], place[2]};
        place[0] = 0.6 * before[0] - 0.8 * before[1] + 100;
        place[1] = 0.8 * before[0] + 0.6 * before[1];
        place[2] = before[2] - 30;
    }
    assert_near(energy_of(evaluator, molecule), energy, 1e-6);
    adatom_structure_free(molecule);
    adatom_evaluator_free(evaluator);
}

/* What is not periodic may have a cell all the same. */
static void test_the_cell_of_a_molecule_does_not_matter(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn2");
    adatom_structure *molecule = make_water();
    const double energy = energy_of(evaluator, molecule);
    molecule->cell[0][0] = molecule->cell[1][1] = 2;
    assert_near(energy_of(evaluator, molecule), energy, 0);
    adatom_structure_free(molecule);
    adatom_evaluator_free(evaluator);
}

static double energy_by(const char *spec, const adatom_structure *structure)
{
    adatom_evaluator *evaluator = open_evaluator(spec);
    const double energy = energy_of(evaluator, structure);
    adatom_evaluator_free(evaluator);
    return energy;
}

static void test_electrons(void **state)
{
    (void)state;
    adatom_structure *water = make_water(), *methyl = make_methyl();
    const double neutral = energy_by("xtb:gfn2", water);
    assert_near(energy_by("xtb:gfn2,charge=0,unpaired=0", water), neutral, 0);
    assert_near(energy_by("xtb:method=gfn2,electronic_temperature=3000", water), neutral, 0);
    assert_true(energy_by("xtb:gfn2,charge=1", water) > neutral + 8); /* ionization: 12.6 eV */
    assert_true(energy_by("xtb:gfn2,unpaired=2", water) > neutral + 4);
    assert_near(energy_by("xtb:gfn2,unpaired=1", methyl), energy_by("xtb:gfn2", methyl), 0);
    assert_true(energy_by("xtb:gfn2,unpaired=3", methyl) > energy_by("xtb:gfn2", methyl) + 2);
    /* The free energy falls as the electrons heat up. */
    assert_true(energy_by("xtb:gfn2,electronic_temperature=9000", water) < neutral);
    adatom_structure_free(water);
    adatom_structure_free(methyl);
}

static void test_impossible_electrons(void **state)
{
    (void)state;
    adatom_structure *water = make_water();
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn2,unpaired=1");
    expect_failure(evaluator, water, ADATOM_INVALID_INPUT,
                   "xtb: 1 unpaired electrons do not go with 8 valence electrons");
    adatom_evaluator_free(evaluator);
    evaluator = open_evaluator("xtb:gfn0,unpaired=8"); /* 8 of one spin, 6 orbitals */
    expect_failure(evaluator, water, ADATOM_INVALID_INPUT,
                   "xtb: 8 unpaired electrons do not go with 8 valence electrons");
    adatom_evaluator_free(evaluator);
    evaluator = open_evaluator("xtb:gfn2,charge=8");
    expect_failure(evaluator, water, ADATOM_INVALID_INPUT,
                   "xtb: a charge of 8 leaves no valence electrons");
    adatom_evaluator_free(evaluator);
    adatom_structure_free(water);
}

static void test_unknown_elements(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn1");
    adatom_structure *water = make_water();
    water->atomic_numbers[0] = 92;
    expect_failure(evaluator, water, ADATOM_INVALID_INPUT,
                   "xtb:gfn1 does not know U; it knows H to Rn");
    water->atomic_numbers[0] = 86;
    energy_of(evaluator, water);
    adatom_structure_free(water);
    adatom_evaluator_free(evaluator);
}

/* One evaluator, structures of all kinds in turn: not a bit carries over. */
static void test_nothing_carries_over(void **state)
{
    (void)state;
    static const char *const specs[] = {"xtb:gfn2", "xtb:gfn1", "xtb:gfn0"};
    for (int k = 0; k < 3; k++) {
        adatom_evaluator *evaluator = open_evaluator(specs[k]);
        adatom_structure *structures[] = {make_methane(), make_methane(), make_water()};
        shake(structures[1], 0.3, 7);
        for (int i = 0; i < 12; i++) {
            const adatom_structure *structure = structures[i * i % 7 % 3];
            assert_near(energy_of(evaluator, structure), energy_by(specs[k], structure), 0);
        }
        for (int i = 0; i < 3; i++) {
            adatom_structure_free(structures[i]);
        }
        adatom_evaluator_free(evaluator);
    }
}

/* After each kind of failure the next good structure has the energy that it had. */
static void test_failures_leave_no_trace(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn2");
    adatom_structure *good = make_methane(), *bad = make_methane();
    const double energy = energy_of(evaluator, good);
    bad->positions[1][0] = 1e8; /* the charges run away */
    for (int i = 0; i < 3; i++) {
        expect_failure(evaluator, bad, ADATOM_EVALUATION_FAILED, not_converged);
        assert_near(energy_of(evaluator, good), energy, 0);
    }
    memcpy(bad->positions[1], bad->positions[0], sizeof bad->positions[1]);
    expect_failure(evaluator, bad, ADATOM_EVALUATION_FAILED,
                   "xtb:gfn2: atoms 1 and 2 are less than 0.1 Å apart");
    assert_near(energy_of(evaluator, good), energy, 0);
    adatom_evaluator_free(evaluator);
    evaluator = open_evaluator("xtb:gfn2,max_iterations=2");
    expect_failure(evaluator, good, ADATOM_EVALUATION_FAILED, not_converged);
    adatom_evaluator_free(evaluator);
    adatom_structure_free(good);
    adatom_structure_free(bad);
}

static void test_two_evaluators_at_once(void **state)
{
    (void)state;
    adatom_structure *methane = make_methane(), *water = make_water();
    const double hot = energy_by("xtb:gfn2", methane);
    const double cold = energy_by("xtb:gfn1,electronic_temperature=300", water);
    adatom_evaluator *first = open_evaluator("xtb:gfn2");
    adatom_evaluator *second = open_evaluator("xtb:gfn1,electronic_temperature=300");
    for (int i = 0; i < 3; i++) {
        assert_near(energy_of(first, methane), hot, 0);
        assert_near(energy_of(second, water), cold, 0);
    }
    adatom_evaluator_free(first);
    assert_near(energy_of(second, water), cold, 0);
    adatom_evaluator_free(second);
    adatom_structure_free(methane);
    adatom_structure_free(water);
}

/* Returns NULL if a thread of its own finds the energy that it is given. */
static void *compute_often(void *argument)
{
    const double expected = *(const double *)argument;
    adatom_evaluator *evaluator = NULL;
    adatom_structure *methane = make_methane();
    bool right = adatom_evaluator_create("xtb:gfn2", &evaluator) == ADATOM_OK;
    for (int i = 0; i < 20 && right; i++) {
        double energy = NAN;
        right = adatom_evaluator_compute(evaluator, methane, &energy, NULL) == ADATOM_OK &&
                energy == expected;
    }
    adatom_evaluator_free(evaluator);
    adatom_structure_free(methane);
    return right ? NULL : argument;
}

static void test_threads(void **state)
{
    (void)state;
    adatom_structure *methane = make_methane();
    double expected = energy_by("xtb:gfn2", methane);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, compute_often, &expected), 0);
    }
    for (int i = 0; i < 3; i++) {
        void *result = &expected;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_null(result);
    }
    adatom_structure_free(methane);
}

/* A child process may go on with what its parent has opened, and neither ever prints. */
static void test_silence_also_in_a_child(void **state)
{
    (void)state;
    adatom_structure *methane = make_methane(), *bad = make_methane();
    bad->positions[1][0] = 1e8;
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn2");
    const double energy = energy_of(evaluator, methane);
    FILE *printed = tmpfile();
    assert_non_null(printed);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(fileno(printed), STDOUT_FILENO);
        dup2(fileno(printed), STDERR_FILENO);
        double unused, again = NAN;
        bool right = adatom_evaluator_compute(evaluator, bad, &unused, NULL) != ADATOM_OK &&
                     adatom_evaluator_compute(evaluator, methane, &again, NULL) == ADATOM_OK;
        exit(right && again == energy ? 0 : 1); /* flushes what Fortran holds back */
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(lseek(fileno(printed), 0, SEEK_END), 0);
    fclose(printed);
    adatom_evaluator_free(evaluator);
    adatom_structure_free(methane);
    adatom_structure_free(bad);
}

static void test_bad_arguments(void **state)
{
    (void)state;
    expect_no_evaluator("xtb", ADATOM_INVALID_INPUT,
                        "xtb wants a method: xtb:gfn2, xtb:gfn1 or xtb:gfn0");
    expect_no_evaluator("xtb:charge=1", ADATOM_INVALID_INPUT,
                        "xtb wants a method: xtb:gfn2, xtb:gfn1 or xtb:gfn0");
    expect_no_evaluator("xtb:pm7", ADATOM_INVALID_INPUT,
                        "xtb has no method \"pm7\"; known: gfn2 gfn1 gfn0");
    expect_no_evaluator("xtb:gfn2,temperature=300", ADATOM_INVALID_INPUT,
                        "xtb has no argument \"temperature\"; known: method charge unpaired "
                        "electronic_temperature accuracy max_iterations");
    expect_no_evaluator("xtb:gfn2,charge=0.5", ADATOM_INVALID_INPUT,
                        "evaluator argument charge=0.5 is not a whole number");
    expect_no_evaluator("xtb:gfn2,unpaired=-1", ADATOM_INVALID_INPUT,
                        "evaluator argument unpaired=-1 is not a number from 0 to 100");
    expect_no_evaluator("xtb:gfn2,electronic_temperature=hot", ADATOM_INVALID_INPUT,
                        "evaluator argument electronic_temperature=hot is not a number from 0 to "
                        "100000");
}

/* Kilobytes that the process holds in memory. */
static long resident_memory(void)
{
    long all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &all, &resident), 2);
    fclose(file);
    return resident * sysconf(_SC_PAGESIZE) / 1024;
}

/* Of a molecule that stays the same, one that changes, and failures. */
static void test_memory_does_not_grow(void **state)
{
    (void)state;
    adatom_structure *structures[] = {make_methane(), make_water()};
    adatom_evaluator *evaluator = open_evaluator("xtb:gfn2,max_iterations=30");
    long before = 0;
    for (int i = 0; i < 600; i++) {
        if (i == 200) {
            before = resident_memory();
        }
        double energy;
        adatom_structure *structure = structures[i % 10 == 9];
        structure->positions[1][0] = i % 20 == 7 ? 1e8 : 0.7 + 1e-4 * i;
        assert_int_equal(adatom_evaluator_compute(evaluator, structure, &energy, NULL),
                         i % 20 == 7 ? ADATOM_EVALUATION_FAILED : ADATOM_OK);
    }
    assert_in_range(resident_memory(), 0, before + 512);
    adatom_evaluator_free(evaluator);
    adatom_structure_free(structures[0]);
    adatom_structure_free(structures[1]);
}

static void test_several_at_once(void **state)
{
    (void)state;
    adatom_structure *methane = make_methane();
    check_pool("xtb:gfn2", methane, 3);
    adatom_structure_free(methane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_several_at_once),
        cmocka_unit_test(test_forces),
        cmocka_unit_test(test_forces_of_aligned_atoms),
        cmocka_unit_test(test_invariance),
        cmocka_unit_test(test_the_cell_of_a_molecule_does_not_matter),
        cmocka_unit_test(test_electrons),
        cmocka_unit_test(test_impossible_electrons),
        cmocka_unit_test(test_unknown_elements),
        cmocka_unit_test(test_nothing_carries_over),
        cmocka_unit_test(test_failures_leave_no_trace),
        cmocka_unit_test(test_two_evaluators_at_once),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_silence_also_in_a_child),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_memory_does_not_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
