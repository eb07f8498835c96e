#include "adatom/descriptor.h"

#include "base/error.h"
#include "base/memory.h"
#include "descriptor/kind.h"
#include "io/number_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct adatom_descriptor_workspace {
    const adatom_descriptor_kind *kind;
    void *state;
};

static const adatom_descriptor_kind *const kinds[] = {
    &adatom_descriptor_bessel, &adatom_descriptor_soap, &adatom_descriptor_acsf};

/* ---- species */

static adatom_status add_species(adatom_descriptor *descriptor, int atomic_number)
{
    if (adatom_element_symbol(atomic_number) == NULL) {
        return adatom_fail(ADATOM_INVALID_INPUT, "descriptor: there is no element %d",
                           atomic_number);
    }
    if (adatom_descriptor_type(descriptor, atomic_number) >= 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "descriptor: the species %s is given twice",
                           adatom_element_symbol(atomic_number));
    }
    descriptor->species[descriptor->species_count++] = atomic_number;
    return ADATOM_OK;
}

static adatom_status read_species(adatom_descriptor *descriptor, const char *list)
{
    for (const char *at = list; at != NULL;) {
        const size_t length = strcspn(at, "+");
        char symbol[4] = "", shown[ADATOM_TEXT_SHOWN_SIZE];
        if (length < sizeof symbol) {
            memcpy(symbol, at, length);
        }
        const int number = adatom_element_number(symbol);
        if (number == 0) {
            adatom_text_shown(at, length, shown);
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "descriptor: species=: \"%s\" is no element; expected a list "
                               "such as Si+O",
                               shown);
        }
        ADATOM_TRY(add_species(descriptor, number));
        at = at[length] == '+' ? at + length + 1 : NULL;
    }
    return ADATOM_OK;
}

adatom_status adatom_descriptor_take_species(adatom_descriptor *descriptor, const char *list)
{
    if (list[0] == '\0') {
        return descriptor->species_count > 0
                   ? ADATOM_OK
                   : adatom_fail(ADATOM_INVALID_INPUT, "a descriptor needs at least one species");
    }
    int wanted[ADATOM_ELEMENT_COUNT];
    const size_t wanted_count = descriptor->species_count;
    memcpy(wanted, descriptor->species, sizeof wanted);
    descriptor->species_count = 0;
    ADATOM_TRY(read_species(descriptor, list));
    for (size_t i = 0; i < wanted_count; i++) {
        if (adatom_descriptor_type(descriptor, wanted[i]) < 0) {
            return adatom_fail(ADATOM_INVALID_INPUT, "descriptor: %s is not among the species %s",
                               adatom_element_symbol(wanted[i]), list);
        }
    }
    return ADATOM_OK;
}

void adatom_descriptor_print_species(const adatom_descriptor *descriptor,
                                     char text[ADATOM_SPECIES_TEXT_SIZE])
{
    text[0] = '\0';
    size_t length = 0;
    for (size_t i = 0; i < descriptor->species_count; i++) {
        length += (size_t)snprintf(text + length, ADATOM_SPECIES_TEXT_SIZE - length, "%s%s",
                                   i > 0 ? "+" : "", adatom_element_symbol(descriptor->species[i]));
    }
}

/* ---- the descriptor */

static adatom_status find_kind(const char *spec, const adatom_descriptor_kind **kind)
{
    char names[100] = "", shown[ADATOM_TEXT_SHOWN_SIZE];
    size_t used = 0;
    const size_t length = strcspn(spec, ":");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strlen(kinds[i]->name) == length && strncmp(kinds[i]->name, spec, length) == 0) {
            *kind = kinds[i];
            return ADATOM_OK;
        }
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                                 kinds[i]->name);
    }
    adatom_text_shown(spec, length, shown);
    return adatom_fail(ADATOM_INVALID_INPUT, "there is no descriptor \"%s\"; expected one of %s",
                       shown, names);
}

