#include "potential/model.h"

#include "base/error.h"
#include "base/memory.h"

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
    size_t element_count;
    adatom_dense_work **networks; /* [element_count], for one sample */
    double *values, *inputs;      /* [count_max] */
    double *slopes, *sum;         /* [count_max], dE/dvalue of a member and of all */
};

static adatom_status fill_workspace(const adatom_potential *potential,
                                    adatom_potential_workspace *workspace)
{
    ADATOM_TRY(adatom_descriptor_workspace_create(potential->descriptor, &workspace->descriptor));
    ADATOM_TRY(adatom_allocate(potential->element_count, sizeof *workspace->networks,
                               &workspace->networks));
    workspace->element_count = potential->element_count;
    for (size_t type = 0; type < potential->element_count; type++) {
        ADATOM_TRY(adatom_dense_work_create(&potential->elements[type].dense, 1,
                                            &workspace->networks[type]));
    }
    const size_t count = adatom_descriptor_count_max(potential->descriptor);
    double **const arrays[] = {&workspace->values, &workspace->inputs, &workspace->slopes,
                               &workspace->sum};
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
    for (size_t type = 0; type < workspace->element_count; type++) {
        adatom_dense_work_free(workspace->networks[type]);
    }
    free(workspace->networks);
    free(workspace->values);
    free(workspace->inputs);
    free(workspace->slopes);
    free(workspace->sum);
    free(workspace);
}

/* What one network gives for the inputs; adds its dE/dinput to the sum if slopes are wanted. */
static double add_member(const adatom_potential_element *element,
                         adatom_potential_workspace *workspace, int type, int member, bool slopes)
{
    static const double one = 1;
    const double *weights = element->weights + (size_t)member * element->dense.weight_count;
    adatom_dense_work *work = workspace->networks[type];
    const double energy =
        adatom_dense_forward(&element->dense, weights, work, 1, workspace->inputs)[0];
    if (slopes) {
        const adatom_dense_gradient gradient = {NULL, 0, workspace->slopes};
        adatom_dense_backward(&element->dense, weights, work, 1, workspace->inputs, &one,
                              &gradient);
        for (size_t i = 0; i < element->count; i++) {
            workspace->sum[i] += workspace->slopes[i];
        }
    }
    return energy;
}

adatom_status adatom_potential_center(const adatom_potential *potential,
                                      adatom_potential_workspace *workspace,
                                      const adatom_environment *environment, int member,
                                      double *energy, double (*forces)[3])
{
    const adatom_potential_element *element = &potential->elements[environment->type];
    ADATOM_TRY(adatom_descriptor_values(potential->descriptor, workspace->descriptor, environment,
                                        workspace->values));
    for (size_t i = 0; i < element->count; i++) {
        workspace->inputs[i] = (workspace->values[i] - element->means[i]) * element->factors[i];
        workspace->sum[i] = 0;
    }
    const int first = member < 0 ? 0 : member;
    const int end = member < 0 ? potential->member_count : member + 1;
    double sum = 0;
    for (int m = first; m < end; m++) {
        sum += add_member(element, workspace, environment->type, m, forces != NULL);
    }
    const double factor = potential->energy_factor / (end - first);
    *energy = element->offset + factor * sum;
    if (forces != NULL) {
        for (size_t i = 0; i < element->count; i++) {
            workspace->sum[i] *= factor * element->factors[i];
        }
        adatom_descriptor_contract(potential->descriptor, workspace->descriptor, environment,
                                   workspace->sum, forces);
    }
    return ADATOM_OK;
}
