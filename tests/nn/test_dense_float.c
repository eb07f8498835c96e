/* Dense networks in single precision against those in double precision, on sizes that fill no
 * register evenly, for every instruction set, and with threads; Adam in single precision against
 * that in double precision. */
#include "cmocka_all.h"

#include "nn/adam_double.h"
#include "nn/adam_float.h"
#include "nn/dense_float.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 93, LAYERS = 3, WEIGHTS_AT_LEAST = 1 << 13 };
static const int sizes[LAYERS + 1] = {131, 150, 67, 37};
static const char *const sets[] = {"portable", "avx2", "avx512"};

typedef struct example {
    adatom_dense dense;
    double *weights, *inputs, *factors; /* factors: of the outputs in the sum S */
    double *outputs, *gradient, *input_gradient;
} example;

static double *numbers(adatom_random *random, size_t count, double size)
{
    double *values = test_malloc(count * sizeof *values);
    for (size_t i = 0; i < count; i++) {
        values[i] = size * adatom_random_normal(random);
    }
    return values;
}

static void make_example(adatom_activation activation, example *e)
{
    const adatom_activation activations[] = {activation, activation, ADATOM_ACTIVATION_LINEAR};
    assert_int_equal(adatom_dense_create(LAYERS, sizes, activations, &e->dense), ADATOM_OK);
    assert_true(e->dense.weight_count > WEIGHTS_AT_LEAST);
    adatom_random random;
    adatom_random_seed(&random, 5, (uint64_t)activation);
    e->weights = numbers(&random, e->dense.weight_count, 0.1);
    e->inputs = numbers(&random, SAMPLES * (size_t)sizes[0], 1);
    e->factors = numbers(&random, SAMPLES * (size_t)sizes[LAYERS], 1);
    e->outputs = test_calloc(SAMPLES * (size_t)sizes[LAYERS], sizeof(double));
    e->gradient = test_calloc(e->dense.weight_count, sizeof(double));
    e->input_gradient = test_calloc(SAMPLES * (size_t)sizes[0], sizeof(double));
    adatom_dense_work *work;
    assert_int_equal(adatom_dense_work_create(&e->dense, SAMPLES, &work), ADATOM_OK);
    memcpy(e->outputs, adatom_dense_forward(&e->dense, e->weights, work, SAMPLES, e->inputs),
           SAMPLES * (size_t)sizes[LAYERS] * sizeof(double));
    const adatom_dense_gradient to = {.weights = e->gradient, .inputs = e->input_gradient};
    adatom_dense_backward(&e->dense, e->weights, work, SAMPLES, e->inputs, e->factors, &to);
    adatom_dense_work_free(work);
}

static void clear_example(example *e)
{
    double *const arrays[] = {e->weights, e->inputs,   e->factors,
                              e->outputs, e->gradient, e->input_gradient};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        test_free(arrays[i]);
    }
}

static void copy_rows(const double *from, size_t columns, size_t stride, float *to)
{
    for (size_t s = 0; s < SAMPLES; s++) {
        for (size_t c = 0; c < columns; c++) {
            to[s * stride + c] = (float)from[s * columns + c];
        }
    }
}

static void check_rows(const double *expected, size_t columns, size_t stride, const float *rows)
{
    for (size_t s = 0; s < SAMPLES; s++) {
        for (size_t c = 0; c < columns; c++) {
            const double value = expected[s * columns + c];
            assert_true(fabs((double)rows[s * stride + c] - value) < 2e-4 * (1 + fabs(value)));
        }
    }
}