static adatom_status fill(adatom_descriptor *descriptor, const char *spec, const int *species,
                          size_t species_count)
{
    ADATOM_TRY(find_kind(spec, &descriptor->kind));
    for (size_t i = 0; i < species_count; i++) {
        ADATOM_TRY(add_species(descriptor, species[i]));
    }
    const char *colon = strchr(spec, ':');
    return descriptor->kind->create(descriptor, colon != NULL ? colon + 1 : "");
}

adatom_status adatom_descriptor_create(const char *spec, const int *species, size_t species_count,
                                       adatom_descriptor **out)
{
    adatom_descriptor *descriptor;
    ADATOM_TRY(adatom_allocate(1, sizeof *descriptor, &descriptor));
    const adatom_status status = fill(descriptor, spec, species, species_count);
    if (status != ADATOM_OK) {
        adatom_descriptor_free(descriptor);
        return status;
    }
    *out = descriptor;
    return ADATOM_OK;
}

void adatom_descriptor_free(adatom_descriptor *descriptor)
{
    if (descriptor == NULL) {
        return;
    }
    if (descriptor->kind != NULL) {
        descriptor->kind->free(descriptor->state);
    }
    free(descriptor->spec);
    free(descriptor);
}

const char *adatom_descriptor_spec(const adatom_descriptor *descriptor)
{
    return descriptor->spec;
}

double adatom_descriptor_cutoff(const adatom_descriptor *descriptor)
{
    return descriptor->cutoff;
}

const int *adatom_descriptor_species(const adatom_descriptor *descriptor, size_t *species_count)
{
    *species_count = descriptor->species_count;
    return descriptor->species;
}

int adatom_descriptor_type(const adatom_descriptor *descriptor, int atomic_number)
{
    for (size_t i = 0; i < descriptor->species_count; i++) {
        if (descriptor->species[i] == atomic_number) {
            return (int)i;
        }
    }
    return -1;
}

size_t adatom_descriptor_count(const adatom_descriptor *descriptor, int type)
{
    return descriptor->counts[type];
}

size_t adatom_descriptor_count_max(const adatom_descriptor *descriptor)
{
    size_t most = 0;
    for (size_t i = 0; i < descriptor->species_count; i++) {
        most = descriptor->counts[i] > most ? descriptor->counts[i] : most;
    }
    return most;
}

void adatom_descriptor_label(const adatom_descriptor *descriptor, int type, size_t index,
                             char *text, size_t size)
{
    descriptor->kind->label(descriptor, type, index, text, size);
}

/* ---- one centre */

adatom_status adatom_descriptor_workspace_create(const adatom_descriptor *descriptor,
                                                 adatom_descriptor_workspace **out)
{
    adatom_descriptor_workspace *workspace;
    ADATOM_TRY(adatom_allocate(1, sizeof *workspace, &workspace));
    workspace->kind = descriptor->kind;
    const adatom_status status =
        descriptor->kind->workspace_create(descriptor->state, &workspace->state);
    if (status != ADATOM_OK) {
        free(workspace);
        return status;
    }
    *out = workspace;
    return ADATOM_OK;
}

void adatom_descriptor_workspace_free(adatom_descriptor_workspace *workspace)
{
    if (workspace != NULL) {
        workspace->kind->workspace_free(workspace->state);
        free(workspace);
    }
}

adatom_status adatom_descriptor_values(const adatom_descriptor *descriptor,
                                       adatom_descriptor_workspace *workspace,
                                       const adatom_environment *environment, double *values)
{
    return descriptor->kind->values(descriptor->state, workspace->state, environment, values);
}

void adatom_descriptor_contract(const adatom_descriptor *descriptor,
                                adatom_descriptor_workspace *workspace,
                                const adatom_environment *environment, const double *slopes,
                                double (*forces)[3])
{
    descriptor->kind->contract(descriptor->state, workspace->state, environment, slopes, forces);
}

void adatom_descriptor_gradients(const adatom_descriptor *descriptor,
                                 adatom_descriptor_workspace *workspace,
                                 const adatom_environment *environment, double (*gradients)[3])
{
    descriptor->kind->gradients(descriptor->state, workspace->state, environment, gradients);
}
