/* What happens when LAMMPS, its script or its process fails: one line, and the next structure is
 * computed. */
#include "lammps_fragment.h"

#include <dirent.h>
#include <signal.h>
#include <time.h>

/* The process of the evaluator: the one child of this process. */
static pid_t find_child(void)
{
    pid_t found = 0;
    DIR *folder = opendir("/proc");
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[300], name[64] = "";
        int id = 0, parent = 0;
        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        FILE *stream = fopen(path, "r");
        if (stream != NULL) {
            if (fscanf(stream, "%d (%63[^)]) %*c %d", &id, name, &parent) == 3 &&
                parent == getpid() && strcmp(name, "adatom-lammps") == 0) {
                assert_int_equal(found, 0);
                found = id;
            }
            fclose(stream);
        }
    }
    closedir(folder);
    return found;
}

static void test_a_killed_process_is_replaced(void **state)
{
    (void)state;
    const fragment made = write_fragment(bn_tersoff);
    adatom_evaluator *evaluator = open_fragment(&made, "");
    adatom_structure *sheet = make_boron_nitride(2, 2);
    const double energy = energy_of(evaluator, sheet);
    const pid_t first = find_child();
    assert_int_equal(kill(first, SIGKILL), 0);
    expect_failure(evaluator, sheet, ADATOM_EVALUATION_FAILED, "LAMMPS was ended by signal 9");
    assert_near(energy_of(evaluator, sheet), energy, 0);
    assert_int_not_equal(find_child(), first);
    adatom_evaluator_free(evaluator);
    assert_int_equal(find_child(), 0);
    adatom_structure_free(sheet);
    remove_fragment(&made);
}

static void test_a_process_that_hangs(void **state)
{
    (void)state;
    const fragment made = write_fragment(bn_tersoff);
    adatom_evaluator *evaluator = open_fragment(&made, ",time_limit=0.5");
    adatom_structure *sheet = make_boron_nitride(2, 2);
    const double energy = energy_of(evaluator, sheet);
    const time_t start = time(NULL);
    assert_int_equal(kill(find_child(), SIGSTOP), 0);
    expect_failure(evaluator, sheet, ADATOM_EVALUATION_FAILED,
                   "LAMMPS took longer than the time limit of 0.5 s");
    assert_true(difftime(time(NULL), start) < 10);
    assert_int_equal(find_child(), 0);
    assert_near(energy_of(evaluator, sheet), energy, 0);
    adatom_evaluator_free(evaluator);
    adatom_structure_free(sheet);
    remove_fragment(&made);
}

static void test_interrupting_the_program_leaves_the_process(void **state)
{
    (void)state;
    const fragment made = write_fragment(bn_tersoff);
    adatom_evaluator *evaluator = open_fragment(&made, "");
    adatom_structure *sheet = make_boron_nitride(2, 2);
    const double energy = energy_of(evaluator, sheet);
    assert_int_equal(kill(find_child(), SIGINT), 0);
    assert_near(energy_of(evaluator, sheet), energy, 0);
    adatom_evaluator_free(evaluator);
    adatom_structure_free(sheet);
    remove_fragment(&made);
}

