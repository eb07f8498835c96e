#include "energy/ipi_structure.h"

#include "adatom/sys/evaluator.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ATOMS_MAX = 1 << 24, CELL_NUMBERS = 9 };

/* CODATA 2014, with the digits of ASE: what its calculators give in eV arrives as it left. */
static const double bohr = 0.5291772105638411;    /* Å */
static const double hartree = 27.211386024367243; /* eV */

/* A lattice vector is dependent if no more than this share of it is outside the span of the others.
 */
static const double dependent_share = 1e-8;

static const char posdata[] = "POSDATA     "; /* 12 letters */

/* Reads "C24" or "C" at *text and moves on. */
static adatom_status read_element(const char **text, int *atomic_number, long *amount)
{
    const char *c = *text;
    char symbol[3] = {0};
    symbol[0] = *c++;
    if (islower((unsigned char)*c)) {
        symbol[1] = *c++;
    }
    *atomic_number = adatom_element_number(symbol);
    char *end = (char *)c;
    *amount = isdigit((unsigned char)*c) ? strtol(c, &end, 10) : 1;
    if (*atomic_number == 0 || *amount < 1 || *amount > ATOMS_MAX) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "evaluator argument elements: expected a formula such as C3H4O2 at "
                               "\"%.40s\"",
                               *text);
    }
    *text = end;
    return ADATOM_OK;
}

