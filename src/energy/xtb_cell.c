#include "energy/xtb_cell.h"

#include "adatom/sys/evaluator.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double bohr = 0.529177210903; /* Å, CODATA 2018 */
static const double pi = 3.14159265358979323846;

/* Empty space beside a slab, Å: twice the library's longest range, and to spare. */
static const double vacuum = 45;
/* Less between the faces of a cell would mean millions of images. */
static const double least_height = 1;

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static double length(const double a[3])
{
    return sqrt(dot(a, a));
}

static void cross(const double a[3], const double b[3], double out[3])
{
    for (int x = 0; x < 3; x++) {
        const int y = (x + 1) % 3, z = (x + 2) % 3;
        out[x] = a[y] * b[z] - a[z] * b[y];
    }
}

/* The vector to multiply positions with for the fractional coordinate along lattice vector k: the
 * reciprocal one without its 2 pi. */
static void reciprocal(const double lattice[3][3], int k, double out[3])
{
    cross(lattice[(k + 1) % 3], lattice[(k + 2) % 3], out);
    const double volume = dot(lattice[k], out);
    for (int x = 0; x < 3; x++) {
        out[x] /= volume;
    }
}

static adatom_status check_mode(int method, const bool periodic[3])
{
    const int directions = periodic[0] + periodic[1] + periodic[2];
    if (directions > 0 && method == 2) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED,
                               "xtb:gfn2 has no periodic mode: it takes molecules, with pbc F F F "
                               "(xtb:gfn0 and xtb:gfn1 are periodic)");
    }
    if (directions == 2 && method == 1) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED,
                               "xtb:gfn1 takes molecules and crystals, no slabs: in libxtb the "
                               "energy of a slab depends on the empty space (take xtb:gfn0)");
    }
    if (directions == 1) {
        return adatom_sys_fail(
            ADATOM_UNSUPPORTED, "xtb:gfn%d takes %s, not what is periodic in one direction", method,
            method == 0 ? "molecules, slabs and crystals" : "molecules and crystals");
    }
    return ADATOM_OK;
}

static adatom_status check_length(int method, const char *name, const double vector[3])
{
    const double limit = method == 0 ? 21 : 10, found = length(vector);
    if (found > limit) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED,
                               "xtb:gfn%d takes no cell with |%s| over %g Å, here it is %.2f Å: "
                               "libxtb ends its sums over images too soon",
                               method, name, limit, found);
    }
    return ADATOM_OK;
}

static adatom_status check_lengths(int method, const adatom_structure *structure)
{
    const char *const names = "abc";
    const double(*cell)[3] = (const double(*)[3])structure->cell;
    char text[16];
    for (int i = 0; i < 3; i++) {
        if (structure->periodic[i]) {
            snprintf(text, sizeof text, "%c", names[i]);
            ADATOM_SYS_TRY(check_length(method, text, cell[i]));
        }
    }
    for (int i = 0; i < 3; i++) {
        for (int j = i + 1; j < 3; j++) {
            for (int sign = 1; sign >= -1 && structure->periodic[i] && structure->periodic[j];
                 sign -= 2) {
                double sum[3];
                for (int x = 0; x < 3; x++) {
                    sum[x] = cell[i][x] + sign * cell[j][x];
                }
                snprintf(text, sizeof text, "%c %c %c", names[i], sign > 0 ? '+' : '-', names[j]);
                ADATOM_SYS_TRY(check_length(method, text, sum));
            }
        }
    }
    return ADATOM_OK;
}

/* Gives a slab its third vector: across the other two, as long as the atoms reach and the vacuum.
 */
static void add_vacuum(const adatom_structure *structure, adatom_xtb_cell *cell)
{
    for (int k = 0; k < 3; k++) {
        if (cell->periodic[k]) {
            continue;
        }
        double normal[3], lowest = INFINITY, highest = -INFINITY;
        cross(cell->lattice[(k + 1) % 3], cell->lattice[(k + 2) % 3], normal);
        const double area = length(normal);
        for (size_t i = 0; i < structure->atom_count; i++) {
            const double height = dot(normal, structure->positions[i]) / area;
            lowest = fmin(lowest, height);
            highest = fmax(highest, height);
        }
        for (int x = 0; x < 3; x++) {
            cell->lattice[k][x] = normal[x] / area * (highest - lowest + vacuum);
        }
    }
}

static adatom_status check_heights(int method, const adatom_xtb_cell *cell)
{
    for (int k = 0; k < 3; k++) {
        double vector[3];
        reciprocal((const double(*)[3])cell->lattice, k, vector);
        const double height = 1 / length(vector);
        if (!(height >= least_height)) {
            return adatom_sys_fail(ADATOM_INVALID_INPUT,
                                   "the cell is flat or too small for xtb:gfn%d: opposite faces "
                                   "must be at least %g Å apart",
                                   method, least_height);
        }
    }
    return ADATOM_OK;
}

