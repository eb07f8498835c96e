/* adatom: what the files of the radial functions share. */
#ifndef ADATOM_DESCRIPTOR_RADIAL_PRIVATE_H
#define ADATOM_DESCRIPTOR_RADIAL_PRIVATE_H

#include "descriptor/radial.h"

adatom_status adatom_radial_start(double cutoff, int n_count, int set_count, adatom_radial **out);
/* Fills the table from adatom_radial_exact. */
adatom_status adatom_radial_tabulate(adatom_radial *radial, int piece_count);
/* Adds to results[0..2]: values and derivatives. */
void adatom_radial_exact_soap(const adatom_radial *radial, double r, double *results[3]);

#endif
