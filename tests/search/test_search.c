/* Whole searches: they find what is to be found, and leave a folder that one can keep. */
#include "run_folder.h"
#include "search_example.h"

#include "adatom/evaluator.h"
#include "adatom/extxyz.h"
#include "base/error.h"
#include "io/hdf5_file.h"

#include <sys/stat.h>

enum { GRID = 14 };

/* Energies of two atoms so many pixels apart, from the evaluator, with its cutoff and shift. */
typedef struct pair_table {
    double energy[GRID][GRID], lowest;
} pair_table;

static void fill_pairs(const char *spec, pair_table *table)
{
    adatom_evaluator *evaluator;
    adatom_structure *dimer;
    assert_int_equal(adatom_evaluator_create(spec, &evaluator), ADATOM_OK);
    assert_int_equal(adatom_structure_create(2, &dimer), ADATOM_OK);
    dimer->atomic_numbers[0] = dimer->atomic_numbers[1] = 18;
    table->energy[0][0] = table->lowest = INFINITY;
    for (int i = 1; i < GRID * GRID; i++) {
        double *energy = &table->energy[i / GRID][i % GRID];
        dimer->positions[1][0] = 12.0 / GRID * (i / GRID);
        dimer->positions[1][1] = 12.0 / GRID * (i % GRID);
        assert_int_equal(adatom_evaluator_compute(evaluator, dimer, energy, NULL), ADATOM_OK);
        table->lowest = fmin(table->lowest, *energy);
    }
    adatom_structure_free(dimer);
    adatom_evaluator_free(evaluator);
}

static double pair_energy(const pair_table *table, int a, int b)
{
    return table->energy[abs(a / GRID - b / GRID)][abs(a % GRID - b % GRID)];
}

/* The lowest energy of four atoms on the grid, by trying all; what cannot become lower is left. */
static double lowest_of_four(const adatom_search_options *options)
{
    static pair_table t;
    fill_pairs(options->run_evaluator, &t);
    double lowest = INFINITY;
    for (int a = 0; a < GRID * GRID; a++) {
        for (int b = 0; b < a; b++) {
            const double two = pair_energy(&t, a, b);
            for (int c = 0; c < b && two + 5 * t.lowest < lowest; c++) {
                const double three = two + pair_energy(&t, a, c) + pair_energy(&t, b, c);
                for (int d = 0; d < c && three + 3 * t.lowest < lowest; d++) {
                    lowest = fmin(lowest, three + pair_energy(&t, a, d) + pair_energy(&t, b, d) +
                                              pair_energy(&t, c, d));
                }
            }
        }
    }
    return lowest;
}

static adatom_search_options four_atoms(void)
{
    adatom_search_options options = small_search();
    options.reward_delta_e = 0.01;
    options.stop_episodes = 3000;
    options.stop_at_energy = true;
    options.stop_energy = lowest_of_four(&options) + 1e-9;
    return options;
}

static void finds_the_lowest_energy_on_the_grid(void **state)
{
    (void)state;
    adatom_search_options options = four_atoms();
    adatom_search_state end;
    assert_int_equal(adatom_search_run(&options, in_folder("grid"), NULL, &end), ADATOM_OK);
    assert_int_equal(end.end, ADATOM_SEARCH_ENERGY_REACHED);
    assert_true(fabs(end.best_energy - options.stop_energy) < 2e-9); /* and nothing lower exists */
    assert_true(end.evaluations < end.episode);                      /* some were built before */
    assert_int_equal(end.best_episode, end.episode);
}

/* The same without learning: random builds do not find it in that many episodes. */
static void chance_alone_does_not_find_it(void **state)
{
    (void)state;
    adatom_search_options options = four_atoms();
    options.policy_epsilon_0 = 1;
    options.policy_epsilon_nu = 0;
    options.policy_greedy_every = 0;
    options.training_updates = 0;
    adatom_search_state end;
    assert_int_equal(adatom_search_run(&options, in_folder("chance"), NULL, &end), ADATOM_OK);
    assert_int_equal(end.end, ADATOM_SEARCH_EPISODES);
}

