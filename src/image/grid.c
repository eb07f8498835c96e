#include "image/grid.h"

#include "atoms/cell.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

adatom_grid_options adatom_grid_options_default(void)
{
    return (adatom_grid_options){
        .plane = ADATOM_PLANE_AB, .spacing = 0.2, .height = 0.5, .region = {{0, 1}, {0, 1}}};
}

static void name_directions(adatom_plane plane, int directions[3])
{
    static const int orders[3][3] = {{0, 1, 2}, {0, 2, 1}, {1, 2, 0}};
    memcpy(directions, orders[plane], sizeof orders[plane]);
}

/* The lattice vectors of the plane must be there; the third may be made up. */
static adatom_status take_lattice(adatom_grid *grid, const double cell[3][3],
                                  const bool periodic[3])
{
    double complete[3][3];
    ADATOM_TRY(adatom_cell_complete(cell, periodic, complete));
    for (int i = 0; i < 3; i++) {
        const int direction = grid->directions[i];
        if (i < 2 && !(dot(cell[direction], cell[direction]) > 1e-12)) {
            return adatom_fail(
                ADATOM_INVALID_INPUT,
                "grid.plane: the cell has no lattice vector %c, which the plane needs",
                "abc"[direction]);
        }
        memcpy(grid->lattice[i], i < 2 ? cell[direction] : complete[direction],
               sizeof grid->lattice[i]);
        grid->cell_periodic[i] = periodic[direction];
    }
    double normal[3];
    cross(grid->lattice[0], grid->lattice[1], normal);
    const double area = sqrt(dot(normal, normal));
    const double edges = sqrt(dot(grid->lattice[0], grid->lattice[0])) *
                         sqrt(dot(grid->lattice[1], grid->lattice[1]));
    if (!isfinite(area) || !(area > 1e-6 * edges)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "grid.plane: lattice vectors %c and %c of the cell span no plane",
                           "abc"[grid->directions[0]], "abc"[grid->directions[1]]);
    }
    for (int k = 0; k < 3; k++) {
        grid->normal[k] = normal[k] / area;
    }
    return ADATOM_OK;
}

static adatom_status choose_shape(adatom_grid *grid, const adatom_grid_options *options)
{
    double pixels = 1;
    for (int i = 0; i < 2; i++) {
        const double width = options->region[i][1] - options->region[i][0];
        if (!(width > 0) || !(options->region[i][0] >= 0) || !(options->region[i][1] <= 1)) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "grid.region: expected 0 <= from < to <= 1 along each direction");
        }
        const double length = width * sqrt(dot(grid->lattice[i], grid->lattice[i]));
        double points = options->shape[i];
        if (options->shape[0] == 0 && options->shape[1] == 0) {
            points = fmax(1, round(length / options->spacing));
        }
        if (!(points >= 1) || !(points <= ADATOM_GRID_POINTS_MAX)) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "grid: %.0f points along direction %d, expected 1 to %d", points,
                               i + 1, ADATOM_GRID_POINTS_MAX);
        }
        grid->shape[i] = (int)points;
        grid->repeat[i] = points / width;
        pixels *= points;
    }
    if (pixels > ADATOM_GRID_PIXELS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "grid: %d x %d points, expected at most %d in all",
                           grid->shape[0], grid->shape[1], ADATOM_GRID_PIXELS_MAX);
    }
    return ADATOM_OK;
}

static adatom_status choose_edges(adatom_grid *grid, const adatom_grid_options *options)
{
    for (int i = 0; i < 2; i++) {
        const bool whole = options->region[i][0] == 0 && options->region[i][1] == 1;
        const bool can_be_periodic = whole && grid->cell_periodic[i];
        if (options->padding == ADATOM_PADDING_PERIODIC && !can_be_periodic) {
            return adatom_fail(
                ADATOM_INVALID_INPUT,
                "grid.padding: periodic, but along lattice vector %c the cell is not "
                "periodic or the grid does not cover it",
                "abc"[grid->directions[i]]);
        }
        grid->periodic[i] = can_be_periodic && options->padding != ADATOM_PADDING_ZERO;
        grid->images[i] = grid->cell_periodic[i] && options->padding != ADATOM_PADDING_ZERO;
    }
    return ADATOM_OK;
}

