/* The i-PI server when clients die, stall or break the protocol, and the places where it listens.
 */
#include "ipi_fake_client.h"

#include <sys/stat.h>

static adatom_structure *make_pair(double distance)
{
    adatom_structure *pair;
    assert_int_equal(adatom_structure_create(2, &pair), ADATOM_OK);
    for (int k = 0; k < 3; k++) {
        pair->cell[k][k] = 10;
    }
    pair->atomic_numbers[0] = pair->atomic_numbers[1] = 18;
    pair->positions[1][0] = distance;
    return pair;
}

static void expect_energy(adatom_evaluator *evaluator, double distance)
{
    adatom_structure *pair = make_pair(distance);
    const double bohr = 0.5291772105638411, hartree = 27.211386024367243;
    const double expected = hartree * fake_spring * distance * distance / (2 * bohr * bohr);
    assert_near(energy_of(evaluator, pair), expected, 1e-11 * expected);
    adatom_structure_free(pair);
}

static void expect_failure(adatom_evaluator *evaluator, adatom_status status, const char *line)
{
    adatom_structure *pair = make_pair(1);
    double energy = -7, forces[2][3];
    assert_int_equal(adatom_evaluator_compute(evaluator, pair, &energy, forces), status);
    assert_string_equal(adatom_error_message(), line);
    assert_near(energy, -7, 0);
    adatom_structure_free(pair);
}

static void test_no_client(void **state)
{
    (void)state;
    const char *name = fresh_name();
    adatom_evaluator *evaluator = open_ipi(name, ",wait=0.05");
    char line[200];
    snprintf(line, sizeof line, "no i-PI client was ready at /tmp/ipi_%s for 0.05 s", name);
    expect_failure(evaluator, ADATOM_IO_FAILED, line);
    fake_client client = {.fault = NO_FAULT}; /* it is not too late */
    start_client(&client, name);
    sleep_milliseconds(100);
    expect_energy(evaluator, 2);
    adatom_evaluator_free(evaluator);
    join_client(&client);
}

/* Two clients that die with a structure are no reason to lose it. */
static void test_the_structure_is_sent_again(void **state)
{
    (void)state;
    const fake_fault deaths[] = {DIES_WITH_STRUCTURE, DIES_IN_FORCES, WRONG_ATOM_COUNT, BAD_FORCES};
    for (size_t i = 0; i + 1 < sizeof deaths / sizeof deaths[0]; i++) {
        const char *name = fresh_name();
        adatom_evaluator *evaluator = open_ipi(name, "");
        fake_client first = {.fault = deaths[i]}, second = {.fault = deaths[i + 1]};
        fake_client good = {.fault = NO_FAULT};
        start_client(&first, name);
        start_client(&second, name);
        sleep_milliseconds(50); /* the good one is the last in the queue */
        start_client(&good, name);
        expect_energy(evaluator, 3);
        adatom_evaluator_free(evaluator);
        join_client(&first);
        join_client(&second);
        join_client(&good);
        assert_int_equal(good.answers, 1);
        assert_true(good.got_exit);
    }
}

/* Three are; the next structure goes to the next client. */
static void expect_fault(fake_fault fault, const char *complaint)
{
    const char *name = fresh_name();
    adatom_evaluator *evaluator = open_ipi(name, ",wait=5");
    fake_client bad[3] = {{.fault = fault}, {.fault = fault}, {.fault = fault}};
    for (int i = 0; i < 3; i++) {
        start_client(&bad[i], name);
    }
    char line[300];
    snprintf(line, sizeof line, "3 i-PI clients were lost on this structure; the last one: %s",
             complaint);
    expect_failure(evaluator, ADATOM_EVALUATION_FAILED, line);
    fake_client good = {.fault = NO_FAULT};
    start_client(&good, name);
    expect_energy(evaluator, 1.5);
    adatom_evaluator_free(evaluator);
    for (int i = 0; i < 3; i++) {
        join_client(&bad[i]);
    }
    join_client(&good);
}

static void test_faults_with_a_structure(void **state)
{
    (void)state;
    expect_fault(DIES_WITH_STRUCTURE, "it closed the connection");
    expect_fault(DIES_IN_FORCES, "it closed the connection");
    expect_fault(WRONG_ATOM_COUNT, "it sends forces on 2147483647 atoms, the structure has 2");
    expect_fault(NEGATIVE_ATOM_COUNT, "it sends forces on -1 atoms, the structure has 2");
    expect_fault(HUGE_EXTRA, "it announces 2147483647 more bytes, at most 16777216 are taken");
    expect_fault(NEGATIVE_EXTRA, "it announces -1 more bytes, at most 16777216 are taken");
    expect_fault(FORGETS, "it answered \"READY\" to STATUS after it was given a structure");
    expect_fault(BAD_FORCES, "it answered \"NOFORCE\" to GETFORCE");
}