/* Two atoms in one place have no finite energy; the others do. */
static void test_structures_that_cannot_be(void **state)
{
    (void)state;
    const fragment made = write_fragment("pair_style lj/cut 8\npair_coeff * * 0.0104 3.4\n");
    adatom_evaluator *evaluator = open_fragment(&made, ",elements=Ar");
    adatom_structure *argon = make_fcc(18, 5.3, 1), *broken;
    const double energy = energy_of(evaluator, argon);
    assert_int_equal(adatom_structure_copy(argon, &broken), ADATOM_OK);
    memcpy(broken->positions[1], broken->positions[0], sizeof broken->positions[0]);
    expect_failure(evaluator, broken, ADATOM_EVALUATION_FAILED, NULL);
    assert_near(energy_of(evaluator, argon), energy, 0);
    memset(broken->cell[2], 0, sizeof broken->cell[2]);
    expect_failure(evaluator, broken, ADATOM_INVALID_INPUT,
                   "the cell is singular or thinner than 0.2 Å: LAMMPS cannot repeat it");
    memset(broken->periodic, 0, sizeof broken->periodic);
    for (size_t i = 0; i < broken->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            broken->positions[i][x] *= 1e6 * (double)i;
        }
    }
    expect_failure(evaluator, broken, ADATOM_INVALID_INPUT,
                   "a box around all atoms has 3.35e+20 Å^3, more than the 1e+08 that LAMMPS is "
                   "given");
    broken->atomic_numbers[2] = 10;
    expect_failure(evaluator, broken, ADATOM_INVALID_INPUT, NULL);
    assert_non_null(strstr(adatom_error_message(), " has no atom type for Ne; it has: Ar"));
    assert_near(energy_of(evaluator, argon), energy, 0);
    adatom_evaluator_free(evaluator);
    adatom_structure_free(argon);
    adatom_structure_free(broken);
    remove_fragment(&made);
}

/* What LAMMPS finds only when it computes. */
static void test_incomplete_fragments(void **state)
{
    (void)state;
    const fragment made = write_fragment("pair_style lj/cut 8\npair_coeff 1 1 0.0104 3.4\n");
    adatom_evaluator *evaluator = open_fragment(&made, ",elements=ArNe");
    adatom_structure *argon = make_fcc(18, 5.3, 1);
    argon->atomic_numbers[0] = 10;
    for (int i = 0; i < 2; i++) {
        expect_failure(evaluator, argon, ADATOM_EVALUATION_FAILED,
                       "LAMMPS: ERROR: All pair coeffs are not set");
    }
    adatom_evaluator_free(evaluator);
    adatom_structure_free(argon);
    remove_fragment(&made);
}

static void test_bad_fragments(void **state)
{
    (void)state;
    expect_no_fragment("pair_style tersoff\n\npair_coeff * * &\n none.tersoff C\n", "",
                       "3: LAMMPS: ERROR on proc 0: cannot open tersoff potential file "
                       "none.tersoff: No such file or directory");
    expect_no_fragment("pair_stile tersoff # a comment\npair_coeff * * BNC.tersoff C\n", "",
                       "1: LAMMPS: ERROR: Unknown command: pair_stile tersoff # a comment");
    expect_no_fragment("pair_style reaxff NULL\npair_coeff * * ffield C\n", "",
                       "1: LAMMPS: ERROR: Unrecognized pair style 'reaxff' is part of the REAXFF "
                       "package which is not enabled in this LAMMPS binary.");
    expect_no_fragment("units lj\npair_style lj/cut 3\npair_coeff * * 1 1\n", ",elements=Ar",
                       " units lj: energies in eV cannot be made of them; known: metal real "
                       "electron si cgs micro nano");
    expect_no_fragment("shell sleep 60\npair_coeff * * C\n", ",time_limit=0.4",
                       "1: LAMMPS took longer than the time limit of 0.4 s");
    expect_no_fragment("units metal\n  run 0\n", ",elements=C",
                       "2: run has no place here: the file defines a potential; the box, the atoms "
                       "and the runs come from adatom");
    expect_no_fragment("# nothing\n\n", ",elements=C",
                       " there is no command in it, expected a potential such as pair_style and "
                       "pair_coeff");
    expect_no_fragment("pair_style tersoff\npair_coeff * * BNC.tersoff C C\n", "",
                       " atom types 1 and 2 are both C; one type for each element is expected");
}

