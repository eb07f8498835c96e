/* adatom: lists of vectors of three, as one list of numbers. */
#ifndef ADATOM_SAMPLE_VECTORS_H
#define ADATOM_SAMPLE_VECTORS_H

#include <math.h>
#include <stddef.h>

static inline double adatom_dot_product(const double *a, const double *b, size_t size)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* Length of the longest of the vectors of three. */
static inline double adatom_longest_vector(const double *vectors, size_t size)
{
    double longest = 0;
    for (size_t i = 0; i < size; i += 3) {
        longest = fmax(longest, adatom_dot_product(vectors + i, vectors + i, 3));
    }
    return sqrt(longest);
}

#endif
