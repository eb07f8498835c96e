#include "search/builder_check.h"

#include "atoms/neighbors.h"
#include "base/error.h"

#include <math.h>

static adatom_status refuse_pair(const adatom_structure *start, size_t i,
                                 const adatom_neighbor *other, double c1, double least)
{
    const char *first = adatom_element_symbol(start->atomic_numbers[i]);
    if (other->index == i) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "atom %zu (%s) and its periodic image are %.3f Å apart, "
                           "policy.c1 = %g asks for %.3f Å",
                           i + 1, first, other->distance, c1, least);
    }
    return adatom_fail(ADATOM_INVALID_INPUT,
                       "atoms %zu (%s) and %zu (%s) are %.3f Å apart, "
                       "policy.c1 = %g asks for %.3f Å",
                       i + 1, first, other->index + 1,
                       adatom_element_symbol(start->atomic_numbers[other->index]), other->distance,
                       c1, least);
}

static adatom_status check_neighbors(const adatom_structure *start,
                                     const adatom_neighbor_list *list, const adatom_rules *rules)
{
    for (size_t i = 0; i < list->atom_count; i++) {
        for (size_t n = list->first[i]; n < list->first[i + 1]; n++) {
            const adatom_neighbor *other = &list->neighbors[n];
            const double c1 = adatom_rules_c1(rules, start->atomic_numbers[i],
                                              start->atomic_numbers[other->index]);
            const double least =
                c1 * 0.5 *
                (adatom_element_covalent_radius(start->atomic_numbers[i]) +
                 adatom_element_covalent_radius(start->atomic_numbers[other->index]));
            if (other->distance < least - 1e-9) {
                return refuse_pair(start, i, other, c1, least);
            }
        }
    }
    return ADATOM_OK;
}

/* The largest among the pairs of the template. */
static double template_c1(const adatom_structure *start, const adatom_rules *rules)
{
    double largest = rules->c1;
    for (int i = 0; i < rules->c1_pairs->count; i++) {
        largest = fmax(largest, rules->c1_pairs->values[i]);
    }
    return start->atom_count > 0 ? largest : 0;
}

adatom_status adatom_builder_check_template(const adatom_problem *problem,
                                            const adatom_rules *rules)
{
    double largest = 0;
    for (size_t a = 0; a < problem->start->atom_count; a++) {
        largest = fmax(largest, adatom_element_covalent_radius(problem->start->atomic_numbers[a]));
    }
    const double c1 = template_c1(problem->start, rules);
    if (!(c1 * largest > 0)) {
        return ADATOM_OK;
    }
    adatom_neighbor_list *list;
    ADATOM_TRY(adatom_neighbor_list_create(problem->start, c1 * largest, &list));
    const adatom_status status = check_neighbors(problem->start, list, rules);
    adatom_neighbor_list_free(list);
    return status;
}

static double smallest_distance(const adatom_problem *problem, double c1)
{
    double smallest = INFINITY;
    for (int s = 0; s < problem->species_count; s++) {
        smallest = fmin(smallest, c1 * adatom_element_covalent_radius(problem->species[s]));
    }
    return smallest;
}

/* The plane that discs of this diameter around the points of the grid can cover, Å^2. */
static double covered_area(const adatom_grid *grid, double diameter)
{
    double edge[2];
    int steps[2];
    for (int i = 0; i < 2; i++) {
        steps[i] = grid->periodic[i] ? grid->shape[i] : grid->shape[i] - 1;
        edge[i] = steps[i] * hypot(grid->pixel[i][0], grid->pixel[i][1]);
    }
    const double pixel =
        fabs(grid->pixel[0][0] * grid->pixel[1][1] - grid->pixel[0][1] * grid->pixel[1][0]);
    double area = pixel * steps[0] * steps[1];
    area += grid->periodic[1] ? 0 : edge[0] * diameter;
    area += grid->periodic[0] ? 0 : edge[1] * diameter;
    const bool ends = !grid->periodic[0] && !grid->periodic[1];
    return area + (ends ? 0.25 * 3.14159265358979 * diameter * diameter : 0);
}

/* A parallelepiped that holds all balls of this diameter around the points of the grid, Å^3: where
 * the grid ends it is longer by half a diameter, measured across its faces. */
