#include "search/canonical.h"

#include "base/error.h"
#include "base/memory.h"
#include "search/stop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Translations are tried one by one: too many of them would cost more than an evaluation. */
enum { TRIALS_MOST = 1 << 16 };

/* -- what does not change from build to build */

/* The pixel of each template atom, if all stand on pixels. */
static bool template_is_on_grid(const adatom_problem *problem, int (*pixels)[3])
{
    const adatom_structure *start = problem->start;
    for (size_t a = 0; a < start->atom_count; a++) {
        double coordinates[3], place[3], distance = 0;
        int unwrapped[3];
        adatom_grid_coordinates(&problem->grid, start->positions[a], coordinates);
        for (int i = 0; i < 3; i++) {
            coordinates[i] = round(coordinates[i]);
            if (!(fabs(coordinates[i]) < ADATOM_GRID_POINTS_MAX)) {
                return false;
            }
            unwrapped[i] = (int)coordinates[i];
        }
        adatom_grid_position(&problem->grid, unwrapped, place);
        for (int k = 0; k < 3; k++) {
            distance = fmax(distance, fabs(place[k] - start->positions[a][k]));
        }
        adatom_grid_nearest(&problem->grid, coordinates, pixels[a]);
        if (distance > 1e-8 || !adatom_grid_holds(&problem->grid, pixels[a])) {
            return false;
        }
    }
    return true;
}

static int rank_of(adatom_canonical *canonical, int element)
{
    for (int rank = 0; rank < canonical->element_count; rank++) {
        if (canonical->elements[rank] == element) {
            return rank;
        }
    }
    canonical->elements[canonical->element_count] = element;
    return canonical->element_count++;
}

static size_t from_template(const adatom_canonical *canonical)
{
    return canonical->problem->start->atom_count - canonical->first;
}

/* The rarest element that there is: its atoms make the translations that are tried. */
static void find_anchor(adatom_canonical *canonical, const size_t *counts)
{
    canonical->anchor_count = 0;
    for (int rank = 0; rank < canonical->element_count; rank++) {
        if (counts[rank] > 0 &&
            (canonical->anchor_count == 0 || counts[rank] < canonical->anchor_count)) {
            canonical->anchor_rank = rank;
            canonical->anchor_count = counts[rank];
        }
    }
}

/* The elements of the places: the template's atoms, then as many others of each as are placed. */
static void lay_places(adatom_canonical *canonical, const int *amounts)
{
    const adatom_problem *problem = canonical->problem;
    size_t starts[ADATOM_ELEMENT_COUNT] = {0}, counts[ADATOM_ELEMENT_COUNT] = {0};
    size_t place = from_template(canonical);
    for (int s = 0; s < problem->species_count; s++) {
        (void)rank_of(canonical, problem->species[s]);
    }
    for (size_t a = 0; a < from_template(canonical); a++) {
        canonical->ranks[a] = rank_of(canonical, problem->start->atomic_numbers[a]);
    }
    for (int s = 0; s < problem->species_count; s++) {
        for (int i = 0; i < amounts[s]; i++) {
            canonical->ranks[place++] = rank_of(canonical, problem->species[s]);
        }
    }
    canonical->count = place;
    canonical->atom_count = canonical->structure->atom_count = canonical->first + place;
    for (size_t i = 0; i < canonical->count; i++) {
        counts[canonical->ranks[i]]++;
    }
    find_anchor(canonical, counts);
    for (int rank = 1; rank < canonical->element_count; rank++) {
        starts[rank] = starts[rank - 1] + counts[rank - 1];
    }
    for (size_t i = 0; i < canonical->count; i++) {
        const int rank = canonical->ranks[i];
        canonical->slot_of[starts[rank]++] = i;
        canonical->structure->atomic_numbers[canonical->first + i] = canonical->elements[rank];
    }
}

static adatom_status allocate(adatom_canonical *canonical)
{
    const size_t count = canonical->atoms_most;
    ADATOM_TRY(adatom_allocate(count, sizeof *canonical->pixels, &canonical->pixels));
    ADATOM_TRY(adatom_allocate(count, sizeof *canonical->ranks, &canonical->ranks));
    ADATOM_TRY(adatom_allocate(count, sizeof *canonical->slot_of, &canonical->slot_of));
    ADATOM_TRY(adatom_allocate(count, sizeof *canonical->sorted, &canonical->sorted));
    ADATOM_TRY(adatom_allocate(count, sizeof *canonical->trial, &canonical->trial));
    ADATOM_TRY(adatom_allocate(count, sizeof *canonical->key, &canonical->key));
    ADATOM_TRY(adatom_allocate(count, sizeof *canonical->built_atom, &canonical->built_atom));
    return adatom_structure_create(count, &canonical->structure);
}

