#include "energy/lammps_box.h"

#include "adatom/sys/evaluator.h"

#include <math.h>
#include <string.h>

static const double least_height = 0.2;   /* Å, of a periodic cell: LAMMPS makes all images */
static const double largest_volume = 1e8; /* Å^3: LAMMPS divides all of it into small boxes */
static const double free_space = 1;       /* Å, at least, around atoms where nothing repeats */
static const double coarse_length = 10;   /* Å: free borders move by this much at a time */
static const double no_tilt = 1e-10;      /* of a length: noise of a rotation */

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double product[3])
{
    for (int x = 0; x < 3; x++) {
        const int y = (x + 1) % 3, z = (x + 2) % 3;
        product[x] = a[y] * b[z] - a[z] * b[y];
    }
}

/* vector / |vector|; zero stays zero. */
static void normalize(double vector[3])
{
    const double length = sqrt(dot(vector, vector));
    for (int x = 0; x < 3 && length > 0; x++) {
        vector[x] /= length;
    }
}

/* a -= times * b */
static void subtract(double a[3], double times, const double b[3])
{
    for (int x = 0; x < 3; x++) {
        a[x] -= times * b[x];
    }
}

/* The lattice vectors, the periodic ones first; returns how many those are. */
static int order_vectors(const adatom_structure *structure, double vectors[3][3])
{
    int count = 0, periodic_count = 0;
    for (int want = 1; want >= 0; want--) {
        for (int k = 0; k < 3; k++) {
            if (structure->periodic[k] == (want == 1)) {
                memcpy(vectors[count++], structure->cell[k], sizeof vectors[0]);
            }
        }
        periodic_count = want == 1 ? count : periodic_count;
    }
    return periodic_count;
}

/* Some unit vector at right angles to the unit vector: y for x. */
static void find_normal(const double axis[3], double normal[3])
{
    int least = 1;
    for (int x = 0; x < 3; x++) {
        least = fabs(axis[x]) < fabs(axis[least]) ? x : least;
    }
    for (int x = 0; x < 3; x++) {
        normal[x] = x == least;
    }
    subtract(normal, dot(normal, axis), axis);
    normalize(normal);
}

/* The axes for the ordered vectors. */
static void make_axes(const double vectors[3][3], int periodic_count, double axes[3][3])
{
    memset(axes, 0, 9 * sizeof axes[0][0]);
    if (periodic_count == 0) {
        axes[0][0] = axes[1][1] = axes[2][2] = 1;
        return;
    }
    memcpy(axes[0], vectors[0], sizeof axes[0]);
    normalize(axes[0]);
    if (periodic_count == 1) {
        find_normal(axes[0], axes[1]);
    } else {
        memcpy(axes[1], vectors[1], sizeof axes[1]);
        subtract(axes[1], dot(axes[1], axes[0]), axes[0]);
        normalize(axes[1]);
    }
    cross(axes[0], axes[1], axes[2]);
}

/* The periodic vectors along the axes, with tilts of at most half a length; unit vectors for the
 * others. The third may point down: its opposite spans the same lattice. */
static void fill_vectors(const double ordered[3][3], adatom_lammps_frame *frame)
{
    memset(frame->vectors, 0, sizeof frame->vectors);
    for (int k = 0; k < 3; k++) {
        for (int x = 0; x <= k; x++) {
            frame->vectors[k][x] =
                k < frame->periodic_count ? dot(ordered[k], frame->axes[x]) : k == x;
        }
    }
    if (frame->vectors[2][2] < 0) {
        subtract(frame->vectors[2], 2, frame->vectors[2]);
    }
    for (int k = 1; k < frame->periodic_count; k++) {
        for (int x = k - 1; x >= 0; x--) {
            const double *below = frame->vectors[x];
            subtract(frame->vectors[k], rint(frame->vectors[k][x] / below[x]), below);
            if (fabs(frame->vectors[k][x]) < no_tilt * below[x]) {
                frame->vectors[k][x] = 0;
            }
            frame->skewed = frame->skewed || frame->vectors[k][x] != 0;
        }
    }
}

