/* A run that is stopped or killed goes on as if nothing had happened. */
#include "run_folder.h"
#include "search_example.h"

#include "io/hdf5_file.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { EPISODES = 30 };

static adatom_search_options resumable(void)
{
    adatom_search_options options = small_search();
    options.stop_episodes = EPISODES;
    options.relax_steps = 4;
    options.training_buffer = 12;
    options.evaluation_cache_size = 6;
    return options;
}

static int make_reference(void **state)
{
    const adatom_search_options options = resumable();
    adatom_search_state end;
    if (make_folder(state) != 0) {
        return 1;
    }
    return adatom_search_run(&options, in_folder("reference"), NULL, &end) != ADATOM_OK;
}

static void expect_as_undisturbed(const char *run)
{
    expect_same_log(in_folder("reference"), run);
    expect_same_file(in_folder("reference"), run, "best.extxyz");
    assert_int_equal(candidate_count(run), EPISODES);
}

static bool stop_after(void *context)
{
    int *left = context;
    return --*left <= 0;
}

static void stopped_at_any_episode_it_goes_on(void **state)
{
    (void)state;
    for (int first = 1; first < EPISODES; first += 9) {
        const adatom_search_options options = resumable();
        char run[PATH_SIZE];
        adatom_search_state end;
        int left = first;
        const adatom_search_callbacks callbacks = {.context = &left, .stop = stop_after};
        snprintf(run, sizeof run, "%s/stopped-%d", folder, first);
        assert_int_equal(adatom_search_run(&options, run, &callbacks, &end), ADATOM_INTERRUPTED);
        assert_int_equal(end.end, ADATOM_SEARCH_INTERRUPTED);
        assert_int_equal(end.episode, first);
        left = 4;
        assert_int_equal(adatom_search_resume(run, NULL, 0, &callbacks, &end),
                         first + 4 < EPISODES ? ADATOM_INTERRUPTED : ADATOM_OK);
        assert_int_equal(adatom_search_resume(run, NULL, 0, NULL, &end), ADATOM_OK);
        assert_int_equal(end.end, ADATOM_SEARCH_EPISODES);
        expect_as_undisturbed(run);
    }
}

/* A trained image has more to remember than a fixed one: averages, and Adam's moments of its own.
 */
static void a_trained_image_goes_on(void **state)
{
    (void)state;
    for (int kind = 2; kind < 5; kind++) {
        adatom_search_options options = resumable();
        char whole[PATH_SIZE], run[PATH_SIZE];
        adatom_search_state end;
        int left = 11;
        const adatom_search_callbacks callbacks = {.context = &left, .stop = stop_after};
        options.image_kind = kind; /* agr, displaced, angular */
        options.image_beta1 = 0.01;
        snprintf(whole, sizeof whole, "%s/trained-%d", folder, kind);
        snprintf(run, sizeof run, "%s/trained-%d-stopped", folder, kind);
        assert_int_equal(adatom_search_run(&options, whole, NULL, &end), ADATOM_OK);
        options.run_threads = 3;
        assert_int_equal(adatom_search_run(&options, run, &callbacks, &end), ADATOM_INTERRUPTED);
        assert_int_equal(adatom_search_resume(run, NULL, 0, NULL, &end), ADATOM_OK);
        expect_same_log(whole, run);
    }
}

/* A finished run stays as it is, and goes on when it may. */
static void finished_run_is_left_alone(void **state)
{
    (void)state;
    adatom_search_options options = resumable();
    adatom_search_state end;
    const char *overrides[] = {"stop.episodes=30", "threads=2"};
    options.stop_episodes = 17;
    assert_int_equal(adatom_search_run(&options, in_folder("short"), NULL, &end), ADATOM_OK);
    char *before = log_without_seconds(in_folder("short"));
    assert_int_equal(adatom_search_resume(in_folder("short"), NULL, 0, NULL, &end), ADATOM_OK);
    assert_int_equal(end.episode, 17);
    char *after = log_without_seconds(in_folder("short"));
    assert_string_equal(before, after);
    free(before);
    free(after);
    assert_int_equal(adatom_search_resume(in_folder("short"), overrides, 2, NULL, &end), ADATOM_OK);
    expect_as_undisturbed(in_folder("short"));
}