/* A client that cannot even greet is shown the door, and no evaluation is counted against it. */
static void expect_rejection(fake_fault fault, const char *complaint)
{
    const char *name = fresh_name();
    adatom_evaluator *evaluator = open_ipi(name, ",wait=0.3");
    fake_client bad[4];
    for (int i = 0; i < 4; i++) {
        bad[i] = (fake_client){.fault = fault};
        start_client(&bad[i], name);
    }
    char line[300];
    snprintf(line, sizeof line, "no i-PI client was ready at /tmp/ipi_%s for 0.3 s%s%s%s", name,
             complaint[0] != '\0' ? " (the last one left: " : "", complaint,
             complaint[0] != '\0' ? ")" : "");
    expect_failure(evaluator, ADATOM_IO_FAILED, line);
    fake_client good = {.fault = NO_FAULT};
    start_client(&good, name);
    sleep_milliseconds(50);
    expect_energy(evaluator, 0.5);
    adatom_evaluator_free(evaluator);
    for (int i = 0; i < 4; i++) {
        join_client(&bad[i]);
    }
    join_client(&good);
}

static void test_faults_at_the_door(void **state)
{
    (void)state;
    expect_rejection(BAD_GREETING,
                     "it answered \"HELLO WORLD\" to STATUS before it was given a structure");
    expect_rejection(BINARY_HEADER,
                     "it answered \"???A\" to STATUS before it was given a structure");
    expect_rejection(EARLY_DATA,
                     "it answered \"HAVEDATA\" to STATUS before it was given a structure");
    expect_rejection(SILENT, "");
}

/* It may have been given a structure before its second word was read. */
static void test_a_client_that_speaks_unasked(void **state)
{
    (void)state;
    const char *name = fresh_name();
    adatom_evaluator *evaluator = open_ipi(name, "");
    fake_client bad = {.fault = TALKATIVE}, good = {.fault = NO_FAULT};
    start_client(&bad, name);
    sleep_milliseconds(50);
    start_client(&good, name);
    expect_energy(evaluator, 2.5);
    adatom_evaluator_free(evaluator);
    join_client(&bad);
    join_client(&good);
    assert_int_equal(good.answers, 1);
}

static void test_not_finite(void **state)
{
    (void)state;
    const char *name = fresh_name();
    adatom_evaluator *evaluator = open_ipi(name, "");
    fake_client client = {.fault = NOT_FINITE, .good_before = 1};
    start_client(&client, name);
    expect_energy(evaluator, 2);
    expect_failure(evaluator, ADATOM_EVALUATION_FAILED, "the energy is not finite");
    adatom_evaluator_free(evaluator);
    join_client(&client);
}

/* Its late answer is not taken for that of the next structure. */
static void test_a_late_client_is_used_again(void **state)
{
    (void)state;
    const char *name = fresh_name();
    adatom_evaluator *evaluator = open_ipi(name, ",time_limit=0.2");
    fake_client client = {.delay = 500, .slow_once = true};
    start_client(&client, name);
    expect_failure(evaluator, ADATOM_EVALUATION_FAILED,
                   "the i-PI client gave no forces within 0.2 s");
    expect_energy(evaluator, 4);
    adatom_evaluator_free(evaluator);
    join_client(&client);
    assert_int_equal(client.answers, 2);
    assert_true(client.got_exit);
}

static void test_wrong_arguments(void **state)
{
    (void)state;
    const char *no_place =
        "ipi wants the place where clients connect: ipi:NAME for the unix socket "
        "/tmp/ipi_NAME, or ipi:HOST:PORT";
    const char *known = "ipi has no argument \"port\"; known: wait time_limit elements box "
                        "allow_remote";
    expect_no_evaluator("ipi", ADATOM_INVALID_INPUT, no_place);
    expect_no_evaluator("ipi:wait=3", ADATOM_INVALID_INPUT, no_place);
    expect_no_evaluator("ipi:a,port=3", ADATOM_INVALID_INPUT, known);
    expect_no_evaluator("ipi:a,b,wait=3", ADATOM_INVALID_INPUT,
                        "evaluator argument \"b\" is not key=value");
    expect_no_evaluator("ipi:a,wait=-1", ADATOM_INVALID_INPUT,
                        "evaluator argument wait=-1 is not a number from 0 to 1e+09");
    expect_no_evaluator("ipi:a,allow_remote=true", ADATOM_INVALID_INPUT,
                        "evaluator argument allow_remote=true: expected yes or no");
    expect_no_evaluator("ipi:a,elements=C3Xx", ADATOM_INVALID_INPUT,
                        "evaluator argument elements: expected a formula such as C3H4O2 at \"Xx\"");
    expect_no_evaluator("ipi:a,elements=C99999999999", ADATOM_INVALID_INPUT,
                        "evaluator argument elements: expected a formula such as C3H4O2 at "
                        "\"C99999999999\"");
    expect_no_evaluator("ipi:../a", ADATOM_INVALID_INPUT,
                        "ipi: \"../a\" is no name for a socket /tmp/ipi_NAME: expected 1 to 98 "
                        "letters, digits, _ . -");
}

