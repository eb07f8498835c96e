/* The shape of the network, its first weights, and Adam. */
#include "random_network.h"

#include "nn/adam.h"

#include "adatom/status.h"

#include <math.h>

static const network_shape paper = {"paper",
                                    1,
                                    4,
                                    {{10, {15, 15}}, {10, {15, 15}}, {10, {15, 15}}, {1, {15, 15}}},
                                    {25, 25},
                                    -0.1f,
                                    ADATOM_KERNEL_FIXED,
                                    1};

/* J. Chem. Phys. 153, 044107 (2020), section II: 49 531 trainable weights. */
static void test_weights_of_the_paper(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    adatom_network *network = make_network(&paper, &random);
    assert_int_equal(network->weight_count, 49531);
    assert_int_equal(adatom_network_reach(network, 0), 4 * 7 + 12);
    adatom_network_free(network);
}

static void test_first_weights(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    adatom_network *network = make_network(&paper, &random);
    float *weights = malloc(sizeof(float) * network->weight_count);
    adatom_network_initialize(network, &random, weights);
    for (int l = 0; l < network->layer_count; l++) {
        const double limit =
            sqrt(6.0 / (225.0 * (adatom_network_inputs(network, l) + network->layers[l].filters)));
        double sum = 0, squares = 0;
        const size_t count = network->bias_offset[l] - network->filter_offset[l];
        for (size_t i = network->filter_offset[l]; i < network->bias_offset[l]; i++) {
            assert_true(fabs((double)weights[i]) <= limit);
            sum += (double)weights[i];
            squares += (double)weights[i] * (double)weights[i];
        }
        /* five standard deviations of the mean and of the variance of a uniform distribution */
        assert_true(fabs(sum / (double)count) < 5 * limit / sqrt(3.0 * (double)count));
        assert_true(fabs(squares / (double)count / (limit * limit / 3) - 1) <
                    5 * sqrt(0.8 / (double)count));
        assert_true(weights[network->bias_offset[l]] == 0.0f);
    }
    free(weights);
    adatom_network_free(network);
}

static void test_refuses_bad_shapes(void **state)
{
    (void)state;
    float one = 1;
    const adatom_kernel kernel = {.width = {1, 1}, .values = &one};
    adatom_network *network = NULL;
    const adatom_layer even = {1, {4, 3}}, none = {0, {3, 3}}, wide = {1, {103, 3}};
    assert_int_equal(adatom_network_create(1, &even, 1, &kernel, 0.2f, 0, &network),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "filters of a convolution: width 4, expected an odd number up to 101");
    assert_int_equal(adatom_network_create(1, &none, 1, &kernel, 0.2f, 0, &network),
                     ADATOM_INVALID_INPUT);
    assert_int_equal(adatom_network_create(1, &wide, 1, &kernel, 0.2f, 0, &network),
                     ADATOM_INVALID_INPUT);
    assert_int_equal(adatom_network_create(0, &even, 1, &kernel, 0.2f, 0, &network),
                     ADATOM_INVALID_INPUT);
    assert_int_equal(adatom_network_create(1, &even, 0, &kernel, 0.2f, 0, &network),
                     ADATOM_INVALID_INPUT);
    assert_null(network);
}

/* Two steps by hand, in double precision, from the formulas of arXiv:1412.6980, algorithm 1 (with
 * the epsilon of its section 2, after the corrections are taken into the rate). */
static void test_adam_by_hand(void **state)
{
    (void)state;
    adatom_adam *adam = NULL;
    assert_int_equal(adatom_adam_create(1, &adam), ADATOM_OK);
    adam->learning_rate = 0.01;
    float weight = 1, gradients[2] = {0.5f, -0.2f};
    double w = 1, m = 0, v = 0;
    for (int t = 1; t <= 2; t++) {
        const double g = (double)gradients[t - 1];
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        w -= 0.01 * sqrt(1 - pow(0.999, t)) / (1 - pow(0.9, t)) * m / (sqrt(v) + 1e-7);
        adatom_adam_update(adam, &gradients[t - 1], &weight);
        assert_true(fabs((double)weight - w) < 1e-6);
    }
    adatom_adam_free(adam);
}

/* It finds the minimum of a quadratic bowl. */
static void test_adam_descends(void **state)
{
    (void)state;
    adatom_adam *adam = NULL;
    assert_int_equal(adatom_adam_create(2, &adam), ADATOM_OK);
    adam->learning_rate = 0.05;
    float weights[2] = {3, -2};
    for (int step = 0; step < 2000; step++) {
        const float gradient[2] = {2 * (weights[0] - 1), 20 * (weights[1] - 0.5f)};
        adatom_adam_update(adam, gradient, weights);
    }
    assert_true(fabsf(weights[0] - 1) < 1e-3f && fabsf(weights[1] - 0.5f) < 1e-3f);
    adatom_adam_free(adam);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_of_the_paper), cmocka_unit_test(test_first_weights),
        cmocka_unit_test(test_refuses_bad_shapes),   cmocka_unit_test(test_adam_by_hand),
        cmocka_unit_test(test_adam_descends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
