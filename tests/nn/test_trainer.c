/* Gradients of the fast trainer against the plain network: every instruction set, odd sizes. */
#include "network_shapes.h"

#include "nn/input.h"
#include "nn/isa.h"
#include "nn/plain.h"
#include "nn/trainer.h"

#include <math.h>
#include <string.h>

static const int sizes[][3] = {{3, 3, 1}, {1, 1, 1}, {5, 3, 1}};
enum { POINTS = 8, SAMPLES = 37 };

typedef struct targets {
    int count; /* outputs per sample */
    float value[SAMPLES];
} targets;

static double squared_deviation(void *context, int sample, const float *output, float *gradient)
{
    const targets *wanted = context;
    double cost = 0;
    for (int i = 0; i < wanted->count; i++) {
        const float weight = 1.0f / (float)(1 + i), deviation = output[i] - wanted->value[sample];
        cost += (double)(weight * deviation * deviation);
        gradient[i] = 2 * weight * deviation;
    }
    return cost;
}

typedef struct problem {
    adatom_network *network;
    float *weights, *expected, *found;
    adatom_point points[SAMPLES][POINTS];
    adatom_sample samples[SAMPLES];
    targets wanted;
    int size[3];
} problem;

static void make_problem(const network_shape *shape, const int size[3], problem *p)
{
    adatom_random random;
    adatom_random_seed(&random, 11, 0);
    memcpy(p->size, size, sizeof p->size);
    p->network = make_network(shape, &random);
    p->weights = make_weights(p->network, &random);
    p->expected = malloc(p->network->weight_count * sizeof(float));
    p->found = malloc(p->network->weight_count * sizeof(float));
    p->wanted.count = adatom_network_outputs(p->network) * size[0] * size[1] * size[2];
    const int reach[3] = {adatom_network_reach(p->network, 0) + 3,
                          adatom_network_reach(p->network, 1) + 3,
                          adatom_network_reach(p->network, 2) + 3};
    for (int s = 0; s < SAMPLES; s++) {
        make_points(p->network, (int[]){-reach[0], -reach[1], -reach[2]}, reach, POINTS, &random,
                    p->points[s]);
        p->samples[s] = (adatom_sample){p->points[s], (size_t)(s % (POINTS + 1))};
        p->wanted.value[s] = (float)(2 * adatom_random_uniform(&random) - 1);
    }
}

static void free_problem(problem *p)
{
    free(p->weights);
    free(p->expected);
    free(p->found);
    adatom_network_free(p->network);
}

static void check_trainer(const adatom_isa *isa, const network_shape *shape, const int size[3])
{
    problem p;
    make_problem(shape, size, &p);
    double expected_cost, cost;
    assert_int_equal(adatom_plain_gradient(p.network, p.weights, size, p.samples, SAMPLES,
                                           squared_deviation, &p.wanted, p.expected,
                                           &expected_cost),
                     ADATOM_OK);
    adatom_team *team = NULL;
    adatom_trainer *trainer = NULL;
    assert_int_equal(adatom_team_create(2, &team), ADATOM_OK);
    assert_int_equal(adatom_trainer_create_on(isa, p.network, size, team, &trainer), ADATOM_OK);
    for (int repeat = 0; repeat < 2; repeat++) { /* nothing may be left from the call before */
        adatom_trainer_gradient(trainer, p.weights, p.samples, SAMPLES, squared_deviation,
                                &p.wanted, p.found, &cost);
        assert_true(fabs(cost - expected_cost) < 1e-5 * expected_cost);
        float largest = 0;
        for (size_t i = 0; i < p.network->weight_count; i++) {
            largest = fmaxf(largest, fabsf(p.expected[i]));
        }
        for (size_t i = 0; i < p.network->weight_count; i++) {
            if (!(fabsf(p.found[i] - p.expected[i]) < 2e-5f * largest)) {
                fail_msg(
                    "%s, %s, output %d x %d x %d: gradient %zu is %g, expected %g (largest %g)",
                    isa->name, shape->name, size[0], size[1], size[2], i, (double)p.found[i],
                    (double)p.expected[i], (double)largest);
            }
        }
    }
    adatom_trainer_free(trainer);
    adatom_team_free(team);
    free_problem(&p);
}

