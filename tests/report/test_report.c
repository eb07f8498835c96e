/* The page as a whole: complete, sound, self-contained, and never a failure because a piece is
 * missing. The runs come from make_run.py. */
#include "adatom/report.h"

#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/adatom-report-XXXXXX";

static void run_command(const char *format, ...) ADATOM_PRINTF(1, 2);

static void run_command(const char *format, ...)
{
    char command[2048];
    va_list arguments;
    va_start(arguments, format);
    assert_true(vsnprintf(command, sizeof command, format, arguments) < (int)sizeof command);
    va_end(arguments);
    if (system(command) != 0) {
        fail_msg("failed: %s", command);
    }
}

/* Makes the folder NAME with a run of a kind and returns its path. */
static const char *make_run(const char *name, const char *kind, int episodes)
{
    static char folder[256];
    (void)snprintf(folder, sizeof folder, "%s/%s", root, name);
    run_command("/usr/bin/python3 '%s/make_run.py' '%s' %s %d", TEST_FOLDER, folder, kind,
                episodes);
    return folder;
}

static char *read_page(const char *folder)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/report.html", folder);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, 8 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (8 << 20) - 1, file) > 0);
    (void)fclose(file);
    return text;
}

/* Writes the report, checks the page with check_page.py and returns its text. */
static char *report_page(const char *folder)
{
    if (adatom_report_write(folder) != ADATOM_OK) {
        fail_msg("%s", adatom_error_message());
    }
    run_command("/usr/bin/python3 '%s/check_page.py' '%s/report.html' >/dev/null", TEST_FOLDER,
                folder);
    return read_page(folder);
}

static int count_text(const char *text, const char *part)
{
    int count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

/* Whether a section says that something is missing. */
static int is_missing(const char *text, const char *section)
{
    char start[64];
    (void)snprintf(start, sizeof start, "<section id=\"%s\">", section);
    const char *from = strstr(text, start);
    assert_non_null(from);
    const char *to = strstr(from, "</section>");
    const char *missing = strstr(from, "class=\"missing\"");
    return missing != NULL && missing < to;
}

static int count_files(const char *folder)
{
    int count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    while (readdir(directory) != NULL) {
        count++;
    }
    (void)closedir(directory);
    return count;
}

static void test_page_is_complete(void **state)
{
    (void)state;
    const char *folder = make_run("graphene", "graphene", 350);
    const int files = count_files(folder);
    char *text = report_page(folder);
    assert_int_equal(count_files(folder), files + 1);
    assert_non_null(strstr(text, "<h1>C<sub>24</sub></h1>"));
    assert_non_null(
        strstr(text, "honeycomb: every atom has three neighbours, all 12 rings are hexagons"));
    assert_non_null(strstr(text, "&minus;176.200"));
    assert_non_null(strstr(text, "&minus;7.3417"));
    assert_non_null(strstr(text, ">reached<"));
    assert_int_equal(count_text(text, "class=\"map\""), 15);
    assert_int_equal(count_text(text, "class=\"card\""), 9);
    assert_int_equal(count_text(text, "class=\"badge\""), 1);
    assert_int_equal(count_text(text, "class=\"missing\""), 0);
    assert_null(strstr(text, "http:"));
    assert_null(strstr(text, ">nan"));
    assert_null(strstr(text, ",nan"));
    free(text);
}

static void test_same_run_gives_same_page(void **state)
{
    (void)state;
    const char *folder = make_run("again", "cluster", 40);
    free(report_page(folder));
    run_command("'%s' '%s'", WRITE_REPORT, folder);
    char *first = read_page(folder);
    run_command("'%s' '%s'", WRITE_REPORT, folder);
    char *second = read_page(folder);
    assert_true(strcmp(first, second) == 0);
    assert_non_null(strstr(first, "places for Ag"));
    assert_non_null(strstr(first, "places for O"));
    free(first);
    free(second);
}

static void test_markup_in_files_is_text(void **state)
{
    (void)state;
    char *text = report_page(make_run("hostile <b> & x", "hostile", 30));
    assert_null(strstr(text, "<script>alert"));
    assert_null(strstr(text, "<img src=x"));
    assert_non_null(strstr(text, "&lt;script&gt;alert(1)"));
    assert_non_null(strstr(text, "&lt;script&gt;alert(3)"));
    assert_non_null(strstr(text, "hostile &lt;b&gt; &amp; "));
    free(text);
}

static void test_missing_pieces_are_named(void **state)
{
    (void)state;
    const struct {
        const char *file;
        const char *section;
    } pieces[] = {{"candidates.db", "structures"},
                  {"best.extxyz", "structures"},
                  {"checkpoint.h5", "qmaps"},
                  {"log.csv", "energy"},
                  {"run.yaml", "settings"}};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        const char *folder = make_run(pieces[i].file, "graphene", 30);
        run_command("rm '%s/%s'", folder, pieces[i].file);
        char *text = report_page(folder);
        assert_true(is_missing(text, pieces[i].section));
        free(text);
    }
}

static void test_damaged_pieces_are_named(void **state)
{
    (void)state;
    const struct {
        const char *file;
        const char *section;
        const char *damage;
    } pieces[] = {{"candidates.db", "structures", "echo no database > "},
                  {"best.extxyz", "structures", "printf '3\\nLattice\\nC 0 0' > "},
                  {"checkpoint.h5", "qmaps", "truncate -s 3000 "},
                  {"checkpoint.h5", "qmaps", "truncate -s 0 "},
                  {"log.csv", "energy", "truncate -s 0 "},
                  {"log.csv", "energy", "head -c 100000 /dev/zero > "},
                  {"run.yaml", "settings", "echo 'a: [b' > "},
                  {"run.yaml", "settings", "printf 'a: \\377\\376\\n' > "}};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "damaged-%zu", i);
        const char *folder = make_run(name, "graphene", 30);
        run_command("%s '%s/%s'", pieces[i].damage, folder, pieces[i].file);
        char *text = report_page(folder);
        if (!is_missing(text, pieces[i].section)) {
            fail_msg("%s: %s", pieces[i].file, pieces[i].damage);
        }
        free(text);
    }
}

