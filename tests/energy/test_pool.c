/* Many structures at once: the same as one after the other, whatever fails among them. */
#include "ipi_fake_client.h"

#include <stdatomic.h>
#include <stdlib.h>

#define ENGINE "command:" ADATOM_PYTHON " -B '" ADATOM_FAKE_ENGINE "' "

enum { JOBS = 24, JOB_ATOMS = 4 };

typedef struct work {
    adatom_evaluator_job jobs[JOBS];
    adatom_structure *structures[JOBS];
    double forces[JOBS][JOB_ATOMS][3];
} work;

/* Small silicon crystals, each strained in a way of its own; job i has 2 + i % 3 atoms. */
static void make_work(work *todo, int atomic_number)
{
    memset(todo, 0, sizeof *todo);
    for (int i = 0; i < JOBS; i++) {
        adatom_structure *structure;
        const size_t count = 2 + (size_t)(i % 3);
        assert_int_equal(adatom_structure_create(count, &structure), ADATOM_OK);
        for (size_t k = 0; k < count; k++) {
            structure->atomic_numbers[k] = atomic_number;
            structure->positions[k][0] = (2.2 + 0.01 * i) * (double)k;
            structure->positions[k][1] = 0.3 * (double)(k % 2);
        }
        todo->structures[i] = structure;
        todo->jobs[i].structure = structure;
        todo->jobs[i].forces = todo->forces[i];
    }
}

static void clear_work(work *todo)
{
    for (int i = 0; i < JOBS; i++) {
        adatom_structure_free(todo->structures[i]);
    }
}

static adatom_evaluator_pool *open_pool(const char *spec, int workers,
                                        const adatom_evaluator_pool_options *options)
{
    adatom_evaluator_pool *pool = NULL;
    const adatom_status status = adatom_evaluator_pool_create(spec, workers, &pool);
    if (status != ADATOM_OK) {
        print_error("%s\n", adatom_error_message());
    }
    assert_int_equal(status, ADATOM_OK);
    if (options != NULL) {
        adatom_evaluator_pool_configure(pool, options);
    }
    return pool;
}

/* ---- the same as one after the other */

static void expect_serial_results(const char *spec, int atomic_number, int most_workers)
{
    static work todo;
    make_work(&todo, atomic_number);
    adatom_evaluator *evaluator = open_evaluator(spec);
    for (int workers = 1; workers <= most_workers; workers++) {
        adatom_evaluator_pool *pool = open_pool(spec, workers, NULL);
        assert_int_equal(adatom_evaluator_pool_workers(pool), workers);
        assert_int_equal(adatom_evaluator_pool_compute(pool, todo.jobs, JOBS), ADATOM_OK);
        for (int i = 0; i < JOBS; i++) {
            double energy, forces[JOB_ATOMS][3];
            const adatom_evaluator_job *job = &todo.jobs[i];
            assert_int_equal(adatom_evaluator_compute(evaluator, job->structure, &energy, forces),
                             ADATOM_OK);
            assert_int_equal(job->status, ADATOM_OK);
            assert_string_equal(job->message, "");
            assert_int_equal(job->attempts, 1);
            assert_true(job->has_forces && job->seconds > 0);
            assert_memory_equal(&job->energy, &energy, sizeof energy);
            assert_memory_equal(job->forces, forces, job->structure->atom_count * sizeof *forces);
        }
        adatom_evaluator_pool_free(pool);
    }
    adatom_evaluator_free(evaluator);
    clear_work(&todo);
}

static void test_pool_equals_serial(void **state)
{
    (void)state;
    expect_serial_results("lj:epsilon=0.2,sigma=2.1", 14, 4);
    expect_serial_results("kim:SW_StillingerWeber_1985_Si", 14, 4);
    expect_serial_results("kim:Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC", 6, 4);
    expect_serial_results("kim:EAM_Dynamo_MishinMehlPapaconstantopoulos_2002_NiAl", 28, 4);
    expect_serial_results(ENGINE "good", 14, 2);
}

