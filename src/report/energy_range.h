/* adatom: how high the energy axis goes. */
#ifndef ADATOM_REPORT_ENERGY_RANGE_H
#define ADATOM_REPORT_ENERGY_RANGE_H

#include <stddef.h>

/* The upper end of an axis from 0 for values >= 0 in order of time: shows where the search started
 * and all but outliers. 1 if there is nothing to go by. */
double adatom_energy_range(const double *values, size_t count);

#endif
