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
    return (adatom_grid_options){.dimensions = 2,
                                 .plane = ADATOM_PLANE_AB,
                                 .spacing = 0.2,
                                 .height = 0.5,
                                 .region = {{0, 1}, {0, 1}, {0, 1}}};
}

static void name_directions(adatom_plane plane, int directions[3])
{
    static const int orders[3][3] = {{0, 1, 2}, {0, 2, 1}, {1, 2, 0}};
    memcpy(directions, orders[plane], sizeof orders[plane]);
}

/* The volume of the cell must not vanish beside the lengths of its edges. */
static adatom_status check_space(const adatom_grid *grid)
{
    double volume = 0, edges = 1;
    for (int i = 0; i < 3; i++) {
        volume += grid->normal[i] * grid->lattice[2][i];
        edges *= sqrt(dot(grid->lattice[i], grid->lattice[i]));
    }
    double normal[3];
    cross(grid->lattice[0], grid->lattice[1], normal);
    volume *= sqrt(dot(normal, normal));
    if (!isfinite(volume) || !(fabs(volume) > 1e-6 * edges)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "grid.dimensions: the lattice vectors of the cell span no space");
    }
    return ADATOM_OK;
}

/* The lattice vectors of the grid must be there; the third of a plane may be made up. */
static adatom_status take_lattice(adatom_grid *grid, const double cell[3][3],
                                  const bool periodic[3])
{
    double complete[3][3];
    ADATOM_TRY(adatom_cell_complete(cell, periodic, complete));
    for (int i = 0; i < 3; i++) {
        const int direction = grid->directions[i];
        if (i < grid->dimensions && !(dot(cell[direction], cell[direction]) > 1e-12)) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "grid.%s: the cell has no lattice vector %c, which the %s needs",
                               grid->dimensions == 2 ? "plane" : "dimensions", "abc"[direction],
                               grid -> dimensions == 2 ? "plane" : "grid");
        }
        memcpy(grid->lattice[i], i < grid->dimensions ? cell[direction] : complete[direction],
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
    return grid->dimensions == 3 ? check_space(grid) : ADATOM_OK;
}

static adatom_status choose_shape(adatom_grid *grid, const adatom_grid_options *options)
{
    const bool from_spacing =
        options->shape[0] == 0 && options->shape[1] == 0 && options->shape[2] == 0;
    double pixels = 1;
    grid->shape[2] = 1;
    grid->repeat[2] = 1;
    for (int i = 0; i < grid->dimensions; i++) {
        const double width = options->region[i][1] - options->region[i][0];
        if (!(width > 0) || !(options->region[i][0] >= 0) || !(options->region[i][1] <= 1)) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "grid.region: expected 0 <= from < to <= 1 along each direction");
        }
        const double length = width * sqrt(dot(grid->lattice[i], grid->lattice[i]));
        const double points =
            from_spacing ? fmax(1, round(length / options->spacing)) : options->shape[i];
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
        return adatom_fail(ADATOM_INVALID_INPUT, "grid: %.0f points, expected at most %d in all",
                           pixels, ADATOM_GRID_PIXELS_MAX);
    }
    return ADATOM_OK;
}

