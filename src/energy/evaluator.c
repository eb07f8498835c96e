#include "energy/evaluator.h"

#include "base/error.h"
#include "base/memory.h"
#include "energy/kinds.h"
#include "energy/spec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct adatom_evaluator {
    const adatom_evaluator_kind *kind;
    const adatom_evaluator_kind *behind; /* says how it may be used */
    void *state;
    bool (*stop)(void *context); /* or NULL */
    void *stop_context;
    /* Results wait here until they are known to be good. */
    double (*forces)[3];
    double *energies;
    double virial[3][3];
    size_t force_capacity, energy_capacity;
};

static const struct {
    const char *name;
    const adatom_evaluator_kind *kind;
} kinds[] = {
#define KIND_ROW(name, usage, description) {#name, &adatom_kind_##name},
    ADATOM_EVALUATOR_KINDS(KIND_ROW)
#undef KIND_ROW
};

const char *adatom_evaluator_kinds(void)
{
#define KIND_LINE(name, usage, description) #name ":" usage "   " description "\n"
    return ADATOM_EVALUATOR_KINDS(KIND_LINE);
#undef KIND_LINE
}

static adatom_status find_kind(const char *name, const adatom_evaluator_kind **out)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(name, kinds[i].name) == 0) {
            *out = kinds[i].kind;
            return ADATOM_OK;
        }
    }
#define KIND_NAME(known, usage, description) " " #known
    return adatom_fail(ADATOM_INVALID_INPUT, "unknown evaluator \"%s\"; known:%s", name,
                       ADATOM_EVALUATOR_KINDS(KIND_NAME));
#undef KIND_NAME
}

static adatom_status open_evaluator(adatom_spec *spec, adatom_evaluator *evaluator)
{
    const adatom_evaluator_kind *kind = NULL;
    ADATOM_TRY(find_kind(spec->kind, &kind));
    ADATOM_TRY(adatom_spec_split(spec, kind->whole_text));
    ADATOM_TRY(kind->create(spec->arguments, spec->argument_count, &evaluator->state));
    evaluator->kind = kind;
    evaluator->behind = kind->behind != NULL ? kind->behind(evaluator->state) : kind;
    return ADATOM_OK;
}

adatom_status adatom_evaluator_create(const char *text, adatom_evaluator **out)
{
    adatom_spec *spec;
    ADATOM_TRY(adatom_spec_parse(text, &spec));
    adatom_evaluator *evaluator = NULL;
    adatom_status status = adatom_allocate(1, sizeof *evaluator, &evaluator);
    if (status == ADATOM_OK) {
        status = open_evaluator(spec, evaluator);
    }
    adatom_spec_free(spec);
    if (status != ADATOM_OK) {
        free(evaluator);
        return status;
    }
    *out = evaluator;
    return ADATOM_OK;
}

void adatom_evaluator_free(adatom_evaluator *evaluator)
{
    if (evaluator == NULL) {
        return;
    }
    evaluator->kind->free(evaluator->state);
    free(evaluator->forces);
    free(evaluator->energies);
    free(evaluator);
}

bool adatom_evaluator_has_fixed_atoms(const adatom_evaluator *evaluator)
{
    return evaluator->behind->fixed_atoms;
}

bool adatom_evaluator_is_alone(const adatom_evaluator *evaluator)
{
    return evaluator->behind->one_at_a_time && evaluator->behind->compute_many == NULL;
}

bool adatom_evaluator_has_batches(const adatom_evaluator *evaluator)
{
    return evaluator->behind->compute_many != NULL;
}

adatom_status adatom_evaluator_compute_many(adatom_evaluator *evaluator,
                                            adatom_evaluator_job *const *jobs, size_t count,
                                            const adatom_batch_watch *watch)
{
    return evaluator->kind->compute_many(evaluator->state, jobs, count, watch);
}

adatom_status adatom_evaluator_number(adatom_evaluator *evaluator, const char *name, double *value)
{
    double found = NAN;
    const bool given =
        evaluator->kind->number != NULL && evaluator->kind->number(evaluator->state, name, &found);
    if (!given || !isfinite(found)) {
        return adatom_fail(ADATOM_EVALUATION_FAILED, "the evaluator gives no number \"%s\"%s", name,
                           given ? " that is finite" : "");
    }
    *value = found;
    return ADATOM_OK;
}

static bool is_reasonable_vector(const double vector[3])
{
    const double largest = 1e9; /* Å */
    return fabs(vector[0]) < largest && fabs(vector[1]) < largest && fabs(vector[2]) < largest;
}

