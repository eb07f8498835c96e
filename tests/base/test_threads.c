/* The team: every item is done exactly once, whatever the sizes, and all is seen afterwards. */
#include "base/threads.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { ITEMS_MAX = 1000, THREADS_MAX = 8 };

/* Plain variables on purpose: an item belongs to one thread, and the end of a loop orders all. The
 * thread sanitizer would see it otherwise. */
typedef struct tally {
    int size;
    int times_done[ITEMS_MAX];
    struct {
        int items;
        char padding[60];
    } of_thread[THREADS_MAX];
} tally;

static void count_item(void *context, int item, int thread)
{
    tally *counts = context;
    assert_in_range(thread, 0, counts->size - 1);
    counts->times_done[item]++;
    counts->of_thread[thread].items++;
}

static void check_loop(adatom_team *team, tally *counts, int items)
{
    memset(counts, 0, sizeof *counts);
    counts->size = adatom_team_size(team);
    adatom_team_run(team, items, count_item, counts);
    int total = 0;
    for (int i = 0; i < ITEMS_MAX; i++) {
        assert_int_equal(counts->times_done[i], i < items ? 1 : 0);
    }
    for (int i = 0; i < THREADS_MAX; i++) {
        total += counts->of_thread[i].items;
    }
    assert_int_equal(total, items);
}

static void test_every_item_is_done_once(void **state)
{
    (void)state;
    static tally counts;
    const int items[] = {0, 1, 2, 3, 7, 8, 9, 63, 64, 65, ITEMS_MAX};
    for (int size = 1; size <= THREADS_MAX; size++) {
        adatom_team *team = NULL;
        assert_int_equal(adatom_team_create(size, &team), ADATOM_OK);
        assert_int_equal(adatom_team_size(team), size);
        for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
            check_loop(team, &counts, items[i]);
        }
        adatom_team_free(team);
    }
}

/* Thousands of short loops, one right after the other: what the engine does. */
static void test_loops_follow_each_other(void **state)
{
    (void)state;
    static tally counts;
    adatom_team *team = NULL;
    assert_int_equal(adatom_team_create(3, &team), ADATOM_OK);
    for (int round = 0; round < 3000; round++) {
        check_loop(team, &counts, 1 + round % 17);
    }
    adatom_team_free(team);
}

/* Waiting threads fall asleep and are woken again. */
static void test_a_loop_after_a_pause(void **state)
{
    (void)state;
    static tally counts;
    adatom_team *team = NULL;
    assert_int_equal(adatom_team_create(4, &team), ADATOM_OK);
    for (int round = 0; round < 5; round++) {
        usleep(20000);
        check_loop(team, &counts, 100);
    }
    usleep(20000);
    adatom_team_free(team);
}

typedef struct chain {
    double values[ITEMS_MAX];
} chain;

static void next_value(void *context, int item, int thread)
{
    (void)thread;
    chain *numbers = context;
    numbers->values[item] = numbers->values[item] * 0.5 + item;
}

/* A loop sees what the loop before it wrote, also where another thread wrote it. */
static void test_loops_see_what_earlier_loops_wrote(void **state)
{
    (void)state;
    static chain alone, together;
    adatom_team *team = NULL;
    assert_int_equal(adatom_team_create(4, &team), ADATOM_OK);
    memset(&alone, 0, sizeof alone);
    memset(&together, 0, sizeof together);
    for (int round = 0; round < 50; round++) {
        for (int item = 0; item < ITEMS_MAX; item++) {
            next_value(&alone, item, 0);
        }
        adatom_team_run(team, ITEMS_MAX, next_value, &together);
    }
    assert_memory_equal(&alone, &together, sizeof alone);
    adatom_team_free(team);
}

/* An agent of an ensemble has a team of its own inside a team's loop. */
typedef struct nest {
    tally counts[3];
} nest;

static void run_inner_team(void *context, int item, int thread)
{
    (void)thread;
    nest *inner = context;
    adatom_team *team = NULL;
    assert_int_equal(adatom_team_create(item + 1, &team), ADATOM_OK);
    for (int round = 0; round < 20; round++) {
        check_loop(team, &inner->counts[item], 50 * (item + 1));
    }
    adatom_team_free(team);
}

static void test_teams_within_a_team(void **state)
{
    (void)state;
    static nest inner;
    adatom_team *team = NULL;
    assert_int_equal(adatom_team_create(3, &team), ADATOM_OK);
    adatom_team_run(team, 3, run_inner_team, &inner);
    adatom_team_free(team);
}

static void test_wrong_sizes_are_refused(void **state)
{
    (void)state;
    adatom_team *const untouched = (adatom_team *)state;
    adatom_team *team = untouched;
    assert_int_equal(adatom_team_create(0, &team), ADATOM_INVALID_INPUT);
    assert_int_equal(adatom_team_create(-3, &team), ADATOM_INVALID_INPUT);
    assert_int_equal(adatom_team_create(1000000, &team), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "threads: 1000000, expected 1 to 4096");
    assert_ptr_equal(team, untouched);
    adatom_team_free(NULL);
}

static void test_cores_are_those_of_the_process(void **state)
{
    (void)state;
    cpu_set_t before, one;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_int_equal(adatom_available_cores(), CPU_COUNT(&before));
    CPU_ZERO(&one);
    for (int core = 0; core < CPU_SETSIZE && CPU_COUNT(&one) == 0; core++) {
        if (CPU_ISSET(core, &before)) {
            CPU_SET(core, &one);
        }
    }
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(adatom_available_cores(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_item_is_done_once),
        cmocka_unit_test(test_loops_follow_each_other),
        cmocka_unit_test(test_a_loop_after_a_pause),
        cmocka_unit_test(test_loops_see_what_earlier_loops_wrote),
        cmocka_unit_test(test_teams_within_a_team),
        cmocka_unit_test(test_wrong_sizes_are_refused),
        cmocka_unit_test(test_cores_are_those_of_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
