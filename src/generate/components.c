#include "generate/components.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 300 };

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static void add(size_t n, double factor, const double *from, double *to)
{
    for (size_t i = 0; i < n; i++) {
        to[i] += factor * from[i];
    }
}

static void normalize(size_t n, double *a)
{
    const double length = sqrt(dot(n, a, a));
    for (size_t i = 0; i < n && length > 0; i++) {
        a[i] /= length;
    }
}

/* axis <- rows^T rows axis */
static void multiply(size_t count, size_t n, const double *rows, double *axis, double *scratch)
{
    memset(scratch, 0, n * sizeof(double));
    for (size_t r = 0; r < count; r++) {
        add(n, dot(n, rows + r * n, axis), rows + r * n, scratch);
    }
    memcpy(axis, scratch, n * sizeof(double));
}

static void choose_sign(size_t n, double *axis)
{
    size_t largest = 0;
    for (size_t i = 1; i < n; i++) {
        largest = fabs(axis[i]) > fabs(axis[largest]) ? i : largest;
    }
    const double sign = axis[largest] < 0 ? -1 : 1;
    for (size_t i = 0; i < n; i++) {
        axis[i] *= sign;
    }
}

adatom_status adatom_principal_axes(size_t count, size_t columns, const double *rows, double *axes)
{
    double *scratch;
    adatom_random random;
    ADATOM_TRY(adatom_allocate(columns, sizeof(double), &scratch));
    adatom_random_seed(&random, 1, 0);
    for (size_t i = 0; i < 2 * columns; i++) {
        axes[i] = adatom_random_normal(&random);
    }
    double *first = axes, *second = axes + columns;
    for (int round = 0; round < ROUNDS; round++) {
        multiply(count, columns, rows, first, scratch);
        normalize(columns, first);
        multiply(count, columns, rows, second, scratch);
        add(columns, -dot(columns, first, second), first, second);
        normalize(columns, second);
    }
    choose_sign(columns, first);
    choose_sign(columns, second);
    free(scratch);
    return ADATOM_OK;
}