static void test_agrees_with_plain_loops(void **state)
{
    (void)state;
    for (int i = 0; adatom_isa_available(i) != NULL; i++) {
        for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
            for (size_t z = 0; z < sizeof sizes / sizeof sizes[0]; z++) {
                check_trainer(adatom_isa_available(i), &shapes[s], sizes[z]);
            }
        }
    }
}

static const network_shape deep[] = {
    {"cubes",
     1,
     3,
     {{5, {3, 3, 3}}, {4, {3, 3, 3}}, {1, {3, 3, 3}}},
     {3, 3, 3},
     -0.1f,
     ADATOM_KERNEL_FIXED,
     1},
    {"oblong",
     2,
     3,
     {{7, {3, 1, 5}}, {4, {5, 3, 3}}, {2, {1, 3, 3}}},
     {1, 3, 5},
     0.2f,
     ADATOM_KERNEL_FIXED,
     1},
    {"one deep layer",
     1,
     3,
     {{3, {3, 3, 1}}, {4, {3, 3, 5}}, {1, {3, 3, 1}}},
     {3, 3, 1},
     0.1f,
     ADATOM_KERNEL_FIXED,
     1},
    {"one convolution", 1, 1, {{2, {3, 5, 3}}}, {1, 3, 3}, 0.1f, ADATOM_KERNEL_FIXED, 1},
    {"many filters",
     1,
     3,
     {{17, {3, 1, 3}}, {9, {1, 3, 3}}, {1, {3, 3, 3}}},
     {1, 1, 1},
     0.1f,
     ADATOM_KERNEL_FIXED,
     1},
    {"expanded",
     2,
     3,
     {{5, {3, 3, 3}}, {4, {1, 3, 3}}, {2, {3, 3, 3}}},
     {3, 5, 3},
     0,
     ADATOM_KERNEL_EXPANDED,
     3},
};

static void test_agrees_with_plain_loops_in_space(void **state)
{
    (void)state;
    static const int cubes[][3] = {{3, 3, 3}, {1, 3, 5}, {1, 1, 1}};
    for (int i = 0; adatom_isa_available(i) != NULL; i++) {
        for (size_t s = 0; s < sizeof deep / sizeof deep[0]; s++) {
            for (size_t z = 0; z < sizeof cubes / sizeof cubes[0]; z++) {
                check_trainer(adatom_isa_available(i), &deep[s], cubes[z]);
            }
        }
    }
}

static void check_threads(const network_shape *shape, const int size[3])
{
    problem p;
    make_problem(shape, size, &p);
    for (int threads = 1; threads <= 4; threads++) {
        adatom_team *team = NULL;
        adatom_trainer *trainer = NULL;
        double cost;
        assert_int_equal(adatom_team_create(threads, &team), ADATOM_OK);
        assert_int_equal(adatom_trainer_create(p.network, p.size, team, &trainer), ADATOM_OK);
        adatom_trainer_gradient(trainer, p.weights, p.samples, SAMPLES, squared_deviation,
                                &p.wanted, threads == 1 ? p.expected : p.found, &cost);
        if (threads > 1) {
            assert_memory_equal(p.expected, p.found, p.network->weight_count * sizeof(float));
        }
        adatom_trainer_free(trainer);
        adatom_team_free(team);
    }
    free_problem(&p);
}

/* The same bits for any number of threads. */
static void test_threads_do_not_matter(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        check_threads(&shapes[s], sizes[0]);
    }
    check_threads(&deep[0], (const int[3]){3, 3, 3});
}

/* Cost of all samples and of the coefficients; its gradient to p->found or wherever told. */
static double whole_cost(problem *p, float *gradient)
{
    double cost;
    assert_int_equal(adatom_plain_gradient(p->network, p->weights, p->size, p->samples, 6,
                                           squared_deviation, &p->wanted, gradient, &cost),
                     ADATOM_OK);
    return cost + adatom_input_regularize(p->network, p->weights, gradient);
}