static adatom_status choose_edges(adatom_grid *grid, const adatom_grid_options *options)
{
    for (int i = 0; i < grid->dimensions; i++) {
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
        const bool plane = grid->dimensions == 2;
        grid->origin[k] = plane ? options->height * grid->lattice[2][k] : 0;
        grid->vectors[2][k] = grid->normal[k];
    }
    for (int i = 0; i < grid->dimensions; i++) {
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

/* The inverse of a matrix whose third column is 0 but for its last number. */
static void invert_pixel(const double pixel[3][3], double inverse[3][3])
{
    const double determinant = pixel[0][0] * pixel[1][1] - pixel[0][1] * pixel[1][0];
    inverse[0][0] = pixel[1][1] / determinant;
    inverse[0][1] = -pixel[0][1] / determinant;
    inverse[1][0] = -pixel[1][0] / determinant;
    inverse[1][1] = pixel[0][0] / determinant;
    inverse[0][2] = inverse[1][2] = 0;
    inverse[2][2] = 1 / pixel[2][2];
    for (int i = 0; i < 2; i++) {
        inverse[2][i] =
            -(pixel[2][0] * inverse[0][i] + pixel[2][1] * inverse[1][i]) * inverse[2][2];
    }
}

static void make_axes(adatom_grid *grid)
{
    const double length = sqrt(dot(grid->vectors[0], grid->vectors[0]));
    for (int k = 0; k < 3; k++) {
        grid->axes[0][k] = grid->vectors[0][k] / length;
    }
    cross(grid->normal, grid->axes[0], grid->axes[1]);
    memcpy(grid->axes[2], grid->normal, sizeof grid->axes[2]);
    for (int i = 0; i < 3; i++) {
        grid->axes_origin[i] = dot(grid->origin, grid->axes[i]);
        for (int k = 0; k < 3; k++) {
            const bool zero = k == 2 && i < 2, none = i == 2 && k < 2 && grid->dimensions == 2;
            grid->pixel[i][k] = zero || none ? 0 : dot(grid->vectors[i], grid->axes[k]);
        }
    }
    if (grid->dimensions == 2) {
        grid->pixel[2][2] = 1;
    }
    invert_pixel(grid->pixel, grid->inverse);
}

adatom_status adatom_grid_lay(const double cell[3][3], const bool periodic[3],
                              const adatom_grid_options *options, adatom_grid *grid)
{
    adatom_grid laid = {.dimensions = options->dimensions};
    name_directions(options->plane, laid.directions);
    ADATOM_TRY(take_lattice(&laid, cell, periodic));
    ADATOM_TRY(choose_shape(&laid, options));
    ADATOM_TRY(choose_edges(&laid, options));
    place_origin(&laid, options);
    make_axes(&laid);
    *grid = laid;
    return ADATOM_OK;
}

int adatom_grid_pixels(const adatom_grid *grid)
{
    return grid->shape[0] * grid->shape[1] * grid->shape[2];
}

int adatom_grid_index(const adatom_grid *grid, const int pixel[3])
{
    return (pixel[0] * grid->shape[1] + pixel[1]) * grid->shape[2] + pixel[2];
}

void adatom_grid_pixel_at(const adatom_grid *grid, int index, int pixel[3])
{
    const int column = index / grid->shape[2];
    pixel[2] = index % grid->shape[2];
    pixel[1] = column % grid->shape[1];
    pixel[0] = column / grid->shape[1];
}

bool adatom_grid_has_edge(const adatom_grid *grid, int direction)
{
    return direction < grid->dimensions && !grid->periodic[direction];
}

void adatom_grid_position(const adatom_grid *grid, const int pixel[3], double position[3])
{
    for (int k = 0; k < 3; k++) {
        position[k] = grid->origin[k] + pixel[0] * grid->vectors[0][k] +
                      pixel[1] * grid->vectors[1][k] + pixel[2] * grid->vectors[2][k];
    }
}

void adatom_grid_coordinates(const adatom_grid *grid, const double position[3],
                             double coordinates[3])
{
    const double offset[3] = {position[0] - grid->origin[0], position[1] - grid->origin[1],
                              position[2] - grid->origin[2]};
    const double place[3] = {dot(offset, grid->axes[0]), dot(offset, grid->axes[1]),
                             dot(offset, grid->axes[2])};
    coordinates[2] = 0;
    for (int i = 0; i < grid->dimensions; i++) {
        coordinates[i] = place[0] * grid->inverse[0][i] + place[1] * grid->inverse[1][i] +
                         place[2] * grid->inverse[2][i];
    }
}

double adatom_grid_elevation(const adatom_grid *grid, const double position[3])
{
    const double offset[3] = {position[0] - grid->origin[0], position[1] - grid->origin[1],
                              position[2] - grid->origin[2]};
    return dot(offset, grid->normal);
}

void adatom_grid_vector(const adatom_grid *grid, const double step[3], double vector[3])
{
    for (int k = 0; k < 3; k++) {
        vector[k] =
            step[0] * grid->pixel[0][k] + step[1] * grid->pixel[1][k] + step[2] * grid->pixel[2][k];
    }
}

double adatom_grid_length(const adatom_grid *grid, const double step[3])
{
    double vector[3];
    adatom_grid_vector(grid, step, vector);
    return hypot(hypot(vector[0], vector[1]), vector[2]);
}

void adatom_grid_ball_box(const adatom_grid *grid, double radius, double box[3])
{
    box[2] = 0;
    for (int i = 0; i < grid->dimensions; i++) {
        box[i] =
            radius * hypot(hypot(grid->inverse[0][i], grid->inverse[1][i]), grid->inverse[2][i]);
    }
}

static int wrap(int value, int size)
{
    const int rest = value % size;
    return rest < 0 ? rest + size : rest;
}

static double square_length(const adatom_grid *grid, double x, double y, double z)
{
    double vector[3];
    adatom_grid_vector(grid, (const double[3]){x, y, z}, vector);
    return vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2];
}

/* Takes the nearest of the points from + (0 .. size[i] - 1) if it is nearer. */
static void take_nearest(const adatom_grid *grid, const double coordinates[3], const double from[3],
                         const int size[3], double nearest[3])
{
    double best = square_length(grid, coordinates[0] - nearest[0], coordinates[1] - nearest[1],
                                coordinates[2] - nearest[2]);
    for (int i = 0; i < size[0]; i++) {
        for (int j = 0; j < size[1]; j++) {
            for (int k = 0; k < size[2]; k++) {
                const double place[3] = {from[0] + i, from[1] + j, from[2] + k};
                const double square =
                    square_length(grid, coordinates[0] - place[0], coordinates[1] - place[1],
                                  coordinates[2] - place[2]);
                if (square < best - 1e-9) {
                    best = square;
                    memcpy(nearest, place, sizeof place);
                }
            }
        }
    }
}

/* The halves of a pixel of a reduced plane lattice have no obtuse angle: the nearest point is one
 * of the corners of the pixel that holds the place. */
static bool pixels_are_reduced(const adatom_grid *grid)
{
    const double(*p)[3] = grid->pixel;
    const double product = p[0][0] * p[1][0] + p[0][1] * p[1][1];
    const double shorter = fmin(square_length(grid, 1, 0, 0), square_length(grid, 0, 1, 0));
    return grid->dimensions == 2 && 2 * fabs(product) <= shorter * (1 + 1e-9);
}

/* Rounding the coordinates gives the nearest point of a rectangular grid; on skewed pixels a
 * neighbour can be nearer, no farther than the distance found reaches. */
void adatom_grid_round(const adatom_grid *grid, const double coordinates[3], double nearest[3])
{
    double rest[3], box[3], from[3];
    int size[3];
    for (int i = 0; i < 3; i++) {
        nearest[i] = floor(coordinates[i] + 0.5);
        rest[i] = coordinates[i] - nearest[i];
    }
    if (grid->pixel[1][0] == 0 && grid->pixel[2][0] == 0 && grid->pixel[2][1] == 0) {
        return;
    }
    if (pixels_are_reduced(grid)) {
        const double corner[3] = {floor(coordinates[0]), floor(coordinates[1]), nearest[2]};
        take_nearest(grid, coordinates, corner, (const int[3]){2, 2, 1}, nearest);
        return;
    }
    adatom_grid_ball_box(grid, adatom_grid_length(grid, rest), box);
    for (int i = 0; i < 3; i++) {
        from[i] = nearest[i] - ceil(box[i]);
        size[i] = 2 * (int)ceil(box[i]) + 1;
    }
    take_nearest(grid, coordinates, from, size, nearest);
}

void adatom_grid_nearest(const adatom_grid *grid, const double coordinates[3], int pixel[3])
{
    double nearest[3];
    adatom_grid_round(grid, coordinates, nearest);
    for (int i = 0; i < 3; i++) {
        const double limited = fmax(-1e9, fmin(1e9, nearest[i]));
        pixel[i] = grid->periodic[i] ? wrap((int)limited, grid->shape[i]) : (int)limited;
    }
}

bool adatom_grid_holds(const adatom_grid *grid, const int pixel[3])
{
    bool holds = true;
    for (int i = 0; i < 3; i++) {
        holds = holds && pixel[i] >= 0 && pixel[i] < grid->shape[i];
    }
    return holds;
}

/* The shortest of the vectors step + copies: none that is shorter than the one found lies outside
 * the box of the ball that it spans. */
void adatom_grid_displacement(const adatom_grid *grid, const int a[3], const int b[3],
                              double vector[3])
{
    double step[3], shortest[3], box[3];
    int reach[3];
    for (int i = 0; i < 3; i++) {
        step[i] = b[i] - a[i];
        if (grid->periodic[i]) {
            step[i] -= grid->shape[i] * round(step[i] / grid->shape[i]);
        }
    }
    double best = adatom_grid_length(grid, step);
    memcpy(shortest, step, sizeof step);
    adatom_grid_ball_box(grid, best, box);
    for (int i = 0; i < 3; i++) {
        reach[i] = grid->periodic[i] ? (int)floor(box[i] / grid->shape[i] + 0.5) : 0;
    }
    for (int i = -reach[0]; i <= reach[0]; i++) {
        for (int j = -reach[1]; j <= reach[1]; j++) {
            for (int k = -reach[2]; k <= reach[2]; k++) {
                const double other[3] = {step[0] + i * grid->shape[0], step[1] + j * grid->shape[1],
                                         step[2] + k * grid->shape[2]};
                if (adatom_grid_length(grid, other) < best - 1e-9) {
                    best = adatom_grid_length(grid, other);
                    memcpy(shortest, other, sizeof other);
                }
            }
        }
    }
    adatom_grid_vector(grid, shortest, vector);
}