adatom_status adatom_evaluator_check_structure(const adatom_structure *structure)
{
    if (structure->atom_count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "a structure without atoms has no energy");
    }
    for (int i = 0; i < 3; i++) {
        if (!is_reasonable_vector(structure->cell[i])) {
            return adatom_fail(ADATOM_INVALID_INPUT, "lattice vector %d is not finite", i + 1);
        }
    }
    for (size_t i = 0; i < structure->atom_count; i++) {
        if (!is_reasonable_vector(structure->positions[i])) {
            return adatom_fail(ADATOM_INVALID_INPUT, "the position of atom %zu is not finite",
                               i + 1);
        }
        if (adatom_element_symbol(structure->atomic_numbers[i]) == NULL) {
            return adatom_fail(ADATOM_INVALID_INPUT, "atom %zu has no element: atomic number %d",
                               i + 1, structure->atomic_numbers[i]);
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_evaluator_check_result(const adatom_properties *result, size_t count)
{
    if (!isfinite(result->energy)) {
        return adatom_fail(ADATOM_EVALUATION_FAILED, "the energy is not finite");
    }
    for (size_t i = 0; result->forces != NULL && i < count; i++) {
        const double *force = result->forces[i];
        if (!isfinite(force[0] + force[1] + force[2])) {
            return adatom_fail(ADATOM_EVALUATION_FAILED, "the force on atom %zu is not finite",
                               i + 1);
        }
    }
    for (size_t i = 0; result->has_energies && i < count; i++) {
        if (!isfinite(result->energies[i])) {
            return adatom_fail(ADATOM_EVALUATION_FAILED, "the energy of atom %zu is not finite",
                               i + 1);
        }
    }
    for (int i = 0; result->has_virial && i < 9; i++) {
        if (!isfinite(result->virial[i / 3][i % 3])) {
            return adatom_fail(ADATOM_EVALUATION_FAILED, "the virial is not finite");
        }
    }
    return ADATOM_OK;
}

/* Where results wait until they are known to be good; only what is wanted. */
static adatom_status prepare_result(adatom_evaluator *evaluator, size_t count,
                                    const adatom_properties *wanted, adatom_properties *result)
{
    *result = (adatom_properties){.energy = NAN};
    if (wanted->forces != NULL) {
        ADATOM_TRY(adatom_grow(&evaluator->forces, &evaluator->force_capacity, count,
                               sizeof *evaluator->forces));
        result->forces = evaluator->forces;
    }
    if (wanted->energies != NULL) {
        ADATOM_TRY(adatom_grow(&evaluator->energies, &evaluator->energy_capacity, count,
                               sizeof *evaluator->energies));
        result->energies = evaluator->energies;
    }
    result->virial = wanted->virial != NULL ? evaluator->virial : NULL;
    return ADATOM_OK;
}

void adatom_evaluator_watch(adatom_evaluator *evaluator, bool (*stop)(void *context), void *context)
{
    evaluator->stop = stop;
    evaluator->stop_context = context;
}

static bool is_to_stop(void *context)
{
    const adatom_evaluator *evaluator = context;
    return evaluator->stop(evaluator->stop_context);
}

static void ignore_progress(void *context, size_t finished, size_t failed)
{
    (void)context;
    (void)finished;
    (void)failed;
}

static void ignore_answer(void *context, adatom_evaluator_job *job)
{
    (void)context;
    (void)job;
}

/* As a batch of one, which can be stopped. */
static adatom_status compute_watched(adatom_evaluator *evaluator, const adatom_structure *structure,
                                     adatom_properties *result)
{
    adatom_evaluator_job job = {.structure = structure,
                                .forces = result->forces,
                                .energies = result->energies,
                                .virial = result->virial,
                                .status = ADATOM_INTERRUPTED};
    adatom_evaluator_job *const jobs[] = {&job};
    const adatom_batch_watch watch = {evaluator, is_to_stop, ignore_progress, ignore_answer};
    ADATOM_TRY(evaluator->kind->compute_many(evaluator->state, jobs, 1, &watch));
    if (job.status != ADATOM_OK) {
        return adatom_fail(job.status, "%s", job.message);
    }
    result->energy = job.energy;
    result->has_energies = job.has_energies;
    result->has_virial = job.has_virial;
    return ADATOM_OK;
}

static adatom_status compute_result(adatom_evaluator *evaluator, const adatom_structure *structure,
                                    adatom_properties *result)
{
    if (evaluator->stop != NULL && evaluator->behind->compute_many != NULL) {
        return compute_watched(evaluator, structure, result);
    }
    return evaluator->behind->compute_properties != NULL
               ? evaluator->kind->compute_properties(evaluator->state, structure, result)
               : evaluator->kind->compute(evaluator->state, structure, &result->energy,
                                          result->forces);
}

adatom_status adatom_evaluator_compute_properties(adatom_evaluator *evaluator,
                                                  const adatom_structure *structure,
                                                  adatom_properties *properties)
{
    const size_t count = structure->atom_count;
    adatom_properties result;
    ADATOM_TRY(adatom_evaluator_check_structure(structure));
    ADATOM_TRY(prepare_result(evaluator, count, properties, &result));
    ADATOM_TRY(compute_result(evaluator, structure, &result));
    ADATOM_TRY(adatom_evaluator_check_result(&result, count));
    properties->energy = result.energy;
    properties->has_energies = result.has_energies;
    properties->has_virial = result.has_virial;
    if (properties->forces != NULL) {
        memcpy(properties->forces, result.forces, count * sizeof *result.forces);
    }
    if (result.has_energies) {
        memcpy(properties->energies, result.energies, count * sizeof *result.energies);
    }
    if (result.has_virial) {
        memcpy(properties->virial, result.virial, 3 * sizeof *result.virial);
    }
    return ADATOM_OK;
}

adatom_status adatom_evaluator_compute(adatom_evaluator *evaluator,
                                       const adatom_structure *structure, double *energy,
                                       double (*forces)[3])
{
    adatom_properties properties = {.forces = forces};
    ADATOM_TRY(adatom_evaluator_compute_properties(evaluator, structure, &properties));
    *energy = properties.energy;
    return ADATOM_OK;
}

bool adatom_stress_from_virial(const adatom_structure *structure, const double virial[3][3],
                               double stress[3][3])
{
    const bool *periodic = structure->periodic;
    const double(*cell)[3] = (const double(*)[3])structure->cell;
    double volume = 0;
    for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3, k = (i + 2) % 3;
        volume += cell[0][i] * (cell[1][j] * cell[2][k] - cell[1][k] * cell[2][j]);
    }
    volume = fabs(volume);
    if (!(volume > 0) || !isfinite(1 / volume) || !(periodic[0] || periodic[1] || periodic[2])) {
        return false;
    }
    for (int i = 0; i < 9; i++) {
        stress[i / 3][i % 3] = -virial[i / 3][i % 3] / volume;
    }
    return true;
}
