/* Energies over the i-PI protocol from clients in threads: values, cells, elements, pools. */
#include "ipi_fake_client.h"

#include "energy/ipi.h"
#include "energy/kinds.h"

static const double bohr = 0.5291772105638411, hartree = 27.211386024367243;

/* Six atoms, no two alike in place, in a cell as given. */
static adatom_structure *make_atoms(const double cell[3][3])
{
    adatom_structure *atoms;
    assert_int_equal(adatom_structure_create(6, &atoms), ADATOM_OK);
    for (int i = 0; i < 6; i++) {
        atoms->atomic_numbers[i] = i % 2 == 0 ? 6 : 8;
        atoms->positions[i][0] = 0.3 * i * i;
        atoms->positions[i][1] = 1.1 * i - 0.7 * (i % 3);
        atoms->positions[i][2] = 2 - 0.4 * i;
    }
    memcpy(atoms->cell, cell, sizeof atoms->cell);
    return atoms;
}

static const double plain_cell[3][3] = {{9, 0, 0}, {0, 8, 0}, {0, 0, 7}};

/* The springs in eV and Å. */
static double springs(const adatom_structure *atoms, double (*forces)[3])
{
    static double places[ATOMS_MAX][3];
    for (size_t i = 0; i < atoms->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            places[i][x] = atoms->positions[i][x] / bohr;
        }
    }
    const double energy =
        fake_springs((const double(*)[3])places, (int)atoms->atom_count, forces) * hartree;
    for (size_t i = 0; i < atoms->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            forces[i][x] *= hartree / bohr;
        }
    }
    return energy;
}

static void check_springs(const adatom_structure *atoms, double energy, const double (*forces)[3])
{
    double expected[ATOMS_MAX][3];
    const double expected_energy = springs(atoms, expected);
    assert_near(energy, expected_energy, 1e-11 * expected_energy);
    for (size_t i = 0; i < atoms->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            assert_near(forces[i][x], expected[i][x], 1e-11 * expected_energy);
        }
    }
}

static void compute_and_check(adatom_evaluator *evaluator, const adatom_structure *atoms)
{
    double energy = NAN, forces[ATOMS_MAX][3];
    const adatom_status status = adatom_evaluator_compute(evaluator, atoms, &energy, forces);
    if (status != ADATOM_OK) {
        print_error("%s\n", adatom_error_message());
    }
    assert_int_equal(status, ADATOM_OK);
    check_springs(atoms, energy, (const double(*)[3])forces);
}

/* Beside other values, nested ones with the same name, and a client that sends no such text. */
static void test_numbers_in_the_text_behind_the_forces(void **state)
{
    (void)state;
    static const char text[] = "{\"note\": \"gap\\\"}\", \"a\": {\"gap\": 1, \"b\": [2, 3]},\n"
                               " \"gap\" : -1.25e-1, \"word\": \"x\"}";
    for (int variant = 0; variant < 4; variant++) {
        const char *name = fresh_name();
        fake_client client = {.piecemeal = variant & 1};
        client.text = variant & 2 ? NULL : text;
        client.extra = variant & 2 ? 3 : (int)strlen(text);
        adatom_evaluator *evaluator = open_ipi(name, "");
        start_client(&client, name);
        adatom_structure *atoms = make_atoms(plain_cell);
        double value = 7;
        assert_int_equal(adatom_evaluator_number(evaluator, "gap", &value),
                         ADATOM_EVALUATION_FAILED);
        compute_and_check(evaluator, atoms);
        const adatom_status status = adatom_evaluator_number(evaluator, "gap", &value);
        assert_int_equal(status, variant & 2 ? ADATOM_EVALUATION_FAILED : ADATOM_OK);
        assert_near(value, variant & 2 ? 7 : -0.125, 0);
        assert_int_equal(adatom_evaluator_number(evaluator, "word", &value),
                         ADATOM_EVALUATION_FAILED);
        assert_int_equal(adatom_evaluator_number(evaluator, "b", &value), ADATOM_EVALUATION_FAILED);
        adatom_evaluator_free(evaluator);
        join_client(&client);
        adatom_structure_free(atoms);
    }
}

