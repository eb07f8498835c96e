/* The run database: rows last from commit to commit, and every failure says which file and why. */
#include "temporary_folder.h"

#include "io/database.h"
#include "io/text_file.h"

#include <sqlite3.h>
#include <math.h>
#include <sys/wait.h>

static int numbers[3] = {6, 6, 8};
static double positions[3][3] = {{0.0, 0.0, 0.0}, {1.0, 0.1, 0.0}, {0.0, 0.0, -1.0 / 3.0}};
static adatom_structure structure = {.atom_count = 3,
                                     .atomic_numbers = numbers,
                                     .positions = positions,
                                     .cell = {{3.0, 0.0, 0.0}, {0.5, 4.0, 0.0}, {0.0, 0.0, 5.0}},
                                     .periodic = {true, false, true}};

static adatom_status add(adatom_database *database, double episode, double energy)
{
    const adatom_database_number number = {"episode", episode};
    const adatom_database_text text = {"origin", "search"};
    const adatom_database_row row = {.structure = &structure,
                                     .has_energy = true,
                                     .energy = energy,
                                     .numbers = &number,
                                     .number_count = 1,
                                     .texts = &text,
                                     .text_count = 1};
    return adatom_database_add(database, &row);
}

static adatom_database *open_database(const char *name)
{
    adatom_database *database = NULL;
    if (adatom_database_open(in_folder(name), &database) != ADATOM_OK) {
        fail_msg("%s", adatom_error_message());
    }
    return database;
}

