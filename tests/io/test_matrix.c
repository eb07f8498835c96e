/* Tables of numbers: NumPy arrays and text are read as they are meant, and what is broken is
 * refused with what was expected. */
#include "adatom/status.h"
#include "io/matrix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { HEADER_SIZE = 10 };

/* A NumPy file of version 1 with this dictionary and these bytes; the length. */
static size_t make_npy(const char *dictionary, const void *numbers, size_t size, char *out)
{
    const size_t length = strlen(dictionary);
    memcpy(out, "\x93NUMPY\x01\x00", 8);
    out[8] = (char)(length & 255);
    out[9] = (char)(length >> 8);
    memcpy(out + HEADER_SIZE, dictionary, length);
    memcpy(out + HEADER_SIZE + length, numbers, size);
    return HEADER_SIZE + length + size;
}

static void test_arrays_of_numpy(void **state)
{
    (void)state;
    static const float halves[] = {0.5F, 1, 1.5F, 2, 2.5F, 3};
    static const int32_t whole[] = {7, -8};
    char bytes[512];
    adatom_matrix m;
    size_t length = make_npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", halves,
                             sizeof halves, bytes);
    assert_int_equal(adatom_matrix_parse("a.npy", bytes, length, &m), ADATOM_OK);
    assert_int_equal(m.rows, 3);
    assert_int_equal(m.columns, 2);
    assert_true(m.values[3] == 2 && m.values[4] == 2.5);
    adatom_matrix_clear(&m);
    length = make_npy("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }", whole,
                      sizeof whole, bytes);
    assert_int_equal(adatom_matrix_parse("a.npy", bytes, length, &m), ADATOM_OK);
    assert_int_equal(m.rows, 2);
    assert_int_equal(m.columns, 1);
    assert_true(m.values[1] == -8);
    adatom_matrix_clear(&m);
}

static void test_broken_arrays_are_refused(void **state)
{
    (void)state;
    static const double numbers[] = {1, 2, 3, 4};
    static const char *const dictionaries[] = {
        "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2), }",  /* the other order */
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", /* longer than the file */
        "{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }", /* no such numbers */
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2, 1), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 2), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
        "{'fortran_order': False, 'shape': (2, 2), 'descr'", /* ends within a word */
    };
    for (size_t i = 0; i < sizeof dictionaries / sizeof dictionaries[0]; i++) {
        char bytes[512];
        adatom_matrix m;
        const size_t length = make_npy(dictionaries[i], numbers, sizeof numbers, bytes);
        assert_int_equal(adatom_matrix_parse("a.npy", bytes, length, &m), ADATOM_INVALID_INPUT);
        assert_ptr_equal(strstr(adatom_error_message(), "a.npy: expected"), adatom_error_message());
    }
}

static void test_text(void **state)
{
    (void)state;
    static const char text[] = "first,second\n1, 2.5\n# not these: 5\n\n-3e2;4\r\n";
    adatom_matrix m;
    assert_int_equal(adatom_matrix_parse("a.csv", text, strlen(text), &m), ADATOM_OK);
    assert_int_equal(m.rows, 2);
    assert_int_equal(m.columns, 2);
    assert_true(m.values[1] == 2.5 && m.values[2] == -300);
    adatom_matrix_clear(&m);
}

static void assert_refused(const char *text, const char *message)
{
    adatom_matrix m;
    assert_int_equal(adatom_matrix_parse("a.csv", text, strlen(text), &m), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), message);
}

static void test_broken_text_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_refused("1,2\n3\n", "a.csv:2: 1 numbers, expected 2 as above");
    assert_refused("1\ntwo\n", "a.csv:2: \"two\", expected a number");
    assert_refused("1\nnan\n", "a.csv:2: \"nan\", expected a number");
    assert_refused("# nothing\n", "a.csv: expected rows of numbers, found none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrays_of_numpy),
        cmocka_unit_test(test_broken_arrays_are_refused),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_broken_text_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
