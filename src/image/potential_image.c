#include "image/potential_image.h"

#include "atoms/cell.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

/* exp(-reach^2 / 2) = 1e-8 */
static const double reach_in_widths = 6.07;

/* The grid as vectors. */
typedef struct mesh {
    int dimensions, size[3];
    bool periodic[3];
    double steps[3][3];   /* from a pixel to the next along each direction, Å */
    double inverse[3][3]; /* position -> pixels */
    double reach[3];      /* how many pixels an atom reaches */
    double width, cutoff;
} mesh;

/* ---- the grid */

int adatom_potential_image_channels(const adatom_potential_image *image)
{
    return image->by_species ? (int)image->species_count : 1;
}

static adatom_status make_cell(const adatom_potential_image *image,
                               const adatom_structure *structure, double cell[3][3])
{
    memcpy(cell, structure->cell, sizeof structure->cell);
    if (image->dimensions == 2) {
        memcpy(cell[2], (const double[3]){0, 0, 1}, sizeof cell[2]);
    }
    for (int d = 0; d < image->dimensions; d++) {
        if (cell[d][0] == 0 && cell[d][1] == 0 && cell[d][2] == 0) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "an image needs a cell: lattice vector %d is missing", d + 1);
        }
        if (image->dimensions == 2 && fabs(cell[d][2]) > 1e-9) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "lattice vector %d leaves the plane of the image (z = %g)", d + 1,
                               cell[d][2]);
        }
    }
    return ADATOM_OK;
}

static adatom_status choose_size(const adatom_potential_image *image, double cell[3][3],
                                 int size[3])
{
    size[2] = 1;
    for (int d = 0; d < image->dimensions; d++) {
        const double length =
            sqrt(cell[d][0] * cell[d][0] + cell[d][1] * cell[d][1] + cell[d][2] * cell[d][2]);
        const int multiple = image->multiple > 1 ? image->multiple : 1;
        const double wanted = image->grid[0] > 0
                                  ? image->grid[d]
                                  : multiple * fmax(1, round(length / image->spacing / multiple));
        if (!(wanted <= ADATOM_IMAGE_SIZE_MAX)) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "the image has %g pixels along lattice vector %d, more than %d",
                               wanted, d + 1, ADATOM_IMAGE_SIZE_MAX);
        }
        size[d] = (int)wanted;
    }
    return ADATOM_OK;
}

static adatom_status make_mesh(const adatom_potential_image *image,
                               const adatom_structure *structure, const int size[3], mesh *out)
{
    double cell[3][3], inverse[3][3];
    ADATOM_TRY(make_cell(image, structure, cell));
    ADATOM_TRY(adatom_cell_invert(cell, inverse));
    *out = (mesh){.dimensions = image->dimensions,
                  .width = image->width,
                  .cutoff = reach_in_widths * image->width};
    for (int d = 0; d < 3; d++) {
        out->size[d] = size[d];
        out->periodic[d] = structure->periodic[d] && d < image->dimensions;
        out->reach[d] = out->cutoff / adatom_cell_height(cell, d) * size[d];
        for (int k = 0; k < 3; k++) {
            out->steps[d][k] = cell[d][k] / size[d];
            out->inverse[k][d] = inverse[k][d] * size[d];
        }
    }
    return ADATOM_OK;
}

static int channel_of(const adatom_potential_image *image, int atomic_number)
{
    if (!image->by_species) {
        return 0;
    }
    for (size_t c = 0; c < image->species_count; c++) {
        if (image->species[c] == atomic_number) {
            return (int)c;
        }
    }
    return -1;
}

