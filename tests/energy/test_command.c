/* The evaluator command:..., with a program that behaves, and that misbehaves in every way that
 * programs do. */
#include "energies.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ENGINE ADATOM_PYTHON " -B '" ADATOM_FAKE_ENGINE "' "

static char folder[] = "/tmp/adatom-test-XXXXXX"; /* TMPDIR of all that runs here */

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- what must be as before after each test */

static int entries_of(const char *path)
{
    int count = 0;
    DIR *listing = opendir(path);
    assert_non_null(listing);
    while (readdir(listing) != NULL) {
        count++;
    }
    closedir(listing);
    return count;
}

static int files_before;

static int look_around(void **state)
{
    (void)state;
    files_before = entries_of("/proc/self/fd");
    return 0;
}

static int check_that_nothing_is_left(void **state)
{
    (void)state;
    sigset_t blocked, pending;
    struct sigaction action;
    assert_int_equal(entries_of("/proc/self/fd"), files_before);
    assert_int_equal(entries_of(folder), 2); /* . and .. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &blocked), 0);
    assert_int_equal(sigpending(&pending), 0);
    assert_int_equal(sigismember(&blocked, SIGPIPE), 0);
    assert_int_equal(sigismember(&pending, SIGPIPE), 0);
    assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
    assert_true(action.sa_handler == SIG_DFL);
    return 0;
}

/* ---- structures and expectations */

static adatom_structure *make_molecule(void)
{
    static const int numbers[4] = {6, 1, 1, 8};
    adatom_structure *molecule;
    assert_int_equal(adatom_structure_create(4, &molecule), ADATOM_OK);
    for (int i = 0; i < 4; i++) {
        molecule->atomic_numbers[i] = numbers[i];
        for (int x = 0; x < 3; x++) {
            molecule->positions[i][x] = sin(7 * i + 3 * x + 1) / 3 + i;
        }
    }
    return molecule;
}

static double expected_energy(const adatom_structure *structure)
{
    double sum = 0;
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            sum += structure->positions[i][x] * structure->positions[i][x] / 2;
        }
    }
    return sum;
}

static void check_answer(adatom_evaluator *evaluator, const adatom_structure *structure)
{
    double energy = NAN, forces[4][3];
    assert_true(structure->atom_count <= 4);
    const adatom_status status = adatom_evaluator_compute(evaluator, structure, &energy, forces);
    assert_string_equal(status == ADATOM_OK ? "" : adatom_error_message(), "");
    assert_near(energy, expected_energy(structure), 1e-13);
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            assert_near(forces[i][x], -structure->positions[i][x], 0);
        }
    }
}

static void expect_good(const char *spec)
{
    adatom_evaluator *evaluator = open_evaluator(spec);
    adatom_structure *molecule = make_molecule();
    check_answer(evaluator, molecule);
    check_answer(evaluator, molecule);
    adatom_structure_free(molecule);
    adatom_evaluator_free(evaluator);
}

/* The evaluation fails with this line, and what was asked for is as before. */
static void expect_failure(const char *spec, const char *line)
{
    adatom_evaluator *evaluator = open_evaluator(spec);
    adatom_structure *molecule = make_molecule();
    double energy = -1, forces[4][3] = {{-1, -1, -1}};
    assert_int_equal(adatom_evaluator_compute(evaluator, molecule, &energy, forces),
                     ADATOM_EVALUATION_FAILED);
    assert_string_equal(adatom_error_message(), line);
    assert_near(energy, -1, 0);
    assert_near(forces[0][0], -1, 0);
    adatom_structure_free(molecule);
    adatom_evaluator_free(evaluator);
}

#define OUTPUT "the output of " ADATOM_PYTHON ", line "

/* ---- tests */

static void test_a_program_that_behaves(void **state)
{
    (void)state;
    expect_good("command:" ENGINE "good");
    expect_good("command:" ENGINE "rich");
    expect_good("command:time_limit=20 forces=yes  transport=stdin\t" ENGINE "'good'");
    expect_good("command:" ENGINE "shout");
    expect_good("command:" ENGINE "close_and_go_on");
    expect_good("command:python3 '" ADATOM_FAKE_ENGINE "' \"good\""); /* from PATH */
}

