/* The fast map against the plain network: every instruction set, odd sizes, all kinds of edges. */
#include "network_shapes.h"

#include "nn/isa.h"
#include "nn/map.h"
#include "nn/plain.h"

#include <math.h>

static const int grids[][3] = {{12, 9, 1}, {11, 13, 1}, {7, 22, 1}, {5, 4, 1}};
static const bool edges[][3] = {{true, true}, {true, false}, {false, true}, {false, false}};

static void check_map(const adatom_isa *isa, const network_shape *shape, const int grid[3],
                      const bool periodic[3])
{
    adatom_random random;
    adatom_random_seed(&random, 7, 0);
    adatom_network *network = make_network(shape, &random);
    float *weights = make_weights(network, &random);
    enum { COUNT = 9 };
    adatom_point points[COUNT];
    make_points(network, (int[]){-3, -3, grid[2] > 1 ? -3 : 0},
                (int[]){grid[0] + 3, grid[1] + 3, grid[2] > 1 ? grid[2] + 3 : 1}, COUNT, &random,
                points);
    const size_t count = (size_t)(adatom_network_outputs(network) * grid[0] * grid[1] * grid[2]);
    float *plain = malloc(count * sizeof *plain), *fast = malloc(count * sizeof *fast);
    assert_int_equal(adatom_plain_map(network, weights, grid, periodic, points, COUNT, plain),
                     ADATOM_OK);
    adatom_map *map = NULL;
    assert_int_equal(adatom_map_create_on(isa, network, grid, periodic, &map), ADATOM_OK);
    adatom_map_prepare(map, weights);
    for (int i = 0; i < COUNT; i++) {
        adatom_map_add(map, points[i]);
        if (i % 4 == 2) { /* a map in between must not disturb the next */
            adatom_map_evaluate(map, fast);
        }
    }
    adatom_map_evaluate(map, fast);
    for (size_t i = 0; i < count; i++) {
        if (!(fabsf(fast[i] - plain[i]) < 5e-6f)) {
            fail_msg("%s, %s, grid %d x %d x %d, periodic %d %d %d: pixel %zu is %g, expected %g",
                     isa->name, shape->name, grid[0], grid[1], grid[2], periodic[0], periodic[1],
                     periodic[2], i, (double)fast[i], (double)plain[i]);
        }
    }
    adatom_map_free(map);
    free(plain);
    free(fast);
    free(weights);
    adatom_network_free(network);
}

static void test_agrees_with_plain_loops(void **state)
{
    (void)state;
    for (int i = 0; adatom_isa_available(i) != NULL; i++) {
        for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
            for (size_t g = 0; g < sizeof grids / sizeof grids[0]; g++) {
                for (size_t e = 0; e < sizeof edges / sizeof edges[0]; e++) {
                    check_map(adatom_isa_available(i), &shapes[s], grids[g], edges[e]);
                }
            }
        }
    }
}