static void prepare(adatom_canonical *canonical, const adatom_search_options *options)
{
    const adatom_problem *problem = canonical->problem;
    const adatom_structure *start = problem->start;
    adatom_structure *structure = canonical->structure;
    const bool held = options->relax_steps > 0 && !options->relax_template;
    canonical->moves =
        options->evaluation_translations &&
        (start->atom_count == 0 || (!held && template_is_on_grid(problem, canonical->pixels)));
    canonical->first = canonical->moves ? 0 : start->atom_count;
    canonical->key_length = canonical->atoms_most - canonical->first;
    memcpy(structure->cell, start->cell, sizeof structure->cell);
    memcpy(structure->periodic, start->periodic, sizeof structure->periodic);
    for (size_t a = 0; a < canonical->first; a++) {
        structure->atomic_numbers[a] = start->atomic_numbers[a];
        memcpy(structure->positions[a], start->positions[a], sizeof structure->positions[a]);
        canonical->built_atom[a] = a;
    }
    lay_places(canonical, problem->amounts);
}

adatom_status adatom_canonical_create(const adatom_problem *problem,
                                      const adatom_search_options *options, adatom_canonical **out)
{
    adatom_canonical *canonical;
    ADATOM_TRY(adatom_allocate(1, sizeof *canonical, &canonical));
    canonical->problem = problem;
    canonical->atoms_most = problem->start->atom_count + (size_t)problem->step_count;
    const adatom_status status = allocate(canonical);
    if (status != ADATOM_OK) {
        adatom_canonical_free(canonical);
        return status;
    }
    prepare(canonical, options);
    *out = canonical;
    return ADATOM_OK;
}

void adatom_canonical_free(adatom_canonical *canonical)
{
    if (canonical == NULL) {
        return;
    }
    free(canonical->pixels);
    free(canonical->ranks);
    free(canonical->slot_of);
    free(canonical->sorted);
    free(canonical->trial);
    free(canonical->key);
    free(canonical->built_atom);
    adatom_structure_free(canonical->structure);
    free(canonical);
}

/* -- one build */

static void place_atoms(adatom_canonical *canonical, const int *actions)
{
    const adatom_problem *problem = canonical->problem;
    const int placed = adatom_stop_atoms(problem, actions, problem->step_count);
    int amounts[ADATOM_PARTS_MAX] = {0};
    for (int i = 0; i < placed; i++) {
        amounts[adatom_problem_placement(problem, actions[i]).species]++;
    }
    lay_places(canonical, amounts);
    for (int i = 0; i < placed; i++) {
        const adatom_placement at = adatom_problem_placement(problem, actions[i]);
        const size_t a = from_template(canonical) + (size_t)i;
        memcpy(canonical->pixels[a], at.pixel, sizeof at.pixel);
        canonical->ranks[a] = at.species;
    }
}

