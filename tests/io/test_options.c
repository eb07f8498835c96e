/* The option reader: what is read, what is refused and with which line, and that what is written
 * reads back to the same bits. */
#include "options_example.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static example_options zero_options(void)
{
    example_options options;
    memset(&options, 0, sizeof options);
    return options;
}

static adatom_status parse(const char *text, example_options *options)
{
    return adatom_options_parse(&example_table, text, strlen(text), "run.yaml", "/home/ada", NULL,
                                0, options);
}

static adatom_status parse_set(const char *override, example_options *options)
{
    return adatom_options_parse(&example_table, "seed: 7\n", 8, "run.yaml", NULL, &override, 1,
                                options);
}

static void expect_message(adatom_status status, const char *message)
{
    assert_string_equal(adatom_error_message(), message);
    assert_int_equal(status, ADATOM_INVALID_INPUT);
}

/* Each text is refused with its line, and nothing is written. */
static void refuses(const char *text, const char *message)
{
    example_options options = zero_options();
    const example_options before = zero_options();
    options.nu = 0.25;
    expect_message(parse(text, &options), message);
    assert_true(options.nu == 0.25);
    options.nu = 0;
    assert_memory_equal(&options, &before, sizeof options);
}

static void refuses_set(const char *override, const char *message)
{
    example_options options = zero_options();
    expect_message(parse_set(override, &options), message);
    assert_int_equal(options.seed, 0);
}

static void reads_every_type(void **state)
{
    (void)state;
    example_options options = zero_options();
    const char *text = "system:\n"
                       "  template: sub/start.xyz\n"
                       "  place: {C: 3, H: 4}\n"
                       "policy: {epsilon_0: 0.05, nu: 1}\n"
                       "evaluator: kim:Model_1\n"
                       "grid:\n"
                       "  plane: bc\n"
                       "  boxes: [[0, 1, 2, 3], [-1.5, 1e1, 0, .5]]\n"
                       "network: {filters: [10, 8]}\n"
                       "training: {reflections: true}\n"
                       "relax: {steps: 1e3}\n"
                       "seed: 9007199254740992\n";
    assert_int_equal(parse(text, &options), ADATOM_OK);
    assert_string_equal(options.template, "/home/ada/sub/start.xyz");
    assert_int_equal(options.place.count, 2);
    assert_int_equal(options.place.atomic_numbers[1], 1);
    assert_int_equal(options.place.amounts[1], 4);
    assert_true(options.epsilon_0 == 0.05 && options.nu == 1);
    assert_string_equal(options.evaluator, "kim:Model_1");
    assert_int_equal(options.plane, 2);
    assert_int_equal(options.boxes.count, 8);
    assert_true(options.boxes.values[4] == -1.5 && options.boxes.values[7] == 0.5);
    assert_int_equal(options.filters.count, 2);
    assert_true(options.reflections);
    assert_int_equal(options.steps, 1000);
    assert_int_equal(options.seed, INT64_C(9007199254740992));
}

/* The reader's two ways to write the one number of the relaxation agree. */
static void relax_steps_may_be_short(void **state)
{
    (void)state;
    example_options whole = zero_options(), brief = zero_options();
    assert_int_equal(parse("relax: {steps: 15}\n", &whole), ADATOM_OK);
    assert_int_equal(parse("relax: 15\n", &brief), ADATOM_OK);
    assert_int_equal(brief.steps, 15);
    assert_memory_equal(&whole, &brief, sizeof whole);
    refuses("relax: lots\n",
            "run.yaml:1: relax.steps: lots, expected a whole number from 0 to 10000");
    refuses("relax: 15\nrelax.steps: 15\n",
            "run.yaml:2: relax.steps: given twice, first on line 1");
}

static void a_list_replaces_the_default(void **state)
{
    (void)state;
    example_options options = zero_options();
    options.filters = (adatom_numbers){.count = 3, .values = {1, 2, 3}};
    assert_int_equal(parse("network: {filters: [9]}\n", &options), ADATOM_OK);
    assert_int_equal(options.filters.count, 1);
    assert_true(options.filters.values[0] == 9 && options.filters.values[1] == 0);
}

