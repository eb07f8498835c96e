/* Molecules for the tests of xtb. */
#ifndef ADATOM_TESTS_XTB_MOLECULES_H
#define ADATOM_TESTS_XTB_MOLECULES_H

#include "energies.h"

typedef struct molecule_atom {
    const char *symbol;
    double position[3]; /* Å */
} molecule_atom;

static inline adatom_structure *make_molecule(const molecule_atom *places, size_t count)
{
    adatom_structure *molecule;
    assert_int_equal(adatom_structure_create(count, &molecule), ADATOM_OK);
    for (size_t i = 0; i < count; i++) {
        molecule->atomic_numbers[i] = adatom_element_number(places[i].symbol);
        memcpy(molecule->positions[i], places[i].position, sizeof places[i].position);
    }
    return molecule;
}

/* All somewhat bent and stretched: no force is zero by symmetry. */
static inline adatom_structure *make_water(void)
{
    static const molecule_atom places[] = {
        {"O", {0.1, 0.2, 0.3}}, {"H", {0.86, 0.2, 0.89}}, {"H", {-0.66, 0.25, 0.89}}};
    return make_molecule(places, 3);
}

static inline adatom_structure *make_methane(void)
{
    static const molecule_atom places[] = {{"C", {0, 0, 0}},
                                           {"H", {0.65, 0.63, 0.62}},
                                           {"H", {-0.63, -0.6, 0.63}},
                                           {"H", {-0.63, 0.63, -0.66}},
                                           {"H", {0.61, -0.63, -0.63}}};
    return make_molecule(places, 5);
}

static inline adatom_structure *make_methyl(void)
{
    adatom_structure *methyl = make_methane();
    methyl->atom_count = 4;
    return methyl;
}

/* A crystal of one water molecule per cell with these edges. */
static inline adatom_structure *make_ice(double a, double b, double c)
{
    adatom_structure *ice = make_water();
    const double edges[3] = {a, b, c};
    for (int k = 0; k < 3; k++) {
        ice->cell[k][k] = edges[k];
        ice->periodic[k] = true;
    }
    return ice;
}

static inline void expect_failure(adatom_evaluator *evaluator, const adatom_structure *structure,
                                  adatom_status status, const char *line)
{
    double energy = -1;
    assert_int_equal(adatom_evaluator_compute(evaluator, structure, &energy, NULL), status);
    assert_string_equal(adatom_error_message(), line);
    assert_near(energy, -1, 0);
}

#endif
