/* Convolutions by tiles: the error beside the direct sum in double precision, and the adjoints. */
#include "cmocka_all.h"

#include "base/random.h"
#include "nn/conv_kernels.h"

#include <math.h>
#include <stdlib.h>

enum {
    BLOCK = ADATOM_CONV_BLOCK,
    TILE = ADATOM_CONV_TILE,
    POINTS = ADATOM_CONV_POINTS,
    TILES = 20,
    IN_BLOCKS = 4,
    INPUTS = IN_BLOCKS * BLOCK
};

/* Tiles in a row, each with its own values [block][place][16]; filters and results of one block. */
typedef struct example {
    int width, places;
    int32_t all[POINTS];
    const int32_t *lists[TILES];
    float *in_bases[TILES], *out_bases[TILES];
    float *values, *taps, *results;
    adatom_conv_tiles value_tiles, result_tiles;
    adatom_conv_filters filters;
} example;

static float *zeros(size_t count)
{
    float *values = calloc(count, sizeof *values);
    assert_non_null(values);
    return values;
}

static float *random_numbers(size_t count, double scale, uint64_t stream)
{
    adatom_random random;
    adatom_random_seed(&random, 12, stream);
    float *values = zeros(count);
    for (size_t i = 0; i < count; i++) {
        values[i] = (float)(scale * adatom_random_normal(&random));
    }
    return values;
}

static adatom_conv_tiles make_tiles(size_t blocks, uint64_t stream)
{
    const size_t stride = TILES * BLOCK, point = blocks * stride;
    return (adatom_conv_tiles){{random_numbers(POINTS * point, 1, stream), stride}, point};
}

static void make_example(int width, example *e)
{
    *e = (example){.width = width, .places = TILE - width + 1};
    const size_t taps = (size_t)(width * width);
    e->values = random_numbers((size_t)TILES * IN_BLOCKS * POINTS * BLOCK, 1, 1);
    e->taps = random_numbers(taps * INPUTS * BLOCK, sqrt(2.0 / (double)(taps * INPUTS)), 2);
    e->results = random_numbers((size_t)TILES * POINTS * BLOCK, 1, 3);
    for (int p = 0; p < POINTS; p++) {
        e->all[p] = p;
    }
    for (size_t t = 0; t < TILES; t++) {
        e->lists[t] = e->all;
        e->in_bases[t] = e->values + t * IN_BLOCKS * POINTS * BLOCK;
        e->out_bases[t] = e->results + t * POINTS * BLOCK;
    }
    for (size_t i = 0; i < (size_t)TILES * IN_BLOCKS * POINTS * BLOCK; i++) { /* as ReLU does */
        e->values[i] = e->values[i] > 0 ? e->values[i] : 0;
    }
    e->value_tiles = make_tiles(IN_BLOCKS, 4);
    e->result_tiles = make_tiles(1, 5);
    e->filters = (adatom_conv_filters){.taps = e->taps,
                                       .points = random_numbers(POINTS * INPUTS * BLOCK, 1, 6),
                                       .tap = INPUTS * BLOCK,
                                       .point = INPUTS * BLOCK};
}

static void clear_example(example *e)
{
    free(e->values);
    free(e->taps);
    free(e->results);
    free(e->value_tiles.table.values);
    free(e->result_tiles.table.values);
    free(e->filters.points);
}

static double direct_sum(const example *e, size_t tile, int x, int y, size_t output)
{
    double sum = 0;
    for (int tap = 0; tap < e->width * e->width; tap++) {
        const int place = (x + tap / e->width) * TILE + y + tap % e->width;
        for (size_t k = 0; k < INPUTS; k++) {
            sum += (double)
                       e->in_bases[tile][(k / BLOCK * POINTS + (size_t)place) * BLOCK + k % BLOCK] *
                   (double)e->taps[((size_t)tap * INPUTS + k) * BLOCK + output];
        }
    }
    return sum;
}

static void convolve(const adatom_conv_kernels *kernels, example *e)
{
    const adatom_conv_tiles *in = &e->value_tiles, *out = &e->result_tiles;
    kernels->tile_filters(e->width, INPUTS, e->filters);
    kernels->tile_values(TILES, IN_BLOCKS, e->lists, e->in_bases, POINTS * BLOCK, *in);
    for (size_t p = 0; p < POINTS; p++) {
        const adatom_conv_table from = {in->table.values + p * in->point, in->table.stride};
        const adatom_conv_table to = {out->table.values + p * out->point, out->table.stride};
        kernels->multiply(TILES, INPUTS, 1, from, e->filters.points + p * e->filters.point, NULL,
                          to);
    }
    kernels->untile_values(e->width, TILES, 1, *out, NULL, 1, e->lists, e->out_bases,
                           POINTS * BLOCK);
}

