#include "generate/global.h"

#include "base/error.h"
#include "base/memory.h"
#include "generate/global_work.h"

#include <stdlib.h>
#include <string.h>

adatom_status adatom_global_pools(const char *text, adatom_global_kind *kind)
{
    static const char *const names[] = {"mean", "max", "min"}; /* as adatom_pooling */
    kind->pool_count = 0;
    if (strcmp(text, "none") == 0) {
        return ADATOM_OK;
    }
    for (const char *at = text; at != NULL;) {
        const size_t length = strcspn(at, ",");
        int pool = 0;
        while (pool < 3 &&
               (strlen(names[pool]) != length || strncmp(names[pool], at, length) != 0)) {
            pool++;
        }
        if (pool == 3 || kind->pool_count == ADATOM_POOL_COUNT_MAX) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "fingerprint.pool: %.40s, expected none or up to %d of mean, max, "
                               "min with commas",
                               text, ADATOM_POOL_COUNT_MAX);
        }
        kind->pools[kind->pool_count++] = (adatom_pooling)pool;
        at = at[length] == ',' ? at + length + 1 : NULL;
    }
    return ADATOM_OK;
}

/* ---- */

/* The elements of a structure, by atomic number. */
static size_t elements_of(const adatom_structure *structure, int species[ADATOM_ELEMENT_COUNT])
{
    bool there[ADATOM_ELEMENT_COUNT + 1] = {false};
    size_t count = 0;
    for (size_t i = 0; i < structure->atom_count; i++) {
        there[structure->atomic_numbers[i]] = true;
    }
    for (int number = 1; number <= ADATOM_ELEMENT_COUNT; number++) {
        if (there[number]) {
            species[count++] = number;
        }
    }
    return count;
}

static void group_atoms(adatom_global *f, const adatom_global_kind *kind, const int *species,
                        size_t species_count)
{
    const size_t atoms = f->structure->atom_count;
    for (size_t i = 0; i < atoms; i++) {
        size_t element = 0;
        while (species[element] != f->structure->atomic_numbers[i]) {
            element++;
        }
        f->group_of[i] = kind->pool_count == 0 ? i : kind->by_element ? element : 0;
    }
    f->group_count = kind->pool_count == 0 ? atoms : kind->by_element ? species_count : 1;
}

static adatom_status fill(const adatom_global_kind *kind, const adatom_structure *structure,
                          adatom_global *f)
{
    int species[ADATOM_ELEMENT_COUNT];
    const size_t species_count = elements_of(structure, species);
    ADATOM_TRY(adatom_descriptor_create(kind->descriptor, species, species_count, &f->descriptor));
    ADATOM_TRY(adatom_structure_copy(structure, &f->structure));
    ADATOM_TRY(adatom_allocate(structure->atom_count, sizeof *f->group_of, &f->group_of));
    group_atoms(f, kind, species, species_count);
    /* The mean over a group of one atom is that atom's row. */
    f->pool_count = kind->pool_count > 0 ? kind->pool_count : 1;
    memcpy(f->pools, kind->pools, sizeof f->pools);
    if (kind->pool_count == 0) {
        f->pools[0] = ADATOM_POOL_MEAN;
    }
    f->value_count = adatom_descriptor_count_max(f->descriptor);
    f->columns = f->group_count * (size_t)f->pool_count * f->value_count;
    f->free_cell = kind->free_cell;
    f->variables = 3 * structure->atom_count + (f->free_cell ? ADATOM_STRAIN_COUNT : 0);
    if (f->free_cell) {
        ADATOM_TRY(adatom_strain_create(structure, &f->strain));
    }
    const bool free_atoms =
        !structure->periodic[0] && !structure->periodic[1] && !structure->periodic[2];
    const size_t most = 64; /* the memory of the fast path grows with the third power */
    if (!free_atoms || f->group_count != 1 || kind->pool_count == 0 ||
        structure->atom_count > most || structure->atom_count < 2) {
        return ADATOM_OK;
    }
    return adatom_pooled_create(f->descriptor, f->pools, f->pool_count, (int)structure->atom_count,
                                &f->fast);
}

adatom_status adatom_global_create(const adatom_global_kind *kind,
                                   const adatom_structure *structure, adatom_global **out)
{
    adatom_global *f;
    ADATOM_TRY(adatom_allocate(1, sizeof *f, &f));
    const adatom_status status = fill(kind, structure, f);
    if (status != ADATOM_OK) {
        adatom_global_free(f);
        return status;
    }
    *out = f;
    return ADATOM_OK;
}

void adatom_global_free(adatom_global *f)
{
    if (f != NULL) {
        adatom_descriptor_free(f->descriptor);
        adatom_structure_free(f->structure);
        adatom_pooled_free(f->fast);
        free(f->group_of);
        free(f);
    }
}

bool adatom_global_has_mean(const adatom_global *f)
{
    for (int pool = 0; pool < f->pool_count; pool++) {
        if (f->pools[pool] == ADATOM_POOL_MEAN) {
            return true;
        }
    }
    return false;
}

/* ---- pooling */

static double pool_value(const adatom_global *f, const double *values, size_t group,
                         adatom_pooling pool, size_t v, size_t *chosen)
{
    double best = 0;
    size_t count = 0;
    for (size_t i = 0; i < f->structure->atom_count; i++) {
        if (f->group_of[i] != group) {
            continue;
        }
        const double value = values[i * f->value_count + v];
        const bool better = count == 0 || (pool == ADATOM_POOL_MAX ? value > best : value < best);
        if (pool == ADATOM_POOL_MEAN) {
            best += value;
        } else if (better) {
            best = value;
            *chosen = i;
        }
        count++;
    }
    return pool == ADATOM_POOL_MEAN && count > 0 ? best / (double)count : best;
}

void adatom_global_pool(const adatom_global *f, const double *values, double *pooled,
                        size_t *chosen)
{
    size_t column = 0;
    for (size_t group = 0; group < f->group_count; group++) {
        for (int pool = 0; pool < f->pool_count; pool++) {
            for (size_t v = 0; v < f->value_count; v++, column++) {
                pooled[column] = pool_value(f, values, group, f->pools[pool], v, &chosen[column]);
            }
        }
    }
}

adatom_status adatom_global_values(const adatom_global *f, const adatom_structure *structure,
                                   double *values)
{
    double *of_atoms;
    size_t *chosen;
    ADATOM_TRY(
        adatom_allocate(structure->atom_count * f->value_count, sizeof *of_atoms, &of_atoms));
    adatom_status status = adatom_allocate(f->columns, sizeof *chosen, &chosen);
    if (status == ADATOM_OK) {
        status = adatom_descriptor_describe(f->descriptor, structure, 1, of_atoms);
        if (status == ADATOM_OK) {
            adatom_global_pool(f, of_atoms, values, chosen);
        }
        free(chosen);
    }
    free(of_atoms);
    return status;
}