static void empty_sections_change_nothing(void **state)
{
    (void)state;
    example_options options = zero_options();
    assert_int_equal(parse("policy:\n#  nu: 0.1\ngrid: ~\nseed: 3\n", &options), ADATOM_OK);
    assert_int_equal(options.seed, 3);
}

static void other_systems_line_ends_and_byte_order_mark(void **state)
{
    (void)state;
    example_options options = zero_options();
    assert_int_equal(parse("\xef\xbb\xbfseed: 3\r\npolicy:\r\n  nu: 0.5\r\n", &options), ADATOM_OK);
    assert_int_equal(options.seed, 3);
    assert_true(options.nu == 0.5);
}

static void unknown_keys_name_the_nearest(void **state)
{
    (void)state;
    refuses("seed: 1\npolicy: {epsilonn: 0.1}\n",
            "run.yaml:2: policy.epsilonn: unknown key; did you mean policy.epsilon_0?");
    refuses("polcy: {nu: 0.1}\n", "run.yaml:1: polcy: unknown key; did you mean policy?");
    refuses("sede: 1\n", "run.yaml:1: sede: unknown key; did you mean seed?");
    refuses("policy:\n  filters: [1]\n",
            "run.yaml:2: policy.filters: unknown key; did you mean network.filters?");
    refuses("reflections: true\n",
            "run.yaml:1: reflections: unknown key; did you mean training.reflections?");
    refuses("policy: {temperature: 1}\n",
            "run.yaml:1: policy.temperature: unknown key; known: epsilon_0, nu");
    refuses("temperature: 1\n", "run.yaml:1: temperature: unknown key; known: system, policy, "
                                "evaluator, grid, network, training, relax, stop, seed");
    refuses("\"policy\\0x\": 1\n", "run.yaml:1: unknown key");
}

static void numbers_out_of_range_or_form(void **state)
{
    (void)state;
    refuses("policy: {nu: 1.5}\n", "run.yaml:1: policy.nu: 1.5, expected a number from 0 to 1");
    refuses("policy: {nu: .nan}\n", "run.yaml:1: policy.nu: .nan, expected a number from 0 to 1");
    refuses("policy: {nu: 1e999}\n", "run.yaml:1: policy.nu: 1e999, expected a number from 0 to 1");
    refuses("policy: {nu: 0x1}\n", "run.yaml:1: policy.nu: 0x1, expected a number from 0 to 1");
    refuses("policy: {nu: \"0.5\"}\n",
            "run.yaml:1: policy.nu: \"0.5\", expected a number from 0 to 1");
    refuses("policy: {nu: }\n", "run.yaml:1: policy.nu: nothing, expected a number from 0 to 1");
    refuses("policy:\n  nu:\n    - 1\n",
            "run.yaml:3: policy.nu: a list, expected a number from 0 to 1");
    refuses("policy: {nu: {a: 1}}\n",
            "run.yaml:1: policy.nu: a mapping {...}, expected a number from 0 to 1");
    refuses("relax: {steps: 1.5}\n",
            "run.yaml:1: relax.steps: 1.5, expected a whole number from 0 to 10000");
    refuses(
        "relax: {steps: 99999999999999999999}\n",
        "run.yaml:1: relax.steps: 99999999999999999999, expected a whole number from 0 to 10000");
    refuses("seed: -1\n",
            "run.yaml:1: seed: -1, expected a whole number from 0 to 9007199254740992");
    refuses("seed: 9007199254740993\n", "run.yaml:1: seed: 9007199254740993, expected a whole "
                                        "number from 0 to 9007199254740992");
}

static void words_that_are_not_known(void **state)
{
    (void)state;
    refuses("grid: {plane: ca}\n", "run.yaml:1: grid.plane: ca, expected ab, ac or bc");
    refuses("grid: {plane: \"\"}\n", "run.yaml:1: grid.plane: \"\", expected ab, ac or bc");
    refuses("grid: {plane: a}\n", "run.yaml:1: grid.plane: a, expected ab, ac or bc");
    refuses("training: {reflections: 2}\n",
            "run.yaml:1: training.reflections: 2, expected true or false");
    refuses("evaluator: \"a\\nb\"\n",
            "run.yaml:1: evaluator: \"a?b\", expected a text on one line, "
            "shorter than 1024 bytes");
    refuses("policy: [1]\n", "run.yaml:1: policy: a list, expected a mapping {epsilon_0: ...}");
}

