#include "adatom/symmetry.h"

#include "atoms/point_group.h"
#include "base/error.h"

#ifdef ADATOM_HAVE_SPGLIB

#include "atoms/cell.h"
#include "base/memory.h"

#include <math.h>
#include <spglib.h>
#include <stdio.h>
#include <stdlib.h>

/* Directions that are not periodic get so much empty space that nothing across it can be
 * symmetric, and lengths that are equal to no other by chance. */
static void add_empty_space(const adatom_structure *structure, double cell[3][3])
{
    static const double space = 31.4159;
    double extent = 0;
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int k = 0; k < 3; k++) {
            extent = fmax(extent, fabs(structure->positions[i][k]));
        }
    }
    for (int i = 0; i < 3; i++) {
        if (structure->periodic[i]) {
            continue;
        }
        const double *a = cell[(i + 1) % 3], *b = cell[(i + 2) % 3];
        double normal[3], length = 0;
        for (int k = 0; k < 3; k++) {
            normal[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
            length += normal[k] * normal[k];
        }
        for (int k = 0; k < 3; k++) {
            cell[i][k] = normal[k] / sqrt(length) * (2 * extent + space + 2.71828 * i);
        }
    }
}

static adatom_status find_dataset(const adatom_structure *structure, double tolerance,
                                  SpglibDataset **out)
{
    double cell[3][3], inverse[3][3], lattice[3][3], (*fractions)[3];
    ADATOM_TRY(adatom_cell_complete(structure->cell, structure->periodic, cell));
    add_empty_space(structure, cell);
    ADATOM_TRY(adatom_cell_invert((const double(*)[3])cell, inverse));
    ADATOM_TRY(adatom_allocate(structure->atom_count, sizeof *fractions, &fractions));
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int k = 0; k < 3; k++) {
            for (int j = 0; j < 3; j++) {
                fractions[i][k] += structure->positions[i][j] * inverse[j][k];
            }
        }
    }
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            lattice[k][i] = cell[i][k]; /* columns are lattice vectors there */
        }
    }
    *out = spg_get_dataset(lattice, fractions, structure->atomic_numbers,
                           (int)structure->atom_count, tolerance);
    free(fractions);
    return ADATOM_OK;
}

static adatom_status name_space_group(const adatom_structure *structure, double tolerance,
                                      char *text, size_t size)
{
    SpglibDataset *dataset = NULL;
    /* Where the tolerance leads to contradictions, a smaller one does not. */
    for (int attempt = 0; attempt < 4 && dataset == NULL; attempt++) {
        ADATOM_TRY(find_dataset(structure, tolerance * pow(0.5, attempt), &dataset));
    }
    if (dataset == NULL) {
        return adatom_fail(ADATOM_INVALID_INPUT, "no space group can be found");
    }
    snprintf(text, size, "%s (%d)", dataset->international_symbol, dataset->spacegroup_number);
    spg_free_dataset(dataset);
    return ADATOM_OK;
}

#else

static adatom_status name_space_group(const adatom_structure *structure, double tolerance,
                                      char *text, size_t size)
{
    (void)structure;
    (void)tolerance;
    (void)text;
    (void)size;
    return adatom_fail(ADATOM_UNSUPPORTED, "space groups: built without spglib");
}

#endif

adatom_status adatom_structure_symmetry(const adatom_structure *structure, double tolerance,
                                        char *text, size_t size)
{
    const bool *periodic = structure->periodic;
    return periodic[0] || periodic[1] || periodic[2]
               ? name_space_group(structure, tolerance, text, size)
               : adatom_point_group(structure, tolerance, text, size);
}
