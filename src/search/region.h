/* adatom: the part of the grid in which atoms may be placed. */
#ifndef ADATOM_SEARCH_REGION_H
#define ADATOM_SEARCH_REGION_H

#include "adatom/search.h"
#include "image/grid.h"

/* True if the pixel is inside an allowed box, circle or block (where there are any) and outside all
 * forbidden ones; their periodic copies count. */
bool adatom_region_holds(const adatom_grid *grid, const adatom_search_options *options,
                         const int pixel[3]);

#endif
