/* Evaluators in processes of their own: the same results; crashes, hangs and ends hurt one
 * evaluation, and the next one finds another process. */
#include "energies.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLUGIN "plugin:" ADATOM_BAD_PLUGIN

static adatom_structure *make_atoms(double first)
{
    adatom_structure *atoms = make_fcc(18, 5.3, 1);
    atoms->positions[0][0] = first;
    return atoms;
}

/* The energy, which is the number of the process, or the failure's line in `line`. */
static double compute_at(adatom_evaluator *evaluator, double first, const char *line)
{
    adatom_structure *atoms = make_atoms(first);
    double energy = 0;
    const adatom_status status = adatom_evaluator_compute(evaluator, atoms, &energy, NULL);
    if (line != NULL) {
        assert_int_equal(status, ADATOM_EVALUATION_FAILED);
        assert_string_equal(adatom_error_message(), line);
    } else {
        assert_int_equal(status, ADATOM_OK);
    }
    adatom_structure_free(atoms);
    return energy;
}

static void test_all_that_it_gives_is_the_same(void **state)
{
    (void)state;
    static const char spec[] = "kim:SW_StillingerWeber_1985_Si",
                      in_process[] = "process:kim:SW_StillingerWeber_1985_Si";
    adatom_evaluator *here = open_evaluator(spec), *there = open_evaluator(in_process);
    for (int copies = 1; copies <= 3; copies++) {
        adatom_structure *silicon = make_diamond(14, 5.431, copies);
        shake(silicon, 0.1, (uint64_t)copies);
        const size_t count = silicon->atom_count;
        static double forces[2][ATOMS_MAX][3], energies[2][ATOMS_MAX], virial[2][3][3];
        adatom_properties a = {.forces = forces[0], .energies = energies[0], .virial = virial[0]};
        adatom_properties b = {.forces = forces[1], .energies = energies[1], .virial = virial[1]};
        assert_int_equal(adatom_evaluator_compute_properties(here, silicon, &a), ADATOM_OK);
        assert_int_equal(adatom_evaluator_compute_properties(there, silicon, &b), ADATOM_OK);
        assert_true(b.has_energies && b.has_virial);
        assert_memory_equal(&a.energy, &b.energy, sizeof a.energy);
        assert_memory_equal(forces[0], forces[1], count * sizeof forces[0][0]);
        assert_memory_equal(energies[0], energies[1], count * sizeof energies[0][0]);
        assert_memory_equal(virial[0], virial[1], sizeof virial[0]);
        adatom_structure_free(silicon);
    }
    adatom_evaluator_free(here);
    adatom_evaluator_free(there);
}

static void test_a_failure_leaves_the_process(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("process:" PLUGIN);
    const double first = compute_at(evaluator, 1, NULL);
    assert_true(first > 0 && (pid_t)first != getpid());
    compute_at(evaluator, -1, "the charges do not converge");
    assert_near(compute_at(evaluator, 1, NULL), first, 0);
    adatom_evaluator_free(evaluator);
}

static void test_an_end_hurts_one_evaluation(void **state)
{
    (void)state;
    static const struct {
        double deed;
        const char *line;
    } cases[] = {
        {11, "the process of plugin was ended by signal 6"},
        {21, "the process of plugin took longer than the time limit of 0.5 s"},
        {31, "the process of plugin: it ended; its last words: the integrals are lost"},
    };
    adatom_evaluator *evaluator = open_evaluator("process:time_limit=0.5 " PLUGIN);
    double before = compute_at(evaluator, 1, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        compute_at(evaluator, cases[i].deed, cases[i].line);
        const double after = compute_at(evaluator, 1, NULL);
        assert_true(after > 0 && after != before);
        before = after;
    }
    adatom_evaluator_free(evaluator);
}