/* -- killed */

typedef struct killer {
    int episode; /* die after this one */
} killer;

static void die_at(void *context, const adatom_search_state *state)
{
    const killer *k = context;
    if (state->episode == k->episode) {
        raise(SIGKILL);
    }
}

/* Runs or resumes in a child that is killed after an episode, or after some microseconds. */
static void run_and_kill(const char *run, bool resume, double checkpoint_seconds, int episode,
                         long microseconds)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        adatom_search_options options = resumable();
        adatom_search_state end;
        killer k = {.episode = episode};
        const adatom_search_callbacks callbacks = {.context = &k, .progress = die_at};
        options.run_checkpoint_seconds = checkpoint_seconds;
        const adatom_status status = resume ? adatom_search_resume(run, NULL, 0, &callbacks, &end)
                                            : adatom_search_run(&options, run, &callbacks, &end);
        _exit(status == ADATOM_OK ? 0 : 1);
    }
    if (microseconds > 0) {
        const struct timespec wait = {.tv_nsec = microseconds * 1000};
        nanosleep(&wait, NULL);
        kill(child, SIGKILL);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) || (WIFEXITED(how) && WEXITSTATUS(how) == 0));
}

static void killed_between_checkpoints_it_goes_on(void **state)
{
    (void)state;
    const double seconds[3] = {0, 0.05, 1e4};
    for (int s = 0; s < 3; s++) {
        char run[PATH_SIZE];
        adatom_search_state end;
        snprintf(run, sizeof run, "%s/killed-%d", folder, s);
        run_and_kill(run, false, seconds[s], 1, 0);
        run_and_kill(run, true, seconds[s], 13, 0);
        run_and_kill(run, true, seconds[s], 14, 0);
        run_and_kill(run, true, seconds[s], 29, 0);
        assert_int_equal(adatom_search_resume(run, NULL, 0, NULL, &end), ADATOM_OK);
        expect_as_undisturbed(run);
    }
}

static bool has_options(const char *run)
{
    char path[PATH_SIZE + 16];
    struct stat found;
    snprintf(path, sizeof path, "%s/run.yaml", run);
    return stat(path, &found) == 0;
}

/* Killed wherever it happens to be: while it makes the folder, writes a row, the database ... */
static void killed_at_any_moment_it_goes_on(void **state)
{
    (void)state;
    long wait = 500;
    for (int trial = 0; trial < 12; trial++) {
        char run[PATH_SIZE];
        adatom_search_state end;
        snprintf(run, sizeof run, "%s/any-%d", folder, trial);
        run_and_kill(run, false, 0, 0, wait);
        if (has_options(run)) {
            run_and_kill(run, true, 0, 0, 7000 + wait);
            assert_int_equal(adatom_search_resume(run, NULL, 0, NULL, &end), ADATOM_OK);
            expect_as_undisturbed(run);
        }
        wait = wait * 3 / 2;
    }
}

/* -- what cannot be resumed */

static void copy_file(const char *from, const char *to, size_t most)
{
    char *bytes;
    size_t length;
    assert_int_equal(adatom_text_file_read(from, (size_t)1 << 26, &bytes, &length), ADATOM_OK);
    assert_int_equal(adatom_text_file_write(to, bytes, length < most ? length : most), ADATOM_OK);
    free(bytes);
}

static void stopped_run(const char *run)
{
    const adatom_search_options options = resumable();
    adatom_search_state end;
    int left = 6;
    const adatom_search_callbacks callbacks = {.context = &left, .stop = stop_after};
    assert_int_equal(adatom_search_run(&options, run, &callbacks, &end), ADATOM_INTERRUPTED);
}

