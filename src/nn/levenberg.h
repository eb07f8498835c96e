/* adatom: Levenberg-Marquardt for sums of squares (Levenberg, Q. Appl. Math. 2, 164 (1944);
 * Marquardt, J. Soc. Ind. Appl. Math. 11, 431 (1963)), with the change of the damping by Nielsen
 * (IMM-REP-1999-05, Technical University of Denmark). For networks of up to a few thousand weights.
 *
 * With residuals r and J = dr/dw, a step solves (J^T J + damping * scale) step = - J^T r, where the
 * scale is 1, as in MATLAB's trainlm. */
#ifndef ADATOM_NN_LEVENBERG_H
#define ADATOM_NN_LEVENBERG_H

#include "adatom/status.h"
#include "base/threads.h"

#include <stdbool.h>
#include <stddef.h>

enum { ADATOM_LEVENBERG_COUNT_MAX = 20000 };

/* Adds J^T J to squares, [count][count], of which the lower triangle counts, J^T r to products,
 * [count], and gives loss = sum r^2. With squares NULL only the loss is wanted. */
typedef adatom_status adatom_normal_equations(void *context, const double *weights, double *squares,
                                              double *products, double *loss);

typedef struct adatom_levenberg {
    size_t count;
    double damping; /* with growth all that a resume needs besides the weights; at first 0: chosen
                       as 1e-3 times the largest diagonal element of J^T J */
    double growth;  /* of the damping after the next failure */
    /* Scratch */
    double *squares, *factor;        /* [count][count] */
    double *products, *step, *trial; /* [count] */
    bool has_equations;              /* of the weights as they are */
    double loss;
} adatom_levenberg;

/* INVALID_INPUT above ADATOM_LEVENBERG_COUNT_MAX weights. */
adatom_status adatom_levenberg_create(size_t count, adatom_levenberg **out);
void adatom_levenberg_free(adatom_levenberg *levenberg);
/* One iteration: weights move, *loss is that of the new ones. *moved is false where no step lowers
 * the loss any more. The weights must not be changed between iterations. */
adatom_status adatom_levenberg_step(adatom_levenberg *levenberg, adatom_normal_equations *evaluate,
                                    void *context, double *weights, double *loss, bool *moved);

/* squares += rows^T rows (lower triangle), products += rows^T residuals; rows is
 * [row_count][count]. The team may be NULL; what it gives does not depend on it. */
void adatom_levenberg_add_rows(size_t count, int row_count, const double *rows,
                               const double *residuals, adatom_team *team, double *squares,
                               double *products);

#endif
