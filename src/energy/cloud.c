#include "energy/cloud.h"

#include "atoms/cell.h"
#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double most_particles = 1 << 23;

typedef struct neighbor_table {
    adatom_cloud_list list;
    int particle_count; /* that have neighbours listed */
    size_t *first;      /* [particle_count + 1] */
    size_t first_capacity;
    int *neighbors;
    size_t capacity;
} neighbor_table;

/* Particles sorted into boxes that are as wide as the longest cutoff, so that neighbours are in the
 * 27 boxes around. Boxes in a row along z follow each other in memory. */
typedef struct box_grid {
    double origin[3], boxes_per_length[3];
    int count[3];
    int *first; /* particles of box b: first[b] .. first[b + 1] - 1 in sorted order */
    size_t first_capacity;
} box_grid;

typedef struct sorted_particle {
    double x, y, z;
    int particle;
} sorted_particle;

struct adatom_cloud_scratch {
    double image_distance, longest_cutoff;
    double (*fractional)[3]; /* of the atoms */
    size_t fractional_capacity, coordinate_capacity, owner_capacity;
    box_grid grid;
    int (*box)[3]; /* of each particle */
    size_t box_capacity;
    sorted_particle *sorted;
    size_t sorted_capacity;
    neighbor_table *tables;
    int table_count;
};

static adatom_status create_parts(const adatom_cloud_list *lists, int list_count,
                                  double image_distance, adatom_cloud *cloud)
{
    ADATOM_TRY(adatom_allocate(1, sizeof *cloud->scratch, &cloud->scratch));
    struct adatom_cloud_scratch *scratch = cloud->scratch;
    scratch->image_distance = image_distance;
    ADATOM_TRY(adatom_allocate((size_t)list_count, sizeof *scratch->tables, &scratch->tables));
    scratch->table_count = list_count;
    for (int i = 0; i < list_count; i++) {
        scratch->tables[i].list = lists[i];
        scratch->longest_cutoff = fmax(scratch->longest_cutoff, lists[i].cutoff_radius);
    }
    return ADATOM_OK;
}

adatom_status adatom_cloud_create(const adatom_cloud_list *lists, int list_count,
                                  double image_distance, adatom_cloud **out)
{
    for (int i = 0; i < list_count; i++) {
        if (!isfinite(lists[i].cutoff_radius) || lists[i].cutoff_radius < 0) {
            return adatom_fail(ADATOM_INVALID_INPUT, "a cutoff radius is not finite");
        }
    }
    if (!isfinite(image_distance) || list_count < 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the influence distance is not finite");
    }
    adatom_cloud *cloud;
    ADATOM_TRY(adatom_allocate(1, sizeof *cloud, &cloud));
    const adatom_status status = create_parts(lists, list_count, image_distance, cloud);
    if (status != ADATOM_OK) {
        adatom_cloud_free(cloud);
        return status;
    }
    *out = cloud;
    return ADATOM_OK;
}

static void free_scratch(struct adatom_cloud_scratch *scratch)
{
    for (int i = 0; i < scratch->table_count; i++) {
        free(scratch->tables[i].first);
        free(scratch->tables[i].neighbors);
    }
    free(scratch->tables);
    free(scratch->fractional);
    free(scratch->grid.first);
    free(scratch->box);
    free(scratch->sorted);
    free(scratch);
}

void adatom_cloud_free(adatom_cloud *cloud)
{
    if (cloud == NULL) {
        return;
    }
    if (cloud->scratch != NULL) {
        free_scratch(cloud->scratch);
    }
    free(cloud->coordinates);
    free(cloud->owner);
    free(cloud);
}

static adatom_status reserve_particles(adatom_cloud *cloud, size_t count)
{
    struct adatom_cloud_scratch *scratch = cloud->scratch;
    ADATOM_TRY(adatom_grow(&cloud->coordinates, &scratch->coordinate_capacity, count,
                           sizeof *cloud->coordinates));
    ADATOM_TRY(adatom_grow(&cloud->owner, &scratch->owner_capacity, count, sizeof *cloud->owner));
    ADATOM_TRY(adatom_grow(&scratch->box, &scratch->box_capacity, count, sizeof *scratch->box));
    return adatom_grow(&scratch->sorted, &scratch->sorted_capacity, count, sizeof *scratch->sorted);
}

