/* From atoms to structures, and from structures to a likeness. */
#include "adatom/descriptor.h"

#include <math.h>

void adatom_descriptor_pool(adatom_pooling pooling, const double *values, size_t rows,
                            size_t columns, double *pooled)
{
    for (size_t c = 0; c < columns; c++) {
        double result = values[c];
        for (size_t r = 1; r < rows; r++) {
            const double value = values[r * columns + c];
            result = pooling == ADATOM_POOL_MEAN  ? result + value
                     : pooling == ADATOM_POOL_MAX ? fmax(result, value)
                                                  : fmin(result, value);
        }
        pooled[c] = pooling == ADATOM_POOL_MEAN ? result / (double)rows : result;
    }
}

double adatom_soap_kernel(const double *a, const double *b, size_t count, double exponent)
{
    double product = 0, square_a = 0, square_b = 0;
    for (size_t i = 0; i < count; i++) {
        product += a[i] * b[i];
        square_a += a[i] * a[i];
        square_b += b[i] * b[i];
    }
    if (!(square_a > 0) || !(square_b > 0)) {
        return 0;
    }
    return pow(fabs(product) / sqrt(square_a * square_b), exponent);
}
