#include "atoms/match.h"

#include "atoms/match_private.h"
#include "atoms/primitive.h"
#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Lattice vectors whose products are equal to this share are the same. */
static const double same_cell = 1e-4;

static adatom_status allocate(adatom_comparison *c, const adatom_structure *first,
                              const adatom_structure *second)
{
    c->count = first->atom_count;
    c->first_numbers = first->atomic_numbers;
    c->second_numbers = second->atomic_numbers;
    c->best = INFINITY;
    ADATOM_TRY(adatom_allocate(c->count, sizeof *c->first, &c->first));
    ADATOM_TRY(adatom_allocate(c->count, sizeof *c->second, &c->second));
    ADATOM_TRY(adatom_allocate(c->count, sizeof *c->turned, &c->turned));
    ADATOM_TRY(adatom_allocate(c->count, sizeof *c->paired, &c->paired));
    ADATOM_TRY(adatom_allocate(c->count * c->count, sizeof *c->costs, &c->costs));
    return adatom_allocate(c->count, sizeof *c->column_of, &c->column_of);
}

static void clear(adatom_comparison *c)
{
    free(c->first);
    free(c->second);
    free(c->turned);
    free(c->paired);
    free(c->costs);
    free(c->column_of);
}

static bool same_elements(const adatom_structure *first, const adatom_structure *second)
{
    size_t counts[ADATOM_ELEMENT_COUNT + 1] = {0}, others[ADATOM_ELEMENT_COUNT + 1] = {0};
    if (first->atom_count != second->atom_count) {
        return false;
    }
    for (size_t i = 0; i < first->atom_count; i++) {
        counts[first->atomic_numbers[i]]++;
        others[second->atomic_numbers[i]]++;
    }
    return memcmp(counts, others, sizeof counts) == 0;
}

static bool is_periodic(const adatom_structure *structure)
{
    return structure->periodic[0] || structure->periodic[1] || structure->periodic[2];
}

static adatom_status compare_as_they_are(const adatom_structure *first,
                                         const adatom_structure *second, double tolerance,
                                         double *rmsd, double *strain)
{
    if (!same_elements(first, second)) {
        *rmsd = *strain = INFINITY;
        return ADATOM_OK;
    }
    adatom_comparison c = {0};
    adatom_status status = allocate(&c, first, second);
    if (status == ADATOM_OK) {
        status = is_periodic(first) ? adatom_compare_periodic(&c, first, second, tolerance)
                                    : adatom_compare_free(&c, first, second);
    }
    if (status == ADATOM_OK) {
        *rmsd = sqrt(c.best);
        *strain = isfinite(c.best) ? c.strain : INFINITY;
    }
    clear(&c);
    return status;
}

/* The same crystal has many cells of a size. */
static adatom_status compare_primitive(const adatom_structure *first,
                                       const adatom_structure *second, double tolerance,
                                       double *rmsd, double *strain)
{
    adatom_structure *small[2] = {NULL, NULL};
    double found = INFINITY, stretch = INFINITY;
    adatom_status status = adatom_structure_primitive(first, ADATOM_MATCH_SAME, &small[0]);
    if (status == ADATOM_OK) {
        status = adatom_structure_primitive(second, ADATOM_MATCH_SAME, &small[1]);
    }
    if (status == ADATOM_OK) {
        status = compare_as_they_are(small[0], small[1], tolerance, &found, &stretch);
    }
    if (status == ADATOM_OK && found < *rmsd) {
        *rmsd = found;
        *strain = stretch;
    }
    adatom_structure_free(small[0]);
    adatom_structure_free(small[1]);
    return status;
}

adatom_status adatom_structure_compare(const adatom_structure *first,
                                       const adatom_structure *second, double tolerance,
                                       double *rmsd, double *strain)
{
    const bool *periodic = first->periodic;
    if (memcmp(periodic, second->periodic, sizeof first->periodic) != 0 ||
        !same_elements(first, second)) {
        *rmsd = *strain = INFINITY;
        return ADATOM_OK;
    }
    if (first->atom_count == 0) {
        *rmsd = *strain = 0;
        return ADATOM_OK;
    }
    double found, stretch;
    ADATOM_TRY(compare_as_they_are(first, second, tolerance, &found, &stretch));
    if (found > ADATOM_MATCH_SAME && tolerance > same_cell && periodic[0] && periodic[1] &&
        periodic[2]) {
        ADATOM_TRY(compare_primitive(first, second, tolerance, &found, &stretch));
    }
    *rmsd = found;
    *strain = stretch;
    return ADATOM_OK;
}

adatom_status adatom_structure_distance(const adatom_structure *first,
                                        const adatom_structure *second, double *rmsd)
{
    double strain;
    for (int i = 0; i < 3; i++) {
        for (int x = 0; x < 3 && first->periodic[i]; x++) {
            if (fabs(first->cell[i][x] - second->cell[i][x]) > 1e-6) {
                *rmsd = INFINITY;
                return ADATOM_OK;
            }
        }
    }
    return adatom_structure_compare(first, second, same_cell, rmsd, &strain);
}
