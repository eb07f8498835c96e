/* Dense networks: every derivative against central differences, and the kernels of each instruction
 * set against plain sums. */
#include "cmocka_all.h"

#include "nn/dense.h"
#include "nn/dense_kernels.h"
#include "nn/dense_single.h"

#include "adatom/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 7, INPUTS = 5, OUTPUTS = 3 };

typedef struct example {
    adatom_dense dense;
    double *weights;
    double inputs[SAMPLES * INPUTS], directions[SAMPLES * INPUTS];
    double output_factors[SAMPLES * OUTPUTS], tangent_factors[SAMPLES * OUTPUTS];
    adatom_dense_work *work;
} example;

static void fill(double *values, size_t count, adatom_random *random)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = adatom_random_normal(random);
    }
}

static void make_example(adatom_activation activation, example *out)
{
    const int sizes[] = {INPUTS, 9, 4, OUTPUTS};
    const adatom_activation activations[] = {activation, activation, ADATOM_ACTIVATION_LINEAR};
    assert_int_equal(adatom_dense_create(3, sizes, activations, &out->dense), ADATOM_OK);
    adatom_random random;
    adatom_random_seed(&random, 3, (uint64_t)activation);
    out->weights = calloc(out->dense.weight_count, sizeof(double));
    fill(out->weights, out->dense.weight_count, &random);
    fill(out->inputs, SAMPLES * INPUTS, &random);
    fill(out->directions, SAMPLES * INPUTS, &random);
    fill(out->output_factors, SAMPLES * OUTPUTS, &random);
    fill(out->tangent_factors, SAMPLES * OUTPUTS, &random);
    assert_int_equal(adatom_dense_work_create(&out->dense, SAMPLES, &out->work), ADATOM_OK);
}

static void clear_example(example *e)
{
    adatom_dense_work_free(e->work);
    free(e->weights);
}

/* S = sum output_factors y + tangent_factors t. */
static double score(const example *e, const double *weights, const double *inputs, bool tangents)
{
    const double *y = adatom_dense_forward(&e->dense, weights, e->work, SAMPLES, inputs);
    double sum = 0;
    for (int i = 0; i < SAMPLES * OUTPUTS; i++) {
        sum += e->output_factors[i] * y[i];
    }
    if (tangents) {
        const double *t =
            adatom_dense_tangent(&e->dense, weights, e->work, SAMPLES, inputs, e->directions);
        for (int i = 0; i < SAMPLES * OUTPUTS; i++) {
            sum += e->tangent_factors[i] * t[i];
        }
    }
    return sum;
}

static double difference(const example *e, double *values, size_t i, bool of_weights, bool tangents)
{
    const double step = 1e-5, kept = values[i];
    double scores[2];
    for (int side = 0; side < 2; side++) {
        values[i] = kept + (side == 0 ? step : -step);
        scores[side] =
            score(e, of_weights ? values : e->weights, of_weights ? e->inputs : values, tangents);
    }
    values[i] = kept;
    return (scores[0] - scores[1]) / (2 * step);
}

static void check_gradients(example *e, bool tangents)
{
    double *gradient = calloc(e->dense.weight_count, sizeof(double));
    double of_inputs[SAMPLES * INPUTS];
    const adatom_dense_gradient to = {gradient, 0, of_inputs};
    score(e, e->weights, e->inputs, tangents);
    if (tangents) {
        adatom_dense_backward_tangent(&e->dense, e->weights, e->work, SAMPLES, e->inputs,
                                      e->directions, e->output_factors, e->tangent_factors, &to);
    } else {
        adatom_dense_backward(&e->dense, e->weights, e->work, SAMPLES, e->inputs, e->output_factors,
                              &to);
    }
    for (size_t i = 0; i < e->dense.weight_count; i++) {
        const double expected = difference(e, e->weights, i, true, tangents);
        assert_true(fabs(gradient[i] - expected) < 1e-7 * (1 + fabs(expected)));
    }
    for (size_t i = 0; i < SAMPLES * INPUTS; i++) {
        const double expected = difference(e, e->inputs, i, false, tangents);
        assert_true(fabs(of_inputs[i] - expected) < 1e-7 * (1 + fabs(expected)));
    }
    free(gradient);
}

/* relu has no second derivative, and a kink that central differences may stand on: its numbers are
 * those of this seed. */