static void test_elements(void **state)
{
    (void)state;
    const char unknown[] = "pair_style lj/cut 8\npair_coeff * * 0.01 3\n";
    const fragment made = write_fragment(unknown);
    char spec[SPEC_BYTES], line[512];
    snprintf(spec, sizeof spec, "lammps:%s", made.path);
    snprintf(line, sizeof line,
             "%s: no pair_coeff * * names the element of each atom type; say which they are, such "
             "as lammps:file=%s,elements=CH for types 1 and 2",
             made.path, made.path);
    expect_no_evaluator(spec, ADATOM_INVALID_INPUT, line);
    remove_fragment(&made);
    static const char *const wrong[] = {"CX", "C:H", "ch", "Cc", "C2"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(spec, sizeof spec, "lammps:file=/dev/null,elements=%s", wrong[i]);
        adatom_evaluator *evaluator = NULL;
        assert_int_equal(adatom_evaluator_create(spec, &evaluator), ADATOM_INVALID_INPUT);
    }
    /* Each line of a hybrid style speaks of some types. */
    const fragment hybrid =
        write_fragment("pair_style hybrid tersoff lj/cut 8\n"
                       "pair_coeff * * tersoff BNC.tersoff B NULL N\n"
                       "pair_coeff * 2 lj/cut 0.01 3\npair_coeff 2 3 lj/cut 0.01 3\n"
                       "pair_coeff * * none\n");
    adatom_evaluator *evaluator = NULL;
    snprintf(spec, sizeof spec, "lammps:%s", hybrid.path);
    assert_int_equal(adatom_evaluator_create(spec, &evaluator), ADATOM_INVALID_INPUT);
    remove_fragment(&hybrid);
}

static void test_files_and_arguments(void **state)
{
    (void)state;
    expect_no_evaluator("lammps:/no/such/file", ADATOM_INVALID_INPUT,
                        "/no/such/file: cannot open: No such file or directory");
    expect_no_evaluator("lammps:/tmp", ADATOM_INVALID_INPUT, "/tmp: cannot read: Is a directory");
    expect_no_evaluator("lammps:/dev/zero", ADATOM_INVALID_INPUT,
                        "/dev/zero: cannot read: too large for a fragment of a script");
    static const char *const nameless[] = {"lammps", "lammps:", "lammps:elements=C"};
    for (size_t i = 0; i < sizeof nameless / sizeof nameless[0]; i++) {
        expect_no_evaluator(nameless[i], ADATOM_INVALID_INPUT,
                            "lammps wants a fragment of a LAMMPS script that defines a potential: "
                            "lammps:FILE");
    }
    expect_no_evaluator("lammps:file=a,model=b", ADATOM_INVALID_INPUT,
                        "lammps has no argument \"model\"; known: file elements time_limit");
}

/* Without the program, and with one that is not it. */
static void test_another_program(void **state)
{
    (void)state;
    const fragment made = write_fragment(bn_tersoff);
    char spec[SPEC_BYTES], line[512], program[256], *own = getenv("ADATOM_LIBEXEC");
    assert_non_null(own);
    char *kept = strdup(own);
    assert_int_equal(setenv("ADATOM_LIBEXEC", made.folder, 1), 0);
    snprintf(spec, sizeof spec, "lammps:%s", made.path);
    snprintf(line, sizeof line, "there is no adatom-lammps in %s, which ADATOM_LIBEXEC names",
             made.folder);
    expect_no_evaluator(spec, ADATOM_UNSUPPORTED, line);
    snprintf(program, sizeof program, "%s/adatom-lammps", made.folder);
    assert_int_equal(symlink("/bin/false", program), 0);
    expect_no_evaluator(spec, ADATOM_EVALUATION_FAILED, "LAMMPS ended with exit status 1");
    assert_int_equal(unlink(program), 0);
    assert_int_equal(setenv("ADATOM_LIBEXEC", kept, 1), 0);
    free(kept);
    remove_fragment(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_killed_process_is_replaced),
        cmocka_unit_test(test_a_process_that_hangs),
        cmocka_unit_test(test_interrupting_the_program_leaves_the_process),
        cmocka_unit_test(test_structures_that_cannot_be),
        cmocka_unit_test(test_incomplete_fragments),
        cmocka_unit_test(test_bad_fragments),
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_files_and_arguments),
        cmocka_unit_test(test_another_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