static void move_into_cell(const adatom_structure *structure, const adatom_xtb_cell *cell,
                           double (*positions)[3])
{
    for (int k = 0; k < 3; k++) {
        if (!cell->periodic[k]) {
            continue;
        }
        double vector[3];
        reciprocal((const double(*)[3])cell->lattice, k, vector);
        for (size_t i = 0; i < structure->atom_count; i++) {
            const double cells = floor(dot(vector, structure->positions[i]));
            for (int x = 0; x < 3; x++) {
                positions[i][x] -= cells * cell->lattice[k][x];
            }
        }
    }
}

/* Largest term of the reciprocal sum at wave number g, and of the real one at distance r (bohr). */
static double reciprocal_term(double g, double alpha, double volume)
{
    return 4 * pi * exp(-g * g / (4 * alpha * alpha)) / (volume * g * g);
}

static double real_term(double r, double alpha)
{
    return erfc(alpha * r) / r;
}

/* libxtb's searches, coulomb/ewald.f90, step by step: they end early, and where they end decides.
 */
static const double ewald_tolerance = 1e-8;
static const int ewald_steps = 30;

/* How much faster the real sum falls than the reciprocal one. */
static double ewald_imbalance(double shortest_wave, double shortest, double volume, double alpha)
{
    return reciprocal_term(4 * shortest_wave, alpha, volume) -
           reciprocal_term(5 * shortest_wave, alpha, volume) -
           (real_term(2 * shortest, alpha) - real_term(3 * shortest, alpha));
}

static double ewald_alpha(double shortest_wave, double shortest, double volume)
{
    double alpha = 1e-8, imbalance = -1;
    while (imbalance < -ewald_tolerance && alpha < 1e8) {
        alpha *= 2;
        imbalance = ewald_imbalance(shortest_wave, shortest, volume, alpha);
    }
    double low = alpha / 2;
    while (imbalance < ewald_tolerance && alpha < 1e8) {
        alpha *= 2;
        imbalance = ewald_imbalance(shortest_wave, shortest, volume, alpha);
    }
    double high = alpha;
    for (int step = 0; step <= ewald_steps + 1; step++) {
        alpha = (low + high) / 2;
        imbalance = ewald_imbalance(shortest_wave, shortest, volume, alpha);
        if (fabs(imbalance) <= ewald_tolerance) {
            break;
        }
        *(imbalance < 0 ? &low : &high) = alpha;
    }
    return alpha;
}

static double ewald_cutoff(double alpha)
{
    double cutoff = 1e-8;
    while (real_term(cutoff, alpha) > ewald_tolerance) {
        cutoff *= 2;
    }
    double low = cutoff / 2, high = cutoff;
    for (int step = 0;
         step < ewald_steps && real_term(low, alpha) - real_term(high, alpha) > ewald_tolerance;
         step++) {
        cutoff = (low + high) / 2;
        *(real_term(cutoff, alpha) >= ewald_tolerance ? &low : &high) = cutoff;
    }
    return cutoff;
}

/* The distance (Å) at which libxtb ends the Ewald sum in real space. It balances the two sums by
 * the shortest lattice vectors alone, so that the range is short for long cells. */
static double ewald_range(const double lattice[3][3])
{
    double shortest = INFINITY, shortest_wave = INFINITY, normal[3];
    for (int k = 0; k < 3; k++) {
        reciprocal(lattice, k, normal);
        shortest = fmin(shortest, length(lattice[k]) / bohr);
        shortest_wave = fmin(shortest_wave, 2 * pi * length(normal) * bohr);
    }
    cross(lattice[0], lattice[1], normal);
    const double volume = fabs(dot(normal, lattice[2])) / (bohr * bohr * bohr);
    return ewald_cutoff(ewald_alpha(shortest_wave, shortest, volume)) * bohr;
}

/* The lattice translations by one cell at most along each periodic direction, Å. */
typedef struct translation_list {
    int count;
    double vectors[27][3], lengths[27];
} translation_list;

static translation_list list_translations(const adatom_xtb_cell *cell)
{
    translation_list list = {.count = 0};
    for (int code = 0; code < 27; code++) {
        const int shift[3] = {code % 3 - 1, code / 3 % 3 - 1, code / 9 - 1};
        double *vector = list.vectors[list.count];
        bool exists = true;
        memset(vector, 0, 3 * sizeof *vector);
        for (int k = 0; k < 3; k++) {
            exists = exists && (shift[k] == 0 || cell->periodic[k]);
            for (int x = 0; x < 3; x++) {
                vector[x] += shift[k] * cell->lattice[k][x];
            }
        }
        list.lengths[list.count] = length(vector);
        list.count += exists;
    }
    return list;
}