/* Puts the atoms into the cloud, moved into the cell along periodic directions. */
static adatom_status take_atoms(adatom_cloud *cloud, const adatom_structure *structure,
                                const double cell[3][3])
{
    struct adatom_cloud_scratch *scratch = cloud->scratch;
    double inverse[3][3];
    ADATOM_TRY(adatom_cell_invert(cell, inverse));
    for (size_t i = 0; i < structure->atom_count; i++) {
        const double *from = structure->positions[i];
        double to[3] = {from[0], from[1], from[2]};
        for (int k = 0; k < 3; k++) {
            double fraction =
                from[0] * inverse[0][k] + from[1] * inverse[1][k] + from[2] * inverse[2][k];
            const double cells = structure->periodic[k] ? floor(fraction) : 0;
            for (int x = 0; x < 3; x++) {
                to[x] -= cells * cell[k][x];
            }
            scratch->fractional[i][k] = fraction - cells;
        }
        memcpy(cloud->coordinates[i], to, sizeof to);
        cloud->owner[i] = (int)i;
    }
    return ADATOM_OK;
}

/* The slab that holds the atoms and all images within the image distance, in fractions of the
 * lattice vectors. */
typedef struct slab {
    double from[3], to[3];
    bool periodic[3];
} slab;

static void find_slab(const adatom_cloud *cloud, const adatom_structure *structure,
                      const double cell[3][3], slab *region)
{
    const struct adatom_cloud_scratch *scratch = cloud->scratch;
    for (int k = 0; k < 3; k++) {
        double from = scratch->fractional[0][k], to = from;
        for (size_t i = 1; i < structure->atom_count; i++) {
            from = fmin(from, scratch->fractional[i][k]);
            to = fmax(to, scratch->fractional[i][k]);
        }
        const double margin =
            (scratch->image_distance * (1 + 1e-9) + 1e-9) / adatom_cell_height(cell, k);
        region->from[k] = from - margin;
        region->to[k] = to + margin;
        region->periodic[k] = structure->periodic[k];
    }
}

/* First and last image of an atom inside the slab along lattice vector k. */
static void image_range(const slab *region, int k, double fraction, double *from, double *to)
{
    *from = region->periodic[k] ? ceil(region->from[k] - fraction) : 0;
    *to = region->periodic[k] ? floor(region->to[k] - fraction) : 0;
}

static double count_particles(const adatom_cloud *cloud, const slab *region)
{
    double total = 0;
    for (int i = 0; i < cloud->atom_count; i++) {
        double images = 1;
        for (int k = 0; k < 3; k++) {
            double from, to;
            image_range(region, k, cloud->scratch->fractional[i][k], &from, &to);
            images *= to - from + 1;
        }
        total += images;
    }
    return total;
}

static void add_image(adatom_cloud *cloud, const double cell[3][3], int atom, const int image[3])
{
    if (image[0] == 0 && image[1] == 0 && image[2] == 0) {
        return;
    }
    double *to = cloud->coordinates[cloud->particle_count];
    for (int x = 0; x < 3; x++) {
        to[x] = cloud->coordinates[atom][x] + image[0] * cell[0][x] + image[1] * cell[1][x] +
                image[2] * cell[2][x];
    }
    cloud->owner[cloud->particle_count++] = atom;
}

static void add_images(adatom_cloud *cloud, const slab *region, const double cell[3][3])
{
    for (int i = 0; i < cloud->atom_count; i++) {
        double from[3], to[3];
        for (int k = 0; k < 3; k++) {
            image_range(region, k, cloud->scratch->fractional[i][k], &from[k], &to[k]);
        }
        int image[3];
        for (image[0] = (int)from[0]; image[0] <= (int)to[0]; image[0]++) {
            for (image[1] = (int)from[1]; image[1] <= (int)to[1]; image[1]++) {
                for (image[2] = (int)from[2]; image[2] <= (int)to[2]; image[2]++) {
                    add_image(cloud, cell, i, image);
                }
            }
        }
    }
}