adatom_status adatom_ipi_atoms_parse(const char *text, adatom_ipi_atoms *out)
{
    while (*text != '\0') {
        int atomic_number = 0;
        long amount = 0;
        ADATOM_SYS_TRY(read_element(&text, &atomic_number, &amount));
        const size_t count = out->count + (size_t)amount;
        if (count > ATOMS_MAX) {
            return adatom_sys_fail(ADATOM_INVALID_INPUT,
                                   "evaluator argument elements: more than %d atoms", ATOMS_MAX);
        }
        ADATOM_SYS_TRY(adatom_sys_grow(&out->atomic_numbers, &out->capacity, count,
                                       sizeof *out->atomic_numbers));
        while (out->count < count) {
            out->atomic_numbers[out->count++] = atomic_number;
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_ipi_atoms_copy(const adatom_structure *structure, adatom_ipi_atoms *out)
{
    const size_t count = structure->atom_count;
    ADATOM_SYS_TRY(
        adatom_sys_grow(&out->atomic_numbers, &out->capacity, count, sizeof *out->atomic_numbers));
    memcpy(out->atomic_numbers, structure->atomic_numbers, count * sizeof *out->atomic_numbers);
    out->count = count;
    return ADATOM_OK;
}

static adatom_status fail_for_elements(const adatom_structure *structure,
                                       const adatom_ipi_atoms *atoms)
{
    const adatom_structure known = {.atom_count = atoms->count,
                                    .atomic_numbers = atoms->atomic_numbers};
    char theirs[128], ours[128];
    adatom_structure_formula(&known, theirs, sizeof theirs);
    adatom_structure_formula(structure, ours, sizeof ours);
    return adatom_sys_fail(ADATOM_INVALID_INPUT,
                           "an i-PI client keeps the atoms that it was started with, %s: it cannot "
                           "compute %s",
                           theirs, ours);
}

/* The k-th atom of an element is the k-th one of that element at the client. */
static adatom_status find_places(adatom_ipi_cargo *cargo, const adatom_structure *structure,
                                 const adatom_ipi_atoms *atoms)
{
    size_t next[ADATOM_ELEMENT_COUNT + 1] = {0};
    if (structure->atom_count != atoms->count) {
        return fail_for_elements(structure, atoms);
    }
    ADATOM_SYS_TRY(adatom_sys_grow(&cargo->places, &cargo->place_capacity, atoms->count,
                                   sizeof *cargo->places));
    for (size_t i = 0; i < structure->atom_count; i++) {
        const int element = structure->atomic_numbers[i];
        size_t place = next[element];
        while (place < atoms->count && atoms->atomic_numbers[place] != element) {
            place++;
        }
        if (place == atoms->count) {
            return fail_for_elements(structure, atoms);
        }
        cargo->places[i] = (int)place;
        next[element] = place + 1;
    }
    return ADATOM_OK;
}

static double dot_product(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* What is left of the vector outside the span of the axes, as a unit vector; the share that is left
 * is returned. */
static double make_axis(const double vector[3], const double (*axes)[3], int axis_count,
                        double axis[3])
{
    const double length = sqrt(dot_product(vector, vector));
    memcpy(axis, vector, 3 * sizeof *axis);
    for (int pass = 0; pass < 2; pass++) { /* twice is enough against rounding */
        for (int k = 0; k < axis_count; k++) {
            const double part = dot_product(axis, axes[k]);
            for (int x = 0; x < 3; x++) {
                axis[x] -= part * axes[k][x];
            }
        }
    }
    const double rest = sqrt(dot_product(axis, axis));
    for (int x = 0; x < 3 && rest > 0; x++) {
        axis[x] /= rest;
    }
    return length > 0 ? rest / length : 0;
}

static bool is_zero(const double vector[3])
{
    return vector[0] == 0 && vector[1] == 0 && vector[2] == 0;
}

static adatom_status fail_for_vector(int k, const char *reason)
{
    return adatom_sys_fail(ADATOM_INVALID_INPUT, "lattice vector %d is %s", k + 1, reason);
}

/* The vectors that are there, and perpendicular ones of length box for those that are not. */
static adatom_status complete_cell(const adatom_structure *structure, double box, double cell[3][3])
{
    double axes[3][3];
    int axis_count = 0;
    memcpy(cell, structure->cell, sizeof structure->cell);
    for (int k = 0; k < 3; k++) {
        if (is_zero(cell[k])) {
            continue;
        }
        if (!(make_axis(cell[k], (const double(*)[3])axes, axis_count, axes[axis_count]) >
              dependent_share)) {
            return fail_for_vector(k, "dependent on the others");
        }
        axis_count++;
    }
    for (int k = 0; k < 3; k++) {
        if (!is_zero(cell[k])) {
            continue;
        }
        if (structure->periodic[k] || box == 0) {
            return fail_for_vector(k, structure->periodic[k]
                                          ? "zero"
                                          : "missing and i-PI wants a whole cell: give the "
                                            "structure one, or the evaluator box=L (Å)");
        }
        double share = 0;
        for (int x = k; share < 0.5; x = (x + 1) % 3) { /* one of three is left to 0.57 or more */
            const double unit[3] = {x == 0, x == 1, x == 2};
            share = make_axis(unit, (const double(*)[3])axes, axis_count, axes[axis_count]);
        }
        for (int x = 0; x < 3; x++) {
            cell[k][x] = box * axes[axis_count][x];
        }
        axis_count++;
    }
    return ADATOM_OK;
}

/* Axes along vector 1, in the plane of 1 and 2, and on the side of 3: a left-handed cell becomes
 * its mirror image, which has the same energy. */
static void find_axes(const double cell[3][3], double axes[3][3])
{
    for (int k = 0; k < 3; k++) {
        make_axis(cell[k], (const double(*)[3])axes, k, axes[k]);
    }
}

/* Row by row [[a, b, c], ...] with lattice vectors as columns, and the inverse, in Bohr. */
static void triangular_cell(const double cell[3][3], const double axes[3][3], double columns[3][3],
                            double inverse[3][3])
{
    for (int x = 0; x < 3; x++) {
        for (int k = 0; k < 3; k++) {
            columns[x][k] = k < x ? 0 : dot_product(cell[k], axes[x]) / bohr;
            inverse[x][k] = 0;
        }
    }
    for (int x = 0; x < 3; x++) {
        inverse[x][x] = 1 / columns[x][x];
    }
    inverse[0][1] = -columns[0][1] * inverse[0][0] * inverse[1][1];
    inverse[1][2] = -columns[1][2] * inverse[1][1] * inverse[2][2];
    inverse[0][2] =
        -(columns[0][1] * inverse[1][2] + columns[0][2] * inverse[2][2]) * inverse[0][0];
}

static void write_positions(const adatom_ipi_cargo *cargo, const adatom_structure *structure,
                            char *bytes)
{
    for (size_t i = 0; i < structure->atom_count; i++) {
        double place[3];
        for (int x = 0; x < 3; x++) {
            place[x] = dot_product(structure->positions[i], cargo->axes[x]) / bohr;
        }
        memcpy(bytes + (size_t)cargo->places[i] * sizeof place, place, sizeof place);
    }
}

static char *append(char *bytes, const void *part, size_t size)
{
    memcpy(bytes, part, size);
    return bytes + size;
}

adatom_status adatom_ipi_pack(adatom_ipi_cargo *cargo, const adatom_structure *structure,
                              const adatom_ipi_atoms *atoms, double box)
{
    double cell[3][3], columns[3][3], inverse[3][3];
    ADATOM_SYS_TRY(find_places(cargo, structure, atoms));
    ADATOM_SYS_TRY(complete_cell(structure, box, cell));
    find_axes((const double(*)[3])cell, cargo->axes);
    triangular_cell((const double(*)[3])cell, (const double(*)[3])cargo->axes, columns, inverse);
    const int32_t atom_count = (int32_t)atoms->count;
    const size_t header_size = sizeof posdata - 1, place_size = 3 * sizeof(double);
    cargo->message_size = header_size + sizeof columns + sizeof inverse + sizeof atom_count +
                          atoms->count * place_size;
    ADATOM_SYS_TRY(
        adatom_sys_grow(&cargo->message, &cargo->message_capacity, cargo->message_size, 1));
    ADATOM_SYS_TRY(adatom_sys_grow(&cargo->forces, &cargo->force_capacity, atoms->count,
                                   sizeof *cargo->forces));
    char *bytes = append(cargo->message, posdata, header_size);
    bytes = append(bytes, columns, sizeof columns);
    bytes = append(bytes, inverse, sizeof inverse);
    bytes = append(bytes, &atom_count, sizeof atom_count);
    write_positions(cargo, structure, bytes);
    return ADATOM_OK;
}

/* From the axes of the wire to ours. */
static void turn_back(const adatom_ipi_cargo *cargo, const double wire[3], double factor,
                      double vector[3])
{
    for (int x = 0; x < 3; x++) {
        vector[x] = factor * (wire[0] * cargo->axes[0][x] + wire[1] * cargo->axes[1][x] +
                              wire[2] * cargo->axes[2][x]);
    }
}

/* The virial is symmetric. LAMMPS sends one triangle of it and zeros instead of the other. */
static void symmetrize(const double wire[3][3], double virial[3][3])
{
    for (int x = 0; x < 3; x++) {
        for (int y = 0; y < 3; y++) {
            const double one = wire[x][y], other = wire[y][x];
            const bool missing = fpclassify(one) == FP_ZERO || fpclassify(other) == FP_ZERO;
            virial[x][y] = missing ? one + other : (one + other) / 2;
        }
    }
}

void adatom_ipi_unpack(const adatom_ipi_cargo *cargo, const adatom_ipi_job *job, double *energy,
                       double (*forces)[3], double virial[3][3])
{
    *energy = hartree * job->energy;
    for (int32_t i = 0; forces != NULL && i < job->atom_count; i++) {
        turn_back(cargo, cargo->forces[cargo->places[i]], hartree / bohr, forces[i]);
    }
    double wire[3][3], half[3][3], column[3], turned[3];
    symmetrize(job->virial, wire);
    for (int x = 0; x < 3; x++) {
        turn_back(cargo, wire[x], hartree, half[x]); /* rows turned, ... */
    }
    for (int y = 0; y < 3; y++) { /* ... then columns */
        for (int x = 0; x < 3; x++) {
            column[x] = half[x][y];
        }
        turn_back(cargo, column, 1, turned);
        for (int x = 0; x < 3; x++) {
            virial[x][y] = turned[x];
        }
    }
}

void adatom_ipi_cargo_clear(adatom_ipi_cargo *cargo)
{
    free(cargo->places);
    free(cargo->message);
    free(cargo->forces);
    *cargo = (adatom_ipi_cargo){.places = NULL};
}