static void check_differences(const network_shape *shape, const int size[3])
{
    problem p;
    make_problem(shape, size, &p);
    (void)whole_cost(&p, p.expected);
    float largest = 0;
    for (size_t i = 0; i < p.network->trained_count; i++) {
        largest = fmaxf(largest, fabsf(p.expected[i]));
    }
    const float step = 1.0f / 4096;
    for (size_t i = 0; i < p.network->trained_count; i++) {
        const float kept = p.weights[i];
        p.weights[i] = kept + step;
        const double up = whole_cost(&p, p.found);
        p.weights[i] = kept - step;
        const double down = whole_cost(&p, p.found);
        p.weights[i] = kept;
        const double difference = (up - down) / (2.0 * (double)step);
        /* the leaky ReLU has a corner: where the image is empty all pixels cross it at once */
        if (!(fabs(difference - (double)p.expected[i]) < 5e-3 * (double)largest)) {
            fail_msg("%s: gradient %zu of %zu is %g, differences give %g", shape->name, i,
                     p.network->trained_count, (double)p.expected[i], difference);
        }
    }
    free_problem(&p);
}

/* The plain gradient itself against central differences of the cost, for every weight: also of the
 * image, through the mean and the variance of the batch. */
static void test_plain_gradient_against_central_differences(void **state)
{
    (void)state;
    static const network_shape small[] = {
        {"fixed",
         2,
         3,
         {{3, {3, 3}}, {2, {3, 5}}, {2, {3, 3}}},
         {3, 3},
         0.1f,
         ADATOM_KERNEL_FIXED,
         1},
        {"power", 2, 2, {{3, {3, 3}}, {2, {3, 5}}}, {5, 3}, 0, ADATOM_KERNEL_POWER, 2},
        {"expanded", 2, 2, {{3, {3, 3}}, {2, {3, 5}}}, {5, 3}, 0, ADATOM_KERNEL_EXPANDED, 4},
        {"in space",
         2,
         3,
         {{3, {3, 1, 3}}, {2, {3, 3, 3}}, {2, {1, 3, 3}}},
         {3, 3, 3},
         0.1f,
         ADATOM_KERNEL_FIXED,
         1},
        {"expanded in space",
         2,
         2,
         {{3, {3, 1, 3}}, {2, {1, 3, 5}}},
         {3, 5, 3},
         0,
         ADATOM_KERNEL_EXPANDED,
         3},
    };
    for (size_t s = 0; s < sizeof small / sizeof small[0]; s++) {
        check_differences(&small[s], s < 2 ? sizes[0] : (const int[3]){3, 1, 3});
    }
}

/* The averages by which maps are normalized: the first batch wholly, then by the momentum. */
static void test_averages_follow_the_batches(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 3, 0);
    const network_shape shape = {"", 1, 1, {{1, {3, 3}}}, {3, 3}, 0, ADATOM_KERNEL_EXPANDED, 1};
    adatom_network *network = make_network(&shape, &random);
    float *weights = calloc(network->weight_count, sizeof *weights),
          *gradient = calloc(network->weight_count, sizeof *gradient);
    adatom_network_initialize(network, &random, weights);
    assert_true(weights[network->mean_offset] == 0 && weights[network->variance_offset] == 1);
    const float means[3] = {2, 4, 1}, momentum = 0.75f;
    float sum = 0, share = 0;
    for (int batch = 0; batch < 3; batch++) {
        gradient[network->mean_offset] = means[batch];
        adatom_input_follow(network, gradient, weights);
        sum = momentum * sum + (1 - momentum) * means[batch];
        share = momentum * share + (1 - momentum);
        assert_true(fabsf(weights[network->mean_offset] - sum / share) < 1e-6f);
    }
    free(weights);
    free(gradient);
    adatom_network_free(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_plain_loops),
        cmocka_unit_test(test_agrees_with_plain_loops_in_space),
        cmocka_unit_test(test_threads_do_not_matter),
        cmocka_unit_test(test_plain_gradient_against_central_differences),
        cmocka_unit_test(test_averages_follow_the_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