/* Those that the comment line has beside the energy. */
static void test_other_numbers(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("command:" ENGINE "rich");
    adatom_structure *molecule = make_molecule();
    double value = 7;
    assert_int_equal(adatom_evaluator_number(evaluator, "free_energy", &value),
                     ADATOM_EVALUATION_FAILED);
    check_answer(evaluator, molecule);
    assert_int_equal(adatom_evaluator_number(evaluator, "free_energy", &value), ADATOM_OK);
    assert_near(value, -99.5, 0);
    static const char *const none[] = {"energies", "note", "flag", "stress", "end", ""};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_int_equal(adatom_evaluator_number(evaluator, none[i], &value),
                         ADATOM_EVALUATION_FAILED);
    }
    assert_string_equal(adatom_error_message(), "the evaluator gives no number \"\"");
    assert_near(value, -99.5, 0);
    adatom_structure_free(molecule);
    adatom_evaluator_free(evaluator);
}

static void test_files(void **state)
{
    (void)state;
    expect_good("command:" ENGINE "files --in={input} {output}");
    expect_good("command:transport=file " ENGINE "files --in={input} {output}");
    expect_failure("command:" ENGINE "no_output {input} {output}",
                   ADATOM_PYTHON " left no {output}: No such file or directory");
    expect_failure("command:" ENGINE "output_is_pipe {input} {output}",
                   ADATOM_PYTHON " wrote nothing to {output}");
    expect_failure("command:" ENGINE "output_is_long {input} {output}",
                   ADATOM_PYTHON " wrote more than 1064960 bytes to {output}");
    expect_failure("command:" ENGINE "fail {input} {output}",
                   ADATOM_PYTHON " ended with exit status 1: basis set ?[31mnot? found");
    assert_int_equal(setenv("TMPDIR", "/no/such/folder", 1), 0);
    adatom_evaluator *evaluator = open_evaluator("command:" ENGINE "files {input} {output}");
    adatom_structure *molecule = make_molecule();
    double energy;
    assert_int_equal(adatom_evaluator_compute(evaluator, molecule, &energy, NULL),
                     ADATOM_IO_FAILED);
    assert_non_null(strstr(adatom_error_message(), "cannot make the temporary folder"));
    adatom_structure_free(molecule);
    adatom_evaluator_free(evaluator);
    assert_int_equal(setenv("TMPDIR", folder, 1), 0);
}

static void test_what_the_program_is_told(void **state)
{
    (void)state;
    adatom_structure *molecule = make_molecule();
    adatom_evaluator *evaluator =
        open_evaluator("command:" ENGINE "what_is_wanted 'compute=energy pbc=\"T F T\"'");
    molecule->periodic[0] = molecule->periodic[2] = true;
    molecule->cell[0][0] = molecule->cell[2][2] = 9.1;
    assert_near(energy_of(evaluator, molecule), expected_energy(molecule), 1e-13);
    adatom_evaluator_free(evaluator);
    evaluator = open_evaluator("command:" ENGINE "what_is_wanted 'Lattice=\"9.0999999999999996 "
                               "0 0 0 0 0 0 0 9.0999999999999996\" Properties=species:S:1:pos:R:3 "
                               "'");
    assert_near(energy_of(evaluator, molecule), expected_energy(molecule), 1e-13);
    adatom_evaluator_free(evaluator);
    adatom_structure_free(molecule);
    expect_failure("command:" ENGINE "what_is_wanted 'compute=\"energy forces\"'",
                   OUTPUT "2: there are no forces; forces:R:3, in eV/Å, is expected in Properties "
                          "(or forces=no in the evaluator)");
}

static void test_without_forces(void **state)
{
    (void)state;
    adatom_structure *molecule = make_molecule();
    adatom_evaluator *evaluator = open_evaluator("command:forces=no " ENGINE "no_forces");
    double energy = -1, forces[4][3];
    assert_near(energy_of(evaluator, molecule), expected_energy(molecule), 1e-13);
    assert_int_equal(adatom_evaluator_compute(evaluator, molecule, &energy, forces),
                     ADATOM_UNSUPPORTED);
    assert_string_equal(adatom_error_message(), ADATOM_PYTHON " gives no forces (forces=no)");
    adatom_evaluator_free(evaluator);
    adatom_structure_free(molecule);
}