static void place_origin(adatom_grid *grid, const adatom_grid_options *options)
{
    for (int k = 0; k < 3; k++) {
        grid->origin[k] = options->height * grid->lattice[2][k];
    }
    for (int i = 0; i < 2; i++) {
        /* Whole periodic cells start at a lattice point also where the padding is empty. */
        const bool whole = options->region[i][0] == 0 && options->region[i][1] == 1;
        const double half = whole && grid->cell_periodic[i] ? 0 : 0.5;
        const double fraction = options->region[i][0] + half / grid->repeat[i];
        for (int k = 0; k < 3; k++) {
            grid->vectors[i][k] = grid->lattice[i][k] / grid->repeat[i];
            grid->origin[k] += fraction * grid->lattice[i][k];
        }
    }
}

static void make_plane_axes(adatom_grid *grid)
{
    const double length = sqrt(dot(grid->vectors[0], grid->vectors[0]));
    for (int k = 0; k < 3; k++) {
        grid->axes[0][k] = grid->vectors[0][k] / length;
    }
    cross(grid->normal, grid->axes[0], grid->axes[1]);
    for (int i = 0; i < 2; i++) {
        grid->plane_origin[i] = dot(grid->origin, grid->axes[i]);
        for (int k = 0; k < 2; k++) {
            grid->pixel[i][k] = dot(grid->vectors[i], grid->axes[k]);
        }
    }
    const double determinant =
        grid->pixel[0][0] * grid->pixel[1][1] - grid->pixel[0][1] * grid->pixel[1][0];
    grid->inverse[0][0] = grid->pixel[1][1] / determinant;
    grid->inverse[0][1] = -grid->pixel[0][1] / determinant;
    grid->inverse[1][0] = -grid->pixel[1][0] / determinant;
    grid->inverse[1][1] = grid->pixel[0][0] / determinant;
}

adatom_status adatom_grid_lay(const double cell[3][3], const bool periodic[3],
                              const adatom_grid_options *options, adatom_grid *grid)
{
    adatom_grid laid = {0};
    name_directions(options->plane, laid.directions);
    ADATOM_TRY(take_lattice(&laid, cell, periodic));
    ADATOM_TRY(choose_shape(&laid, options));
    ADATOM_TRY(choose_edges(&laid, options));
    place_origin(&laid, options);
    make_plane_axes(&laid);
    *grid = laid;
    return ADATOM_OK;
}

void adatom_grid_position(const adatom_grid *grid, int x, int y, double position[3])
{
    for (int k = 0; k < 3; k++) {
        position[k] = grid->origin[k] + x * grid->vectors[0][k] + y * grid->vectors[1][k];
    }
}

void adatom_grid_coordinates(const adatom_grid *grid, const double position[3],
                             double coordinates[2])
{
    const double offset[3] = {position[0] - grid->origin[0], position[1] - grid->origin[1],
                              position[2] - grid->origin[2]};
    const double plane[2] = {dot(offset, grid->axes[0]), dot(offset, grid->axes[1])};
    for (int i = 0; i < 2; i++) {
        coordinates[i] = plane[0] * grid->inverse[0][i] + plane[1] * grid->inverse[1][i];
    }
}

double adatom_grid_elevation(const adatom_grid *grid, const double position[3])
{
    const double offset[3] = {position[0] - grid->origin[0], position[1] - grid->origin[1],
                              position[2] - grid->origin[2]};
    return dot(offset, grid->normal);
}

double adatom_grid_length(const adatom_grid *grid, double x, double y)
{
    return hypot(x * grid->pixel[0][0] + y * grid->pixel[1][0],
                 x * grid->pixel[0][1] + y * grid->pixel[1][1]);
}

void adatom_grid_disc_box(const adatom_grid *grid, double radius, double box[2])
{
    for (int i = 0; i < 2; i++) {
        box[i] = radius * hypot(grid->inverse[0][i], grid->inverse[1][i]);
    }
}

static int wrap(int value, int size)
{
    const int rest = value % size;
    return rest < 0 ? rest + size : rest;
}

static double square_length(const adatom_grid *grid, double x, double y)
{
    const double a = x * grid->pixel[0][0] + y * grid->pixel[1][0];
    const double b = x * grid->pixel[0][1] + y * grid->pixel[1][1];
    return a * a + b * b;
}

