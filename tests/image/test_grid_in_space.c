/* Grids in space: pixels and places, distances across skewed cells, turns about one axis or all. */
#include "example_grids.h"

#include "base/random.h"
#include "image/view.h"

#include <stdlib.h>

typedef struct space_grid {
    double cell[3][3];
    bool periodic[3];
    adatom_plane order;
    int shape[3];
    double region[3][2];
} space_grid;

static const space_grid spaces[] = {
    {{{6, 0, 0}, {0, 6, 0}, {0, 0, 6}},
     {0, 0, 0},
     ADATOM_PLANE_AB,
     {9, 9, 9},
     {{0, 1}, {0, 1}, {0, 1}}},
    {{{4, 0, 0}, {2, 3.4641016151377544, 0}, {0, 0, 9}},
     {1, 1, 0},
     ADATOM_PLANE_AB,
     {8, 8, 10},
     {{0, 1}, {0, 1}, {0.3, 0.9}}},
    {{{5, 0, 0}, {1.4, 6, 0}, {0.6, -1, 5}},
     {1, 1, 1},
     ADATOM_PLANE_AC,
     {9, 7, 11},
     {{0, 1}, {0, 1}, {0, 1}}},
    {{{7, 0, 1}, {0.4, 8, 0}, {-1, 0.3, 6}},
     {0, 0, 1},
     ADATOM_PLANE_BC,
     {10, 8, 9},
     {{0, 0.8}, {0, 1}, {0.1, 0.9}}},
};
enum { SPACES = sizeof spaces / sizeof spaces[0] };

static adatom_grid lay(const space_grid *space)
{
    adatom_grid grid;
    adatom_grid_options options = adatom_grid_options_default();
    options.dimensions = 3;
    options.plane = space->order;
    memcpy(options.shape, space->shape, sizeof options.shape);
    memcpy(options.region, space->region, sizeof options.region);
    assert_int_equal(adatom_grid_lay(space->cell, space->periodic, &options, &grid), ADATOM_OK);
    return grid;
}

static void draw_pixel(const adatom_grid *grid, adatom_random *random, int pixel[3])
{
    for (int i = 0; i < 3; i++) {
        pixel[i] = (int)adatom_random_below(random, (uint64_t)grid->shape[i]);
    }
}

static double distance(const double a[3], const double b[3])
{
    return hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
}

/* Also of places a little off the centre, moved by lattice vectors. */
static void centres_map_to_their_pixels(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    for (int s = 0; s < SPACES; s++) {
        const adatom_grid grid = lay(&spaces[s]);
        for (int index = 0; index < adatom_grid_pixels(&grid); index++) {
            int pixel[3], found[3];
            double position[3], coordinates[3];
            adatom_grid_pixel_at(&grid, index, pixel);
            assert_int_equal(adatom_grid_index(&grid, pixel), index);
            adatom_grid_position(&grid, pixel, position);
            for (int i = 0; i < 3; i++) {
                const int n = grid.periodic[i] ? (int)adatom_random_below(&random, 5) - 2 : 0;
                for (int k = 0; k < 3; k++) {
                    position[k] += n * grid.lattice[i][k] + 0.01 * grid.vectors[i][k];
                }
            }
            adatom_grid_coordinates(&grid, position, coordinates);
            adatom_grid_nearest(&grid, coordinates, found);
            assert_memory_equal(found, pixel, sizeof pixel);
        }
    }
}

/* No pixel around is nearer than the one found, and no copy nearer than the displacement says. */
static void nearest_and_shortest_by_brute_force(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 2, 0);
    for (int s = 0; s < SPACES; s++) {
        const adatom_grid grid = lay(&spaces[s]);
        for (int trial = 0; trial < 60; trial++) {
            int a[3], b[3];
            double place[3], nearest[3], vector[3], from[3], to[3], shortest = INFINITY;
            draw_pixel(&grid, &random, a);
            draw_pixel(&grid, &random, b);
            for (int i = 0; i < 3; i++) {
                place[i] = a[i] + adatom_random_uniform(&random);
            }
            adatom_grid_round(&grid, place, nearest);
            const double rest[3] = {place[0] - nearest[0], place[1] - nearest[1],
                                    place[2] - nearest[2]};
            adatom_grid_position(&grid, a, from);
            adatom_grid_position(&grid, b, to);
            for (int code = 0; code < 343; code++) {
                const int n[3] = {code % 7 - 3, code / 7 % 7 - 3, code / 49 - 3};
                const double other[3] = {rest[0] - n[0], rest[1] - n[1], rest[2] - n[2]};
                assert_true(adatom_grid_length(&grid, rest) <=
                            adatom_grid_length(&grid, other) + 1e-9);
                double copy[3];
                for (int k = 0; k < 3; k++) {
                    copy[k] = to[k];
                    for (int i = 0; i < 3; i++) {
                        copy[k] += grid.periodic[i] ? n[i] * grid.lattice[i][k] : 0;
                    }
                }
                shortest = fmin(shortest, distance(from, copy));
            }
            adatom_grid_displacement(&grid, a, b, vector);
            assert_true(fabs(hypot(hypot(vector[0], vector[1]), vector[2]) - shortest) < 1e-9);
        }
    }
}

