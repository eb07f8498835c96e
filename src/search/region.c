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

static bool in_blocks(const adatom_numbers *blocks, const double place[3])
{
    for (int i = 0; i + 5 < blocks->count; i += 6) {
        const double *block = &blocks->values[i];
        bool within = true;
        for (int k = 0; k < 3; k++) {
            within = within && place[k] >= block[2 * k] && place[k] <= block[2 * k + 1];
        }
        if (within) {
            return true;
        }
    }
    return false;
}

/* Parts of the grid, each of any number. */
typedef struct shapes {
    const adatom_numbers *boxes, *circles, *blocks;
} shapes;

static bool in_shapes(const shapes *s, const double place[3])
{
    return in_boxes(s->boxes, place[0], place[1]) || in_circles(s->circles, place[0], place[1]) ||
           in_blocks(s->blocks, place);
}

/* The point or a copy of it one cell away lies in one of them. */
static bool inside(const adatom_grid *grid, const shapes *s, const int pixel[3])
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
                for (int axis = 0; axis < 3; axis++) {
                    place[axis] += grid->axes_origin[axis];
                }
                if (in_shapes(s, place)) {
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
    const shapes allowed = {&options->grid_allowed_boxes, &options->grid_allowed_circles,
                            &options->grid_allowed_blocks},
                 forbidden = {&options->grid_forbidden_boxes, &options->grid_forbidden_circles,
                              &options->grid_forbidden_blocks};
    if (allowed.boxes->count + allowed.circles->count + allowed.blocks->count > 0 &&
        !inside(grid, &allowed, pixel)) {
        return false;
    }
    return !inside(grid, &forbidden, pixel);
}
