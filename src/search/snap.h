/* adatom: the grid point that an atom belongs to. */
#ifndef ADATOM_SEARCH_SNAP_H
#define ADATOM_SEARCH_SNAP_H

#include "search/problem.h"

/* The pixel nearest to the position, which may lie beside the grid (adatom_grid_holds); returns how
 * far the position is from the plane of the grid, Å, 0 for a grid in space. */
double adatom_snap(const adatom_problem *problem, const double position[3], int pixel[3]);

#endif
