/* The model driver of the KIM API (version 2) for adatom's potentials: LAMMPS, ASE and every other
 * simulator that speaks to the KIM API runs them with it. docs/potential.md says how it is
 * installed.
 *
 * A model is one text file, as `adatom export --kim` writes it. Units are eV and Å. */
#include "potential/model.h"
#include "potential/text.h"

#include "KIM_ModelDriverHeaders.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the simulator keeps for us from one call to the next. */
typedef struct driver {
    adatom_potential *potential;
    adatom_potential_workspace *workspace;
    double cutoff_radius;               /* Å */
    int none_needed_for_images;         /* 1: neighbours of particles that do not contribute */
    double (*vectors)[3], (*forces)[3]; /* [capacity][3], of the neighbours of one particle */
    int *types, *particles;
    int capacity;
} driver;

static void destroy_driver(driver *kim)
{
    if (kim != NULL) {
        adatom_potential_workspace_free(kim->workspace);
        adatom_potential_free(kim->potential);
        free(kim->vectors);
        free(kim->forces);
        free(kim->types);
        free(kim->particles);
        free(kim);
    }
}

/* ---- compute */

/* The arrays of the simulator; NULL where it does not want something. */
typedef struct request {
    const KIM_ModelComputeArguments *arguments;
    const int *particle_count, *types, *contributing;
    const double (*coordinates)[3];
    double *energy, *energies, *virial;
    double (*forces)[3], (*virials)[6];
} request;

static int take_request(const KIM_ModelComputeArguments *from, request *out)
{
    const double *coordinates = NULL;
    double *forces = NULL, *virials = NULL;
    int failed = 0;
    out->arguments = from;
    failed |= KIM_ModelComputeArguments_GetArgumentPointerInteger(
        from, KIM_COMPUTE_ARGUMENT_NAME_numberOfParticles, (int **)&out->particle_count);
    failed |= KIM_ModelComputeArguments_GetArgumentPointerInteger(
        from, KIM_COMPUTE_ARGUMENT_NAME_particleSpeciesCodes, (int **)&out->types);
    failed |= KIM_ModelComputeArguments_GetArgumentPointerInteger(
        from, KIM_COMPUTE_ARGUMENT_NAME_particleContributing, (int **)&out->contributing);
    failed |= KIM_ModelComputeArguments_GetArgumentPointerDouble(
        from, KIM_COMPUTE_ARGUMENT_NAME_coordinates, (double **)&coordinates);
    failed |= KIM_ModelComputeArguments_GetArgumentPointerDouble(
        from, KIM_COMPUTE_ARGUMENT_NAME_partialEnergy, &out->energy);
    failed |= KIM_ModelComputeArguments_GetArgumentPointerDouble(
        from, KIM_COMPUTE_ARGUMENT_NAME_partialForces, &forces);
    failed |= KIM_ModelComputeArguments_GetArgumentPointerDouble(
        from, KIM_COMPUTE_ARGUMENT_NAME_partialParticleEnergy, &out->energies);
    failed |= KIM_ModelComputeArguments_GetArgumentPointerDouble(
        from, KIM_COMPUTE_ARGUMENT_NAME_partialVirial, &out->virial);
    failed |= KIM_ModelComputeArguments_GetArgumentPointerDouble(
        from, KIM_COMPUTE_ARGUMENT_NAME_partialParticleVirial, &virials);
    out->coordinates = (const double(*)[3])coordinates;
    out->forces = (double(*)[3])forces;
    out->virials = (double(*)[6])virials;
    return failed;
}

static void clear_results(const request *wanted)
{
    const size_t count = (size_t)*wanted->particle_count;
    if (wanted->energy != NULL) {
        *wanted->energy = 0;
    }
    if (wanted->energies != NULL) {
        memset(wanted->energies, 0, count * sizeof *wanted->energies);
    }
    if (wanted->forces != NULL) {
        memset(wanted->forces, 0, count * sizeof *wanted->forces);
    }
    if (wanted->virial != NULL) {
        memset(wanted->virial, 0, 6 * sizeof *wanted->virial);
    }
    if (wanted->virials != NULL) {
        memset(wanted->virials, 0, count * sizeof *wanted->virials);
    }
}