static double covered_volume(const adatom_grid *grid, double diameter)
{
    double volume =
        fabs((grid->pixel[0][0] * grid->pixel[1][1] - grid->pixel[0][1] * grid->pixel[1][0]) *
             grid->pixel[2][2]);
    for (int i = 0; i < 3; i++) {
        /* the distance of neighbouring faces is 1 / |row i of the inverse's transpose| */
        const double per_step =
            hypot(hypot(grid->inverse[0][i], grid->inverse[1][i]), grid->inverse[2][i]);
        volume *= grid->periodic[i] ? grid->shape[i] : grid->shape[i] - 1 + diameter * per_step;
    }
    return volume;
}

/* Atoms at this distance from each other that the grid can hold at most. No packing of discs is
 * denser than the hexagonal one (Fejes Tóth, Math. Z. 46, 83 (1940)), none of balls than the
 * face-centred cubic one (Hales, Ann. Math. 162, 1065 (2005)). */
static double most_atoms(const adatom_grid *grid, double distance)
{
    return grid->dimensions == 2
               ? covered_area(grid, distance) / (0.5 * sqrt(3) * distance * distance)
               : covered_volume(grid, distance) * sqrt(2) / (distance * distance * distance);
}

static double shortest_period(const adatom_grid *grid)
{
    double shortest = INFINITY;
    for (int code = 0; code < 125; code++) {
        const int n[3] = {code % 5 - 2, code / 5 % 5 - 2, code / 25 - 2};
        double vector[3] = {0, 0, 0};
        bool possible = n[0] != 0 || n[1] != 0 || n[2] != 0;
        for (int i = 0; i < 3; i++) {
            possible = possible && (n[i] == 0 || grid->cell_periodic[i]);
            for (int k = 0; k < 3; k++) {
                vector[k] += n[i] * grid->lattice[i][k];
            }
        }
        if (possible) {
            shortest = fmin(shortest, hypot(hypot(vector[0], vector[1]), vector[2]));
        }
    }
    return shortest;
}

adatom_status adatom_builder_check_room(const adatom_problem *problem, double c1,
                                        const int *open_points)
{
    int open = 0;
    for (int s = 0; s < problem->species_count; s++) {
        open = open_points[s] > open ? open_points[s] : open;
    }
    if (open < problem->least_count) {
        return adatom_fail(
            ADATOM_INVALID_INPUT,
            "grid: %d atoms to place, but only %d of %d points are open to them at the start",
            problem->least_count, open, adatom_problem_pixels(problem));
    }
    const double least = smallest_distance(problem, c1);
    const double period = shortest_period(&problem->grid);
    if (period < least) {
        return adatom_fail(
            ADATOM_INVALID_INPUT,
            "grid: an atom is %.3f Å from its own periodic image, policy.c1 = %g asks for %.3f Å",
            period, c1, least);
    }
    const double most = most_atoms(&problem->grid, least);
    if (least > 0 && problem->least_count > most * (1 + 1e-9)) {
        return adatom_fail(
            ADATOM_INVALID_INPUT,
            "grid: %d atoms to place, but no more than %.0f fit in at the distance of %.3f Å "
            "that policy.c1 = %g asks for",
            problem->least_count, floor(most), least, c1);
    }
    return ADATOM_OK;
}

adatom_status adatom_builder_check_reach(const adatom_problem *problem, double factor)
{
    const double most = 1e9;
    const adatom_grid *grid = &problem->grid;
    double radius = 0, box[3], points = 1;
    for (int s = 0; s < problem->species_count; s++) {
        radius = fmax(radius, adatom_element_covalent_radius(problem->species[s]));
    }
    for (size_t a = 0; a < problem->start->atom_count; a++) {
        radius = fmax(radius, adatom_element_covalent_radius(problem->start->atomic_numbers[a]));
    }
    adatom_grid_ball_box(grid, factor * radius, box);
    for (int i = 0; i < grid->dimensions; i++) {
        points *= grid->cell_periodic[i] ? 2 * box[i] + 1 : grid->shape[i];
    }
    if (grid->dimensions == 2 && grid->cell_periodic[2]) {
        double height = 0;
        for (int k = 0; k < 3; k++) {
            height += grid->lattice[2][k] * grid->normal[k];
        }
        points *= 2 * factor * radius / fabs(height) + 1;
    }
    if (points > most) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "policy: %g times a radius of %.2f Å spans %.2g points of the grid and "
                           "its copies, expected at most %.0g",
                           factor, radius, points, most);
    }
    return ADATOM_OK;
}