/* Relaxed, three atoms form the ideal triangle, off the grid: each bond at the minimum. */
static void relaxed_search_finds_the_ideal_triangle(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    const double ratio = pow(3.0 / 9, 6), ideal = 3 * (-0.01 - 0.04 * (ratio * ratio - ratio));
    options.system_place.amounts[0] = 3;
    options.stop_episodes = 1000;
    options.relax_steps = 60;
    options.relax_force_tolerance = 1e-6;
    options.stop_at_energy = true;
    options.stop_energy = ideal + 1e-7;
    adatom_search_state end;
    adatom_frames frames;
    assert_int_equal(adatom_search_run(&options, in_folder("relaxed"), NULL, &end), ADATOM_OK);
    assert_int_equal(end.end, ADATOM_SEARCH_ENERGY_REACHED);
    assert_true(end.best_energy > ideal - 1e-9);
    assert_true(end.evaluations > end.episode);
    assert_int_equal(adatom_extxyz_read(in_folder("relaxed/best.extxyz"), &frames), ADATOM_OK);
    const adatom_structure *best = frames.frames[0].structure;
    assert_true(fabs(frames.frames[0].energy - end.best_energy) < 1e-12);
    for (size_t a = 0; a < 3; a++) {
        const double *p = best->positions[a], *q = best->positions[(a + 1) % 3];
        assert_true(fabs(hypot(p[0] - q[0], p[1] - q[1]) - 3.0 * pow(2, 1.0 / 6)) < 1e-3);
        assert_true(fabs(p[2] - 6) < 1e-12); /* they stay in the plane */
    }
    adatom_frames_clear(&frames);
}

static void folder_holds_what_the_log_says(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    adatom_search_state end;
    const char *run = in_folder("a/b/whole");
    assert_int_equal(adatom_search_run(&options, run, NULL, &end), ADATOM_OK);
    assert_int_equal(end.end, ADATOM_SEARCH_EPISODES);
    assert_int_equal(end.episode, 25);
    char *log = log_without_seconds(run);
    const char *header = "episode,energy,best_energy,evaluations,greedy,failed,loss\n";
    assert_memory_equal(log, header, strlen(header));
    double best = INFINITY;
    const char *row = log + strlen(header);
    for (long long episode = 1; episode <= 25; episode++, row = strchr(row, '\n') + 1) {
        long long number, evaluations;
        double energy, best_energy, loss;
        int greedy, failed;
        assert_int_equal(sscanf(row, "%lld,%lg,%lg,%lld,%d,%d,%lg", &number, &energy, &best_energy,
                                &evaluations, &greedy, &failed, &loss),
                         7);
        best = fmin(best, energy);
        assert_true(number == episode && evaluations <= episode && best_energy == best &&
                    loss >= 0);
        assert_true(greedy == (episode % 5 == 0) && failed == 0);
    }
    assert_int_equal(*row, '\0');
    assert_true(best == end.best_energy);
    assert_int_equal(candidate_count(run), 25);
    free(log);
}

