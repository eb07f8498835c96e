/* adatom: arrays in NumPy's own file format, version 1.0. */
#ifndef ADATOM_IO_NPY_H
#define ADATOM_IO_NPY_H

#include "adatom/status.h"

#include <stddef.h>

typedef enum adatom_npy_type {
    ADATOM_NPY_DOUBLE, /* double */
    ADATOM_NPY_INT64,  /* int64_t */
    ADATOM_NPY_FLOAT   /* float */
} adatom_npy_type;

/* Writes values[dims[0]]...[dims[rank - 1]], the last index fastest, to a new file that then takes
 * the place of path; rank <= 8. IO_FAILED names path. */
adatom_status adatom_npy_write(const char *path, adatom_npy_type type, int rank, const size_t *dims,
                               const void *values);

#endif
