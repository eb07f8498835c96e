/* adatom: convolutions by tiles (nn/conv_kernels.h): the transforms of values, slopes and filters.
 *
 * All are a transform along one direction, then along the other; lines are six or fewer vectors,
 * `step` apart. With the points p_i = 0, 1, -1, 1/2, -2:
 *   A[i][k] = p_i^k, G[i][k] = p_i^k / prod_{j != i} (p_i - p_j);
 *   at infinity A and G are 1 for the last k, and 0 otherwise;
 *   B[k][i] is the coefficient of x^k in prod_{j != i} (x - p_j), at infinity in prod_j (x - p_j).
 */
#ifndef ADATOM_NN_LANES_CONV_TILES_H
#define ADATOM_NN_LANES_CONV_TILES_H

#include "nn/conv_kernels.h"
#include "nn/lanes/conv_activation.h"
#include "nn/lanes/lanes.h"

enum {
    CONV_BLOCK = ADATOM_CONV_BLOCK,
    CONV_VECTORS = ADATOM_CONV_BLOCK / ADATOM_LANES, /* of a block */
    TILE = ADATOM_CONV_TILE,
    TILE_POINTS = ADATOM_CONV_POINTS
};

LANES_INLINE void tile_store(float *to, lanes value)
{
    *(lanes_unaligned *)to = value;
}

/* B^T d of one line, in place. */
LANES_INLINE void tile_line(lanes *d, int step)
{
    const lanes d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
    const lanes even = d[4 * step] - d2, odd = d3 - d1;
    d[0] = even + 1.5f * odd + (d[0] - d2);
    d[step] = even + odd + 1.5f * (d3 + d2);
    d[2 * step] = even - odd + 1.5f * (d3 - d2);
    d[3 * step] = even + 2.0f * odd;
    d[4 * step] = even - 0.5f * odd;
    d[5 * step] = (d[5 * step] - d3) - odd + 1.5f * even;
}

/* A^T t of one line: `places` numbers, `out_step` apart. */
LANES_INLINE void untile_line(int places, const lanes *t, int step, lanes *y, int out_step)
{
    const lanes sum = t[step] + t[2 * step], difference = t[step] - t[2 * step];
    const lanes half = t[3 * step], two = t[4 * step];
    y[0] = t[0] + sum + (half + two);
    y[out_step] = difference + 0.5f * half - 2.0f * two;
    if (places > 2) {
        y[2 * out_step] = sum + 0.25f * half + 4.0f * two;
    }
    if (places > 3) {
        y[3 * out_step] = difference + 0.125f * half - 8.0f * two;
    }
    y[(places - 1) * out_step] += t[5 * step];
}

/* A y of one line. */
LANES_INLINE void tile_slope_line(int places, const lanes *y, int step, lanes *t, int out_step)
{
    lanes even = y[0], odd = y[step], half = y[0] + 0.5f * y[step], two = y[0] - 2.0f * y[step];
    if (places > 2) {
        even += y[2 * step];
        half += 0.25f * y[2 * step];
        two += 4.0f * y[2 * step];
    }
    if (places > 3) {
        odd += y[3 * step];
        half += 0.125f * y[3 * step];
        two -= 8.0f * y[3 * step];
    }
    t[0] = y[0];
    t[out_step] = even + odd;
    t[2 * out_step] = even - odd;
    t[3 * out_step] = half;
    t[4 * out_step] = two;
    t[5 * out_step] = y[(places - 1) * step];
}

/* G g of one line: A g with its rows scaled. */
LANES_INLINE void tile_filter_line(int width, const lanes *g, int step, lanes *t, int out_step)
{
    lanes sums[TILE - 1] = {g[(width - 1) * step], g[(width - 1) * step], g[(width - 1) * step],
                            g[(width - 1) * step], g[(width - 1) * step]};
    for (int k = width - 2; k >= 0; k--) {
        const lanes next = g[k * step];
        sums[1] = next + sums[1];
        sums[2] = next - sums[2];
        sums[3] = next + 0.5f * sums[3];
        sums[4] = next - 2.0f * sums[4];
    }
    t[0] = g[0];
    t[out_step] = sums[1] * (1.0f / 3);
    t[2 * out_step] = sums[2] * (-1.0f / 3);
    t[3 * out_step] = sums[3] * (-16.0f / 15);
    t[4 * out_step] = sums[4] * (1.0f / 15);
    t[5 * out_step] = g[(width - 1) * step];
}