static void test_hosts(void **state)
{
    (void)state;
    const char *expected = "ipi: \"%s\" is not HOST:PORT with a port from 1 to 65535";
    const char *const wrong[] = {"localhost:",  ":31415",       "localhost:0", "localhost:65536",
                                 "localhost:x", "localhost:+5", "localhost:5 "};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char spec[64], line[128];
        snprintf(spec, sizeof spec, "ipi:%s", wrong[i]);
        snprintf(line, sizeof line, expected, wrong[i]);
        expect_no_evaluator(spec, ADATOM_INVALID_INPUT, line);
    }
    expect_no_evaluator("ipi:0.0.0.0:31415", ADATOM_INVALID_INPUT,
                        "ipi: at 0.0.0.0:31415 every machine that reaches it could send energies; "
                        "say allow_remote=yes if that is wanted");
    expect_no_evaluator("ipi:[::]:31415,allow_remote=no", ADATOM_INVALID_INPUT,
                        "ipi: at [::]:31415 every machine that reaches it could send energies; say "
                        "allow_remote=yes if that is wanted");
    char spec[64], line[128];
    const int port = 20000 + (int)getpid() % 20000;
    snprintf(spec, sizeof spec, "ipi:127.0.0.1:%d", port);
    snprintf(line, sizeof line, "ipi: cannot listen at 127.0.0.1:%d: Address already in use", port);
    adatom_evaluator *evaluator = open_evaluator(spec);
    expect_no_evaluator(spec, ADATOM_IO_FAILED, line);
    adatom_evaluator_free(evaluator);
    snprintf(spec, sizeof spec, "ipi:0.0.0.0:%d,allow_remote=yes", port);
    adatom_evaluator_free(open_evaluator(spec));
}

/* The socket file is for its user alone, is refused while its server lives, and taken over after.
 */
static void test_socket_files(void **state)
{
    (void)state;
    const char *name = fresh_name();
    char spec[100], path[100], line[200];
    snprintf(spec, sizeof spec, "ipi:%s", name);
    snprintf(path, sizeof path, "/tmp/ipi_%s", name);
    adatom_evaluator *evaluator = open_evaluator(spec);
    struct stat file;
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    snprintf(line, sizeof line, "ipi: another program listens at %s already; take another name",
             path);
    expect_no_evaluator(spec, ADATOM_IO_FAILED, line);
    adatom_evaluator_free(evaluator);
    assert_false(socket_exists(name));
    /* A server that was killed. */
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    snprintf(place.sun_path, sizeof place.sun_path, "%s", path);
    const int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(dead, (const struct sockaddr *)&place, sizeof place), 0);
    close(dead);
    assert_true(socket_exists(name));
    evaluator = open_evaluator(spec);
    /* Somebody replaces our file by something else: not ours to remove. */
    assert_int_equal(unlink(path), 0);
    FILE *other = fopen(path, "w");
    assert_non_null(other);
    fclose(other);
    adatom_evaluator_free(evaluator);
    assert_true(socket_exists(name));
    snprintf(line, sizeof line, "ipi: %s is there and is no socket", path);
    expect_no_evaluator(spec, ADATOM_IO_FAILED, line);
    assert_int_equal(unlink(path), 0);
}

static bool stop_at_third_look(void *context)
{
    return ++*(int *)context >= 3;
}

/* Who waits for clients for ten minutes does not make a user wait who wants to stop. */
static void test_waiting_is_stopped(void **state)
{
    (void)state;
    char spec[64];
    snprintf(spec, sizeof spec, "ipi:adatom-stop-%d,wait=600,box=10", (int)getpid());
    adatom_evaluator *evaluator = open_evaluator(spec);
    adatom_structure *crystal = make_fcc(18, 5.3, 1);
    int looks = 0;
    double energy = 7, forces[4][3];
    adatom_evaluator_watch(evaluator, stop_at_third_look, &looks);
    assert_int_equal(adatom_evaluator_compute(evaluator, crystal, &energy, forces),
                     ADATOM_INTERRUPTED);
    assert_int_equal(looks, 3);
    assert_near(energy, 7, 0);
    adatom_structure_free(crystal);
    adatom_evaluator_free(evaluator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_client),
        cmocka_unit_test(test_the_structure_is_sent_again),
        cmocka_unit_test(test_faults_with_a_structure),
        cmocka_unit_test(test_faults_at_the_door),
        cmocka_unit_test(test_a_client_that_speaks_unasked),
        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_a_late_client_is_used_again),
        cmocka_unit_test(test_wrong_arguments),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_socket_files),
        cmocka_unit_test(test_waiting_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