static adatom_status check_atoms(const adatom_potential_image *image,
                                 const adatom_structure *structure)
{
    for (size_t i = 0; i < structure->atom_count; i++) {
        const char *symbol = adatom_element_symbol(structure->atomic_numbers[i]);
        if (symbol == NULL || channel_of(image, structure->atomic_numbers[i]) < 0) {
            return adatom_fail(ADATOM_INVALID_INPUT, "atom %zu is %s, which has no channel", i + 1,
                               symbol != NULL ? symbol : "no element");
        }
        for (int k = 0; k < 3; k++) {
            if (!(fabs(structure->positions[i][k]) < 1e6)) {
                return adatom_fail(ADATOM_INVALID_INPUT, "atom %zu is too far away", i + 1);
            }
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_potential_image_size(const adatom_potential_image *image,
                                          const adatom_structure *structure, int size[3])
{
    double cell[3][3];
    int chosen[3];
    mesh grid;
    ADATOM_TRY(check_atoms(image, structure));
    ADATOM_TRY(make_cell(image, structure, cell));
    ADATOM_TRY(choose_size(image, cell, chosen));
    ADATOM_TRY(make_mesh(image, structure, chosen, &grid));
    for (int d = 0; d < image->dimensions; d++) {
        if (!(2 * grid.reach[d] + 2 < ADATOM_IMAGE_REACH_MAX)) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "an atom of width %g \303\205 covers more than %d pixels",
                               image->width, ADATOM_IMAGE_REACH_MAX);
        }
    }
    memcpy(size, chosen, sizeof chosen);
    return ADATOM_OK;
}

/* ---- one row of pixels that an atom reaches */

typedef struct row {
    double across[3];                     /* from the atom to the row's pixel 0, Å */
    size_t start;                         /* of the row in a channel */
    int first, count;                     /* pixels; may be beyond the edges */
    double peak;                          /* exp(-|shortest distance to a pixel|^2 / 2 width^2) */
    double shape[ADATOM_IMAGE_REACH_MAX]; /* times this: the values of the pixels */
    double along;                         /* across . step of the shape */
    int nearest;
} row;

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* exp(-((m h)^2 + 2 m q.h) / 2 width^2) for neighbouring m, by products alone: from the nearest
 * pixel, m = 0, to both sides the values fall. */
static void fill_shape(const mesh *grid, const double step[3], double offset, int before, row *r)
{
    const double unit = 1 / (grid->width * grid->width);
    const double square = exp(-dot(step, step) * unit);
    r->shape[before] = 1;
    for (int side = -1; side <= 1; side += 2) {
        double value = 1, factor = sqrt(square) * exp(-side * offset * unit);
        const int end = side < 0 ? -1 : r->count;
        for (int m = before + side; m != end; m += side) {
            value *= factor;
            factor *= square;
            r->shape[m] = value;
        }
    }
}

/* False if the row is out of reach. The shape is kept while rows have the same offset, as those of
 * a rectangular cell do. */
static bool reach_row(const mesh *grid, const double step[3], row *r, bool *shaped)
{
    const double square = dot(step, step), along = dot(r->across, step);
    const double nearest = -along / square;
    const double beside = dot(r->across, r->across) - along * along / square;
    const double left = grid->cutoff * grid->cutoff - beside;
    if (left < 0) {
        return false;
    }
    if (!*shaped || along != r->along) {
        /* for the widest row, so that the shape serves all */
        const int half = (int)ceil(grid->cutoff / sqrt(square));
        r->nearest = (int)lround(nearest);
        r->first = r->nearest - half;
        r->count = 2 * half + 1;
        r->along = along;
        fill_shape(grid, step, along + r->nearest * square, half, r);
        *shaped = true;
    }
    double at[3];
    for (int k = 0; k < 3; k++) {
        at[k] = r->across[k] + r->nearest * step[k];
    }
    r->peak = exp(-dot(at, at) / (2 * grid->width * grid->width));
    return true;
}

typedef void row_visitor(void *context, const mesh *grid, const row *r);

/* The pixel within 0 .. size - 1, or -1 beyond the edge. */
static int wrap(const mesh *grid, int d, int at)
{
    const int size = grid->size[d];
    if (at >= 0 && at < size) {
        return at;
    }
    return grid->periodic[d] ? ((at % size) + size) % size : -1;
}

/* All rows along the last direction that the atom at `position` reaches. */
static void visit_rows(const mesh *grid, const double position[3], row_visitor *visit,
                       void *context)
{
    const int last = grid->dimensions - 1;
    double at[3];
    int first[3] = {0}, count[3] = {1, 1, 1};
    const double place[3] = {position[0], position[1], grid->dimensions == 3 ? position[2] : 0};
    for (int d = 0; d < 3; d++) {
        at[d] = place[0] * grid->inverse[0][d] + place[1] * grid->inverse[1][d] +
                place[2] * grid->inverse[2][d];
    }
    for (int d = 0; d < last; d++) {
        first[d] = (int)ceil(at[d] - grid->reach[d]);
        count[d] = (int)floor(at[d] + grid->reach[d]) - first[d] + 1;
    }
    row r = {.count = 0};
    bool shaped = false;
    for (int line = 0; line < count[0] * count[1]; line++) {
        const int index[3] = {first[0] + line / count[1], first[1] + line % count[1], 0};
        const int x = wrap(grid, 0, index[0]), y = last == 2 ? wrap(grid, 1, index[1]) : 0;
        if (x < 0 || y < 0) {
            continue;
        }
        r.start = last == 2
                      ? ((size_t)x * (size_t)grid->size[1] + (size_t)y) * (size_t)grid->size[2]
                      : (size_t)x * (size_t)grid->size[1];
        for (int k = 0; k < 3; k++) {
            r.across[k] = -at[last] * grid->steps[last][k];
            for (int d = 0; d < last; d++) {
                r.across[k] += (index[d] - at[d]) * grid->steps[d][k];
            }
        }
        if (reach_row(grid, grid->steps[last], &r, &shaped)) {
            visit(context, grid, &r);
        }
    }
}

/* Pieces of the row that lie within the grid one after the other: first pixel, its place. */
static int next_piece(const mesh *grid, const row *r, int *m, int *place)
{
    const int last = grid->dimensions - 1, size = grid->size[last];
    while (*m < r->count && (*place = wrap(grid, last, r->first + *m)) < 0) {
        const int beyond = r->first + *m;
        *m = beyond < 0 ? *m - beyond : r->count;
    }
    const int left = r->count - *m, room = size - *place;
    return left <= 0 ? 0 : left < room ? left : room;
}

/* ---- drawing */

typedef struct drawing {
    float *channel;
    double amplitude;
} drawing;

static void draw_row(void *context, const mesh *grid, const row *r)
{
    const drawing *to = context;
    const double factor = to->amplitude * r->peak;
    int place = 0, count;
    for (int m = 0; (count = next_piece(grid, r, &m, &place)) > 0; m += count) {
        float *restrict pixels = to->channel + r->start + place;
        const double *restrict shape = r->shape + m;
        for (int i = 0; i < count; i++) {
            pixels[i] += (float)(factor * shape[i]);
        }
    }
}

static size_t count_pixels(const int size[3])
{
    return (size_t)size[0] * (size_t)size[1] * (size_t)size[2];
}

void adatom_potential_image_draw(const adatom_potential_image *image,
                                 const adatom_structure *structure, const int size[3],
                                 float *pixels)
{
    const size_t count = count_pixels(size);
    mesh grid;
    memset(pixels, 0, count * (size_t)adatom_potential_image_channels(image) * sizeof *pixels);
    if (make_mesh(image, structure, size, &grid) != ADATOM_OK) {
        return; /* adatom_potential_image_size has refused it */
    }
    for (size_t i = 0; i < structure->atom_count; i++) {
        const int channel = channel_of(image, structure->atomic_numbers[i]);
        drawing to = {pixels + (size_t)channel * count, structure->atomic_numbers[i]};
        visit_rows(&grid, structure->positions[i], draw_row, &to);
    }
}

/* ---- forces */

typedef struct pull {
    const float *channel;
    double amplitude;
    double force[3];
} pull;

static void pull_row(void *context, const mesh *grid, const row *r)
{
    pull *on = context;
    const double factor = on->amplitude * r->peak / (grid->width * grid->width);
    const double *step = grid->steps[grid->dimensions - 1];
    double sum = 0, moment = 0; /* of slope x value, and of that x pixel */
    int place = 0, count;
    for (int m = 0; (count = next_piece(grid, r, &m, &place)) > 0; m += count) {
        const float *slopes = on->channel + r->start + place;
        for (int i = 0; i < count; i++) {
            const double weight = (double)slopes[i] * r->shape[m + i];
            sum += weight;
            moment += weight * (r->first + m + i);
        }
    }
    for (int k = 0; k < 3; k++) {
        on->force[k] -= factor * (sum * r->across[k] + moment * step[k]);
    }
}

void adatom_potential_image_forces(const adatom_potential_image *image,
                                   const adatom_structure *structure, const int size[3],
                                   const float *slopes, double (*forces)[3])
{
    mesh grid;
    memset(forces, 0, structure->atom_count * sizeof *forces);
    if (make_mesh(image, structure, size, &grid) != ADATOM_OK) {
        return;
    }
    for (size_t i = 0; i < structure->atom_count; i++) {
        const int channel = channel_of(image, structure->atomic_numbers[i]);
        pull on = {.channel = slopes + (size_t)channel * count_pixels(size),
                   .amplitude = structure->atomic_numbers[i]};
        visit_rows(&grid, structure->positions[i], pull_row, &on);
        memcpy(forces[i], on.force, sizeof on.force);
        if (image->dimensions == 2) {
            forces[i][2] = 0;
        }
    }
}
