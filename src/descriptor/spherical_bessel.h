/* adatom: spherical Bessel functions and their roots. */
#ifndef ADATOM_DESCRIPTOR_SPHERICAL_BESSEL_H
#define ADATOM_DESCRIPTOR_SPHERICAL_BESSEL_H

/* j[l] = j_l(x), l = 0 .. l_max, x >= 0. */
void adatom_spherical_bessel(int l_max, double x, double *j);
/* i[l] = exp(-x) i_l(x), the modified functions of the first kind, l = 0 .. l_max, x >= 0. */
void adatom_spherical_bessel_modified(int l_max, double x, double *i);
/* roots[l * count + n] = u_nl: j_l(u_nl) = 0, n = 0 .. count - 1, l = 0 .. l_max; work holds
 * (count + l_max) numbers. u_n0 = (n + 1) pi; those of l lie between those of l - 1. */
void adatom_spherical_bessel_roots(int l_max, int count, double *roots, double *work);

#endif
