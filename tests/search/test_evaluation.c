/* Evaluations of a search: the cache changes nothing but their number; failures are treated as the
 * settings say, and their structures are kept. */
#include "run_folder.h"
#include "search_example.h"

#include "search/evaluation.h"

#include <fcntl.h>
#include <sys/stat.h>

/* -- the cache */

/* The log without seconds and without the number of evaluations; free with free(). */
static char *log_of_results(const char *run)
{
    char *text = log_without_seconds(run), *to = text;
    int commas = 0;
    for (const char *c = text; *c != '\0'; c++) {
        commas = *c == '\n' ? 0 : commas + (*c == ',');
        if (commas != 3) {
            *to++ = *c;
        }
    }
    *to = '\0';
    return text;
}

static void expect_same_results(const char *run, const char *other)
{
    char *a = log_of_results(run), *b = log_of_results(other);
    assert_string_equal(a, b);
    free(a);
    free(b);
    expect_same_file(run, other, "best.extxyz");
}

/* The rows of both databases are the same structures with the same energies. */
static void expect_same_candidates(const char *run, const char *other)
{
    adatom_database_best *rows[2];
    size_t counts[2];
    const char *runs[2] = {run, other};
    for (int i = 0; i < 2; i++) {
        char path[PATH_SIZE + 16];
        snprintf(path, sizeof path, "%s/candidates.db", runs[i]);
        assert_int_equal(adatom_database_lowest(path, "episode", 10000, &rows[i], &counts[i]),
                         ADATOM_OK);
    }
    assert_int_equal(counts[0], counts[1]);
    for (size_t i = 0; i < counts[0]; i++) {
        const adatom_structure *a = rows[0][i].structure, *b = rows[1][i].structure;
        assert_true(rows[0][i].energy == rows[1][i].energy);
        assert_true(rows[0][i].value == rows[1][i].value);
        assert_int_equal(a->atom_count, b->atom_count);
        assert_memory_equal(a->positions, b->positions, a->atom_count * sizeof *a->positions);
    }
    for (int i = 0; i < 2; i++) {
        for (size_t row = 0; row < counts[i]; row++) {
            adatom_structure_free(rows[i][row].structure);
        }
        free(rows[i]);
    }
}

/* The searches in which the cache shall change nothing. */
static adatom_search_options search_number(int number)
{
    adatom_search_options options = small_search();
    options.stop_episodes = 60;
    options.relax_steps = number % 2 == 0 ? 0 : 5;
    if (number >= 2) { /* a period, with an atom of the template on the grid */
        snprintf(options.system_template, sizeof options.system_template, "%s",
                 in_folder("start.xyz"));
        options.system_cell.count = 0;
        options.relax_template = true;
        options.system_place.amounts[0] = 2;
        options.policy_c2 = 3;
    }
    return options;
}

static void cache_changes_only_the_number_of_evaluations(void **state)
{
    (void)state;
    const char *text = "1\nLattice=\"12 0 0 0 12 0 0 0 12\" pbc=\"T T F\"\nAr 0 0 6\n";
    assert_int_equal(adatom_text_file_write(in_folder("start.xyz"), text, strlen(text)), ADATOM_OK);
    for (int number = 0; number < 4; number++) {
        adatom_search_options options = search_number(number);
        adatom_search_state with, without, small;
        char runs[3][PATH_SIZE];
        for (int i = 0; i < 3; i++) {
            snprintf(runs[i], PATH_SIZE, "%s/cache-%d-%d", folder, number, i);
        }
        assert_int_equal(adatom_search_run(&options, runs[0], NULL, &with), ADATOM_OK);
        options.evaluation_cache = false;
        assert_int_equal(adatom_search_run(&options, runs[1], NULL, &without), ADATOM_OK);
        options.evaluation_cache = true;
        options.evaluation_cache_size = 2;
        assert_int_equal(adatom_search_run(&options, runs[2], NULL, &small), ADATOM_OK);
        assert_true(with.evaluations < without.evaluations);
        assert_true(with.evaluations <= small.evaluations);
        assert_true(options.relax_steps > 0 || without.evaluations == 60);
        for (int i = 1; i < 3; i++) {
            expect_same_results(runs[0], runs[i]);
            expect_same_candidates(runs[0], runs[i]);
        }
    }
}

static bool stop_after(void *context)
{
    int *left = context;
    return --*left <= 0;
}

/* Also the number of evaluations: what the cache held is what it holds. */
static void resumed_run_has_the_same_cache(void **state)
{
    (void)state;
    adatom_search_options options = search_number(1);
    adatom_search_state end;
    int left = 7;
    const adatom_search_callbacks callbacks = {.context = &left, .stop = stop_after};
    options.evaluation_cache_size = 6;
    assert_int_equal(adatom_search_run(&options, in_folder("whole"), NULL, &end), ADATOM_OK);
    adatom_status status = adatom_search_run(&options, in_folder("pieces"), &callbacks, &end);
    while (status == ADATOM_INTERRUPTED) {
        left = 7;
        status = adatom_search_resume(in_folder("pieces"), NULL, 0, &callbacks, &end);
    }
    assert_int_equal(status, ADATOM_OK);
    expect_same_log(in_folder("whole"), in_folder("pieces"));
    expect_same_file(in_folder("whole"), in_folder("pieces"), "best.extxyz");
    expect_same_candidates(in_folder("whole"), in_folder("pieces"));
}

/* -- failures */

