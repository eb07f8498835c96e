/* Structures with the same bonds, counted over several ensembles. */
#include "../nn/cmocka_all.h"

#include "ensemble/isomers.h"

enum { AGENTS = 3 };

/* A structure of an ensemble of three agents with some bond graph. */
static adatom_found_structure make_found(uint64_t bonds, double energy, unsigned char *found_by,
                                         size_t builds)
{
    adatom_found_structure found = {
        .energy = energy, .property = energy, .builds = builds, .found_by = found_by};
    found.fingerprint.bonds = bonds;
    return found;
}

static void conformers_count_once_for_each_agent(void **state)
{
    (void)state;
    unsigned char first[] = {0, 1, 1, 0}, second[] = {0, 0, 1, 0}, third[] = {0, 0, 0, 1},
                  fourth[] = {0, 1, 1, 1};
    adatom_found_structure one[] = {make_found(7, -3, first, 2), make_found(7, -2, second, 5),
                                    make_found(9, -1, third, 1)};
    adatom_found_structure two[] = {make_found(7, -3.5, fourth, 4)};
    const adatom_found_structures lists[] = {{.count = 3, .list = one}, {.count = 1, .list = two}};
    const adatom_isomer_source sources[] = {{&lists[0], AGENTS}, {&lists[1], AGENTS}};
    adatom_isomers isomers;
    assert_int_equal(adatom_isomers_create(sources, 2, &isomers), ADATOM_OK);
    assert_int_equal(isomers.count, 2);

    const adatom_isomer *lowest = &isomers.list[0];
    assert_ptr_equal(lowest->lowest, &two[0]);
    assert_int_equal(lowest->structures, 3);
    assert_int_equal(lowest->shares[0].agents, 2); /* agent 2 found both forms */
    assert_int_equal(lowest->shares[0].builds, 7);
    assert_int_equal(lowest->shares[1].agents, 3);
    assert_int_equal(lowest->shares[1].builds, 4);

    assert_ptr_equal(isomers.list[1].lowest, &one[2]);
    assert_int_equal(isomers.list[1].shares[0].agents, 1);
    assert_int_equal(isomers.list[1].shares[1].agents, 0);
    assert_int_equal(isomers.list[1].shares[1].builds, 0);
    adatom_isomers_clear(&isomers);
}

static void rings_tell_equal_signatures_apart(void **state)
{
    (void)state;
    unsigned char found_by[] = {0, 1, 0, 0};
    adatom_found_structure list[] = {make_found(7, -3, found_by, 1),
                                     make_found(7, -2, found_by, 1)};
    list[1].fingerprint.rings[6] = 1;
    const adatom_found_structures found = {.count = 2, .list = list};
    const adatom_isomer_source source = {&found, AGENTS};
    adatom_isomers isomers;
    assert_int_equal(adatom_isomers_create(&source, 1, &isomers), ADATOM_OK);
    assert_int_equal(isomers.count, 2);
    assert_ptr_equal(isomers.list[0].lowest, &list[0]);
    adatom_isomers_clear(&isomers);
}

static void nothing_found_is_no_error(void **state)
{
    (void)state;
    const adatom_found_structures found = {.count = 0};
    const adatom_isomer_source source = {&found, AGENTS};
    adatom_isomers isomers;
    assert_int_equal(adatom_isomers_create(&source, 1, &isomers), ADATOM_OK);
    assert_int_equal(isomers.count, 0);
    adatom_isomers_clear(&isomers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conformers_count_once_for_each_agent),
        cmocka_unit_test(rings_tell_equal_signatures_apart),
        cmocka_unit_test(nothing_found_is_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
