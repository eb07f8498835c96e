/* Prints grids, atoms on them and what is seen of them, turned by random angles, for
 * views_numpy.py. */
#include "example_grids.h"

#include "base/random.h"
#include "image/view.h"

#include <stdio.h>

enum { ATOMS = 12, TRIALS = 6, REACH_X = 16, REACH_Y = 21 };

static void print_grid(const example_grid *example, const adatom_grid *grid)
{
    printf("grid %d %d", grid->directions[0], grid->directions[1]);
    for (int i = 0; i < 9; i++) {
        printf(" %.17g", example->cell[i / 3][i % 3]);
    }
    for (int i = 0; i < 2; i++) {
        printf(" %d %d %.17g %.17g", example->shape[i], example->periodic[grid->directions[i]],
               example->region[i][0], example->region[i][1]);
    }
    printf("\n");
}

/* Not on the middle of their pixels, as the atoms of a template. */
static void draw_atoms(const adatom_grid *grid, adatom_random *random, adatom_image_atom *atoms)
{
    for (int a = 0; a < ATOMS; a++) {
        const int x = (int)adatom_random_below(random, (uint64_t)grid->shape[0]);
        const int y = (int)adatom_random_below(random, (uint64_t)grid->shape[1]);
        atoms[a] = adatom_image_atom_on(a % 3, (int[]){x, y, 0});
        for (int i = 0; i < 2; i++) {
            atoms[a].place[i] += adatom_random_uniform(random) - 0.5;
        }
        printf("atom %d %.17g %.17g\n", atoms[a].channel, atoms[a].place[0], atoms[a].place[1]);
    }
}

static void print_view(const adatom_grid *grid, adatom_random *random,
                       const adatom_image_atom *atoms)
{
    const int reach[3] = {REACH_X, REACH_Y, 0};
    const int centre[3] = {(int)adatom_random_below(random, (uint64_t)grid->shape[0]),
                           (int)adatom_random_below(random, (uint64_t)grid->shape[1])};
    const double angle = 6.283185307179586 * adatom_random_uniform(random);
    const bool mirrored = adatom_random_below(random, 2) == 1;
    const adatom_turn turn = adatom_turn_by_angle(grid, angle, mirrored);
    adatom_point_list list = {0};
    assert_int_equal(adatom_view_around(grid, atoms, ATOMS, centre, &turn, reach, &list),
                     ADATOM_OK);
    printf("view %d %d %.17g %d %d %d\n", centre[0], centre[1], angle, mirrored, reach[0],
           reach[1]);
    for (size_t i = 0; i < list.count; i++) {
        printf("point %d %d %d\n", list.points[i].channel, list.points[i].x, list.points[i].y);
    }
    adatom_point_list_clear(&list);
}

int main(void)
{
    adatom_random random;
    adatom_random_seed(&random, 9, 0);
    for (int e = 0; e < EXAMPLE_GRID_COUNT; e++) {
        const adatom_grid grid = lay_example(&example_grids[e]);
        print_grid(&example_grids[e], &grid);
        adatom_image_atom atoms[ATOMS];
        draw_atoms(&grid, &random, atoms);
        for (int trial = 0; trial < TRIALS; trial++) {
            print_view(&grid, &random, atoms);
        }
    }
    return 0;
}
