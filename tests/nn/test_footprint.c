/* What the kernels are said to need is what they take. */
#include "random_network.h"

#include "nn/footprint.h"
#include "nn/map.h"
#include "nn/trainer.h"

#include <malloc.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { ALLOCATOR_IS_KNOWN = 0 }; /* that of a sanitizer has no statistics */
#else
enum { ALLOCATOR_IS_KNOWN = 1 };
#endif

static const network_shape shapes[] = {
    {"paper",
     1,
     4,
     {{10, {15, 15}}, {10, {15, 15}}, {10, {15, 15}}, {1, {15, 15}}},
     {11, 11},
     0,
     ADATOM_KERNEL_FIXED,
     1},
    {"uneven filters",
     2,
     3,
     {{40, {31, 27}}, {3, {41, 39}}, {2, {3, 3}}},
     {3, 3},
     0,
     ADATOM_KERNEL_FIXED,
     1},
    {"in space",
     1,
     3,
     {{20, {7, 7, 7}}, {20, {5, 5, 5}}, {1, {5, 5, 5}}},
     {5, 5, 5},
     0,
     ADATOM_KERNEL_FIXED,
     1},
    {"wide filters",
     1,
     3,
     {{12, {51, 51}}, {12, {61, 61}}, {1, {15, 15}}},
     {5, 5},
     0,
     ADATOM_KERNEL_FIXED,
     1},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static double bytes_in_use(void)
{
    const struct mallinfo2 info = mallinfo2();
    return (double)info.uordblks + (double)info.hblkhd;
}

static void expect_near(const char *what, const char *name, double estimate, double taken)
{
    const double pages = 5e7; /* each of some dozen blocks starts at a huge page and fills it */
    if (ALLOCATOR_IS_KNOWN && !(estimate < 1.1 * taken && taken < 1.1 * estimate + pages)) {
        fail_msg("%s, %s: %.3g MB expected, %.3g MB taken", what, name, 1e-6 * estimate,
                 1e-6 * taken);
    }
}

static void maps_take_what_is_expected(void **state)
{
    (void)state;
    static const bool edges[][3] = {{true, true}, {false, true}};
    for (int s = 0; s < SHAPES; s++) {
        for (int e = 0; e < 2; e++) {
            adatom_random random;
            adatom_random_seed(&random, 1, 0);
            adatom_network *network = make_network(&shapes[s], &random);
            const bool deep = shapes[s].kernel[2] > 1;
            const int grid[3] = {deep ? 50 : 450, deep ? 60 : 400, deep ? 40 : 1};
            adatom_map *map;
            const double before = bytes_in_use();
            assert_int_equal(adatom_map_create(network, grid, edges[e], &map), ADATOM_OK);
            expect_near("map", shapes[s].name, adatom_map_bytes(network, grid, edges[e]),
                        bytes_in_use() - before);
            adatom_map_free(map);
            adatom_network_free(network);
        }
    }
}

static void trainers_take_what_is_expected(void **state)
{
    (void)state;
    for (int s = 0; s < SHAPES; s++) {
        adatom_random random;
        adatom_random_seed(&random, 1, 0);
        adatom_network *network = make_network(&shapes[s], &random);
        const int size[3] = {3, 5, shapes[s].kernel[2] > 1 ? 3 : 1};
        adatom_team *team;
        adatom_trainer *trainer;
        assert_int_equal(adatom_team_create(2, &team), ADATOM_OK);
        const double before = bytes_in_use();
        assert_int_equal(adatom_trainer_create(network, size, team, &trainer), ADATOM_OK);
        expect_near("trainer", shapes[s].name, adatom_trainer_bytes(network, size, 2),
                    bytes_in_use() - before);
        adatom_trainer_free(trainer);
        adatom_team_free(team);
        adatom_network_free(network);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_take_what_is_expected),
        cmocka_unit_test(trainers_take_what_is_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