static adatom_turn draw_turn(const adatom_grid *grid, adatom_random *random, const double *axis)
{
    const double uniform[3] = {adatom_random_uniform(random), adatom_random_uniform(random),
                               adatom_random_uniform(random)};
    const bool mirrored = adatom_random_below(random, 2) == 1;
    return axis != NULL ? adatom_turn_about(grid, axis, 6.283185307179586 * uniform[0], mirrored)
                        : adatom_turn_in_space(grid, uniform, mirrored);
}

/* Turned by any turn a step keeps its length; about an axis also what it is along that. */
static void turns_keep_lengths(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 3, 0);
    for (int s = 0; s < SPACES; s++) {
        const adatom_grid grid = lay(&spaces[s]);
        for (int trial = 0; trial < 100; trial++) {
            const double length = sqrt(1 + 0.25 + 0.04),
                         axis[3] = {1 / length, -0.5 / length, 0.2 / length};
            const bool about = trial % 2 == 1;
            const adatom_turn turn = draw_turn(&grid, &random, about ? axis : NULL);
            const double step[3] = {3, -2, 5};
            double turned[3], before[3], after[3];
            for (int k = 0; k < 3; k++) {
                turned[k] = step[0] * turn.matrix[0][k] + step[1] * turn.matrix[1][k] +
                            step[2] * turn.matrix[2][k];
            }
            assert_true(fabs(adatom_grid_length(&grid, turned) - adatom_grid_length(&grid, step)) <
                        1e-9);
            adatom_grid_vector(&grid, step, before);
            adatom_grid_vector(&grid, turned, after);
            double along = 0;
            for (int k = 0; k < 3; k++) {
                along += axis[k] * (after[k] - before[k]);
            }
            assert_true(!about || fabs(along) < 1e-9);
        }
    }
}

/* Where turns in space take a direction is spread evenly: means of the coordinates and of their
 * squares, within five standard deviations. */
static void turns_in_space_are_uniform(void **state)
{
    (void)state;
    enum { TURNS = 4000 };
    const adatom_grid grid = lay(&spaces[0]);
    adatom_random random;
    adatom_random_seed(&random, 4, 0);
    double sum[3] = {0}, squares[3] = {0};
    for (int trial = 0; trial < TURNS; trial++) {
        const adatom_turn turn = draw_turn(&grid, &random, NULL);
        for (int k = 0; k < 3; k++) {
            sum[k] += turn.matrix[1][k];
            squares[k] += turn.matrix[1][k] * turn.matrix[1][k];
        }
    }
    for (int k = 0; k < 3; k++) {
        assert_true(fabs(sum[k] / TURNS) < 5 * sqrt(1.0 / 3 / TURNS));
        assert_true(fabs(squares[k] / TURNS - 1.0 / 3) < 5 * sqrt(4.0 / 45 / TURNS));
    }
}

/* Point groups: of the cube 48 operations, 8 that keep an axis; of the hexagonal prism 24 and 12.
 */
static void exact_turns_are_the_point_group(void **state)
{
    (void)state;
    const double normal[3] = {0, 0, 1};
    const struct {
        double cell[3][3];
        int rotations, all, about, all_about;
    } groups[] = {{{{4, 0, 0}, {0, 4, 0}, {0, 0, 4}}, 24, 48, 4, 8},
                  {{{4, 0, 0}, {2, 3.4641016151377544, 0}, {0, 0, 6}}, 12, 24, 6, 12},
                  {{{4, 0, 0}, {0, 5, 0}, {0, 0, 6}}, 4, 8, 2, 4}};
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        const space_grid space = {
            .periodic = {1, 1, 1}, .shape = {8, 8, 8}, .region = {{0, 1}, {0, 1}, {0, 1}}};
        space_grid given = space;
        memcpy(given.cell, groups[g].cell, sizeof given.cell);
        const adatom_grid grid = lay(&given);
        adatom_turn turns[ADATOM_TURNS_MAX];
        assert_int_equal(adatom_turn_exact(&grid, NULL, false, turns), groups[g].rotations - 1);
        assert_int_equal(adatom_turn_exact(&grid, NULL, true, turns), groups[g].all - 1);
        assert_int_equal(adatom_turn_exact(&grid, normal, false, turns), groups[g].about - 1);
        assert_int_equal(adatom_turn_exact(&grid, normal, true, turns), groups[g].all_about - 1);
    }
}