/* The arrays that the report reads, under their names. */
static void checkpoint_has_the_snapshots(void **state)
{
    (void)state;
    adatom_hdf5_reader *reader;
    const size_t one = 1, three = 3, grid[2] = {3, 3}, four = 4;
    const size_t maps[5] = {3, 1, 14, 14, 1}, placed[2] = {3, 4}, positions[2] = {4, 3};
    int32_t shape[3], template_count, action[3][4], numbers_of[4], steps[3];
    double origin[3], vectors[3][3], place[4][3];
    uint8_t periodic[3], allowed[3 * 14 * 14];
    float q[3 * 14 * 14];
    int64_t episode;
    assert_int_equal(adatom_hdf5_open(in_folder("a/b/whole/checkpoint.h5"), &reader), ADATOM_OK);
    assert_int_equal(adatom_hdf5_get(reader, "/grid/shape", ADATOM_HDF5_INT32, 1, &three, shape),
                     ADATOM_OK);
    assert_int_equal(adatom_hdf5_get(reader, "/grid/origin", ADATOM_HDF5_DOUBLE, 1, &three, origin),
                     ADATOM_OK);
    assert_int_equal(adatom_hdf5_get(reader, "/grid/vectors", ADATOM_HDF5_DOUBLE, 2, grid, vectors),
                     ADATOM_OK);
    assert_int_equal(
        adatom_hdf5_get(reader, "/grid/periodic", ADATOM_HDF5_UINT8, 1, &three, periodic),
        ADATOM_OK);
    assert_int_equal(
        adatom_hdf5_get(reader, "/run/template_count", ADATOM_HDF5_INT32, 1, &one, &template_count),
        ADATOM_OK);
    assert_true(shape[0] == 14 && shape[1] == 14 && template_count == 0 && periodic[0] == 0);
    for (int s = 0; s < 4; s++) { /* three of greedy builds, and the best */
        const struct {
            const char *name;
            adatom_hdf5_type type;
            int rank;
            const size_t *dims;
            void *values;
        } arrays[] = {{"episode", ADATOM_HDF5_INT64, 1, &one, &episode},
                      {"steps", ADATOM_HDF5_INT32, 1, &three, steps},
                      {"q", ADATOM_HDF5_FLOAT, 5, maps, q},
                      {"allowed", ADATOM_HDF5_UINT8, 5, maps, allowed},
                      {"action", ADATOM_HDF5_INT32, 2, placed, action},
                      {"positions", ADATOM_HDF5_DOUBLE, 2, positions, place},
                      {"numbers", ADATOM_HDF5_INT32, 1, &four, numbers_of}};
        for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
            char name[64];
            snprintf(name, sizeof name, "/snapshots/%02d/%s", s, arrays[i].name);
            assert_int_equal(adatom_hdf5_get(reader, name, arrays[i].type, arrays[i].rank,
                                             arrays[i].dims, arrays[i].values),
                             ADATOM_OK);
        }
        for (int k = 0; k < 3; k++) {
            const int pixel = k * 196 + action[k][1] * 14 + action[k][2];
            assert_true(allowed[pixel] == 1 && q[pixel] >= -1 && q[pixel] <= 1);
            for (int d = 0; d < 3; d++) { /* the atom stands where the action put it */
                const double expected =
                    origin[d] + action[k][1] * vectors[0][d] + action[k][2] * vectors[1][d];
                assert_true(fabs(place[steps[k]][d] - expected) < 1e-12);
            }
        }
        assert_int_equal(numbers_of[3], 18);
        assert_true(s == 3 || episode % 5 == 0);
    }
    adatom_hdf5_close(reader);
}

static void two_threads_give_the_same_log(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    adatom_search_state end;
    options.run_threads = 2;
    assert_int_equal(adatom_search_run(&options, in_folder("threads"), NULL, &end), ADATOM_OK);
    expect_same_log(in_folder("a/b/whole"), in_folder("threads"));
    options.run_seed = 2;
    assert_int_equal(adatom_search_run(&options, in_folder("seed"), NULL, &end), ADATOM_OK);
    char *a = log_without_seconds(in_folder("threads")),
         *b = log_without_seconds(in_folder("seed"));
    assert_string_not_equal(a, b);
    free(a);
    free(b);
}

static void folder_with_a_run_is_refused_and_untouched(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    adatom_search_state end;
    char *before = log_without_seconds(in_folder("threads")), line[512];
    assert_int_equal(adatom_search_run(&options, in_folder("threads"), NULL, &end),
                     ADATOM_INVALID_INPUT);
    snprintf(line, sizeof line,
             "%s: already holds a run (run.yaml); `adatom resume` goes on with it",
             in_folder("threads"));
    assert_string_equal(adatom_error_message(), line);
    char *after = log_without_seconds(in_folder("threads"));
    assert_string_equal(before, after);
    free(before);
    free(after);
    assert_int_equal(adatom_search_run(&options, in_folder("threads/log.csv"), NULL, &end),
                     ADATOM_INVALID_INPUT);
}

