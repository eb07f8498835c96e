/* The grid: positions and pixels, distances across skewed periodic cells, what is refused. */
#include "example_grids.h"

#include "base/random.h"

static double distance(const double a[3], const double b[3])
{
    return hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
}

/* Centre of every pixel -> coordinates -> the same pixel. */
static void pixel_centres_map_to_their_pixels(void **state)
{
    (void)state;
    for (int e = 0; e < EXAMPLE_GRID_COUNT; e++) {
        const adatom_grid grid = lay_example(&example_grids[e]);
        for (int x = 0; x < grid.shape[0]; x++) {
            for (int y = 0; y < grid.shape[1]; y++) {
                double position[3], coordinates[3];
                int pixel[3];
                adatom_grid_position(&grid, (int[]){x, y, 0}, position);
                adatom_grid_coordinates(&grid, position, coordinates);
                adatom_grid_nearest(&grid, coordinates, pixel);
                assert_int_equal(pixel[0], x);
                assert_int_equal(pixel[1], y);
                assert_true(fabs(adatom_grid_elevation(&grid, position)) < 1e-12);
            }
        }
    }
}

/* A position moved by lattice vectors of the periodic directions falls on the same pixel. */
static void lattice_translations_keep_the_pixel(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 5, 0);
    for (int e = 0; e < EXAMPLE_GRID_COUNT; e++) {
        const adatom_grid grid = lay_example(&example_grids[e]);
        for (int trial = 0; trial < 200; trial++) {
            const int x = (int)adatom_random_below(&random, (uint64_t)grid.shape[0]);
            const int y = (int)adatom_random_below(&random, (uint64_t)grid.shape[1]);
            double position[3], coordinates[3];
            int pixel[3];
            adatom_grid_position(&grid, (int[]){x, y, 0}, position);
            for (int i = 0; i < 2; i++) {
                const int n = grid.periodic[i] ? (int)adatom_random_below(&random, 7) - 3 : 0;
                for (int k = 0; k < 3; k++) {
                    position[k] += n * grid.lattice[i][k] + 0.01 * grid.vectors[i][k];
                }
            }
            adatom_grid_coordinates(&grid, position, coordinates);
            adatom_grid_nearest(&grid, coordinates, pixel);
            assert_int_equal(pixel[0], x);
            assert_int_equal(pixel[1], y);
        }
    }
}

/* No pixel of the surroundings is nearer than the one found. */
static void nearest_is_nearest_in_space(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 6, 0);
    for (int e = 0; e < EXAMPLE_GRID_COUNT; e++) {
        adatom_grid grid = lay_example(&example_grids[e]);
        grid.periodic[0] = grid.periodic[1] = false; /* so that pixels stay unwrapped */
        for (int trial = 0; trial < 300; trial++) {
            const double coordinates[3] = {20 * adatom_random_uniform(&random),
                                           20 * adatom_random_uniform(&random)};
            int pixel[3];
            adatom_grid_nearest(&grid, coordinates, pixel);
            const double found = adatom_grid_length(
                &grid, (double[]){coordinates[0] - pixel[0], coordinates[1] - pixel[1], 0});
            for (int i = -8; i <= 8; i++) {
                for (int j = -8; j <= 8; j++) {
                    const double other =
                        adatom_grid_length(&grid, (double[]){coordinates[0] - pixel[0] - i,
                                                             coordinates[1] - pixel[1] - j, 0});
                    assert_true(found <= other + 1e-9);
                }
            }
        }
    }
}