/* The gradient with respect to the weights, [adatom_dense_float_count]; free with test_free. */
static float *run(const example *e, adatom_team *team, size_t *count)
{
    adatom_dense_float *net;
    assert_int_equal(adatom_dense_float_create(&e->dense, SAMPLES, team, &net), ADATOM_OK);
    *count = adatom_dense_float_count(net);
    float *packed = test_calloc(*count, sizeof *packed);
    float *gradient = test_calloc(*count, sizeof *gradient);
    adatom_dense_float_pack(net, e->weights, packed);
    const size_t inputs = adatom_dense_float_input_stride(net);
    const size_t outputs = adatom_dense_float_output_stride(net);
    copy_rows(e->inputs, (size_t)sizes[0], inputs, adatom_dense_float_inputs(net));
    check_rows(e->outputs, (size_t)sizes[LAYERS], outputs,
               adatom_dense_float_forward(net, packed, SAMPLES));
    copy_rows(e->factors, (size_t)sizes[LAYERS], outputs, adatom_dense_float_slopes(net));
    check_rows(e->input_gradient, (size_t)sizes[0], inputs,
               adatom_dense_float_backward(net, packed, SAMPLES, gradient, true));
    double *unpacked = test_calloc(e->dense.weight_count, sizeof *unpacked);
    adatom_dense_float_unpack(net, gradient, unpacked);
    for (size_t w = 0; w < e->dense.weight_count; w++) {
        assert_true(fabs(unpacked[w] - e->gradient[w]) < 2e-4 * (1 + fabs(e->gradient[w])));
    }
    test_free(unpacked);
    test_free(packed);
    adatom_dense_float_free(net);
    return gradient;
}

static void test_values_and_gradients_are_those_in_double_precision(void **state)
{
    (void)state;
    for (int activation = 0; activation < ADATOM_ACTIVATION_COUNT; activation++) {
        example e;
        make_example((adatom_activation)activation, &e);
        for (int set = 0; set < 3; set++) {
            size_t count;
            setenv("ADATOM_ISA", sets[set], 1);
            test_free(run(&e, NULL, &count));
        }
        unsetenv("ADATOM_ISA");
        clear_example(&e);
    }
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    example e;
    adatom_team *team;
    size_t count;
    make_example(ADATOM_ACTIVATION_SILU, &e);
    assert_int_equal(adatom_team_create(3, &team), ADATOM_OK);
    float *alone = run(&e, NULL, &count), *together = run(&e, team, &count);
    assert_memory_equal(alone, together, count * sizeof *alone);
    test_free(alone);
    test_free(together);
    adatom_team_free(team);
    clear_example(&e);
}

static void test_adam_is_that_in_double_precision(void **state)
{
    (void)state;
    enum { COUNT = 37, STEPS = 30 };
    const double scale = 0.25, decay = 0.01, rate = 0.003;
    for (int set = 0; set < 3; set++) {
        adatom_random random;
        adatom_random_seed(&random, 6, 0);
        adatom_adam_double *reference;
        adatom_adam_float *adam;
        double *weights = numbers(&random, COUNT, 1), summed[COUNT];
        float single[COUNT], gradient[COUNT];
        setenv("ADATOM_ISA", sets[set], 1);
        assert_int_equal(adatom_adam_double_create(COUNT, &reference), ADATOM_OK);
        assert_int_equal(adatom_adam_float_create(COUNT, &adam), ADATOM_OK);
        reference->learning_rate = rate;
        for (int i = 0; i < COUNT; i++) {
            single[i] = (float)weights[i];
        }
        for (int step = 0; step < STEPS; step++) {
            for (int i = 0; i < COUNT; i++) {
                gradient[i] = (float)adatom_random_normal(&random);
                summed[i] = scale * (double)gradient[i] + decay * weights[i];
            }
            adatom_adam_double_update(reference, summed, weights);
            adatom_adam_float_update(adam, rate, scale, decay, gradient, single);
        }
        for (int i = 0; i < COUNT; i++) {
            assert_true(fabs((double)single[i] - weights[i]) < 1e-5);
        }
        test_free(weights);
        adatom_adam_double_free(reference);
        adatom_adam_float_free(adam);
    }
    unsetenv("ADATOM_ISA");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_gradients_are_those_in_double_precision),
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_adam_is_that_in_double_precision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
