#include "search/property.h"

#include "base/error.h"

#include <string.h>

static const struct {
    const char *name;
    adatom_property_kind kind;
} kinds[] = {{"energy", ADATOM_PROPERTY_ENERGY},
             {"energy_per_atom", ADATOM_PROPERTY_ENERGY_PER_ATOM},
             {"formation_energy", ADATOM_PROPERTY_FORMATION_ENERGY}};

static void take_name(const char *name, adatom_property *property)
{
    property->kind = ADATOM_PROPERTY_NAMED;
    property->name = name;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(name, kinds[i].name) == 0) {
            property->kind = kinds[i].kind;
        }
    }
}

static bool is_given(const adatom_element_numbers *numbers, int element)
{
    for (int i = 0; i < numbers->count; i++) {
        if (numbers->atomic_numbers[i][0] == element) {
            return true;
        }
    }
    return false;
}

static adatom_status take_potentials(const adatom_problem *problem,
                                     const adatom_search_options *options,
                                     adatom_property *property)
{
    const adatom_element_numbers *given = &options->reward_chemical_potentials;
    if (property->kind != ADATOM_PROPERTY_FORMATION_ENERGY) {
        return given->count == 0
                   ? ADATOM_OK
                   : adatom_fail(ADATOM_INVALID_INPUT,
                                 "reward.chemical_potentials: only for reward.property: "
                                 "formation_energy");
    }
    for (int s = 0; s < problem->species_count; s++) {
        if (!is_given(given, problem->species[s])) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "reward.chemical_potentials: that of %s is missing",
                               adatom_element_symbol(problem->species[s]));
        }
    }
    for (int i = 0; i < given->count; i++) {
        property->potentials[given->atomic_numbers[i][0]] = given->values[i];
    }
    return ADATOM_OK;
}

adatom_status adatom_property_read(const adatom_problem *problem,
                                   const adatom_search_options *options, adatom_property *property)
{
    adatom_property read;
    memset(&read, 0, sizeof read);
    take_name(options->reward_property, &read);
    read.sign = options->reward_direction == 0 ? 1 : -1;
    if (options->reward_property[0] == '\0') {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "reward.property: expected energy, energy_per_atom, formation_energy or "
                           "the name of a number that the evaluator gives");
    }
    ADATOM_TRY(take_potentials(problem, options, &read));
    ADATOM_TRY(adatom_design_read(options, &read.design));
    *property = read;
    return ADATOM_OK;
}

bool adatom_property_is_energy(const adatom_property *property)
{
    return property->kind == ADATOM_PROPERTY_ENERGY && property->sign > 0 &&
           property->design.count == 0;
}

static double quantity_of(const adatom_property *property, const adatom_structure *structure,
                          double energy, double named)
{
    if (property->kind == ADATOM_PROPERTY_NAMED) {
        return named;
    }
    if (property->kind == ADATOM_PROPERTY_ENERGY_PER_ATOM) {
        return energy / (double)structure->atom_count;
    }
    double formation = energy;
    for (size_t a = 0; a < structure->atom_count; a++) {
        formation -= property->potentials[structure->atomic_numbers[a]];
    }
    return formation;
}

adatom_status adatom_property_find(const adatom_property *property,
                                   const adatom_structure *structure, double energy, double named,
                                   double *quantity, double *value)
{
    const double found = quantity_of(property, structure, energy, named);
    double worth = property->sign * found;
    if (property->design.count > 0) {
        bool fits;
        ADATOM_TRY(adatom_design_fits(&property->design, structure, &fits));
        worth = fits ? adatom_design_strengthen(&property->design, worth) : worth;
    }
    *quantity = found;
    *value = worth;
    return ADATOM_OK;
}

double adatom_property_window(const adatom_property *property, const adatom_search_options *options,
                              double atoms)
{
    if (options->reward_window > 0) {
        return options->reward_window;
    }
    switch (property->kind) {
    case ADATOM_PROPERTY_ENERGY:
    case ADATOM_PROPERTY_FORMATION_ENERGY:
        return options->reward_delta_e * atoms;
    case ADATOM_PROPERTY_ENERGY_PER_ATOM:
        return options->reward_delta_e;
    case ADATOM_PROPERTY_NAMED:
        break;
    }
    return 0;
}
