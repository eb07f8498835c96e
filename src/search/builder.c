#include "search/builder.h"

#include "base/error.h"
#include "base/memory.h"
#include "search/builder_check.h"
#include "search/region.h"
#include "search/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bits of a point for a species. Both must be set for it to be allowed. */
enum { OPEN = 1, NEAR = 2, ALLOWED = OPEN | NEAR };

struct adatom_builder {
    const adatom_problem *problem;
    adatom_rules rules;
    int pixels;
    int atom_count;                  /* atoms there now */
    int remaining[ADATOM_PARTS_MAX]; /* to place of each species */
    uint8_t *points;                 /* [species][x][y][z], bits */
    uint8_t *start_points;           /* as points, for the template */
};

/* Distances, squared, that one atom sets for one species. */
typedef struct stamp {
    double least, largest; /* Å^2 */
    double reach;          /* Å */
    uint8_t *points;
} stamp;

static void mark_point(const stamp *s, int index, double distance)
{
    if (distance < s->least) {
        s->points[index] &= (uint8_t)~OPEN;
    }
    if (distance <= s->largest) {
        s->points[index] |= NEAR;
    }
}

static int wrapped(int value, int size)
{
    const int rest = value % size;
    return rest < 0 ? rest + size : rest;
}

/* First and last pixel of a span, cut to the grid where the image is not periodic. */
static void span(const adatom_grid *grid, int i, double centre, double half, int range[2])
{
    double low = ceil(centre - half), high = floor(centre + half);
    if (!grid->periodic[i]) {
        low = fmax(low, 0);
        high = fmin(high, grid->shape[i] - 1);
    }
    range[0] = (int)low;
    range[1] = high < low ? (int)low - 1 : (int)high;
}

/* Marks the pixels of one row (x, y) of the grid, dx and dy steps from the atom. */
static void mark_row(const adatom_grid *grid, const stamp *s, int row, double dx, double dy,
                     double centre, const int range[2], double elevation)
{
    const double a0 = dx * grid->pixel[0][0] + dy * grid->pixel[1][0];
    const double b0 = dx * grid->pixel[0][1] + dy * grid->pixel[1][1];
    int place = wrapped(range[0], grid->shape[2]);
    for (int z = range[0]; z <= range[1]; z++) {
        const double dz = z - centre;
        const double a = a0 + dz * grid->pixel[2][0], b = b0 + dz * grid->pixel[2][1],
                     c = dz * grid->pixel[2][2];
        mark_point(s, row * grid->shape[2] + place, a * a + b * b + c * c + elevation * elevation);
        place = place + 1 == grid->shape[2] ? 0 : place + 1;
    }
}

/* Marks the pixels around a copy of an atom at pixel coordinates centre, elevated over the plane.
 */
static void mark_ball(const adatom_grid *grid, const stamp *s, const double centre[3],
                      double elevation)
{
    const double square = s->reach * s->reach - elevation * elevation;
    if (square < 0) {
        return;
    }
    double box[3];
    int range[3][2];
    adatom_grid_ball_box(grid, sqrt(square), box);
    for (int i = 0; i < 3; i++) {
        span(grid, i, centre[i], box[i], range[i]);
    }
    for (int x = range[0][0]; x <= range[0][1]; x++) {
        const int first = wrapped(x, grid->shape[0]) * grid->shape[1];
        int column = wrapped(range[1][0], grid->shape[1]);
        for (int y = range[1][0]; y <= range[1][1]; y++) {
            mark_row(grid, s, first + column, x - centre[0], y - centre[1], centre[2], range[2],
                     elevation);
            column = column + 1 == grid->shape[1] ? 0 : column + 1;
        }
    }
}

/* Copies that a periodic direction needs one by one: those that the wrapping of pixels does not
 * give. */
static void copy_range(const adatom_grid *grid, int i, double centre, double half, int range[2])
{
    range[0] = range[1] = 0;
    if (i < grid->dimensions && grid->cell_periodic[i] && !grid->periodic[i]) {
        range[0] = (int)ceil((-half - centre) / grid->repeat[i]);
        range[1] = (int)floor((grid->shape[i] - 1 + half - centre) / grid->repeat[i]);
    }
}

