#include "search/snap.h"

#include <math.h>

/* Into the period that has the grid in its middle, where neighbouring pixels do not do that. */
static void wrap_into_cell(const adatom_grid *grid, double coordinates[3])
{
    for (int i = 0; i < grid->dimensions; i++) {
        if (grid->cell_periodic[i] && !grid->periodic[i]) {
            const double start = 0.5 * (grid->shape[i] - grid->repeat[i] - 1);
            coordinates[i] -= grid->repeat[i] * floor((coordinates[i] - start) / grid->repeat[i]);
        }
    }
}

/* From the plane or from its nearest copy. */
static double elevation(const adatom_grid *grid, const double position[3])
{
    double away = adatom_grid_elevation(grid, position), height = 0;
    for (int k = 0; k < 3; k++) {
        height += grid->lattice[2][k] * grid->normal[k];
    }
    away -= grid->cell_periodic[2] ? height * round(away / height) : 0;
    return fabs(away);
}

double adatom_snap(const adatom_problem *problem, const double position[3], int pixel[3])
{
    const adatom_grid *grid = &problem->grid;
    double coordinates[3];
    adatom_grid_coordinates(grid, position, coordinates);
    wrap_into_cell(grid, coordinates);
    adatom_grid_nearest(grid, coordinates, pixel);
    return grid->dimensions == 2 ? elevation(grid, position) : 0;
}