/* Chooses the boxes along axis x; no more of them than about two per particle in a cube. */
static void divide_axis(adatom_cloud *cloud, int x)
{
    box_grid *grid = &cloud->scratch->grid;
    double from = cloud->coordinates[0][x], to = from;
    for (int i = 1; i < cloud->particle_count; i++) {
        const double place = cloud->coordinates[i][x];
        from = place < from ? place : from;
        to = place > to ? place : to;
    }
    const double length = to - from;
    const double width = fmax(cloud->scratch->longest_cutoff * (1 + 1e-9), 1e-6);
    const double most = 1 + 2 * cbrt((double)cloud->particle_count);
    grid->count[x] = (int)fmax(1, floor(fmin(length / width, most)));
    grid->origin[x] = from;
    grid->boxes_per_length[x] = length > 0 ? grid->count[x] / length : 0;
    for (int i = 0; i < cloud->particle_count; i++) {
        const int box = (int)((cloud->coordinates[i][x] - from) * grid->boxes_per_length[x]);
        cloud->scratch->box[i][x] = box < grid->count[x] ? box : grid->count[x] - 1;
    }
}

static int box_index(const box_grid *grid, const int box[3])
{
    return (box[0] * grid->count[1] + box[1]) * grid->count[2] + box[2];
}

/* Counting sort of the particles by their boxes. */
static adatom_status sort_into_boxes(adatom_cloud *cloud)
{
    struct adatom_cloud_scratch *scratch = cloud->scratch;
    box_grid *grid = &scratch->grid;
    for (int x = 0; x < 3; x++) {
        divide_axis(cloud, x);
    }
    const size_t total = (size_t)grid->count[0] * (size_t)grid->count[1] * (size_t)grid->count[2];
    ADATOM_TRY(adatom_grow(&grid->first, &grid->first_capacity, total + 2, sizeof *grid->first));
    memset(grid->first, 0, (total + 2) * sizeof *grid->first);
    for (int i = 0; i < cloud->particle_count; i++) {
        grid->first[box_index(grid, scratch->box[i]) + 2]++;
    }
    for (size_t b = 2; b < total + 2; b++) {
        grid->first[b] += grid->first[b - 1];
    }
    for (int i = 0; i < cloud->particle_count; i++) {
        const double *place = cloud->coordinates[i];
        const int slot = grid->first[box_index(grid, scratch->box[i]) + 1]++;
        scratch->sorted[slot] = (sorted_particle){place[0], place[1], place[2], i};
    }
    return ADATOM_OK;
}

/* Appends to `neighbors` those of the sorted particles from .. to - 1 that are near the place;
 * returns how many. Writes each and keeps it by moving on: no branch to mispredict. */
static size_t collect_near(const sorted_particle *sorted, int from, int to, const double place[3],
                           double squared_cutoff, int self, int *neighbors)
{
    size_t count = 0;
    for (int s = from; s < to; s++) {
        const double x = sorted[s].x - place[0];
        const double y = sorted[s].y - place[1];
        const double z = sorted[s].z - place[2];
        const bool near = x * x + y * y + z * z < squared_cutoff;
        neighbors[count] = sorted[s].particle;
        count += (size_t)(near & (sorted[s].particle != self));
    }
    return count;
}