static void lists_of_the_wrong_kind(void **state)
{
    (void)state;
    refuses("network: {filters: 10}\n",
            "run.yaml:1: network.filters: 10, expected a list [...] of numbers from 1 to 256");
    refuses("network: {filters: [1, 0]}\n",
            "run.yaml:1: network.filters: 0 as number 2, expected a "
            "list [...] of numbers from 1 to 256");
    refuses("network: {filters: [[1]]}\n",
            "run.yaml:1: network.filters: a list, expected a list [...] of numbers from 1 to 256");
    refuses("grid: {boxes: [[1, 2, 3, 4], [1, 2]]}\n",
            "run.yaml:1: grid.boxes: 2 numbers in row 2, expected 4");
    refuses("grid: {boxes: [1, 2, 3, 4]}\n", "run.yaml:1: grid.boxes: 1, expected a list of lists "
                                             "[[...], ...] of 4 numbers from -10 to 10");
    char text[1024] = "network:\n  filters: [1";
    for (int i = 0; i < ADATOM_NUMBERS_MAX; i++) {
        strcat(text, ",\n 1");
    }
    strcat(text, "]\n");
    refuses(text, "run.yaml:66: network.filters: more than 64 numbers");
}

static void compositions_that_are_none(void **state)
{
    (void)state;
    refuses("system: {place: {Cx: 3}}\n", "run.yaml:1: system.place: Cx is not an element");
    refuses("system: {place: {C: 0}}\n",
            "run.yaml:1: system.place: C: 0, expected a whole number from 1 to 1000000");
    refuses("system: {place: {C: -2}}\n",
            "run.yaml:1: system.place: C: -2, expected a whole number from 1 to 1000000");
    refuses("system: {place: {C: 1e12}}\n",
            "run.yaml:1: system.place: C: 1e12, expected a whole number from 1 to 1000000");
    refuses("system: {place: {C: 1.5}}\n",
            "run.yaml:1: system.place: C: 1.5, expected a whole number from 1 to 1000000");
    refuses("system: {place: {C: 1, H: 1, C: 1}}\n", "run.yaml:1: system.place: C is given twice");
    refuses("system: {place: C23}\n", "run.yaml:1: system.place: C23, expected elements with their "
                                      "counts, such as {C: 3, H: 4}");
    refuses("system: {place: {C: [1]}}\n",
            "run.yaml:1: system.place: a list, expected elements with "
            "their counts, such as {C: 3, H: 4}");
    refuses("system: {place: {H: 1, He: 1, Li: 1, Be: 1, B: 1, C: 1, N: 1, O: 1, F: 1}}\n",
            "run.yaml:1: system.place: more than 8 elements");
}

static void numbers_of_elements_that_are_none(void **state)
{
    (void)state;
    refuses("system: {potentials: {Cx: 3}}\n",
            "run.yaml:1: system.potentials: Cx is not an element");
    refuses("system: {potentials: {C-H: 3}}\n",
            "run.yaml:1: system.potentials: C-H is not an element");
    refuses("system: {pairs: {C: 3}}\n",
            "run.yaml:1: system.pairs: C is not a pair of elements, such as C-H");
    refuses("system: {pairs: {C-H-O: 3}}\n",
            "run.yaml:1: system.pairs: C-H-O is not a pair of elements, such as C-H");
    refuses("system: {pairs: {C-H: 3, H-C: 2}}\n", "run.yaml:1: system.pairs: H-C is given twice");
    refuses("system: {pairs: {C-H: 11}}\n",
            "run.yaml:1: system.pairs: C-H: 11, expected a number from 0 to 10");
    refuses("system: {pairs: [1]}\n",
            "run.yaml:1: system.pairs: a list, expected pairs of elements with numbers from 0 to "
            "10, such as {C-C: 0.6, C-H: 0.5}");
    refuses("system: {potentials: 3}\n",
            "run.yaml:1: system.potentials: 3, expected elements with numbers from -100 to 100, "
            "such as {C: 1.5, H: 2}");
}