/* What a fresh connection sees. */
static int row_count(const char *name, const char *table)
{
    sqlite3 *connection;
    sqlite3_stmt *statement;
    char sql[64];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", table);
    assert_int_equal(sqlite3_open(in_folder(name), &connection), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(connection, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const int count = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(connection);
    return count;
}

static void assert_message(const char *name, const char *rest)
{
    char expected[2 * PATH_SIZE];
    snprintf(expected, sizeof expected, "%s: %s", in_folder(name), rest);
    assert_string_equal(adatom_error_message(), expected);
}

static void rows_last_from_commit_on(void **state)
{
    (void)state;
    adatom_database *database = open_database("commit.db");
    assert_int_equal(add(database, 0, -1.0), ADATOM_OK);
    assert_int_equal(row_count("commit.db", "systems"), 0);
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    assert_int_equal(row_count("commit.db", "systems"), 1);
    assert_int_equal(add(database, 1, -2.0), ADATOM_OK);
    adatom_database_close(database);
    assert_int_equal(row_count("commit.db", "systems"), 1);
    database = open_database("commit.db");
    assert_int_equal(add(database, 1, -3.0), ADATOM_OK);
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    adatom_database_close(database);
    assert_int_equal(row_count("commit.db", "systems"), 2);
    assert_int_equal(row_count("commit.db", "species"), 4);
    assert_int_equal(row_count("commit.db", "keys"), 4);
    adatom_database_close(NULL);
}

static void others_can_read_while_rows_wait(void **state)
{
    (void)state;
    adatom_database *database = open_database("waiting.db");
    assert_int_equal(add(database, 0, -1.0), ADATOM_OK);
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    for (int i = 1; i < 8000; i++) {
        assert_int_equal(add(database, i, -1.0), ADATOM_OK);
    }
    assert_int_equal(row_count("waiting.db", "systems"), 1);
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    assert_int_equal(row_count("waiting.db", "systems"), 8000);
    adatom_database_close(database);
}

static void a_killed_process_loses_only_what_was_not_committed(void **state)
{
    (void)state;
    const pid_t child = fork();
    if (child == 0) {
        adatom_database *database = NULL;
        if (adatom_database_open(in_folder("killed.db"), &database) != ADATOM_OK ||
            add(database, 0, -1) != ADATOM_OK || adatom_database_commit(database) != ADATOM_OK ||
            add(database, 1, -2) != ADATOM_OK) {
            _exit(1);
        }
        kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    adatom_database *database = open_database("killed.db");
    assert_int_equal(row_count("killed.db", "systems"), 1);
    assert_int_equal(add(database, 1, -2.0), ADATOM_OK);
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    adatom_database_close(database);
    assert_int_equal(row_count("killed.db", "systems"), 2);
}

static void rows_after_a_checkpoint_are_taken_back(void **state)
{
    (void)state;
    adatom_database *database = open_database("back.db");
    for (int i = 0; i < 20; i++) {
        assert_int_equal(add(database, i, -i), ADATOM_OK);
    }
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    assert_int_equal(adatom_database_delete_above(database, "episode", 11.0), ADATOM_OK);
    assert_int_equal(adatom_database_delete_above(database, "other", 1.0), ADATOM_OK);
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    adatom_database_close(database);
    assert_int_equal(row_count("back.db", "systems"), 12);
    assert_int_equal(row_count("back.db", "species"), 24);
    assert_int_equal(row_count("back.db", "keys"), 24);
    assert_int_equal(row_count("back.db", "number_key_values"), 12);
    assert_int_equal(row_count("back.db", "text_key_values"), 12);
    adatom_database_best *best;
    size_t count;
    assert_int_equal(adatom_database_lowest(in_folder("back.db"), "episode", 1, &best, &count),
                     ADATOM_OK);
    assert_int_equal(count, 1);
    assert_true(best[0].value == 11.0 && best[0].energy == -11.0);
    adatom_structure_free(best[0].structure);
    free(best);
}

static void lowest_rows_come_back_whole(void **state)
{
    (void)state;
    adatom_database *database = open_database("lowest.db");
    const double energies[] = {-1.0, -7.25, 3.0, -7.25, -2.0};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(add(database, i, energies[i]), ADATOM_OK);
    }
    const adatom_database_row without_energy = {.structure = &structure};
    assert_int_equal(adatom_database_add(database, &without_energy), ADATOM_OK);
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    adatom_database_close(database);
    adatom_database_best *best;
    size_t count;
    assert_int_equal(adatom_database_lowest(in_folder("lowest.db"), "episode", 4, &best, &count),
                     ADATOM_OK);
    assert_int_equal(count, 4);
    const double episodes[] = {1.0, 3.0, 4.0, 0.0}; /* equal energies in the order of their rows */
    for (size_t i = 0; i < count; i++) {
        assert_true(best[i].value == episodes[i]);
        assert_true(best[i].energy == energies[(int)episodes[i]]);
        assert_int_equal(best[i].structure->atom_count, 3);
        assert_memory_equal(best[i].structure->atomic_numbers, numbers, sizeof numbers);
        assert_memory_equal(best[i].structure->positions, positions, sizeof positions);
        assert_memory_equal(best[i].structure->cell, structure.cell, sizeof structure.cell);
        assert_memory_equal(best[i].structure->periodic, structure.periodic,
                            sizeof structure.periodic);
        adatom_structure_free(best[i].structure);
    }
    free(best);
    assert_int_equal(adatom_database_lowest(in_folder("lowest.db"), "none", 4, &best, &count),
                     ADATOM_OK);
    assert_int_equal(count, 0);
    free(best);
}

static void rows_that_ase_would_not_take_are_refused(void **state)
{
    (void)state;
    adatom_database *database = open_database("keys.db");
    const char *const keys[] = {"energy", "C",   "id",       "two words", "9lives",
                                "",       "a-b", "\xce\xbb", "data"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const adatom_database_number number = {keys[i], 1.0};
        const adatom_database_row row = {
            .structure = &structure, .numbers = &number, .number_count = 1};
        char rest[PATH_SIZE];
        snprintf(rest, sizeof rest, "\"%s\" cannot be a key of a database of ASE", keys[i]);
        assert_int_equal(adatom_database_add(database, &row), ADATOM_INVALID_INPUT);
        assert_message("keys.db", rest);
    }
    const adatom_database_number number = {"x", NAN};
    const adatom_database_text text = {"y", "Latin \xe9 1"};
    const adatom_database_row bad_number = {
        .structure = &structure, .numbers = &number, .number_count = 1};
    const adatom_database_row bad_text = {.structure = &structure, .texts = &text, .text_count = 1};
    assert_int_equal(adatom_database_add(database, &bad_number), ADATOM_INVALID_INPUT);
    assert_message("keys.db", "x: expected a finite number");
    assert_int_equal(adatom_database_add(database, &bad_text), ADATOM_INVALID_INPUT);
    assert_message("keys.db", "y: expected text in UTF-8");
    assert_int_equal(add(database, 0, INFINITY), ADATOM_INVALID_INPUT);
    assert_message("keys.db", "expected a finite energy");
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    assert_int_equal(row_count("keys.db", "systems"), 0);
    adatom_database_close(database);
}

static void assert_not_opened(const char *name, adatom_status expected, const char *rest)
{
    adatom_database *database = NULL;
    assert_int_equal(adatom_database_open(in_folder(name), &database), expected);
    assert_message(name, rest);
    assert_null(database);
}

static void other_files_and_places_are_refused(void **state)
{
    (void)state;
    static const char text[] =
        "This is no database, but a text that is longer than the head of one: "
        "SQLite looks at the first hundred bytes of each file that it opens.";
    assert_int_equal(adatom_text_file_write(in_folder("text.db"), text, sizeof text), ADATOM_OK);
    assert_not_opened("text.db", ADATOM_INVALID_INPUT,
                      "expected a database of ASE: file is not a database");
    assert_not_opened("text.db/below.db", ADATOM_IO_FAILED, "cannot open: Not a directory");
    assert_not_opened("none/below.db", ADATOM_IO_FAILED, "cannot open: No such file or directory");
    sqlite3 *connection;
    assert_int_equal(sqlite3_open(in_folder("foreign.db"), &connection), SQLITE_OK);
    assert_int_equal(sqlite3_exec(connection, "CREATE TABLE songs (title TEXT)", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(connection);
    assert_not_opened("foreign.db", ADATOM_INVALID_INPUT, "expected a database of ASE, version 9");
    adatom_database_best *best;
    size_t count;
    assert_int_equal(adatom_database_lowest(in_folder("missing.db"), "episode", 1, &best, &count),
                     ADATOM_IO_FAILED);
    assert_message("missing.db", "cannot open: No such file or directory");
    assert_int_not_equal(access(in_folder("missing.db"), F_OK), 0);
}

static void a_damaged_row_is_reported(void **state)
{
    (void)state;
    static const char *const damages[] = {"positions = x'00'", "numbers = x'00000000'",
                                          "cell = NULL", "numbers = x'06000000'"};
    adatom_database *database = open_database("damaged.db");
    assert_int_equal(add(database, 0, -1.0), ADATOM_OK);
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    adatom_database_close(database);
    for (int i = 0; i < 4; i++) {
        sqlite3 *connection;
        char sql[128];
        snprintf(sql, sizeof sql, "UPDATE systems SET %s", damages[i]);
        assert_int_equal(sqlite3_open(in_folder("damaged.db"), &connection), SQLITE_OK);
        assert_int_equal(sqlite3_exec(connection, sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(connection);
        adatom_database_best *best;
        size_t count;
        assert_int_equal(
            adatom_database_lowest(in_folder("damaged.db"), "episode", 1, &best, &count),
            ADATOM_INVALID_INPUT);
        assert_message("damaged.db", "row 1: expected the atoms of a structure");
    }
}

/* Whatever the size at which the disk is full, what was committed before stays. */
static void a_full_disk_leaves_the_last_commit(void **state)
{
    (void)state;
    adatom_database *database = open_database("full.db");
    assert_int_equal(add(database, 0, -1.0), ADATOM_OK);
    assert_int_equal(adatom_database_commit(database), ADATOM_OK);
    int failures = 0;
    for (rlim_t room = 0; room <= 400000; room += 40000) {
        disk_is_full_after(room);
        adatom_status status = ADATOM_OK;
        for (int i = 1; i < 500 && status == ADATOM_OK; i++) {
            status = add(database, i, -2.0);
        }
        status = status != ADATOM_OK ? status : adatom_database_commit(database);
        disk_has_room();
        if (status == ADATOM_OK) {
            break;
        }
        failures++;
        assert_int_equal(status, ADATOM_IO_FAILED);
        assert_non_null(strstr(adatom_error_message(), "full.db: cannot write: "));
        assert_int_equal(row_count("full.db", "systems"), 1);
    }
    assert_in_range(failures, 3, 11);
    adatom_status status = add(database, 1, -2.0);
    status = status != ADATOM_OK ? status : adatom_database_commit(database);
    assert_int_equal(status, ADATOM_OK);
    adatom_database_close(database);
    disk_is_full_after(0);
    assert_not_opened("never.db", ADATOM_IO_FAILED, "cannot write: File too large");
    disk_has_room();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_last_from_commit_on),
        cmocka_unit_test(others_can_read_while_rows_wait),
        cmocka_unit_test(a_killed_process_loses_only_what_was_not_committed),
        cmocka_unit_test(rows_after_a_checkpoint_are_taken_back),
        cmocka_unit_test(lowest_rows_come_back_whole),
        cmocka_unit_test(rows_that_ase_would_not_take_are_refused),
        cmocka_unit_test(other_files_and_places_are_refused),
        cmocka_unit_test(a_damaged_row_is_reported),
        cmocka_unit_test(a_full_disk_leaves_the_last_commit),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
