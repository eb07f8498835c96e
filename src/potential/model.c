#include "potential/model.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/dense_single.h"

#include <stdlib.h>
#include <string.h>

/* ---- the model */

static adatom_status shape_network(size_t inputs, int hidden_count, const int *hidden,
                                   adatom_activation activation, adatom_dense *out)
{
    int sizes[ADATOM_DENSE_LAYERS_MAX + 1];
    adatom_activation activations[ADATOM_DENSE_LAYERS_MAX];
    if (hidden_count < 0 || hidden_count >= ADATOM_DENSE_LAYERS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%d hidden layers, expected at most %d",
                           hidden_count, ADATOM_DENSE_LAYERS_MAX - 1);
    }
    sizes[0] = inputs <= ADATOM_DENSE_SIZE_MAX ? (int)inputs : 0;
    for (int l = 0; l < hidden_count; l++) {
        sizes[l + 1] = hidden[l];
        activations[l] = activation;
    }
    sizes[hidden_count + 1] = 1;
    activations[hidden_count] = ADATOM_ACTIVATION_LINEAR;
    return adatom_dense_create(hidden_count + 1, sizes, activations, out);
}

static adatom_status prepare_element(adatom_potential *potential, int type, int hidden_count,
                                     const int *hidden, adatom_activation activation)
{
    adatom_potential_element *element = &potential->elements[type];
    size_t unused;
    element->atomic_number = adatom_descriptor_species(potential->descriptor, &unused)[type];
    element->count = adatom_descriptor_count(potential->descriptor, type);
    ADATOM_TRY(shape_network(element->count, hidden_count, hidden, activation, &element->dense));
    ADATOM_TRY(adatom_allocate(element->count, sizeof(double), &element->means));
    ADATOM_TRY(adatom_allocate(element->count, sizeof(double), &element->factors));
    for (size_t i = 0; i < element->count; i++) {
        element->factors[i] = 1;
    }
    return adatom_allocate_aligned((size_t)potential->member_count * element->dense.weight_count,
                                   sizeof(double), &element->weights);
}

static adatom_status fill_potential(adatom_potential *potential, const char *descriptor_spec,
                                    const int *species, size_t species_count, int hidden_count,
                                    const int *hidden, adatom_activation activation)
{
    ADATOM_TRY(
        adatom_descriptor_create(descriptor_spec, species, species_count, &potential->descriptor));
    ADATOM_TRY(adatom_duplicate_text("", &potential->provenance));
    size_t count;
    adatom_descriptor_species(potential->descriptor, &count);
    ADATOM_TRY(adatom_allocate(count, sizeof *potential->elements, &potential->elements));
    potential->element_count = count;
    for (size_t type = 0; type < count; type++) {
        ADATOM_TRY(prepare_element(potential, (int)type, hidden_count, hidden, activation));
    }
    return ADATOM_OK;
}

adatom_status adatom_potential_create(const char *descriptor_spec, const int *species,
                                      size_t species_count, int hidden_count, const int *hidden,
                                      adatom_activation activation, int member_count,
                                      adatom_potential **out)
{
    if (member_count < 1 || member_count > ADATOM_POTENTIAL_MEMBERS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "a committee of %d, expected 1 to %d",
                           member_count, ADATOM_POTENTIAL_MEMBERS_MAX);
    }
    adatom_potential *potential;
    ADATOM_TRY(adatom_allocate(1, sizeof *potential, &potential));
    potential->member_count = member_count;
    potential->energy_factor = 1;
    const adatom_status status = fill_potential(potential, descriptor_spec, species, species_count,
                                                hidden_count, hidden, activation);
    if (status != ADATOM_OK) {
        adatom_potential_free(potential);
        return status;
    }
    *out = potential;
    return ADATOM_OK;
}

void adatom_potential_free(adatom_potential *potential)
{
    if (potential == NULL) {
        return;
    }
    for (size_t type = 0; type < potential->element_count; type++) {
        free(potential->elements[type].means);
        free(potential->elements[type].factors);
        free(potential->elements[type].weights);
    }
    free(potential->elements);
    free(potential->provenance);
    adatom_descriptor_free(potential->descriptor);
    free(potential);
}