static void mark_copies_on_grid(const adatom_grid *grid, const stamp *s, const double centre[3],
                                double elevation)
{
    double box[3];
    int range[3][2];
    adatom_grid_ball_box(grid, s->reach, box);
    for (int i = 0; i < 3; i++) {
        copy_range(grid, i, centre[i], box[i], range[i]);
    }
    for (int i = range[0][0]; i <= range[0][1]; i++) {
        for (int j = range[1][0]; j <= range[1][1]; j++) {
            for (int k = range[2][0]; k <= range[2][1]; k++) {
                const double copy[3] = {centre[0] + i * grid->repeat[0],
                                        centre[1] + j * grid->repeat[1],
                                        centre[2] + k * grid->repeat[2]};
                mark_ball(grid, s, copy, elevation);
            }
        }
    }
}

/* Copies across a plane, which may be displaced along it. */
static void mark_copies_across(const adatom_grid *grid, const stamp *s, const double position[3])
{
    const double elevation = adatom_grid_elevation(grid, position);
    double height = 0;
    for (int k = 0; k < 3; k++) {
        height += grid->lattice[2][k] * grid->normal[k];
    }
    int range[2] = {0, 0};
    if (grid->cell_periodic[2]) {
        const double a = (-s->reach - elevation) / height, b = (s->reach - elevation) / height;
        range[0] = (int)ceil(fmin(a, b));
        range[1] = (int)floor(fmax(a, b));
    }
    for (int n = range[0]; n <= range[1]; n++) {
        double copy[3], centre[3];
        for (int k = 0; k < 3; k++) {
            copy[k] = position[k] + n * grid->lattice[2][k];
        }
        adatom_grid_coordinates(grid, copy, centre);
        mark_copies_on_grid(grid, s, centre, elevation + n * height);
    }
}

static void mark_all_copies(const adatom_grid *grid, const stamp *s, const double position[3])
{
    if (grid->dimensions == 2) {
        mark_copies_across(grid, s, position);
        return;
    }
    double centre[3];
    adatom_grid_coordinates(grid, position, centre);
    mark_copies_on_grid(grid, s, centre, 0);
}

/* The first atom: from now on a point must be near to one, for species that have such a rule. */
static void forget_near(adatom_builder *builder, uint8_t *points)
{
    for (int s = 0; s < builder->problem->species_count; s++) {
        if (!builder->rules.wants_near[s]) {
            continue;
        }
        for (int i = 0; i < builder->pixels; i++) {
            points[s * builder->pixels + i] &= (uint8_t)~NEAR;
        }
    }
}

static void mark_atom(adatom_builder *builder, uint8_t *points, int atomic_number,
                      const double position[3])
{
    const adatom_problem *problem = builder->problem;
    if (builder->atom_count == 0) {
        forget_near(builder, points);
    }
    for (int species = 0; species < problem->species_count; species++) {
        const int other = problem->species[species];
        const double mean = 0.5 * (adatom_element_covalent_radius(atomic_number) +
                                   adatom_element_covalent_radius(other));
        const double c1 = adatom_rules_c1(&builder->rules, atomic_number, other);
        const double c2 = adatom_rules_c2(&builder->rules, atomic_number, other);
        const double least = c1 * mean - 1e-9, largest = c2 * mean + 1e-9;
        const stamp s = {.least = least > 0 ? least * least : 0,
                         .largest = c2 > 0 ? largest * largest : -1,
                         .reach = fmax(fmax(least, c2 > 0 ? largest : 0), 0),
                         .points = points + (size_t)species * (size_t)builder->pixels};
        mark_all_copies(&problem->grid, &s, position);
    }
    builder->atom_count++;
}

/* A pixel that holds an atom stays closed also where c1 is 0. */
static void close_pixel(adatom_builder *builder, adatom_placement at)
{
    const int pixel = adatom_grid_index(&builder->problem->grid, at.pixel);
    for (int s = 0; s < builder->problem->species_count; s++) {
        builder->points[s * builder->pixels + pixel] &= (uint8_t)~OPEN;
    }
}

static void mark_start(adatom_builder *builder, const adatom_search_options *options)
{
    const adatom_problem *problem = builder->problem;
    const adatom_grid *grid = &problem->grid;
    for (int pixel = 0; pixel < builder->pixels; pixel++) {
        int at[3];
        adatom_grid_pixel_at(grid, pixel, at);
        const int bits = adatom_region_holds(grid, options, at) ? ALLOWED : NEAR;
        for (int s = 0; s < problem->species_count; s++) {
            builder->start_points[s * builder->pixels + pixel] = (uint8_t)bits;
        }
    }
    for (size_t a = 0; a < problem->start->atom_count; a++) {
        mark_atom(builder, builder->start_points, problem->start->atomic_numbers[a],
                  problem->start->positions[a]);
    }
}

