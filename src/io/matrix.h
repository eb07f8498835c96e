/* adatom: tables of numbers from files of other programs. */
#ifndef ADATOM_IO_MATRIX_H
#define ADATOM_IO_MATRIX_H

#include "adatom/status.h"

#include <stddef.h>

typedef struct adatom_matrix {
    size_t rows, columns;
    double *values; /* [rows][columns] */
} adatom_matrix;

/* By the ending of the path: .npy, a NumPy array of rank 1 (a column) or 2 of little-endian floats,
 * doubles or integers, in C order; .h5 or .hdf5, the array `name` of doubles of rank 2 or 1;
 * anything else is text with a row on each line, numbers apart by commas, semicolons, blanks or
 * tabs, where a first line that is no numbers and lines that start with # are read over.
 * INVALID_INPUT says what was expected, with the line; so for numbers that are not finite. */
adatom_status adatom_matrix_read(const char *path, const char *name, adatom_matrix *out);
/* The same of what a file that is not HDF5 holds; path tells the format and stands in messages. */
adatom_status adatom_matrix_parse(const char *path, const char *bytes, size_t length,
                                  adatom_matrix *out);
void adatom_matrix_clear(adatom_matrix *matrix);

#endif
