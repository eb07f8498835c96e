/* The replay buffer: what a batch holds, and that a pair counts once, with its best property. */
#include "../nn/cmocka_all.h"

#include "search/replay.h"
#include "search/replay_table.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static adatom_replay *make_replay(int steps, size_t capacity)
{
    adatom_replay *replay;
    assert_int_equal(adatom_replay_create(steps, capacity, &replay), ADATOM_OK);
    return replay;
}

static void add(adatom_replay *replay, int64_t number, double property, const int32_t *actions,
                int count)
{
    const adatom_replay_episode episode = {
        .number = number, .property = property, .step_count = count};
    assert_int_equal(adatom_replay_add(replay, &episode, actions), ADATOM_OK);
}

static void add_random(adatom_replay *replay, int64_t number, double property,
                       adatom_random *random, int choices)
{
    int32_t actions[16];
    for (int i = 0; i < replay->steps_most; i++) {
        bool again = true;
        while (again) {
            actions[i] = (int32_t)adatom_random_below(random, (uint64_t)choices);
            again = false;
            for (int j = 0; j < i; j++) {
                again = again || actions[j] == actions[i];
            }
        }
    }
    add(replay, number, property, actions, replay->steps_most);
}

static int compare_actions(const void *a, const void *b)
{
    return *(const int32_t *)a - *(const int32_t *)b;
}

/* True if both steps take the same action in the same set of atoms. */
static bool same_pair(const adatom_replay *replay, size_t slot_a, int step_a, size_t slot_b,
                      int step_b)
{
    const int32_t *a = adatom_replay_actions(replay, slot_a),
                  *b = adatom_replay_actions(replay, slot_b);
    int32_t set_a[16], set_b[16];
    if (step_a != step_b || a[step_a] != b[step_b]) {
        return false;
    }
    memcpy(set_a, a, (size_t)step_a * sizeof *a);
    memcpy(set_b, b, (size_t)step_b * sizeof *b);
    qsort(set_a, (size_t)step_a, sizeof *a, compare_actions);
    qsort(set_b, (size_t)step_b, sizeof *b, compare_actions);
    return memcmp(set_a, set_b, (size_t)step_a * sizeof *a) == 0;
}

/* By looking at every step of every episode. */
static double best_property(const adatom_replay *replay, size_t slot, int step)
{
    double best = INFINITY;
    for (size_t other = 0; other < replay->slot_count; other++) {
        for (int s = 0; s < replay->slots[other].step_count; s++) {
            if (same_pair(replay, slot, step, other, s)) {
                best = fmin(best, replay->slots[other].property);
            }
        }
    }
    return best;
}

static size_t different_pairs(const adatom_replay *replay)
{
    size_t count = 0;
    for (size_t slot = 0; slot < replay->slot_count; slot++) {
        for (int step = 0; step < replay->slots[slot].step_count; step++) {
            bool earlier = false;
            for (size_t other = 0; other < slot && !earlier; other++) {
                for (int s = 0; s < replay->slots[other].step_count; s++) {
                    earlier = earlier || same_pair(replay, slot, step, other, s);
                }
            }
            count += !earlier;
        }
    }
    return count;
}

static bool batch_has(const adatom_replay *replay, const adatom_replay_step *steps, size_t count,
                      size_t slot, int step)
{
    for (size_t i = 0; i < count; i++) {
        if (same_pair(replay, (size_t)steps[i].slot, steps[i].step, slot, step)) {
            return true;
        }
    }
    return false;
}

/* All that the paper says of a batch, checked against the plain definitions. */
static void check_batch(adatom_replay *replay, size_t wanted, adatom_random *random)
{
    adatom_replay_step steps[64];
    assert_true(adatom_replay_batch_most(replay, wanted) <= 64);
    const size_t count = adatom_replay_batch(replay, wanted, random, steps);
    const size_t pairs = different_pairs(replay);
    assert_int_equal(replay->entry_count, pairs);
    assert_true(count <= adatom_replay_batch_most(replay, wanted));
    assert_true(count >= (wanted < pairs ? wanted : pairs));
    for (size_t i = 0; i < count; i++) {
        assert_false(batch_has(replay, steps, i, (size_t)steps[i].slot, steps[i].step));
        const double best = best_property(replay, (size_t)steps[i].slot, steps[i].step);
        assert_true(steps[i].property == best);
        assert_true(replay->slots[steps[i].slot].property == best);
    }
    for (int step = 0; step < replay->slots[replay->best].step_count; step++) {
        assert_true(batch_has(replay, steps, count, replay->best, step));
    }
    for (int step = 0; step < replay->slots[replay->latest].step_count; step++) {
        assert_true(batch_has(replay, steps, count, replay->latest, step));
    }
}

/* Few choices, so that the same pairs come again and again in other orders. */
static void batches_keep_the_rules(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 9, 0);
    adatom_replay *replay = make_replay(4, 0);
    for (int episode = 1; episode <= 60; episode++) {
        const double property =
            episode % 7 == 0 ? INFINITY : floor(10 * adatom_random_uniform(&random));
        add_random(replay, episode, property, &random, 6);
        check_batch(replay, 20, &random);
        assert_int_equal(replay->slots[replay->latest].number, episode);
    }
    adatom_replay_free(replay);
}

