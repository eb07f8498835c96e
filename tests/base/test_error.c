/* Error texts: one line, one per thread, and an exit status for every status. */
#include "base/error.h"

#include "adatom/version.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void test_the_text_is_kept_and_the_status_passed_on(void **state)
{
    (void)state;
    assert_int_equal(
        adatom_fail(ADATOM_IO_FAILED, "%s:%d: expected %s", "run.yaml", 12, "a number"),
        ADATOM_IO_FAILED);
    assert_string_equal(adatom_error_message(), "run.yaml:12: expected a number");
}

static void test_context_stands_before_the_text(void **state)
{
    (void)state;
    (void)adatom_fail(ADATOM_INVALID_INPUT, "no such element 'Cx'");
    assert_int_equal(adatom_fail_in(ADATOM_INVALID_INPUT, "%s", "template.xyz"),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "template.xyz: no such element 'Cx'");
}

/* What a caller passes in may hold the last text itself. */
static void test_the_last_text_may_be_an_argument(void **state)
{
    (void)state;
    (void)adatom_fail(ADATOM_IO_FAILED, "disk full");
    (void)adatom_fail(ADATOM_IO_FAILED, "checkpoint.h5: %s", adatom_error_message());
    assert_string_equal(adatom_error_message(), "checkpoint.h5: disk full");
}

static void test_a_text_is_one_line(void **state)
{
    (void)state;
    (void)adatom_fail(ADATOM_INVALID_INPUT, "no file '%s'", "a\nb\r\nc");
    assert_null(strpbrk(adatom_error_message(), "\r\n"));
    assert_string_equal(adatom_error_message(), "no file 'a b  c'");
}

static void test_a_long_text_is_cut(void **state)
{
    (void)state;
    char name[5000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    (void)adatom_fail(ADATOM_INVALID_INPUT, "%s", name);
    assert_true(strlen(adatom_error_message()) > 500);
    assert_true(strlen(adatom_error_message()) < 2000);
    (void)adatom_fail_in(ADATOM_INVALID_INPUT, "%s", name);
    assert_true(strlen(adatom_error_message()) < 2000);
}

static void *fail_elsewhere(void *argument)
{
    const bool was_empty = adatom_error_message()[0] == '\0';
    (void)adatom_fail(ADATOM_IO_FAILED, "the other thread");
    return was_empty ? argument : NULL;
}

static void test_each_thread_has_its_own_text(void **state)
{
    (void)state;
    (void)adatom_fail(ADATOM_IO_FAILED, "this thread");
    pthread_t thread;
    int mark;
    void *result = NULL;
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, &mark), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, &mark);
    assert_string_equal(adatom_error_message(), "this thread");
}

static adatom_status passes_on(adatom_status below, int *reached)
{
    ADATOM_TRY(below);
    *reached = 1;
    return ADATOM_OK;
}

static adatom_status cleans_up(adatom_status below, int *cleaned)
{
    adatom_status status = ADATOM_OK;
    ADATOM_TRY_ELSE(status, done, below);
done:
    *cleaned += 1;
    return status;
}

static void test_a_failure_goes_up(void **state)
{
    (void)state;
    int reached = 0;
    assert_int_equal(passes_on(ADATOM_OUT_OF_MEMORY, &reached), ADATOM_OUT_OF_MEMORY);
    assert_int_equal(reached, 0);
    assert_int_equal(passes_on(ADATOM_OK, &reached), ADATOM_OK);
    assert_int_equal(reached, 1);
    int cleaned = 0;
    assert_int_equal(cleans_up(ADATOM_UNSUPPORTED, &cleaned), ADATOM_UNSUPPORTED);
    assert_int_equal(cleans_up(ADATOM_OK, &cleaned), ADATOM_OK);
    assert_int_equal(cleaned, 2);
}

static void test_each_status_has_a_text_and_an_exit(void **state)
{
    (void)state;
#define CHECK(name, exit_status, text)                                                             \
    assert_string_equal(adatom_status_text(ADATOM_##name), text);                                  \
    assert_int_equal(adatom_status_exit(ADATOM_##name), exit_status);
    ADATOM_STATUS_LIST(CHECK)
#undef CHECK
    assert_int_equal(adatom_status_exit(ADATOM_OK), 0);
    assert_int_equal(adatom_status_exit(ADATOM_INVALID_INPUT), 2);
    assert_int_equal(adatom_status_exit((adatom_status)1000), 1);
    assert_string_equal(adatom_status_text((adatom_status)1000), "unknown status");
}

static void test_the_version_is_that_of_the_header(void **state)
{
    (void)state;
    char version[64];
    snprintf(version, sizeof version, "%d.%d.%d", ADATOM_VERSION_MAJOR, ADATOM_VERSION_MINOR,
             ADATOM_VERSION_PATCH);
    assert_string_equal(adatom_version(), version);
    assert_string_equal(ADATOM_VERSION, version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_text_is_kept_and_the_status_passed_on),
        cmocka_unit_test(test_context_stands_before_the_text),
        cmocka_unit_test(test_the_last_text_may_be_an_argument),
        cmocka_unit_test(test_a_text_is_one_line),
        cmocka_unit_test(test_a_long_text_is_cut),
        cmocka_unit_test(test_each_thread_has_its_own_text),
        cmocka_unit_test(test_a_failure_goes_up),
        cmocka_unit_test(test_each_status_has_a_text_and_an_exit),
        cmocka_unit_test(test_the_version_is_that_of_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