/* Takes the nearest of the points from + (0 .. size[0] - 1, 0 .. size[1] - 1) if it is nearer. */
static void take_nearest(const adatom_grid *grid, const double coordinates[2], const double from[2],
                         const int size[2], double nearest[2])
{
    double best = square_length(grid, coordinates[0] - nearest[0], coordinates[1] - nearest[1]);
    for (int i = 0; i < size[0]; i++) {
        for (int j = 0; j < size[1]; j++) {
            const double x = from[0] + i, y = from[1] + j;
            const double square = square_length(grid, coordinates[0] - x, coordinates[1] - y);
            if (square < best - 1e-9) {
                best = square;
                nearest[0] = x;
                nearest[1] = y;
            }
        }
    }
}

/* The halves of a pixel of a reduced lattice have no obtuse angle: the nearest point is one of the
 * corners of the pixel that holds the place. */
static bool pixels_are_reduced(const adatom_grid *grid)
{
    const double(*p)[2] = grid->pixel;
    const double product = p[0][0] * p[1][0] + p[0][1] * p[1][1];
    const double shorter = fmin(square_length(grid, 1, 0), square_length(grid, 0, 1));
    return 2 * fabs(product) <= shorter * (1 + 1e-9);
}

/* Rounding both coordinates gives the nearest point of a rectangular grid; on skewed pixels a
 * neighbour can be nearer, no farther than the distance found reaches. */
void adatom_grid_round(const adatom_grid *grid, const double coordinates[2], double nearest[2])
{
    nearest[0] = floor(coordinates[0] + 0.5);
    nearest[1] = floor(coordinates[1] + 0.5);
    if (grid->pixel[1][0] == 0) {
        return;
    }
    if (pixels_are_reduced(grid)) {
        const double corner[2] = {floor(coordinates[0]), floor(coordinates[1])};
        take_nearest(grid, coordinates, corner, (const int[2]){2, 2}, nearest);
        return;
    }
    double box[2], from[2];
    int size[2];
    adatom_grid_disc_box(
        grid, adatom_grid_length(grid, coordinates[0] - nearest[0], coordinates[1] - nearest[1]),
        box);
    for (int i = 0; i < 2; i++) {
        from[i] = nearest[i] - ceil(box[i]);
        size[i] = 2 * (int)ceil(box[i]) + 1;
    }
    take_nearest(grid, coordinates, from, size, nearest);
}

void adatom_grid_nearest(const adatom_grid *grid, const double coordinates[2], int pixel[2])
{
    double nearest[2];
    adatom_grid_round(grid, coordinates, nearest);
    for (int i = 0; i < 2; i++) {
        const double limited = fmax(-1e9, fmin(1e9, nearest[i]));
        pixel[i] = grid->periodic[i] ? wrap((int)limited, grid->shape[i]) : (int)limited;
    }
}

bool adatom_grid_holds(const adatom_grid *grid, const int pixel[2])
{
    return pixel[0] >= 0 && pixel[0] < grid->shape[0] && pixel[1] >= 0 && pixel[1] < grid->shape[1];
}

/* The shortest of the vectors step + copies: none that is shorter than the one found lies outside
 * the box of the disc that it spans. */
void adatom_grid_displacement(const adatom_grid *grid, const int a[2], const int b[2],
                              double vector[2])
{
    double step[2], reach[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        step[i] = b[i] - a[i];
        if (grid->periodic[i]) {
            step[i] -= grid->shape[i] * round(step[i] / grid->shape[i]);
        }
    }
    double best = adatom_grid_length(grid, step[0], step[1]);
    double shortest[2] = {step[0], step[1]}, box[2];
    adatom_grid_disc_box(grid, best, box);
    for (int i = 0; i < 2; i++) {
        reach[i] = grid->periodic[i] ? floor(box[i] / grid->shape[i] + 0.5) : 0;
    }
    for (int i = (int)-reach[0]; i <= reach[0]; i++) {
        for (int j = (int)-reach[1]; j <= reach[1]; j++) {
            const double x = step[0] + i * grid->shape[0], y = step[1] + j * grid->shape[1];
            if (adatom_grid_length(grid, x, y) < best - 1e-9) {
                best = adatom_grid_length(grid, x, y);
                shortest[0] = x;
                shortest[1] = y;
            }
        }
    }
    for (int k = 0; k < 2; k++) {
        vector[k] = shortest[0] * grid->pixel[0][k] + shortest[1] * grid->pixel[1][k];
    }
}