/* Bad settings are noticed before anything is made. */
static void bad_input_leaves_no_folder(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    adatom_search_state end;
    struct stat found;
    options.policy_epsilon_0 = 2;
    assert_int_equal(adatom_search_run(&options, in_folder("bad"), NULL, &end),
                     ADATOM_INVALID_INPUT);
    options = small_search();
    snprintf(options.run_evaluator, sizeof options.run_evaluator, "oracle:delphi");
    assert_int_equal(adatom_search_run(&options, in_folder("bad"), NULL, &end),
                     ADATOM_INVALID_INPUT);
    options = small_search();
    snprintf(options.system_template, sizeof options.system_template, "%s",
             in_folder("nowhere.xyz"));
    options.system_cell.count = 0;
    assert_int_equal(
        adatom_status_exit(adatom_search_run(&options, in_folder("bad"), NULL, &end)) == 0, 0);
    assert_int_equal(stat(in_folder("bad"), &found), -1);
}

static void unwritable_place_is_one_clear_line(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    adatom_search_state end;
    assert_int_equal(adatom_search_run(&options, "/proc/no-such-folder/run", NULL, &end),
                     ADATOM_IO_FAILED);
    assert_non_null(
        strstr(adatom_error_message(), "/proc/no-such-folder: cannot make the folder: "));
}

/* Builds that get stuck are episodes without energy, learned as bad; when all are, the run stops.
 */
static void hopeless_searches_stop_with_a_reason(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    adatom_search_state end;
    options.policy_c1 = 5.6; /* 5.9 Å: 3 x 3 would need 11.9 Å, the grid has 11.1 Å */
    options.policy_c2 = 0;
    options.system_place.amounts[0] = 9;
    options.stop_episodes = 100;
    assert_int_equal(adatom_search_run(&options, in_folder("stuck"), NULL, &end),
                     ADATOM_EVALUATION_FAILED);
    assert_non_null(strstr(adatom_error_message(),
                           "none of the first 20 episodes has an energy: no grid point was "
                           "left for atom "));
    assert_int_equal(end.episode, 20);
    assert_int_equal(end.evaluations, 0);
    char *log = log_without_seconds(in_folder("stuck"));
    assert_non_null(strstr(log, "\n20,,,0,1,1,"));
    free(log);
}

/* On a full disk the run ends with one line, and what the checkpoint says is still there. */
static void full_disk_loses_nothing(void **state)
{
    (void)state;
    adatom_search_options options = small_search();
    adatom_search_state end;
    options.stop_episodes = 400;
    options.run_checkpoint_seconds = 0;
    disk_is_full_after(60000);
    const adatom_status status = adatom_search_run(&options, in_folder("full"), NULL, &end);
    disk_has_room();
    assert_int_equal(status, ADATOM_IO_FAILED);
    assert_non_null(strstr(adatom_error_message(), "full/"));
    const char *overrides[] = {"stop.episodes=25"};
    assert_int_equal(adatom_search_resume(in_folder("full"), overrides, 1, NULL, &end), ADATOM_OK);
    if (end.episode == 25) {
        expect_same_log(in_folder("a/b/whole"), in_folder("full"));
    }
    assert_true(end.episode >= 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_lowest_energy_on_the_grid),
        cmocka_unit_test(chance_alone_does_not_find_it),
        cmocka_unit_test(relaxed_search_finds_the_ideal_triangle),
        cmocka_unit_test(folder_holds_what_the_log_says),
        cmocka_unit_test(checkpoint_has_the_snapshots),
        cmocka_unit_test(two_threads_give_the_same_log),
        cmocka_unit_test(folder_with_a_run_is_refused_and_untouched),
        cmocka_unit_test(bad_input_leaves_no_folder),
        cmocka_unit_test(unwritable_place_is_one_clear_line),
        cmocka_unit_test(hopeless_searches_stop_with_a_reason),
        cmocka_unit_test(full_disk_loses_nothing),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
