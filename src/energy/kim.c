/* Portable models of the KIM API (Tadmor et al., JOM 63, 17 (2011); openkim.org), run in process.
 *
 * A model knows no cell: it sees the atoms and their periodic images within its influence distance.
 * Images contribute no energy; the forces on them belong to the atoms that they are images of. */
#include "energy/kinds.h"

#include "energy/cloud.h"
#include "energy/kim_library.h"

#include "KIM_SimulatorHeaders.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNKNOWN_SPECIES = INT_MIN };

typedef struct kim_model {
    char *name; /* as the user gave it */
    KIM_Model *model;
    KIM_ComputeArguments *arguments;
    bool has_forces, needs_forces;
    bool has_energies, needs_energies;           /* of particles */
    int species_codes[ADATOM_ELEMENT_COUNT + 1]; /* by atomic number, or UNKNOWN_SPECIES */
    adatom_cloud *cloud;
    /* What the model reads and writes, [particle_count] */
    int *species, *contributing;
    double (*forces)[3];
    double *energies;
    size_t species_capacity, contributing_capacity, force_capacity, energy_capacity;
} kim_model;

/* What the model calls for neighbours; not 0 if it asks for what it said it would not. */
static int get_neighbors(void *context, int list_count, const double *cutoffs, int list,
                         int particle, int *neighbor_count, const int **neighbors)
{
    (void)list_count;
    (void)cutoffs;
    const int *found = adatom_cloud_neighbors(context, list, particle, neighbor_count);
    *neighbors = found;
    return found == NULL;
}

static void destroy(void *state)
{
    kim_model *kim = state;
    if (kim == NULL) {
        return;
    }
    if (kim->arguments != NULL) {
        KIM_Model_ComputeArgumentsDestroy(kim->model, &kim->arguments);
    }
    if (kim->model != NULL) {
        KIM_Model_Destroy(&kim->model);
    }
    adatom_cloud_free(kim->cloud);
    free(kim->name);
    free(kim->species);
    free(kim->contributing);
    free(kim->forces);
    free(kim->energies);
    free(kim);
}

/* A model may demand routines that only later versions of the API know. */
static adatom_status check_routines(const kim_model *kim)
{
    int count;
    KIM_MODEL_ROUTINE_NAME_GetNumberOfModelRoutineNames(&count);
    for (int i = 0; i < count; i++) {
        KIM_ModelRoutineName routine;
        int present = 0, required = 0;
        if (KIM_MODEL_ROUTINE_NAME_GetModelRoutineName(i, &routine) ||
            KIM_Model_IsRoutinePresent(kim->model, routine, &present, &required)) {
            continue;
        }
        const bool known =
            KIM_ModelRoutineName_Equal(routine, KIM_MODEL_ROUTINE_NAME_Create) ||
            KIM_ModelRoutineName_Equal(routine, KIM_MODEL_ROUTINE_NAME_ComputeArgumentsCreate) ||
            KIM_ModelRoutineName_Equal(routine, KIM_MODEL_ROUTINE_NAME_Compute) ||
            KIM_ModelRoutineName_Equal(routine, KIM_MODEL_ROUTINE_NAME_Refresh) ||
            KIM_ModelRoutineName_Equal(routine, KIM_MODEL_ROUTINE_NAME_ComputeArgumentsDestroy) ||
            KIM_ModelRoutineName_Equal(routine, KIM_MODEL_ROUTINE_NAME_Destroy);
        if (present && required && !known) {
            return adatom_sys_fail(ADATOM_UNSUPPORTED, "the KIM model %s needs the routine %s",
                                   kim->name, KIM_ModelRoutineName_ToString(routine));
        }
    }
    return ADATOM_OK;
}

static bool is_supplied(KIM_ComputeArgumentName name)
{
    return KIM_ComputeArgumentName_Equal(name, KIM_COMPUTE_ARGUMENT_NAME_numberOfParticles) ||
           KIM_ComputeArgumentName_Equal(name, KIM_COMPUTE_ARGUMENT_NAME_particleSpeciesCodes) ||
           KIM_ComputeArgumentName_Equal(name, KIM_COMPUTE_ARGUMENT_NAME_particleContributing) ||
           KIM_ComputeArgumentName_Equal(name, KIM_COMPUTE_ARGUMENT_NAME_coordinates) ||
           KIM_ComputeArgumentName_Equal(name, KIM_COMPUTE_ARGUMENT_NAME_partialEnergy) ||
           KIM_ComputeArgumentName_Equal(name, KIM_COMPUTE_ARGUMENT_NAME_partialForces) ||
           KIM_ComputeArgumentName_Equal(name, KIM_COMPUTE_ARGUMENT_NAME_partialParticleEnergy);
}