/* Answers in one piece and byte by byte, with and without INIT, with text behind the forces. */
static void test_energies_and_forces(void **state)
{
    (void)state;
    for (int variant = 0; variant < 8; variant++) {
        const char *name = fresh_name();
        fake_client client = {.piecemeal = variant & 1,
                              .wants_init = variant & 2,
                              .extra = variant & 4 ? 10000 : variant % 2};
        adatom_evaluator *evaluator = open_ipi(name, "");
        start_client(&client, name);
        adatom_structure *atoms = make_atoms(plain_cell);
        for (int i = 0; i < 5; i++) {
            compute_and_check(evaluator, atoms);
            atoms->positions[i][2] += 0.25;
        }
        energy_of(evaluator, atoms); /* forces not wanted */
        adatom_structure_free(atoms);
        adatom_evaluator_free(evaluator);
        join_client(&client);
        assert_int_equal(client.answers, 6);
        assert_int_equal(client.inits > 0, client.wants_init);
        assert_true(client.got_exit);
        assert_false(socket_exists(name));
    }
}

/* The cell on the wire is upper triangular with a positive diagonal and has the same metric, the
 * inverse is its inverse, and forces come back in our axes: also from a left-handed cell. */
static void test_cells_are_turned(void **state)
{
    (void)state;
    const double cells[][3][3] = {
        {{9, 0, 0}, {0, 8, 0}, {0, 0, 7}},     {{9, 0, 0}, {4, 8, 0}, {-2, 3, 7}},
        {{1, 2, 8}, {7, -2, 1}, {0.5, 9, -1}}, {{0, 9, 0}, {8, 0, 0}, {0, 0, 7}},
        {{1, 2, 8}, {0.5, 9, -1}, {7, -2, 1}},
    };
    const char *name = fresh_name();
    adatom_evaluator *evaluator = open_ipi(name, "");
    fake_client client = {.wants_init = true};
    start_client(&client, name);
    for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++) {
        adatom_structure *atoms = make_atoms(cells[c]);
        compute_and_check(evaluator, atoms);
        const double *h = client.cell, *inverse = client.inverse;
        assert_true(h[3] == 0 && h[6] == 0 && h[7] == 0 && h[0] > 0 && h[4] > 0 && h[8] > 0);
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 3; k++) {
                double metric = 0, expected = 0, unit = 0;
                for (int x = 0; x < 3; x++) {
                    metric += h[3 * x + i] * h[3 * x + k] * bohr * bohr;
                    expected += cells[c][i][x] * cells[c][k][x];
                    unit += h[3 * i + x] * inverse[3 * x + k];
                }
                assert_near(metric, expected, 1e-11);
                assert_near(unit, i == k, 1e-12);
            }
        }
        adatom_structure_free(atoms);
    }
    adatom_evaluator_free(evaluator);
    join_client(&client);
}

/* The k-th carbon goes to the k-th carbon of the client. */
static void test_elements_in_any_order(void **state)
{
    (void)state;
    const char *name = fresh_name();
    adatom_evaluator *evaluator = open_ipi(name, ",elements=O2C3O");
    fake_client client = {.fault = NO_FAULT};
    start_client(&client, name);
    adatom_structure *atoms = make_atoms(plain_cell);
    compute_and_check(evaluator, atoms);
    for (int x = 0; x < 3; x++) { /* atom 1 is the first oxygen */
        assert_near(client.first_position[x], atoms->positions[1][x] / bohr, 1e-12);
    }
    double energy = 3;
    atoms->atomic_numbers[0] = 7;
    assert_int_equal(adatom_evaluator_compute(evaluator, atoms, &energy, NULL),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "an i-PI client keeps the atoms that it was started with, C3O3: it cannot "
                        "compute C2NO3");
    assert_near(energy, 3, 0);
    adatom_structure_free(atoms);
    adatom_evaluator_free(evaluator);
    join_client(&client);
}

