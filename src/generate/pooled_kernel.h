/* adatom: the memory of the fast fingerprint, and its kernels per instruction set. */
#ifndef ADATOM_GENERATE_POOLED_KERNEL_H
#define ADATOM_GENERATE_POOLED_KERNEL_H

#include "base/instruction_set.h"
#include "generate/pooled.h"

/* Rows of the Jacobian that are in work at a time, where there are no more of one factor; with ten
 * atoms they fill the first cache. */
enum { ADATOM_POOLED_ROWS = 16 };

/* The kernels that were chosen, and their memory: all arrays [...][ADATOM_POOLED_LANES]. */
struct adatom_pooled_work {
    adatom_instruction_set set;
    double *units;         /* [pairs][3]: from i to j */
    double *distances;     /* [pairs], Å */
    double *inverses;      /* [pairs], 1/Å */
    double *fade_ratios;   /* [pairs]: fc'/fc, 0 beyond the cutoff */
    double *fades;         /* [pairs]: fc */
    double *inverse_fades; /* [pairs]: 1/fc, 0 beyond the cutoff */
    double *sums;          /* [doubles], 0 between calls */
    double *factors;       /* [factors][pairs] */
    double *values;        /* [values][atoms] */
    double *slopes;        /* [values][atoms]: dloss/dvalue */
    double *pair_slopes;   /* [pairs]: dloss/dr */

    double *angles;       /* [atoms][corners][angles] */
    double *angle_slopes; /* [atoms][corners][angles]: in the cosine */
    /* Of the normal equations alone */
    double *residuals;      /* [columns] */
    double *chosen;         /* [columns]: the atoms that they came from */
    double *local_squares;  /* [atoms][pairs of neighbours, a >= b] */
    double *local_products; /* [atoms][neighbours] */
    double *slope_row;      /* [neighbours] */
    double *rows;           /* [rows][3 atoms]: of the Jacobian, those in work */
    double *row_residuals;  /* [rows] */
    int row_count;          /* rows in work */
    double *corner_rows;    /* [doubles of one factor][3 atoms]: of one atom */
    bool *wanted;           /* [doubles]: does any lane choose the atom in work */
};

typedef void adatom_pooled_kernel(const adatom_pooled *pooled, adatom_pooled_work *work,
                                  const double *positions, const adatom_pooled_loss *loss,
                                  double *losses, double *gradient, double *values);

typedef void adatom_pooled_normal_kernel(const adatom_pooled *pooled, adatom_pooled_work *work,
                                         const double *positions, const adatom_pooled_loss *loss,
                                         adatom_pooled_normal *normal);

adatom_pooled_kernel adatom_pooled_portable;
adatom_pooled_normal_kernel adatom_pooled_normal_portable;
#ifdef ADATOM_X86_KERNELS
adatom_pooled_kernel adatom_pooled_avx2, adatom_pooled_avx512;
adatom_pooled_normal_kernel adatom_pooled_normal_avx2, adatom_pooled_normal_avx512;
#endif

#endif
