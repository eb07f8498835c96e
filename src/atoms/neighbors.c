#include "atoms/neighbors.h"

#include "atoms/cell.h"
#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bins are boxes along the lattice vectors, as wide as the cutoff where the cell allows it. A cell
 * thinner than the cutoff has one bin, and the search then reaches over several images of it. */
typedef struct bins {
    int count[3]; /* along each lattice vector */
    int reach[3]; /* bins to look at in each direction */
    size_t *first;
    size_t *atoms;       /* those of bin b: atoms[first[b]] .. atoms[first[b + 1] - 1] */
    double (*places)[3]; /* their wrapped positions, in the same order */
} bins;

typedef struct pair_search {
    const adatom_structure *structure;
    double cutoff_radius;
    double cell[3][3];
    double (*wrapped)[3];    /* positions inside the cell along periodic directions, Å */
    int (*wrap)[3];          /* position = wrapped + wrap . cell */
    double (*fractional)[3]; /* of the wrapped positions */
    int (*bin)[3];
    bins bins;
    adatom_neighbor_list *list;
    size_t neighbor_count, capacity;
} pair_search;

static adatom_status allocate_search(pair_search *search, size_t count)
{
    ADATOM_TRY(adatom_allocate(count, sizeof *search->wrapped, &search->wrapped));
    ADATOM_TRY(adatom_allocate(count, sizeof *search->wrap, &search->wrap));
    ADATOM_TRY(adatom_allocate(count, sizeof *search->fractional, &search->fractional));
    ADATOM_TRY(adatom_allocate(count, sizeof *search->bin, &search->bin));
    ADATOM_TRY(adatom_allocate(count, sizeof *search->bins.atoms, &search->bins.atoms));
    ADATOM_TRY(adatom_allocate(count, sizeof *search->bins.places, &search->bins.places));
    ADATOM_TRY(adatom_allocate(1, sizeof *search->list, &search->list));
    search->list->atom_count = count;
    return adatom_allocate(count + 1, sizeof *search->list->first, &search->list->first);
}

static void release_search(pair_search *search)
{
    free(search->wrapped);
    free(search->wrap);
    free(search->fractional);
    free(search->bin);
    free(search->bins.first);
    free(search->bins.atoms);
    free(search->bins.places);
    adatom_neighbor_list_free(search->list);
}

/* Moves atom i into the cell along the periodic directions. */
static adatom_status wrap_atom(pair_search *search, const double inverse[3][3], size_t i)
{
    const double largest = 1e7; /* cells away: sums of shifts stay well inside an int */
    const double *position = search->structure->positions[i];
    memcpy(search->wrapped[i], position, sizeof search->wrapped[i]);
    for (int k = 0; k < 3; k++) {
        double fraction = 0;
        for (int x = 0; x < 3; x++) {
            fraction += position[x] * inverse[x][k];
        }
        if (!isfinite(fraction) || (search->structure->periodic[k] && fabs(fraction) > largest)) {
            return adatom_fail(ADATOM_INVALID_INPUT, "atom %zu is not at a finite position", i + 1);
        }
        const double cells = search->structure->periodic[k] ? floor(fraction) : 0;
        search->fractional[i][k] = fraction - cells;
        search->wrap[i][k] = (int)cells;
        for (int x = 0; x < 3; x++) {
            search->wrapped[i][x] -= cells * search->cell[k][x];
        }
    }
    return ADATOM_OK;
}

/* Extent of the atoms along lattice vector k, in fractions of it: 0 to 1 where periodic. */
static void find_extent(const pair_search *search, int k, double *from, double *to)
{
    *from = 0;
    *to = 1;
    if (search->structure->periodic[k] || search->structure->atom_count == 0) {
        return;
    }
    *from = *to = search->fractional[0][k];
    for (size_t i = 1; i < search->structure->atom_count; i++) {
        *from = fmin(*from, search->fractional[i][k]);
        *to = fmax(*to, search->fractional[i][k]);
    }
}

