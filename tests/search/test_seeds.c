/* Structures that a search begins with. */
#include "run_folder.h"
#include "search_example.h"

#include "adatom/extxyz.h"

#include <unistd.h>

enum { SEEDS = 3 };

static adatom_search_options with_template(void)
{
    adatom_search_options options = small_search();
    const char *text = "1\nLattice=\"12 0 0 0 12 0 0 0 12\" pbc=\"T T F\"\nNe 3.1 3.2 6\n";
    options.system_cell.count = 0;
    snprintf(options.system_template, sizeof options.system_template, "%s",
             in_folder("template.xyz"));
    assert_int_equal(adatom_text_file_write(options.system_template, text, strlen(text)),
                     ADATOM_OK);
    return options;
}

static void seed_with(adatom_search_options *options, const char *text)
{
    snprintf(options->start_structures, sizeof options->start_structures, "%s",
             in_folder("seeds.xyz"));
    assert_int_equal(adatom_text_file_write(options->start_structures, text, strlen(text)),
                     ADATOM_OK);
}

#define HEAD "5\nLattice=\"12 0 0 0 12 0 0 0 12\" pbc=\"T T F\"\n"

/* The template's atom stands last, and over the border. */
static const char three[] =
    HEAD "Ar 0 0 6\nAr 3.4 0 6\nAr 0 6.9 6\nAr 3.5 6.8 6\nNe 15.1 3.2 6\n" HEAD
         "Ne 3.1 3.2 6\nAr 0 0 6\nAr 6.9 0.1 6\nAr 0 6.9 6\nAr 6.9 6.8 6\n" HEAD
         "Ar 0 7 6\nAr 3.4 7 6\nNe 3.1 3.2 6\nAr 6.9 6.9 6\nAr 10.2 3 6\n";

static adatom_database_best *candidates_of(const char *run, size_t count)
{
    adatom_database_best *rows;
    size_t found;
    char path[PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s/candidates.db", run);
    assert_int_equal(adatom_database_lowest(path, "episode", count, &rows, &found), ADATOM_OK);
    assert_int_equal(found, count);
    return rows;
}

/* The first episodes are these, on their grid points, and each has its energy. */
static void they_are_the_first_episodes(void **state)
{
    (void)state;
    adatom_search_options options = with_template();
    adatom_search_state end;
    seed_with(&options, three);
    options.stop_episodes = SEEDS;
    const adatom_status status = adatom_search_run(&options, in_folder("run"), NULL, &end);
    assert_string_equal(status == ADATOM_OK ? "" : adatom_error_message(), "");
    assert_int_equal(end.episode, SEEDS);
    assert_int_equal(end.evaluations, SEEDS);
    adatom_database_best *rows = candidates_of(in_folder("run"), SEEDS);
    adatom_frames frames;
    assert_int_equal(adatom_extxyz_read(options.start_structures, &frames), ADATOM_OK);
    double lowest = INFINITY;
    for (size_t i = 0; i < SEEDS; i++) {
        lowest = fmin(lowest, rows[i].energy);
        const adatom_structure *built = rows[i].structure;
        assert_int_equal(built->atomic_numbers[0], 10);
        const adatom_structure *given = frames.frames[(size_t)rows[i].value - 1].structure;
        size_t next = 0;
        for (size_t a = 1; a < built->atom_count; a++, next++) {
            next += given->atomic_numbers[next] == 10;
            assert_int_equal(built->atomic_numbers[a], 18);
            for (int k = 0; k < 2; k++) { /* half a pixel is 0.43 Å */
                const double apart = built->positions[a][k] - given->positions[next][k];
                assert_true(fabs(apart) < 0.44);
            }
        }
        adatom_structure_free(rows[i].structure);
    }
    assert_true(fabs(end.best_energy - lowest) < 1e-12);
    free(rows);
    adatom_frames_clear(&frames);
}

/* Stopped among the seeds or later, and with the file gone: the same. */
static void stopped_among_them_it_goes_on(void **state)
{
    (void)state;
    adatom_search_options options = with_template();
    adatom_search_state end;
    seed_with(&options, three);
    options.stop_episodes = 15;
    options.relax_steps = 3;
    assert_int_equal(adatom_search_run(&options, in_folder("whole"), NULL, &end), ADATOM_OK);
    for (int first = 1; first < 8; first += 3) {
        char run[PATH_SIZE];
        const char *overrides[] = {"stop.episodes=15"};
        snprintf(run, sizeof run, "%s/parts-%d", folder, first);
        seed_with(&options, three);
        options.stop_episodes = first;
        assert_int_equal(adatom_search_run(&options, run, NULL, &end), ADATOM_OK);
        assert_int_equal(unlink(options.start_structures), 0);
        assert_int_equal(adatom_search_resume(run, overrides, 1, NULL, &end), ADATOM_OK);
        expect_same_log(in_folder("whole"), run);
        expect_same_file(in_folder("whole"), run, "best.extxyz");
    }
}

static void expect_refused(const char *text, const char *message)
{
    adatom_search_options options = with_template();
    adatom_search_state end;
    seed_with(&options, text);
    assert_int_equal(adatom_search_run(&options, in_folder("refused"), NULL, &end),
                     ADATOM_INVALID_INPUT);
    if (strstr(adatom_error_message(), message) == NULL) {
        fail_msg("%s", adatom_error_message());
    }
    assert_int_equal(access(in_folder("refused"), F_OK), -1);
}

static void those_that_do_not_fit_are_named(void **state)
{
    (void)state;
    expect_refused(HEAD "Ar 0 0 6\nAr 3.4 0 6\nAr 0 6.9 6\nAr 3.5 6.8 6\nNe 4.1 3.2 6\n",
                   "seeds.xyz, structure 1: no Ne within 0.3 Å of atom 1 of the template");
    expect_refused(HEAD "Ar 0 0 6\nAr 3.4 0 6\nAr 0 6.9 6\nNe 9 9 6\nNe 3.1 3.2 6\n",
                   "structure 1: atom 4 (Ne) is one more than system.place and the template have");
    expect_refused("4\nLattice=\"12 0 0 0 12 0 0 0 12\" pbc=\"T T F\"\nAr 0 0 6\nAr 3.4 0 6\n"
                   "Ar 0 6.9 6\nNe 3.1 3.2 6\n",
                   "structure 1: 3 atoms beside the template, system.place has 4");
    expect_refused(HEAD "Ar 0 0 6\nAr 3.4 0 7\nAr 0 6.9 6\nAr 3.5 6.8 6\nNe 3.1 3.2 6\n",
                   "structure 1: atom 2 (Ar) is not on the grid");
    expect_refused(HEAD "Ar 0 0 6\nAr 1.4 0 6\nAr 0 6.9 6\nAr 3.5 6.8 6\nNe 3.1 3.2 6\n",
                   "nearer to each other than policy.c1 allows");
    expect_refused("5\nLattice=\"13 0 0 0 12 0 0 0 12\" pbc=\"T T F\"\nAr 0 0 6\nAr 3.4 0 6\n"
                   "Ar 0 6.9 6\nAr 3.5 6.8 6\nNe 3.1 3.2 6\n",
                   "lattice vector 1 is not that of the search");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(they_are_the_first_episodes, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(stopped_among_them_it_goes_on, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(those_that_do_not_fit_are_named, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
