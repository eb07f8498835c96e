/* adatom: a dense network with one output and its weights, laid out to be computed for one sample
 * at a time in vector registers, with the derivative with respect to its inputs. */
#ifndef ADATOM_NN_DENSE_SINGLE_H
#define ADATOM_NN_DENSE_SINGLE_H

#include "nn/dense.h"

/* It has memory for one computation: one per thread. */
typedef struct adatom_dense_single adatom_dense_single;

/* Of the function factor * network((x - means) * factors); means and factors are of the inputs. All
 * is copied. INVALID_INPUT unless there is one output. */
adatom_status adatom_dense_single_create(const adatom_dense *dense, const double *weights,
                                         const double *means, const double *factors, double factor,
                                         adatom_dense_single **out);
void adatom_dense_single_free(adatom_dense_single *single);

/* The function at inputs, [inputs]; where gradient is not NULL it is made the derivative, too. */
double adatom_dense_single_compute(adatom_dense_single *single, const double *inputs,
                                   double *gradient);

#endif