static void test_agrees_with_plain_loops_in_space(void **state)
{
    (void)state;
    static const network_shape deep[] = {
        {"cubes",
         1,
         3,
         {{5, {3, 3, 3}}, {4, {3, 3, 3}}, {1, {3, 3, 3}}},
         {3, 3, 3},
         -0.1f,
         ADATOM_KERNEL_FIXED,
         1},
        {"oblong",
         2,
         3,
         {{7, {3, 1, 5}}, {4, {5, 3, 3}}, {2, {1, 3, 3}}},
         {1, 3, 5},
         0.2f,
         ADATOM_KERNEL_FIXED,
         1},
        {"flat filters",
         1,
         3,
         {{3, {3, 5, 1}}, {4, {3, 3, 1}}, {2, {3, 3, 1}}},
         {3, 3, 1},
         0.1f,
         ADATOM_KERNEL_FIXED,
         1},
        {"one deep layer",
         1,
         3,
         {{3, {3, 3, 1}}, {4, {3, 3, 5}}, {1, {3, 3, 1}}},
         {3, 3, 1},
         0.1f,
         ADATOM_KERNEL_FIXED,
         1},
        {"one convolution", 1, 1, {{2, {3, 5, 3}}}, {1, 3, 3}, 0.1f, ADATOM_KERNEL_FIXED, 1},
        {"many filters",
         1,
         3,
         {{19, {3, 3, 3}}, {33, {3, 1, 3}}, {1, {3, 3, 3}}},
         {1, 1, 1},
         0.1f,
         ADATOM_KERNEL_FIXED,
         1},
        {"expanded",
         2,
         2,
         {{5, {3, 3, 3}}, {2, {1, 3, 3}}},
         {3, 5, 3},
         0,
         ADATOM_KERNEL_EXPANDED,
         3},
    };
    static const int spaces[][3] = {{7, 6, 5}, {4, 9, 10}, {3, 2, 11}, {6, 5, 1}, {1, 7, 6}};
    for (int i = 0; adatom_isa_available(i) != NULL; i++) {
        for (size_t s = 0; s < sizeof deep / sizeof deep[0]; s++) {
            for (size_t g = 0; g < sizeof spaces / sizeof spaces[0]; g++) {
                for (int e = 0; e < 8; e++) {
                    const bool periodic[3] = {e & 1, e & 2, e & 4};
                    check_map(adatom_isa_available(i), &deep[s], spaces[g], periodic);
                }
            }
        }
    }
}

/* Thousands of maps leave nothing behind that grows: the last is the first. */
static void test_many_maps(void **state)
{
    (void)state;
    for (int i = 0; adatom_isa_available(i) != NULL; i++) {
        for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
            adatom_random random;
            adatom_random_seed(&random, 5, 0);
            adatom_network *network = make_network(&shapes[s], &random);
            float *weights = make_weights(network, &random);
            adatom_map *map = NULL;
            assert_int_equal(
                adatom_map_create_on(adatom_isa_available(i), network, grids[1], edges[1], &map),
                ADATOM_OK);
            adatom_map_prepare(map, weights);
            adatom_map_add(map, (adatom_point){.x = 2, .y = 3});
            float first[2 * 11 * 13], last[2 * 11 * 13];
            adatom_map_evaluate(map, first);
            for (int repeat = 0; repeat < 2000; repeat++) {
                adatom_map_evaluate(map, last);
            }
            assert_memory_equal(first, last,
                                sizeof(float) * (size_t)(adatom_network_outputs(network) *
                                                         grids[1][0] * grids[1][1]));
            adatom_map_free(map);
            free(weights);
            adatom_network_free(network);
        }
    }
}

/* Moving all points on the torus moves the map. */
static void test_translation_on_the_torus(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 3, 0);
    adatom_network *network = make_network(&shapes[0], &random);
    float *weights = make_weights(network, &random);
    const int grid[3] = {11, 8, 1}, move[2] = {4, 5};
    adatom_point points[5];
    make_points(network, (int[]){0, 0, 0}, grid, 5, &random, points);
    adatom_map *map = NULL;
    assert_int_equal(adatom_map_create(network, grid, (bool[]){true, true, false}, &map),
                     ADATOM_OK);
    adatom_map_prepare(map, weights);
    float before[88], after[88];
    for (int i = 0; i < 5; i++) {
        adatom_map_add(map, points[i]);
    }
    adatom_map_evaluate(map, before);
    adatom_map_clear(map);
    for (int i = 0; i < 5; i++) {
        adatom_map_add(map, (adatom_point){.x = points[i].x + move[0], .y = points[i].y + move[1]});
    }
    adatom_map_evaluate(map, after);
    for (int x = 0; x < grid[0]; x++) {
        for (int y = 0; y < grid[1]; y++) {
            const int moved = (x + move[0]) % grid[0] * grid[1] + (y + move[1]) % grid[1];
            assert_true(fabsf(before[x * grid[1] + y] - after[moved]) < 2e-6f);
        }
    }
    adatom_map_free(map);
    free(weights);
    adatom_network_free(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_plain_loops),
        cmocka_unit_test(test_agrees_with_plain_loops_in_space),
        cmocka_unit_test(test_many_maps),
        cmocka_unit_test(test_translation_on_the_torus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
