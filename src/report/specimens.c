#include "report/specimens.h"

#include "atoms/cell.h"
#include "atoms/fingerprint.h"
#include "atoms/pieces.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/database.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Å beyond the covalent radii (J. Chem. Phys. 151, 054111 (2019)). */
static const double bond_tolerance = 0.2;
/* Larger structures are shown without rings and signature: their graph is nothing to look at. */
enum { GRAPH_ATOMS_MAX = 5000, LOWEST_LIMIT = 400 };

/* Moves atoms into the cell, so that a drawing has them together. */
static adatom_status wrap_positions(adatom_structure *structure)
{
    double cell[3][3], inverse[3][3];
    ADATOM_TRY(adatom_cell_complete(structure->cell, structure->periodic, cell));
    ADATOM_TRY(adatom_cell_invert(cell, inverse));
    for (size_t i = 0; i < structure->atom_count; i++) {
        double *position = structure->positions[i];
        const double before[3] = {position[0], position[1], position[2]};
        for (int k = 0; k < 3; k++) {
            double fraction = 0;
            for (int j = 0; j < 3; j++) {
                fraction += before[j] * inverse[j][k];
            }
            /* The small addition keeps an atom on the border of the cell at its lower side. */
            const double cells = structure->periodic[k] ? floor(fraction + 1e-6) : 0;
            for (int j = 0; j < 3; j++) {
                position[j] -= cells * cell[k][j];
            }
        }
    }
    return ADATOM_OK;
}

static adatom_status analyse(adatom_specimen *specimen)
{
    ADATOM_TRY(wrap_positions(specimen->structure));
    if (specimen->structure->atom_count > GRAPH_ATOMS_MAX) {
        return adatom_fail(ADATOM_UNSUPPORTED, "%zu atoms are too many to be drawn",
                           specimen->structure->atom_count);
    }
    ADATOM_TRY(adatom_bond_graph_create(specimen->structure, bond_tolerance, &specimen->graph));
    ADATOM_TRY(adatom_bond_graph_rings(specimen->graph, specimen->rings));
    ADATOM_TRY(adatom_bond_graph_pieces(specimen->graph, NULL, &specimen->pieces));
    return adatom_bond_signature(specimen->structure, specimen->graph, &specimen->bond_signature);
}

adatom_status adatom_specimen_create(adatom_structure *structure, bool has_energy, double energy,
                                     int64_t episode, adatom_specimen *out)
{
    adatom_specimen specimen = {
        .structure = structure, .has_energy = has_energy, .energy = energy, .episode = episode};
    const adatom_status status = analyse(&specimen);
    if (status != ADATOM_OK) {
        adatom_specimen_clear(&specimen);
        return status;
    }
    *out = specimen;
    return ADATOM_OK;
}

void adatom_specimen_clear(adatom_specimen *specimen)
{
    adatom_structure_free(specimen->structure);
    adatom_bond_graph_free(specimen->graph);
    *specimen = (adatom_specimen){0};
}

bool adatom_specimen_same(const adatom_specimen *first, const adatom_specimen *second)
{
    const size_t atoms = first->structure->atom_count;
    if (atoms != second->structure->atom_count) {
        return false;
    }
    const double rounding = 1e-6 * (double)atoms; /* eV */
    return first->bond_signature == second->bond_signature ||
           (first->has_energy && second->has_energy &&
            fabs(first->energy - second->energy) < rounding);
}

static bool is_listed(const adatom_specimens *list, const adatom_specimen *specimen)
{
    for (size_t i = 0; i < list->count; i++) {
        if (adatom_specimen_same(&list->specimens[i], specimen)) {
            return true;
        }
    }
    return false;
}

/* Takes the row's structure. */
static adatom_status add_row(adatom_database_best *row, adatom_specimens *list)
{
    adatom_specimen specimen = {0};
    adatom_structure *structure = row->structure;
    row->structure = NULL;
    const int64_t episode = fabs(row->value) < 1e15 ? (int64_t)row->value : -1;
    ADATOM_TRY(adatom_specimen_create(structure, true, row->energy, episode, &specimen));
    list->looked_at++;
    adatom_status status = ADATOM_OK;
    if (!is_listed(list, &specimen)) {
        status = adatom_grow(&list->specimens, &list->capacity, list->count + 1, sizeof specimen);
        if (status == ADATOM_OK) {
            list->specimens[list->count++] = specimen;
            return ADATOM_OK;
        }
    }
    adatom_specimen_clear(&specimen);
    return status;
}

adatom_status adatom_specimens_read(const char *path, adatom_specimens *out)
{
    if (access(path, R_OK) != 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: there is no such file", path);
    }
    adatom_database_best *rows = NULL;
    size_t row_count = 0;
    adatom_specimens list = {0};
    ADATOM_TRY(adatom_database_lowest(path, "episode", LOWEST_LIMIT, &rows, &row_count));
    adatom_status status = ADATOM_OK;
    for (size_t i = 0; i < row_count; i++) {
        if (status == ADATOM_OK && list.count < ADATOM_SPECIMENS_MAX) {
            status = add_row(&rows[i], &list);
        }
        adatom_structure_free(rows[i].structure);
    }
    free(rows);
    if (status == ADATOM_OK && list.count == 0) {
        status = adatom_fail(ADATOM_INVALID_INPUT, "%s: no structure with an energy", path);
    }
    if (status != ADATOM_OK) {
        adatom_specimens_clear(&list);
        return status;
    }
    *out = list;
    return ADATOM_OK;
}

void adatom_specimens_clear(adatom_specimens *specimens)
{
    for (size_t i = 0; i < specimens->count; i++) {
        adatom_specimen_clear(&specimens->specimens[i]);
    }
    free(specimens->specimens);
    *specimens = (adatom_specimens){0};
}