/* The bounds are some twice of what there is; the direct sum in single precision has 4e-7 and 3e-6.
 */
static void check_error(const adatom_conv_kernels *kernels, int width)
{
    example e;
    make_example(width, &e);
    convolve(kernels, &e);
    double worst = 0, squares = 0, size = 0;
    for (size_t i = 0; i < (size_t)TILES * BLOCK; i++) {
        for (int p = 0; p < e.places * e.places; p++) {
            const double expected =
                direct_sum(&e, i / BLOCK, p / e.places, p % e.places, i % BLOCK);
            const double found = (double)e.out_bases[i / BLOCK][(size_t)p * BLOCK + i % BLOCK];
            worst = fmax(worst, fabs(found - expected));
            squares += (found - expected) * (found - expected);
            size += expected * expected;
        }
    }
    const double scale = sqrt(size / (TILES * BLOCK * e.places * e.places));
    assert_true(scale > 0.5);
    assert_true(sqrt(squares / size) < 2e-6);
    assert_true(worst / scale < 2e-5);
    clear_example(&e);
}

static void test_the_error_is_of_the_order_of_the_direct_sum_s(void **state)
{
    (void)state;
    for (int isa = 0; adatom_conv_kernels_available(isa) != NULL; isa++) {
        for (int width = 3; width <= 5; width++) {
            check_error(adatom_conv_kernels_available(isa), width);
        }
    }
}

static double product(size_t count, const float *a, const float *b)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)a[i] * (double)b[i];
    }
    return sum;
}

/* y . A^T M A = M . A y A^T, with places that are nowhere. */
static void check_slopes(const adatom_conv_kernels *kernels, int width)
{
    example e;
    make_example(width, &e);
    const size_t count = (size_t)TILES * POINTS * BLOCK;
    float *results = zeros(count), *bases[TILES];
    for (size_t t = 0; t < TILES; t++) {
        bases[t] = results + t * POINTS * BLOCK;
    }
    e.all[1] = -1;
    const adatom_conv_tiles slopes = make_tiles(1, 7);
    kernels->untile_values(width, TILES, 1, e.result_tiles, NULL, 1, e.lists, bases,
                           POINTS * BLOCK);
    kernels->tile_slopes(width, TILES, 1, e.lists, e.out_bases, POINTS * BLOCK, slopes);
    const double one = product(count, e.results, results);
    const double other = product(count, e.result_tiles.table.values, slopes.table.values);
    assert_true(fabs(one - other) < 1e-5 * sqrt(product(count, results, results) *
                                                product(count, e.results, e.results)));
    assert_true(results[BLOCK] == 0); /* place 1 of the first tile */
    free(results);
    free(slopes.table.values);
    clear_example(&e);
}

/* P . G g G^T = g . G^T P G */
static void check_filters(const adatom_conv_kernels *kernels, int width)
{
    example e;
    make_example(width, &e);
    const size_t count = (size_t)POINTS * INPUTS * BLOCK;
    const size_t taps = (size_t)(width * width) * INPUTS * BLOCK;
    adatom_conv_filters there = e.filters, back = e.filters;
    there.points = zeros(count);
    back.taps = zeros(taps);
    kernels->tile_filters(width, INPUTS, there);
    kernels->untile_filters(width, INPUTS, back);
    const double one = product(count, e.filters.points, there.points);
    const double other = product(taps, e.taps, back.taps);
    assert_true(fabs(one - other) <
                1e-5 * sqrt(product(taps, e.taps, e.taps) * product(taps, back.taps, back.taps)));
    free(there.points);
    free(back.taps);
    clear_example(&e);
}

static void test_slopes_and_gradients_go_back_by_the_adjoints(void **state)
{
    (void)state;
    for (int isa = 0; adatom_conv_kernels_available(isa) != NULL; isa++) {
        for (int width = 3; width <= 5; width++) {
            check_slopes(adatom_conv_kernels_available(isa), width);
            check_filters(adatom_conv_kernels_available(isa), width);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_error_is_of_the_order_of_the_direct_sum_s),
        cmocka_unit_test(test_slopes_and_gradients_go_back_by_the_adjoints)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
