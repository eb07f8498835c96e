/* What is seen from a pixel: exact as it is, turned with distances kept, periodic copies included.
 */
#include "example_grids.h"

#include "base/random.h"
#include "image/view.h"

#include <stdlib.h>

enum { ATOMS = 7 };

static void draw_atoms(const adatom_grid *grid, adatom_random *random, adatom_image_atom *atoms)
{
    for (int a = 0; a < ATOMS; a++) {
        atoms[a] = adatom_image_atom_on(
            a % 2, (int[]){(int)adatom_random_below(random, (uint64_t)grid->shape[0]),
                           (int)adatom_random_below(random, (uint64_t)grid->shape[1]), 0});
    }
}

static int compare_points(const void *a, const void *b)
{
    const adatom_point *p = a, *q = b;
    return p->channel != q->channel ? p->channel - q->channel
           : p->x != q->x           ? p->x - q->x
                                    : p->y - q->y;
}

static void sort_points(adatom_point_list *list)
{
    qsort(list->points, list->count, sizeof *list->points, compare_points);
}

static void expect_same_points(adatom_point_list *a, adatom_point_list *b)
{
    assert_int_equal(a->count, b->count);
    sort_points(a);
    sort_points(b);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(compare_points(&a->points[i], &b->points[i]), 0);
    }
}

static void look(const adatom_grid *grid, const adatom_image_atom *atoms, const int centre[3],
                 adatom_turn turn, int reach, adatom_point_list *list)
{
    const int reaches[3] = {reach, reach, 0};
    list->count = 0;
    assert_int_equal(adatom_view_around(grid, atoms, ATOMS, centre, &turn, reaches, list),
                     ADATOM_OK);
}

/* Unturned, the points are the atoms' pixels and all their copies, counted one by one. */
static void identity_shows_every_copy_exactly(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    for (int e = 0; e < EXAMPLE_GRID_COUNT; e++) {
        const adatom_grid grid = lay_example(&example_grids[e]);
        adatom_image_atom atoms[ATOMS];
        adatom_point_list seen = {0}, expected = {0};
        draw_atoms(&grid, &random, atoms);
        const int centre[3] = {3, grid.shape[1] - 2}, reach = 45;
        look(&grid, atoms, centre, adatom_turn_identity(), reach, &seen);
        expected.points = calloc(ATOMS * 41 * 41, sizeof *expected.points);
        for (int a = 0; a < ATOMS; a++) {
            for (int copy = 0; copy < 41 * 41; copy++) {
                const int n[2] = {copy % 41 - 20, copy / 41 - 20};
                const int x =
                    (int)floor(atoms[a].pixel[0] + n[0] * grid.repeat[0] + 0.5) - centre[0];
                const int y =
                    (int)floor(atoms[a].pixel[1] + n[1] * grid.repeat[1] + 0.5) - centre[1];
                const bool there = (n[0] == 0 || grid.images[0]) && (n[1] == 0 || grid.images[1]);
                if (there && abs(x) <= reach && abs(y) <= reach) {
                    expected.points[expected.count++] = (adatom_point){atoms[a].channel, x, y, 0};
                }
            }
        }
        expect_same_points(&seen, &expected);
        adatom_point_list_clear(&seen);
        adatom_point_list_clear(&expected);
    }
}

/* On a square grid a quarter turn by angle is the exact quarter turn. */
static void quarter_turn_by_angle_is_exact_on_a_square_grid(void **state)
{
    (void)state;
    const adatom_grid grid = lay_example(&example_grids[0]);
    adatom_random random;
    adatom_random_seed(&random, 2, 0);
    adatom_image_atom atoms[ATOMS];
    draw_atoms(&grid, &random, atoms);
    const int centre[3] = {7, 8}, reach = 40;
    adatom_point_list plain = {0}, turned = {0};
    look(&grid, atoms, centre, adatom_turn_identity(), reach, &plain);
    look(&grid, atoms, centre, adatom_turn_by_angle(&grid, 1.5707963267948966, false), reach,
         &turned);
    for (size_t i = 0; i < plain.count; i++) {
        const adatom_point p = plain.points[i];
        plain.points[i] = (adatom_point){p.channel, -p.y, p.x, 0};
    }
    expect_same_points(&plain, &turned);
    adatom_point_list_clear(&plain);
    adatom_point_list_clear(&turned);
}

/* Turned by any angle, every atom lies within half a pixel (its farthest corner) of where it
 * should. */