/* G^T t of one line. */
LANES_INLINE void untile_filter_line(int width, const lanes *t, int step, lanes *g, int out_step)
{
    lanes one = t[step] * (1.0f / 3), minus = t[2 * step] * (-1.0f / 3);
    lanes half = t[3 * step] * (-16.0f / 15), two = t[4 * step] * (1.0f / 15);
    for (int k = 0; k < width; k++) {
        g[k * out_step] = (one + minus) + (half + two);
        minus = -minus;
        half *= 0.5f;
        two *= -2.0f;
    }
    g[0] += t[0];
    g[(width - 1) * out_step] += t[5 * step];
}

static void conv_tile_values(size_t tiles, size_t blocks, const int32_t *const *sources,
                             float *const *bases, size_t stride, adatom_conv_tiles out)
{
    static const float zeros[CONV_BLOCK];
    for (size_t t = 0; t < tiles; t++) {
        for (size_t b = 0; b < blocks; b++) {
            const float *base = bases[t] + b * stride;
            float *to = out.table.values + b * out.table.stride + t * CONV_BLOCK;
            for (int v = 0; v < CONV_VECTORS; v++) {
                lanes x[TILE_POINTS];
#pragma GCC unroll 6
                for (int column = 0; column < TILE; column++) {
#pragma GCC unroll 6
                    for (int row = 0; row < TILE; row++) {
                        const int32_t source = sources[t][row * TILE + column];
                        const float *from = base + (ptrdiff_t)source * CONV_BLOCK;
                        x[row * TILE + column] =
                            lanes_load((source < 0 ? zeros : from) + v * LANES);
                    }
                    tile_line(x + column, TILE);
                }
#pragma GCC unroll 6
                for (int row = 0; row < TILE; row++) {
                    tile_line(x + row * TILE, 1);
#pragma GCC unroll 6
                    for (int column = 0; column < TILE; column++) {
                        tile_store(to + (size_t)(row * TILE + column) * out.point + v * LANES,
                                   x[row * TILE + column]);
                    }
                }
            }
        }
    }
}

/* One vector of a tile; places is a constant where this is used. */
LANES_INLINE void untile_vector(int places, const float *from, size_t point, lanes bias, lanes leak,
                                const int32_t *targets, float *base)
{
    lanes x[TILE_POINTS], y[TILE * 4], line[4];
#pragma GCC unroll 6
    for (int column = 0; column < TILE; column++) {
#pragma GCC unroll 6
        for (int row = 0; row < TILE; row++) {
            x[row * TILE + column] = lanes_load(from + (size_t)(row * TILE + column) * point);
        }
        untile_line(places, x + column, TILE, y + column, TILE);
    }
#pragma GCC unroll 4
    for (int row = 0; row < places; row++) {
        untile_line(places, y + row * TILE, 1, line, 1);
#pragma GCC unroll 4
        for (int column = 0; column < places; column++) {
            const int32_t target = targets[row * places + column];
            if (target >= 0) {
                tile_store(base + (size_t)target * CONV_BLOCK,
                           conv_leak(line[column] + bias, leak));
            }
        }
    }
}

LANES_INLINE void untile_all(int places, size_t tiles, size_t blocks, adatom_conv_tiles in,
                             const float *biases, lanes leak, const int32_t *const *targets,
                             float *const *bases, size_t stride)
{
    for (size_t t = 0; t < tiles; t++) {
        for (size_t b = 0; b < blocks; b++) {
            const float *from = in.table.values + b * in.table.stride + t * CONV_BLOCK;
            for (size_t v = 0; v < CONV_VECTORS; v++) {
                const lanes bias =
                    biases != NULL ? lanes_load(biases + b * CONV_BLOCK + v * LANES) : lanes_zero();
                untile_vector(places, from + v * LANES, in.point, bias, leak, targets[t],
                              bases[t] + b * stride + v * LANES);
            }
        }
    }
}

static void conv_untile_values(int width, size_t tiles, size_t blocks, adatom_conv_tiles in,
                               const float *biases, float leak, const int32_t *const *targets,
                               float *const *bases, size_t stride)
{
    const lanes below = lanes_set(leak);
    if (width == 3) {
        untile_all(4, tiles, blocks, in, biases, below, targets, bases, stride);
    } else if (width == 4) {
        untile_all(3, tiles, blocks, in, biases, below, targets, bases, stride);
    } else {
        untile_all(2, tiles, blocks, in, biases, below, targets, bases, stride);
    }
}