static void what_is_not_such_a_file(void **state)
{
    (void)state;
    refuses("", "run.yaml: the file is empty, expected keys such as system.template");
    refuses("# nothing\n---\n",
            "run.yaml: the file is empty, expected keys such as system.template");
    refuses("- 1\n", "run.yaml:1: a list, expected keys with values such as seed: 1");
    refuses("seed 1\n", "run.yaml:1: seed 1, expected keys with values such as seed: 1");
    refuses("seed: 1\npolicy: {nu: 0.1\n",
            "run.yaml:3: not YAML: did not find expected ',' or '}' while parsing a flow mapping");
    refuses("seed: 1\npolicy:\n\tnu: 1\n", "run.yaml:3: not YAML: a tab, expected spaces");
    refuses("seed: @\n", "run.yaml:1: not YAML: found character that cannot "
                         "start any token while scanning for the next token");
    refuses("seed: \xff\n", "run.yaml:1: not YAML: invalid leading UTF-8 octet");
    refuses("seed: 1\n---\nseed: 2\n", "run.yaml:2: a second YAML document, expected one");
}

static void what_yaml_has_too_much_of(void **state)
{
    (void)state;
    refuses("seed: 1\nseed: 2\n", "run.yaml:2: seed: given twice, first on line 1");
    refuses("policy: {nu: 0.1, nu: 0.2}\n", "run.yaml:1: policy.nu: given twice, first on line 1");
    refuses("policy: {nu: 0.1}\ngrid: {plane: ab}\npolicy: {epsilon_0: 0.2}\n",
            "run.yaml:3: policy: given twice, first on line 1");
    refuses("seed: &a 1\n", "run.yaml:1: anchors and aliases (& and *) are not read");
    refuses(
        "a: &a [x, x]\nb: &b [*a, *a]\n",
        "run.yaml:1: a: unknown key; known: system, policy, evaluator, grid, network, training, "
        "relax, stop, seed");
    refuses("policy: *a\n", "run.yaml:1: anchors and aliases (& and *) are not read");
    refuses("seed: !!int 1\n", "run.yaml:1: tags (!) are not read");
    refuses("? [1, 2]\n: 3\n", "run.yaml:1: a list or mapping, expected a key");
}

/* However deep the brackets: one line, at once. */
static void deep_nesting_is_refused(void **state)
{
    (void)state;
    enum { DEPTH = 200000 };
    char *text = malloc(DEPTH + 32);
    assert_non_null(text);
    strcpy(text, "network: {filters: ");
    const size_t start = strlen(text);
    memset(text + start, '[', DEPTH);
    text[start + DEPTH] = '\0';
    example_options options = zero_options();
    assert_int_equal(parse(text, &options), ADATOM_INVALID_INPUT);
    free(text);
}

static void a_huge_text_is_refused(void **state)
{
    (void)state;
    enum { SIZE = (1 << 20) + 1 };
    char *text = malloc(SIZE + 1);
    assert_non_null(text);
    memset(text, '#', SIZE);
    text[SIZE] = '\0';
    example_options options = zero_options();
    expect_message(parse(text, &options), "run.yaml: longer than 1 MiB, expected settings in YAML");
    free(text);
}