static void full_buffer_forgets_the_oldest_but_never_the_best(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 10, 0);
    adatom_replay *replay = make_replay(4, 7);
    double best = INFINITY;
    for (int episode = 1; episode <= 200; episode++) {
        const double property = floor(1000 * adatom_random_uniform(&random));
        best = fmin(best, property);
        add_random(replay, episode, property, &random, 6);
        assert_true(replay->slot_count <= 7);
        assert_true(replay->slots[replay->best].property == best);
        int older = 0; /* a best that has just been beaten goes next */
        for (size_t slot = 0; slot < replay->slot_count; slot++) {
            older += slot != replay->best && replay->slots[slot].number <= episode - 7;
        }
        assert_true(older <= 1);
        check_batch(replay, 20, &random);
    }
    adatom_replay_free(replay);
}

static void drawn_steps_are_uniform(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 12, 0);
    adatom_replay *replay = make_replay(2, 0);
    const double count = 50;
    for (int32_t e = 0; e < 52; e++) {
        /* pairs all different; the first is best, the last is latest */
        add(replay, e + 1, e, (const int32_t[]){2 * e, 2 * e + 1}, 2);
    }
    int seen[104] = {0};
    const int batches = 5000, drawn = 10;
    for (int b = 0; b < batches; b++) {
        adatom_replay_step steps[14];
        assert_int_equal(adatom_replay_batch(replay, 14, &random, steps), 14);
        for (int i = 0; i < 14; i++) {
            seen[2 * steps[i].slot + steps[i].step]++;
        }
    }
    const double expected = batches * drawn / (2 * count);
    double chi_squared = 0;
    for (int i = 2; i < 102; i++) {
        chi_squared += (seen[i] - expected) * (seen[i] - expected) / expected;
    }
    assert_true(chi_squared < 149.4); /* 1 in 1000 at 99 degrees of freedom */
    assert_int_equal(seen[0], batches);
    assert_int_equal(seen[103], batches);
    adatom_replay_free(replay);
}

static void short_episodes_are_kept(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 13, 0);
    adatom_replay *replay = make_replay(4, 0);
    adatom_replay_step steps[20];
    assert_int_equal(adatom_replay_batch(replay, 20, &random, steps), 0);
    add(replay, 1, INFINITY, (const int32_t[]){5, 6}, 2);
    assert_int_equal(adatom_replay_batch(replay, 20, &random, steps), 2);
    assert_true(isinf(steps[0].property));
    add(replay, 2, -1, (const int32_t[]){6, 5, 1, 2}, 4);
    check_batch(replay, 20, &random);
    assert_int_equal(replay->best, 1);
    adatom_replay_free(replay);
}

/* A buffer put together again from its slots and entries draws the same batches. */
static void restored_buffer_draws_the_same(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 14, 0);
    adatom_replay *replay = make_replay(4, 9), *restored = make_replay(4, 9);
    for (int episode = 1; episode <= 40; episode++) {
        add_random(replay, episode, floor(50 * adatom_random_uniform(&random)), &random, 6);
    }
    restored->slot_count = replay->slot_count;
    restored->entry_count = replay->entry_count;
    restored->slots = malloc(replay->slot_count * sizeof *replay->slots);
    restored->actions = malloc(4 * replay->slot_count * sizeof *replay->actions);
    restored->entries = calloc(replay->entry_count, sizeof *replay->entries);
    restored->slot_capacity = replay->slot_count;
    restored->action_capacity = 4 * replay->slot_count;
    restored->entry_capacity = replay->entry_count;
    memcpy(restored->slots, replay->slots, replay->slot_count * sizeof *replay->slots);
    memcpy(restored->actions, replay->actions, 4 * replay->slot_count * sizeof *replay->actions);
    for (size_t i = 0; i < replay->entry_count; i++) {
        restored->entries[i].slot = replay->entries[i].slot;
        restored->entries[i].step = replay->entries[i].step;
    }
    assert_int_equal(adatom_replay_restore(restored), ADATOM_OK);
    assert_int_equal(restored->best, replay->best);
    assert_int_equal(restored->latest, replay->latest);
    adatom_random other = random;
    for (int episode = 41; episode <= 60; episode++) {
        adatom_replay_step a[20], b[20];
        const size_t count = adatom_replay_batch(replay, 20, &random, a);
        assert_int_equal(adatom_replay_batch(restored, 20, &other, b), count);
        for (size_t i = 0; i < count; i++) {
            assert_true(a[i].slot == b[i].slot && a[i].step == b[i].step &&
                        a[i].property == b[i].property);
        }
        const double property = floor(50 * adatom_random_uniform(&random));
        assert_true(property == floor(50 * adatom_random_uniform(&other)));
        add_random(replay, episode, property, &random, 6);
        add_random(restored, episode, property, &other, 6);
    }
    restored->entries[0].step = 4; /* an episode has no fifth step */
    assert_int_equal(adatom_replay_restore(restored), ADATOM_INVALID_INPUT);
    adatom_replay_free(replay);
    adatom_replay_free(restored);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_keep_the_rules),
        cmocka_unit_test(full_buffer_forgets_the_oldest_but_never_the_best),
        cmocka_unit_test(drawn_steps_are_uniform),
        cmocka_unit_test(short_episodes_are_kept),
        cmocka_unit_test(restored_buffer_draws_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