static void test_wrong_results(void **state)
{
    (void)state;
    expect_failure("command:" ENGINE "no_energy",
                   OUTPUT "2: there is no energy; energy=..., in eV, is expected");
    expect_failure("command:" ENGINE "no_forces",
                   OUTPUT "2: there are no forces; forces:R:3, in eV/Å, is expected in Properties "
                          "(or forces=no in the evaluator)");
    expect_failure("command:" ENGINE "nan", "the energy is not finite");
    expect_failure("command:" ENGINE "infinite", "the energy is not finite");
    expect_failure("command:" ENGINE "nan_force", "the force on atom 4 is not finite");
    expect_failure("command:" ENGINE "words", OUTPUT "2: the energy \"low?[2J\" is not a number");
    expect_failure("command:" ENGINE "empty_energy", OUTPUT "2: the energy \"\" is not a number");
    expect_failure("command:" ENGINE "bad_columns",
                   OUTPUT "2: Properties: \"x\" is no number of columns");
    expect_failure("command:" ENGINE "endless_columns",
                   OUTPUT "2: Properties: \"9999\" is no number of columns");
    expect_failure("command:" ENGINE "half_a_column",
                   OUTPUT "2: Properties: name:type:count is expected for \"pos\"");
    expect_failure("command:" ENGINE "no_places",
                   OUTPUT "2: Properties: species:S:1 and pos:R:3 are expected");
}

static void test_wrong_atoms(void **state)
{
    (void)state;
    expect_failure("command:" ENGINE "fewer", OUTPUT "1: 3 atoms; the structure has 4");
    expect_failure("command:" ENGINE "more", OUTPUT "1: 5 atoms; the structure has 4");
    expect_failure("command:" ENGINE "one_missing",
                   OUTPUT "6: the output is cut here; 6 lines, each with its end, were expected");
    expect_failure("command:" ENGINE "one_too_many",
                   OUTPUT "7: nothing is expected after the atoms");
    expect_failure("command:" ENGINE "two", OUTPUT "7: nothing is expected after the atoms");
    expect_failure("command:" ENGINE "cut_in_a_number",
                   OUTPUT "6: the output is cut here; 6 lines, each with its end, were expected");
    expect_failure("command:" ENGINE "short_row", OUTPUT "6: 6 columns; Properties has 7");
    expect_failure("command:" ENGINE "reversed",
                   OUTPUT "3: atom 1 is \"O\"; the structure has C there");
    expect_failure("command:" ENGINE "swapped",
                   OUTPUT "3: atom 1 is \"H\"; the structure has C there");
}

/* Two atoms of one element in the wrong order have the right names, yet the wrong forces. */
static void test_two_of_a_kind_in_the_wrong_order(void **state)
{
    (void)state;
    adatom_evaluator *evaluator = open_evaluator("command:" ENGINE "swapped");
    adatom_structure *molecule = make_molecule();
    double energy = -1, forces[4][3];
    molecule->atomic_numbers[0] = 1;
    molecule->positions[0][0] = 0.5;
    molecule->positions[1][0] = -2;
    assert_int_equal(adatom_evaluator_compute(evaluator, molecule, &energy, forces),
                     ADATOM_EVALUATION_FAILED);
    assert_string_equal(adatom_error_message(),
                        OUTPUT "3: atom 1 is not where it was: x is -2, not 0.5 Å");
    adatom_structure_free(molecule);
    adatom_evaluator_free(evaluator);
}

static void test_output_that_is_no_structure(void **state)
{
    (void)state;
    expect_failure("command:" ENGINE "binary", OUTPUT "1: the number of atoms is expected, not "
                                                      "\"???????????????????????????????\"");
    expect_failure("command:" ENGINE "log_before",
                   OUTPUT "1: the number of atoms is expected, not \"SCF\"");
    expect_failure("command:" ENGINE "nothing",
                   ADATOM_PYTHON " wrote nothing to its standard output");
    expect_failure("command:/bin/true", "/bin/true wrote nothing to its standard output");
    expect_failure("command:" ENGINE "endless",
                   ADATOM_PYTHON " wrote more than 1064960 bytes to its standard output");
}

static void test_programs_that_fail(void **state)
{
    (void)state;
    expect_failure("command:/bin/false", "/bin/false ended with exit status 1");
    expect_failure("command:" ENGINE "fail",
                   ADATOM_PYTHON " ended with exit status 1: basis set ?[31mnot? found");
    expect_failure("command:" ENGINE "shout and_fail",
                   ADATOM_PYTHON " ended with exit status 5: SCF did?not c??nverge");
    expect_failure("command:" ENGINE "crash",
                   ADATOM_PYTHON " was ended by signal 11 (Segmentation fault)");
    expect_failure("command:time_limit=0.2 /bin/sleep 100",
                   "/bin/sleep did not end within 0.2 s (time_limit) and was ended");
}