static void expect_no_resume(const char *run, const char *override, const char *part)
{
    adatom_search_state end;
    char *before = log_without_seconds(run);
    assert_int_equal(adatom_search_resume(run, &override, override != NULL, NULL, &end),
                     ADATOM_INVALID_INPUT);
    if (strstr(adatom_error_message(), part) == NULL) {
        fail_msg("%s", adatom_error_message());
    }
    char *after = log_without_seconds(run);
    assert_string_equal(before, after); /* nothing is lost */
    free(before);
    free(after);
}

static void broken_checkpoints_are_named(void **state)
{
    (void)state;
    char run[PATH_SIZE], checkpoint[PATH_SIZE + 16], kept[PATH_SIZE + 16];
    adatom_search_state end;
    snprintf(run, sizeof run, "%s/broken", folder);
    snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint.h5", run);
    snprintf(kept, sizeof kept, "%s/kept.h5", run);
    stopped_run(run);
    copy_file(checkpoint, kept, SIZE_MAX);
    copy_file(kept, checkpoint, 5000);
    expect_no_resume(run, NULL, "checkpoint.h5: ");
    assert_int_equal(adatom_text_file_write(checkpoint, "not HDF5 at all\n", 16), ADATOM_OK);
    expect_no_resume(run, NULL, "checkpoint.h5: ");
    adatom_hdf5_writer *writer;
    assert_int_equal(adatom_hdf5_create(checkpoint, &writer), ADATOM_OK);
    assert_int_equal(adatom_hdf5_put_text(writer, "/format", "somebody else's file"), ADATOM_OK);
    assert_int_equal(adatom_hdf5_commit(writer), ADATOM_OK);
    expect_no_resume(run, NULL, "checkpoint.h5: is no checkpoint of a search");
    /* that of another problem */
    adatom_search_options other = resumable();
    other.grid_shape = NUMBERS(13, 14);
    assert_int_equal(adatom_search_run(&other, in_folder("other"), NULL, &end), ADATOM_OK);
    copy_file(in_folder("other/checkpoint.h5"), checkpoint, SIZE_MAX);
    expect_no_resume(run, NULL, "grid.shape is not the same in run.yaml and checkpoint.h5");
    /* the right one again */
    copy_file(kept, checkpoint, SIZE_MAX);
    assert_int_equal(adatom_search_resume(run, NULL, 0, NULL, &end), ADATOM_OK);
    expect_as_undisturbed(run);
}

/* Every byte of the checkpoint may be wrong: a status, never a crash. */
static void damaged_checkpoints_do_no_harm(void **state)
{
    (void)state;
    char run[PATH_SIZE], checkpoint[PATH_SIZE + 16], *bytes;
    size_t length;
    snprintf(run, sizeof run, "%s/damaged", folder);
    snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint.h5", run);
    stopped_run(run);
    assert_int_equal(adatom_text_file_read(checkpoint, (size_t)1 << 26, &bytes, &length),
                     ADATOM_OK);
    const char *overrides[] = {"stop.episodes=7"};
    for (int trial = 0; trial < 60; trial++) {
        adatom_search_state end;
        const size_t place = (size_t)trial * 997 * 13 % length;
        const char kept = bytes[place];
        bytes[place] = (char)(kept ^ 0x55);
        assert_int_equal(adatom_text_file_write(checkpoint, bytes, length), ADATOM_OK);
        (void)adatom_search_resume(run, overrides, 1, NULL, &end);
        bytes[place] = kept;
    }
    free(bytes);
}

static void forbidden_changes_are_named(void **state)
{
    (void)state;
    char run[PATH_SIZE];
    snprintf(run, sizeof run, "%s/changed", folder);
    stopped_run(run);
    expect_no_resume(run, "policy.nu=0.5",
                     "policy.nu cannot change when a run is resumed; only stop.*, threads, "
                     "checkpoint_seconds, evaluation.retries and evaluation.on_failure can");
    expect_no_resume(run, "stop.episode=5", "stop.episode");
    expect_no_resume(run, "evaluation.cache=false", "evaluation.cache cannot change");
    adatom_search_state end;
    const char *empty = in_folder("empty");
    assert_int_equal(mkdir(empty, 0777), 0);
    assert_int_equal(adatom_search_resume(empty, NULL, 0, NULL, &end), ADATOM_INVALID_INPUT);
    assert_non_null(strstr(adatom_error_message(), "empty: holds no run (no run.yaml)"));
}