static adatom_status check_room(const adatom_builder *builder)
{
    int open[ADATOM_PARTS_MAX] = {0};
    for (int s = 0; s < builder->problem->species_count; s++) {
        for (int i = 0; i < builder->pixels; i++) {
            open[s] += builder->start_points[s * builder->pixels + i] & OPEN;
        }
    }
    return adatom_builder_check_room(builder->problem, builder->rules.c1_least, open);
}

static adatom_status prepare(adatom_builder *builder, const adatom_search_options *options)
{
    const size_t count = (size_t)builder->problem->species_count * (size_t)builder->pixels;
    const adatom_rules *rules = &builder->rules;
    ADATOM_TRY(adatom_rules_read(builder->problem, options, &builder->rules));
    ADATOM_TRY(
        adatom_builder_check_reach(builder->problem, fmax(rules->c1_largest, rules->c2_largest)));
    const adatom_status status = adatom_builder_check_template(builder->problem, rules);
    if (status != ADATOM_OK) {
        return adatom_fail_in(status, "%s", options->system_template);
    }
    ADATOM_TRY(adatom_allocate(count, 1, &builder->points));
    ADATOM_TRY(adatom_allocate(count, 1, &builder->start_points));
    mark_start(builder, options);
    adatom_builder_reset(builder);
    return check_room(builder);
}

adatom_status adatom_builder_create(const adatom_problem *problem,
                                    const adatom_search_options *options, adatom_builder **out)
{
    adatom_builder *builder;
    ADATOM_TRY(adatom_allocate(1, sizeof *builder, &builder));
    builder->problem = problem;
    builder->pixels = adatom_problem_pixels(problem);
    const adatom_status status = prepare(builder, options);
    if (status != ADATOM_OK) {
        adatom_builder_free(builder);
        return status;
    }
    *out = builder;
    return ADATOM_OK;
}

void adatom_builder_free(adatom_builder *builder)
{
    if (builder == NULL) {
        return;
    }
    free(builder->points);
    free(builder->start_points);
    free(builder);
}

void adatom_builder_reset(adatom_builder *builder)
{
    const adatom_problem *problem = builder->problem;
    memcpy(builder->points, builder->start_points,
           (size_t)problem->species_count * (size_t)builder->pixels);
    memcpy(builder->remaining, problem->amounts, sizeof builder->remaining);
    builder->atom_count = (int)problem->start->atom_count;
}

void adatom_builder_place(adatom_builder *builder, adatom_placement placement)
{
    double position[3];
    adatom_grid_position(&builder->problem->grid, placement.pixel, position);
    mark_atom(builder, builder->points, builder->problem->species[placement.species], position);
    close_pixel(builder, placement);
    builder->remaining[placement.species]--;
}

int adatom_builder_remaining(const adatom_builder *builder, int species)
{
    return builder->remaining[species];
}

bool adatom_builder_is_open(const adatom_builder *builder, adatom_placement placement)
{
    return (builder->points[adatom_problem_action(builder->problem, placement)] & OPEN) != 0;
}

bool adatom_builder_may_stop(const adatom_builder *builder)
{
    const adatom_problem *problem = builder->problem;
    bool enough = problem->varies;
    for (int s = 0; s < problem->species_count; s++) {
        enough = enough && problem->amounts[s] - builder->remaining[s] >= problem->least[s];
    }
    return enough;
}

int adatom_builder_actions(const adatom_builder *builder, int *actions)
{
    int count = 0;
    for (int s = 0; s < builder->problem->species_count; s++) {
        if (builder->remaining[s] <= 0) {
            continue;
        }
        const int first = s * builder->pixels;
        for (int i = first; i < first + builder->pixels; i++) {
            actions[count] = i; /* without a branch: half of the points are closed */
            count += builder->points[i] == ALLOWED;
        }
    }
    return count;
}

void adatom_builder_mask(const adatom_builder *builder, uint8_t *allowed)
{
    for (int s = 0; s < builder->problem->species_count; s++) {
        const int first = s * builder->pixels;
        for (int i = first; i < first + builder->pixels; i++) {
            allowed[i] = builder->remaining[s] > 0 && builder->points[i] == ALLOWED;
        }
    }
}