/* Room for count neighbours; there is some even for none. */
static int reserve(driver *kim, int count)
{
    if (count < kim->capacity) {
        return 0;
    }
    const size_t size = (size_t)count + 64;
    free(kim->vectors);
    free(kim->forces);
    free(kim->types);
    free(kim->particles);
    kim->vectors = calloc(size, sizeof *kim->vectors);
    kim->forces = calloc(size, sizeof *kim->forces);
    kim->types = calloc(size, sizeof *kim->types);
    kim->particles = calloc(size, sizeof *kim->particles);
    const bool there =
        kim->vectors != NULL && kim->forces != NULL && kim->types != NULL && kim->particles != NULL;
    kim->capacity = there ? (int)size : 0;
    return kim->capacity == 0;
}

/* dE/d(strain), in the order of KIM: xx yy zz yz xz xy. */
static void pair_virial(const double vector[3], const double force[3], double virial[6])
{
    virial[0] = vector[0] * force[0];
    virial[1] = vector[1] * force[1];
    virial[2] = vector[2] * force[2];
    virial[3] = (vector[1] * force[2] + vector[2] * force[1]) / 2;
    virial[4] = (vector[0] * force[2] + vector[2] * force[0]) / 2;
    virial[5] = (vector[0] * force[1] + vector[1] * force[0]) / 2;
}

/* What a centre does to itself and to a neighbour, whose dE/dposition is force. */
static void add_pair(const request *wanted, int center, int neighbor, const double vector[3],
                     const double force[3])
{
    for (int x = 0; wanted->forces != NULL && x < 3; x++) {
        wanted->forces[neighbor][x] -= force[x];
        wanted->forces[center][x] += force[x];
    }
    if (wanted->virial == NULL && wanted->virials == NULL) {
        return;
    }
    double virial[6];
    pair_virial(vector, force, virial);
    for (int k = 0; k < 6; k++) {
        if (wanted->virial != NULL) {
            wanted->virial[k] += virial[k];
        }
        if (wanted->virials != NULL) {
            wanted->virials[center][k] += virial[k] / 2;
            wanted->virials[neighbor][k] += virial[k] / 2;
        }
    }
}

/* Puts those neighbours that are within the cutoff side by side: lists of simulators reach farther.
 * Their number. */
static int take_neighbors(driver *kim, const request *wanted, int particle, int count,
                          const int *neighbors)
{
    const double *center = wanted->coordinates[particle];
    const double limit = kim->cutoff_radius * kim->cutoff_radius;
    int taken = 0;
    for (int n = 0; n < count; n++) {
        const double *place = wanted->coordinates[neighbors[n]];
        double squared = 0;
        for (int x = 0; x < 3; x++) {
            kim->vectors[taken][x] = place[x] - center[x];
            squared += kim->vectors[taken][x] * kim->vectors[taken][x];
        }
        kim->types[taken] = wanted->types[neighbors[n]];
        kim->particles[taken] = neighbors[n];
        taken += squared < limit;
    }
    return taken;
}

static int compute_particle(driver *kim, const request *wanted, int particle, bool with_forces)
{
    int listed;
    const int *neighbors;
    if (KIM_ModelComputeArguments_GetNeighborList(wanted->arguments, 0, particle, &listed,
                                                  &neighbors) ||
        reserve(kim, listed)) {
        return 1;
    }
    const int count = take_neighbors(kim, wanted, particle, listed, neighbors);
    const adatom_environment environment = {.type = wanted->types[particle],
                                            .count = (size_t)count,
                                            .vectors = (const double(*)[3])kim->vectors,
                                            .types = kim->types};
    double energy;
    if (adatom_potential_center(kim->potential, kim->workspace, &environment, -1, &energy,
                                with_forces ? kim->forces : NULL) != ADATOM_OK) {
        return 1;
    }
    if (wanted->energy != NULL) {
        *wanted->energy += energy;
    }
    if (wanted->energies != NULL) {
        wanted->energies[particle] = energy;
    }
    for (int n = 0; with_forces && n < count; n++) {
        add_pair(wanted, particle, kim->particles[n], kim->vectors[n], kim->forces[n]);
    }
    return 0;
}

