#include "search/problem.h"

#include "adatom/extxyz.h"
#include "atoms/cell.h"
#include "base/error.h"
#include "base/memory.h"
#include "search/stop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static adatom_status read_template(const char *path, adatom_structure **out)
{
    adatom_frames frames;
    ADATOM_TRY(adatom_extxyz_read(path, &frames));
    adatom_status status = ADATOM_OK;
    if (frames.count != 1) {
        status =
            adatom_fail(ADATOM_INVALID_INPUT, "%s: %zu structures, expected one as the template",
                        path, frames.count);
    } else {
        *out = frames.frames[0].structure;
        frames.frames[0].structure = NULL;
    }
    adatom_frames_clear(&frames);
    return status;
}

static adatom_status fill_cell(const adatom_search_options *options, adatom_structure *empty)
{
    const adatom_numbers *cell = &options->system_cell, *pbc = &options->system_pbc;
    if (cell->count != 3 && cell->count != 9) {
        return adatom_fail(
            ADATOM_INVALID_INPUT,
            "system.cell: %d numbers, expected 3 edges or 9 numbers where there is no template",
            cell->count);
    }
    for (int i = 0; i < cell->count; i++) {
        empty->cell[cell->count == 3 ? i : i / 3][i % 3] = cell->values[i];
    }
    if (pbc->count != 0 && pbc->count != 3) {
        return adatom_fail(ADATOM_INVALID_INPUT, "system.pbc: %d numbers, expected three, 0 or 1",
                           pbc->count);
    }
    for (int i = 0; i < pbc->count; i++) {
        if (pbc->values[i] != 0 && pbc->values[i] != 1) {
            return adatom_fail(ADATOM_INVALID_INPUT, "system.pbc: expected three numbers, 0 or 1");
        }
        empty->periodic[i] = pbc->values[i] == 1;
    }
    return ADATOM_OK;
}

static adatom_status make_start(const adatom_search_options *options, adatom_structure **out)
{
    if (options->system_template[0] != '\0') {
        if (options->system_cell.count > 0 || options->system_pbc.count > 0) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "system: give a template, or cell and pbc, but not both");
        }
        return read_template(options->system_template, out);
    }
    adatom_structure *empty;
    ADATOM_TRY(adatom_structure_create(0, &empty));
    const adatom_status status = fill_cell(options, empty);
    if (status != ADATOM_OK) {
        adatom_structure_free(empty);
        return status;
    }
    *out = empty;
    return ADATOM_OK;
}

/* A cell that nothing can be done with is better refused here, where its origin is known. */
static adatom_status check_cell(const adatom_search_options *options, const adatom_structure *start)
{
    double complete[3][3];
    const adatom_status status = adatom_cell_complete(start->cell, start->periodic, complete);
    if (status != ADATOM_OK) {
        const char *file = options->system_template;
        return adatom_fail_in(status, "%s", file[0] != '\0' ? file : "system.cell");
    }
    return ADATOM_OK;
}

/* Fractional height of the template's atoms along the third lattice vector. */
static adatom_status template_height(const adatom_structure *start, int direction, double *height)
{
    double complete[3][3], inverse[3][3];
    ADATOM_TRY(adatom_cell_complete(start->cell, start->periodic, complete));
    ADATOM_TRY(adatom_cell_invert(complete, inverse));
    double first = 0.5;
    for (size_t a = 0; a < start->atom_count; a++) {
        double fraction = 0;
        for (int k = 0; k < 3; k++) {
            fraction += start->positions[a][k] * inverse[k][direction];
        }
        first = a == 0 ? fraction : first;
        double step = fraction - first;
        step -= start->periodic[direction] ? round(step) : 0;
        if (fabs(step) * adatom_cell_height(complete, direction) > 0.01) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "grid.height: the atoms of the template lie at different heights, "
                               "expected the fraction at which the plane stands");
        }
    }
    *height = first;
    return ADATOM_OK;
}

/* As many numbers as the grid has directions, or twice as many. */
static adatom_status check_count(const adatom_numbers *numbers, const char *name, int expected)
{
    if (numbers->count != 0 && numbers->count != expected) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %d numbers, expected %d", name,
                           numbers->count, expected);
    }
    return ADATOM_OK;
}

