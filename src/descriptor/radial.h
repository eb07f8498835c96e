/* adatom: the radial functions that the density of the neighbours is expanded in. */
#ifndef ADATOM_DESCRIPTOR_RADIAL_H
#define ADATOM_DESCRIPTOR_RADIAL_H

#include "adatom/status.h"

#include <stddef.h>

typedef enum adatom_radial_basis {
    ADATOM_RADIAL_POLYNOMIAL, /* (1 - r/r_c)^3 times Jacobi polynomials, orthonormal */
    ADATOM_RADIAL_BESSEL      /* the g_n of Kocer et al. */
} adatom_radial_basis;

/* What a neighbour at distance r gives to n = 0 .. n_count - 1, in one set for all l or in one for
 * each l. Sets are padded: function n of set s stands at s * stride + n. */
typedef struct adatom_radial {
    double cutoff;
    int n_count, set_count;
    int stride; /* n_count rounded up to a multiple of 8 */
    /* Bessel: function n of set s is the sum over k = 0 .. n_count of coefficients[(s * n_count +
     * n) * (n_count + 1) + k] j_s(roots[s * (n_count + 1) + k] r / cutoff). NULL for SOAP. */
    double *roots, *coefficients;
    /* SOAP: 4 pi exp(-(r^2 + r'^2) / 2 sigma^2) i_l(r r' / sigma^2) g_n(r'), integrated over r'.
     * quadrature: nodes, then weights, on [-1, 1]. */
    double sigma;
    adatom_radial_basis basis;
    int node_count;
    double *quadrature;
    double fade_from; /* from here to the cutoff the values fall to 0; the cutoff: they do not */
    /* Quintic pieces that have the functions' values and first two derivatives at their ends:
     * table[(piece * 6 + power) * set_count * stride + s * stride + n], in t = 0 .. 1. NULL where
     * there is one set of Bessel functions. */
    int piece_count;
    double *table;
} adatom_radial;

/* g_n (Kocer et al., J. Chem. Phys. 150, 154102 (2019), with the prefactor sqrt(2) pi) in one set,
 * or, per_l, the g_nl in l_count sets. */
adatom_status adatom_radial_create_bessel(double cutoff, int n_count, int l_count, int per_l,
                                          adatom_radial **out);
/* fade: width in Å of the last part, over which a factor falls smoothly from 1 to 0. */
adatom_status adatom_radial_create_soap(double cutoff, int n_count, int l_count, double sigma,
                                        adatom_radial_basis basis, double fade,
                                        adatom_radial **out);
void adatom_radial_free(adatom_radial *radial);

/* values, first, second: [set_count * stride], the functions and their derivatives at r in 0 ..
 * cutoff, without fading, from their definition. */
void adatom_radial_exact(const adatom_radial *radial, double r, double *values, double *first,
                         double *second);
/* fade[0] = the factor at r, fade[1] = its derivative. */
void adatom_radial_fade(const adatom_radial *radial, double r, double fade[2]);

/* The orthonormal function n of the SOAP basis at r. */
double adatom_radial_basis_value(const adatom_radial *radial, int n, double r);

#endif