typedef struct image {
    int translation; /* in the list */
    double distance; /* Å */
} image;

/* The nearest image of b as seen from a, of those not farther away in the lattice than range. */
static image nearest_image(const translation_list *list, const double a[3], const double b[3],
                           double range)
{
    image nearest = {0, INFINITY};
    const double apart[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]};
    for (int i = 0; i < list->count; i++) {
        const double *vector = list->vectors[i];
        const double x = apart[0] + vector[0], y = apart[1] + vector[1], z = apart[2] + vector[2];
        const double squared = x * x + y * y + z * z;
        if (squared < nearest.distance && list->lengths[i] <= range) {
            nearest = (image){i, squared};
        }
    }
    nearest.distance = sqrt(nearest.distance);
    return nearest;
}

/* How far libxtb's sums over images reach in a cell, Å. */
typedef struct sum_reach {
    double ewald;
    double images; /* of the other sums: lattice translations up to this length */
    double bonds;  /* of the short-range correction of bonds, GFN0 only */
} sum_reach;

/* GFN0 corrects the bonds between different elements from B to F. */
static bool has_bond_correction(const adatom_structure *structure, size_t i, size_t j)
{
    const int a = structure->atomic_numbers[i], b = structure->atomic_numbers[j];
    return a != b && a >= 5 && a <= 9 && b >= 5 && b <= 9;
}

/* Two atoms miss each other if their nearest images are farther apart in the lattice than the reach
 * of the sums, or than that of Ewald's from the nearest image within it. GFN1's sums must begin at
 * the nearest image: their terms fall slowly. Other structures in this cell may do: it is this
 * evaluation that fails. */
static adatom_status check_pair(int method, const sum_reach *reach,
                                const adatom_structure *structure, const translation_list *list,
                                const double (*positions)[3], size_t i, size_t j)
{
    const double longest_bond = 4; /* Å; the correction is a Gaussian */
    const image truly = nearest_image(list, positions[i], positions[j], INFINITY);
    const double steps = list->lengths[truly.translation];
    const image taken = steps <= reach->ewald
                            ? truly
                            : nearest_image(list, positions[i], positions[j], reach->ewald);
    double apart[3];
    for (int x = 0; x < 3; x++) {
        apart[x] = list->vectors[truly.translation][x] - list->vectors[taken.translation][x];
    }
    if (steps > reach->images || taken.distance > reach->ewald ||
        length(apart) > (method == 0 ? reach->ewald : 0)) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED,
                               "xtb:gfn%d: libxtb ends its sums over images at %.1f Å in this "
                               "cell, too soon for atoms %zu and %zu (make the cell shorter or "
                               "nearer to a cube)",
                               method, fmin(reach->images, reach->ewald), i + 1, j + 1);
    }
    if (method == 0 && steps > reach->bonds && truly.distance < longest_bond &&
        has_bond_correction(structure, i, j)) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED,
                               "xtb:gfn0: libxtb corrects bonds between different elements over "
                               "borders of cells up to %.2f Å long, here atoms %zu (%s) and %zu "
                               "(%s) meet over %.2f Å",
                               reach->bonds, i + 1,
                               adatom_element_symbol(structure->atomic_numbers[i]), j + 1,
                               adatom_element_symbol(structure->atomic_numbers[j]), steps);
    }
    return ADATOM_OK;
}

static adatom_status check_pairs(int method, const adatom_structure *structure,
                                 const adatom_xtb_cell *cell, const double (*positions)[3])
{
    const sum_reach reach = {.ewald = ewald_range((const double(*)[3])cell->lattice),
                             .images = (method == 0 ? 40 : sqrt(800)) * bohr,
                             .bonds = sqrt(200) * bohr};
    const translation_list list = list_translations(cell);
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (size_t j = i + 1; j < structure->atom_count; j++) {
            ADATOM_SYS_TRY(check_pair(method, &reach, structure, &list, positions, i, j));
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_xtb_place(int method, const adatom_structure *structure, adatom_xtb_cell *cell,
                               double (*positions)[3])
{
    const size_t count = structure->atom_count;
    memcpy(cell->periodic, structure->periodic, sizeof cell->periodic);
    memcpy(cell->lattice, structure->cell, sizeof cell->lattice);
    memcpy(positions, structure->positions, count * sizeof *positions);
    if (!cell->periodic[0] && !cell->periodic[1] && !cell->periodic[2]) {
        return ADATOM_OK;
    }
    ADATOM_SYS_TRY(check_mode(method, cell->periodic));
    ADATOM_SYS_TRY(check_lengths(method, structure));
    add_vacuum(structure, cell);
    ADATOM_SYS_TRY(check_heights(method, cell));
    move_into_cell(structure, cell, positions);
    return check_pairs(method, structure, cell, (const double(*)[3])positions);
}