LANES_INLINE void tile_slope_vector(int places, const int32_t *targets, const float *base,
                                    float *to, size_t point)
{
    static const float zeros[CONV_BLOCK];
    lanes x[TILE * 4], y[4], line[TILE];
#pragma GCC unroll 4
    for (int column = 0; column < places; column++) {
#pragma GCC unroll 4
        for (int row = 0; row < places; row++) {
            const int32_t target = targets[row * places + column];
            y[row] = lanes_load(target < 0 ? zeros : base + (ptrdiff_t)target * CONV_BLOCK);
        }
        tile_slope_line(places, y, 1, x + column, 4);
    }
#pragma GCC unroll 6
    for (int row = 0; row < TILE; row++) {
        tile_slope_line(places, x + row * 4, 1, line, 1);
#pragma GCC unroll 6
        for (int column = 0; column < TILE; column++) {
            tile_store(to + (size_t)(row * TILE + column) * point, line[column]);
        }
    }
}

LANES_INLINE void tile_all_slopes(int places, size_t tiles, size_t blocks,
                                  const int32_t *const *targets, float *const *bases, size_t stride,
                                  adatom_conv_tiles out)
{
    for (size_t t = 0; t < tiles; t++) {
        for (size_t b = 0; b < blocks; b++) {
            float *to = out.table.values + b * out.table.stride + t * CONV_BLOCK;
            for (size_t v = 0; v < CONV_VECTORS; v++) {
                tile_slope_vector(places, targets[t], bases[t] + b * stride + v * LANES,
                                  to + v * LANES, out.point);
            }
        }
    }
}

static void conv_tile_slopes(int width, size_t tiles, size_t blocks, const int32_t *const *targets,
                             float *const *bases, size_t stride, adatom_conv_tiles out)
{
    if (width == 3) {
        tile_all_slopes(4, tiles, blocks, targets, bases, stride, out);
    } else if (width == 4) {
        tile_all_slopes(3, tiles, blocks, targets, bases, stride, out);
    } else {
        tile_all_slopes(2, tiles, blocks, targets, bases, stride, out);
    }
}

LANES_INLINE void tile_all_filters(int width, size_t count, adatom_conv_filters filters)
{
    for (size_t i = 0; i < count * CONV_BLOCK; i += LANES) {
        lanes g[5], x[5 * TILE], line[TILE];
        for (int column = 0; column < width; column++) {
            for (int row = 0; row < width; row++) {
                g[row] = lanes_load(filters.taps + (row * width + column) * filters.tap + i);
            }
            tile_filter_line(width, g, 1, x + column, 5);
        }
        for (int row = 0; row < TILE; row++) {
            tile_filter_line(width, x + row * 5, 1, line, 1);
            for (int column = 0; column < TILE; column++) {
                tile_store(filters.points + (size_t)(row * TILE + column) * filters.point + i,
                           line[column]);
            }
        }
    }
}

static void conv_tile_filters(int width, size_t count, adatom_conv_filters filters)
{
    if (width == 3) {
        tile_all_filters(3, count, filters);
    } else if (width == 4) {
        tile_all_filters(4, count, filters);
    } else {
        tile_all_filters(5, count, filters);
    }
}

LANES_INLINE void untile_all_filters(int width, size_t count, adatom_conv_filters filters)
{
    for (size_t i = 0; i < count * CONV_BLOCK; i += LANES) {
        lanes t[TILE], x[5 * TILE], line[5];
        for (int column = 0; column < TILE; column++) {
            for (int row = 0; row < TILE; row++) {
                t[row] =
                    lanes_load(filters.points + (size_t)(row * TILE + column) * filters.point + i);
            }
            untile_filter_line(width, t, 1, x + column, TILE);
        }
        for (int row = 0; row < width; row++) {
            untile_filter_line(width, x + row * TILE, 1, line, 1);
            for (int column = 0; column < width; column++) {
                tile_store(filters.taps + (row * width + column) * filters.tap + i, line[column]);
            }
        }
    }
}

static void conv_untile_filters(int width, size_t count, adatom_conv_filters filters)
{
    if (width == 3) {
        untile_all_filters(3, count, filters);
    } else if (width == 4) {
        untile_all_filters(4, count, filters);
    } else {
        untile_all_filters(5, count, filters);
    }
}

#endif
