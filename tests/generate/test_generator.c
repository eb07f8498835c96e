/* The networks of the generation: gradients against central differences, files, scaling, furthest
 * points, principal axes. */
#include "base/memory.h"
#include "generate/components.h"
#include "generate/lesson.h"
#include "random_cluster.h"

#include <stdio.h>
#include <unistd.h>

enum { ROWS = 12, COLUMNS = 5 };

static void make_features(adatom_features *f)
{
    adatom_random random;
    adatom_random_seed(&random, 8, 0);
    f->count = ROWS;
    f->columns = COLUMNS;
    f->rows = test_malloc(ROWS * COLUMNS * sizeof(double));
    f->property = test_malloc(ROWS * sizeof(double));
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
        f->rows[i] = 3 + 2 * adatom_random_normal(&random);
    }
    for (size_t r = 0; r < ROWS; r++) {
        f->property[r] = f->rows[r * COLUMNS] - 0.5 * f->rows[r * COLUMNS + 1];
    }
}

static void clear_features(adatom_features *f)
{
    test_free(f->rows);
    test_free(f->property);
}

static adatom_generator_options small_options(void)
{
    adatom_generator_options options = adatom_generator_options_default();
    options.network_hidden = (adatom_numbers){2, {6, 4}};
    options.network_latent = 3;
    options.network_activation = ADATOM_ACTIVATION_TANH;
    return options;
}

static double loss_of(adatom_lesson *lesson, double *gradient)
{
    static const size_t places[] = {3, 0, 7, 7};
    adatom_random random; /* the same noise each time */
    adatom_random_seed(&random, 1, 1);
    return adatom_lesson_loss(lesson, 4, places, &random, gradient, NULL);
}

static void check_gradient(bool cvae)
{
    adatom_features features;
    adatom_generator *generator;
    adatom_lesson *lesson;
    const adatom_generator_options options = small_options();
    make_features(&features);
    assert_int_equal(adatom_generator_create(&options, cvae, &features, "", &generator), ADATOM_OK);
    assert_int_equal(adatom_lesson_create(generator, 0.7, &features, 4, &lesson), ADATOM_OK);
    const size_t count = adatom_generator_weights(generator);
    double *gradient = test_calloc(count, sizeof *gradient);
    loss_of(lesson, gradient);
    for (size_t w = 0; w < count; w++) {
        const double here = generator->weights[w], step = 1e-5;
        generator->weights[w] = here + step;
        const double above = loss_of(lesson, NULL);
        generator->weights[w] = here - step;
        const double below = loss_of(lesson, NULL);
        generator->weights[w] = here;
        const double slope = (above - below) / (2 * step);
        assert_near(gradient[w], slope, 1e-6 * (1 + fabs(slope)));
    }
    test_free(gradient);
    adatom_lesson_free(lesson);
    adatom_generator_free(generator);
    clear_features(&features);
}

static void test_gradients_are_those_of_central_differences(void **state)
{
    (void)state;
    check_gradient(false);
    check_gradient(true);
}

static void test_a_model_is_read_back(void **state)
{
    (void)state;
    adatom_features features;
    adatom_generator *written, *read;
    char path[] = "/tmp/adatom-generator-XXXXXX";
    const adatom_generator_options options = small_options();
    const int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    make_features(&features);
    for (int cvae = 0; cvae < 2; cvae++) {
        double first[2 * COLUMNS], second[2 * COLUMNS];
        assert_int_equal(adatom_generator_create(&options, cvae, &features, "seed: 1\n", &written),
                         ADATOM_OK);
        assert_int_equal(adatom_generator_write(written, path), ADATOM_OK);
        assert_int_equal(adatom_generator_read(path, !cvae, &read), ADATOM_INVALID_INPUT);
        assert_int_equal(adatom_generator_read(path, cvae, &read), ADATOM_OK);
        assert_string_equal(read->settings, "seed: 1\n");
        if (cvae) {
            adatom_random random, same;
            adatom_random_seed(&random, 1, 0);
            same = random;
            assert_int_equal(adatom_generator_sample(written, 1, 2, &random, first), ADATOM_OK);
            assert_int_equal(adatom_generator_sample(read, 1, 2, &same, second), ADATOM_OK);
            assert_memory_equal(first, second, sizeof first);
        } else {
            assert_int_equal(adatom_generator_predict(written, 2, features.rows, first), ADATOM_OK);
            assert_int_equal(adatom_generator_predict(read, 2, features.rows, second), ADATOM_OK);
            assert_memory_equal(first, second, 2 * sizeof(double));
        }
        adatom_generator_free(written);
        adatom_generator_free(read);
    }
    unlink(path);
    clear_features(&features);
}

static void test_scaling_goes_both_ways(void **state)
{
    (void)state;
    const double values[] = {1, 7, 3, 7, 5, 7}; /* the second column does not change */
    for (int range = 0; range < 2; range++) {
        adatom_scaling scaling;
        double scaled[2], back[2];
        assert_int_equal(adatom_scaling_create(3, 2, values, range, &scaling), ADATOM_OK);
        adatom_scale(&scaling, values + 4, scaled);
        assert_near(scaled[0], range ? 1 : 2 / sqrt(8.0 / 3), 1e-14);
        assert_near(scaled[1], 0, 1e-14);
        adatom_unscale(&scaling, scaled, back);
        assert_near(back[0], 5, 1e-14);
        assert_near(back[1], 7, 1e-14);
        adatom_scaling_clear(&scaling);
    }
}

static void test_furthest_points(void **state)
{
    (void)state;
    double line[] = {0, 0.1, 5, 4.8, 10, 2.4};
    const adatom_matrix rows = {6, 1, line};
    size_t chosen[6];
    assert_int_equal(adatom_furthest_points(&rows, 6, chosen), ADATOM_OK);
    /* The mean is 3.7: first 4.8, the furthest from that is 10, then 0, then 2.4. */
    const size_t expected[] = {3, 4, 0, 5};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(chosen[i], expected[i]);
    }
}

static void test_principal_axes(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 2, 0);
    double rows[400][3], axes[2][3];
    for (size_t r = 0; r < 400; r++) {
        const double a = 5 * adatom_random_normal(&random), b = adatom_random_normal(&random);
        rows[r][0] = 0.6 * a - 0.8 * b;
        rows[r][1] = 0.8 * a + 0.6 * b;
        rows[r][2] = 0.05 * adatom_random_normal(&random);
    }
    assert_int_equal(adatom_principal_axes(400, 3, rows[0], axes[0]), ADATOM_OK);
    assert_near(axes[0][0], 0.6, 0.02);
    assert_near(axes[0][1], 0.8, 0.02);
    assert_near(fabs(axes[1][0]), 0.8, 0.02);
    assert_near(axes[0][0] * axes[1][0] + axes[0][1] * axes[1][1] + axes[0][2] * axes[1][2], 0,
                1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients_are_those_of_central_differences),
        cmocka_unit_test(test_a_model_is_read_back),
        cmocka_unit_test(test_scaling_goes_both_ways),
        cmocka_unit_test(test_furthest_points),
        cmocka_unit_test(test_principal_axes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