/* A program of many atoms is asked and does not listen: neither side may wait for the other. */
static void test_programs_that_do_not_read(void **state)
{
    (void)state;
    enum { MANY = 50000 };
    double energy = -1;
    adatom_structure *crowd;
    assert_int_equal(adatom_structure_create(MANY, &crowd), ADATOM_OK);
    for (int i = 0; i < MANY; i++) {
        crowd->atomic_numbers[i] = 1;
    }
    adatom_evaluator *evaluator = open_evaluator("command:" ENGINE "deaf 50000");
    assert_near(energy_of(evaluator, crowd), 0, 0);
    adatom_evaluator_free(evaluator);
    evaluator = open_evaluator("command:time_limit=0.5 " ENGINE "sleep");
    assert_int_equal(adatom_evaluator_compute(evaluator, crowd, &energy, NULL),
                     ADATOM_EVALUATION_FAILED);
    assert_string_equal(adatom_error_message(),
                        ADATOM_PYTHON " did not end within 0.5 s (time_limit) and was ended");
    adatom_evaluator_free(evaluator);
    evaluator = open_evaluator("command:/bin/sh -c 'exec 0<&-; echo bye >&2; exit 3'");
    assert_int_equal(adatom_evaluator_compute(evaluator, crowd, &energy, NULL),
                     ADATOM_EVALUATION_FAILED);
    assert_string_equal(adatom_error_message(), "/bin/sh ended with exit status 3: bye");
    adatom_evaluator_free(evaluator);
    adatom_structure_free(crowd);
}

/* The processes whose numbers stand in the file are gone, or dead and about to be taken away. */
static void check_that_they_are_gone(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    int process = 0, count = 0;
    for (; fscanf(file, "%d", &process) == 1; count++) {
        bool gone = false;
        for (int tries = 0; tries < 200 && !gone; tries++) {
            char place[64], text[512] = "";
            snprintf(place, sizeof place, "/proc/%d/stat", process);
            FILE *facts = fopen(place, "r");
            gone = facts == NULL || fgets(text, sizeof text, facts) == NULL ||
                   strstr(text, ") Z ") != NULL;
            if (facts != NULL) {
                fclose(facts);
            }
            usleep(gone ? 0 : 10000);
        }
        assert_true(gone);
    }
    fclose(file);
    assert_true(count > 0);
    assert_int_equal(unlink(path), 0);
}

static void test_all_that_a_program_started_ends_with_it(void **state)
{
    (void)state;
    char path[64], spec[512];
    snprintf(path, sizeof path, "%s/processes", folder);
    snprintf(spec, sizeof spec, "command:time_limit=2 %s hang %s", ENGINE, path);
    expect_failure(spec, ADATOM_PYTHON " did not end within 2 s (time_limit) and was ended");
    check_that_they_are_gone(path);
    snprintf(spec, sizeof spec, "command:%s leave_a_child %s", ENGINE, path);
    const double start = seconds_now();
    expect_good(spec);
    assert_true(seconds_now() - start < 60); /* the child sleeps 1000 s, and holds the streams */
    check_that_they_are_gone(path);
}

/* A file opened without O_CLOEXEC and a blocked signal are ours, not the program's. */
static void test_nothing_is_inherited(void **state)
{
    (void)state;
    sigset_t blocked, before;
    const int file = dup(STDERR_FILENO);
    assert_true(file >= 0);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
    expect_good("command:" ENGINE "what_is_inherited");
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
    close(file);
}

/* Pipes may get the numbers of the streams when these are closed. */
static void test_without_streams_of_our_own(void **state)
{
    (void)state;
    const int kept = dup(STDIN_FILENO);
    close(STDIN_FILENO);
    expect_good("command:" ENGINE "good");
    assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
    close(kept);
}

static void *evaluate_some(void *outcome)
{
    adatom_evaluator *evaluator = NULL;
    adatom_structure *molecule = NULL;
    double energy = 0;
    bool *is_good = outcome;
    *is_good = adatom_evaluator_create("command:" ENGINE "good", &evaluator) == ADATOM_OK &&
               adatom_structure_create(1, &molecule) == ADATOM_OK;
    for (int i = 1; *is_good && i < 6; i++) {
        molecule->atomic_numbers[0] = i;
        molecule->positions[0][1] = i;
        *is_good = adatom_evaluator_compute(evaluator, molecule, &energy, NULL) == ADATOM_OK &&
                   fabs(energy - 0.5 * i * i) < 1e-13;
    }
    adatom_structure_free(molecule);
    adatom_evaluator_free(evaluator);
    return NULL;
}