/* Brute force: the shortest distance to any of 11 x 11 copies. */
static void displacement_is_the_shortest(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 7, 0);
    for (int e = 0; e < EXAMPLE_GRID_COUNT; e++) {
        const adatom_grid grid = lay_example(&example_grids[e]);
        for (int trial = 0; trial < 200; trial++) {
            int pixel[2][3] = {{0}};
            double position[2][3], vector[3], shortest = INFINITY;
            for (int p = 0; p < 2; p++) {
                pixel[p][0] = (int)adatom_random_below(&random, (uint64_t)grid.shape[0]);
                pixel[p][1] = (int)adatom_random_below(&random, (uint64_t)grid.shape[1]);
                adatom_grid_position(&grid, pixel[p], position[p]);
            }
            for (int copy = 0; copy < 121; copy++) {
                const int n[2] = {grid.periodic[0] ? copy % 11 - 5 : 0,
                                  grid.periodic[1] ? copy / 11 - 5 : 0};
                double moved[3];
                for (int k = 0; k < 3; k++) {
                    moved[k] =
                        position[1][k] + n[0] * grid.lattice[0][k] + n[1] * grid.lattice[1][k];
                }
                shortest = fmin(shortest, distance(position[0], moved));
            }
            adatom_grid_displacement(&grid, pixel[0], pixel[1], vector);
            assert_true(fabs(hypot(vector[0], vector[1]) - shortest) < 1e-9);
        }
    }
}

static void region_and_spacing_give_the_expected_points(void **state)
{
    (void)state;
    const double cell[3][3] = {{8.54, 0, 0}, {0, 7.4, 0}, {0, 0, 12}};
    const bool periodic[3] = {true, true, false};
    adatom_grid grid;
    adatom_grid_options options = adatom_grid_options_default();
    options.spacing = 0.2057;
    options.height = 0.25;
    assert_int_equal(adatom_grid_lay(cell, periodic, &options, &grid), ADATOM_OK);
    assert_int_equal(grid.shape[0], 42); /* 8.54 / 0.2057 = 41.5, the table of 001 has 42 x 37 */
    assert_int_equal(grid.shape[1], 36);
    assert_true(fabs(grid.origin[2] - 3) < 1e-12 && grid.origin[0] == 0);
    options.region[0][0] = 0.5;
    assert_int_equal(adatom_grid_lay(cell, periodic, &options, &grid), ADATOM_OK);
    assert_false(grid.periodic[0]);
    assert_true(grid.images[0] && grid.periodic[1]);
    assert_int_equal(grid.shape[0], 21);
    assert_true(fabs(grid.origin[0] - (4.27 + 0.5 * 4.27 / 21)) < 1e-12);
}

static void expect_refusal(const double cell[3][3], const bool periodic[3],
                           adatom_grid_options options, const char *line)
{
    adatom_grid grid;
    assert_int_equal(adatom_grid_lay(cell, periodic, &options, &grid), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), line);
}

static void impossible_planes_are_refused(void **state)
{
    (void)state;
    const double cell[3][3] = {{5, 0, 0}, {0, 5, 0}, {0, 0, 9}};
    const double wire[3][3] = {{5, 0, 0}, {0, 0, 0}, {0, 0, 0}};
    const double flat[3][3] = {{5, 0, 0}, {10, 0, 0}, {0, 0, 9}};
    const bool all[3] = {true, true, true}, one[3] = {true, false, false},
               none[3] = {false, false, false};
    adatom_grid_options options = adatom_grid_options_default();
    expect_refusal(wire, one, options,
                   "grid.plane: the cell has no lattice vector b, which the plane needs");
    expect_refusal(flat, none, options,
                   "grid.plane: lattice vectors a and b of the cell span no plane");
    options.spacing = 1e-4;
    expect_refusal(cell, all, options, "grid: 50000 points along direction 1, expected 1 to 4096");
    options = adatom_grid_options_default();
    options.region[1][1] = 0;
    expect_refusal(cell, all, options,
                   "grid.region: expected 0 <= from < to <= 1 along each direction");
    options = adatom_grid_options_default();
    options.padding = ADATOM_PADDING_PERIODIC;
    expect_refusal(
        cell, one, options,
        "grid.padding: periodic, but along lattice vector b the cell is not periodic or the grid "
        "does not cover it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pixel_centres_map_to_their_pixels),
        cmocka_unit_test(lattice_translations_keep_the_pixel),
        cmocka_unit_test(nearest_is_nearest_in_space),
        cmocka_unit_test(displacement_is_the_shortest),
        cmocka_unit_test(region_and_spacing_give_the_expected_points),
        cmocka_unit_test(impossible_planes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