static void test_one_pool_many_batches(void **state)
{
    (void)state;
    static work todo;
    make_work(&todo, 18);
    adatom_evaluator_pool *pool = open_pool("lj", 3, NULL);
    for (size_t count = 0; count <= JOBS; count++) {
        assert_int_equal(adatom_evaluator_pool_compute(pool, todo.jobs, count), ADATOM_OK);
    }
    adatom_evaluator_pool_free(pool);
    adatom_evaluator_pool_free(NULL);
    clear_work(&todo);
}

static void test_what_is_no_pool(void **state)
{
    (void)state;
    adatom_evaluator_pool *pool = NULL;
    assert_int_equal(adatom_evaluator_pool_create("lj", -1, &pool), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "workers: -1, expected 0 to 1024");
    assert_int_equal(adatom_evaluator_pool_create("lj:x=1", 2, &pool), ADATOM_INVALID_INPUT);
    assert_null(pool);
}

/* ---- failures */

static void count_progress(void *context, size_t finished, size_t failed)
{
    size_t *seen = context; /* calls, finished, failed */
    seen[0]++;
    assert_true(finished >= seen[1] && failed >= seen[2]);
    seen[1] = finished;
    seen[2] = failed;
}

static void test_failures_stay_with_their_jobs(void **state)
{
    (void)state;
    static work todo;
    for (int workers = 1; workers <= 4; workers++) {
        size_t seen[3] = {0, 0, 0};
        make_work(&todo, 18);
        todo.structures[3]->positions[1][0] = NAN;
        todo.structures[7]->positions[1][0] = todo.structures[7]->positions[0][0] = 0;
        todo.structures[7]->positions[1][1] = 0; /* two atoms in one place */
        const adatom_evaluator_pool_options options = {
            .retries = 2, .context = seen, .progress = count_progress};
        adatom_evaluator_pool *pool = open_pool("lj", workers, &options);
        assert_int_equal(adatom_evaluator_pool_compute(pool, todo.jobs, JOBS), ADATOM_OK);
        for (int i = 0; i < JOBS; i++) {
            assert_int_equal(todo.jobs[i].status, i == 3   ? ADATOM_INVALID_INPUT
                                                  : i == 7 ? ADATOM_EVALUATION_FAILED
                                                           : ADATOM_OK);
            assert_int_equal(todo.jobs[i].attempts, i == 7 ? 3 : 1); /* bad input stays bad */
        }
        assert_string_equal(todo.jobs[3].message, "the position of atom 2 is not finite");
        assert_string_equal(todo.jobs[7].message, "the energy is not finite");
        assert_int_equal(seen[0], JOBS);
        assert_int_equal(seen[1], JOBS);
        assert_int_equal(seen[2], 2);
        adatom_evaluator_pool_free(pool);
        clear_work(&todo);
    }
}

static void test_retries_of_a_flaky_program(void **state)
{
    (void)state;
    static work todo;
    for (int retries = 0; retries < 3; retries++) {
        char folder[] = "/tmp/adatom-test-XXXXXX", spec[1024], path[64];
        assert_non_null(mkdtemp(folder));
        snprintf(spec, sizeof spec, "%sflaky %s 2", ENGINE, folder);
        make_work(&todo, 18);
        const adatom_evaluator_pool_options options = {.retries = retries};
        adatom_evaluator_pool *pool = open_pool(spec, 3, &options);
        assert_int_equal(adatom_evaluator_pool_compute(pool, todo.jobs, 3), ADATOM_OK);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(todo.jobs[i].status,
                             retries == 2 ? ADATOM_OK : ADATOM_EVALUATION_FAILED);
            assert_int_equal(todo.jobs[i].attempts, retries + 1);
            assert_int_equal(strstr(todo.jobs[i].message, "not today") != NULL, retries < 2);
            snprintf(path, sizeof path, "%s/%d", folder, 2 + i);
            assert_int_equal(unlink(path), 0);
        }
        adatom_evaluator_pool_free(pool);
        clear_work(&todo);
        assert_int_equal(rmdir(folder), 0);
    }
}

