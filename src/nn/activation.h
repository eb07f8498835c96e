/* adatom: the nonlinear functions of dense networks with two derivatives. */
#ifndef ADATOM_NN_ACTIVATION_H
#define ADATOM_NN_ACTIVATION_H

#include "nn/dense.h"

/* Replaces the arguments in values by h(a); slopes become h'(a), curvatures h''(a). */
void adatom_activation_apply(adatom_activation activation, size_t count, double *values,
                             double *slopes, double *curvatures);

#endif