static void test_several_at_once(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    bool is_good[THREADS];
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, evaluate_some, &is_good[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(is_good[i]);
    }
}

static void test_bad_specs(void **state)
{
    (void)state;
    const adatom_status bad = ADATOM_INVALID_INPUT;
    const char *needs = "command needs a program: command:PROGRAM ARGUMENT ...";
    expect_no_evaluator("command", bad, needs);
    expect_no_evaluator("command:", bad, needs);
    expect_no_evaluator("command:  ", bad, needs);
    expect_no_evaluator("command:time_limit=1", bad, needs);
    expect_no_evaluator("command:''", bad, needs);
    expect_no_evaluator("command:no-such-program-here x=1", bad,
                        "command: there is no program \"no-such-program-here\" in the folders of "
                        "PATH");
    expect_no_evaluator("command:./no/such/program", bad,
                        "command: ./no/such/program is not there");
    expect_no_evaluator("command:/etc/passwd", bad,
                        "command: /etc/passwd is not a program that may be run");
    expect_no_evaluator("command:/tmp a", bad, "command: /tmp is not a program that may be run");
    expect_no_evaluator("command:/bin/echo 'a b", bad, "command: a quote ' is not closed");
    expect_no_evaluator("command:/bin/echo a\"b", bad, "command: a quote \" is not closed");
    expect_no_evaluator("command:speed=1 /bin/true", bad,
                        "command has no option \"speed\"; known: time_limit forces transport");
    expect_no_evaluator("command:forces=no forces=yes /bin/true", bad,
                        "command: forces is given twice");
    expect_no_evaluator("command:forces=maybe /bin/true", bad,
                        "command: forces=maybe is not yes or no");
    expect_no_evaluator("command:transport=pigeon /bin/true", bad,
                        "command: transport=pigeon is not stdin or file");
    expect_no_evaluator("command:time_limit=0 /bin/true", bad,
                        "evaluator argument time_limit=0 is not a number from 0.001 to 1e+07");
    const char *both = "command: files need both {input} and {output} in the arguments";
    expect_no_evaluator("command:transport=file /bin/true {input}", bad, both);
    expect_no_evaluator("command:/bin/true --to={output}", bad, both);
}

/* A file with the right to be run that the system cannot run, and one that is gone meanwhile. */
static void test_programs_that_cannot_be_started(void **state)
{
    (void)state;
    char path[64], spec[128], line[256];
    snprintf(path, sizeof path, "%s/program", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("this is no program\n", file);
    fclose(file);
    assert_int_equal(chmod(path, 0700), 0);
    snprintf(spec, sizeof spec, "command:%s", path);
    snprintf(line, sizeof line, "%s cannot be started: Exec format error", path);
    expect_failure(spec, line);
    adatom_evaluator *evaluator = open_evaluator(spec);
    adatom_structure *molecule = make_molecule();
    double energy;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(adatom_evaluator_compute(evaluator, molecule, &energy, NULL),
                     ADATOM_EVALUATION_FAILED);
    snprintf(line, sizeof line, "%s cannot be started: No such file or directory", path);
    assert_string_equal(adatom_error_message(), line);
    adatom_structure_free(molecule);
    adatom_evaluator_free(evaluator);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, look_around, check_that_nothing_is_left)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_program_that_behaves),
        TEST(test_other_numbers),
        TEST(test_files),
        TEST(test_what_the_program_is_told),
        TEST(test_without_forces),
        TEST(test_wrong_results),
        TEST(test_wrong_atoms),
        TEST(test_two_of_a_kind_in_the_wrong_order),
        TEST(test_output_that_is_no_structure),
        TEST(test_programs_that_fail),
        TEST(test_programs_that_do_not_read),
        TEST(test_all_that_a_program_started_ends_with_it),
        TEST(test_nothing_is_inherited),
        TEST(test_without_streams_of_our_own),
        TEST(test_several_at_once),
        TEST(test_bad_specs),
        TEST(test_programs_that_cannot_be_started),
    };
    if (mkdtemp(folder) == NULL || setenv("TMPDIR", folder, 1) != 0) {
        return 1;
    }
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return rmdir(folder) == 0 ? failed : 1;
}