static void test_stop_on_failure(void **state)
{
    (void)state;
    static work todo;
    make_work(&todo, 18);
    todo.structures[5]->positions[0][2] = NAN;
    const adatom_evaluator_pool_options options = {.stop_on_failure = true};
    adatom_evaluator_pool *pool = open_pool("lj", 1, &options);
    assert_int_equal(adatom_evaluator_pool_compute(pool, todo.jobs, JOBS), ADATOM_INTERRUPTED);
    assert_string_equal(adatom_error_message(), "stopped: 18 of 24 structures were not begun");
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(todo.jobs[i].status, i < 5    ? ADATOM_OK
                                              : i == 5 ? ADATOM_INVALID_INPUT
                                                       : ADATOM_INTERRUPTED);
    }
    adatom_evaluator_pool_free(pool);
    clear_work(&todo);
}

static atomic_int finished_count;

static void keep_finished(void *context, size_t finished, size_t failed)
{
    (void)context;
    (void)failed;
    atomic_store(&finished_count, (int)finished);
}

static bool is_enough(void *context)
{
    return atomic_load(&finished_count) >= *(const int *)context;
}

/* What was begun is finished. */
static void test_stop_on_request(void **state)
{
    (void)state;
    static work todo;
    for (int workers = 1; workers <= 4; workers++) {
        int limit = 9, done = 0;
        atomic_store(&finished_count, 0);
        make_work(&todo, 18);
        const adatom_evaluator_pool_options options = {
            .context = &limit, .stop = is_enough, .progress = keep_finished};
        adatom_evaluator_pool *pool = open_pool("lj", workers, &options);
        assert_int_equal(adatom_evaluator_pool_compute(pool, todo.jobs, JOBS), ADATOM_INTERRUPTED);
        for (int i = 0; i < JOBS; i++) {
            done += todo.jobs[i].status == ADATOM_OK;
            assert_true(todo.jobs[i].status == ADATOM_OK ||
                        todo.jobs[i].status == ADATOM_INTERRUPTED);
        }
        assert_in_range(done, limit, limit + workers - 1);
        adatom_evaluator_pool_free(pool);
        clear_work(&todo);
    }
}

static void test_energies_where_there_are_no_forces(void **state)
{
    (void)state;
    static work todo;
    for (int optional = 0; optional < 2; optional++) {
        make_work(&todo, 18);
        const adatom_evaluator_pool_options options = {.forces_optional = optional != 0};
        adatom_evaluator_pool *pool =
            open_pool("command:forces=no " ADATOM_PYTHON " -B '" ADATOM_FAKE_ENGINE "' no_forces",
                      2, &options);
        assert_int_equal(adatom_evaluator_pool_compute(pool, todo.jobs, 3), ADATOM_OK);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(todo.jobs[i].status, optional ? ADATOM_OK : ADATOM_UNSUPPORTED);
            assert_false(todo.jobs[i].has_forces);
        }
        adatom_evaluator_pool_free(pool);
        clear_work(&todo);
    }
}

/* ---- kinds that spread a batch themselves */

