/* Files are read whole or refused, and replaced whole or not at all. */
#include "temporary_folder.h"

#include "adatom/status.h"
#include "io/text_file.h"

#include <sys/stat.h>

static void write_text(const char *name, const char *text)
{
    assert_int_equal(adatom_text_file_write(in_folder(name), text, strlen(text)), ADATOM_OK);
}

static void assert_text(const char *name, const char *expected)
{
    char *text;
    size_t length;
    assert_int_equal(adatom_text_file_read(in_folder(name), 1000, &text, &length), ADATOM_OK);
    assert_int_equal(length, strlen(expected));
    assert_string_equal(text, expected);
    free(text);
}

static void assert_message(const char *name, const char *rest)
{
    char expected[2 * PATH_SIZE];
    snprintf(expected, sizeof expected, "%s: %s", in_folder(name), rest);
    assert_string_equal(adatom_error_message(), expected);
}

static void any_bytes_come_back(void **state)
{
    (void)state;
    unsigned char bytes[100000];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(i * i >> 3);
    }
    assert_int_equal(adatom_text_file_write(in_folder("bytes"), bytes, sizeof bytes), ADATOM_OK);
    char *text;
    size_t length;
    assert_int_equal(adatom_text_file_read(in_folder("bytes"), sizeof bytes, &text, &length),
                     ADATOM_OK);
    assert_int_equal(length, sizeof bytes);
    assert_memory_equal(text, bytes, sizeof bytes);
    assert_int_equal(text[length], 0);
    free(text);
}

static void reading_has_limits(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    write_text("ten", "0123456789");
    assert_int_equal(adatom_text_file_read(in_folder("ten"), 9, &text, &length),
                     ADATOM_INVALID_INPUT);
    assert_message("ten", "larger than 9 bytes");
    assert_int_equal(adatom_text_file_read(in_folder("none"), 9, &text, &length),
                     ADATOM_INVALID_INPUT);
    assert_message("none", "cannot open: No such file or directory");
    assert_int_equal(adatom_text_file_read(folder, 9, &text, &length), ADATOM_INVALID_INPUT);
    assert_non_null(strstr(adatom_error_message(), "Is a directory"));
    assert_null(text);
}

static void old_file_stays_until_commit(void **state)
{
    (void)state;
    write_text("kept", "old");
    adatom_text_file *file;
    assert_int_equal(adatom_text_file_create(in_folder("kept"), &file), ADATOM_OK);
    fputs("new", adatom_text_file_stream(file));
    assert_int_equal(fflush(adatom_text_file_stream(file)), 0);
    assert_text("kept", "old");
    assert_text("kept.new", "new");
    adatom_text_file_abandon(file);
    assert_text("kept", "old");
    assert_int_not_equal(access(in_folder("kept.new"), F_OK), 0);
    write_text("kept", "newer");
    assert_text("kept", "newer");
    assert_int_not_equal(access(in_folder("kept.new"), F_OK), 0);
}

static void leftover_of_a_killed_process_is_taken_over(void **state)
{
    (void)state;
    FILE *leftover = fopen(in_folder("run.new"), "w");
    assert_non_null(leftover);
    fputs("half of a longer text", leftover);
    fclose(leftover);
    write_text("run", "whole");
    assert_text("run", "whole");
    assert_int_not_equal(access(in_folder("run.new"), F_OK), 0);
}

static void two_writers_do_not_mix(void **state)
{
    (void)state;
    adatom_text_file *first, *second;
    assert_int_equal(adatom_text_file_create(in_folder("shared"), &first), ADATOM_OK);
    fputs("first", adatom_text_file_stream(first));
    assert_int_equal(adatom_text_file_create(in_folder("shared"), &second), ADATOM_IO_FAILED);
    assert_message("shared", "another process is writing it");
    assert_int_equal(adatom_text_file_commit(first), ADATOM_OK);
    assert_text("shared", "first");
}

static void permissions_and_links_stay(void **state)
{
    (void)state;
    struct stat status;
    write_text("private", "1");
    assert_int_equal(chmod(in_folder("private"), 0640), 0);
    assert_int_equal(symlink("private", in_folder("link")), 0);
    write_text("link", "2");
    assert_text("private", "2");
    assert_int_equal(lstat(in_folder("link"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(stat(in_folder("private"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

static void full_device_is_reported(void **state)
{
    (void)state;
    static const char zeros[200000];
    const size_t lengths[] = {1, 4096, sizeof zeros};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(adatom_text_file_write("/dev/full", zeros, lengths[i]), ADATOM_IO_FAILED);
        assert_string_equal(adatom_error_message(),
                            "/dev/full: cannot write: No space left on device");
    }
    adatom_text_file *file;
    assert_int_equal(adatom_text_file_create("/dev/full", &file), ADATOM_OK);
    for (int i = 0; i < 50000; i++) {
        fprintf(adatom_text_file_stream(file), "%d\n", i);
    }
    assert_int_equal(adatom_text_file_commit(file), ADATOM_IO_FAILED);
    assert_int_equal(adatom_text_file_write("/dev/null", zeros, sizeof zeros), ADATOM_OK);
}

static void full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    static const char zeros[100000];
    write_text("precious", "old");
    disk_is_full_after(50000);
    const adatom_status status = adatom_text_file_write(in_folder("precious"), zeros, sizeof zeros);
    disk_has_room();
    assert_int_equal(status, ADATOM_IO_FAILED);
    assert_message("precious", "cannot write: File too large");
    assert_text("precious", "old");
    assert_int_not_equal(access(in_folder("precious.new"), F_OK), 0);
}

static void bad_places_are_reported(void **state)
{
    (void)state;
    write_text("file", "text");
    assert_int_equal(adatom_text_file_write(in_folder("file/below"), "", 0), ADATOM_IO_FAILED);
    assert_message("file/below", "cannot write: Not a directory");
    assert_int_equal(adatom_text_file_write(in_folder("none/below"), "", 0), ADATOM_IO_FAILED);
    assert_message("none/below", "cannot write: No such file or directory");
    assert_int_equal(adatom_text_file_write(folder, "", 0), ADATOM_IO_FAILED);
    assert_non_null(strstr(adatom_error_message(), "cannot write: Is a directory"));
    adatom_text_file_abandon(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes_come_back),
        cmocka_unit_test(reading_has_limits),
        cmocka_unit_test(old_file_stays_until_commit),
        cmocka_unit_test(leftover_of_a_killed_process_is_taken_over),
        cmocka_unit_test(two_writers_do_not_mix),
        cmocka_unit_test(permissions_and_links_stay),
        cmocka_unit_test(full_device_is_reported),
        cmocka_unit_test(full_disk_leaves_the_old_file),
        cmocka_unit_test(bad_places_are_reported),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
