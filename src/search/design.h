/* adatom: motifs that make a structure worth more.
 *
 * J. Chem. Phys. 151, 054111 (2019), Eq. 5: the property of a structure that has the motif is
 * strengthened by the fraction lambda. A motif is a text such as "O bound to 2 C" or "C bound to
 * 1 C and 2 O": some atom of the first element has at least these neighbours; with "bound to
 * exactly" these and no others. Several motifs, separated by semicolons, must all be there. */
#ifndef ADATOM_SEARCH_DESIGN_H
#define ADATOM_SEARCH_DESIGN_H

#include "adatom/search.h"

enum { ADATOM_MOTIFS_MAX = 8 };

typedef struct adatom_motif {
    int element; /* of the atom in the middle */
    bool exactly;
    int count; /* of elements of its neighbours */
    int neighbors[ADATOM_PARTS_MAX], amounts[ADATOM_PARTS_MAX];
} adatom_motif;

typedef struct adatom_design {
    int count; /* of motifs; 0: nothing is strengthened */
    adatom_motif motifs[ADATOM_MOTIFS_MAX];
    double lambda;
    double tolerance; /* atoms are bound below the sum of their covalent radii plus this, Å */
} adatom_design;

/* INVALID_INPUT names the option and the word that is not understood. */
adatom_status adatom_design_read(const adatom_search_options *options, adatom_design *design);

/* Whether the structure has all motifs; bonds to periodic copies count. */
adatom_status adatom_design_fits(const adatom_design *design, const adatom_structure *structure,
                                 bool *fits);

/* Eq. 5 for a property that is the better the lower it is: value (1 + lambda) for one below 0, as
 * energies are; value (1 - lambda) for one above. */
double adatom_design_strengthen(const adatom_design *design, double value);

#endif