/* Chooses the bins along lattice vector k and puts the atoms in. */
static adatom_status divide_direction(pair_search *search, int k)
{
    const double largest_reach = 1000; /* images */
    const size_t atom_count = search->structure->atom_count;
    double from, to;
    find_extent(search, k, &from, &to);
    const double length = (to - from) * adatom_cell_height(search->cell, k);
    const double most = 2 * cbrt((double)atom_count) + 1; /* no more than some bins per atom */
    const int count = (int)fmax(1, floor(fmin(length / search->cutoff_radius, most)));
    double reach = ceil(search->cutoff_radius * count / length);
    if (!search->structure->periodic[k]) {
        reach = length > 0 ? fmin(reach, count - 1) : 0;
    }
    if (!(reach <= largest_reach)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "the cell is %g Å thin, far below the cutoff radius of %g Å", length,
                           search->cutoff_radius);
    }
    search->bins.count[k] = count;
    search->bins.reach[k] = (int)reach;
    for (size_t i = 0; i < atom_count; i++) {
        const double place = to > from ? (search->fractional[i][k] - from) / (to - from) : 0;
        search->bin[i][k] = (int)fmin(floor(place * count), count - 1);
    }
    return ADATOM_OK;
}

static size_t bin_index(const bins *grid, const int bin[3])
{
    return ((size_t)bin[0] * (size_t)grid->count[1] + (size_t)bin[1]) * (size_t)grid->count[2] +
           (size_t)bin[2];
}

static adatom_status fill_bins(pair_search *search)
{
    for (int k = 0; k < 3; k++) {
        ADATOM_TRY(divide_direction(search, k));
    }
    bins *grid = &search->bins;
    const size_t total = (size_t)grid->count[0] * (size_t)grid->count[1] * (size_t)grid->count[2];
    ADATOM_TRY(adatom_allocate(total + 2, sizeof *grid->first, &grid->first));
    /* Counting sort; first is shifted by one while it serves as the place to write to. */
    const size_t atom_count = search->structure->atom_count;
    for (size_t i = 0; i < atom_count; i++) {
        grid->first[bin_index(grid, search->bin[i]) + 2]++;
    }
    for (size_t b = 2; b < total + 2; b++) {
        grid->first[b] += grid->first[b - 1];
    }
    for (size_t i = 0; i < atom_count; i++) {
        const size_t place = grid->first[bin_index(grid, search->bin[i]) + 1]++;
        grid->atoms[place] = i;
        memcpy(grid->places[place], search->wrapped[i], sizeof search->wrapped[i]);
    }
    return ADATOM_OK;
}

/* Looks at the atoms of `count` bins from `bin` on, moved by `image` lattice vectors. */
static adatom_status search_bins(pair_search *search, size_t i, size_t bin, size_t count,
                                 const int image[3])
{
    const bins *grid = &search->bins;
    const size_t first = grid->first[bin], end = grid->first[bin + count];
    double offset[3]; /* from atom i to the origin of the image */
    for (int x = 0; x < 3; x++) {
        offset[x] = image[0] * search->cell[0][x] + image[1] * search->cell[1][x] +
                    image[2] * search->cell[2][x] - search->wrapped[i][x];
    }
    const bool home = image[0] == 0 && image[1] == 0 && image[2] == 0;
    /* Rounding of the square may go either way: what is near the limit is decided by the root. */
    const double limit = search->cutoff_radius * search->cutoff_radius * (1 + 1e-12);
    ADATOM_TRY(adatom_grow(&search->list->neighbors, &search->capacity,
                           search->neighbor_count + (end - first), sizeof(adatom_neighbor)));
    for (size_t a = first; a < end; a++) {
        const double *place = grid->places[a];
        const double x = place[0] + offset[0], y = place[1] + offset[1], z = place[2] + offset[2];
        const double squared = x * x + y * y + z * z;
        if (squared > limit) {
            continue;
        }
        const size_t j = grid->atoms[a];
        adatom_neighbor *neighbor = &search->list->neighbors[search->neighbor_count];
        *neighbor = (adatom_neighbor){.index = j, .vector = {x, y, z}, .distance = sqrt(squared)};
        if (!(neighbor->distance < search->cutoff_radius) || (home && j == i)) {
            continue;
        }
        for (int k = 0; k < 3; k++) {
            neighbor->shift[k] = image[k] + search->wrap[i][k] - search->wrap[j][k];
        }
        search->neighbor_count++;
    }
    return ADATOM_OK;
}

