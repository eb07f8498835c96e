/* The potentials that `adatom train` makes. */
#include "energy/kinds.h"

#include "adatom/potential.h"

#include <stdlib.h>
#include <string.h>

typedef struct model {
    adatom_potential *potential;
    adatom_potential_engine *engine;
} model;

static void destroy(void *state)
{
    model *opened = state;
    adatom_potential_engine_free(opened->engine);
    adatom_potential_free(opened->potential);
    free(opened);
}

static adatom_status read_arguments(const adatom_spec_argument *arguments, size_t count,
                                    double *threads)
{
    if (count == 0 || arguments[0].key[0] != '\0') {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "model wants a file: model:FILE.h5 or model:FILE.h5,threads=N");
    }
    *threads = 1;
    for (size_t i = 1; i < count; i++) {
        if (strcmp(arguments[i].key, "threads") != 0) {
            return adatom_sys_fail(
                ADATOM_INVALID_INPUT, "model has no argument \"%s\"; known: threads",
                arguments[i].key[0] != '\0' ? arguments[i].key : arguments[i].value);
        }
        ADATOM_SYS_TRY(adatom_sys_number(&arguments[i], 1, 4096, threads));
    }
    return ADATOM_OK;
}

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    double threads;
    ADATOM_SYS_TRY(read_arguments(arguments, count, &threads));
    model *opened;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *opened, &opened));
    adatom_status status = adatom_potential_read(arguments[0].value, &opened->potential);
    if (status == ADATOM_OK) {
        status = adatom_potential_engine_create(opened->potential, (int)threads, &opened->engine);
    }
    if (status != ADATOM_OK) {
        destroy(opened);
        return status;
    }
    *state = opened;
    return ADATOM_OK;
}

static adatom_status compute(void *state, const adatom_structure *structure, double *energy,
                             double (*forces)[3])
{
    model *opened = state;
    adatom_potential_result result = {.forces = forces};
    ADATOM_SYS_TRY(adatom_potential_compute(opened->engine, structure, -1, &result));
    *energy = result.energy;
    return ADATOM_OK;
}

static adatom_status compute_properties(void *state, const adatom_structure *structure,
                                        adatom_properties *properties)
{
    model *opened = state;
    adatom_potential_result result = {.forces = properties->forces,
                                      .energies = properties->energies,
                                      .virial = properties->virial};
    ADATOM_SYS_TRY(adatom_potential_compute(opened->engine, structure, -1, &result));
    properties->energy = result.energy;
    properties->has_energies = properties->energies != NULL;
    properties->has_virial = properties->virial != NULL;
    return ADATOM_OK;
}

const adatom_evaluator_kind adatom_kind_model = {.create = create,
                                                 .free = destroy,
                                                 .compute = compute,
                                                 .compute_properties = compute_properties};