static int compute(const KIM_ModelCompute *model, const KIM_ModelComputeArguments *arguments)
{
    driver *kim;
    KIM_ModelCompute_GetModelBufferPointer(model, (void **)&kim);
    request wanted;
    if (take_request(arguments, &wanted)) {
        KIM_ModelCompute_LogEntry(model, KIM_LOG_VERBOSITY_error, "cannot get the arguments",
                                  __LINE__, __FILE__);
        return 1;
    }
    clear_results(&wanted);
    const bool with_forces =
        wanted.forces != NULL || wanted.virial != NULL || wanted.virials != NULL;
    for (int particle = 0; particle < *wanted.particle_count; particle++) {
        if (wanted.contributing[particle] &&
            compute_particle(kim, &wanted, particle, with_forces)) {
            KIM_ModelCompute_LogEntry(model, KIM_LOG_VERBOSITY_error,
                                      "no neighbours, or out of memory", __LINE__, __FILE__);
            return 1;
        }
    }
    return 0;
}

/* ---- the other routines */

static int create_arguments(const KIM_ModelCompute *model, KIM_ModelComputeArgumentsCreate *create)
{
    (void)model;
    const KIM_ComputeArgumentName optional[] = {
        KIM_COMPUTE_ARGUMENT_NAME_partialEnergy, KIM_COMPUTE_ARGUMENT_NAME_partialForces,
        KIM_COMPUTE_ARGUMENT_NAME_partialParticleEnergy, KIM_COMPUTE_ARGUMENT_NAME_partialVirial,
        KIM_COMPUTE_ARGUMENT_NAME_partialParticleVirial};
    int failed = 0;
    for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++) {
        failed |= KIM_ModelComputeArgumentsCreate_SetArgumentSupportStatus(
            create, optional[i], KIM_SUPPORT_STATUS_optional);
    }
    return failed;
}

static int destroy_arguments(const KIM_ModelCompute *model,
                             KIM_ModelComputeArgumentsDestroy *destroy)
{
    (void)model;
    (void)destroy;
    return 0;
}

static int destroy(KIM_ModelDestroy *model)
{
    driver *kim;
    KIM_ModelDestroy_GetModelBufferPointer(model, (void **)&kim);
    destroy_driver(kim);
    return 0;
}

/* ---- creation */

static int fail(const KIM_ModelDriverCreate *create, const char *message)
{
    KIM_ModelDriverCreate_LogEntry(create, KIM_LOG_VERBOSITY_error, message, __LINE__, __FILE__);
    return 1;
}

/* The whole file, ended by a 0; NULL if it cannot be read. */
static char *read_file(const char *path)
{
    FILE *stream = fopen(path, "rb");
    char *text = NULL;
    size_t length = 0, capacity = 0;
    while (stream != NULL) {
        if (length + 1 >= capacity) {
            capacity = 2 * capacity + (1 << 16);
            char *longer = realloc(text, capacity);
            if (longer == NULL) {
                break;
            }
            text = longer;
        }
        const size_t got = fread(text + length, 1, capacity - length - 1, stream);
        length += got;
        text[length] = '\0';
        if (got == 0) {
            const int failed = ferror(stream);
            fclose(stream);
            if (!failed) {
                return text;
            }
            stream = NULL;
        }
    }
    free(text);
    return NULL;
}

