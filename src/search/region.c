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
                   const adatom_numbers *circles, const int pixel[3])
{
    int copies[3];
    for (int i = 0; i < 3; i++) {
        copies[i] = i < grid->dimensions && grid->cell_periodic[i] ? 1 : 0;
    }
    for (int i = -copies[0]; i <= copies[0]; i++) {
        for (int j = -copies[1]; j <= copies[1]; j++) {
            for (int k = -copies[2]; k <= copies[2]; k++) {
                const double step[3] = {pixel[0] + i * grid->repeat[0],
                                        pixel[1] + j * grid->repeat[1],
                                        pixel[2] + k * grid->repeat[2]};
                double place[3];
                adatom_grid_vector(grid, step, place);
                const double x = grid->axes_origin[0] + place[0],
                             y = grid->axes_origin[1] + place[1];
                if (in_boxes(boxes, x, y) || in_circles(circles, x, y)) {
                    return true;
                }
            }
        }
    }
    return false;
}

bool adatom_region_holds(const adatom_grid *grid, const adatom_search_options *options,
                         const int pixel[3])
{
    const bool limited =
        options->grid_allowed_boxes.count + options->grid_allowed_circles.count > 0;
    if (limited &&
        !inside(grid, &options->grid_allowed_boxes, &options->grid_allowed_circles, pixel)) {
        return false;
    }
    return !inside(grid, &options->grid_forbidden_boxes, &options->grid_forbidden_circles, pixel);
}