static int by_code(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void sort(uint64_t *codes, size_t count)
{
    if (count > 64) {
        qsort(codes, count, sizeof *codes, by_code);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        const uint64_t code = codes[i];
        size_t place = i;
        for (; place > 0 && codes[place - 1] > code; place--) {
            codes[place] = codes[place - 1];
        }
        codes[place] = code;
    }
}

/* Of an atom when the pixel `corner` is made the first one: by element, then by pixel. 31 bits are
 * enough: 118 elements on at most 2^24 pixels. */
static uint64_t code_of(const adatom_canonical *canonical, size_t atom, const int corner[3])
{
    const int *shape = canonical->problem->grid.shape, *pixel = canonical->pixels[atom];
    uint64_t code = (uint64_t)canonical->ranks[atom];
    for (int i = 0; i < 3; i++) {
        const int step = pixel[i] - corner[i];
        code = code * (uint64_t)shape[i] + (uint64_t)(step < 0 ? step + shape[i] : step);
    }
    return code;
}

static void encode(const adatom_canonical *canonical, const int corner[3], uint64_t *codes)
{
    for (size_t a = 0; a < canonical->count; a++) {
        codes[a] = code_of(canonical, a, corner) << 32 | a;
    }
    sort(codes, canonical->count);
}

/* The lowest code of the other atoms: where it is higher than another translation's, so is the key,
 * since what the atom on the first pixel adds to the key is always the same, if there are no edges.
 */
static uint64_t lowest_of_others(const adatom_canonical *canonical, size_t atom,
                                 const int corner[3])
{
    uint64_t lowest = UINT64_MAX;
    for (size_t a = 0; a < canonical->count; a++) {
        const uint64_t code = a != atom ? code_of(canonical, a, corner) : UINT64_MAX;
        lowest = code < lowest ? code : lowest;
    }
    return lowest;
}

static bool is_lower(const adatom_canonical *canonical)
{
    for (size_t k = 0; k < canonical->count; k++) {
        const uint64_t a = canonical->trial[k] >> 32, b = canonical->sorted[k] >> 32;
        if (a != b) {
            return a < b;
        }
    }
    return false;
}

static int lowest_pixel(const adatom_canonical *canonical, int direction)
{
    int lowest = canonical->pixels[0][direction];
    for (size_t a = 1; a < canonical->count; a++) {
        const int pixel = canonical->pixels[a][direction];
        lowest = pixel < lowest ? pixel : lowest;
    }
    return lowest;
}

/* One translation after the other: each atom of the rarest element comes to the first pixel. */
static void move_around(adatom_canonical *canonical, const int edge[3])
{
    const adatom_grid *grid = &canonical->problem->grid;
    const bool no_edge = !adatom_grid_has_edge(grid, 0) && !adatom_grid_has_edge(grid, 1) &&
                         !adatom_grid_has_edge(grid, 2);
    uint64_t lowest = UINT64_MAX;
    bool first = true;
    for (size_t a = 0; a < canonical->count; a++) {
        int corner[3];
        if (canonical->ranks[a] != canonical->anchor_rank) {
            continue;
        }
        for (int i = 0; i < 3; i++) {
            corner[i] = grid->periodic[i] ? canonical->pixels[a][i] : edge[i];
        }
        const uint64_t code = lowest_of_others(canonical, no_edge ? a : SIZE_MAX, corner);
        if (!first && code > lowest) {
            continue;
        }
        encode(canonical, corner, canonical->trial);
        if (first || code < lowest || is_lower(canonical)) {
            uint64_t *lower = canonical->trial;
            canonical->trial = canonical->sorted;
            canonical->sorted = lower;
        }
        lowest = code;
        first = false;
    }
}

/* Along a direction without end the lowest key counts; elsewhere the atoms move to the edge. */
static void move_to_corner(adatom_canonical *canonical)
{
    const adatom_grid *grid = &canonical->problem->grid;
    int edge[3];
    for (int i = 0; i < 3; i++) {
        edge[i] = grid->periodic[i] ? 0 : lowest_pixel(canonical, i);
    }
    if ((grid->periodic[0] || grid->periodic[1] || grid->periodic[2]) &&
        canonical->anchor_count * canonical->count <= TRIALS_MOST) {
        move_around(canonical, edge);
    } else {
        encode(canonical, edge, canonical->sorted);
    }
}

/* Where there is an edge, the atoms are evaluated in the middle, as far from it as can be. */
static void find_middle(const adatom_canonical *canonical, int middle[3])
{
    const adatom_grid *grid = &canonical->problem->grid;
    int largest[3] = {0, 0, 0};
    for (size_t k = 0; k < canonical->count; k++) {
        int at[3];
        adatom_grid_pixel_at(grid, canonical->key[k] % adatom_grid_pixels(grid), at);
        for (int i = 0; i < 3; i++) {
            largest[i] = at[i] > largest[i] ? at[i] : largest[i];
        }
    }
    for (int i = 0; i < 3; i++) {
        middle[i] =
            canonical->moves && !grid->periodic[i] ? (grid->shape[i] - 1 - largest[i]) / 2 : 0;
    }
}

static void lay_structure(adatom_canonical *canonical)
{
    const adatom_grid *grid = &canonical->problem->grid;
    int middle[3];
    for (size_t k = 0; k < canonical->count; k++) {
        canonical->key[k] = (int32_t)(canonical->sorted[k] >> 32);
    }
    for (size_t k = canonical->count; k < canonical->key_length; k++) {
        canonical->key[k] = -1;
    }
    find_middle(canonical, middle);
    for (size_t k = 0; k < canonical->count; k++) {
        const size_t atom = canonical->first + canonical->slot_of[k];
        int pixel[3];
        adatom_grid_pixel_at(grid, canonical->key[k] % adatom_grid_pixels(grid), pixel);
        for (int i = 0; i < 3; i++) {
            pixel[i] += middle[i];
        }
        adatom_grid_position(grid, pixel, canonical->structure->positions[atom]);
        canonical->built_atom[atom] =
            canonical->first + (size_t)(canonical->sorted[k] & UINT32_MAX);
    }
}

void adatom_canonical_take(adatom_canonical *canonical, const int *actions)
{
    const int corner[3] = {0, 0, 0};
    place_atoms(canonical, actions);
    if (canonical->moves) {
        move_to_corner(canonical);
    } else {
        encode(canonical, corner, canonical->sorted);
    }
    lay_structure(canonical);
}