static void turned_points_keep_their_distances(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 3, 0);
    for (int e = 0; e < EXAMPLE_GRID_COUNT; e++) {
        const adatom_grid grid = lay_example(&example_grids[e]);
        const double corner = fmax(adatom_grid_length(&grid, (double[]){0.5, 0.5, 0}),
                                   adatom_grid_length(&grid, (double[]){0.5, -0.5, 0}));
        for (int trial = 0; trial < 100; trial++) {
            adatom_image_atom atom = adatom_image_atom_on(0, (int[]){9, 4, 0});
            atom.place[0] += adatom_random_uniform(&random) - 0.5;
            const double angle = 6.3 * adatom_random_uniform(&random);
            const bool mirrored = trial % 2 == 1;
            const adatom_turn turn = adatom_turn_by_angle(&grid, angle, mirrored);
            const int centre[3] = {4, 6}, reach[3] = {60, 60, 0};
            adatom_point_list list = {0};
            const double dx = atom.place[0] - centre[0], dy = atom.place[1] - centre[1];
            adatom_grid alone = grid;
            alone.images[0] = alone.images[1] = false;
            assert_int_equal(adatom_view_around(&alone, &atom, 1, centre, &turn, reach, &list),
                             ADATOM_OK);
            assert_int_equal(list.count, 1);
            double u = dx * grid.pixel[0][0] + dy * grid.pixel[1][0];
            double v = dx * grid.pixel[0][1] + dy * grid.pixel[1][1];
            v = mirrored ? -v : v;
            const double ru = u * cos(angle) - v * sin(angle), rv = u * sin(angle) + v * cos(angle);
            const adatom_point p = list.points[0];
            const double pu = p.x * grid.pixel[0][0] + p.y * grid.pixel[1][0];
            const double pv = p.x * grid.pixel[0][1] + p.y * grid.pixel[1][1];
            assert_true(hypot(pu - ru, pv - rv) <= corner + 1e-9);
            adatom_point_list_clear(&list);
        }
    }
}

/* All copies within the reach are there whatever the angle: the square patch is full. */
static void turned_patches_are_full(void **state)
{
    (void)state;
    const adatom_grid grid = lay_example(&example_grids[1]);
    adatom_random random;
    adatom_random_seed(&random, 4, 0);
    adatom_image_atom atoms[ATOMS];
    draw_atoms(&grid, &random, atoms);
    const int centre[3] = {20, 18};
    const double expected = ATOMS * 81.0 * 81.0 / (41 * 36);
    for (int trial = 0; trial < 20; trial++) {
        adatom_point_list list = {0};
        look(&grid, atoms, centre, adatom_turn_by_angle(&grid, 0.3 * trial, false), 40, &list);
        assert_true(fabs((double)list.count - expected) < 0.25 * expected);
        adatom_point_list_clear(&list);
    }
}

static void exact_turns_form_the_symmetry_of_the_pixels(void **state)
{
    (void)state;
    const struct {
        int grid, rotations, all;
    } cases[] = {{0, 3, 7}, {1, 1, 3}, {2, 5, 11}, {3, 1, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const adatom_grid grid = lay_example(&example_grids[cases[i].grid]);
        adatom_turn turns[ADATOM_TURNS_MAX];
        assert_int_equal(adatom_turn_exact(&grid, NULL, false, turns), cases[i].rotations);
        assert_int_equal(adatom_turn_exact(&grid, NULL, true, turns), cases[i].all);
    }
}

/* What the whole image shows beyond the edge is what is seen from a pixel at the edge. */
static void whole_view_agrees_with_the_view_from_a_pixel(void **state)
{
    (void)state;
    const adatom_grid grid = lay_example(&example_grids[5]); /* part of a periodic cell */
    adatom_random random;
    adatom_random_seed(&random, 8, 0);
    adatom_image_atom atoms[ATOMS];
    draw_atoms(&grid, &random, atoms);
    const double outside[3] = {0.4, 0.3, 4.5}; /* off the grid, within reach */
    atoms[0] = adatom_image_atom_at(&grid, 0, outside);
    const int reach[3] = {30, 30, 0}, centre[3] = {0, 0, 0};
    adatom_point_list whole = {0}, around = {0};
    for (int a = 0; a < ATOMS; a++) {
        assert_int_equal(adatom_view_whole(&grid, &atoms[a], reach, &whole), ADATOM_OK);
    }
    look(&grid, atoms, centre, adatom_turn_identity(), 30, &around);
    size_t kept = 0;
    for (size_t i = 0; i < whole.count; i++) {
        if (abs(whole.points[i].x) <= 30 && abs(whole.points[i].y) <= 30) {
            whole.points[kept++] = whole.points[i];
        }
    }
    assert_true(kept > 4 * ATOMS / 2);
    whole.count = kept;
    expect_same_points(&whole, &around);
    adatom_point_list_clear(&whole);
    adatom_point_list_clear(&around);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_shows_every_copy_exactly),
        cmocka_unit_test(quarter_turn_by_angle_is_exact_on_a_square_grid),
        cmocka_unit_test(turned_points_keep_their_distances),
        cmocka_unit_test(turned_patches_are_full),
        cmocka_unit_test(exact_turns_form_the_symmetry_of_the_pixels),
        cmocka_unit_test(whole_view_agrees_with_the_view_from_a_pixel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