/* A snapshot that points outside its grid is not drawn, the page still is. */
static void test_wrong_snapshots_are_named(void **state)
{
    (void)state;
    const char *changes[] = {"f['snapshots/00/action'][0, 1] = 41",
                             "f['snapshots/01/steps'][2] = 24",
                             "f['snapshots/00/numbers'][3] = 119",
                             "f['snapshots/00/positions'][3, 1] = float('nan')",
                             "f['grid/vectors'][1] = 0",
                             "f['grid/shape'][0] = -5"};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "wrong-%zu", i);
        const char *folder = make_run(name, "graphene", 30);
        run_command(
            "/usr/bin/python3 -c \"import h5py; f = h5py.File('%s/checkpoint.h5', 'r+'); %s\"",
            folder, changes[i]);
        char *text = report_page(folder);
        assert_true(is_missing(text, "qmaps"));
        free(text);
    }
}

/* Kernel and coefficients are drawn and listed; a run of an earlier version has no such section. */
static void test_trained_image_is_shown(void **state)
{
    (void)state;
    const char *folder = make_run("image", "graphene", 30);
    char *text = report_page(folder);
    assert_non_null(strstr(text, "<section id=\"image\">"));
    assert_false(is_missing(text, "image"));
    assert_non_null(strstr(text, "<td>0.070</td><td>0.000</td><td>&minus;0.0500</td>"));
    assert_non_null(strstr(text, "Coefficients of the basis kernels"));
    free(text);
    run_command(
        "/usr/bin/python3 -c \"import h5py; del h5py.File('%s/checkpoint.h5', 'r+')['image']\"",
        folder);
    text = report_page(folder);
    assert_null(strstr(text, "<section id=\"image\">"));
    free(text);
}

static void test_wrong_images_are_named(void **state)
{
    (void)state;
    const char *changes[] = {"f['image/kind'][0] = 9", "f['image/rings'][2, 0] = 0",
                             "f['image/rings'][2, 1] = float('nan')", "del f['image/coefficients']",
                             "del f['image/elements']"};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "image-%zu", i);
        const char *folder = make_run(name, "graphene", 30);
        run_command(
            "/usr/bin/python3 -c \"import h5py; f = h5py.File('%s/checkpoint.h5', 'r+'); %s\"",
            folder, changes[i]);
        char *text = report_page(folder);
        assert_true(is_missing(text, "image"));
        free(text);
    }
}

static void test_cut_log_line_is_left_out(void **state)
{
    (void)state;
    const char *folder = make_run("cut", "graphene", 30);
    run_command("printf '30,-170.2,-1' >> '%s/log.csv'", folder);
    char *text = report_page(folder);
    assert_non_null(strstr(text, "1 line of log.csv could not be read"));
    assert_non_null(strstr(text, "of 30</div>"));
    free(text);
}

static void test_long_run_stays_small(void **state)
{
    (void)state;
    char *text = report_page(make_run("long", "graphene", 100000));
    assert_true(strlen(text) < 5000000);
    assert_non_null(strstr(text, "of 100&#8239;000</div>"));
    free(text);
}

static void test_folder_without_run_is_refused(void **state)
{
    (void)state;
    char folder[256], expected[512];
    (void)snprintf(folder, sizeof folder, "%s/empty", root);
    assert_int_equal(mkdir(folder, 0755), 0);
    assert_int_equal(adatom_report_write(folder), ADATOM_INVALID_INPUT);
    (void)snprintf(expected, sizeof expected,
                   "%s: expected the folder of a run, with run.yaml and log.csv", folder);
    assert_string_equal(adatom_error_message(), expected);
    assert_int_equal(count_files(folder), 2);
    (void)snprintf(folder, sizeof folder, "%s/absent", root);
    assert_int_equal(adatom_report_write(folder), ADATOM_INVALID_INPUT);
}

/* A report that cannot be put in its place leaves nothing behind. */
static void test_failed_write_leaves_nothing(void **state)
{
    (void)state;
    const char *folder = make_run("blocked", "graphene", 20);
    run_command("mkdir -p '%s/report.html/inside'", folder);
    const int files = count_files(folder);
    assert_int_equal(adatom_report_write(folder), ADATOM_IO_FAILED);
    assert_non_null(strstr(adatom_error_message(), "report.html"));
    assert_int_equal(count_files(folder), files);
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(root) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    run_command("rm -r '%s'", root);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_is_complete),
        cmocka_unit_test(test_same_run_gives_same_page),
        cmocka_unit_test(test_markup_in_files_is_text),
        cmocka_unit_test(test_missing_pieces_are_named),
        cmocka_unit_test(test_damaged_pieces_are_named),
        cmocka_unit_test(test_wrong_snapshots_are_named),
        cmocka_unit_test(test_trained_image_is_shown),
        cmocka_unit_test(test_wrong_images_are_named),
        cmocka_unit_test(test_cut_log_line_is_left_out),
        cmocka_unit_test(test_long_run_stays_small),
        cmocka_unit_test(test_folder_without_run_is_refused),
        cmocka_unit_test(test_failed_write_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