/* The bin `step` away along lattice vector k and the image of the cell it lies in; false if there
 * is none. */
static bool step_bin(const pair_search *search, size_t i, int k, int step, int bin[3], int image[3])
{
    const int count = search->bins.count[k];
    const int target = search->bin[i][k] + step;
    image[k] = 0;
    if (target < 0 || target >= count) {
        image[k] = target >= 0 ? target / count : -((count - 1 - target) / count);
    }
    bin[k] = target - image[k] * count;
    return image[k] == 0 || search->structure->periodic[k];
}

/* The bins along the last lattice vector, those that follow each other in memory at once. */
static adatom_status search_row(pair_search *search, size_t i, int bin[3], int image[3])
{
    const int reach = search->bins.reach[2];
    size_t first = 0, count = 0; /* of a run in one image */
    int run_image[3] = {image[0], image[1], 0};
    for (int z = -reach; z <= reach; z++) {
        if (!step_bin(search, i, 2, z, bin, image)) {
            continue;
        }
        const size_t next = bin_index(&search->bins, bin);
        if (count > 0 && (image[2] != run_image[2] || next != first + count)) {
            ADATOM_TRY(search_bins(search, i, first, count, run_image));
            count = 0;
        }
        if (count == 0) {
            first = next;
            run_image[2] = image[2];
        }
        count++;
    }
    return count > 0 ? search_bins(search, i, first, count, run_image) : ADATOM_OK;
}

static adatom_status find_neighbors(pair_search *search, size_t i)
{
    const int *reach = search->bins.reach;
    int bin[3], image[3];
    for (int x = -reach[0]; x <= reach[0]; x++) {
        if (!step_bin(search, i, 0, x, bin, image)) {
            continue;
        }
        for (int y = -reach[1]; y <= reach[1]; y++) {
            if (step_bin(search, i, 1, y, bin, image)) {
                ADATOM_TRY(search_row(search, i, bin, image));
            }
        }
    }
    return ADATOM_OK;
}

static adatom_status run_search(pair_search *search)
{
    const size_t count = search->structure->atom_count;
    double inverse[3][3];
    ADATOM_TRY(adatom_cell_complete((const double(*)[3])search->structure->cell,
                                    search->structure->periodic, search->cell));
    ADATOM_TRY(adatom_cell_invert((const double(*)[3])search->cell, inverse));
    ADATOM_TRY(allocate_search(search, count));
    for (size_t i = 0; i < count; i++) {
        ADATOM_TRY(wrap_atom(search, (const double(*)[3])inverse, i));
    }
    ADATOM_TRY(fill_bins(search));
    for (size_t i = 0; i < count; i++) {
        ADATOM_TRY(find_neighbors(search, i));
        search->list->first[i + 1] = search->neighbor_count;
    }
    return ADATOM_OK;
}

adatom_status adatom_neighbor_list_create(const adatom_structure *structure, double cutoff_radius,
                                          adatom_neighbor_list **out)
{
    if (!isfinite(cutoff_radius) || cutoff_radius <= 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "a cutoff radius of %g Å is not above 0",
                           cutoff_radius);
    }
    pair_search search = {.structure = structure, .cutoff_radius = cutoff_radius};
    const adatom_status status = run_search(&search);
    if (status == ADATOM_OK) {
        *out = search.list;
        search.list = NULL;
    }
    release_search(&search);
    return status;
}

void adatom_neighbor_list_free(adatom_neighbor_list *list)
{
    if (list == NULL) {
        return;
    }
    free(list->first);
    free(list->neighbors);
    free(list);
}
