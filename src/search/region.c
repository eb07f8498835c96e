#include "search/region.h"

#include <math.h>

static bool in_boxes(const adatom_numbers *boxes, double x, double y)
{
    for (int i = 0; i + 3 < boxes->count; i += 4) {
        const double *box = &boxes->values[i];
        if (x >= box[0] && x <= box[1] && y >= box[2] && y <= box[3]) {
            return true;
        }
    }
    return false;
}

static bool in_circles(const adatom_numbers *circles, double x, double y)
{
    for (int i = 0; i + 2 < circles->count; i += 3) {
        const double *circle = &circles->values[i];
        if (hypot(x - circle[0], y - circle[1]) <= circle[2]) {
            return true;
        }
    }
    return false;
}

/* The point or a copy of it one cell away lies in a box or circle. */
static bool inside(const adatom_grid *grid, const adatom_numbers *boxes,
                   const adatom_numbers *circles, int x, int y)
{
    const int copies[2] = {grid->cell_periodic[0] ? 1 : 0, grid->cell_periodic[1] ? 1 : 0};
    for (int i = -copies[0]; i <= copies[0]; i++) {
        for (int j = -copies[1]; j <= copies[1]; j++) {
            const double u = x + i * grid->repeat[0], v = y + j * grid->repeat[1];
            const double px = grid->plane_origin[0] + u * grid->pixel[0][0] + v * grid->pixel[1][0];
            const double py = grid->plane_origin[1] + u * grid->pixel[0][1] + v * grid->pixel[1][1];
            if (in_boxes(boxes, px, py) || in_circles(circles, px, py)) {
                return true;
            }
        }
    }
    return false;
}

bool adatom_region_holds(const adatom_grid *grid, const adatom_search_options *options, int x,
                         int y)
{
    const bool limited =
        options->grid_allowed_boxes.count + options->grid_allowed_circles.count > 0;
    if (limited &&
        !inside(grid, &options->grid_allowed_boxes, &options->grid_allowed_circles, x, y)) {
        return false;
    }
    return !inside(grid, &options->grid_forbidden_boxes, &options->grid_forbidden_circles, x, y);
}