static void test_gradients(void **state)
{
    (void)state;
    for (int activation = 0; activation < ADATOM_ACTIVATION_COUNT; activation++) {
        example e;
        make_example((adatom_activation)activation, &e);
        check_gradients(&e, false);
        check_gradients(&e, true);
        clear_example(&e);
    }
}

/* t is the derivative of y along the directions. */
static void test_tangents(void **state)
{
    (void)state;
    example e;
    make_example(ADATOM_ACTIVATION_TANH, &e);
    double moved[2][SAMPLES * INPUTS], outputs[2][SAMPLES * OUTPUTS];
    const double step = 1e-5;
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < SAMPLES * INPUTS; i++) {
            moved[side][i] = e.inputs[i] + (side == 0 ? step : -step) * e.directions[i];
        }
        memcpy(outputs[side],
               adatom_dense_forward(&e.dense, e.weights, e.work, SAMPLES, moved[side]),
               sizeof outputs[side]);
    }
    adatom_dense_forward(&e.dense, e.weights, e.work, SAMPLES, e.inputs);
    const double *tangents =
        adatom_dense_tangent(&e.dense, e.weights, e.work, SAMPLES, e.inputs, e.directions);
    for (int i = 0; i < SAMPLES * OUTPUTS; i++) {
        const double expected = (outputs[0][i] - outputs[1][i]) / (2 * step);
        assert_true(fabs(tangents[i] - expected) < 1e-7 * (1 + fabs(expected)));
    }
    clear_example(&e);
}

/* Rows per sample add up to the gradient of the sum. */
static void test_rows_add_up(void **state)
{
    (void)state;
    example e;
    make_example(ADATOM_ACTIVATION_TANH, &e);
    const size_t count = e.dense.weight_count;
    double *sum = calloc(count, sizeof(double)), *rows = calloc(SAMPLES * count, sizeof(double));
    const adatom_dense_gradient to_sum = {sum, 0, NULL}, to_rows = {rows, count, NULL};
    score(&e, e.weights, e.inputs, true);
    adatom_dense_backward_tangent(&e.dense, e.weights, e.work, SAMPLES, e.inputs, e.directions,
                                  e.output_factors, e.tangent_factors, &to_sum);
    adatom_dense_backward_tangent(&e.dense, e.weights, e.work, SAMPLES, e.inputs, e.directions,
                                  e.output_factors, e.tangent_factors, &to_rows);
    for (size_t i = 0; i < count; i++) {
        double expected = 0;
        for (size_t s = 0; s < SAMPLES; s++) {
            expected += rows[s * count + i];
        }
        assert_true(fabs(sum[i] - expected) < 1e-12 * (1 + fabs(expected)));
    }
    free(sum);
    free(rows);
    clear_example(&e);
}

/* What a sample gives does not depend on those beside it. */
static void test_samples_are_independent(void **state)
{
    (void)state;
    example e;
    make_example(ADATOM_ACTIVATION_TANH, &e);
    double together[SAMPLES * OUTPUTS];
    memcpy(together, adatom_dense_forward(&e.dense, e.weights, e.work, SAMPLES, e.inputs),
           sizeof together);
    for (int s = 0; s < SAMPLES; s++) {
        const double *alone =
            adatom_dense_forward(&e.dense, e.weights, e.work, 1, e.inputs + s * INPUTS);
        for (int o = 0; o < OUTPUTS; o++) {
            assert_true(fabs(alone[o] - together[s * OUTPUTS + o]) < 1e-13);
        }
    }
    clear_example(&e);
}

static void test_refuses_bad_shapes(void **state)
{
    (void)state;
    adatom_dense dense;
    const int sizes[] = {3, 0};
    const adatom_activation linear = ADATOM_ACTIVATION_LINEAR;
    assert_int_equal(adatom_dense_create(1, sizes, &linear, &dense), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "a layer of 0 neurons, expected 1 to 1048576");
    assert_int_equal(adatom_dense_create(0, sizes, &linear, &dense), ADATOM_INVALID_INPUT);
    adatom_activation found;
    assert_int_equal(adatom_activation_find("gelu", &found), ADATOM_INVALID_INPUT);
    assert_string_equal(
        adatom_error_message(),
        "unknown activation \"gelu\"; known: linear tanh sigmoid relu softplus silu");
    assert_int_equal(adatom_activation_find("silu", &found), ADATOM_OK);
    assert_int_equal(found, ADATOM_ACTIVATION_SILU);
}

