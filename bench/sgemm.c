/* The machine's own single-precision matrix rate: the measure that bench/engine.py gives the
 * engine's rate in. OpenBLAS, one thread. Prints "sgemm value GFLOP/s" (median). */
#include "timing.h"

#include <cblas.h>

#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 768, REPEATS = 15 };

int main(void)
{
    const size_t count = (size_t)SIZE * SIZE;
    float *a = malloc(sizeof *a * count), *b = malloc(sizeof *b * count),
          *c = malloc(sizeof *c * count);
    if (a == NULL || b == NULL || c == NULL) {
        return 1;
    }
    for (size_t i = 0; i < count; i++) {
        a[i] = (float)(i % 7) - 3;
        b[i] = (float)(i % 5) - 2;
        c[i] = 0;
    }
    double rates[REPEATS];
    for (int i = -2; i < REPEATS; i++) {
        const double start = seconds();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIZE, SIZE, SIZE, 1, a, SIZE, b,
                    SIZE, 0, c, SIZE);
        const double elapsed = seconds() - start;
        if (i >= 0) {
            rates[i] = 2e-9 * SIZE * SIZE * SIZE / elapsed;
        }
    }
    printf("sgemm %.1f GFLOP/s\n", median(rates, REPEATS));
    free(a);
    free(b);
    free(c);
    return 0;
}
