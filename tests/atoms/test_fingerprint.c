/* Which structures count as the same. */
#include "../nn/cmocka_all.h"

#include "atoms/fingerprint.h"

#include <math.h>
#include <stdlib.h>

/* A chain of four atoms O-C-C-O, flat, cis or trans; turned about z and moved. */
static adatom_structure *make_chain(bool trans, double angle, double shift, bool backwards)
{
    const double flat[4][2] = {{-1.1, 0.9}, {-0.7, -0.4}, {0.7, -0.4}, {1.1, trans ? -1.7 : 0.9}};
    adatom_structure *chain;
    assert_int_equal(adatom_structure_create(4, &chain), ADATOM_OK);
    for (int i = 0; i < 4; i++) {
        const int to = backwards ? 3 - i : i;
        chain->atomic_numbers[to] = i == 0 || i == 3 ? 8 : 6;
        chain->positions[to][0] = cos(angle) * flat[i][0] - sin(angle) * flat[i][1] + shift;
        chain->positions[to][1] = sin(angle) * flat[i][0] + cos(angle) * flat[i][1];
        chain->positions[to][2] = 0.3 * shift;
    }
    return chain;
}

static bool are_same(adatom_structure *first, adatom_structure *second)
{
    adatom_fingerprint a, b;
    assert_int_equal(adatom_fingerprint_create(first, &a), ADATOM_OK);
    assert_int_equal(adatom_fingerprint_create(second, &b), ADATOM_OK);
    const bool same = adatom_fingerprint_same(&a, &b);
    adatom_fingerprint_clear(&a);
    adatom_fingerprint_clear(&b);
    adatom_structure_free(first);
    adatom_structure_free(second);
    return same;
}

static void moved_turned_renumbered_is_the_same(void **state)
{
    (void)state;
    assert_true(are_same(make_chain(false, 0, 0, false), make_chain(false, 1.1, 2.5, true)));
    assert_true(are_same(make_chain(true, 0, 0, false), make_chain(true, -2.2, 1.5, true)));
}

static void slightly_strained_is_the_same(void **state)
{
    (void)state;
    adatom_structure *strained = make_chain(false, 0, 0, false);
    strained->positions[1][0] += 0.03;
    assert_true(are_same(make_chain(false, 0, 0, false), strained));
}

static void conformers_are_not(void **state)
{
    (void)state;
    assert_false(are_same(make_chain(false, 0, 0, false), make_chain(true, 0, 0, false)));
}

static void other_elements_are_not(void **state)
{
    (void)state;
    adatom_structure *other = make_chain(false, 0, 0, false);
    other->atomic_numbers[0] = 7;
    assert_false(are_same(make_chain(false, 0, 0, false), other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moved_turned_renumbered_is_the_same),
        cmocka_unit_test(slightly_strained_is_the_same),
        cmocka_unit_test(conformers_are_not),
        cmocka_unit_test(other_elements_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