static void test_what_cannot_be_opened_says_why(void **state)
{
    (void)state;
    expect_no_evaluator("process:", ADATOM_INVALID_INPUT,
                        "process wants an evaluator, as in process:xtb:gfn2 or "
                        "process:time_limit=60 xtb:gfn2");
    expect_no_evaluator("process:time_limit=no lj", ADATOM_INVALID_INPUT,
                        "evaluator argument time_limit=no is not a number from 0.001 to 1e+06");
    expect_no_evaluator("process:lj:colour=red", ADATOM_INVALID_INPUT,
                        "lj has no argument \"colour\"; known: epsilon sigma cutoff");
    expect_no_evaluator("process:plugin:/there/is/no.such", ADATOM_INVALID_INPUT,
                        "plugin: there is no file /there/is/no.such");
}

/* ---- instances that would wait for each other are given processes */

enum { JOBS = 2 };

static void test_a_pool_works_in_several_processes_at_once(void **state)
{
    (void)state;
    char folder[] = "/tmp/adatom-process-XXXXXX", spec[512], path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(spec, sizeof spec, PLUGIN ",folder=%s", folder);
    adatom_evaluator_pool *pool = NULL;
    assert_int_equal(adatom_evaluator_pool_create(spec, JOBS, &pool), ADATOM_OK);
    assert_int_equal(adatom_evaluator_pool_workers(pool), JOBS);
    adatom_evaluator_job jobs[JOBS] = {{.structure = make_atoms(1)}, {.structure = make_atoms(2)}};
    assert_int_equal(adatom_evaluator_pool_compute(pool, jobs, JOBS), ADATOM_OK);
    for (int i = 0; i < JOBS; i++) {
        assert_string_equal(jobs[i].message, "");
        assert_int_equal(jobs[i].status, ADATOM_OK);
        adatom_structure_free((adatom_structure *)(uintptr_t)jobs[i].structure);
        snprintf(path, sizeof path, "%s/%d", folder, i);
        assert_int_equal(unlink(path), 0);
    }
    assert_true(jobs[0].energy != jobs[1].energy); /* the numbers of the processes */
    adatom_evaluator_pool_free(pool);
    assert_int_equal(rmdir(folder), 0);
}

static void test_a_pool_goes_on_after_crashes(void **state)
{
    (void)state;
    enum { COUNT = 12 };
    adatom_evaluator_pool *pool = NULL;
    adatom_evaluator_job jobs[COUNT] = {{.structure = NULL}};
    adatom_structure *atoms[COUNT];
    assert_int_equal(adatom_evaluator_pool_create(PLUGIN, 3, &pool), ADATOM_OK);
    for (int i = 0; i < COUNT; i++) {
        atoms[i] = make_atoms(i % 3 == 1 ? 11 : 1);
        jobs[i].structure = atoms[i];
    }
    assert_int_equal(adatom_evaluator_pool_compute(pool, jobs, COUNT), ADATOM_OK);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(jobs[i].status, i % 3 == 1 ? ADATOM_EVALUATION_FAILED : ADATOM_OK);
        adatom_structure_free(atoms[i]);
    }
    adatom_evaluator_pool_free(pool);
}

static void test_without_the_program_a_pool_has_one_worker(void **state)
{
    (void)state;
    adatom_evaluator_pool *pool = NULL;
    char *before = getenv("ADATOM_LIBEXEC"), kept[512];
    assert_non_null(before);
    snprintf(kept, sizeof kept, "%s", before);
    assert_int_equal(setenv("ADATOM_LIBEXEC", "/no/such/folder", 1), 0);
    assert_int_equal(adatom_evaluator_pool_create(PLUGIN, 3, &pool), ADATOM_OK);
    assert_int_equal(adatom_evaluator_pool_workers(pool), 1);
    adatom_evaluator_pool_free(pool);
    expect_no_evaluator("process:lj", ADATOM_UNSUPPORTED,
                        "there is no adatom-worker in /no/such/folder, which ADATOM_LIBEXEC names");
    assert_int_equal(setenv("ADATOM_LIBEXEC", kept, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_that_it_gives_is_the_same),
        cmocka_unit_test(test_a_failure_leaves_the_process),
        cmocka_unit_test(test_an_end_hurts_one_evaluation),
        cmocka_unit_test(test_what_cannot_be_opened_says_why),
        cmocka_unit_test(test_a_pool_works_in_several_processes_at_once),
        cmocka_unit_test(test_a_pool_goes_on_after_crashes),
        cmocka_unit_test(test_without_the_program_a_pool_has_one_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