static void test_missing_lattice_vectors(void **state)
{
    (void)state;
    const double sheet[3][3] = {{1, 2, 8}, {0, 0, 0}, {7, -2, 1}};
    const char *name = fresh_name();
    adatom_evaluator *evaluator = open_ipi(name, ",box=20");
    fake_client client = {.fault = NO_FAULT};
    start_client(&client, name);
    adatom_structure *atoms = make_atoms(sheet);
    compute_and_check(evaluator, atoms);
    assert_near(client.cell[4] * bohr, 20, 1e-12);
    assert_near(client.cell[1], 0, 1e-12);
    assert_near(client.cell[5], 0, 1e-12);
    memset(atoms->cell, 0, sizeof atoms->cell);
    compute_and_check(evaluator, atoms);
    for (int i = 0; i < 9; i++) {
        assert_near(client.cell[i] * bohr, i % 4 == 0 ? 20 : 0, 1e-12);
    }
    adatom_evaluator_free(evaluator);
    join_client(&client);
    evaluator = open_ipi(name, "");
    double energy;
    assert_int_equal(adatom_evaluator_compute(evaluator, atoms, &energy, NULL),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "lattice vector 1 is missing and i-PI wants a whole cell: give the "
                        "structure one, or the evaluator box=L (Å)");
    memcpy(atoms->cell, (double[3][3]){{1, 2, 3}, {4, 0, 0}, {2, 1, 1.5}}, sizeof atoms->cell);
    assert_int_equal(adatom_evaluator_compute(evaluator, atoms, &energy, NULL),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "lattice vector 3 is dependent on the others");
    adatom_structure_free(atoms);
    adatom_evaluator_free(evaluator);
}

/* Clients that connected and were never of use are told to leave as well. */
static void test_those_in_the_queue_are_dismissed(void **state)
{
    (void)state;
    const char *name = fresh_name();
    adatom_evaluator *evaluator = open_ipi(name, "");
    fake_client clients[3] = {{.fault = NO_FAULT}};
    for (int i = 0; i < 3; i++) {
        start_client(&clients[i], name);
    }
    sleep_milliseconds(100);
    adatom_evaluator_free(evaluator);
    for (int i = 0; i < 3; i++) {
        join_client(&clients[i]);
        assert_true(clients[i].got_exit);
    }
}

static double seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

enum { BATCH = 24, POOL = 4 };

static void make_batch(adatom_ipi_evaluation batch[BATCH])
{
    static double forces[BATCH][6][3];
    for (int i = 0; i < BATCH; i++) {
        adatom_structure *atoms = make_atoms(plain_cell);
        atoms->positions[i % 6][i % 3] += 0.1 * i;
        batch[i] = (adatom_ipi_evaluation){.structure = atoms, .forces = forces[i]};
    }
}

static void free_batch(adatom_ipi_evaluation batch[BATCH])
{
    for (int i = 0; i < BATCH; i++) {
        adatom_structure_free((adatom_structure *)batch[i].structure);
    }
}

static void *open_kind(const char *name, const adatom_spec_argument *more)
{
    void *kind_state = NULL;
    const adatom_spec_argument arguments[2] = {{"", name}, more != NULL ? *more : arguments[0]};
    assert_int_equal(adatom_kind_ipi.create(arguments, more != NULL ? 2 : 1, &kind_state),
                     ADATOM_OK);
    return kind_state;
}