static void overrides_win_and_say_set(void **state)
{
    (void)state;
    example_options options = zero_options();
    const char *const overrides[] = {"seed=8",
                                     "network.filters=[10, 10]",
                                     "system.place={C: 4}",
                                     "policy={nu: 0.5}",
                                     "seed=9",
                                     "relax=4",
                                     "evaluator=lj:epsilon=1,sigma=1"};
    assert_int_equal(adatom_options_parse(&example_table, "seed: 7\n", 8, "run.yaml", NULL,
                                          overrides, 7, &options),
                     ADATOM_OK);
    assert_int_equal(options.seed, 9);
    assert_int_equal(options.filters.count, 2);
    assert_int_equal(options.place.amounts[0], 4);
    assert_true(options.nu == 0.5);
    assert_int_equal(options.steps, 4);
    assert_string_equal(options.evaluator, "lj:epsilon=1,sigma=1");
    refuses_set("policy.nu=1.5", "--set: policy.nu: 1.5, expected a number from 0 to 1");
    refuses_set("policy.mu=0.5", "--set: policy.mu: unknown key; did you mean policy.nu?");
    refuses_set("policy.nu=", "--set: policy.nu: nothing, expected a number from 0 to 1");
    refuses_set("policy.nu", "--set: policy.nu: expected KEY=VALUE, such as policy.nu=0.05");
    refuses_set("=1", "--set: =1: expected KEY=VALUE, such as policy.nu=0.05");
    refuses_set("network.filters=[1",
                "--set: not YAML: did not find expected ',' or ']' while parsing a flow sequence");
    refuses_set("seed=1\n---\n2", "--set: a second YAML document, expected one");
}

/* Writes, reads over other values and compares the bits. */
static void round_trip(const example_options *options)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    const adatom_status status = adatom_options_write(&example_table, options, stream);
    fclose(stream);
    assert_int_equal(status, ADATOM_OK);
    example_options back = zero_options();
    back.plane = 1;
    back.filters.count = 7;
    if (adatom_options_parse(&example_table, text, length, "back.yaml", NULL, NULL, 0, &back)) {
        fail_msg("%s in\n%s", adatom_error_message(), text);
    }
    assert_memory_equal(&back, options, sizeof back);
    free(text);
}

static example_options full_options(void)
{
    example_options options = zero_options();
    options.seed = INT64_C(9007199254740991);
    options.epsilon_0 = 0.1;
    options.nu = 1.0 / 3;
    options.energy = -175.12345678901234;
    options.reflections = true;
    strcpy(options.evaluator, "command: a \"quoted\\ # é {[, text");
    strcpy(options.template, "/a b/c:d/'x'.xyz");
    options.plane = 2;
    options.filters = (adatom_numbers){.count = 2, .values = {1e2, 1.0000000000000002}};
    options.boxes = (adatom_numbers){.count = 8, .values = {0.1, 1e-7, -0.0, 1, 2, 3, 4, 5}};
    options.place = (adatom_composition){3, {7, 39, 102}, {1, 2, 1000000}};
    options.potentials = (adatom_element_numbers){2, {{7, 0}, {6, 0}}, {-7.1, 1e-3}};
    options.pairs = (adatom_element_numbers){2, {{7, 7}, {6, 1}}, {0.1, 2}};
    return options;
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    example_options options = zero_options();
    round_trip(&options);
    options = full_options();
    round_trip(&options);
    const double energies[] = {5e-324, 1e300, -1e-300, 4.9406564584124654e-320,
                               123456789.123456789};
    for (size_t i = 0; i < sizeof energies / sizeof energies[0]; i++) {
        options.energy = energies[i];
        round_trip(&options);
    }
}

static void what_cannot_be_read_is_not_written(void **state)
{
    (void)state;
    FILE *stream = fopen("/dev/null", "w");
    assert_non_null(stream);
    example_options options = full_options();
    options.nu = NAN;
    expect_message(adatom_options_write(&example_table, &options, stream),
                   "policy.nu: a value that cannot be written");
    options = full_options();
    strcpy(options.evaluator, "two\nlines");
    expect_message(adatom_options_write(&example_table, &options, stream),
                   "evaluator: a value that cannot be written");
    options = full_options();
    options.plane = 3;
    expect_message(adatom_options_write(&example_table, &options, stream),
                   "grid.plane: a value that cannot be written");
    options = full_options();
    options.boxes.count = 7;
    expect_message(adatom_options_write(&example_table, &options, stream),
                   "grid.boxes: a value that cannot be written");
    fclose(stream);
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    FILE *stream = fopen("/dev/full", "w");
    assert_non_null(stream);
    setvbuf(stream, NULL, _IONBF, 0);
    const example_options options = full_options();
    assert_int_equal(adatom_options_write(&example_table, &options, stream), ADATOM_IO_FAILED);
    fclose(stream);
}

