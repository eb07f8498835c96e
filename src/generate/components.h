/* adatom: principal components. */
#ifndef ADATOM_GENERATE_COMPONENTS_H
#define ADATOM_GENERATE_COMPONENTS_H

#include "adatom/status.h"

#include <stddef.h>

/* axes[2][columns]: the two orthonormal directions along which rows[count][columns], whose means
 * are 0, vary most (by orthogonal iteration); the largest entry of each is positive. */
adatom_status adatom_principal_axes(size_t count, size_t columns, const double *rows, double *axes);

#endif