/* Lists the neighbours of one particle behind those listed before; `used` of them so far. */
static adatom_status list_neighbors(const adatom_cloud *cloud, neighbor_table *table, int particle,
                                    size_t *used)
{
    const struct adatom_cloud_scratch *scratch = cloud->scratch;
    const box_grid *grid = &scratch->grid;
    const int *box = scratch->box[particle];
    const double squared_cutoff = table->list.cutoff_radius * table->list.cutoff_radius;
    const int last_z = box[2] + 1 < grid->count[2] ? box[2] + 1 : grid->count[2] - 1;
    const int first_z = box[2] > 0 ? box[2] - 1 : 0;
    for (int x = box[0] - 1; x <= box[0] + 1; x++) {
        for (int y = box[1] - 1; y <= box[1] + 1; y++) {
            if (x < 0 || x >= grid->count[0] || y < 0 || y >= grid->count[1]) {
                continue;
            }
            const int from = grid->first[box_index(grid, (int[3]){x, y, first_z})];
            const int to = grid->first[box_index(grid, (int[3]){x, y, last_z}) + 1];
            ADATOM_TRY(adatom_grow(&table->neighbors, &table->capacity,
                                   *used + (size_t)(to - from) + 1, sizeof *table->neighbors));
            *used += collect_near(scratch->sorted, from, to, cloud->coordinates[particle],
                                  squared_cutoff, particle, table->neighbors + *used);
        }
    }
    return ADATOM_OK;
}

static adatom_status fill_table(const adatom_cloud *cloud, neighbor_table *table)
{
    table->particle_count = table->list.for_images ? cloud->particle_count : cloud->atom_count;
    ADATOM_TRY(adatom_grow(&table->first, &table->first_capacity, (size_t)table->particle_count + 1,
                           sizeof *table->first));
    size_t used = 0;
    for (int i = 0; i < table->particle_count; i++) {
        table->first[i] = used;
        ADATOM_TRY(list_neighbors(cloud, table, i, &used));
    }
    table->first[table->particle_count] = used;
    return ADATOM_OK;
}

/* Makes all particles: the atoms and their images. */
static adatom_status place_particles(adatom_cloud *cloud, const adatom_structure *structure)
{
    double cell[3][3];
    ADATOM_TRY(
        adatom_cell_complete((const double(*)[3])structure->cell, structure->periodic, cell));
    ADATOM_TRY(take_atoms(cloud, structure, (const double(*)[3])cell));
    cloud->atom_count = cloud->particle_count = (int)structure->atom_count;
    slab region;
    find_slab(cloud, structure, (const double(*)[3])cell, &region);
    const double count = count_particles(cloud, &region);
    if (!(count <= most_particles)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "the cell is too small for a range of %g Å: %g images are needed",
                           cloud->scratch->image_distance, count);
    }
    ADATOM_TRY(reserve_particles(cloud, (size_t)count));
    add_images(cloud, &region, (const double(*)[3])cell);
    return ADATOM_OK;
}

adatom_status adatom_cloud_build(adatom_cloud *cloud, const adatom_structure *structure)
{
    struct adatom_cloud_scratch *scratch = cloud->scratch;
    cloud->atom_count = cloud->particle_count = 0;
    for (int i = 0; i < scratch->table_count; i++) {
        scratch->tables[i].particle_count = 0;
    }
    if (structure->atom_count == 0) {
        return ADATOM_OK;
    }
    if ((double)structure->atom_count > most_particles) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%zu atoms are too many", structure->atom_count);
    }
    ADATOM_TRY(reserve_particles(cloud, structure->atom_count));
    ADATOM_TRY(adatom_grow(&scratch->fractional, &scratch->fractional_capacity,
                           structure->atom_count, sizeof *scratch->fractional));
    ADATOM_TRY(place_particles(cloud, structure));
    ADATOM_TRY(sort_into_boxes(cloud));
    for (int i = 0; i < scratch->table_count; i++) {
        ADATOM_TRY(fill_table(cloud, &scratch->tables[i]));
    }
    return ADATOM_OK;
}

const int *adatom_cloud_neighbors(const adatom_cloud *cloud, int list, int particle, int *count)
{
    const struct adatom_cloud_scratch *scratch = cloud->scratch;
    if (list < 0 || list >= scratch->table_count || particle < 0 ||
        particle >= scratch->tables[list].particle_count) {
        return NULL;
    }
    const neighbor_table *table = &scratch->tables[list];
    *count = (int)(table->first[particle + 1] - table->first[particle]);
    return table->neighbors + table->first[particle];
}
