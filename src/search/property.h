/* adatom: the property of a structure that the search makes as good as it can.
 *
 * J. Chem. Phys. 151, 054111 (2019): the total energy, or any other number. Here it is also the
 * energy per atom, the formation energy E - sum_i mu_i n_i (outlook of that paper), or a number
 * that the evaluator gives by name. */
#ifndef ADATOM_SEARCH_PROPERTY_H
#define ADATOM_SEARCH_PROPERTY_H

#include "search/design.h"
#include "search/problem.h"

typedef enum adatom_property_kind {
    ADATOM_PROPERTY_ENERGY,
    ADATOM_PROPERTY_ENERGY_PER_ATOM,
    ADATOM_PROPERTY_FORMATION_ENERGY,
    ADATOM_PROPERTY_NAMED
} adatom_property_kind;

typedef struct adatom_property {
    adatom_property_kind kind;
    const char *name; /* of the number that the evaluator gives */
    double sign;      /* +1: the lower the better, -1: the higher */
    adatom_design design;
    double potentials[ADATOM_ELEMENT_COUNT + 1]; /* by atomic number, eV */
} adatom_property;

/* INVALID_INPUT names the option. The options must outlive the property. */
adatom_status adatom_property_read(const adatom_problem *problem,
                                   const adatom_search_options *options, adatom_property *property);

/* True if the value is the total energy and nothing else. */
bool adatom_property_is_energy(const adatom_property *property);

/* *quantity is the property as the user names it, *value what is made as low as possible: with its
 * sign, and strengthened where the structure has the motifs. named is the evaluator's number. */
adatom_status adatom_property_find(const adatom_property *property,
                                   const adatom_structure *structure, double energy, double named,
                                   double *quantity, double *value);

/* The span of values that rewards from -1 to 1 stand for, 0 for that of each batch; `atoms` is the
 * most that a structure has. */
double adatom_property_window(const adatom_property *property, const adatom_search_options *options,
                              double atoms);

#endif
