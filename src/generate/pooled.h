/* adatom: the fast fingerprint: G2 and G5 of free clusters of one element, pooled over the atoms,
 * for ADATOM_POOLED_LANES structures at once (Fung et al., Mach. Learn.: Sci. Technol. 3, 045018
 * (2022), Eqs. 1 to 3). Its kernels are compiled once per instruction set (pooled_*.c); lane l of
 * every array is structure l, and lanes do not touch each other.
 *
 * Units: Å. */
#ifndef ADATOM_GENERATE_POOLED_H
#define ADATOM_GENERATE_POOLED_H

#include "adatom/descriptor.h"

enum { ADATOM_POOLED_LANES = 8 };

/* exp(-eta (r - shift)^2) fc(r), fc with cosine and cutoff. Where eta is the sum of those of up to
 * four factors before it with the same shift, it is their product over a power of fc. */
typedef struct adatom_pooled_factor {
    double eta, shift;
    int part_count; /* 0: by exp */
    int parts[4];
} adatom_pooled_factor;

/* 2^(1 - zeta) (1 + lambda cos)^zeta */
typedef struct adatom_pooled_angle {
    double lambda, scale;
    int zeta;
} adatom_pooled_angle;

/* A value: a factor of one distance, or the product of the same factor of two and of an angle. */
typedef struct adatom_pooled_term {
    int value, factor, angle;
} adatom_pooled_term;

typedef struct adatom_pooled {
    int atom_count, pair_count; /* pairs i < j, those of 0 first */
    double cutoff;
    int value_count; /* of an atom */
    int factor_count, angle_count, single_count, double_count;
    adatom_pooled_factor *factors;
    adatom_pooled_angle *angles;
    adatom_pooled_term *singles; /* of one distance */
    adatom_pooled_term *doubles; /* of two, those of equal factors one after the other */
    int pool_count;
    adatom_pooling pools[ADATOM_POOL_COUNT_MAX];
} adatom_pooled;

/* *out stays NULL where the descriptor is none that this can compute: other functions, cutoffs that
 * differ, more than one element, powers that are not whole. */
adatom_status adatom_pooled_create(const adatom_descriptor *descriptor, const adatom_pooling *pools,
                                   int pool_count, int atom_count, adatom_pooled **out);
void adatom_pooled_free(adatom_pooled *pooled);
/* Columns of the fingerprint. */
size_t adatom_pooled_columns(const adatom_pooled *pooled);

typedef struct adatom_pooled_work adatom_pooled_work;
adatom_status adatom_pooled_work_create(const adatom_pooled *pooled, adatom_pooled_work **out);
void adatom_pooled_work_free(adatom_pooled_work *work);

/* What is minimized: mean |d| or mean d^2 of the differences to the target, and separately
 * sum (minimum - r)^2 over the pairs that are too near, times push. */
typedef struct adatom_pooled_loss {
    const double *target; /* [columns][lanes] */
    bool squared;
    double minimum_distance, push; /* Å, 1/Å^2 */
    bool every;                    /* see adatom_pooled_normal */
} adatom_pooled_loss;

/* positions[atom_count * 3][lanes], Å. losses[lanes] are those of the fingerprint alone; gradient
 * [atom_count * 3][lanes] is that of loss and push. values[columns][lanes] may be NULL. All arrays
 * are aligned to 64 bytes. Where two atoms share the largest value, the first counts. */
void adatom_pooled_evaluate(const adatom_pooled *pooled, adatom_pooled_work *work,
                            const double *positions, const adatom_pooled_loss *loss, double *losses,
                            double *gradient, double *values);

/* What a step of Levenberg-Marquardt needs: with the residuals f - target and sqrt(push) (minimum -
 * r) and their Jacobian J, squares = J^T J, [count][count][lanes] with count = 3 atom_count, of
 * which the lower triangle counts, products = J^T residuals, [count][lanes], and objectives = sum
 * of the squares of the residuals. losses are the mean |f - target|. Aligned to 64 bytes.
 *
 * With every, a largest (smallest) value has a residual, value - target, for every atom whose value
 * is above (below) the target, and for that of the extreme if there is none. The sum of squares is
 * 0 for the same structures, but it has no kinks where atoms share the extreme. Without
 * ADATOM_POOL_MEAN only. */
typedef struct adatom_pooled_normal {
    double *squares, *products;
    double *losses, *objectives; /* [lanes] */
} adatom_pooled_normal;

void adatom_pooled_normal_equations(const adatom_pooled *pooled, adatom_pooled_work *work,
                                    const double *positions, const adatom_pooled_loss *loss,
                                    adatom_pooled_normal *normal);

#endif
