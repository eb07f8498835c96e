/* adatom: a neural-network potential (Behler and Parrinello, Phys. Rev. Lett. 98, 146401 (2007)).
 *
 * The energy of a structure is the sum over its atoms,
 *
 *   E = sum_i  offset_t + factor * network_t( (G_i - means_t) * factors_t ),    t the element of i,
 *
 * where G_i are the values of the descriptor. A committee has several networks per element; its
 * energy is their mean. The model is const while it is used: threads share it. */
#ifndef ADATOM_POTENTIAL_MODEL_H
#define ADATOM_POTENTIAL_MODEL_H

#include "adatom/descriptor.h"
#include "adatom/potential.h"
#include "nn/dense.h"

#include <stddef.h>

enum { ADATOM_POTENTIAL_MEMBERS_MAX = 256, ADATOM_POTENTIAL_ELEMENTS_MAX = 118 };

/* What belongs to one element. */
typedef struct adatom_potential_element {
    int atomic_number;
    size_t count;            /* of its descriptor values */
    double *means, *factors; /* [count]; of the inputs, standardised */
    double offset;           /* eV */
    adatom_dense dense;
    double *weights; /* [member_count][dense.weight_count] */
} adatom_potential_element;

struct adatom_potential {
    adatom_descriptor *descriptor;
    size_t element_count;               /* the types of the descriptor */
    adatom_potential_element *elements; /* [element_count] */
    int member_count;
    double energy_factor; /* eV; what the networks give is in units of it */
    char *provenance;     /* where it comes from, in lines of YAML; never NULL */
};

/* A potential of this descriptor with zero weights, factors 1, means and offsets 0. hidden are the
 * sizes of the hidden layers. INVALID_INPUT as the descriptor says, or for a bad size. */
adatom_status adatom_potential_create(const char *descriptor_spec, const int *species,
                                      size_t species_count, int hidden_count, const int *hidden,
                                      adatom_activation activation, int member_count,
                                      adatom_potential **out);

/* ---- one centre */

/* What one thread needs; the weights must not change any more. */
typedef struct adatom_potential_workspace adatom_potential_workspace;
adatom_status adatom_potential_workspace_create(const adatom_potential *potential,
                                                adatom_potential_workspace **out);
void adatom_potential_workspace_free(adatom_potential_workspace *workspace);

/* The energy of the centre in eV, offset included, by one member, or the mean with member -1; where
 * forces is not NULL, forces[j] = dE/d(position of neighbour j), eV/Å, [neighbours][3]. */
adatom_status adatom_potential_center(const adatom_potential *potential,
                                      adatom_potential_workspace *workspace,
                                      const adatom_environment *environment, int member,
                                      double *energy, double (*forces)[3]);

#endif