/* Several clients work at once; two of them go in the middle, one comes late: nothing is lost. */
static void test_a_pool(void **state)
{
    (void)state;
    const char *name = fresh_name();
    const int delay = 40;
    fake_client clients[POOL] = {{.delay = delay},
                                 {.delay = delay, .wants_init = true},
                                 {.delay = delay, .fault = DIES_WITH_STRUCTURE, .good_before = 2},
                                 {.delay = delay, .fault = DIES_IN_FORCES, .good_before = 3}};
    adatom_ipi_evaluation batch[BATCH];
    make_batch(batch);
    void *pool = open_kind(name, NULL);
    for (int i = 0; i < POOL; i++) {
        start_client(&clients[i], name);
    }
    const double start = seconds();
    assert_int_equal(adatom_ipi_evaluate(pool, batch, BATCH), ADATOM_OK);
    const double taken = seconds() - start;
    adatom_kind_ipi.free(pool);
    int answers = 0;
    for (int i = 0; i < POOL; i++) {
        join_client(&clients[i]);
        answers += clients[i].answers;
        assert_true(clients[i].answers > 0);
    }
    assert_int_equal(answers, BATCH);
    assert_int_equal(clients[2].answers, 2);
    assert_int_equal(clients[3].answers, 3);
    for (int i = 0; i < BATCH; i++) {
        assert_int_equal(batch[i].status, ADATOM_OK);
        check_springs(batch[i].structure, batch[i].energy, (const double(*)[3])batch[i].forces);
        assert_near(batch[i].virial[1][2], 5 * hartree, 1e-12);
    }
    assert_true(taken < 0.9 * 1e-3 * delay * BATCH);
    free_batch(batch);
}

/* One bad structure does not end the batch. */
static void test_a_batch_with_failures(void **state)
{
    (void)state;
    const char *name = fresh_name();
    adatom_ipi_evaluation batch[BATCH];
    make_batch(batch);
    batch[3].structure->atomic_numbers[0] = 1;
    void *pool = open_kind(name, &(adatom_spec_argument){"wait", "0.3"});
    fake_client leaver = {.fault = DIES_WITH_STRUCTURE, .good_before = 10};
    start_client(&leaver, name);
    assert_int_equal(adatom_ipi_evaluate(pool, batch, BATCH), ADATOM_OK);
    for (int i = 0; i < BATCH; i++) {
        const adatom_status expected = i == 3    ? ADATOM_INVALID_INPUT
                                       : i <= 10 ? ADATOM_OK
                                                 : ADATOM_IO_FAILED;
        assert_int_equal(batch[i].status, expected);
    }
    char line[200];
    snprintf(line, sizeof line,
             "no i-PI client was ready at /tmp/ipi_%s for 0.3 s (the last one left: it closed the "
             "connection)",
             name);
    assert_string_equal(batch[11].line, line);
    adatom_kind_ipi.free(pool);
    join_client(&leaver);
    free_batch(batch);
}

/* What an evaluation costs beside the client's own work: best of some rounds, for the machine may
 * be busy. */
static void test_overhead(void **state)
{
    (void)state;
    const char *name = fresh_name();
    adatom_evaluator *evaluator = open_ipi(name, "");
    fake_client client = {.fault = NO_FAULT};
    start_client(&client, name);
    adatom_structure *atoms = make_graphene(4.27, 2.4667, 2, 3);
    double best = INFINITY, forces[24][3], energy;
    for (int round = 0; round < 20; round++) {
        const double start = seconds();
        for (int i = 0; i < 50; i++) {
            assert_int_equal(adatom_evaluator_compute(evaluator, atoms, &energy, forces),
                             ADATOM_OK);
        }
        best = fmin(best, (seconds() - start) / 50);
    }
    print_message("%.1f us per evaluation\n", 1e6 * best);
    assert_true(best < 1e-3);
    adatom_structure_free(atoms);
    adatom_evaluator_free(evaluator);
    join_client(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_energies_and_forces),
        cmocka_unit_test(test_numbers_in_the_text_behind_the_forces),
        cmocka_unit_test(test_cells_are_turned),
        cmocka_unit_test(test_elements_in_any_order),
        cmocka_unit_test(test_missing_lattice_vectors),
        cmocka_unit_test(test_a_pool),
        cmocka_unit_test(test_a_batch_with_failures),
        cmocka_unit_test(test_those_in_the_queue_are_dismissed),
        cmocka_unit_test(test_overhead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
