/* The potentials, and the networks on images, that `adatom train` makes. */
#include "energy/kinds.h"

#include "adatom/image.h"
#include "adatom/potential.h"

#include <stdlib.h>
#include <string.h>

typedef struct model {
    adatom_potential *potential; /* or NULL, and an image model */
    adatom_potential_engine *engine;
    adatom_image_model *image;
    adatom_image_engine *image_engine;
} model;

static void destroy(void *state)
{
    model *opened = state;
    adatom_potential_engine_free(opened->engine);
    adatom_potential_free(opened->potential);
    adatom_image_engine_free(opened->image_engine);
    adatom_image_model_free(opened->image);
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

static adatom_status open_image(model *opened, const char *path, int threads)
{
    ADATOM_SYS_TRY(adatom_image_model_read(path, &opened->image));
    if (strcmp(adatom_image_model_target(opened->image), "energy") != 0 ||
        strcmp(adatom_image_model_unit(opened->image), "eV") != 0) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "%s predicts %s in %s, not the energy in eV",
                               path, adatom_image_model_target(opened->image),
                               adatom_image_model_unit(opened->image));
    }
    return adatom_image_engine_create(opened->image, threads, &opened->image_engine);
}

static adatom_status open_potential(model *opened, const char *path, int threads)
{
    ADATOM_SYS_TRY(adatom_potential_read(path, &opened->potential));
    return adatom_potential_engine_create(opened->potential, threads, &opened->engine);
}

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    double threads;
    ADATOM_SYS_TRY(read_arguments(arguments, count, &threads));
    model *opened;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *opened, &opened));
    const char *path = arguments[0].value;
    const adatom_status status =
        (adatom_image_model_is_at(path) ? open_image : open_potential)(opened, path, (int)threads);
    if (status != ADATOM_OK) {
        destroy(opened);
        return status;
    }
    *state = opened;
    return ADATOM_OK;
}

static adatom_status compute_properties(void *state, const adatom_structure *structure,
                                        adatom_properties *properties)
{
    model *opened = state;
    if (opened->image != NULL) { /* knows no shares of atoms and no virial */
        return adatom_image_engine_compute(opened->image_engine, structure, &properties->energy,
                                           properties->forces);
    }
    adatom_potential_result result = {.forces = properties->forces,
                                      .energies = properties->energies,
                                      .virial = properties->virial};
    ADATOM_SYS_TRY(adatom_potential_compute(opened->engine, structure, -1, &result));
    properties->energy = result.energy;
    properties->has_energies = properties->energies != NULL;
    properties->has_virial = properties->virial != NULL;
    return ADATOM_OK;
}

const adatom_evaluator_kind adatom_kind_model = {
    .create = create, .free = destroy, .compute_properties = compute_properties};