static adatom_status choose_height(const adatom_search_options *options,
                                   const adatom_structure *start, adatom_grid_options *grid)
{
    if (grid->height < 0 && grid->height != -1) {
        return adatom_fail(ADATOM_INVALID_INPUT, "grid.height: %g, expected 0 to 1, or -1",
                           grid->height);
    }
    if (grid->height >= 0 || grid->dimensions == 3) {
        return ADATOM_OK;
    }
    const int third = 2 - options->grid_plane;
    return template_height(start, third, &grid->height);
}

static adatom_status check_blocks(const adatom_search_options *options)
{
    if (options->grid_dimensions == 2 &&
        options->grid_allowed_blocks.count + options->grid_forbidden_blocks.count > 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "grid: blocks need dimensions: 3; a plane has boxes and circles");
    }
    return ADATOM_OK;
}

static adatom_status lay_grid(const adatom_search_options *options, adatom_problem *problem)
{
    adatom_grid_options grid = adatom_grid_options_default();
    grid.dimensions = (int)options->grid_dimensions;
    grid.plane = (adatom_plane)options->grid_plane;
    grid.padding = (adatom_padding)options->grid_padding;
    grid.spacing = options->grid_spacing;
    grid.height = options->grid_height;
    ADATOM_TRY(check_count(&options->grid_shape, "grid.shape", grid.dimensions));
    ADATOM_TRY(check_count(&options->grid_region, "grid.region", 2 * grid.dimensions));
    ADATOM_TRY(check_blocks(options));
    for (int i = 0; i < options->grid_shape.count; i++) {
        const double points = options->grid_shape.values[i];
        if (points != floor(points) || points < 1) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "grid.shape: %g, expected whole numbers from 1", points);
        }
        grid.shape[i] = (int)points;
    }
    for (int i = 0; i < options->grid_region.count; i++) {
        grid.region[i / 2][i % 2] = options->grid_region.values[i];
    }
    ADATOM_TRY(choose_height(options, problem->start, &grid));
    return adatom_grid_lay(problem->start->cell, problem->start->periodic, &grid, &problem->grid);
}

/* Elements that are not named have a fixed number of atoms. */
static adatom_status take_least(const adatom_search_options *options, adatom_problem *problem)
{
    const adatom_element_numbers *least = &options->system_place_least;
    memcpy(problem->least, problem->amounts, sizeof problem->least);
    for (int i = 0; i < least->count; i++) {
        const int element = least->atomic_numbers[i][0];
        const double amount = least->values[i];
        int s = 0;
        while (s < problem->species_count && problem->species[s] != element) {
            s++;
        }
        if (s == problem->species_count) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "system.place_least: %s is not in system.place",
                               adatom_element_symbol(element));
        }
        if (amount != floor(amount) || amount > problem->amounts[s]) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "system.place_least: %g atoms of %s, expected a whole number up to "
                               "the %d of system.place",
                               amount, adatom_element_symbol(element), problem->amounts[s]);
        }
        problem->least[s] = (int)amount;
    }
    for (int s = 0; s < problem->species_count; s++) {
        problem->least_count += problem->least[s];
    }
    if (problem->least_count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "system.place_least: no atom at all, expected one at least");
    }
    problem->varies = problem->least_count < problem->step_count;
    problem->map_count = problem->species_count + (problem->varies ? 1 : 0);
    return ADATOM_OK;
}

static adatom_status take_composition(const adatom_search_options *options, adatom_problem *problem)
{
    const adatom_composition *place = &options->system_place;
    for (int i = 0; i < place->count; i++) {
        if (place->amounts[i] < 1 || place->amounts[i] > 100000) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "system.place: %d atoms of an element, expected 1 to 100000",
                               place->amounts[i]);
        }
        problem->species[i] = place->atomic_numbers[i];
        problem->amounts[i] = place->amounts[i];
        problem->step_count += place->amounts[i];
    }
    problem->species_count = place->count;
    if (problem->step_count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "system.place: expected the atoms to place, such as {C: 23}");
    }
    return take_least(options, problem);
}

/* Channels of elements that only the template has follow those of the placed ones. */
static int channel_of(adatom_problem *problem, int atomic_number)
{
    for (int c = 0; c < problem->channel_count; c++) {
        if (problem->channels[c] == atomic_number) {
            return c;
        }
    }
    problem->channels[problem->channel_count] = atomic_number;
    return problem->channel_count++;
}