static KIM_SupportStatus argument_support(const kim_model *kim, KIM_ComputeArgumentName name)
{
    KIM_SupportStatus support = KIM_SUPPORT_STATUS_notSupported;
    if (KIM_ComputeArguments_GetArgumentSupportStatus(kim->arguments, name, &support)) {
        return KIM_SUPPORT_STATUS_notSupported;
    }
    return support;
}

/* The model must give energies and must not insist on what is not asked of it. */
static adatom_status check_arguments(kim_model *kim)
{
    int count;
    KIM_COMPUTE_ARGUMENT_NAME_GetNumberOfComputeArgumentNames(&count);
    for (int i = 0; i < count; i++) {
        KIM_ComputeArgumentName name;
        if (!KIM_COMPUTE_ARGUMENT_NAME_GetComputeArgumentName(i, &name) && !is_supplied(name) &&
            KIM_SupportStatus_Equal(argument_support(kim, name), KIM_SUPPORT_STATUS_required)) {
            return adatom_sys_fail(ADATOM_UNSUPPORTED, "the KIM model %s insists on %s", kim->name,
                                   KIM_ComputeArgumentName_ToString(name));
        }
    }
    const KIM_SupportStatus energy = argument_support(kim, KIM_COMPUTE_ARGUMENT_NAME_partialEnergy);
    if (KIM_SupportStatus_Equal(energy, KIM_SUPPORT_STATUS_notSupported)) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED, "the KIM model %s gives no energy", kim->name);
    }
    const KIM_SupportStatus forces = argument_support(kim, KIM_COMPUTE_ARGUMENT_NAME_partialForces);
    kim->has_forces = !KIM_SupportStatus_Equal(forces, KIM_SUPPORT_STATUS_notSupported);
    kim->needs_forces = KIM_SupportStatus_Equal(forces, KIM_SUPPORT_STATUS_required);
    const KIM_SupportStatus energies =
        argument_support(kim, KIM_COMPUTE_ARGUMENT_NAME_partialParticleEnergy);
    kim->has_energies = !KIM_SupportStatus_Equal(energies, KIM_SUPPORT_STATUS_notSupported);
    kim->needs_energies = KIM_SupportStatus_Equal(energies, KIM_SUPPORT_STATUS_required);
    return ADATOM_OK;
}

static adatom_status check_callbacks(const kim_model *kim)
{
    int count;
    KIM_COMPUTE_CALLBACK_NAME_GetNumberOfComputeCallbackNames(&count);
    for (int i = 0; i < count; i++) {
        KIM_ComputeCallbackName name;
        KIM_SupportStatus support;
        if (!KIM_COMPUTE_CALLBACK_NAME_GetComputeCallbackName(i, &name) &&
            !KIM_ComputeArguments_GetCallbackSupportStatus(kim->arguments, name, &support) &&
            KIM_SupportStatus_Equal(support, KIM_SUPPORT_STATUS_required) &&
            !KIM_ComputeCallbackName_Equal(name, KIM_COMPUTE_CALLBACK_NAME_GetNeighborList)) {
            return adatom_sys_fail(ADATOM_UNSUPPORTED, "the KIM model %s insists on %s", kim->name,
                                   KIM_ComputeCallbackName_ToString(name));
        }
    }
    return ADATOM_OK;
}

static void find_species(kim_model *kim)
{
    kim->species_codes[0] = UNKNOWN_SPECIES;
    for (int number = 1; number <= ADATOM_ELEMENT_COUNT; number++) {
        const KIM_SpeciesName name = KIM_SpeciesName_FromString(adatom_element_symbol(number));
        int supported = 0, code = 0;
        const int failed = KIM_Model_GetSpeciesSupportAndCode(kim->model, name, &supported, &code);
        kim->species_codes[number] = !failed && supported ? code : UNKNOWN_SPECIES;
    }
}

/* Asks the model for its neighbour lists and makes the cloud of particles. */
static adatom_status prepare_cloud(kim_model *kim)
{
    double influence_distance;
    int list_count;
    const double *cutoffs;
    const int *not_for_images;
    KIM_Model_GetInfluenceDistance(kim->model, &influence_distance);
    KIM_Model_GetNeighborListPointers(kim->model, &list_count, &cutoffs, &not_for_images);
    adatom_cloud_list *lists;
    ADATOM_SYS_TRY(adatom_sys_allocate((size_t)list_count, sizeof *lists, &lists));
    for (int i = 0; i < list_count; i++) {
        lists[i] = (adatom_cloud_list){cutoffs[i], !not_for_images[i]};
    }
    const adatom_status status =
        adatom_cloud_create(lists, list_count, influence_distance, &kim->cloud);
    free(lists);
    return status;
}