static adatom_status make_frame(const adatom_structure *structure, adatom_lammps_frame *frame)
{
    double ordered[3][3];
    memset(frame, 0, sizeof *frame);
    frame->periodic_count = order_vectors(structure, ordered);
    make_axes((const double(*)[3])ordered, frame->periodic_count, frame->axes);
    for (int k = 0; k < frame->periodic_count; k++) {
        const double height = fabs(dot(ordered[k], frame->axes[k]));
        if (!(height >= least_height)) {
            return adatom_sys_fail(ADATOM_INVALID_INPUT,
                                   "the cell is singular or thinner than %g Å: LAMMPS cannot "
                                   "repeat it",
                                   least_height);
        }
    }
    fill_vectors((const double(*)[3])ordered, frame);
    return ADATOM_OK;
}

/* Turns the positions and moves them into the cell along its periodic vectors. */
static void place_atoms(const adatom_structure *structure, const adatom_lammps_frame *frame,
                        double (*positions)[3])
{
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            positions[i][x] = dot(frame->axes[x], structure->positions[i]);
        }
        for (int k = frame->periodic_count - 1; k >= 0; k--) {
            const double *vector = frame->vectors[k];
            subtract(positions[i], floor(positions[i][k] / vector[k]), vector);
        }
    }
}

/* The borders along a direction in which nothing repeats. A sheet keeps the length of its cell,
 * which sums over a slab depend on, as long as its atoms are inside. Otherwise the borders move in
 * large steps: LAMMPS has less to do while they rest. */
static void set_borders(size_t count, const double (*positions)[3], int direction, double length,
                        adatom_lammps_box *box)
{
    double low = positions[0][direction], high = low;
    for (size_t i = 1; i < count; i++) {
        low = fmin(low, positions[i][direction]);
        high = fmax(high, positions[i][direction]);
    }
    const bool has_length = length > 0;
    if (has_length && low >= free_space && high <= length - free_space) {
        box->low[direction] = 0;
        box->high[direction] = length;
        return;
    }
    low = coarse_length * floor((low - free_space) / coarse_length);
    high = coarse_length * ceil((high + free_space) / coarse_length);
    box->low[direction] = has_length ? fmin(low, 0) : low;
    box->high[direction] = has_length ? fmax(high, length) : high;
}

/* The length of the cell along the normal of a sheet, 0 where there is none. */
static double sheet_height(const adatom_structure *structure, const adatom_lammps_frame *frame)
{
    double height = 0;
    for (int k = 0; k < 3 && frame->periodic_count == 2; k++) {
        if (!structure->periodic[k]) {
            height = fabs(dot(structure->cell[k], frame->axes[2]));
        }
    }
    return height;
}

adatom_status adatom_lammps_frame_make(const adatom_structure *structure,
                                       adatom_lammps_frame *frame, double (*positions)[3])
{
    ADATOM_SYS_TRY(make_frame(structure, frame));
    place_atoms(structure, frame, positions);
    adatom_lammps_box *box = &frame->box;
    double volume = 1;
    for (int k = 0; k < 3; k++) {
        box->high[k] = frame->vectors[k][k];
        if (k >= frame->periodic_count) {
            set_borders(structure->atom_count, (const double(*)[3])positions, k,
                        sheet_height(structure, frame), box);
        }
        volume *= box->high[k] - box->low[k];
    }
    if (!(volume <= largest_volume)) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "a box around all atoms has %.3g Å^3, more than the %.0e that "
                               "LAMMPS is given",
                               volume, largest_volume);
    }
    box->xy = frame->vectors[1][0];
    box->xz = frame->vectors[2][0];
    box->yz = frame->vectors[2][1];
    return ADATOM_OK;
}

void adatom_lammps_frame_turn_back(const adatom_lammps_frame *frame, double vector[3])
{
    const double turned[3] = {vector[0], vector[1], vector[2]};
    for (int x = 0; x < 3; x++) {
        vector[x] = turned[0] * frame->axes[0][x] + turned[1] * frame->axes[1][x] +
                    turned[2] * frame->axes[2][x];
    }
}

void adatom_lammps_frame_turn_matrix_back(const adatom_lammps_frame *frame, double matrix[3][3])
{
    double column[3];
    for (int x = 0; x < 3; x++) {
        adatom_lammps_frame_turn_back(frame, matrix[x]);
    }
    for (int y = 0; y < 3; y++) {
        for (int x = 0; x < 3; x++) {
            column[x] = matrix[x][y];
        }
        adatom_lammps_frame_turn_back(frame, column);
        for (int x = 0; x < 3; x++) {
            matrix[x][y] = column[x];
        }
    }
}
