/* adatom: numbers in the text that ends an answer of an i-PI client, an object in JSON. */
#ifndef ADATOM_ENERGY_IPI_EXTRA_H
#define ADATOM_ENERGY_IPI_EXTRA_H

#include <stdbool.h>
#include <stddef.h>

/* The number of that name in the outermost object; false if there is none, or the text is no such
 * object up to it. Names with escapes are not found. */
bool adatom_ipi_extra_number(const char *text, size_t length, const char *name, double *value);

#endif