static adatom_status load_model(kim_model *kim, const char *full_name)
{
    int accepted = 0;
    if (KIM_Model_Create(KIM_NUMBERING_zeroBased, KIM_LENGTH_UNIT_A, KIM_ENERGY_UNIT_eV,
                         KIM_CHARGE_UNIT_e, KIM_TEMPERATURE_UNIT_K, KIM_TIME_UNIT_ps, full_name,
                         &accepted, &kim->model)) {
        kim->model = NULL;
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "the KIM model %s cannot be loaded",
                               kim->name);
    }
    if (!accepted) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED, "the KIM model %s does not work in Å and eV",
                               kim->name);
    }
    if (KIM_Model_ComputeArgumentsCreate(kim->model, &kim->arguments)) {
        kim->arguments = NULL;
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "the KIM model %s cannot be set up",
                               kim->name);
    }
    return ADATOM_OK;
}

static adatom_status open_model(kim_model *kim, const char *name)
{
    ADATOM_SYS_TRY(adatom_sys_allocate(strlen(name) + 1, 1, &kim->name));
    memcpy(kim->name, name, strlen(name));
    char *full_name;
    ADATOM_SYS_TRY(adatom_kim_find_model(name, &full_name));
    const adatom_status status = load_model(kim, full_name);
    free(full_name);
    ADATOM_SYS_TRY(status);
    ADATOM_SYS_TRY(check_routines(kim));
    ADATOM_SYS_TRY(check_arguments(kim));
    ADATOM_SYS_TRY(check_callbacks(kim));
    find_species(kim);
    ADATOM_SYS_TRY(prepare_cloud(kim));
    if (KIM_ComputeArguments_SetCallbackPointer(
            kim->arguments, KIM_COMPUTE_CALLBACK_NAME_GetNeighborList, KIM_LANGUAGE_NAME_c,
            (KIM_Function *)get_neighbors, kim->cloud)) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "the KIM model %s takes no neighbors",
                               kim->name);
    }
    return ADATOM_OK;
}

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    if (count != 1 || arguments[0].key[0] != '\0') {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "kim wants the name of a model: kim:MODEL (the Debian package "
                               "openkim-models holds the models)");
    }
    kim_model *kim;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *kim, &kim));
    adatom_kim_enter();
    const adatom_status status = open_model(kim, arguments[0].value);
    adatom_kim_leave();
    if (status != ADATOM_OK) {
        destroy(kim);
        return status;
    }
    *state = kim;
    return ADATOM_OK;
}

/* The elements that the model knows, such as " C Pt"; cut where the text ends. */
static void list_species(const kim_model *kim, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int number = 1; number <= ADATOM_ELEMENT_COUNT && used < size; number++) {
        if (kim->species_codes[number] != UNKNOWN_SPECIES) {
            used +=
                (size_t)snprintf(text + used, size - used, " %s", adatom_element_symbol(number));
        }
    }
}

static adatom_status check_species(const kim_model *kim, const adatom_structure *structure)
{
    for (size_t i = 0; i < structure->atom_count; i++) {
        const int number = structure->atomic_numbers[i];
        if (kim->species_codes[number] == UNKNOWN_SPECIES) {
            char known[256];
            list_species(kim, known, sizeof known);
            return adatom_sys_fail(ADATOM_INVALID_INPUT,
                                   "the KIM model %s does not know %s; it knows:%s", kim->name,
                                   adatom_element_symbol(number), known);
        }
    }
    return ADATOM_OK;
}

static adatom_status fill_particles(kim_model *kim, const adatom_structure *structure)
{
    const size_t count = (size_t)kim->cloud->particle_count;
    ADATOM_SYS_TRY(
        adatom_sys_grow(&kim->species, &kim->species_capacity, count, sizeof *kim->species));
    ADATOM_SYS_TRY(adatom_sys_grow(&kim->contributing, &kim->contributing_capacity, count,
                                   sizeof *kim->contributing));
    ADATOM_SYS_TRY(adatom_sys_grow(&kim->forces, &kim->force_capacity, count, sizeof *kim->forces));
    ADATOM_SYS_TRY(
        adatom_sys_grow(&kim->energies, &kim->energy_capacity, count, sizeof *kim->energies));
    for (size_t i = 0; i < count; i++) {
        const int owner = kim->cloud->owner[i];
        kim->species[i] = kim->species_codes[structure->atomic_numbers[owner]];
        kim->contributing[i] = i < structure->atom_count;
    }
    return ADATOM_OK;
}

