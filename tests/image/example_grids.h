/* Grids of all sorts for the tests: square, oblong, skewed, periodic or not, tilted in space. */
#ifndef ADATOM_TESTS_IMAGE_EXAMPLE_GRIDS_H
#define ADATOM_TESTS_IMAGE_EXAMPLE_GRIDS_H

#include "../nn/cmocka_all.h"

#include "adatom/structure.h"
#include "image/grid.h"

#include <math.h>
#include <string.h>

typedef struct example_grid {
    const char *name;
    double cell[3][3];
    bool periodic[3];
    adatom_plane plane;
    int shape[2];
    double region[2][2];
} example_grid;

static const example_grid example_grids[] = {
    {"square",
     {{6, 0, 0}, {0, 6, 0}, {0, 0, 10}},
     {1, 1, 0},
     ADATOM_PLANE_AB,
     {30, 30},
     {{0, 1}, {0, 1}}},
    {"graphene",
     {{8.54, 0, 0}, {0, 7.4, 0}, {0, 0, 12}},
     {1, 1, 1},
     ADATOM_PLANE_AB,
     {41, 36},
     {{0, 1}, {0, 1}}},
    {"hexagonal",
     {{5, 0, 0}, {2.5, 4.330127018922193, 0}, {0, 0, 9}},
     {1, 1, 0},
     ADATOM_PLANE_AB,
     {25, 25},
     {{0, 1}, {0, 1}}},
    {"strongly skewed",
     {{5, 0, 0}, {6.4, 2, 0}, {0, 0, 9}},
     {1, 1, 1},
     ADATOM_PLANE_AB,
     {25, 30},
     {{0, 1}, {0, 1}}},
    {"band",
     {{7, 0.5, 0}, {-1, 6, 0}, {0, 0, 9}},
     {1, 0, 0},
     ADATOM_PLANE_AB,
     {33, 21},
     {{0, 1}, {0.2, 0.8}}},
    {"part of a periodic cell",
     {{7, 0, 0}, {2, 6, 0}, {0, 0, 9}},
     {1, 1, 0},
     ADATOM_PLANE_AB,
     {20, 17},
     {{0.1, 0.7}, {0, 0.5}}},
    {"upright",
     {{7, 0, 1}, {0.4, 8, 0}, {-1, 0.3, 6}},
     {1, 0, 1},
     ADATOM_PLANE_AC,
     {24, 22},
     {{0, 1}, {0, 1}}},
    {"molecule",
     {{9, 0, 0}, {0, 9, 0}, {0, 0, 9}},
     {0, 0, 0},
     ADATOM_PLANE_BC,
     {31, 29},
     {{0, 1}, {0, 1}}},
};

enum { EXAMPLE_GRID_COUNT = sizeof example_grids / sizeof example_grids[0] };

static inline adatom_grid lay_example(const example_grid *example)
{
    adatom_grid grid;
    adatom_grid_options options = adatom_grid_options_default();
    options.plane = example->plane;
    memcpy(options.shape, example->shape, sizeof example->shape);
    memcpy(options.region, example->region, sizeof example->region);
    assert_int_equal(adatom_grid_lay(example->cell, example->periodic, &options, &grid), ADATOM_OK);
    return grid;
}

#endif