/* ---- kernels */

/* Row by row, as the formulas of the header say. */
static void check_kernels(const adatom_dense_kernels *kernels, int samples, int inputs, int outputs)
{
    const size_t ins = (size_t)(samples * inputs), outs = (size_t)(samples * outputs);
    const size_t all = (size_t)(inputs * outputs), squares = (size_t)(inputs * inputs);
    double *in = calloc(ins, sizeof(double)), *out = calloc(outs, sizeof(double));
    double *weights = calloc(all, sizeof(double)), *got = calloc(ins + outs + all + squares, 8);
    adatom_random random;
    adatom_random_seed(&random, 5, (uint64_t)(samples * 1000 + inputs));
    fill(in, ins, &random);
    fill(out, outs, &random);
    fill(weights, all, &random);
    kernels->multiply(samples, inputs, outputs, in, weights, NULL, got);
    for (int s = 0; s < samples; s++) {
        for (int o = 0; o < outputs; o++) {
            double sum = 0;
            for (int k = 0; k < inputs; k++) {
                sum += in[s * inputs + k] * weights[k * outputs + o];
            }
            assert_true(fabs(sum - got[s * outputs + o]) < 1e-12);
        }
    }
    kernels->multiply_transposed(samples, inputs, outputs, out, weights, got);
    for (int s = 0; s < samples; s++) {
        for (int k = 0; k < inputs; k++) {
            double sum = 0;
            for (int o = 0; o < outputs; o++) {
                sum += out[s * outputs + o] * weights[k * outputs + o];
            }
            assert_true(fabs(sum - got[s * inputs + k]) < 1e-12);
        }
    }
    memset(got, 0, all * sizeof(double));
    kernels->add_products(samples, inputs, outputs, in, out, got);
    for (int k = 0; k < inputs; k++) {
        for (int o = 0; o < outputs; o++) {
            double sum = 0;
            for (int s = 0; s < samples; s++) {
                sum += in[s * inputs + k] * out[s * outputs + o];
            }
            assert_true(fabs(sum - got[k * outputs + o]) < 1e-12);
        }
    }
    memset(got, 0, squares * sizeof(double));
    kernels->add_squares(samples, inputs, in, 0, inputs / 2, got);
    kernels->add_squares(samples, inputs, in, inputs / 2, inputs, got);
    for (int i = 0; i < inputs; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = 0;
            for (int s = 0; s < samples; s++) {
                sum += in[s * inputs + i] * in[s * inputs + j];
            }
            assert_true(fabs(sum - got[i * inputs + j]) < 1e-12);
        }
    }
    free(in);
    free(out);
    free(weights);
    free(got);
}

static void test_kernels(void **state)
{
    (void)state;
    static const char *const names[] = {"portable", "avx2", "avx512"};
    for (int n = 0; n < 3; n++) {
        setenv("ADATOM_ISA", names[n], 1);
        const adatom_dense_kernels *kernels = adatom_dense_kernels_chosen();
        unsetenv("ADATOM_ISA");
        check_kernels(kernels, 1, 1, 1);
        check_kernels(kernels, 6, 25, 10);
        check_kernels(kernels, 9, 37, 19);
        check_kernels(kernels, 4, 16, 8);
    }
}

/* factor * network((x - means) * factors) of one sample, and its derivative, against the network.
 */
