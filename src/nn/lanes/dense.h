/* adatom: the kernels of dense networks (nn/dense_kernels.h). Plain loops whose inner one runs over
 * neighbouring numbers, which compilers make vectors of; this header is compiled once per
 * instruction set, and all functions are static. */
#ifndef ADATOM_DOUBLES
#error "define ADATOM_DOUBLES (2, 4 or 8) before including this header"
#endif
#ifndef ADATOM_NN_LANES_DENSE_H
#define ADATOM_NN_LANES_DENSE_H

#include "nn/dense_kernels.h"

#include <string.h>

static void start_outputs(int samples, int outputs, const double *biases, double *restrict out)
{
    for (int s = 0; s < samples; s++) {
        if (biases != NULL) {
            memcpy(out + (size_t)s * (size_t)outputs, biases, sizeof(double) * (size_t)outputs);
        } else {
            memset(out + (size_t)s * (size_t)outputs, 0, sizeof(double) * (size_t)outputs);
        }
    }
}

/* Four samples share each row of weights that is read. */
static void multiply(int samples, int inputs, int outputs, const double *restrict in,
                     const double *restrict weights, const double *biases, double *restrict out)
{
    const size_t width = (size_t)outputs, length = (size_t)inputs;
    start_outputs(samples, outputs, biases, out);
    int s = 0;
    for (; s + 4 <= samples; s += 4) {
        const double *x = in + (size_t)s * length;
        double *restrict y0 = out + (size_t)s * width, *restrict y1 = y0 + width;
        double *restrict y2 = y1 + width, *restrict y3 = y2 + width;
        for (size_t k = 0; k < length; k++) {
            const double *restrict row = weights + k * width;
            const double x0 = x[k], x1 = x[length + k], x2 = x[2 * length + k],
                         x3 = x[3 * length + k];
            for (size_t o = 0; o < width; o++) {
                y0[o] += x0 * row[o];
                y1[o] += x1 * row[o];
                y2[o] += x2 * row[o];
                y3[o] += x3 * row[o];
            }
        }
    }
    for (; s < samples; s++) {
        double *restrict y = out + (size_t)s * width;
        for (size_t k = 0; k < length; k++) {
            const double *restrict row = weights + k * width;
            const double x = in[(size_t)s * length + k];
            for (size_t o = 0; o < width; o++) {
                y[o] += x * row[o];
            }
        }
    }
}

/* Eight sums side by side, so that they can be one vector. */
static double dot(const double *restrict a, const double *restrict b, size_t count)
{
    double sums[8] = {0};
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        for (size_t lane = 0; lane < 8; lane++) {
            sums[lane] += a[i + lane] * b[i + lane];
        }
    }
    double sum = 0;
    for (; i < count; i++) {
        sum += a[i] * b[i];
    }
    for (size_t lane = 0; lane < 8; lane++) {
        sum += sums[lane];
    }
    return sum;
}

static void multiply_transposed(int samples, int inputs, int outputs, const double *restrict in,
                                const double *restrict weights, double *restrict out)
{
    for (int s = 0; s < samples; s++) {
        const double *g = in + (size_t)s * (size_t)outputs;
        for (int k = 0; k < inputs; k++) {
            out[(size_t)s * (size_t)inputs + (size_t)k] =
                dot(weights + (size_t)k * (size_t)outputs, g, (size_t)outputs);
        }
    }
}

static void add_products(int samples, int inputs, int outputs, const double *restrict in,
                         const double *restrict out, double *restrict weights)
{
    const size_t width = (size_t)outputs, length = (size_t)inputs;
    int s = 0;
    for (; s + 4 <= samples; s += 4) {
        const double *x = in + (size_t)s * length;
        const double *restrict g = out + (size_t)s * width;
        for (size_t k = 0; k < length; k++) {
            double *restrict row = weights + k * width;
            const double x0 = x[k], x1 = x[length + k], x2 = x[2 * length + k],
                         x3 = x[3 * length + k];
            for (size_t o = 0; o < width; o++) {
                row[o] +=
                    x0 * g[o] + x1 * g[width + o] + x2 * g[2 * width + o] + x3 * g[3 * width + o];
            }
        }
    }
    for (; s < samples; s++) {
        for (size_t k = 0; k < length; k++) {
            double *restrict row = weights + k * width;
            const double x = in[(size_t)s * length + k];
            const double *restrict g = out + (size_t)s * width;
            for (size_t o = 0; o < width; o++) {
                row[o] += x * g[o];
            }
        }
    }
}

/* Vectors of as many numbers as a register of the instruction set holds. */
typedef double dense_vector __attribute__((vector_size(8 * ADATOM_DOUBLES)));
typedef double dense_unaligned
    __attribute__((vector_size(8 * ADATOM_DOUBLES), aligned(8), may_alias));

enum { TILE_ROWS = 4, TILE_VECTORS = 2, TILE_COLUMNS = TILE_VECTORS * ADATOM_DOUBLES };

/* One tile stays in registers while all rows are read. */
static void add_square_tile(int row_count, size_t count, const double *rows, size_t i, size_t j,
                            double *squares)
{
    dense_vector sums[TILE_ROWS][TILE_VECTORS] = {{{0}}};
    for (int r = 0; r < row_count; r++) {
        const double *row = rows + (size_t)r * count;
        const dense_vector first = *(const dense_unaligned *)(row + j);
        const dense_vector second = *(const dense_unaligned *)(row + j + ADATOM_DOUBLES);
        for (int a = 0; a < TILE_ROWS; a++) {
            sums[a][0] += row[i + (size_t)a] * first;
            sums[a][1] += row[i + (size_t)a] * second;
        }
    }
    for (size_t a = 0; a < TILE_ROWS; a++) {
        for (size_t v = 0; v < TILE_VECTORS; v++) {
            *(dense_unaligned *)(squares + (i + a) * count + j + v * ADATOM_DOUBLES) += sums[a][v];
        }
    }
}

static void add_square_element(int row_count, size_t count, const double *rows, size_t i, size_t j,
                               double *squares)
{
    double sum = 0;
    for (int r = 0; r < row_count; r++) {
        sum += rows[(size_t)r * count + i] * rows[(size_t)r * count + j];
    }
    squares[i * count + j] += sum;
}

static void add_squares(int row_count, int count, const double *rows, int begin, int end,
                        double *squares)
{
    const size_t width = (size_t)count;
    size_t i = (size_t)begin;
    for (; i + TILE_ROWS <= (size_t)end; i += TILE_ROWS) {
        const size_t needed = i + TILE_ROWS;
        size_t j = 0;
        for (; j < needed && j + TILE_COLUMNS <= width; j += TILE_COLUMNS) {
            add_square_tile(row_count, width, rows, i, j, squares);
        }
        for (; j < needed; j++) {
            for (size_t a = 0; a < TILE_ROWS; a++) {
                add_square_element(row_count, width, rows, i + a, j, squares);
            }
        }
    }
    for (; i < (size_t)end; i++) {
        for (size_t j = 0; j <= i; j++) {
            add_square_element(row_count, width, rows, i, j, squares);
        }
    }
}

#endif
