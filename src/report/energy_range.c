/* adatom: how high the energy axis goes, so that a few bad episodes do not flatten the rest. */
#include "report/energy_range.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static int compare_numbers(const void *first, const void *second)
{
    const double a = *(const double *)first, b = *(const double *)second;
    return (a > b) - (a < b);
}

/* Of sorted values. */
static double quantile(const double *values, size_t count, double share)
{
    return count == 0 ? 0 : values[(size_t)(share * (double)(count - 1) + 0.5)];
}

/* The median of the first tenth: where the search came from. */
static double median_at_start(const double *values, size_t count, double *scratch)
{
    size_t start = count / 10 < 20 ? 20 : count / 10;
    start = start > count ? count : start;
    for (size_t i = 0; i < start; i++) {
        scratch[i] = values[i];
    }
    qsort(scratch, start, sizeof *scratch, compare_numbers);
    return quantile(scratch, start, 0.5);
}

double adatom_energy_range(const double *values, size_t count)
{
    double *sorted = NULL;
    if (count == 0 || adatom_allocate(count, sizeof *sorted, &sorted) != ADATOM_OK) {
        return 1;
    }
    const double start = median_at_start(values, count, sorted);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = values[i];
    }
    qsort(sorted, count, sizeof *sorted, compare_numbers);
    const double lower = quantile(sorted, count, 0.25), upper = quantile(sorted, count, 0.75);
    const double fence = upper + 1.5 * (upper - lower); /* Tukey's */
    double top = fmax(fence, 1.25 * start);
    top = fmin(top, 8 * fmax(upper, 0.02));
    top = fmin(top, sorted[count - 1]);
    free(sorted);
    return top > 1e-6 ? 1.04 * top : 1;
}