/* Without run.yaml the settings come from the checkpoint; a log that lost its end is noticed. */
static void lost_files_are_restored_or_named(void **state)
{
    (void)state;
    char run[PATH_SIZE], path[PATH_SIZE + 16];
    adatom_search_state end;
    snprintf(run, sizeof run, "%s/lost", folder);
    stopped_run(run);
    snprintf(path, sizeof path, "%s/log.csv", run);
    char *log;
    size_t length;
    assert_int_equal(adatom_text_file_read(path, (size_t)1 << 26, &log, &length), ADATOM_OK);
    assert_int_equal(truncate(path, 100), 0);
    assert_int_equal(adatom_search_resume(run, NULL, 0, NULL, &end), ADATOM_INVALID_INPUT);
    assert_non_null(
        strstr(adatom_error_message(), "log.csv: 100 bytes, the checkpoint was made when it had "));
    assert_int_equal(adatom_text_file_write(path, log, length), ADATOM_OK);
    free(log);
    snprintf(path, sizeof path, "%s/run.yaml", run);
    assert_int_equal(remove(path), 0);
    snprintf(path, sizeof path, "%s/best.extxyz", run);
    assert_int_equal(remove(path), 0);
    assert_int_equal(adatom_search_resume(run, NULL, 0, NULL, &end), ADATOM_OK);
    expect_as_undisturbed(run);
    assert_true(has_options(run));
}

/* The template is copied: the run does not need the original, nor the place where it stood. */
static void run_folder_can_be_moved(void **state)
{
    (void)state;
    adatom_search_options options = resumable();
    adatom_search_state end;
    int left = 6;
    const adatom_search_callbacks callbacks = {.context = &left, .stop = stop_after};
    const char *text = "1\nLattice=\"12 0 0 0 12 0 0 0 12\" pbc=\"F F F\"\nAr 6.1 5.9 6\n";
    assert_int_equal(adatom_text_file_write(in_folder("start.xyz"), text, strlen(text)), ADATOM_OK);
    snprintf(options.system_template, sizeof options.system_template, "%s", in_folder("start.xyz"));
    options.system_cell.count = 0;
    assert_int_equal(adatom_search_run(&options, in_folder("stays"), NULL, &end), ADATOM_OK);
    assert_int_equal(end.atom_count, 5);
    assert_int_equal(adatom_search_run(&options, in_folder("moves"), &callbacks, &end),
                     ADATOM_INTERRUPTED);
    assert_int_equal(rename(in_folder("moves"), in_folder("moved")), 0);
    assert_int_equal(remove(in_folder("start.xyz")), 0);
    assert_int_equal(adatom_search_resume(in_folder("moved"), NULL, 0, NULL, &end), ADATOM_OK);
    expect_same_log(in_folder("stays"), in_folder("moved"));
    expect_same_file(in_folder("stays"), in_folder("moved"), "best.extxyz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stopped_at_any_episode_it_goes_on),
        cmocka_unit_test(a_trained_image_goes_on),
        cmocka_unit_test(finished_run_is_left_alone),
        cmocka_unit_test(killed_between_checkpoints_it_goes_on),
        cmocka_unit_test(killed_at_any_moment_it_goes_on),
        cmocka_unit_test(broken_checkpoints_are_named),
        cmocka_unit_test(damaged_checkpoints_do_no_harm),
        cmocka_unit_test(forbidden_changes_are_named),
        cmocka_unit_test(lost_files_are_restored_or_named),
        cmocka_unit_test(run_folder_can_be_moved),
    };
    return cmocka_run_group_tests(tests, make_reference, remove_folder);
}
