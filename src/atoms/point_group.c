/* Every symmetry axis and mirror normal of a molecule points from its centre to an atom, to the
 * middle between two equal atoms, along the line between two equal atoms, or along the normal of
 * the plane through the centre and two equal atoms. (An axis that no atom lies on carries atoms
 * around itself: the middle of two neighbours of an even ring or the normal of the first three is
 * found; the latter through differences.) All these directions are tried. */
#include "atoms/point_group.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ATOMS_MAX = 200, ALL_TRIPLES_MAX = 24, ORDER_MAX = 8, AXES_MAX = 64 };

typedef struct molecule {
    size_t count;
    const int *numbers;
    double (*positions)[3]; /* from the centre, Å */
    double tolerance;       /* Å */
} molecule;

typedef struct axis {
    double direction[3];
    int order;   /* the highest of a rotation about it */
    bool mirror; /* the plane perpendicular to it is one */
} axis;

typedef struct axes {
    size_t count;
    axis list[AXES_MAX];
} axes;

typedef double matrix[3][3];

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3, k = (i + 2) % 3;
        out[i] = a[j] * b[k] - a[k] * b[j];
    }
}

/* -- operations */

static bool maps_onto_itself(const molecule *m, matrix operation)
{
    for (size_t i = 0; i < m->count; i++) {
        double image[3];
        for (int k = 0; k < 3; k++) {
            image[k] = dot(operation[k], m->positions[i]);
        }
        bool found = false;
        for (size_t j = 0; j < m->count && !found; j++) {
            const double *p = m->positions[j];
            const double d[3] = {p[0] - image[0], p[1] - image[1], p[2] - image[2]};
            found = m->numbers[j] == m->numbers[i] && dot(d, d) <= m->tolerance * m->tolerance;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* Rotation by 2 pi / order about the unit vector u; improper: followed by the mirror across it. */
static bool has_rotation(const molecule *m, const double u[3], int order, bool improper)
{
    const double c = cos(2 * M_PI / order), s = sin(2 * M_PI / order);
    const double along = improper ? -1 : 1;
    matrix r;
    for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3, k = (i + 2) % 3;
        r[i][i] = c + u[i] * u[i] * (along - c);
        r[i][j] = u[i] * u[j] * (along - c) - u[k] * s;
        r[i][k] = u[i] * u[k] * (along - c) + u[j] * s;
    }
    return maps_onto_itself(m, r);
}

/* A rotation by nothing and the mirror. */
static bool has_mirror(const molecule *m, const double normal[3])
{
    return has_rotation(m, normal, 1, true);
}

static bool has_inversion(const molecule *m)
{
    matrix inversion = {{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    return maps_onto_itself(m, inversion);
}

/* -- axes */

static int highest_order(const molecule *m, const double direction[3])
{
    for (int order = ORDER_MAX; order > 1; order--) {
        if (has_rotation(m, direction, order, false)) {
            return order;
        }
    }
    return 1;
}

/* 1 - cos of the angle of two directions that are one; loose, as the tolerance of positions is. */
static const double same_direction = 2e-3;

static void try_direction(const molecule *m, const double vector[3], axes *found)
{
    const double length = sqrt(dot(vector, vector));
    if (length < 0.1 || found->count == AXES_MAX) {
        return;
    }
    axis now = {.order = 1};
    for (int k = 0; k < 3; k++) {
        now.direction[k] = vector[k] / length;
    }
    for (size_t i = 0; i < found->count; i++) {
        if (fabs(dot(now.direction, found->list[i].direction)) > 1 - same_direction) {
            return;
        }
    }
    now.mirror = has_mirror(m, now.direction);
    now.order = highest_order(m, now.direction);
    if (now.order > 1 || now.mirror) {
        found->list[found->count++] = now;
    }
}

static void try_pair(const molecule *m, const double a[3], const double b[3], axes *found)
{
    double middle[3], difference[3], normal[3];
    for (int k = 0; k < 3; k++) {
        middle[k] = a[k] + b[k];
        difference[k] = a[k] - b[k];
    }
    cross(a, b, normal);
    try_direction(m, middle, found);
    try_direction(m, difference, found);
    try_direction(m, normal, found);
}

/* In a large molecule the atoms of a ring about an axis are looked for among neighbours. */
static bool are_near(const molecule *m, size_t i, size_t j)
{
    static const double distance = 3; /* Å */
    const double *a = m->positions[i], *b = m->positions[j];
    const double d[3] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    return m->count <= ALL_TRIPLES_MAX || dot(d, d) < distance * distance;
}

/* The normal of three equal atoms is the axis of a threefold or higher rotation that carries them.
 */
static void try_triples(const molecule *m, size_t i, size_t j, axes *found)
{
    for (size_t k = j + 1; k < m->count; k++) {
        if (m->numbers[k] == m->numbers[i] && are_near(m, i, k)) {
            double first[3], second[3], normal[3];
            for (int c = 0; c < 3; c++) {
                first[c] = m->positions[j][c] - m->positions[i][c];
                second[c] = m->positions[k][c] - m->positions[i][c];
            }
            cross(first, second, normal);
            try_direction(m, normal, found);
        }
    }
}

/* Equal atoms that an operation may exchange are equally far from the centre. */
static bool may_be_exchanged(const molecule *m, size_t i, size_t j)
{
    const double *a = m->positions[i], *b = m->positions[j];
    return m->numbers[i] == m->numbers[j] &&
           fabs(sqrt(dot(a, a)) - sqrt(dot(b, b))) <= 2 * m->tolerance;
}

static void find_axes(const molecule *m, axes *found)
{
    found->count = 0;
    for (size_t i = 0; i < m->count; i++) {
        try_direction(m, m->positions[i], found);
        for (size_t j = i + 1; j < m->count; j++) {
            /* A planar molecule's own plane has the normal of any two atoms. */
            double normal[3];
            cross(m->positions[i], m->positions[j], normal);
            if (i < 2) {
                try_direction(m, normal, found);
            }
            if (may_be_exchanged(m, i, j)) {
                try_pair(m, m->positions[i], m->positions[j], found);
                if (are_near(m, i, j)) {
                    try_triples(m, i, j, found);
                }
            }
        }
    }
}

/* -- the symbol */

/* Of twofold axes at right angles the main one is that of a mirror or of a fourfold improper axis.
 */
static bool stands_out(const molecule *m, const axis *now, const axis *before)
{
    return (now->mirror && !before->mirror) ||
           (now->order == 2 && !before->mirror && has_rotation(m, now->direction, 4, true));
}

static const axis *main_axis(const molecule *m, const axes *found, size_t *count)
{
    const axis *highest = NULL;
    *count = 0;
    for (size_t i = 0; i < found->count; i++) {
        const axis *now = &found->list[i];
        *count += now->order >= 3;
        if (now->order > 1 && (highest == NULL || now->order > highest->order ||
                               (now->order == highest->order && stands_out(m, now, highest)))) {
            highest = now;
        }
    }
    return highest;
}

static bool is_perpendicular(const axis *a, const axis *b)
{
    return fabs(dot(a->direction, b->direction)) < 0.05;
}

/* Several axes of order three or more: tetrahedron, octahedron, icosahedron. */
static void name_cubic(const molecule *m, const axes *found, int order, char *text, size_t size)
{
    bool mirror = false;
    for (size_t i = 0; i < found->count; i++) {
        mirror = mirror || found->list[i].mirror;
    }
    const bool inversion = has_inversion(m);
    if (order == 3) {
        snprintf(text, size, inversion ? "Th" : mirror ? "Td" : "T");
    } else {
        snprintf(text, size, "%s%s", order == 5 ? "I" : "O", inversion ? "h" : "");
    }
}

static void name_axial(const molecule *m, const axes *found, const axis *highest, char *text,
                       size_t size)
{
    const int n = highest->order;
    int twofold = 0, vertical = 0;
    for (size_t i = 0; i < found->count; i++) {
        const axis *now = &found->list[i];
        if (now != highest && is_perpendicular(now, highest)) {
            twofold += now->order % 2 == 0;
            vertical += now->mirror;
        }
    }
    const bool dihedral = twofold >= n;
    if (highest->mirror) {
        snprintf(text, size, "%c%dh", dihedral ? 'D' : 'C', n);
    } else if (dihedral) {
        snprintf(text, size, "D%d%s", n, vertical >= n ? "d" : "");
    } else if (vertical >= n) {
        snprintf(text, size, "C%dv", n);
    } else if (has_rotation(m, highest->direction, 2 * n, true)) {
        snprintf(text, size, "S%d", 2 * n);
    } else {
        snprintf(text, size, "C%d", n);
    }
}

static bool is_linear(const molecule *m)
{
    size_t far = 0;
    for (size_t i = 1; i < m->count; i++) {
        if (dot(m->positions[i], m->positions[i]) > dot(m->positions[far], m->positions[far])) {
            far = i;
        }
    }
    const double length = sqrt(dot(m->positions[far], m->positions[far]));
    for (size_t i = 0; i < m->count; i++) {
        double normal[3];
        cross(m->positions[i], m->positions[far], normal);
        if (sqrt(dot(normal, normal)) > m->tolerance * length) {
            return false;
        }
    }
    return true;
}

static void name_group(const molecule *m, char *text, size_t size)
{
    size_t high = 0;
    axes found;
    if (m->count == 1) {
        snprintf(text, size, "Kh");
        return;
    }
    if (is_linear(m)) {
        snprintf(text, size, has_inversion(m) ? "D∞h" : "C∞v");
        return;
    }
    find_axes(m, &found);
    const axis *highest = main_axis(m, &found, &high);
    if (highest == NULL) {
        snprintf(text, size, found.count > 0 ? "Cs" : has_inversion(m) ? "Ci" : "C1");
    } else if (high >= 2) {
        name_cubic(m, &found, highest->order, text, size);
    } else {
        name_axial(m, &found, highest, text, size);
    }
}

adatom_status adatom_point_group(const adatom_structure *structure, double tolerance, char *text,
                                 size_t size)
{
    molecule m = {.count = structure->atom_count,
                  .numbers = structure->atomic_numbers,
                  .tolerance = tolerance};
    double centre[3] = {0, 0, 0};
    if (m.count == 0 || m.count > ATOMS_MAX) {
        return adatom_fail(ADATOM_UNSUPPORTED, "%zu atoms, expected 1 to %d for a point group",
                           m.count, ATOMS_MAX);
    }
    ADATOM_TRY(adatom_allocate(m.count, sizeof *m.positions, &m.positions));
    for (size_t i = 0; i < m.count; i++) {
        for (int k = 0; k < 3; k++) {
            centre[k] += structure->positions[i][k] / (double)m.count;
        }
    }
    for (size_t i = 0; i < m.count; i++) {
        for (int k = 0; k < 3; k++) {
            m.positions[i][k] = structure->positions[i][k] - centre[k];
        }
    }
    name_group(&m, text, size);
    free(m.positions);
    return ADATOM_OK;
}