static adatom_search_options moody_search(const char *mood, const char *file, int every)
{
    adatom_search_options options = small_search();
    options.stop_episodes = 9;
    options.system_place.amounts[0] = 3;
    options.evaluation_cache = false;
    snprintf(options.run_evaluator, sizeof options.run_evaluator,
             "command:time_limit=%s %s %s %s %s %d", strcmp(mood, "hang") == 0 ? "0.5" : "60",
             ADATOM_PYTHON, ADATOM_MOODY_ENGINE, mood, file, every);
    return options;
}

/* What failed has no energy, a row of its own with the reason, and costs an evaluation. */
static void failures_are_penalised(void **state)
{
    (void)state;
    const char *moods[] = {"nan", "crash", "hang", "unconverged"};
    for (int m = 0; m < 4; m++) {
        char run[PATH_SIZE], count_file[PATH_SIZE];
        adatom_search_state end;
        snprintf(run, sizeof run, "%s/%s", folder, moods[m]);
        snprintf(count_file, sizeof count_file, "%s/%s.count", folder, moods[m]);
        const adatom_search_options options = moody_search(moods[m], count_file, 4);
        assert_int_equal(adatom_search_run(&options, run, NULL, &end), ADATOM_OK);
        assert_int_equal(end.evaluations, 9);
        char *log = log_without_seconds(run);
        int failed = 0;
        for (const char *row = log; (row = strchr(row, '\n')) != NULL && row[1] != '\0'; row++) {
            failed += strstr(row, ",,") != NULL && strstr(row, ",,") < strchr(row + 1, '\n');
        }
        free(log);
        assert_true(failed > 0);
        assert_int_equal(candidate_count(run), 9 - failed);
    }
}

/* Every other call fails, and is repeated: no episode fails, and each call has its place in the
 * sum of evaluations (but for those of the check at the start and of best.extxyz). */
static void failures_are_repeated(void **state)
{
    (void)state;
    adatom_search_options options = moody_search("nan", in_folder("retries.count"), 2);
    adatom_search_state end;
    options.evaluation_retries = 1;
    assert_int_equal(adatom_search_run(&options, in_folder("retries"), NULL, &end), ADATOM_OK);
    assert_int_equal(candidate_count(in_folder("retries")), 9);
    assert_true(end.evaluations > 9 && end.evaluations <= 18);
    options = moody_search("nan", in_folder("never.count"), 1);
    options.evaluation_retries = 2;
    options.stop_episodes = 3;
    assert_int_equal(adatom_search_run(&options, in_folder("never"), NULL, &end), ADATOM_OK);
    assert_int_equal(end.evaluations, 9);
    assert_int_equal(candidate_count(in_folder("never")), 0);
}

/* A failure within a relaxation that is repeated leaves no trace in the search. */
static void failures_within_relaxations_are_repeated(void **state)
{
    (void)state;
    adatom_search_options options = moody_search("nan", in_folder("sound.count"), 1000000);
    adatom_search_state sound, repeated;
    options.relax_steps = 4;
    options.stop_episodes = 4;
    assert_int_equal(adatom_search_run(&options, in_folder("sound"), NULL, &sound), ADATOM_OK);
    options = moody_search("nan", in_folder("repeated.count"), 3);
    options.relax_steps = 4;
    options.stop_episodes = 4;
    options.evaluation_retries = 1;
    assert_int_equal(adatom_search_run(&options, in_folder("repeated"), NULL, &repeated),
                     ADATOM_OK);
    assert_memory_equal(&repeated.best_energy, &sound.best_energy, sizeof sound.best_energy);
    assert_memory_equal(&repeated.energy, &sound.energy, sizeof sound.energy);
    assert_true(repeated.evaluations > sound.evaluations);
}

/* Breaks the engine after an episode. */
static void break_engine(void *context, const adatom_search_state *state)
{
    if (state->episode == 4) {
        close(open(context, O_CREAT | O_WRONLY, 0666));
    }
}

static void failures_stop_the_search_and_it_goes_on(void **state)
{
    (void)state;
    adatom_search_options options = moody_search("unconverged", in_folder("broken"), 0);
    adatom_search_state end;
    char broken[PATH_SIZE];
    snprintf(broken, sizeof broken, "%s/broken", folder);
    const adatom_search_callbacks callbacks = {.context = broken, .progress = break_engine};
    options.evaluation_on_failure = ADATOM_ON_FAILURE_STOP;
    assert_int_equal(adatom_search_run(&options, in_folder("undisturbed"), NULL, &end), ADATOM_OK);
    assert_int_equal(adatom_search_run(&options, in_folder("stops"), &callbacks, &end),
                     ADATOM_EVALUATION_FAILED);
    assert_non_null(strstr(adatom_error_message(), "episode 5: "));
    assert_non_null(strstr(adatom_error_message(), "SCF not converged after 200 steps"));
    assert_int_equal(end.episode, 4);
    assert_int_equal(candidate_count(in_folder("stops")), 4);
    assert_int_equal(adatom_search_resume(in_folder("stops"), NULL, 0, NULL, &end),
                     ADATOM_EVALUATION_FAILED);
    assert_int_equal(remove(broken), 0);
    assert_int_equal(adatom_search_resume(in_folder("stops"), NULL, 0, NULL, &end), ADATOM_OK);
    expect_same_log(in_folder("undisturbed"), in_folder("stops"));
    expect_same_file(in_folder("undisturbed"), in_folder("stops"), "best.extxyz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cache_changes_only_the_number_of_evaluations),
        cmocka_unit_test(resumed_run_has_the_same_cache),
        cmocka_unit_test(failures_are_penalised),
        cmocka_unit_test(failures_are_repeated),
        cmocka_unit_test(failures_within_relaxations_are_repeated),
        cmocka_unit_test(failures_stop_the_search_and_it_goes_on),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