static bool set_pointers(const kim_model *kim, const double *energy, const double *forces,
                         const double *energies)
{
    KIM_ComputeArguments *arguments = kim->arguments;
    int failed = KIM_ComputeArguments_SetArgumentPointerInteger(
        arguments, KIM_COMPUTE_ARGUMENT_NAME_numberOfParticles, &kim->cloud->particle_count);
    failed |= KIM_ComputeArguments_SetArgumentPointerInteger(
        arguments, KIM_COMPUTE_ARGUMENT_NAME_particleSpeciesCodes, kim->species);
    failed |= KIM_ComputeArguments_SetArgumentPointerInteger(
        arguments, KIM_COMPUTE_ARGUMENT_NAME_particleContributing, kim->contributing);
    failed |= KIM_ComputeArguments_SetArgumentPointerDouble(
        arguments, KIM_COMPUTE_ARGUMENT_NAME_coordinates, &kim->cloud->coordinates[0][0]);
    failed |= KIM_ComputeArguments_SetArgumentPointerDouble(
        arguments, KIM_COMPUTE_ARGUMENT_NAME_partialEnergy, energy);
    if (kim->has_forces) {
        failed |= KIM_ComputeArguments_SetArgumentPointerDouble(
            arguments, KIM_COMPUTE_ARGUMENT_NAME_partialForces, forces);
    }
    if (kim->has_energies) {
        failed |= KIM_ComputeArguments_SetArgumentPointerDouble(
            arguments, KIM_COMPUTE_ARGUMENT_NAME_partialParticleEnergy, energies);
    }
    return !failed;
}

/* Adds the forces on the images to those on their atoms. */
static void fold_forces(const kim_model *kim, double (*forces)[3])
{
    memcpy(forces, kim->forces, (size_t)kim->cloud->atom_count * sizeof *forces);
    for (int i = kim->cloud->atom_count; i < kim->cloud->particle_count; i++) {
        double *sum = forces[kim->cloud->owner[i]];
        for (int x = 0; x < 3; x++) {
            sum[x] += kim->forces[i][x];
        }
    }
}

/* The same with the energies that a model leaves at images. */
static void fold_energies(const kim_model *kim, double *energies)
{
    memcpy(energies, kim->energies, (size_t)kim->cloud->atom_count * sizeof *energies);
    for (int i = kim->cloud->atom_count; i < kim->cloud->particle_count; i++) {
        energies[kim->cloud->owner[i]] += kim->energies[i];
    }
}

/* A strain moves every particle, x -> (1 + strain) x, so that the virial is the sum of x f over all
 * of them, images with what acts on them there. The forces sum up to zero: any origin serves, a
 * near one loses no digits. */
static void sum_virial(const kim_model *kim, double virial[3][3])
{
    const double(*places)[3] = (const double(*)[3])kim->cloud->coordinates;
    double sum[3][3] = {{0}};
    for (int i = 0; i < kim->cloud->particle_count; i++) {
        for (int x = 0; x < 3; x++) {
            for (int y = 0; y < 3; y++) {
                sum[x][y] += (places[i][x] - places[0][x]) * kim->forces[i][y];
            }
        }
    }
    for (int i = 0; i < 9; i++) {
        virial[i / 3][i % 3] = (sum[i / 3][i % 3] + sum[i % 3][i / 3]) / 2;
    }
}

static adatom_status run_model(kim_model *kim, const adatom_structure *structure, bool with_forces,
                               bool with_energies, double *energy)
{
    ADATOM_SYS_TRY(check_species(kim, structure));
    ADATOM_SYS_TRY(adatom_cloud_build(kim->cloud, structure));
    ADATOM_SYS_TRY(fill_particles(kim, structure));
    *energy = NAN;
    if (!set_pointers(kim, energy, with_forces || kim->needs_forces ? &kim->forces[0][0] : NULL,
                      with_energies || kim->needs_energies ? kim->energies : NULL) ||
        KIM_Model_Compute(kim->model, kim->arguments)) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED,
                               "the KIM model %s failed on these %d atoms", kim->name,
                               kim->cloud->atom_count);
    }
    return ADATOM_OK;
}

static adatom_status compute_properties(void *state, const adatom_structure *structure,
                                        adatom_properties *properties)
{
    kim_model *kim = state;
    if (properties->forces != NULL && !kim->has_forces) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED, "the KIM model %s gives no forces", kim->name);
    }
    properties->has_energies = properties->energies != NULL && kim->has_energies;
    properties->has_virial = properties->virial != NULL && kim->has_forces;
    ADATOM_SYS_TRY(run_model(kim, structure, properties->forces != NULL || properties->has_virial,
                             properties->has_energies, &properties->energy));
    if (properties->forces != NULL) {
        fold_forces(kim, properties->forces);
    }
    if (properties->has_energies) {
        fold_energies(kim, properties->energies);
    }
    if (properties->has_virial) {
        sum_virial(kim, properties->virial);
    }
    return ADATOM_OK;
}

const adatom_evaluator_kind adatom_kind_kim = {
    .create = create, .free = destroy, .compute_properties = compute_properties};
