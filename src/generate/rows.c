#include "generate/rows.h"

#include "atoms/match.h"
#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

enum { L = ADATOM_POOLED_LANES };

struct adatom_rows {
    const adatom_global *fingerprint;
    const double *target; /* [atoms][values] */
    double *values;       /* [atoms][values] */
    double *costs;        /* [atoms][atoms] */
    double *places;       /* [3 atoms] */
    size_t *column_of;    /* [atoms] */
};

/* More than all squares of differences together. */
static const double forbidden = 1e12;

static adatom_status allocate(adatom_rows *rows)
{
    const size_t atoms = rows->fingerprint->structure->atom_count;
    ADATOM_TRY(adatom_allocate(atoms * rows->fingerprint->value_count, sizeof *rows->values,
                               &rows->values));
    ADATOM_TRY(adatom_allocate(atoms * atoms, sizeof *rows->costs, &rows->costs));
    ADATOM_TRY(adatom_allocate(3 * atoms, sizeof *rows->places, &rows->places));
    return adatom_allocate(atoms, sizeof *rows->column_of, &rows->column_of);
}

adatom_status adatom_rows_create(const adatom_global *fingerprint, const double *target,
                                 adatom_rows **out)
{
    adatom_rows *rows;
    if (fingerprint->columns != fingerprint->structure->atom_count * fingerprint->value_count ||
        fingerprint->group_count != fingerprint->structure->atom_count) {
        *out = NULL;
        return ADATOM_OK;
    }
    ADATOM_TRY(adatom_allocate(1, sizeof *rows, &rows));
    rows->fingerprint = fingerprint;
    rows->target = target;
    const adatom_status status = allocate(rows);
    if (status != ADATOM_OK) {
        adatom_rows_free(rows);
        return status;
    }
    *out = rows;
    return ADATOM_OK;
}

void adatom_rows_free(adatom_rows *rows)
{
    if (rows != NULL) {
        free(rows->values);
        free(rows->costs);
        free(rows->places);
        free(rows->column_of);
        free(rows);
    }
}

static double squared_difference(const double *a, const double *b, size_t count)
{
    double sum = 0;
    for (size_t v = 0; v < count; v++) {
        sum += (a[v] - b[v]) * (a[v] - b[v]);
    }
    return sum;
}

adatom_status adatom_rows_assign(adatom_rows *rows, adatom_structure *scratch, double *variables,
                                 int lane)
{
    if (rows == NULL) {
        return ADATOM_OK;
    }
    const adatom_global *f = rows->fingerprint;
    const size_t atoms = f->structure->atom_count, count = f->value_count;
    adatom_global_place(f, variables, lane, scratch);
    ADATOM_TRY(adatom_descriptor_describe(f->descriptor, scratch, 1, rows->values));
    for (size_t i = 0; i < atoms; i++) {
        for (size_t j = 0; j < atoms; j++) {
            const bool equal = scratch->atomic_numbers[i] == scratch->atomic_numbers[j];
            rows->costs[i * atoms + j] = equal ? squared_difference(rows->values + i * count,
                                                                    rows->target + j * count, count)
                                               : forbidden;
        }
    }
    ADATOM_TRY(adatom_assign(atoms, rows->costs, rows->column_of));
    for (size_t k = 0; k < 3 * atoms; k++) {
        rows->places[k] = variables[k * L + (size_t)lane];
    }
    for (size_t k = 0; k < 3 * atoms; k++) {
        variables[(3 * rows->column_of[k / 3] + k % 3) * L + (size_t)lane] = rows->places[k];
    }
    return ADATOM_OK;
}