/* A cluster turns about all axes, a surface about its normal, a wire about itself. */
static void axes_go_by_the_periods(void **state)
{
    (void)state;
    const struct {
        bool periodic[3];
        bool about;
        double axis[3]; /* in space; the cell is rectangular */
    } cases[] = {{{0, 0, 0}, false, {0, 0, 0}},
                 {{1, 1, 0}, true, {0, 0, 1}},
                 {{0, 1, 1}, true, {1, 0, 0}},
                 {{0, 1, 0}, true, {0, 1, 0}},
                 {{1, 1, 1}, false, {0, 0, 0}}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        space_grid space = {.cell = {{4, 0, 0}, {0, 5, 0}, {0, 0, 6}},
                            .shape = {8, 8, 8},
                            .region = {{0, 1}, {0, 1}, {0, 1}}};
        memcpy(space.periodic, cases[c].periodic, sizeof space.periodic);
        const adatom_grid grid = lay(&space);
        double axis[3], along = 0;
        assert_int_equal(adatom_turn_axis(&grid, ADATOM_TURN_AXES_AUTO, axis), cases[c].about);
        for (int i = 0; i < 3 && cases[c].about; i++) {
            for (int k = 0; k < 3; k++) {
                along += cases[c].axis[k] * axis[i] * grid.axes[i][k];
            }
        }
        assert_true(!cases[c].about || fabs(fabs(along) - 1) < 1e-9);
        assert_false(adatom_turn_axis(&grid, ADATOM_TURN_AXES_ALL, axis));
        assert_true(adatom_turn_axis(&grid, ADATOM_TURN_AXES_NORMAL, axis) && axis[2] == 1);
    }
}

static int compare_points(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(adatom_point));
}

/* What the whole image shows is what is seen from a pixel, copies included. */
static void whole_view_agrees_with_the_view_from_a_pixel(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 5, 0);
    for (int s = 0; s < SPACES; s++) {
        adatom_grid grid = lay(&spaces[s]);
        memset(grid.periodic, 0, sizeof grid.periodic); /* all copies one by one */
        const int reach[3] = {9, 8, 7}, centre[3] = {2, 3, 1};
        const adatom_turn turn = adatom_turn_identity();
        adatom_point_list whole = {0}, around = {0};
        for (int a = 0; a < 6; a++) {
            int pixel[3];
            draw_pixel(&grid, &random, pixel);
            const adatom_image_atom atom = adatom_image_atom_on(a % 2, pixel);
            assert_int_equal(adatom_view_whole(&grid, &atom, reach, &whole), ADATOM_OK);
            assert_int_equal(adatom_view_around(&grid, &atom, 1, centre, &turn, reach, &around),
                             ADATOM_OK);
        }
        size_t kept = 0;
        for (size_t i = 0; i < whole.count; i++) {
            adatom_point p = whole.points[i];
            p.x -= centre[0];
            p.y -= centre[1];
            p.z -= centre[2];
            if (abs(p.x) <= reach[0] && abs(p.y) <= reach[1] && abs(p.z) <= reach[2]) {
                whole.points[kept++] = p;
            }
        }
        assert_true(kept >= 6);
        assert_int_equal(kept, around.count);
        qsort(whole.points, kept, sizeof *whole.points, compare_points);
        qsort(around.points, kept, sizeof *around.points, compare_points);
        assert_memory_equal(whole.points, around.points, kept * sizeof *whole.points);
        adatom_point_list_clear(&whole);
        adatom_point_list_clear(&around);
    }
}

static void impossible_spaces_are_refused(void **state)
{
    (void)state;
    const double flat[3][3] = {{5, 0, 0}, {0, 5, 0}, {5, 5, 0}};
    const double open[3][3] = {{5, 0, 0}, {0, 5, 0}, {0, 0, 0}};
    const bool none[3] = {false, false, false}, two[3] = {true, true, false};
    adatom_grid_options options = adatom_grid_options_default();
    adatom_grid grid;
    options.dimensions = 3;
    assert_int_equal(adatom_grid_lay(open, two, &options, &grid), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "grid.dimensions: the cell has no lattice vector c, which the grid needs");
    assert_int_equal(adatom_grid_lay(flat, none, &options, &grid), ADATOM_INVALID_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(centres_map_to_their_pixels),
        cmocka_unit_test(nearest_and_shortest_by_brute_force),
        cmocka_unit_test(turns_keep_lengths),
        cmocka_unit_test(turns_in_space_are_uniform),
        cmocka_unit_test(exact_turns_are_the_point_group),
        cmocka_unit_test(axes_go_by_the_periods),
        cmocka_unit_test(whole_view_agrees_with_the_view_from_a_pixel),
        cmocka_unit_test(impossible_spaces_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