static int read_potential(const KIM_ModelDriverCreate *create, driver *kim)
{
    const char *folder, *name;
    int count;
    KIM_ModelDriverCreate_GetNumberOfParameterFiles(create, &count);
    if (count != 1 || KIM_ModelDriverCreate_GetParameterFileBasename(create, 0, &name)) {
        return fail(create, "one parameter file is expected");
    }
    KIM_ModelDriverCreate_GetParameterFileDirectoryName(create, &folder);
    char path[4096];
    const int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    char *text = length < (int)sizeof path ? read_file(path) : NULL;
    if (text == NULL) {
        return fail(create, "the parameter file cannot be read");
    }
    const adatom_status status = adatom_potential_parse(text, name, &kim->potential);
    free(text);
    if (status != ADATOM_OK ||
        adatom_potential_workspace_create(kim->potential, &kim->workspace) != ADATOM_OK) {
        return fail(create, adatom_error_message());
    }
    kim->cutoff_radius = adatom_descriptor_cutoff(kim->potential->descriptor);
    kim->none_needed_for_images = 1;
    return 0;
}

/* No routine to refresh: nothing can be changed from outside. */
static int set_routines(KIM_ModelDriverCreate *create)
{
    const struct {
        KIM_ModelRoutineName name;
        KIM_Function *routine;
    } routines[] = {
        {KIM_MODEL_ROUTINE_NAME_ComputeArgumentsCreate, (KIM_Function *)create_arguments},
        {KIM_MODEL_ROUTINE_NAME_ComputeArgumentsDestroy, (KIM_Function *)destroy_arguments},
        {KIM_MODEL_ROUTINE_NAME_Compute, (KIM_Function *)compute},
        {KIM_MODEL_ROUTINE_NAME_Destroy, (KIM_Function *)destroy},
    };
    int failed = 0;
    for (size_t i = 0; i < sizeof routines / sizeof routines[0]; i++) {
        failed |= KIM_ModelDriverCreate_SetRoutinePointer(
            create, routines[i].name, KIM_LANGUAGE_NAME_c, 1, routines[i].routine);
    }
    return failed;
}

static int set_species(KIM_ModelDriverCreate *create, const driver *kim)
{
    int failed = 0;
    for (size_t type = 0; type < kim->potential->element_count; type++) {
        const char *symbol = adatom_element_symbol(kim->potential->elements[type].atomic_number);
        failed |= KIM_ModelDriverCreate_SetSpeciesCode(create, KIM_SpeciesName_FromString(symbol),
                                                       (int)type);
    }
    return failed;
}

/* What the shared object shows to the KIM API. */
__attribute__((visibility("default"))) int
adatom_potential_driver_create(KIM_ModelDriverCreate *create, KIM_LengthUnit length,
                               KIM_EnergyUnit energy, KIM_ChargeUnit charge,
                               KIM_TemperatureUnit temperature, KIM_TimeUnit time);

int adatom_potential_driver_create(KIM_ModelDriverCreate *create, KIM_LengthUnit length,
                                   KIM_EnergyUnit energy, KIM_ChargeUnit charge,
                                   KIM_TemperatureUnit temperature, KIM_TimeUnit time)
{
    (void)length; /* the simulator sees that ours are others, and converts or refuses */
    (void)energy;
    (void)charge;
    (void)temperature;
    (void)time;
    driver *kim = calloc(1, sizeof *kim);
    if (kim == NULL) {
        return fail(create, "out of memory");
    }
    if (read_potential(create, kim) || set_species(create, kim) || set_routines(create) ||
        KIM_ModelDriverCreate_SetUnits(create, KIM_LENGTH_UNIT_A, KIM_ENERGY_UNIT_eV,
                                       KIM_CHARGE_UNIT_unused, KIM_TEMPERATURE_UNIT_unused,
                                       KIM_TIME_UNIT_unused) ||
        KIM_ModelDriverCreate_SetModelNumbering(create, KIM_NUMBERING_zeroBased)) {
        destroy_driver(kim);
        return 1;
    }
    KIM_ModelDriverCreate_SetModelBufferPointer(create, kim);
    KIM_ModelDriverCreate_SetInfluenceDistancePointer(create, &kim->cutoff_radius);
    KIM_ModelDriverCreate_SetNeighborListPointers(create, 1, &kim->cutoff_radius,
                                                  &kim->none_needed_for_images);
    return 0;
}