static void test_clients_share_a_batch(void **state)
{
    (void)state;
    static work todo;
    char spec[128];
    const char *name = fresh_name();
    snprintf(spec, sizeof spec, "ipi:%s,wait=20,box=50", name);
    make_work(&todo, 18);
    for (int i = 0; i < JOBS; i++) {
        todo.structures[i]->atom_count = 2; /* clients know one composition only */
    }
    todo.structures[4]->positions[1][0] = NAN;
    size_t seen[3] = {0, 0, 0};
    const adatom_evaluator_pool_options options = {.context = seen, .progress = count_progress};
    adatom_evaluator_pool *pool = open_pool(spec, 4, &options);
    assert_int_equal(adatom_evaluator_pool_workers(pool), 1);
    fake_client clients[2] = {{.delay = 5}, {.delay = 5}};
    start_client(&clients[0], name);
    start_client(&clients[1], name);
    assert_int_equal(adatom_evaluator_pool_compute(pool, todo.jobs, JOBS), ADATOM_OK);
    for (int i = 0; i < JOBS; i++) {
        const double(*places)[3] = (const double(*)[3])todo.structures[i]->positions;
        assert_int_equal(todo.jobs[i].status, i == 4 ? ADATOM_INVALID_INPUT : ADATOM_OK);
        if (i != 4) {
            const double x = places[1][0] - places[0][0], y = places[1][1] - places[0][1];
            const double spring = fake_spring * 27.211386 / (0.529177211 * 0.529177211);
            assert_near(todo.jobs[i].energy, spring * (x * x + y * y) / 2, 1e-5);
            assert_near(todo.jobs[i].forces[0][0], spring * x, 1e-5);
            assert_true(todo.jobs[i].seconds >= 0.005);
        }
    }
    assert_int_equal(seen[1], JOBS);
    assert_int_equal(seen[2], 1);
    adatom_evaluator_pool_free(pool);
    join_client(&clients[0]);
    join_client(&clients[1]);
    assert_int_equal(clients[0].answers + clients[1].answers, JOBS - 1);
    assert_true(clients[0].answers > 0 && clients[1].answers > 0);
    clear_work(&todo);
}

/* Without a client every attempt fails. */
static void test_batches_are_retried(void **state)
{
    (void)state;
    static work todo;
    char spec[128];
    const char *name = fresh_name();
    snprintf(spec, sizeof spec, "ipi:%s,wait=0.2,box=50", name);
    make_work(&todo, 18);
    const adatom_evaluator_pool_options options = {.retries = 2};
    adatom_evaluator_pool *pool = open_pool(spec, 1, &options);
    assert_int_equal(adatom_evaluator_pool_compute(pool, todo.jobs, 1), ADATOM_OK);
    assert_int_equal(todo.jobs[0].status, ADATOM_IO_FAILED); /* nobody came, three times */
    assert_int_equal(todo.jobs[0].attempts, 3);
    assert_non_null(strstr(todo.jobs[0].message, "no i-PI client was ready at "));
    adatom_evaluator_pool_free(pool);
    clear_work(&todo);
}

static void test_batches_are_stopped(void **state)
{
    (void)state;
    static work todo;
    char spec[128];
    int limit = 3;
    const char *name = fresh_name();
    snprintf(spec, sizeof spec, "ipi:%s,wait=20,box=50", name);
    make_work(&todo, 18);
    for (int i = 0; i < JOBS; i++) {
        todo.structures[i]->atom_count = 2;
    }
    atomic_store(&finished_count, 0);
    const adatom_evaluator_pool_options options = {
        .context = &limit, .stop = is_enough, .progress = keep_finished};
    adatom_evaluator_pool *pool = open_pool(spec, 1, &options);
    fake_client client = {.delay = 5};
    start_client(&client, name);
    assert_int_equal(adatom_evaluator_pool_compute(pool, todo.jobs, JOBS), ADATOM_INTERRUPTED);
    int done = 0;
    for (int i = 0; i < JOBS; i++) {
        done += todo.jobs[i].status == ADATOM_OK;
    }
    assert_in_range(done, limit, limit + 2);
    adatom_evaluator_pool_free(pool);
    join_client(&client);
    clear_work(&todo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool_equals_serial),
        cmocka_unit_test(test_one_pool_many_batches),
        cmocka_unit_test(test_what_is_no_pool),
        cmocka_unit_test(test_failures_stay_with_their_jobs),
        cmocka_unit_test(test_retries_of_a_flaky_program),
        cmocka_unit_test(test_stop_on_failure),
        cmocka_unit_test(test_stop_on_request),
        cmocka_unit_test(test_energies_where_there_are_no_forces),
        cmocka_unit_test(test_clients_share_a_batch),
        cmocka_unit_test(test_batches_are_retried),
        cmocka_unit_test(test_batches_are_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