static void write_file(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
}

/* Files that an evaluator's text names count from the folder of the file, if they are there. */
static void files_in_texts(void **state)
{
    (void)state;
    char folder[] = "/tmp/adatom-options-XXXXXX", path[64], script[64], expected[256];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/run.yaml", folder);
    snprintf(script, sizeof script, "%s/calc.py", folder);
    write_file(script, "");
    static const struct {
        const char *given, *before, *after;
    } cases[] = {
        {"command:python3 calc.py --file=absent.py", "command:python3 ",
         "/calc.py --file=absent.py"},
        {"process:time_limit=5 plugin:calc.py,key=1",
         "process:time_limit=5 plugin:", "/calc.py,key=1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "evaluator: \"%s\"\n", cases[i].given);
        write_file(path, text);
        example_options options = zero_options();
        assert_int_equal(adatom_options_read(&example_table, path, NULL, 0, &options), ADATOM_OK);
        snprintf(expected, sizeof expected, "%s%s%s", cases[i].before, folder, cases[i].after);
        assert_string_equal(options.evaluator, expected);
    }
    remove(path);
    remove(script);
    assert_int_equal(rmdir(folder), 0);
}

/* Paths of the file count from its folder, those of --set from the current one; both get absolute.
 */
static void files_and_their_folders(void **state)
{
    (void)state;
    char folder[] = "/tmp/adatom-options-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[128], expected[256], current[4096];
    snprintf(path, sizeof path, "%s/run.yaml", folder);
    write_file(path, "system: {template: start.xyz}\n");
    example_options options = zero_options();
    assert_int_equal(adatom_options_read(&example_table, path, NULL, 0, &options), ADATOM_OK);
    snprintf(expected, sizeof expected, "%s/start.xyz", folder);
    assert_string_equal(options.template, expected);
    const char *override = "system.template=other.xyz";
    assert_int_equal(adatom_options_read(&example_table, path, &override, 1, &options), ADATOM_OK);
    assert_non_null(getcwd(current, sizeof current - 16));
    strcat(current, "/other.xyz");
    assert_string_equal(options.template, current);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(adatom_options_read(&example_table, path, NULL, 0, &options),
                     ADATOM_INVALID_INPUT);
    assert_non_null(strstr(adatom_error_message(), "No such file or directory"));
    assert_int_equal(adatom_options_read(&example_table, folder, NULL, 0, &options),
                     ADATOM_INVALID_INPUT);
    assert_int_equal(rmdir(folder), 0);
}

static void nearest_names(void **state)
{
    (void)state;
    const char *const names[] = {"search", "resume", "report"};
    assert_string_equal(adatom_nearest_name("serach", names, 3), "search");
    assert_string_equal(adatom_nearest_name("repot", names, 3), "report");
    assert_null(adatom_nearest_name("banana", names, 3));
    assert_null(adatom_nearest_name("", names, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_type),
        cmocka_unit_test(relax_steps_may_be_short),
        cmocka_unit_test(a_list_replaces_the_default),
        cmocka_unit_test(empty_sections_change_nothing),
        cmocka_unit_test(other_systems_line_ends_and_byte_order_mark),
        cmocka_unit_test(unknown_keys_name_the_nearest),
        cmocka_unit_test(numbers_out_of_range_or_form),
        cmocka_unit_test(words_that_are_not_known),
        cmocka_unit_test(lists_of_the_wrong_kind),
        cmocka_unit_test(compositions_that_are_none),
        cmocka_unit_test(numbers_of_elements_that_are_none),
        cmocka_unit_test(what_is_not_such_a_file),
        cmocka_unit_test(what_yaml_has_too_much_of),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(a_huge_text_is_refused),
        cmocka_unit_test(overrides_win_and_say_set),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(what_cannot_be_read_is_not_written),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(files_and_their_folders),
        cmocka_unit_test(files_in_texts),
        cmocka_unit_test(nearest_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
