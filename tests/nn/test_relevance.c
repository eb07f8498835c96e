/* Relevance: conserved from the output to the points, and the shares by hand. */
#include "random_network.h"

#include "nn/plain.h"
#include "nn/relevance.h"

#include <math.h>
#include <string.h>

enum { POINTS = 12 };

static const network_shape shapes[] = {
    {"one-hot", 2, 3, {{3, {5, 3}}, {4, {3, 5}}, {2, {3, 3}}}, {1, 1}, 0, 0, 0},
    {"Gaussian", 2, 3, {{3, {5, 3}}, {4, {3, 5}}, {2, {3, 3}}}, {5, 5}, -0.1f, 0, 0},
    {"expanded", 2, 2, {{3, {5, 5}}, {1, {3, 3}}}, {5, 3}, 0, ADATOM_KERNEL_EXPANDED, 3},
    {"space", 1, 2, {{3, {3, 3, 3}}, {2, {3, 3, 3}}}, {3, 3, 3}, -0.1f, 0, 0},
    {"power", 2, 2, {{3, {5, 3}}, {2, {3, 3}}}, {5, 5}, 0, ADATOM_KERNEL_POWER, 3},
};

static double sum_of(const double *values, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum;
}

/* The output at the middle pixel is that of the map, and nothing of it is lost or made. */
static void relevance_is_conserved(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 5, 0);
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        adatom_network *network = make_network(&shapes[s], &random);
        float *weights = make_weights(network, &random);
        const int low[3] = {-4, -4, shapes[s].kernel[2] > 0 ? -2 : 0};
        const int high[3] = {5, 5, shapes[s].kernel[2] > 0 ? 3 : 1};
        adatom_point points[POINTS];
        double shares[POINTS];
        make_points(network, low, high, POINTS, &random, points);
        for (int output = 0; output < adatom_network_outputs(network); output++) {
            adatom_relevance total;
            float q[2];
            const bool alone[3] = {false, false, false};
            assert_int_equal(adatom_network_relevance(network, weights, points, POINTS, output, 0,
                                                      shares, &total),
                             ADATOM_OK);
            assert_int_equal(adatom_plain_map(network, weights, (const int[3]){1, 1, 1}, alone,
                                              points, POINTS, q),
                             ADATOM_OK);
            assert_true(fabs(total.output - (double)q[output]) < 1e-6);
            const double scale = fabs(total.background) + fabs(total.biases) + 1;
            assert_true(total.lost == 0);
            assert_true(fabs(sum_of(shares, POINTS) + total.background + total.biases -
                             total.output) < 1e-9 * scale);
        }
        free(weights);
        adatom_network_free(network);
    }
}

/* As in the paper: one-hot, no biases; the points have all of it. tau takes a little. */
static void without_biases_the_points_have_all(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 6, 0);
    adatom_network *network = make_network(&shapes[0], &random);
    float *weights = make_weights(network, &random);
    for (int l = 0; l < network->layer_count; l++) {
        memset(weights + network->bias_offset[l], 0,
               (size_t)network->layers[l].filters * sizeof *weights);
    }
    adatom_point points[POINTS];
    double shares[POINTS];
    adatom_relevance total;
    make_points(network, (const int[3]){-3, -3, 0}, (const int[3]){4, 4, 1}, POINTS - 1, &random,
                points);
    points[POINTS - 1] = (adatom_point){0, 6, 0, 0}; /* the network looks 5 pixels far */
    assert_int_equal(
        adatom_network_relevance(network, weights, points, POINTS, 1, 0, shares, &total),
        ADATOM_OK);
    assert_true(fabs(total.output) > 1e-3);
    assert_true(total.biases == 0 && total.background == 0 && total.lost == 0);
    assert_true(fabs(sum_of(shares, POINTS) - total.output) < 1e-10);
    assert_true(shares[POINTS - 1] == 0);
    assert_int_equal(
        adatom_network_relevance(network, weights, points, POINTS, 1, 1e-6, shares, &total),
        ADATOM_OK);
    assert_true(fabs(total.lost) > 0 && fabs(total.lost) < 1e-3);
    assert_true(fabs(sum_of(shares, POINTS) + total.lost - total.output) < 1e-10);
    free(weights);
    adatom_network_free(network);
}

/* One convolution of width 3: the share of a point is w / (sum of w) tanh(sum). */
static void one_layer_by_hand(void **state)
{
    (void)state;
    const network_shape shape = {"hand", 1, 1, {{1, {3, 1}}}, {1, 1}, 0, 0, 0};
    adatom_random random;
    adatom_random_seed(&random, 7, 0);
    adatom_network *network = make_network(&shape, &random);
    const double kernel = (double)network->kernel.values[0];
    const float weights[4] = {0.5f, 3, -1, 0};
    const adatom_point points[2] = {{0, -1, 0, 0}, {0, 1, 0, 0}};
    double shares[2];
    adatom_relevance total;
    assert_int_equal(adatom_network_relevance(network, weights, points, 2, 0, 0, shares, &total),
                     ADATOM_OK);
    const double q = tanh(-0.5 * kernel);
    assert_true(fabs(total.output - q) < 1e-7);
    assert_true(fabs(shares[0] - 0.5 / -0.5 * q) < 1e-7);
    assert_true(fabs(shares[1] - -1 / -0.5 * q) < 1e-7);
    adatom_network_free(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relevance_is_conserved),
        cmocka_unit_test(without_biases_the_points_have_all),
        cmocka_unit_test(one_layer_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