/* ---- one centre */

struct adatom_potential_workspace {
    adatom_descriptor_workspace *descriptor;
    size_t network_count;
    adatom_dense_single **networks; /* [element_count][member_count] */
    double *values;                 /* [count_max] */
    double *slopes, *sum;           /* [count_max], dE/dvalue of a member and of all */
};

static adatom_status fill_workspace(const adatom_potential *potential,
                                    adatom_potential_workspace *workspace)
{
    ADATOM_TRY(adatom_descriptor_workspace_create(potential->descriptor, &workspace->descriptor));
    const size_t members = (size_t)potential->member_count;
    const size_t networks = potential->element_count * members;
    ADATOM_TRY(adatom_allocate(networks, sizeof *workspace->networks, &workspace->networks));
    workspace->network_count = networks;
    for (size_t i = 0; i < networks; i++) {
        const adatom_potential_element *element = &potential->elements[i / members];
        ADATOM_TRY(adatom_dense_single_create(
            &element->dense, element->weights + i % members * element->dense.weight_count,
            element->means, element->factors, potential->energy_factor, &workspace->networks[i]));
    }
    const size_t count = adatom_descriptor_count_max(potential->descriptor);
    double **const arrays[] = {&workspace->values, &workspace->slopes, &workspace->sum};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        ADATOM_TRY(adatom_allocate_aligned(count, sizeof(double), arrays[i]));
    }
    return ADATOM_OK;
}

adatom_status adatom_potential_workspace_create(const adatom_potential *potential,
                                                adatom_potential_workspace **out)
{
    adatom_potential_workspace *workspace;
    ADATOM_TRY(adatom_allocate(1, sizeof *workspace, &workspace));
    const adatom_status status = fill_workspace(potential, workspace);
    if (status != ADATOM_OK) {
        adatom_potential_workspace_free(workspace);
        return status;
    }
    *out = workspace;
    return ADATOM_OK;
}

void adatom_potential_workspace_free(adatom_potential_workspace *workspace)
{
    if (workspace == NULL) {
        return;
    }
    adatom_descriptor_workspace_free(workspace->descriptor);
    for (size_t i = 0; i < workspace->network_count; i++) {
        adatom_dense_single_free(workspace->networks[i]);
    }
    free(workspace->networks);
    free(workspace->values);
    free(workspace->slopes);
    free(workspace->sum);
    free(workspace);
}

/* The mean of count networks, and of their dE/dvalue if slopes are wanted. */
static double average(adatom_dense_single **networks, int count, size_t value_count,
                      adatom_potential_workspace *workspace, bool slopes)
{
    double energy =
        adatom_dense_single_compute(networks[0], workspace->values, slopes ? workspace->sum : NULL);
    if (count == 1) {
        return energy;
    }
    for (int m = 1; m < count; m++) {
        energy += adatom_dense_single_compute(networks[m], workspace->values,
                                              slopes ? workspace->slopes : NULL);
        for (size_t i = 0; slopes && i < value_count; i++) {
            workspace->sum[i] += workspace->slopes[i];
        }
    }
    for (size_t i = 0; slopes && i < value_count; i++) {
        workspace->sum[i] /= count;
    }
    return energy / count;
}

adatom_status adatom_potential_center(const adatom_potential *potential,
                                      adatom_potential_workspace *workspace,
                                      const adatom_environment *environment, int member,
                                      double *energy, double (*forces)[3])
{
    const adatom_potential_element *element = &potential->elements[environment->type];
    ADATOM_TRY(adatom_descriptor_values(potential->descriptor, workspace->descriptor, environment,
                                        workspace->values));
    const int count = member < 0 ? potential->member_count : 1;
    adatom_dense_single **networks = workspace->networks +
                                     environment->type * potential->member_count +
                                     (member < 0 ? 0 : member);
    *energy = element->offset + average(networks, count, element->count, workspace, forces != NULL);
    if (forces != NULL) {
        adatom_descriptor_contract(potential->descriptor, workspace->descriptor, environment,
                                   workspace->sum, forces);
    }
    return ADATOM_OK;
}
