/* Checked allocation: zeroed, aligned, and sizes that overflow are refused. */
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void assert_zero(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(bytes[i], 0);
    }
}

static void test_allocated_memory_is_zero(void **state)
{
    (void)state;
    unsigned char *bytes = NULL;
    assert_int_equal(adatom_allocate(1000, 3, &bytes), ADATOM_OK);
    assert_zero(bytes, 3000);
    free(bytes);
}

static void test_nothing_is_a_pointer_too(void **state)
{
    (void)state;
    double *none = NULL;
    assert_int_equal(adatom_allocate(0, sizeof *none, &none), ADATOM_OK);
    assert_non_null(none);
    free(none);
    none = NULL;
    assert_int_equal(adatom_allocate_aligned(0, sizeof *none, &none), ADATOM_OK);
    assert_non_null(none);
    free(none);
}

/* A product of 2^64 + 8 would be 8 bytes if it were not checked. */
static void test_overflow_is_refused(void **state)
{
    (void)state;
    char untouched = 0;
    char *memory = &untouched;
    const size_t size = 8;
    const size_t count = SIZE_MAX / size + 2;
    assert_int_equal(adatom_allocate(count, size, &memory), ADATOM_OUT_OF_MEMORY);
    assert_ptr_equal(memory, &untouched);
    assert_int_equal(adatom_allocate_aligned(count, size, &memory), ADATOM_OUT_OF_MEMORY);
    assert_ptr_equal(memory, &untouched);
    assert_int_equal(adatom_allocate_aligned(SIZE_MAX, 1, &memory), ADATOM_OUT_OF_MEMORY);
    assert_ptr_equal(memory, &untouched);
    assert_non_null(strstr(adatom_error_message(), "out of memory"));
}

static void test_grown_memory_keeps_and_zeroes(void **state)
{
    (void)state;
    int *numbers = NULL;
    size_t capacity = 0;
    size_t used = 0;
    for (size_t needed = 1; needed < 3000; needed += 37) {
        assert_int_equal(adatom_grow(&numbers, &capacity, needed, sizeof *numbers), ADATOM_OK);
        assert_true(capacity >= needed);
        for (size_t i = 0; i < used; i++) {
            assert_int_equal(numbers[i], (int)i + 1);
        }
        assert_zero((const unsigned char *)(numbers + used), (capacity - used) * sizeof *numbers);
        for (; used < capacity; used++) {
            numbers[used] = (int)used + 1;
        }
    }
    free(numbers);
}

static void test_refused_growth_leaves_all_as_it_was(void **state)
{
    (void)state;
    int *numbers = NULL;
    size_t capacity = 0;
    assert_int_equal(adatom_grow(&numbers, &capacity, 10, sizeof *numbers), ADATOM_OK);
    numbers[9] = 42;
    int *const before = numbers;
    const size_t capacity_before = capacity;
    const size_t too_many[] = {SIZE_MAX, SIZE_MAX / sizeof *numbers + 2, SIZE_MAX / 2};
    for (size_t i = 0; i < sizeof too_many / sizeof too_many[0]; i++) {
        assert_int_equal(adatom_grow(&numbers, &capacity, too_many[i], sizeof *numbers),
                         ADATOM_OUT_OF_MEMORY);
        assert_ptr_equal(numbers, before);
        assert_int_equal(capacity, capacity_before);
        assert_int_equal(numbers[9], 42);
    }
    free(numbers);
}

static void test_aligned_memory_is_aligned_and_zero(void **state)
{
    (void)state;
    const size_t counts[] = {1, 15, 16, 17, 1000, (size_t)1 << 19, ((size_t)1 << 19) + 3};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        float *values = NULL;
        assert_int_equal(adatom_allocate_aligned(counts[i], sizeof *values, &values), ADATOM_OK);
        assert_int_equal((uintptr_t)values % 64, 0);
        assert_zero((const unsigned char *)values, counts[i] * sizeof *values);
        free(values);
    }
}

static void test_duplicated_text_is_a_copy(void **state)
{
    (void)state;
    char text[] = "graphene";
    char *copy = NULL;
    assert_int_equal(adatom_duplicate_text(text, &copy), ADATOM_OK);
    text[0] = 'G';
    assert_string_equal(copy, "graphene");
    free(copy);
    assert_int_equal(adatom_duplicate_text("", &copy), ADATOM_OK);
    assert_string_equal(copy, "");
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allocated_memory_is_zero),
        cmocka_unit_test(test_nothing_is_a_pointer_too),
        cmocka_unit_test(test_overflow_is_refused),
        cmocka_unit_test(test_grown_memory_keeps_and_zeroes),
        cmocka_unit_test(test_refused_growth_leaves_all_as_it_was),
        cmocka_unit_test(test_aligned_memory_is_aligned_and_zero),
        cmocka_unit_test(test_duplicated_text_is_a_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
