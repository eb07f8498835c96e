/* adatom: real spherical harmonics. */
#ifndef ADATOM_DESCRIPTOR_HARMONICS_H
#define ADATOM_DESCRIPTOR_HARMONICS_H

enum { ADATOM_L_MAX = 20 };

/* Y_lm stands at l * l + l + m. With z = cos(theta):
 *   Y_l0 = Q_l0(z),  Y_lm = Q_lm(z) Re (x + iy)^m,  Y_l-m = Q_lm(z) Im (x + iy)^m,  m > 0,
 * for the unit vector (x, y, z); Q_lm is N_lm d^m/dz^m P_l(z), positive at z = 1 (no phase), and
 * the Y_lm are orthonormal on the sphere. Recursions of the Q:
 *   Q_mm = diagonal[m],  Q_lm = up[l][m] z Q_(l-1)m - back[l][m] Q_(l-2)m,
 *   d/dz Q_lm = slope[l][m] Q_l(m+1). */
typedef struct adatom_harmonics {
    int l_count;
    double diagonal[ADATOM_L_MAX + 1];
    double up[ADATOM_L_MAX + 1][ADATOM_L_MAX + 1];
    double back[ADATOM_L_MAX + 1][ADATOM_L_MAX + 1];
    double slope[ADATOM_L_MAX + 1][ADATOM_L_MAX + 1];
} adatom_harmonics;

/* l = 0 .. l_count - 1, l_count <= ADATOM_L_MAX + 1. */
void adatom_harmonics_prepare(int l_count, adatom_harmonics *harmonics);

/* Plain: values[l_count^2] for the direction of the vector (not 0), and gradients[l_count^2][3]
 * with respect to the vector; these may be NULL. */
void adatom_harmonics_evaluate(const adatom_harmonics *harmonics, const double vector[3],
                               double *values, double (*gradients)[3]);

#endif