/* Where the cell repeats across the plane: the copy of an atom that is nearest to it. */
static void copy_nearest_to_plane(const adatom_grid *grid, const double position[3], double copy[3])
{
    double height = 0;
    for (int k = 0; k < 3; k++) {
        height += grid->lattice[2][k] * grid->normal[k];
    }
    const double periods =
        grid->cell_periodic[2] ? round(adatom_grid_elevation(grid, position) / height) : 0;
    for (int k = 0; k < 3; k++) {
        copy[k] = position[k] - periods * grid->lattice[2][k];
    }
}

/* Template atoms far from the plane are not in the image; they still keep their distance. */
static adatom_status see_template(const adatom_search_options *options, adatom_problem *problem)
{
    const adatom_structure *start = problem->start;
    problem->channel_count = problem->species_count;
    memcpy(problem->channels, problem->species, sizeof problem->species);
    ADATOM_TRY(adatom_allocate(start->atom_count, sizeof *problem->seen, &problem->seen));
    ADATOM_TRY(
        adatom_allocate(start->atom_count, sizeof *problem->seen_atoms, &problem->seen_atoms));
    for (size_t a = 0; a < start->atom_count; a++) {
        double position[3];
        memcpy(position, start->positions[a], sizeof position);
        if (problem->grid.dimensions == 2) {
            copy_nearest_to_plane(&problem->grid, start->positions[a], position);
            if (fabs(adatom_grid_elevation(&problem->grid, position)) > options->grid_depth) {
                continue;
            }
        }
        const int channel = channel_of(problem, start->atomic_numbers[a]);
        problem->seen_atoms[problem->seen_count] = a;
        problem->seen[problem->seen_count++] =
            adatom_image_atom_at(&problem->grid, channel, position);
    }
    return ADATOM_OK;
}

adatom_status adatom_problem_create(const adatom_search_options *options, adatom_problem **out)
{
    adatom_problem *problem;
    adatom_status status;
    ADATOM_TRY(adatom_allocate(1, sizeof *problem, &problem));
    ADATOM_TRY_ELSE(status, failed, take_composition(options, problem));
    ADATOM_TRY_ELSE(status, failed, make_start(options, &problem->start));
    ADATOM_TRY_ELSE(status, failed, check_cell(options, problem->start));
    ADATOM_TRY_ELSE(status, failed, lay_grid(options, problem));
    ADATOM_TRY_ELSE(status, failed, see_template(options, problem));
    *out = problem;
    return ADATOM_OK;
failed:
    adatom_problem_free(problem);
    return status;
}

void adatom_problem_free(adatom_problem *problem)
{
    if (problem == NULL) {
        return;
    }
    adatom_structure_free(problem->start);
    free(problem->seen);
    free(problem->seen_atoms);
    free(problem);
}

int adatom_problem_pixels(const adatom_problem *problem)
{
    return adatom_grid_pixels(&problem->grid);
}

int adatom_problem_action(const adatom_problem *problem, adatom_placement placement)
{
    return placement.species * adatom_grid_pixels(&problem->grid) +
           adatom_grid_index(&problem->grid, placement.pixel);
}

adatom_placement adatom_problem_placement(const adatom_problem *problem, int action)
{
    const int pixels = adatom_grid_pixels(&problem->grid);
    adatom_placement placement = {.species = action / pixels};
    adatom_grid_pixel_at(&problem->grid, action % pixels, placement.pixel);
    return placement;
}

adatom_status adatom_problem_structure(const adatom_problem *problem, const int *actions, int count,
                                       adatom_structure **out)
{
    const adatom_structure *start = problem->start;
    const int placed = adatom_stop_atoms(problem, actions, count);
    adatom_structure *built;
    ADATOM_TRY(adatom_structure_create(start->atom_count + (size_t)placed, &built));
    memcpy(built->cell, start->cell, sizeof built->cell);
    memcpy(built->periodic, start->periodic, sizeof built->periodic);
    for (size_t a = 0; a < start->atom_count; a++) {
        built->atomic_numbers[a] = start->atomic_numbers[a];
        memcpy(built->positions[a], start->positions[a], sizeof built->positions[a]);
    }
    for (int i = 0; i < placed; i++) {
        const adatom_placement at = adatom_problem_placement(problem, actions[i]);
        const size_t a = start->atom_count + (size_t)i;
        built->atomic_numbers[a] = problem->species[at.species];
        adatom_grid_position(&problem->grid, at.pixel, built->positions[a]);
    }
    *out = built;
    return ADATOM_OK;
}