static void check_single(int inputs, int hidden_count, int hidden, adatom_activation activation)
{
    int sizes[5] = {inputs, hidden, hidden, 1};
    adatom_activation activations[4] = {activation, activation, ADATOM_ACTIVATION_LINEAR};
    sizes[hidden_count + 1] = 1;
    activations[hidden_count] = ADATOM_ACTIVATION_LINEAR;
    adatom_dense dense;
    assert_int_equal(adatom_dense_create(hidden_count + 1, sizes, activations, &dense), ADATOM_OK);
    double x[40], means[40], factors[40], scaled[40], gradient[40], got[40];
    double *weights = calloc(dense.weight_count, sizeof(double));
    const double factor = -1.7, one = 1;
    adatom_random random;
    adatom_random_seed(&random, 8, (uint64_t)(inputs + hidden));
    fill(weights, dense.weight_count, &random);
    fill(x, (size_t)inputs, &random);
    fill(means, (size_t)inputs, &random);
    fill(factors, (size_t)inputs, &random);
    for (int i = 0; i < inputs; i++) {
        scaled[i] = (x[i] - means[i]) * factors[i];
    }
    adatom_dense_work *work;
    adatom_dense_single *single;
    assert_int_equal(adatom_dense_work_create(&dense, 1, &work), ADATOM_OK);
    assert_int_equal(adatom_dense_single_create(&dense, weights, means, factors, factor, &single),
                     ADATOM_OK);
    const double expected = factor * adatom_dense_forward(&dense, weights, work, 1, scaled)[0];
    const adatom_dense_gradient to = {NULL, 0, gradient};
    adatom_dense_backward(&dense, weights, work, 1, scaled, &one, &to);
    assert_true(fabs(adatom_dense_single_compute(single, x, got) - expected) < 1e-12);
    assert_true(fabs(adatom_dense_single_compute(single, x, NULL) - expected) < 1e-12);
    for (int i = 0; i < inputs; i++) {
        assert_true(fabs(got[i] - factor * factors[i] * gradient[i]) < 1e-12);
    }
    x[0] = NAN; /* must not become a number on its way */
    assert_true(isnan(adatom_dense_single_compute(single, x, NULL)));
    adatom_dense_single_free(single);
    adatom_dense_work_free(work);
    free(weights);
}

static void test_single_samples(void **state)
{
    (void)state;
    static const char *const names[] = {"portable", "avx2", "avx512"};
    for (int n = 0; n < 3; n++) {
        setenv("ADATOM_ISA", names[n], 1);
        for (int a = 0; a < ADATOM_ACTIVATION_COUNT; a++) {
            if (a != ADATOM_ACTIVATION_RELU) { /* max(0, NaN) is 0 */
                check_single(25, 1, 10, (adatom_activation)a);
                check_single(3, 2, 17, (adatom_activation)a);
            }
            check_single(33, 0, 1, (adatom_activation)a);
        }
        unsetenv("ADATOM_ISA");
    }
    const int sizes[] = {2, 3};
    const double none[9] = {0};
    const adatom_activation linear = ADATOM_ACTIVATION_LINEAR;
    adatom_dense dense;
    adatom_dense_single *single;
    assert_int_equal(adatom_dense_create(1, sizes, &linear, &dense), ADATOM_OK);
    assert_int_equal(adatom_dense_single_create(&dense, none, none, none, 1, &single),
                     ADATOM_INVALID_INPUT);
}

/* tanh where it is steep, curved, flat and beyond. */
static void test_tanh_of_single_samples(void **state)
{
    (void)state;
    static const char *const names[] = {"portable", "avx2", "avx512"};
    const int sizes[] = {1, 1, 1};
    const adatom_activation activations[] = {ADATOM_ACTIVATION_TANH, ADATOM_ACTIVATION_LINEAR};
    const double weights[] = {1, 0, 1, 0}, zero = 0, one = 1;
    adatom_dense dense;
    assert_int_equal(adatom_dense_create(2, sizes, activations, &dense), ADATOM_OK);
    for (int n = 0; n < 3; n++) {
        adatom_dense_single *single;
        setenv("ADATOM_ISA", names[n], 1);
        assert_int_equal(adatom_dense_single_create(&dense, weights, &zero, &one, 1, &single),
                         ADATOM_OK);
        unsetenv("ADATOM_ISA");
        for (double a = -30; a < 30; a += 0.0371) {
            double slope;
            assert_true(fabs(adatom_dense_single_compute(single, &a, &slope) - tanh(a)) < 4e-16);
            assert_true(fabs(slope - 1 / (cosh(a) * cosh(a))) < 4e-16);
        }
        const double far = 1e300;
        assert_true(adatom_dense_single_compute(single, &far, NULL) == 1);
        adatom_dense_single_free(single);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients),      cmocka_unit_test(test_tangents),
        cmocka_unit_test(test_rows_add_up),    cmocka_unit_test(test_samples_are_independent),
        cmocka_unit_test(test_kernels),        cmocka_unit_test(test_refuses_bad_shapes),
        cmocka_unit_test(test_single_samples), cmocka_unit_test(test_tanh_of_single_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
